//! A report with as many findings as are wanted.

use ismslint::catalogue::{Choice, Own, Policy};
use ismslint::check::{self, Silencing};
use ismslint::finding::Severity;
use ismslint::history::History;
use ismslint::publish::Place;
use ismslint::report::{FailOn, Provenance, Report};
use ismslint::settings::Settings;
use ismslint::snapshot::Snapshot;
use ismslint::source::RepoPath;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The commit that the reports are about.
pub(crate) const COMMIT: &str = "00112233445566778899aabbccddeeff00112233";

/// The report on a register of so many actions, each overdue.
pub(crate) fn report(overdue: usize) -> Report {
    let mut register =
        "- { id: ACT-DONE, title: Done, raised: 2026-01-01, due: 2026-02-01, status: completed, \
                        completed: 2026-01-20 }\n"
            .to_owned();
    for number in 0..overdue {
        register.push_str(&format!(
            "- {{ id: ACT-{number}, title: Patch, raised: 2026-01-01, due: 2026-02-01, status: planned }}\n"
        ));
    }
    let snapshot =
        Snapshot::of_files(BTreeMap::from([(RepoPath::from("actions.yaml"), register.into_bytes())]));
    let choice = Choice { select: vec!["action-overdue-without-rationale".to_owned()], ignore: Vec::new() };
    let settings = Settings::default();
    let own = Own::of(&snapshot, &settings).expect("has none");
    let policy = Policy::new(settings, &own, &choice).expect("is one");
    let as_of = "2026-11-02".parse().expect("is a day");
    let judged = check::judge(&snapshot, &policy, Arc::new(History::not_read()), as_of);
    let assessment = check::silence(judged, &policy, as_of, &Silencing::default());
    assert_eq!(assessment.findings.len(), overdue, "{:?}", assessment.findings.first());
    let provenance = Provenance {
        commit: Some(COMMIT.into()),
        policy_digest: policy.digest.clone(),
        as_of,
        ..Provenance::default()
    };
    let fail_on = FailOn::Severity(Severity::Error);
    Report { provenance, assessment, change: None, outlook: Vec::new(), fail_on, incomplete_warns: false }
}

/// Where they are published.
pub(crate) fn place(api: &str) -> Place {
    Place {
        api: api.to_owned(),
        repository: "acme/isms".to_owned(),
        commit: COMMIT.to_owned(),
        judged_as: vec![COMMIT.to_owned()],
        pull_request: Some(7),
        read_only: None,
        details: None,
    }
}
