//! The evidence pack of the demo: its numbers are those of the records, its
//! bytes are the same everywhere, and `verify` names whatever was changed.

use super::checking::{clone, story};
use super::outputs::{Ran, ismslint};
use base64::Engine as _;
use ismslint::evidence::{NAMES, Pack, differences};
use ismslint::source::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

const PERIOD: &str = "2025-11-01..2026-10-31";

fn evidence(repository: &Path, out: &Path, more: &[&str]) -> Ran {
    let out = out.to_str().expect("UTF-8");
    ismslint(repository, &[&["evidence", "--out", out], more].concat())
}

fn read(folder: &Path) -> Pack {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    entries
        .map(|entry| (entry.file_name().into_string().expect("UTF-8"), fs::read(entry.path()).expect("read")))
        .collect()
}

fn made(repository: &Path, more: &[&str]) -> Pack {
    let home = tempfile::tempdir().expect("a folder");
    let out = home.path().join("pack");
    let ran = evidence(repository, &out, more);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    read(&out)
}

/// The pack of the demo; not to be changed.
fn pack() -> &'static Pack {
    static PACK: OnceLock<Pack> = OnceLock::new();
    PACK.get_or_init(|| made(story(), &["--period", PERIOD]))
}

fn document() -> Value {
    serde_json::from_slice(&pack()["evidence.json"]).expect("is JSON")
}

fn chapter<'v>(document: &'v Value, key: &str) -> &'v Value {
    document["chapters"]
        .as_array()
        .expect("chapters")
        .iter()
        .find(|chapter| chapter["key"] == key)
        .expect(key)
}

fn figure(document: &Value, chapter_key: &str, key: &str) -> (Value, Value) {
    let figures = chapter(document, chapter_key)["figures"].as_array().expect("figures");
    let figure = figures.iter().find(|figure| figure["key"] == key).expect(key);
    (figure["now"].clone(), figure["before"].clone())
}

/// What the program says of a pack: in a folder of its own, so changed at will.
fn verify(pack: &Pack, repository: &Path) -> Ran {
    let home = put(pack);
    let folder = home.path().to_str().expect("UTF-8");
    ismslint(home.path(), &["verify", folder, "--repo", repository.to_str().expect("UTF-8")])
}

fn put(pack: &Pack) -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    for (name, bytes) in pack {
        fs::write(home.path().join(name), bytes).expect("written");
    }
    home
}

#[test]
fn the_pack_has_its_files_and_every_chapter() {
    let names: BTreeSet<&str> = pack().keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(NAMES));
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

#[test]
fn the_same_commit_gives_the_same_bytes_anywhere() {
    let (_home, other) = clone(story(), &[]);
    fs::write(other.join("actions.yaml"), "- {id: ACT-99, title: Not committed}\n").expect("written");
    let again = made(&other.join("policies"), &["--period", PERIOD]);
    assert!(again == *pack(), "another folder, files that are not committed");
    let home = tempfile::tempdir().expect("a folder");
    let program = env!("CARGO_BIN_EXE_ismslint");
    let ran = std::process::Command::new(program)
        .args(["evidence", "--period", PERIOD, "--as-of", "2026-10-31", "--out"])
        .arg(home.path().join("pack"))
        .current_dir(&other)
        .env("TZ", "Pacific/Auckland")
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("RAYON_NUM_THREADS", "1")
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.success() && said.contains("differ on disk"), "{said}");
    assert!(read(&home.path().join("pack")) == *pack(), "another zone, locale, number of threads");
}

#[test]
fn a_pack_is_the_same_from_a_bare_clone_and_from_a_subfolder() {
    let same = verify(pack(), story());
    assert!(same.exit == 0 && same.out.starts_with("the same"), "{}{}", same.out, same.err);
    let (_home, bare) = clone(story(), &["--bare"]);
    let same = verify(pack(), &bare);
    assert_eq!(same.exit, 0, "{}{}", same.out, same.err);
}

#[test]
fn an_isms_in_a_subfolder_of_a_repository_can_be_verified() {
    let home = tempfile::tempdir().expect("a folder");
    let files: [(&str, &str); 3] = [
        ("docs/isms/isms.yaml", "organisation: Sub\n"),
        (
            "docs/isms/actions.yaml",
            "- {id: ACT-1, title: Patch, owner: ana, raised: 2026-01-05, due: 2026-02-01, status: planned}\n",
        ),
        ("README.md", "# x\n"),
    ];
    repository(home.path(), &files);
    let pack = made(&home.path().join("docs"), &["--root", "isms", "--period", "2026-01-01..2026-03-31"]);
    let manifest: Value = serde_json::from_slice(&pack["manifest.json"]).expect("is JSON");
    assert_eq!(manifest["subject"]["root"], "docs/isms");
    assert!(
        manifest["files"]
            .as_array()
            .expect("files")
            .iter()
            .all(|file| file["path"].as_str().is_some_and(|path| path.starts_with("docs/isms/")))
    );
    let same = verify(&pack, home.path());
    assert_eq!(same.exit, 0, "{}{}", same.out, same.err);
}

