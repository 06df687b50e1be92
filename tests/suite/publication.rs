//! What is published, as far as it can be seen without a network: the bodies of
//! the requests. And a build that cannot publish says so.

#[path = "../publish/report.rs"]
mod report;

use crate::outputs::{ismslint, small};
use chrono::DateTime;
use ismslint::escape::Raw;
use ismslint::publish::{AVAILABLE, BATCH, CheckRun, Comment, MOST, Times};
use ismslint::report::Report;
use report::{COMMIT, place, report};
use serde_json::Value;

fn of(report: &Report) -> CheckRun {
    let at = DateTime::from_timestamp(1_795_000_000, 0).expect("is one");
    CheckRun::of(report, &place("https://api.github.com"), Times { started: at, completed: at })
}

/// All annotations in the order in which they are sent.
fn sent(run: &CheckRun) -> Vec<Value> {
    let mut all = Vec::new();
    while all.len() < run.total() {
        let body = if all.is_empty() { run.creation() } else { run.update(all.len()) };
        let batch = body["output"]["annotations"].as_array().expect("a list").clone();
        assert!((1..=BATCH).contains(&batch.len()));
        all.extend(batch);
        let complete = all.len() == run.total();
        assert_eq!(body["status"] == "completed", complete);
        assert_eq!(body["conclusion"].is_string(), complete);
    }
    all
}

#[test]
fn batches_hold_each_finding_once() {
    for findings in [1, 49, 50, 51, 100, 101] {
        assert_eq!(sent(&of(&report(findings))).len(), findings);
    }
    let run = of(&report(0));
    assert!(run.creation()["output"].get("annotations").is_none());
    assert_eq!(run.creation()["conclusion"], "success");
}

#[test]
fn what_is_too_much_is_left_out_and_told() {
    let run = of(&report(MOST + 1));
    assert_eq!(sent(&run).len(), MOST);
    for body in [run.creation(), run.update(MOST - 1), run.unfinished(7)] {
        let summary = body["output"]["summary"].as_str().expect("text");
        assert!(summary.chars().count() <= 65_535);
        assert!(summary.contains("The first 1000 of 1001 findings are annotations"));
        assert!(run.is_of_this(summary));
    }
    let hostile = "<!-- -->`\u{10ffff}".repeat(2_000);
    let mut report = report(300);
    for finding in &mut report.assessment.findings {
        finding.message = Raw::from(hostile.as_str());
        finding.why = Raw::from(hostile.as_str());
    }
    let run = of(&report);
    for annotation in sent(&run) {
        for (name, most) in [("message", 64 * 1024), ("raw_details", 64 * 1024), ("title", 255)] {
            assert!(annotation[name].as_str().expect("text").len() < most, "{name}");
        }
    }
    assert!(run.creation()["output"]["summary"].as_str().expect("text").chars().count() <= 65_535);
    let comment = Comment::of(&report, &place("https://api.github.com")).expect("has a pull request");
    assert!(comment.body(None).chars().count() <= 65_536);
}

#[test]
fn the_name_of_a_publication_is_that_of_commit_folder_and_policy() {
    let first = of(&report(1));
    assert_eq!(of(&report(2)).external_id, first.external_id);
    let mut other = report(1);
    other.provenance.root = "isms".to_owned();
    assert_ne!(of(&other).external_id, first.external_id);
    assert_eq!(of(&other).name, "ismslint: isms");
    let mut other = report(1);
    other.provenance.policy_digest = "0".repeat(64);
    assert_ne!(of(&other).external_id, first.external_id);
    let mut elsewhere = place("https://api.github.com");
    elsewhere.commit = COMMIT.replace('0', "9");
    let at = DateTime::UNIX_EPOCH;
    let run = CheckRun::of(&report(1), &elsewhere, Times { started: at, completed: at });
    assert_ne!(run.external_id, first.external_id);
}

#[test]
fn a_run_that_could_not_be_completed_is_no_success() {
    let mut report = report(60);
    report.fail_on = ismslint::report::FailOn::Never;
    let run = of(&report);
    assert_eq!(run.update(50)["conclusion"], "success");
    let body = run.unfinished(50);
    assert_eq!((&body["status"], &body["conclusion"]), (&"completed".into(), &"failure".into()));
}

#[test]
fn nothing_of_a_comment_comes_from_the_service_unread() {
    let comment = Comment::of(&report(1), &place("https://api.github.com")).expect("has a pull request");
    let link = |url| comment.body(Some(url)).contains("[All findings](");
    assert!(link("https://github.com/acme/isms/runs/1"));
    for url in
        ["http://example.org", "https://example.org/) [x](y", "javascript:x", "https://a b", "https://x/<y>"]
    {
        assert!(!link(url), "{url}");
    }
}

#[test]
fn a_build_that_cannot_publish_says_how_to_get_one_that_can() {
    let ran = ismslint(small().path(), &["check", "--publish", "github"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.out.is_empty());
    let told = if AVAILABLE { "GITHUB_TOKEN" } else { "--features github" };
    assert!(ran.err.contains(told), "{}", ran.err);
}
