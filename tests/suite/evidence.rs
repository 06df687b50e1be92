//! The evidence pack of the demo: its numbers are those of the records, and
//! its page can be read by everybody.

use super::checking::story;
use super::outputs::{Ran, ismslint};
use base64::Engine as _;
use ismslint::evidence::{NAMES, OVER_TIME, Pack};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use tempfile::TempDir;

pub(crate) const PERIOD: &str = "2025-11-01..2026-10-31";

pub(crate) fn evidence(repository: &Path, out: &Path, more: &[&str]) -> Ran {
    let out = out.to_str().expect("UTF-8");
    ismslint(repository, &[&["evidence", "--out", out], more].concat())
}

pub(crate) fn read(folder: &Path) -> Pack {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    entries
        .map(|entry| (entry.file_name().into_string().expect("UTF-8"), fs::read(entry.path()).expect("read")))
        .collect()
}

pub(crate) fn made(repository: &Path, more: &[&str]) -> Pack {
    let home = tempfile::tempdir().expect("a folder");
    let out = home.path().join("pack");
    let ran = evidence(repository, &out, more);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    read(&out)
}

/// The pack of the demo; not to be changed.
pub(crate) fn pack() -> &'static Pack {
    static PACK: OnceLock<Pack> = OnceLock::new();
    PACK.get_or_init(|| made(story(), &["--period", PERIOD]))
}

/// The pack of the demo with everything that can be asked for.
pub(crate) fn whole_pack() -> &'static Pack {
    static PACK: OnceLock<Pack> = OnceLock::new();
    let more = ["--period", PERIOD, "--over-time", "--sample", "12", "--seed", "audit 2026"];
    PACK.get_or_init(|| made(story(), &more))
}

pub(crate) fn document() -> Value {
    serde_json::from_slice(&pack()["evidence.json"]).expect("is JSON")
}

pub(crate) fn chapter<'v>(document: &'v Value, key: &str) -> &'v Value {
    document["chapters"]
        .as_array()
        .expect("chapters")
        .iter()
        .find(|chapter| chapter["key"] == key)
        .expect(key)
}

pub(crate) fn figure(document: &Value, chapter_key: &str, key: &str) -> (Value, Value) {
    let figures = chapter(document, chapter_key)["figures"].as_array().expect("figures");
    let figure = figures.iter().find(|figure| figure["key"] == key).expect(key);
    (figure["now"].clone(), figure["before"].clone())
}

/// What the program says of a pack: in a folder of its own, so changed at will.
pub(crate) fn verify(pack: &Pack, repository: &Path) -> Ran {
    let home = put(pack);
    let folder = home.path().to_str().expect("UTF-8");
    ismslint(home.path(), &["verify", folder, "--repo", repository.to_str().expect("UTF-8")])
}

pub(crate) fn put(pack: &Pack) -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    for (name, bytes) in pack {
        fs::write(home.path().join(name), bytes).expect("written");
    }
    home
}

/// A repository of one commit, of 2026-01-10.
pub(crate) fn repository(root: &Path, files: &[(&str, &str)]) {
    use ismslint::git::{Instant, write::Person, write::Writer};
    let mut writer = Writer::create(root).expect("a repository");
    let files = files.iter().map(|(path, text)| ((*path).into(), text.as_bytes().to_vec())).collect();
    let when = Instant { seconds: 1_768_046_400, offset_minutes: 60 };
    let ana = Person { name: "Ana", email: "ana@example.org", when };
    let commit = writer.commit(&files, &[], ana, ana, "Start").expect("a commit");
    writer.branch("main", commit).expect("a branch");
    writer.checkout(&files).expect("written");
}

#[test]
fn the_pack_has_its_files_and_every_chapter() {
    let names: BTreeSet<&str> = pack().keys().map(String::as_str).collect();
    assert_eq!(names, NAMES.into_iter().filter(|name| *name != OVER_TIME).collect());
    let document = document();
    let keys: Vec<&str> = document["chapters"]
        .as_array()
        .expect("chapters")
        .iter()
        .filter_map(|chapter| chapter["key"].as_str())
        .collect();
    let expected = [
        "glance",
        "last_audit",
        "stories",
        "objectives",
        "metrics",
        "actions",
        "nonconformities",
        "audits",
        "reviews",
        "inputs",
        "risks",
        "suppliers",
        "documents",
        "soa",
        "improved",
        "clauses",
        "limits",
    ];
    assert_eq!(keys, expected);
    assert!(document["note"].as_str().is_some_and(|note| note.contains("No statement of conformity")));
    let index = String::from_utf8(pack()["index.csv"].clone()).expect("UTF-8");
    assert!(expected.iter().all(|key| index.contains(&format!("{key},chapter,"))), "{index}");
}

#[test]
fn the_page_runs_nothing_loads_nothing_and_can_be_read_by_ear() {
    let page = String::from_utf8(pack()["evidence.html"].clone()).expect("UTF-8");
    for never in [
        "<script",
        "javascript:",
        " style=",
        " src=",
        "http://",
        "https://",
        "<link",
        "@import",
        "url(",
        " onload",
    ] {
        assert!(!page.contains(never), "{never}");
    }
    let style = page.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).expect("a style");
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style.as_bytes()));
    assert!(page.contains("default-src &#39;none&#39;; style-src &#39;sha256-"), "the policy is in place");
    assert!(page.contains(&hash), "the hash is that of the style");
    assert!(
        page.contains("<html lang=\"en\">")
            && page.contains("prefers-color-scheme: dark")
            && page.contains("@media print")
    );
    for landmark in ["<header>", "<nav aria-label", "<main id", "<footer>"] {
        assert_eq!(page.matches(landmark).count(), 1, "{landmark}");
    }
    assert_eq!(
        page.matches("<table").count(),
        page.matches("<caption>").count(),
        "each table says what it is"
    );
    assert_eq!(page.matches("<svg").count(), page.matches("role=\"img\"").count());
    assert_eq!(page.matches("<svg").count(), page.matches("<desc id=").count());
    let targets = page.matches("<li><a href=\"#").count();
    assert_eq!((targets, page.matches("<section aria-labelledby").count()), (17, 17));
}

