//! A session with the language server: each of its answers.

use super::editor::{Editor, able, address, at, code, edit_of, edited, range};
use super::git_cli::Repo;
use lsp_types::{DiagnosticSeverity, Position, Range};
use serde_json::json;
use std::path::Path;

const ISMS: &str = "organisation: Example\npeople:\n  - {id: ana, name: Ana Alm, emails: [ana@example.org]}\n  - {id: ben, roles: [ciso]}\n";
const METRICS: &str = "- id: clicks\n  title: Click rate 😀\n  owner: ana\n  direction: lower_is_better\n";
const ACTIONS: &str = "- id: ACT-1\n  title: 😀 Pre\u{301}parer # not a comment\n  owner: ana\n  status: planed\n  due: 2027-03-01\n  source: {kind: observation}\n- id: ACT-2\n  title: Second\n  owner: ben\n  status: planned\n  due: 2027-03-01\n  source: {kind: observation}\n  links: {metric: [click], action: [ACT-1]}\n";

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, text).expect("written");
}

/// A small ISMS outside of git.
fn small() -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    put(home.path(), "isms.yaml", ISMS);
    put(home.path(), "metrics.yaml", METRICS);
    put(home.path(), "actions.yaml", ACTIONS);
    home
}

fn titles(actions: &[lsp_types::CodeAction]) -> Vec<&str> {
    actions.iter().map(|action| action.title.as_str()).collect()
}

#[test]
fn diagnostics_follow_the_typing_in_every_format_and_across_records() {
    let home = small();
    let mut editor = Editor::on(home.path());
    editor.settle();
    // Nothing is open, and all is told: of the schema and across records.
    assert!(editor.rules_of("actions.yaml").contains(&"value-not-allowed".to_owned()));
    assert!(editor.rules_of("actions.yaml").contains(&"reference-to-nothing".to_owned()));
    let text = editor.open_file("actions.yaml");
    editor.edit("actions.yaml", Some(range(&text, "planed")), "planned");
    editor.settle();
    assert!(!editor.rules_of("actions.yaml").contains(&"value-not-allowed".to_owned()));
    assert_eq!(editor.told_of[&editor.uri("actions.yaml")], Some(2));
    // The id that another file's reference wants is typed there, unsaved.
    editor.open("metrics.yaml", &METRICS.replace("clicks", "click"));
    editor.settle();
    assert!(!editor.rules_of("actions.yaml").contains(&"reference-to-nothing".to_owned()));
    // New documents that are not on disk, in the other formats.
    editor.open("risks.json", "[{\"id\": \"RSK-1\", \"title\": \"😀\", \"onwer\": \"ana\"}]");
    editor.open("incidents.csv", "id,title,severity\nINC-1,é😀,hihg\n");
    editor.open("policies/p.md", "---\nid: POL-1\ntitle: \u{301}😀 Access\nstatus: aproved\n---\n# Text\n");
    editor.settle();
    for (path, rule, line, start, end) in [
        ("risks.json", "unknown-field", 0, 32, 39),
        ("incidents.csv", "value-not-allowed", 1, 10, 14),
        ("policies/p.md", "value-not-allowed", 3, 8, 15),
    ] {
        let found =
            editor.of(path).iter().find(|told| code(told) == rule).unwrap_or_else(|| panic!("{path}"));
        assert_eq!(found.range, Range::new(Position::new(line, start), Position::new(line, end)), "{path}");
        assert_eq!(found.severity, Some(DiagnosticSeverity::ERROR));
        assert!(found.message.contains("did you mean"), "{}", found.message);
    }
    // Closed without saving: what lies on disk counts again.
    editor.tell_of("textDocument/didClose", "metrics.yaml");
    editor.tell_of("textDocument/didClose", "risks.json");
    editor.settle();
    assert!(editor.rules_of("actions.yaml").contains(&"reference-to-nothing".to_owned()));
    assert!(editor.of("risks.json").is_empty());
    assert_eq!(editor.leave(), 0);
}