/// A repository of one commit, of 2026-01-10.
fn repository(root: &Path, files: &[(&str, &str)]) {
    use ismslint::git::{Instant, write::Person, write::Writer};
    let mut writer = Writer::create(root).expect("a repository");
    let files = files.iter().map(|(path, text)| ((*path).into(), text.as_bytes().to_vec())).collect();
    let when = Instant { seconds: 1_768_046_400, offset_minutes: 60 };
    let ana = Person { name: "Ana", email: "ana@example.org", when };
    let commit = writer.commit(&files, &[], ana, ana, "Start").expect("a commit");
    writer.branch("main", commit).expect("a branch");
    writer.checkout(&files).expect("written");
}

/// Numbers that look random and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("fits") % limit
    }
}

#[test]
fn three_hundred_flipped_bytes_are_found() {
    // What the repository gives is built once; the comparison is the program's.
    let built: Vec<(&'static str, Vec<u8>)> =
        NAMES.iter().map(|name| (*name, pack()[*name].clone())).collect();
    assert!(differences(pack(), &built).is_empty());
    let mut numbers = Numbers(7);
    for _ in 0..300 {
        let name = NAMES[numbers.below(NAMES.len())];
        let mut changed = pack().clone();
        let bytes = changed.get_mut(name).expect("is there");
        let at = numbers.below(bytes.len());
        bytes[at] ^= 1 << numbers.below(8);
        let found = differences(&changed, &built);
        assert!(found.iter().any(|difference| difference.file == name), "{name} at {at}");
    }
}

#[test]
fn a_flip_in_what_a_manifest_claims_is_found_too() {
    let manifest = String::from_utf8(pack()["manifest.json"].clone()).expect("UTF-8");
    let mut numbers = Numbers(11);
    for claim in [
        "\"format\": 1",
        "\"version\": \"",
        "\"commit\": \"",
        "\"root\": \"",
        "\"day\": \"",
        "\"from\": \"",
        "\"to\": \"",
        "\"time_zone\": \"",
    ] {
        let at = manifest.find(claim).expect(claim) + claim.len() - 1;
        let mut changed = pack().clone();
        let bytes = changed.get_mut("manifest.json").expect("is there");
        bytes[at + usize::from(claim.ends_with('"'))] ^= 1 << numbers.below(3);
        let ran = verify(&changed, story());
        assert!(matches!(ran.exit, 1 | 3), "{claim}: {} {}{}", ran.exit, ran.out, ran.err);
    }
}

/// Sets a value in the manifest and writes it as the program would.
fn forge(pack: &mut Pack, set: impl FnOnce(&mut Value)) {
    let mut manifest: Value = serde_json::from_slice(&pack["manifest.json"]).expect("is JSON");
    set(&mut manifest);
    for output in manifest["outputs"].as_array_mut().expect("outputs") {
        let bytes = &pack[output["name"].as_str().expect("a name")];
        output["size"] = json!(bytes.len());
        output["sha256"] = json!(hex(&Sha256::digest(bytes)));
    }
    pack.insert("manifest.json".to_owned(), ismslint::escape::json(&manifest).into_bytes());
}

fn replace(pack: &mut Pack, name: &str, old: &str, new: &str) {
    let text = String::from_utf8(pack[name].clone()).expect("UTF-8");
    assert!(text.contains(old), "{name} holds {old}");
    pack.insert(name.to_owned(), text.replacen(old, new, 1).into_bytes());
}

type Forgery = fn(&mut Pack);

#[test]
fn forgeries_with_every_hash_made_again_are_named() {
    forge(&mut pack().clone(), |_| {});
    let cases: [(&str, Forgery, &str); 9] = [
        (
            "a dropped file",
            |pack| {
                pack.remove("index.csv");
            },
            "index.csv: it is missing",
        ),
        (
            "an added file",
            |pack| {
                pack.insert("extra.html".to_owned(), b"x".to_vec());
            },
            "extra.html: no pack has such a file",
        ),
        (
            "a changed verdict",
            |pack| {
                replace(pack, "evidence.json", "10 errors, 2 warnings", "0 errors, 0 warnings");
                replace(pack, "evidence.html", "10 errors, 2 warnings", "0 errors, 0 warnings");
                forge(pack, |manifest| {
                    manifest["results"]["verdict"] = json!("clean");
                    manifest["results"]["fails"] = json!(0);
                });
            },
            "manifest.json: /results/verdict is \"clean\" in the pack, the repository gives \"findings\"",
        ),
        (
            "an edited waiver",
            |pack| forge(pack, |manifest| manifest["waivers"][0]["reason"] = json!("Approved by the board")),
            "manifest.json: /waivers/0/reason",
        ),
        (
            "a dropped waiver",
            |pack| forge(pack, |manifest| manifest["waivers"] = json!([])),
            "manifest.json: /waivers has 0 items",
        ),
        (
            "a moved as-of",
            |pack| forge(pack, |manifest| manifest["as_of"]["day"] = json!("2026-11-30")),
            "evidence.json: /as_of",
        ),
        (
            "a swapped rules digest",
            |pack| forge(pack, |manifest| manifest["rules_digest"] = json!("0".repeat(64))),
            "manifest.json: /rules_digest",
        ),
        (
            "a shorter period",
            |pack| forge(pack, |manifest| manifest["period"]["from"] = json!("2026-05-01")),
            "manifest.json: /rerun",
        ),
        (
            "an author renamed",
            |pack| {
                forge(pack, |manifest| {
                    manifest["commits"][0]["author"] = json!("Somebody <else@example.org>");
                });
            },
            "manifest.json: /commits/0/author",
        ),
    ];
    for (what, change, named) in cases {
        let mut changed = pack().clone();
        change(&mut changed);
        let ran = verify(&changed, story());
        assert_eq!(ran.exit, 1, "{what}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains(named), "{what}: {}", ran.out);
    }
}

#[test]
fn what_cannot_be_determined_is_neither_the_same_nor_different() {
    let mut older = pack().clone();
    forge(&mut older, |manifest| manifest["tool"]["version"] = json!("0.0.9"));
    let ran = verify(&older, story());
    assert!(ran.exit == 3 && ran.err.contains("use that version"), "{}{}", ran.out, ran.err);
    let mut unknown = pack().clone();
    forge(&mut unknown, |manifest| manifest["subject"]["commit"] = json!("0".repeat(40)));
    let ran = verify(&unknown, story());
    assert!(ran.exit == 3 && ran.err.contains("could not be determined"), "{}{}", ran.out, ran.err);
    let (_home, shallow) = clone(story(), &["--depth", "3"]);
    let ran = verify(pack(), &shallow);
    assert!(ran.exit == 3 && ran.err.contains("shallow"), "{}{}", ran.out, ran.err);
    // A pack that does not agree with itself differs, whatever the repository holds.
    let mut torn = pack().clone();
    replace(&mut torn, "index.csv", "glance", "glanze");
    assert_eq!(verify(&torn, &shallow).exit, 1);
    let ran = ismslint(story(), &["verify", "nowhere"]);
    assert_eq!(ran.exit, 2, "{}", ran.err);
    let mut headless = pack().clone();
    headless.remove("manifest.json");
    assert!(verify(&headless, story()).out.contains("manifest.json: it is missing"));
}

#[test]
fn the_manifest_names_files_and_commits_by_their_digests() {
    let manifest: Value = serde_json::from_slice(&pack()["manifest.json"]).expect("is JSON");
    for file in manifest["files"].as_array().expect("files") {
        let path = story().join(file["path"].as_str().expect("a path"));
        let bytes = fs::read(&path).expect("is there");
        assert_eq!(file["sha256"], hex(&Sha256::digest(&bytes)), "{}", path.display());
        assert_eq!(
            file["blob"],
            super::git_cli::text(story(), &["hash-object", path.to_str().expect("UTF-8")]).trim()
        );
    }
    let commits = manifest["commits"].as_array().expect("commits");
    assert!(commits.len() > 30, "{}", commits.len());
    for commit in commits {
        let id = commit["id"].as_str().expect("an id");
        let told =
            super::git_cli::text(story(), &["log", "-1", "--format=%an <%ae>|%aI|%cn <%ce>|%cI|%s", id]);
        let text = |key: &str| commit[key].as_str().expect(key).to_owned();
        let found = [text("author"), text("authored"), text("committer"), text("committed"), text("summary")]
            .join("|");
        assert_eq!(found, told.trim().replace('Z', "+00:00"));
        assert_eq!(commit["signed"], false);
    }
    assert_eq!(
        manifest["subject"]["tree"],
        super::git_cli::text(story(), &["rev-parse", "HEAD^{tree}"]).trim()
    );
    // The command in the manifest makes the pack again.
    let rerun = manifest["rerun"].as_str().expect("a command").replace(" --out DIR", "");
    let words: Vec<&str> = rerun.split_whitespace().skip(2).collect();
    assert!(made(story(), &words) == *pack());
}

/// Every value under a key, wherever it stands.
fn under<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                if name == key {
                    found.push(value);
                }
                under(value, key, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| under(item, key, found)),
        _ => {}
    }
}

