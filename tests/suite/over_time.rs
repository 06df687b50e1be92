//! Compliance over time: each moment is what `check` says of its commit and day,
//! and what was not judged is no zero.

use super::checking::{clone, ismslint as run, story};
use super::evidence::{chapter, made, verify, whole_pack};
use super::git_cli::{feed, text};
use super::outputs::ismslint;
use ismslint::source::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const DAY: &str = "2026-10-31";

/// A clone of the demo in which `isms.yaml` always was what it is now, with more
/// at its end.
fn with_settings(more: &str) -> (TempDir, PathBuf) {
    let (home, folder) = clone(story(), &[]);
    let now = feed(&folder, &["show", "HEAD:isms.yaml"], b"");
    let settings = [now.as_slice(), more.as_bytes()].concat();
    let blob = feed(&folder, &["hash-object", "-w", "--stdin"], &settings);
    let blob = String::from_utf8(blob).expect("UTF-8");
    let stream = feed(&folder, &["fast-export", "--no-data", "main"], b"");
    // Line by line, as the messages may hold any bytes.
    let lines = stream.split_inclusive(|byte| *byte == b'\n').map(|line| {
        let is_settings = line.starts_with(b"M ") && line.ends_with(b" isms.yaml\n");
        if is_settings { format!("M 100644 {} isms.yaml\n", blob.trim()).into_bytes() } else { line.to_vec() }
    });
    feed(&folder, &["fast-import", "--quiet", "--force"], &lines.collect::<Vec<_>>().concat());
    text(&folder, &["reset", "-q", "--hard", "main"]);
    // On no branch: nothing but commit and day is in the report.
    text(&folder, &["checkout", "-q", "--detach"]);
    (home, folder)
}

fn moments(folder: &Path) -> Vec<Value> {
    let ran = ismslint(folder, &["history", "--over-time", "--as-of", DAY, "--format", "json"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let told: Value = serde_json::from_str(&ran.out).expect("is JSON");
    told["over_time"]["moments"].as_array().expect("moments").clone()
}

fn word<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("{key}: {value}"))
}

#[test]
fn each_moment_is_what_check_says_byte_for_byte() {
    let (_home, folder) = with_settings("");
    let moments = moments(&folder);
    let names: Vec<&str> = moments.iter().map(|moment| word(moment, "name")).collect();
    assert_eq!(
        names,
        ["2024 Q4", "2025 Q1", "2025 Q2", "2025 Q3", "2025 Q4", "2026 Q1", "2026 Q2", "2026 Q3", DAY]
    );
    for moment in &moments {
        let (commit, day) = (word(moment, "commit"), word(moment, "as_of"));
        let args = ["check", "--rev", commit, "--as-of", day, "--format", "json"];
        let ran = run(&folder, &args);
        let judged = &moment["judged"];
        assert_eq!(judged["report_sha256"], hex(&Sha256::digest(ran.out.as_bytes())), "{day}");
        let report = ran.json();
        assert_eq!(judged["verdict"], report["verdict"]);
        for count in ["errors", "warnings", "notices"] {
            assert_eq!(judged[count], report["counts"][count], "{day}: {count}");
        }
        let rules = report["rules"].as_array().expect("rules");
        for verdict in ["subjects", "conforms", "fails", "waived"] {
            let sum: u64 = rules.iter().filter_map(|rule| rule[verdict].as_u64()).sum();
            assert_eq!(judged[verdict], json!(sum), "{day}: {verdict}");
        }
        // The clauses, counted from the same report in another way.
        for of in judged["clauses"].as_array().expect("clauses") {
            let number = word(of, "clause");
            let cites = |rule: &&Value| {
                rule["off"].is_null()
                    && rule["clauses"].as_array().expect("clauses").iter().any(|clause| {
                        let cited = word(clause, "2022");
                        cited == number
                            || cited
                                .strip_prefix(number)
                                .is_some_and(|rest| rest.starts_with([' ', ')', '(']))
                    })
            };
            let fails: u64 = rules.iter().filter(cites).filter_map(|rule| rule["fails"].as_u64()).sum();
            assert_eq!(of["fails"], json!(fails), "{day}: {number}");
        }
        assert_eq!(word(moment, "settings_then"), "the same");
        assert_eq!(word(moment, "judged_by"), "the policy of today");
        let of_day = text(
            &folder,
            &["log", "-1", "--first-parent", "--format=%H", &format!("--before={day}T23:59:59+0100")],
        );
        assert_eq!(of_day, commit, "{day}");
    }
}

