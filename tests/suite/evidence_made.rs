//! How packs are made: the same bytes everywhere, from the commit and period
//! that were asked for, and what makes none.

use super::checking::{clone, story};
use super::evidence::{PERIOD, chapter, evidence, made, pack, read, repository, verify};
use super::outputs::ismslint;
use ismslint::evidence::NAMES;
use ismslint::source::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

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