fn texts<'v>(document: &'v Value, key: &str) -> Vec<&'v str> {
    let mut found = Vec::new();
    under(document, key, &mut found);
    found.into_iter().map(|value| value.as_str().expect("text")).collect()
}

#[test]
fn the_oscal_files_refer_to_what_they_hold() {
    for name in [NAMES[3], NAMES[4]] {
        let document: Value = serde_json::from_slice(&pack()[name]).expect("is JSON");
        let ids = texts(&document, "uuid");
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(unique.len(), ids.len(), "{name}: no id twice");
        for id in &ids {
            let parts: Vec<usize> = id.split('-').map(str::len).collect();
            assert!(parts == [8, 4, 4, 4, 12] && id.as_bytes()[14] == b'5', "{name}: {id}");
        }
        for (key, prefix) in [("observation-uuid", ""), ("risk-uuid", ""), ("href", "#")] {
            for named in texts(&document, key).into_iter().filter_map(|named| named.strip_prefix(prefix)) {
                let is_file = key == "href" && story().join(named).exists();
                assert!(unique.contains(named) || is_file || named.contains('/'), "{name}: {key} {named}");
            }
        }
        for key in ["start", "end", "collected", "last-modified", "deadline", "date"] {
            assert!(
                texts(&document, key).iter().all(|day| day.ends_with("T00:00:00Z") && day.len() == 20),
                "{name}: {key}"
            );
        }
        assert_eq!(texts(&document, "oscal-version"), ["1.2.1"]);
        let text = String::from_utf8(pack()[name].clone()).expect("UTF-8");
        assert!(!text.contains("[]") && !text.contains("\"satisfied\""), "{name}");
    }
    let results: Value = serde_json::from_slice(&pack()[NAMES[3]]).expect("is JSON");
    let result = &results["assessment-results"]["results"][0];
    assert_eq!(result["observations"].as_array().map(Vec::len), Some(12));
    let plan: Value = serde_json::from_slice(&pack()[NAMES[4]]).expect("is JSON");
    let items = plan["plan-of-action-and-milestones"]["poam-items"].as_array().expect("items");
    assert_eq!(items.len(), 3 + 7, "settled nonconformities of the period, and open actions");
}

