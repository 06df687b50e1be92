//! `suggest` at a user's level: what is proposed is what was found, what it
//! writes is read back without a fault, and it never touches what is there.

use super::checking::{clone, story, tidy};
use super::outputs::{Ran, ismslint};
use ismslint::chronicle::Chronicle;
use ismslint::source::SourceFile;
use ismslint::suggest::signals;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const DAY: &str = "2026-11-02";

fn run(folder: &Path, typed: &[&str]) -> Ran {
    ismslint(folder, &[&["suggest", "--as-of", DAY], typed].concat())
}

fn json(folder: &Path, typed: &[&str]) -> Value {
    let ran = run(folder, &[typed, &["--format", "json"]].concat());
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    serde_json::from_str(&ran.out).expect("is JSON")
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn proposed<'v>(value: &'v Value, signal: &str) -> Vec<&'v Value> {
    list(value, "proposals").iter().filter(|proposal| proposal["signal"] == signal).collect()
}

/// Files without a history.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    folder
}

/// A repository with a history.
fn told(text: &str) -> (TempDir, std::path::PathBuf) {
    let file = SourceFile::new("story.md".into(), text);
    let chronicle = Chronicle::parse(&file, &ismslint::budget::Limits::STANDARD)
        .unwrap_or_else(|mistake| panic!("{mistake:?}"));
    let home = tempfile::tempdir().expect("a folder");
    let root = home.path().canonicalize().expect("real").join("isms");
    ismslint::cli::write_repository(&chronicle, &root).expect("written");
    (home, root)
}

const WORSE: &str = "- {id: clicks, title: Clicks, owner: ana, direction: lower_is_better, measurements: \
                     [{period: 2026-Q1, value: 4}, {period: 2026-Q2, value: 9}]}\n";

#[test]
fn the_demo_is_told_what_its_findings_have_in_common() {
    let found = json(story(), &[]);
    let recurring = proposed(&found, "nonconformities-recur");
    assert_eq!(recurring.len(), 1, "{found}");
    let record = &recurring[0]["record"];
    assert_eq!(record["links"], json!({"nonconformity": ["NC-1", "NC-2", "NC-3", "NC-4"]}));
    assert_eq!((&record["type"], &record["status"]), (&json!("corrective"), &json!("proposed")));
    assert_eq!(record["id"], "ACT-21", "ACT-20 is the last one");
    assert_eq!(list(recurring[0], "reasons")[0]["rule"], "systemic-nonconformity");
    assert!(list(recurring[0], "questions").len() > 1);
    // The regression has an open action already.
    assert!(proposed(&found, "metric-got-worse").is_empty());
    let under_way = &list(&found, "under_way")[0];
    assert_eq!(
        (&under_way["signal"], &under_way["actions"][0]["id"]),
        (&json!("metric-got-worse"), &json!("ACT-18"))
    );
    let tidy = json(tidy(), &[]);
    assert!(list(&tidy, "proposals").is_empty() && list(&tidy, "under_way").is_empty(), "{tidy}");
}

#[test]
fn every_format_tells_the_same_and_twice_the_same() {
    let found = json(story(), &[]);
    for format in ["human", "markdown"] {
        let ran = run(story(), &["--format", format]);
        assert_eq!(ran.exit, 0, "{}", ran.err);
        let out: String = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
        for proposal in list(&found, "proposals") {
            let id = proposal["record"]["id"].as_str().expect("an id");
            let question = proposal["questions"][0].as_str().expect("a question");
            assert!(out.contains(&format!("- id: {id}")) && out.contains(question), "{format}: {id}\n{out}");
        }
        assert_eq!(run(story(), &["--format", format]).out, ran.out);
    }
}

#[test]
fn a_record_to_paste_is_read_without_a_fault_and_answers_its_signal() {
    let files = folder(&[
        ("metrics.yaml", WORSE),
        ("actions.yaml", "- {id: A-007, title: Locks, status: completed}\n"),
    ]);
    let found = json(files.path(), &["--no-history"]);
    let proposal = proposed(&found, "metric-got-worse")[0];
    assert_eq!(proposal["title"], "Find why Clicks got worse");
    assert_eq!(proposal["record"]["id"], "A-008");
    assert_eq!(proposal["record"]["source"], json!({"kind": "monitoring", "ref": "clicks"}));
    assert_eq!(proposal["record"]["expected"], json!({"metric": "clicks"}));
    let markdown = run(files.path(), &["--no-history", "--format", "markdown"]).out;
    let block =
        markdown.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a block");
    let actions = files.path().join("actions.yaml");
    let before = fs::read_to_string(&actions).expect("read");
    fs::write(&actions, before + block).expect("written");
    let check = ismslint(files.path(), &["check", "--no-history", "--as-of", DAY, "--format", "json"]);
    let report: Value = serde_json::from_str(&check.out).expect("is JSON");
    let about: Vec<&Value> =
        list(&report, "findings").iter().filter(|finding| finding["record"]["id"] == "A-008").collect();
    assert_eq!(about.len(), 1, "{about:?}");
    assert_eq!(about[0]["rule"], "action-without-owner-or-date", "what only people know is asked for");
    let again = json(files.path(), &["--no-history"]);
    assert!(proposed(&again, "metric-got-worse").is_empty(), "it is under way: {again}");
    assert_eq!(list(&again, "under_way")[0]["actions"][0]["id"], "A-008");
}

