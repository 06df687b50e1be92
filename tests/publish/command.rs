//! `check --publish github` as it is typed: exit codes, what is said, and that
//! the token is said nowhere.

use crate::fake::{Act, Github, say};
use crate::published::{CANARY, assert_whole, titles};
use assert_cmd::Command;
use ismslint::git::Instant;
use ismslint::git::write::{Person, Writer};
use ismslint::source::RepoPath;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A repository whose last commit is checked out.
struct Checkout {
    folder: TempDir,
    before: String,
    commit: String,
}

const ACTION: &str = "- { id: ACT-1, title: Patch, raised: 2026-01-01, due: 2026-02-01, status: planned }\n";

/// An overdue action.
fn checkout() -> Checkout {
    of(&[&[("actions.yaml", ACTION), ("isms.yaml", "")]])
}

/// A repository with these commits.
fn of(commits: &[&[(&str, &str)]]) -> Checkout {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = Writer::create(folder.path()).expect("a repository");
    let who = Person {
        name: "Ana",
        email: "ana@example.org",
        when: Instant { seconds: 1_767_300_000, offset_minutes: 0 },
    };
    let mut written = Vec::new();
    for files in commits {
        let file = |(name, text): &(&str, &str)| (RepoPath::from(*name), text.as_bytes().to_vec());
        let files: BTreeMap<RepoPath, Vec<u8>> = files.iter().map(file).collect();
        let parents: Vec<_> = written.last().copied().into_iter().collect();
        written.push(writer.commit(&files, &parents, who, who, "Go on").expect("is written"));
        writer.checkout(&files).expect("is written");
    }
    let last = *written.last().expect("has commits");
    writer.branch("main", last).expect("is written");
    Checkout { folder, before: written[0].to_string(), commit: last.to_string() }
}

/// How a run ended, and what it said.
struct Ran {
    exit: i32,
    out: String,
    err: String,
}

fn event(folder: &Path, head: &str, from: &str) -> PathBuf {
    let path = folder.join(".git/event.json");
    let event = json!({ "pull_request": {
        "number": 7,
        "head": { "sha": head, "repo": { "full_name": from } },
        "base": { "sha": head, "repo": { "full_name": "acme/isms" } },
    }});
    std::fs::write(&path, event.to_string()).expect("can be written");
    path
}

/// Runs the program with the environment of a workflow and no other.
fn ran(at: &Checkout, github: &Github, environment: &[(&str, &str)], typed: &[&str]) -> Ran {
    let mut command = Command::cargo_bin("ismslint").expect("is built");
    command.env_clear().current_dir(at.folder.path());
    let always = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_API_URL", github.api.as_str()),
        ("GITHUB_REPOSITORY", "acme/isms"),
        ("GITHUB_SHA", at.commit.as_str()),
        ("GITHUB_EVENT_NAME", "push"),
        ("GITHUB_TOKEN", CANARY),
    ];
    command.envs(always).envs(environment.iter().copied());
    let output = command.args(["check", "--as-of", "2026-11-02"]).args(typed).output().expect("runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let ran = Ran {
        exit: output.status.code().expect("a code"),
        out: text(output.stdout),
        err: text(output.stderr),
    };
    assert!(!ran.out.contains(CANARY) && !ran.err.contains(CANARY), "{}{}", ran.out, ran.err);
    ran
}

const PUBLISH: [&str; 2] = ["--publish", "github"];

#[test]
fn a_verdict_is_published_and_the_exit_code_is_its_own() {
    let (at, github) = (checkout(), Github::start());
    let ran = ran(
        &at,
        &github,
        &[],
        &[PUBLISH[0], PUBLISH[1], "--comment", "--fail-on", "never", "--incomplete", "warn"],
    );
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(ran.err.contains("published: check run https://github.com/acme/isms/runs/100"), "{}", ran.err);
    assert!(ran.err.contains("no pull request"), "{}", ran.err);
    assert_eq!(github.run()["conclusion"], "success", "nothing blocks when nothing is to");
    let ran = self::ran(&at, &github, &[], &PUBLISH);
    assert_eq!(ran.exit, 1, "{}", ran.err);
    let conclusion = github.run()["conclusion"].clone();
    assert_eq!(conclusion, "failure");
}

#[test]
fn a_pull_request_is_published_at_its_head_with_a_comment() {
    let (at, github) = (checkout(), Github::start());
    let head = "00112233445566778899aabbccddeeff00112233";
    let event = event(at.folder.path(), head, "acme/isms");
    let environment =
        [("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_EVENT_PATH", event.to_str().expect("UTF-8"))];
    let ran = ran(
        &at,
        &github,
        &environment,
        &[PUBLISH[0], PUBLISH[1], "--comment", "--select", "action-overdue-without-rationale"],
    );
    assert_eq!(ran.exit, 1, "{}", ran.err);
    let run = github.run();
    assert_whole(&run, 1);
    assert_eq!(run["head_sha"], head);
    assert_eq!(github.state().comments.len(), 1);
}

