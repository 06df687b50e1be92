//! `config show`: the settings in force with their lines, and what becomes of a
//! file.

use super::outputs::{Ran, demo, ismslint, json};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

const SETTINGS: &str = "\
level: full
intervals:
  audit: P18M
ignore: [\"drafts/**\"]
rules_from: [policy]
mapping:
  - files: \"handbook/**/*.md\"
    if: {policy: \"true\", state: live}
    kind: document
    fields:
      id: {file: stem}
      type: {default: policy}
      reviewed: {key: last_updated, or_key: [checked]}
rules:
  waiver-expired: {off: We waive nothing}
";

const RULE: &str = "\
format: 1
id: own-rule
title: Own
basis: expectation
clauses: []
level: essential
each: action
assert: has(record.owner)
message: m
why: w.
fix: f.
since: '2026.1'
examples:
  today: 2026-03-01
  conforms: [{name: a, records: {action: {id: A-1, title: T, owner: o}}}]
  fails: [{name: b, records: {action: {id: A-1, title: T}}}]
";

fn isms() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let page =
        "---\ntitle: Access\npolicy: true\nstate: live\nchecked: 2026-01-05\nlayout: page\n---\nText.\n";
    let files = [
        ("isms.yaml", SETTINGS),
        ("policy/own-rule.yaml", RULE),
        ("handbook/it/access.md", page),
        ("handbook/it/draft.md", "---\ntitle: Draft\npolicy: true\nstate: draft\n---\n"),
        ("handbook/it/other.md", "---\ntitle: Other\n---\n"),
        ("drafts/actions.yaml", "- {id: ACT-9, title: Later}\n"),
        (
            "actions.yaml",
            "- {id: ACT-1, title: Patch, onwer: ana}\n- {title: Nameless, source: {kind: audit}}\n",
        ),
        ("acions.yaml", "- {id: ACT-2, title: Lost}\n"),
        ("rsks/one.yaml", "id: R-1\n"),
        ("policies/none.md", "Just text.\n"),
        ("risks.yaml", "- [\n"),
        ("incidents.yaml", "\u{0}"),
        ("notes.txt", "text"),
        (".github/actions.yaml", "- 1\n"),
        ("_actions.yaml", "- 1\n"),
    ];
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("has one")).expect("can be made");
        fs::write(path, text).expect("can be written");
    }
    std::os::unix::fs::symlink("actions.yaml", folder.path().join("improvements.yaml")).expect("can be made");
    folder
}

fn show(folder: &TempDir, more: &[&str]) -> Ran {
    ismslint(folder.path(), &[&["config", "show"], more].concat())
}

fn setting<'v>(view: &'v Value, name: &str, key: Option<&str>) -> &'v Value {
    let rows = view["settings"].as_array().expect("a list");
    let found = rows.iter().find(|row| row["name"] == name && row["key"].as_str() == key);
    found.unwrap_or_else(|| panic!("{name} is shown"))
}

#[test]
fn every_setting_says_where_it_comes_from() {
    let folder = isms();
    let view = json(&show(&folder, &["--format", "json"]).out);
    let cases: [(&str, Option<&str>, Value, Option<u32>); 8] = [
        ("level", None, "full".into(), Some(1)),
        ("time_zone", None, "UTC".into(), None),
        ("catalogue", None, "2026.1".into(), None),
        ("organisation", None, Value::Null, None),
        ("intervals", Some("audit"), "18 months".into(), Some(3)),
        ("intervals", Some("review"), "1 year".into(), None),
        ("ignore", None, "drafts/**".into(), Some(4)),
        ("rules", Some("waiver-expired"), serde_json::json!({"off": "We waive nothing"}), Some(15)),
    ];
    for (name, key, value, line) in cases {
        let row = setting(&view, name, key);
        assert_eq!((&row["value"], &row["line"]), (&value, &line.into()), "{name}");
    }
    let rules = &view["rules"];
    assert_eq!((&rules["own"], &rules["off"]), (&1.into(), &1.into()));
    assert!(rules["levels"]["essential"].as_u64() < rules["levels"]["full"].as_u64(), "{rules}");
    assert!(
        view["waiting"].as_array().expect("a list").iter().any(|one| one["setting"] == "people"),
        "{view}"
    );
    let page = show(&folder, &[]).out;
    let lines = ["# isms.yaml:1", "time_zone: UTC ", "# default\n", "started: ", "# not set\n"];
    assert!(lines.iter().all(|line| page.contains(line)), "{page}");
    assert!(page.contains("wait for `people` in isms.yaml") || page.contains("waits for `people`"), "{page}");
}

#[test]
fn what_is_shown_reads_as_the_settings_that_were_written() {
    let folder = demo(&[]);
    let page = show(&folder, &[]).out;
    let shown =
        page.split("\nRules\n").next().and_then(|page| page.split_once('\n')).expect("has two parts").1;
    let shown: Value = serde_yaml::from_str(shown).expect("is YAML");
    let text = fs::read_to_string(folder.path().join("isms.yaml")).expect("is there");
    let written: Value = serde_yaml::from_str(&text).expect("is YAML");
    for (name, value) in
        written.as_object().expect("has some").iter().filter(|(name, _)| *name != "intervals")
    {
        // A catalogue may be written as a number or as text.
        let same = shown[name] == *value
            || shown[name].to_string().trim_matches('"') == value.to_string().trim_matches('"');
        assert!(same, "{name}: {}", shown[name]);
    }
}