#[test]
fn a_broken_edit_loses_no_neighbour() {
    let home = small();
    let mut editor = Editor::on(home.path());
    let text = editor.open_file("actions.yaml");
    editor.edit("actions.yaml", Some(range(&text, "owner: ana\n  status: planed")), "owner: \"ana");
    editor.settle();
    let rules = editor.rules_of("actions.yaml");
    assert!(rules.contains(&"yaml-syntax".to_owned()), "{rules:?}");
    assert!(
        rules.contains(&"reference-to-nothing".to_owned()),
        "the second record is still judged: {rules:?}"
    );
}

#[test]
fn columns_are_counted_in_the_unit_that_was_agreed() {
    let home = small();
    let line = "- {id: ACT-9, title: \"e\u{301}😀\", status: planed}\n";
    for (offered, chosen, start) in [
        (None, "utf-16", 37),
        (Some(vec!["utf-8", "utf-16"]), "utf-8", 40),
        (Some(vec!["utf-32"]), "utf-32", 36),
        (Some(vec!["utf-7"]), "utf-16", 37),
    ] {
        let mut can = able();
        if let Some(offered) = offered {
            can["general"] = json!({"positionEncodings": offered});
        }
        let mut editor = Editor::with(home.path(), &can, &[home.path()]);
        assert_eq!(editor.capabilities["positionEncoding"], chosen);
        editor.open("actions.yaml", line);
        editor.settle();
        let found =
            editor.of("actions.yaml").iter().find(|told| code(told) == "value-not-allowed").expect("told");
        assert_eq!((found.range.start.character, found.range.end.character), (start, start + 6), "{chosen}");
    }
}

#[test]
fn mistakes_in_the_settings_stand_at_their_place_and_the_last_good_ones_stay() {
    let home = small();
    let mut editor = Editor::on(home.path());
    editor.settle();
    let (before, all) = (editor.of("actions.yaml").to_vec(), editor.everything().len());
    let wrong = format!("{ISMS}levle: full\n");
    editor.open("isms.yaml", &wrong);
    editor.settle();
    let mistake = &editor.of("isms.yaml")[0];
    assert_eq!(mistake.range, range(&wrong, "levle"));
    assert!(mistake.message.contains("did you mean `level`?"));
    assert_eq!(editor.of("actions.yaml"), before, "judged by the settings as they were");
    let actions = editor.actions("isms.yaml", range(&wrong, "levle"));
    assert_eq!(titles(&actions), ["Write `level`"]);
    editor.edit("isms.yaml", Some(range(&wrong, "levle")), "level");
    editor.settle();
    assert!(editor.of("isms.yaml").iter().all(|told| code(told) != "mistake"));
    assert!(editor.everything().len() > all, "the whole catalogue applies: {:?}", editor.everything());
}

#[test]
fn hovering_tells_the_rule_and_the_record() {
    let home = small();
    let mut editor = Editor::on(home.path());
    let text = editor.open_file("actions.yaml");
    let (page, place) = editor.hover("actions.yaml", at(&text, "planed")).expect("a page");
    assert!(page.contains("`value-not-allowed`") && page.contains("**Why it matters.**"), "{page}");
    assert_eq!(place, range(&text, "planed"));
    let (page, place) = editor.hover("actions.yaml", at(&text, "ACT-1]")).expect("a record");
    assert!(page.starts_with("**`ACT-1`** 😀"), "{page}");
    assert!(page.contains("owner: ana") && page.contains("due: 2027-03-01"), "{page}");
    assert_eq!(place.start, at(&text, "ACT-1]"));
    let (page, _) = editor.hover("actions.yaml", at(&text, "click")).expect("a page");
    assert!(page.contains("reference-to-nothing") && page.contains("An auditor follows links"), "{page}");
    assert!(editor.hover("actions.yaml", at(&text, "owner")).is_none());
}