#[test]
fn what_is_written_is_new_whole_and_read_back() {
    let files = folder(&[
        ("metrics.yaml", WORSE),
        ("improvements/old.yaml", "{id: IMP-3, title: Locks, status: declined}\n"),
    ]);
    let ran = run(files.path(), &["--no-history", "--write"]);
    assert_eq!((ran.exit, ran.out.lines().next()), (0, Some("wrote improvements/IMP-4.yaml")), "{}", ran.err);
    let written = fs::read_to_string(files.path().join("improvements/IMP-4.yaml")).expect("read");
    assert!(written.contains("# fill in") && written.contains("# owner: who answers for it"), "{written}");
    let mut names: Vec<_> = fs::read_dir(files.path().join("improvements"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["IMP-4.yaml", "old.yaml"], "nothing is left over");
    let ran = run(files.path(), &["--no-history", "--write"]);
    assert_eq!((ran.exit, ran.out.as_str()), (0, "nothing to propose, so nothing was written\n"));
    let shown = run(files.path(), &["--no-history"]);
    assert!(shown.out.contains("Under way already"), "{}", shown.out);
}

#[test]
fn what_is_there_stays_and_a_link_is_not_followed() {
    // Not read as a record, so its id is not known: the name is taken all the same.
    let files = folder(&[("metrics.yaml", WORSE), ("actions/ACT-1.yaml", "title: [\n")]);
    let ran = run(files.path(), &["--no-history", "--write"]);
    assert_eq!(ran.exit, 2, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("actions/ACT-1.yaml is there and stays as it is"), "{}", ran.err);
    assert_eq!(fs::read_to_string(files.path().join("actions/ACT-1.yaml")).expect("read"), "title: [\n");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let files = folder(&[("metrics.yaml", WORSE)]);
    std::os::unix::fs::symlink(elsewhere.path(), files.path().join("actions")).expect("linked");
    let ran = run(files.path(), &["--no-history", "--write"]);
    assert_eq!(ran.exit, 4, "{}{}", ran.out, ran.err);
    assert_eq!(fs::read_dir(elsewhere.path()).expect("a folder").count(), 0);
}

#[test]
fn a_repository_with_a_layout_of_its_own_is_written_only_where_it_is_read_back() {
    let mapping = "mapping:\n  - {files: \"{actions,improvements,corrective-actions,improvement-actions}/*.yaml\", kind: metric}\n";
    let files = folder(&[("isms.yaml", mapping), ("metrics.yaml", WORSE)]);
    let ran = run(files.path(), &["--no-history", "--write"]);
    assert_eq!(ran.exit, 2, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("copy the records by hand"), "{}", ran.err);
    assert!(!files.path().join("actions").exists());
}

#[test]
fn what_only_happens_now_and_then_is_no_heap() {
    let late = |count: usize| {
        let rows = (1..=count).map(|at| {
            format!("- {{id: ACT-{at}, title: Task {at}, owner: ana, status: planned, due: 2026-06-0{at}}}\n")
        });
        rows.collect::<String>()
    };
    let few = folder(&[("actions.yaml", &late(2))]);
    assert!(proposed(&json(few.path(), &["--no-history"]), "actions-of-one-owner-late").is_empty());
    let many = folder(&[("actions.yaml", &late(3))]);
    let found = json(many.path(), &["--no-history"]);
    let heap = proposed(&found, "actions-of-one-owner-late")[0];
    assert_eq!(heap["title"], "Find why the actions of ana are late");
    assert_eq!(heap["record"]["links"], json!({"action": ["ACT-1", "ACT-2", "ACT-3"]}));
    assert_eq!(heap["record"]["source"], json!({"kind": "monitoring"}));
}

#[test]
fn what_is_waived_or_off_is_not_proposed() {
    let waiver = "- {id: W-1, rule: regression-unexplained, records: [clicks/2026-Q2], reason: Known, owner: ben, \
                  approved: {by: eva, on: 2026-10-01}, expires: 2026-12-01}\n";
    let files = folder(&[("metrics.yaml", WORSE), ("waivers.yaml", waiver)]);
    assert!(list(&json(files.path(), &["--no-history"]), "proposals").is_empty());
    let off = "rules: {regression-unexplained: {off: We explain in the review}}\n";
    let files = folder(&[("metrics.yaml", WORSE), ("isms.yaml", off)]);
    assert!(list(&json(files.path(), &["--no-history"]), "proposals").is_empty());
}

#[test]
fn a_signal_can_be_named_and_a_wrong_name_is_refused() {
    let found = json(story(), &["nonconformities-recur"]);
    assert_eq!(list(&found, "proposals").len(), 1);
    let ran = run(story(), &["nonconformities-recurr"]);
    assert!(ran.exit == 2 && ran.err.contains("did you mean `nonconformities-recur`?"), "{}", ran.err);
    assert!(signals().expect("reads").len() > 5);
}

const GROWN: &str = "As of 2026-11-02.\n\n## 2025-01-10 Ana Ruiz <ana@example.org>: Start\n\n```yaml metrics.yaml\n\
- {id: clicks, title: Clicks, direction: lower_is_better, target: 8}\n```\n\n```yaml controls.yaml\n\
- {id: A.8.13, title: Backup, applicable: true, implementation: planned}\n- {id: A.8.14, title: Redundancy, applicable: true, implementation: planned}\n```\n\n\
## 2026-03-10 Ben Ode <ben@example.org>: Harder\n\n```yaml metrics.yaml\n\
- {id: clicks, title: Clicks, direction: lower_is_better, target: 5}\n- {id: tests, title: Tests, direction: higher_is_better, target: 90}\n```\n\n\
## 2026-04-10 Ana Ruiz <ana@example.org>: Backup\n\n```yaml controls.yaml\n\
- {id: A.8.13, title: Backup, applicable: true, implementation: implemented}\n- {id: A.8.14, title: Redundancy, applicable: true, implementation: implemented}\n```\n\n\
```yaml actions.yaml\n- {id: ACT-1, title: Second line, status: completed, links: {control: [A.8.14]}}\n```\n";

#[test]
fn what_got_better_without_an_action_is_told_with_commit_and_day() {
    let (_home, root) = told(&format!("# Grown\n\n{GROWN}"));
    let found = json(&root, &[]);
    let rows = list(&found["unregistered"], "rows");
    let told: Vec<(&str, &str, &str)> = rows
        .iter()
        .map(|row| {
            assert_eq!(row["commit"].as_str().map(str::len), Some(10), "{row}");
            let text = |name: &str| row[name].as_str().unwrap_or_default();
            (text("on"), text("id"), text("what"))
        })
        .collect();
    let expected = [
        ("2026-03-10", "clicks", "the target is harder: 5 after 8"),
        ("2026-03-10", "tests", "the metric is new"),
        ("2026-04-10", "A.8.13", "implemented (it was planned)"),
    ];
    assert_eq!(told, expected, "A.8.14 is named by an action, and the first metric began the register");
    let later = json(&root, &["--since", "2026-04-01"]);
    assert_eq!(list(&later["unregistered"], "rows").len(), 1);
    let ran = ismslint(&root, &["evidence", "--period", "2026-04-01..2026-10-31", "--out", "pack"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let pack = fs::read_to_string(root.join("pack/evidence.json")).expect("read");
    assert!(pack.contains("implemented (it was planned)") && !pack.contains("the target is harder"));
}

#[test]
fn a_history_that_is_cut_short_is_told() {
    let (_home, shallow) = clone(story(), &["--depth", "1"]);
    let ran = run(&shallow, &[]);
    assert_eq!(ran.exit, 3, "{}", ran.err);
    assert!(ran.out.contains("not determined: this clone is shallow"), "{}", ran.out);
    let ran = run(&shallow, &["--no-history"]);
    assert!(ran.exit == 0 && ran.out.contains("the history was not read"), "{}", ran.out);
}

#[test]
fn hostile_titles_reach_no_terminal_and_end_no_fence() {
    let title = "x\\u001b[31m ``` <script> {what} \\u202e";
    let metrics = WORSE.replace("title: Clicks", &format!("title: \"{title}\""));
    let files = folder(&[("metrics.yaml", &metrics)]);
    for format in ["human", "markdown"] {
        let out = run(files.path(), &["--no-history", "--format", format]).out;
        assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{format}: {out}");
    }
    let markdown = run(files.path(), &["--no-history", "--format", "markdown"]).out;
    assert!(markdown.contains("\n````yaml\n") && markdown.contains("\n````\n"), "{markdown}");
    let ran = run(files.path(), &["--no-history", "--write"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let again = json(files.path(), &["--no-history"]);
    assert_eq!(list(&again, "under_way").len(), 1, "what was written reads as it was meant");
}