#[test]
fn without_settings_all_are_defaults() {
    let folder = tempfile::tempdir().expect("a folder");
    let view = json(&show(&folder, &["--format", "json"]).out);
    assert!(view["file"].is_null());
    assert!(view["settings"].as_array().expect("a list").iter().all(|row| row["line"].is_null()));
    assert!(show(&folder, &[]).out.starts_with("Settings: there is no isms.yaml\n"));
    fs::write(folder.path().join("isms.yaml"), "levle: full\n").expect("can be written");
    let refused = show(&folder, &[]);
    assert!(refused.exit == 2 && refused.err.contains("levle"), "{}", refused.err);
}

#[test]
fn each_field_of_a_record_says_where_it_comes_from() {
    let folder = isms();
    let view = json(&show(&folder, &["--why", "handbook/it/access.md", "--format", "json"]).out);
    assert_eq!(view["reasons"][0], "read as kind document, by `mapping` at isms.yaml:7: `handbook/**/*.md`");
    let record = &view["records"][0];
    assert_eq!((&record["kind"], &record["id"]), (&"document".into(), &"access".into()));
    let field = |name: &str| {
        let fields = record["fields"].as_array().expect("a list");
        let field = fields.iter().find(|field| field["name"] == name);
        field.map(|field| (field["value"].as_str().expect("text"), field["from"].as_str().expect("text")))
    };
    let cases = [
        ("id", Some(("access", "the path: the file's name without its ending"))),
        ("type", Some(("policy", "default of isms.yaml:12"))),
        ("reviewed", Some(("2026-01-05", "key `checked` at 5:1"))),
        ("layout", None),
    ];
    for (name, from) in cases {
        assert_eq!(field(name), from, "{name}");
    }
    let page = show(&folder, &["--why", "actions.yaml"]).out;
    for part in [
        "read as kind action, by the name of the file",
        "action ACT-1, line 1\n",
        "# at 1:4\n",
        "# at 1:29; the kind has no such field\n",
        "action without an id, line 2\n",
        "source: {1 field}",
        "What is wrong\n",
        "did you mean `owner`?",
    ] {
        assert!(page.to_lowercase().contains(&part.to_lowercase()), "{part}\n{page}");
    }
}

#[test]
fn a_file_without_records_says_why() {
    let folder = isms();
    let cases = [
        (
            "handbook/it/draft.md",
            "not recognised",
            "isms.yaml:7 matches its name and asks for `state: live`, and the file has `draft`",
        ),
        ("handbook/it/other.md", "not recognised", "`policy: true`, and the file has no such key"),
        ("drafts/actions.yaml", "passed over", "`ignore` in isms.yaml matches it: `drafts/**`"),
        ("acions.yaml", "not recognised", "did you mean `actions.yaml`?"),
        ("acions.yaml", "not recognised", "isms.yaml:7 does not match it: `handbook/**/*.md`"),
        ("rsks/one.yaml", "not recognised", "did you mean `risks/`?"),
        ("policies/none.md", "no record", "no front matter"),
        ("risks.yaml", "no record", "yaml-syntax"),
        ("incidents.yaml", "not read", "it holds a NUL byte"),
        ("notes.txt", "passed over", "its name ends in .txt; records are in files that end in .yaml"),
        (".github/actions.yaml", "passed over", "begins with a full stop"),
        ("policy/own-rule.yaml", "passed over", "it lies in policy, which isms.yaml names"),
        ("_actions.yaml", "passed over", "begins with _"),
        ("improvements.yaml", "not read", "it is a symbolic link"),
    ];
    for (file, outcome, said) in cases {
        let ran = show(&folder, &["--why", file]);
        let flowing = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flowing.starts_with(&format!("{file}: {outcome} ")), "{file}: {flowing}{}", ran.err);
        assert!(flowing.contains(said), "{file}: {said}\n{flowing}");
    }
    // From another folder, and by an absolute path.
    let root = folder.path().to_str().expect("UTF-8");
    let file = format!("{root}/actions.yaml");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let ran = ismslint(elsewhere.path(), &["config", "show", "--why", &file, "--root", root]);
    assert!(ran.out.starts_with("actions.yaml: records\n"), "{}{}", ran.out, ran.err);
}

#[test]
fn what_is_no_file_of_the_isms_is_refused() {
    let folder = isms();
    ismslint::git::write::Writer::create(folder.path()).expect("a repository");
    fs::write(folder.path().join(".gitignore"), "notes.txt\n").expect("can be written");
    fs::create_dir(folder.path().join("void")).expect("can be made");
    let cases = [
        ("nothing.yaml", "there is no file nothing.yaml"),
        ("void", "is a folder without a file of the ISMS"),
        ("../x.yaml", "lies outside of the ISMS"),
        ("notes.txt", "git ignores it"),
    ];
    for (file, said) in cases {
        let refused = show(&folder, &["--why", file]);
        assert!(refused.exit == 2 && refused.err.contains(said), "{file}: {}", refused.err);
    }
}

#[test]
fn hostile_text_is_shown_as_what_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("isms.yaml"), "organisation: \"A\\e[2J\\u202e\"\nignore: [\"\\e[31m]\"]\n")
        .expect("can be written");
    fs::write(folder.path().join("actions.yaml"), "- {id: A, title: \"\\e[2J\", \"\\u202e\": x}\n")
        .expect("can be written");
    for typed in [&[][..], &["--why", "actions.yaml"]] {
        let ran = show(&folder, typed);
        assert_eq!(ran.exit, 0, "{}", ran.err);
        assert!(!ran.out.contains(['\u{1b}', '\u{202e}']), "{typed:?}: {}", ran.out);
    }
}