#[test]
fn what_a_record_says_is_shown_and_does_nothing() {
    let home = small();
    let mut editor = Editor::on(home.path());
    let text = "- id: ACT-1\n  title: \"![x](http://e.example) <img src=x> `a` \\e[31m\"\n";
    editor.open("actions.yaml", text);
    let (page, _) = editor.hover("actions.yaml", at(text, "ACT-1")).expect("a record");
    assert!(!page.contains("![x]") && !page.contains("<img") && !page.contains('\u{1b}'), "{page}");
    assert!(editor.of("actions.yaml").iter().all(|told| !told.message.contains('\u{1b}')));
}

#[test]
fn ids_lead_to_their_records_and_back() {
    let home = small();
    let mut editor = Editor::on(home.path());
    let text = editor.open_file("actions.yaml");
    editor.open(
        "policies/p.md",
        "---\nid: POL-1\ntitle: Doors\nlinks: {metric: [clicks]}\n---\n# Text\nSee ACT-2.\n",
    );
    let places = editor.definition("actions.yaml", at(&text, "ACT-1]"));
    assert_eq!(places.len(), 1);
    assert_eq!(places[0].uri.as_str(), editor.uri("actions.yaml"));
    assert_eq!(places[0].range.start, at(&text, "ACT-1"));
    let policy = "---\nid: POL-1\ntitle: Doors\nlinks: {metric: [clicks]}\n---\n# Text\nSee ACT-2.\n";
    let places = editor.definition("policies/p.md", at(policy, "clicks"));
    assert_eq!(places[0].uri.as_str(), editor.uri("metrics.yaml"));
    let places = editor.definition("policies/p.md", at(policy, "ACT-2"));
    assert_eq!(places[0].range.start, at(&text, "ACT-2"), "a word of the text below the front matter");
    let users = editor.references("actions.yaml", at(&text, "ACT-1"), false);
    assert_eq!(
        users.iter().map(|place| place.range).collect::<Vec<_>>(),
        [{
            let start = at(&text, "ACT-1]");
            Range::new(start, Position::new(start.line, start.character + 5))
        }]
    );
    assert_eq!(editor.references("actions.yaml", at(&text, "ACT-1"), true).len(), 2);
    assert!(editor.definition("actions.yaml", at(&text, "Second")).is_empty());
}

