//! What stands there when all goes well, and when the same is published again.

use crate::fake::Github;
use crate::report::{COMMIT, place, report};
use chrono::DateTime;
use ismslint::publish::{
    CheckRun, Comment, Commented, Failure, Limits, Publication, Published, Times, Token, publish,
};
use ismslint::report::Report;
use serde_json::{Value, json};
use std::time::Duration;

/// The token: no byte of it may be found anywhere but in the header.
pub(crate) const CANARY: &str = "ghs_Canary0123456789abcdefghijklmnopqrst";

/// Limits that no test waits for.
pub(crate) fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(5),
        request: Duration::from_secs(5),
        total: Duration::from_secs(20),
        pause: Duration::ZERO,
        backoff: Duration::from_millis(5),
        repetitions: 5,
        answer_bytes: 1024 * 1024,
    }
}

pub(crate) fn publication(report: &Report, api: &str, comment: bool) -> Publication {
    let place = place(api);
    let times = Times {
        started: DateTime::from_timestamp(1_795_000_000, 0).expect("is one"),
        completed: DateTime::from_timestamp(1_795_000_002, 0).expect("is one"),
    };
    Publication {
        check_run: CheckRun::of(report, &place, times),
        comment: Comment::of(report, &place).filter(|_| comment),
    }
}

/// Publishes at the server, within these limits.
pub(crate) fn sent(
    github: &Github,
    report: &Report,
    comment: bool,
    limits: &Limits,
) -> Result<Published, Failure> {
    let token = Token::new(CANARY).expect("is one");
    let published = publish(&publication(report, &github.api, comment), &place(&github.api), &token, limits);
    if let Err(failure) = &published {
        assert!(!failure.why.contains(CANARY), "{}", failure.why);
    }
    published
}

/// Titles of the annotations that are there, in order.
pub(crate) fn titles(run: &Value) -> Vec<String> {
    let annotations = run["annotations"].as_array().expect("a list");
    annotations.iter().map(|annotation| annotation["title"].as_str().expect("text").to_owned()).collect()
}

/// Each finding is there once.
pub(crate) fn assert_whole(run: &Value, findings: usize) {
    let titles = titles(run);
    let once: std::collections::BTreeSet<&String> = titles.iter().collect();
    assert_eq!((titles.len(), once.len()), (findings, findings), "each once");
    let conclusion = if findings == 0 { "success" } else { "failure" };
    assert_eq!((run["status"].as_str(), run["conclusion"].as_str()), (Some("completed"), Some(conclusion)));
}

#[test]
fn a_verdict_is_one_check_run_however_many_findings() {
    for (findings, requests) in [(0, 2), (1, 2), (50, 2), (51, 3), (120, 4)] {
        let github = Github::start();
        let published = sent(&github, &report(findings), false, &limits()).expect("is published");
        let run = github.run();
        assert_whole(&run, findings);
        assert_eq!(published.annotations, findings);
        assert_eq!(published.check_run, "https://github.com/acme/isms/runs/100");
        assert_eq!(github.methods().len(), requests, "{:?}", github.methods());
        let (name, commit) = (run["name"].as_str(), run["head_sha"].as_str());
        assert_eq!((name, commit), (Some("ismslint"), Some(COMMIT)));
        assert_eq!(
            (&run["started_at"], &run["completed_at"]),
            (&json!("2026-11-18T11:06:40Z"), &json!("2026-11-18T11:06:42Z"))
        );
        let summary = run["output"]["summary"].as_str().expect("text");
        assert!(summary.contains("## ismslint: "), "{summary}");
    }
}

#[test]
fn while_annotations_are_missing_the_run_has_no_conclusion() {
    let github = Github::start();
    sent(&github, &report(120), false, &limits()).expect("is published");
    let bodies: Vec<Value> = github
        .state()
        .requests
        .iter()
        .filter(|request| request.method != "GET")
        .map(|request| serde_json::from_str(&request.body).expect("JSON"))
        .collect();
    let stands: Vec<(&Value, &Value)> =
        bodies.iter().map(|body| (&body["status"], &body["conclusion"])).collect();
    let going = (&json!("in_progress"), &Value::Null);
    assert_eq!(stands, [going, going, (&json!("completed"), &json!("failure"))]);
}