#[test]
fn a_verdict_does_not_go_to_another_commit() {
    let (at, github) = (checkout(), Github::start());
    let other = [("GITHUB_SHA", "00112233445566778899aabbccddeeff00112233")];
    let said = ran(&at, &github, &other, &PUBLISH);
    assert_eq!(said.exit, 4);
    assert!(said.err.contains("what was judged is commit") && said.err.contains("the verdict all the same"));
    // This event checks the branch out that the change is to enter.
    let event = event(at.folder.path(), "00112233445566778899aabbccddeeff00112233", "eve/isms");
    let environment =
        [("GITHUB_EVENT_NAME", "pull_request_target"), ("GITHUB_EVENT_PATH", event.to_str().expect("UTF-8"))];
    assert_eq!(ran(&at, &github, &environment, &PUBLISH).exit, 4);
    let more = "- { id: ACT-1, title: Patch, raised: 2026-01-01, due: 2027-02-01, status: planned }\n";
    std::fs::write(at.folder.path().join("actions.yaml"), more).expect("can be written");
    let said = ran(&at, &github, &[], &PUBLISH);
    assert_eq!(said.exit, 4);
    assert!(said.err.contains("files differ from commit"), "{}", said.err);
    assert!(github.state().requests.is_empty(), "nothing was even asked");
}

#[test]
fn a_fork_gets_its_annotations_from_the_log() {
    let at = checkout();
    let event = event(at.folder.path(), &at.commit, "eve/isms");
    let environment =
        [("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_EVENT_PATH", event.to_str().expect("UTF-8"))];
    let dependabot = [("GITHUB_ACTOR", "dependabot[bot]")];
    for environment in [&environment[..], &dependabot] {
        let body = r#"{"message": "Resource not accessible by integration"}"#;
        let act = Act::Say(403, Vec::new(), body.to_owned());
        for (format, log_is_out) in [("github", true), ("human", true), ("json", false)] {
            let github = Github::start().once("POST", "/check-runs", act.clone());
            let said = ran(&at, &github, environment, &[PUBLISH[0], PUBLISH[1], "--format", format]);
            assert_eq!(said.exit, 1, "the verdict alone: {}", said.err);
            assert!(said.err.contains("nothing was published"), "{}", said.err);
            let log = if log_is_out { &said.out } else { &said.err };
            let errors = log.lines().filter(|line| line.starts_with("::error ")).count();
            assert_eq!(errors, 1, "both findings of the line: {log}");
            assert!(github.state().runs.is_empty());
        }
    }
    // The same answer elsewhere is a fault of the workflow.
    let github = Github::start().once("POST", "/check-runs", say(403));
    let said = ran(&at, &github, &[], &PUBLISH);
    assert_eq!(said.exit, 4);
    assert!(
        said.err.contains("checks: write") && said.err.contains("the verdict all the same"),
        "{}",
        said.err
    );
}

#[test]
fn what_fails_is_told_beside_the_verdict() {
    let at = checkout();
    let github = Github::start().once("POST", "/check-runs", say(422));
    let files = tempfile::tempdir().expect("a folder");
    let report = format!("json={}/report.json", files.path().display());
    let said = ran(&at, &github, &[], &[PUBLISH[0], PUBLISH[1], "--output", &report, "--fail-on", "never"]);
    assert_eq!(said.exit, 4);
    assert!(said.err.contains("422") && said.err.contains("the verdict all the same"), "{}", said.err);
    assert!(said.out.contains("::error "), "the report is printed all the same");
    let written = std::fs::read_to_string(files.path().join("report.json")).expect("is written");
    assert!(written.contains("ACT-1") && !written.contains(CANARY));
}

#[test]
fn what_is_missing_is_told_before_anything_is_judged() {
    let (at, github) = (checkout(), Github::start());
    let broken = at.folder.path().join(".git/broken.json");
    std::fs::write(&broken, "{").expect("can be written");
    let (broken, folder) = (broken.to_str().expect("UTF-8"), at.folder.path().to_str().expect("UTF-8"));
    let cases = [
        ("GITHUB_TOKEN", "", "checks: write"),
        ("GITHUB_TOKEN", "two words", "characters that no token has"),
        ("GITHUB_REPOSITORY", "", "GITHUB_REPOSITORY"),
        ("GITHUB_SHA", "", "GITHUB_SHA"),
        ("GITHUB_API_URL", "http://example.org", "in the clear"),
        ("GITHUB_EVENT_PATH", broken, "GITHUB_EVENT_PATH"),
        ("GITHUB_EVENT_PATH", folder, "it is no file"),
        ("GITHUB_EVENT_PATH", "/none", "GITHUB_EVENT_PATH"),
        ("GITHUB_EVENT_NAME", "pull_request", "GITHUB_EVENT_PATH"),
    ];
    for (name, value, told) in cases {
        let said = ran(&at, &github, &[(name, value)], &PUBLISH);
        assert_eq!(said.exit, 2, "{name}");
        assert!(said.err.contains(told) && said.out.is_empty(), "{name}: {}", said.err);
    }
    let said = ran(&at, &github, &[("GITHUB_TOKEN", ""), ("INPUT_TOKEN", CANARY)], &PUBLISH);
    assert_eq!(said.exit, 1, "{}", said.err);
}