#[test]
fn what_can_be_written_is_offered() {
    let home = small();
    let mut editor = Editor::on(home.path());
    let labels = |editor: &mut Editor, path: &str, text: &str| {
        let cursor = text.find('|').expect("a cursor");
        let text = text.replacen('|', "", 1);
        editor.open(path, &text);
        let items = editor.completions(path, super::editor::utf16(&text, cursor));
        items.into_iter().map(|item| item.label).collect::<Vec<_>>()
    };
    let contains = |offered: Vec<String>, wanted: &[&str], not: &[&str]| {
        assert!(
            wanted.iter().all(|word| offered.iter().any(|offer| offer == word)),
            "{wanted:?} in {offered:?}"
        );
        assert!(not.iter().all(|word| offered.iter().all(|offer| offer != word)), "{not:?} in {offered:?}");
    };
    let one = "objectives/o.yaml";
    contains(labels(&mut editor, one, "id: OBJ-1\ntitle: 😀 a\nmetric: cl|\n"), &["clicks"], &["ACT-1"]);
    contains(
        labels(&mut editor, one, "id: OBJ-1\ntitle: a\nlinks: {action: [|]}\n"),
        &["ACT-1", "ACT-2"],
        &["clicks"],
    );
    contains(labels(&mut editor, one, "id: OBJ-1\ntitle: a\nowner: |\n"), &["ana", "ben", "ciso"], &[]);
    contains(
        labels(&mut editor, one, "id: OBJ-1\ntitle: a\nstatus: |\n"),
        &["planned", "achieved"],
        &["done"],
    );
    contains(labels(&mut editor, one, "id: OBJ-1\ntitle: a\now|\n"), &["owner", "metric"], &["id", "title"]);
    contains(
        labels(&mut editor, one, "id: OBJ-1\ntarget:\n  va|\ntitle: a\n"),
        &["value", "operator"],
        &["owner"],
    );
    contains(labels(&mut editor, one, "id: OBJ-1\nmilestones:\n  - |\n"), &["on", "text"], &[]);
    contains(labels(&mut editor, one, "id: OBJ-1\ntarget: {operator: g|}\n"), &["gte"], &[]);
    contains(
        labels(&mut editor, "waivers.yaml", "- id: WVR-1\n  rule: |\n"),
        &["action-overdue-without-rationale"],
        &[],
    );
    contains(
        labels(&mut editor, "risks.json", "[{\"id\": \"RSK-1\", \"actions\": [\"AC|\"]}]"),
        &["ACT-1"],
        &[],
    );
    contains(labels(&mut editor, "controls.json", "[{\"id\": \"5.1\", \"ow|\"}]"), &["owner"], &["id"]);
    contains(labels(&mut editor, "incidents.csv", "id,title,severity\nINC-1,a,h|\n"), &["high"], &[]);
    contains(
        labels(&mut editor, "policies/q.md", "---\nid: POL-2\nstatus: |\n---\n# A\n"),
        &["approved"],
        &[],
    );
    assert!(labels(&mut editor, "policies/r.md", "---\nid: POL-3\n---\n# A |\n").is_empty());
    // What is offered replaces the word that was begun.
    let text = "id: OBJ-1\ntitle: 😀 a\nmetric: cl\n";
    editor.open(one, text);
    let items = editor.completions(one, Position::new(2, 10));
    let edit = serde_json::to_value(&items[0].text_edit).expect("is data");
    assert_eq!(
        edit["range"],
        json!({"start": {"line": 2, "character": 8}, "end": {"line": 2, "character": 10}})
    );
    assert_eq!(edit["newText"], "clicks");
}

#[test]
fn quick_fixes_mend_what_one_edit_can_mend() {
    let home = small();
    let mut editor = Editor::on(home.path());
    let mut text = editor.open_file("actions.yaml");
    // The nearest word, and the nearest id.
    for (what, title) in [("planed", "Write `planned`"), ("click", "Write `clicks`")] {
        let actions = editor.actions("actions.yaml", range(&text, what));
        let action = actions
            .iter()
            .find(|action| action.title == title)
            .unwrap_or_else(|| panic!("{:?}", titles(&actions)));
        assert_eq!(action.is_preferred, Some(true));
        let (_, at, new) = edit_of(action);
        text = edited(&text, at, &new);
        editor.edit("actions.yaml", Some(at), &new);
    }
    editor.settle();
    assert_eq!(editor.rules_of("actions.yaml"), Vec::<String>::new());
    // A field that the schema wants, in a block, in braces and in JSON.
    for (path, text, wanted) in [
        ("actions/a.yaml", "id: ACT-7\r\nowner: ana\r\n", "id: ACT-7\r\ntitle: \r\nowner: ana\r\n"),
        ("actions/b.yaml", "- {id: ACT-8, owner: ana}\n", "- {id: ACT-8, owner: ana, title: }\n"),
        ("actions/c.json", "{\"id\": \"ACT-9\"}\n", "{\"id\": \"ACT-9\", \"title\": \"\"}\n"),
    ] {
        editor.open(path, text);
        let actions = editor.actions(path, Range::new(Position::new(0, 0), Position::new(2, 0)));
        let action = actions
            .iter()
            .find(|action| action.title == "Insert `title`")
            .unwrap_or_else(|| panic!("{:?}", titles(&actions)));
        let (_, at, new) = edit_of(action);
        assert_eq!(edited(text, at, &new), wanted);
    }
    // Fields that a rule wants by name.
    let text = "- id: ACT-1\n  title: Doors\n  notes: |\n    a\n";
    editor.open("actions.yaml", text);
    let actions = editor.actions("actions.yaml", range(text, "ACT-1"));
    let inserted = |name: &str| {
        let title = format!("Insert `{name}`");
        let action = actions
            .iter()
            .find(|action| action.title == title)
            .unwrap_or_else(|| panic!("{:?}", titles(&actions)));
        let (_, at, new) = edit_of(action);
        edited(text, at, &new)
    };
    assert_eq!(inserted("owner"), "- id: ACT-1\n  title: Doors\n  owner: \n  notes: |\n    a\n");
    assert!(inserted("source").contains("  title: Doors\n  source: {"));
}