#[test]
fn charts_hold_the_values_of_the_files() {
    let document = document();
    let page = String::from_utf8(pack()["evidence.html"].clone()).expect("UTF-8");
    let charts = chapter(&document, "metrics")["charts"].as_array().expect("charts");
    let mut compared = 0;
    for entry in fs::read_dir(story().join("metrics")).expect("metrics") {
        let text = fs::read_to_string(entry.expect("an entry").path()).expect("text");
        let metric: Value = serde_yaml::from_str(&text).expect("YAML");
        let mut expected: BTreeMap<String, f64> = BTreeMap::new();
        for row in metric["measurements"].as_array().expect("rows") {
            // A later row corrects an earlier one of its period.
            expected.insert(
                row["period"].as_str().expect("a period").to_owned(),
                row["value"].as_f64().expect("a value"),
            );
        }
        let chart = charts.iter().find(|chart| chart["key"] == metric["id"]).expect("a chart");
        let points = chart["lines"][0]["points"].as_array().expect("points");
        let found: BTreeMap<String, f64> = points
            .iter()
            .map(|point| {
                (
                    point["label"].as_str().expect("a label").to_owned(),
                    point["value"].as_f64().expect("a value"),
                )
            })
            .collect();
        assert_eq!(found, expected, "{}", metric["id"]);
        assert_eq!(chart["target"], metric["target"].as_f64().map_or(Value::Null, Value::from));
        for (period, value) in &expected {
            assert!(page.contains(&format!("<title>{period}: {value}")), "{period}: {value} is drawn");
            compared += 1;
        }
    }
    assert!(compared > 60, "{compared}");
}

#[test]
fn figures_are_those_of_the_files_in_both_periods() {
    let text = fs::read_to_string(story().join("actions.yaml")).expect("text");
    let actions: Vec<Value> = serde_yaml::from_str(&text).expect("YAML");
    let within = |period: (&str, &str), day: &Value| {
        day.as_str().is_some_and(|day| period.0 <= day && day <= period.1)
    };
    let count = |pointer: &str, period| {
        let count = actions
            .iter()
            .filter(|action| action.pointer(pointer).is_some_and(|day| within(period, day)))
            .count();
        json!(count)
    };
    let (now, before) = (("2025-11-01", "2026-10-31"), ("2024-11-01", "2025-10-31"));
    let document = document();
    for (key, pointer) in [("opened", "/raised"), ("closed", "/completed"), ("verified", "/verification/on")]
    {
        let expected = (count(pointer, now), count(pointer, before));
        assert_eq!(figure(&document, "actions", key), expected, "{key}");
    }
    let flow = &chapter(&document, "actions")["charts"][0];
    let sum = |line: usize| -> f64 {
        flow["lines"][line]["points"]
            .as_array()
            .expect("points")
            .iter()
            .filter_map(|point| point["value"].as_f64())
            .sum()
    };
    assert_eq!(json!(sum(0)), json!(figure(&document, "actions", "opened").0.as_f64()));
    assert_eq!(flow["lines"][0]["points"].as_array().map(Vec::len), Some(12));
    assert_eq!(figure(&document, "actions", "overdue"), (json!(4), json!(0)));
    assert_eq!(figure(&document, "glance", "errors").0, json!(10));
    assert_eq!(figure(&document, "metrics", "unexplained"), (json!(1), json!(0)));
    assert_eq!(figure(&document, "nonconformities", "raised"), (json!(2), json!(2)));
}

#[test]
fn every_clause_stands_there_and_unjudged_ones_plainly() {
    let document = document();
    let tables = chapter(&document, "clauses")["tables"].as_array().expect("tables");
    let rows = |at: usize| tables[at]["rows"].as_array().expect("rows");
    assert_eq!(rows(1).len(), 93);
    let row = |number: &str| rows(0).iter().find(|row| row["clause"] == number).expect(number);
    for number in ["4.1", "6.2", "9.3.2", "10.1", "10.2"] {
        row(number);
    }
    assert!(!rows(0).iter().any(|row| row["clause"] == "10.3"));
    assert!(row("6.2")["subjects"].as_u64().is_some_and(|subjects| subjects > 0));
    let unjudged = rows(1).iter().filter(|row| row["rules"] == "no rule judges this").count();
    assert!(unjudged > 50, "{unjudged}");
    assert!(rows(1).iter().all(|row| row["rules"].is_array() || row["subjects"].is_null()));
}

#[test]
fn stories_follow_the_links_and_count_where_they_break() {
    let document = document();
    let tables = chapter(&document, "stories")["tables"].as_array().expect("tables");
    let stories = tables[1]["rows"].as_array().expect("rows");
    let story = |id: &str| stories.iter().find(|story| story["action"] == id).expect(id);
    assert!(story("ACT-19")["input"].as_str().is_some_and(|input| input.contains("NC-3")));
    assert_eq!(story("ACT-19")["decision"], json!(["corrective action of NC-3"]));
    assert_eq!(story("ACT-17")["missing"], "decision", "NC-4 names ACT-71 in its place");
    let broken: u64 =
        tables[0]["rows"].as_array().expect("rows").iter().filter_map(|row| row["chains"].as_u64()).sum();
    let missing = stories.iter().filter(|story| story["missing"].is_string()).count();
    assert_eq!(broken, missing as u64);
}