#[test]
fn the_same_published_again_changes_nothing() {
    let github = Github::start();
    for _ in 0..3 {
        sent(&github, &report(60), true, &limits()).expect("is published");
    }
    assert_whole(&github.run(), 60);
    assert_eq!(github.state().comments.len(), 1);
}

#[test]
fn another_verdict_on_the_commit_does_not_mix_with_the_first() {
    let github = Github::start();
    sent(&github, &report(3), false, &limits()).expect("is published");
    sent(&github, &report(2), false, &limits()).expect("is published");
    let state = github.state();
    let counts: Vec<usize> = state.runs.iter().map(|run| titles(run).len()).collect();
    assert_eq!(counts, [3, 2], "annotations cannot be taken back, so it is a run of its own");
    assert_eq!(state.runs[0]["external_id"], state.runs[1]["external_id"]);
}

#[test]
fn an_annotation_says_what_where_and_what_to_do() {
    let github = Github::start();
    sent(&github, &report(1), false, &limits()).expect("is published");
    let annotation = &github.run()["annotations"][0];
    assert_eq!(annotation["path"], "actions.yaml");
    assert_eq!((annotation["start_line"].as_u64(), annotation["end_line"].as_u64()), (Some(2), Some(2)));
    assert!(annotation["start_column"].as_u64() < annotation["end_column"].as_u64());
    assert_eq!(annotation["annotation_level"], "failure");
    assert_eq!(annotation["title"], "action-overdue-without-rationale: ACT-0");
    assert!(annotation["message"].as_str().is_some_and(|text| text.contains('\n')));
    assert!(annotation["raw_details"].as_str().is_some_and(|text| !text.is_empty()));
}

#[test]
fn what_was_interrupted_is_gone_on_with() {
    // Everything of the first run but its last request.
    let github = Github::start();
    let all = report(120);
    let run = publication(&all, &github.api, false).check_run;
    let begun = [run.creation(), run.update(50)];
    {
        let mut state = github.state();
        let mut there = begun[0].clone();
        there["id"] = 100.into();
        let both =
            begun.iter().flat_map(|body| body["output"]["annotations"].as_array().expect("a list").clone());
        there["annotations"] = both.collect::<Vec<_>>().into();
        there["output"]["annotations_count"] = 100.into();
        state.runs.push(there);
    }
    sent(&github, &all, false, &limits()).expect("is published");
    assert_whole(&github.run(), 120);
    assert_eq!(github.methods(), ["GET", "PATCH"]);
}

#[test]
fn there_is_one_comment_and_it_is_of_an_app() {
    let github = Github::start();
    let (mark, old) = {
        let comment = publication(&report(1), &github.api, true).comment.expect("there is a pull request");
        (comment.mark.clone(), format!("{}\nall is well", comment.mark))
    };
    for number in 0..60 {
        // Somebody who knows the mark, and many who do not.
        let body = if number == 3 { old.clone() } else { format!("Looks good {number} {mark}") };
        github.state().comments.push(json!({ "id": number, "body": body, "user": { "type": "User" } }));
    }
    let of = |findings| sent(&github, &report(findings), true, &limits()).expect("is published").comment;
    assert_eq!(of(1), Some(Commented::Written));
    assert_eq!(of(1), Some(Commented::Unchanged));
    assert_eq!(of(2), Some(Commented::Updated));
    let comments = github.state().comments.clone();
    assert_eq!(comments.len(), 61);
    assert_eq!(comments[3]["body"], old, "nobody's words are overwritten");
    let ours = comments[60]["body"].as_str().expect("text");
    assert!(ours.starts_with(&mark) && ours.contains("2 errors"), "{ours}");
    assert!(ours.contains("[All findings](https://github.com/acme/isms/runs/"), "{ours}");
}

#[test]
fn the_token_stands_in_the_header_only() {
    let github = Github::start();
    sent(&github, &report(60), true, &limits()).expect("is published");
    for request in &github.state().requests {
        assert_eq!(request.headers["authorization"], format!("Bearer {CANARY}"));
        assert!(!request.target.contains(CANARY) && !request.body.contains(CANARY));
    }
}