#[test]
fn a_waiver_is_opened_for_its_approver_to_complete() {
    let home = small();
    let mut editor = Editor::on(home.path());
    let text = "- id: ACT-1\n  title: Doors\n  due: 2027-01-01\n  source: {kind: observation}\n";
    editor.open("actions.yaml", text);
    let title = "Open a waiver of `action-without-owner-or-date` until 2027-01-31";
    let waiver = |editor: &mut Editor| {
        let actions = editor.actions("actions.yaml", range(text, "ACT-1"));
        let found = actions.iter().find(|action| action.title == title).map(edit_of);
        found.unwrap_or_else(|| panic!("{:?}", titles(&actions)))
    };
    let (uri, _, new) = waiver(&mut editor);
    assert_eq!(uri, editor.uri("waivers.yaml"));
    let first = "- id: WVR-1\n  rule: action-without-owner-or-date\n  records: [ACT-1]\n  reason: \n  owner: \n  approved: {by: , on: }\n  expires: 2027-01-31\n";
    assert_eq!(new, first);
    // Filled in it silences, and the next one follows it.
    let filled = first
        .replace("reason: ", "reason: The landlord is slow")
        .replace("owner: ", "owner: ana")
        .replace("{by: , on: }", "{by: ben, on: 2026-11-01}");
    editor.open("waivers.yaml", &filled);
    editor.settle();
    assert!(!editor.rules_of("actions.yaml").contains(&"action-without-owner-or-date".to_owned()));
    editor.edit(
        "waivers.yaml",
        None,
        &filled.replace("action-without-owner-or-date", "policy-review-overdue"),
    );
    let (_, at, new) = waiver(&mut editor);
    let both = edited(&filled, at, &new);
    assert!(both.starts_with(&filled) && both.contains("\n- id: WVR-2\n  rule: action-without"), "{both}");
    // A client that creates no file is offered none.
    let mut plain = Editor::with(home.path(), &json!({}), &[home.path()]);
    plain.open("actions.yaml", text);
    let actions = plain.actions("actions.yaml", range(text, "ACT-1"));
    assert!(actions.iter().all(|action| !action.title.contains("waiver")));
}