#[test]
fn since_the_last_audit_begins_the_day_after() {
    let pack = made(story(), &["--since", "last-audit", "--as-of", "2026-10-31"]);
    let manifest: Value = serde_json::from_slice(&pack["manifest.json"]).expect("is JSON");
    assert_eq!(
        manifest["period"],
        json!({"from": "2026-06-17", "to": "2026-10-31"}),
        "the surveillance audit of 2026-06-16"
    );
    let same = verify(&pack, story());
    assert_eq!(same.exit, 0, "{}{}", same.out, same.err);
}

#[test]
fn an_earlier_period_is_seen_from_the_commit_of_its_end() {
    let pack = made(story(), &["--period", "2024-11-01..2025-10-31"]);
    let manifest: Value = serde_json::from_slice(&pack["manifest.json"]).expect("is JSON");
    let commit = manifest["subject"]["commit"].as_str().expect("an id");
    let day = super::git_cli::text(story(), &["log", "-1", "--format=%cs", commit]);
    assert!(day.trim() <= "2025-10-31", "{day}");
    assert!(
        manifest["compared_with"]["commit"].is_null() && manifest["compared_with"]["why_not"].is_string()
    );
    let text = String::from_utf8(pack["evidence.html"].clone()).expect("UTF-8");
    assert!(text.contains("there is no commit before 2024-11-01"));
}

