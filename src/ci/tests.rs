//! One table: environments as the systems set them, and what is read from them.

use super::{Base, Environment, System, base_of, detect, variables};
use crate::output::Format;

const MERGE: &str = "1111111111111111111111111111111111111111";
const BASE: &str = "2222222222222222222222222222222222222222";
const HEAD: &str = "3333333333333333333333333333333333333333";

fn environment(pairs: &[(&str, &str)]) -> Environment {
    for (name, _) in pairs {
        assert!(variables().any(|known| known == *name), "{name} is never handed in");
    }
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn base(branch: &str, commit: Option<&str>, merge: Option<&str>) -> Base {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Base { branch: Some(branch.to_owned()), commit: owned(commit), merge: owned(merge) }
}

/// Name, variables, system, base and head.
type Case<'c> = (&'c str, Vec<(&'c str, &'c str)>, System, Option<Base>, Option<&'c str>);

#[test]
fn the_base_is_what_the_system_says() {
    let queue = format!("refs/heads/gh-readonly-queue/release/2026/pr-7-{BASE}");
    let odd_queue = "refs/heads/gh-readonly-queue/main/pr-7-$(id)".to_owned();
    let cases: Vec<Case<'_>> = vec![
        (
            "a pull request",
            vec![
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_EVENT_NAME", "pull_request"),
                ("GITHUB_BASE_REF", "main"),
                ("GITHUB_SHA", MERGE),
            ],
            System::Github,
            Some(base("main", None, Some(MERGE))),
            Some(MERGE),
        ),
        (
            "a pull request, run on its target",
            vec![
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_EVENT_NAME", "pull_request_target"),
                ("GITHUB_BASE_REF", "main"),
                ("GITHUB_SHA", BASE),
            ],
            System::Github,
            Some(base("main", None, None)),
            Some(BASE),
        ),
        (
            "a merge queue, with a branch whose name has a slash",
            vec![
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_EVENT_NAME", "merge_group"),
                ("GITHUB_REF", &queue),
                ("GITHUB_BASE_REF", ""),
                ("GITHUB_SHA", HEAD),
            ],
            System::Github,
            Some(base("release/2026", Some(BASE), None)),
            Some(HEAD),
        ),
        (
            "a merge queue whose branch holds no id",
            vec![
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_EVENT_NAME", "merge_group"),
                ("GITHUB_REF", &odd_queue),
            ],
            System::Github,
            Some(base("main", None, None)),
            None,
        ),
        (
            "a timer",
            vec![
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_EVENT_NAME", "schedule"),
                ("GITHUB_REF", "refs/heads/main"),
                ("GITHUB_SHA", HEAD),
            ],
            System::Github,
            None,
            Some(HEAD),
        ),
        (
            "a merge request",
            vec![
                ("GITLAB_CI", "true"),
                ("CI_COMMIT_SHA", HEAD),
                ("CI_MERGE_REQUEST_DIFF_BASE_SHA", BASE),
                ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
                ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", ""),
                ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", ""),
            ],
            System::Gitlab,
            Some(base("main", Some(BASE), None)),
            Some(HEAD),
        ),
        (
            "a merge request, its merged result",
            vec![
                ("GITLAB_CI", "true"),
                ("CI_COMMIT_SHA", MERGE),
                ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "4444444444444444444444444444444444444444"),
                ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
                ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", BASE),
                ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", HEAD),
            ],
            System::Gitlab,
            Some(base("main", Some(BASE), Some(MERGE))),
            Some(HEAD),
        ),
        (
            "a branch at GitLab",
            vec![("GITLAB_CI", "true"), ("CI_COMMIT_SHA", HEAD)],
            System::Gitlab,
            None,
            Some(HEAD),
        ),
        (
            "a pull request at Azure",
            vec![
                ("TF_BUILD", "True"),
                ("BUILD_SOURCEBRANCH", "refs/pull/12/merge"),
                ("BUILD_SOURCEVERSION", MERGE),
                ("SYSTEM_PULLREQUEST_SOURCECOMMITID", HEAD),
                ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
            ],
            System::Azure,
            Some(base("main", None, Some(MERGE))),
            Some(HEAD),
        ),
        (
            "a pull request at Bitbucket",
            vec![
                ("BITBUCKET_BUILD_NUMBER", "9"),
                ("BITBUCKET_COMMIT", "333333333333"),
                ("BITBUCKET_PR_DESTINATION_BRANCH", "main"),
                ("BITBUCKET_PR_DESTINATION_COMMIT", "222222222222"),
            ],
            System::Bitbucket,
            Some(base("main", Some("222222222222"), None)),
            Some("333333333333"),
        ),
        (
            "a change at Jenkins",
            vec![
                ("JENKINS_URL", "https://ci.example.org/"),
                ("BUILD_ID", "9"),
                ("CHANGE_TARGET", "main"),
                ("GIT_COMMIT", HEAD),
            ],
            System::Jenkins,
            Some(base("main", None, None)),
            Some(HEAD),
        ),
    ];
    for (name, pairs, system, base, head) in cases {
        let environment = environment(&pairs);
        let ci = detect(&environment).unwrap_or_else(|| panic!("{name}: no system"));
        assert_eq!((ci.system, &ci.base, ci.head.as_deref()), (system, &base, head), "{name}");
        assert_eq!(base_of(&environment), base, "{name}");
    }
}

#[test]
fn only_github_reads_its_log() {
    let cases = [
        (vec![("GITHUB_ACTIONS", "true")], Format::Github, Some(Format::Sarif), true),
        (vec![("GITLAB_CI", "true")], Format::Human, Some(Format::Gitlab), true),
        (vec![("TF_BUILD", "True")], Format::Human, Some(Format::Junit), true),
        (vec![("BITBUCKET_BUILD_NUMBER", "1")], Format::Human, Some(Format::Junit), false),
        (vec![("JENKINS_URL", "x"), ("BUILD_ID", "1")], Format::Human, Some(Format::Junit), false),
    ];
    for (pairs, format, report, folds) in cases {
        let ci = detect(&environment(&pairs)).expect("a system");
        assert_eq!((ci.format, ci.report, ci.folds), (format, report, folds), "{}", ci.system.name());
    }
}

#[test]
fn somebodys_machine_is_no_system() {
    for pairs in [
        vec![],
        vec![("GITHUB_ACTIONS", "false"), ("GITLAB_CI", ""), ("TF_BUILD", "0")],
        vec![("JENKINS_URL", "https://ci.example.org/")],
        vec![("GITHUB_BASE_REF", "main"), ("CHANGE_TARGET", "main")],
    ] {
        assert_eq!(detect(&environment(&pairs)), None, "{pairs:?}");
    }
}