#[test]
fn the_history_comes_when_it_is_read_and_again_after_a_commit() {
    let repo = Repo::new();
    put(&repo.root, "isms.yaml", ISMS);
    let text = "- id: ACT-1\n  title: Doors\n  owner: ana\n  status: planned\n  due: 2027-01-01\n  source: {kind: observation}\n";
    put(&repo.root, "actions.yaml", text);
    repo.git(&["add", "."]);
    repo.git(&["commit", "-qm", "Begin"]);
    let mut editor = Editor::on(&repo.root);
    editor.wait_for_history();
    assert_eq!(editor.rules_of("actions.yaml"), Vec::<String>::new());
    // A due date moves while its author types.
    editor.open_file("actions.yaml");
    editor.edit("actions.yaml", Some(range(text, "2027-01-01")), "2027-06-01");
    editor.settle();
    let moved = "due-date-moved-without-rationale".to_owned();
    assert_eq!(editor.rules_of("actions.yaml"), std::slice::from_ref(&moved));
    let later = text.replace("2027-01-01", "2027-06-01");
    let (page, _) = editor.hover("actions.yaml", at(&later, "ACT-1")).expect("a record");
    assert!(page.contains("not committed yet: due: 2027-01-01 → 2027-06-01"), "{page}");
    // The reason is recorded by a quick fix and filled in.
    let actions = editor.actions("actions.yaml", range(&later, "2027-06-01"));
    let action = actions
        .iter()
        .find(|action| action.title == "Record why `due` moved")
        .unwrap_or_else(|| panic!("{:?}", titles(&actions)));
    let (_, place, new) = edit_of(action);
    let entry =
        "\n  changes:\n    - {on: 2026-11-02, by: , field: due, from: 2027-01-01, to: 2027-06-01, why: }";
    assert_eq!(new, entry);
    let explained = edited(&later, place, &new);
    editor.edit("actions.yaml", Some(place), &new);
    editor.settle();
    assert!(editor.rules_of("actions.yaml").contains(&moved), "nobody has said why yet");
    let explained = explained.replace("by: ,", "by: ana,").replace("why: }", "why: The landlord is slow}");
    editor.edit("actions.yaml", None, &explained);
    editor.settle();
    assert_eq!(editor.rules_of("actions.yaml"), Vec::<String>::new());
    // Committed without it: the history is read again and says so.
    put(&repo.root, "actions.yaml", &later);
    repo.git(&["commit", "-qam", "Move"]);
    editor.tell_of("textDocument/didClose", "actions.yaml");
    editor.say("workspace/didChangeWatchedFiles", json!({"changes": []}));
    editor.wait_for_history();
    assert_eq!(editor.rules_of("actions.yaml"), [moved]);
    editor.open_file("actions.yaml");
    let (page, _) = editor.hover("actions.yaml", at(&later, "ACT-1")).expect("a record");
    assert!(page.contains("due: 2027-01-01 → 2027-06-01") && !page.contains("not committed"), "{page}");
    assert_eq!(editor.leave(), 0);
}

#[test]
fn folders_are_found_as_a_check_finds_them() {
    // Above the ISMS, below it, several at once, and without settings.
    let home = tempfile::tempdir().expect("a folder");
    let late =
        "- id: ACT-1\n  title: Doors\n  owner: ana\n  due: 2026-01-01\n  source: {kind: observation}\n";
    for isms in ["one", "two/inner"] {
        put(home.path(), &format!("{isms}/isms.yaml"), "organisation: A\n");
        put(home.path(), &format!("{isms}/actions.yaml"), late);
        put(home.path(), &format!("{isms}/deep/er/notes.txt"), "");
    }
    let mut above = Editor::on(home.path());
    above.settle();
    let overdue = ["action-overdue-without-rationale".to_owned()];
    assert_eq!(above.rules_of("one/actions.yaml"), overdue);
    assert_eq!(above.rules_of("two/inner/actions.yaml"), overdue);
    let below = home.path().join("one/deep/er");
    let other = home.path().join("two");
    let mut several = Editor::with(home.path(), &able(), &[&below, &other]);
    several.settle();
    assert_eq!(several.everything().len(), 2, "{:?}", several.told.keys());
    let bare = tempfile::tempdir().expect("a folder");
    put(
        bare.path(),
        "actions/a.yaml",
        "id: ACT-1\ntitle: Doors\nowner: ana\nsource: {kind: observation}\ndue: 2026-01-01\n",
    );
    let mut without = Editor::on(bare.path());
    without.open_file("actions/a.yaml");
    without.open("notes.yaml", "a: 1\n");
    without.settle();
    assert_eq!(without.rules_of("actions/a.yaml"), overdue);
    assert_eq!(without.rules_of("notes.yaml"), ["not-recognised"]);
    // A folder that comes later.
    let mut none = Editor::with(bare.path(), &able(), &[]);
    none.settle();
    assert!(none.told.is_empty());
    let folder = address(&home.path().join("one").canonicalize().expect("real"));
    let event = json!({"added": [{"uri": folder, "name": "one"}], "removed": []});
    none.say("workspace/didChangeWorkspaceFolders", json!({"event": event}));
    none.settle();
    assert_eq!(none.everything().len(), 1);
}