#[test]
fn what_makes_no_pack_is_refused_with_the_reason() {
    let full = tempfile::tempdir().expect("a folder");
    fs::write(full.path().join("x"), "x").expect("written");
    let cases: [(&[&str], &str); 4] = [
        (&["--period", "2026-01-01..2030-12-31"], "ends after today"),
        (&["--period", PERIOD, "--as-of", "2026-01-01"], "lies before the end"),
        (&["--period", "2020-01-01..2020-12-31"], "no commit of the main line arrived by 2020-12-31"),
        (&["--since", "last-audit", "--as-of", "2025-01-31"], "no audit by others"),
    ];
    for (more, why) in cases {
        let home = tempfile::tempdir().expect("a folder");
        let ran = evidence(story(), &home.path().join("pack"), more);
        assert!(ran.exit == 2 && ran.err.contains(why), "{more:?}: {} {}", ran.exit, ran.err);
        assert!(!home.path().join("pack").exists(), "{more:?}");
    }
    let ran = evidence(story(), full.path(), &["--period", PERIOD]);
    assert!(ran.exit == 2 && ran.err.contains("not empty"), "{}", ran.err);
    let alone = tempfile::tempdir().expect("a folder");
    let ran = evidence(alone.path(), &alone.path().join("pack"), &["--period", PERIOD]);
    assert!(ran.exit == 2 && ran.err.contains("made from commits"), "{}", ran.err);
}

#[test]
fn a_shallow_clone_gives_a_pack_that_says_so() {
    let (_home, shallow) = clone(story(), &["--depth", "3"]);
    let home = tempfile::tempdir().expect("a folder");
    let out: PathBuf = home.path().join("pack");
    let ran = evidence(&shallow, &out, &["--period", PERIOD]);
    assert_eq!(ran.exit, 3, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("incomplete: this clone is shallow"), "{}", ran.out);
    let page = fs::read_to_string(out.join("evidence.html")).expect("is there");
    assert!(page.contains("<strong>Not determined:</strong> this clone is shallow"));
    let document: Value =
        serde_json::from_slice(&fs::read(out.join("evidence.json")).expect("is there")).expect("is JSON");
    let documents = chapter(&document, "documents");
    assert!(
        documents["figures"].as_array().expect("figures").iter().all(|figure| figure["key"] != "revised"),
        "no figure is made up"
    );
}

#[test]
fn hostile_and_sensitive_words_stay_words_or_out() {
    let home = tempfile::tempdir().expect("a folder");
    let actions = "- {id: ACT-1, title: \"<script>alert(1)</script>\", owner: \"\\\" onmouseover=\\\"x\", raised: 2026-01-05, due: 2026-02-01, status: planned, source: {kind: incident, ref: INC-1}}\n\
                   - {id: ACT-2, title: \"</title></svg>{{ 7*7 }}{% include 'x' %}\\u202e\\u001b[31m\", raised: 2026-01-05, status: completed, completed: 2026-01-09}\n";
    let incidents = "- {id: INC-1, title: Mail opened, detected: 2026-01-04, severity: high, root_cause: one mailbox had no second factor, lessons: Bob from Payroll opened it}\n";
    let feedback = "- {id: FBK-1, title: Complaint, received: 2026-01-06, text: Bob from Payroll was rude, topic: manners}\n";
    let metrics = "- {id: m, title: \"</title><img src=x>\", unit: \"</svg>\", direction: lower_is_better, target: 1, measurements: [{period: 2025-12, value: 4}, {period: 2026-01, value: 2}]}\n";
    repository(
        home.path(),
        &[
            ("actions.yaml", actions),
            ("incidents.yaml", incidents),
            ("feedback.yaml", feedback),
            ("metrics.yaml", metrics),
        ],
    );
    let pack = made(home.path(), &["--period", "2026-01-01..2026-01-31"]);
    for (name, bytes) in &pack {
        let text = String::from_utf8(bytes.clone()).expect("UTF-8");
        for value in ["Bob from Payroll", "no second factor", "was rude"] {
            assert!(!text.contains(value), "{name}: {value}");
        }
        if name != "evidence.json" && name != "manifest.json" {
            assert!(!text.contains('\u{202e}') && !text.contains('\u{1b}'), "{name}");
        }
    }
    let page = String::from_utf8(pack["evidence.html"].clone()).expect("UTF-8");
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("\" onmouseover"));
    assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("{{ 7*7 }}"), "shown as it is written");
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
    for command in ["due", "register", "trend", "agenda"] {
        for format in ["human", "markdown", "csv", "json"] {
            let ran = ismslint(home.path(), &[command, "--format", format, "--as-of", "2026-01-31"]);
            assert!(
                !ran.out.contains("Bob from Payroll") && !ran.out.contains("second factor"),
                "{command} {format}"
            );
        }
    }
}