#[test]
fn settings_of_then_are_told_apart() {
    let moments = moments(story());
    let then: Vec<&str> = moments.iter().map(|moment| word(moment, "settings_then")).collect();
    assert_eq!(then.iter().filter(|then| **then == "others").count(), 6, "{then:?}");
    assert!(then.ends_with(&["the same", "the same"]), "{then:?}");
}

#[test]
fn before_history_from_nothing_is_judged_and_that_is_no_zero() {
    let (_home, folder) = with_settings("history_from: 2025-07-01\n");
    let moments = moments(&folder);
    for (at, moment) in moments.iter().enumerate() {
        assert_eq!(moment.get("not_judged").is_some(), at < 3, "{moment}");
        assert_eq!(moment.get("judged").is_some(), at >= 3, "{moment}");
    }
    let pack = made(&folder, &["--period", "2025-11-01..2026-10-31", "--over-time"]);
    let document: Value = serde_json::from_slice(&pack["evidence.json"]).expect("is JSON");
    let section = chapter(&document, "over_time");
    for chart in section["charts"].as_array().expect("charts") {
        for line in chart["lines"].as_array().expect("lines") {
            let points = line["points"].as_array().expect("points");
            let silent =
                points.iter().filter(|point| point["value"].is_null() && point["mark"] == "not judged");
            assert_eq!(silent.count(), 3, "{line}");
        }
    }
    let row = &section["tables"][0]["rows"][0];
    assert_eq!((&row["errors"], &row["conforms"]), (&json!("not judged"), &json!("not judged")));
    let page = String::from_utf8(pack["evidence.html"].clone()).expect("UTF-8");
    assert!(page.contains("<title>2025 Q1: not judged</title>") && page.contains("; 3 not judged."));
    let csv = String::from_utf8(pack["compliance-over-time.csv"].clone()).expect("UTF-8");
    let line = csv.lines().find(|line| line.starts_with("2025 Q1,")).expect("a row");
    assert!(line.contains(",not judged,all,,,,,,,,,") && line.contains("history_from"), "{line}");
}

#[test]
fn the_pack_and_the_view_say_the_same() {
    let pack = whole_pack();
    let document: Value = serde_json::from_slice(&pack["evidence.json"]).expect("is JSON");
    let told = document["over_time"]["moments"].as_array().expect("moments");
    // The pack is of the last commit of its period, and so is the view here.
    let (_home, folder) = clone(story(), &[]);
    text(&folder, &["reset", "-q", "--hard", word(&document, "commit")]);
    assert_eq!(*told, moments(&folder));
    let csv = ismslint(&folder, &["history", "--over-time", "--as-of", DAY, "--format", "csv"]);
    assert!(csv.out.as_bytes() == pack["compliance-over-time.csv"]);
    let same = verify(pack, story());
    assert_eq!(same.exit, 0, "{}{}", same.out, same.err);
    let page = String::from_utf8(pack["evidence.html"].clone()).expect("UTF-8");
    assert!(page.contains("judged by the policy of commit") && page.contains("<caption>By clause"));
    for format in ["human", "md"] {
        let ran = ismslint(&folder, &["history", "--over-time", "--as-of", DAY, "--format", format]);
        assert!(
            ran.exit == 0 && ran.out.contains("2026 Q3") && ran.out.contains("corrective action"),
            "{}",
            ran.out
        );
    }
}

#[test]
fn a_life_that_is_not_all_here_is_not_determined() {
    let (_home, shallow) = clone(story(), &["--depth", "3"]);
    let ran = ismslint(&shallow, &["history", "--over-time", "--as-of", DAY]);
    assert!(
        ran.exit == 3 && ran.out.contains("not determined: the life of the ISMS cannot be followed"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("fetch-depth: 0"), "{}", ran.out);
}