#[test]
fn nothing_is_sent_without_being_asked_for() {
    let (at, github) = (checkout(), Github::start());
    assert_eq!(ran(&at, &github, &[], &[]).exit, 1);
    assert_eq!(ran(&at, &github, &[("GITHUB_API_URL", "nonsense"), ("GITHUB_TOKEN", "a b")], &[]).exit, 1);
    assert!(github.state().requests.is_empty());
    for typed in [&["--comment"][..], &["--publish", "github", "--staged"], &["--publish", "gitlab"]] {
        assert_eq!(ran(&at, &github, &[], typed).exit, 2, "{typed:?}");
    }
}

#[test]
fn of_a_change_only_what_it_brings_in_is_annotated() {
    let second = ACTION.replace("ACT-1", "ACT-2");
    let both = format!("{ACTION}{second}");
    let (at, github) = (
        of(&[&[("actions.yaml", ACTION), ("isms.yaml", "")], &[("actions.yaml", &both), ("isms.yaml", "")]]),
        Github::start(),
    );
    let event = event(at.folder.path(), &at.commit, "acme/isms");
    let environment =
        [("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_EVENT_PATH", event.to_str().expect("UTF-8"))];
    let rule = "action-overdue-without-rationale";
    let typed = [PUBLISH[0], PUBLISH[1], "--comment", "--base", &at.before, "--select", rule];
    let said = ran(&at, &github, &environment, &typed);
    assert_eq!(said.exit, 1, "{}", said.err);
    assert_eq!(titles(&github.run()), ["action-overdue-without-rationale: ACT-2"]);
    let comment = github.state().comments[0]["body"].as_str().expect("text").to_owned();
    for part in
        ["1 error, 0 warnings, 0 notices introduced", "What changed in the ISMS", "There before the change"]
    {
        assert!(comment.contains(part), "{part}: {comment}");
    }
}

#[test]
fn what_is_sensitive_is_not_published() {
    const RULE: &str = r#"format: 1
id: lesson-shown
title: Lesson
basis: expectation
clauses: []
level: essential
each: incident
assert: '!has(record.lessons)'
message: '{record.id} taught "{default(record.lessons, "")}"'
why: 'Because of {default(record.lessons, "")}.'
fix: 'Look again at {default(record.lessons, "")}.'
since: "2026.1"
examples:
  today: 2026-03-01
  conforms: [{name: none, records: {incident: {id: INC-1, title: T}}}]
  fails: [{name: one, records: {incident: {id: INC-1, title: T, lessons: Something was learnt}}}]
"#;
    let incident = "- { id: INC-1, title: Mail opened, lessons: Bob from Payroll opened it }\n";
    let files = [
        ("policy/lesson-shown.yaml", RULE),
        ("isms.yaml", "rules_from: [policy]\n"),
        ("incidents.yaml", incident),
    ];
    let (at, github) = (of(&[&files]), Github::start());
    let event = event(at.folder.path(), &at.commit, "acme/isms");
    let environment =
        [("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_EVENT_PATH", event.to_str().expect("UTF-8"))];
    let said = ran(&at, &github, &environment, &[PUBLISH[0], PUBLISH[1], "--comment", "--format", "json"]);
    assert!(said.out.contains("Payroll") && said.err.contains("published"), "{}", said.err);
    assert!(titles(&github.run()).iter().any(|title| title.starts_with("lesson-shown")));
    for request in &github.state().requests {
        assert!(!request.body.contains("Payroll"), "{}", request.body);
    }
}

#[test]
fn a_folder_of_a_repository_has_a_run_of_its_own() {
    let files = [
        ("one/actions.yaml", ACTION),
        ("one/isms.yaml", ""),
        ("two/actions.yaml", ACTION),
        ("two/isms.yaml", ""),
    ];
    let (at, github) = (of(&[&files]), Github::start());
    for folder in ["one", "two", "one"] {
        assert_eq!(ran(&at, &github, &[], &[PUBLISH[0], PUBLISH[1], "--root", folder]).exit, 1);
    }
    let state = github.state();
    let names: Vec<&str> = state.runs.iter().filter_map(|run| run["name"].as_str()).collect();
    assert_eq!(names, ["ismslint: one", "ismslint: two"]);
    assert_eq!(state.runs[1]["annotations"][0]["path"], "two/actions.yaml");
}
