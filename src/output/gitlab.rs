//! Code Quality of `GitLab`: a JSON list of issues, compared between branches by
//! fingerprint, so no fingerprint holds a line or a path.
//!
//! The widget shows the description and not the name of the check, so the
//! description begins with it. What could not be determined is an issue too:
//! the format has no other place for it.

use super::words::{undetermined_rules, verdict};
use super::{at_the_isms, from_repository_root};
use crate::change::PolicyChange;
use crate::check::Undetermined;
use crate::escape::{Raw, json, terminal};
use crate::finding::{Finding, Fingerprint, Severity};
use crate::report::{Report, Verdict};
use serde::Serialize;
use std::collections::BTreeMap;

/// What `check_name` begins with where a rule could not be judged.
const UNDETERMINED: &str = "undetermined";

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

pub(super) fn render(report: &Report) -> String {
    let mut issues: Vec<Issue> =
        report.assessment.findings.iter().map(|finding| issue(report, finding)).collect();
    for change in report.change.iter().flat_map(|compared| &compared.policy) {
        issues.push(judgement(report, change));
    }
    for result in undetermined_rules(report) {
        for missing in result.undetermined.keys() {
            issues.push(undetermined(report, &result.rule.id, result.rule.severity, missing));
        }
    }
    for missing in &report.assessment.not_examined {
        issues.push(undetermined(report, "files", Severity::Error, missing));
    }
    if report.verdict() == Verdict::NothingRecognised {
        let missing = Undetermined { why: Raw::from(verdict(report)), remedy: None };
        issues.push(undetermined(report, "records", Severity::Error, &missing));
    }
    number_twins(&mut issues);
    json(&issues)
}

fn issue(report: &Report, finding: &Finding) -> Issue {
    let location = match &finding.place {
        None => whole(report),
        Some(place) => Location {
            path: terminal(&from_repository_root(report, place.file.path())),
            lines: Lines {
                begin: place.file.position(place.span.start).line,
                end: place.file.position(place.span.end).line,
            },
        },
    };
    Issue {
        description: format!("{}: {}", finding.rule, terminal(&finding.message)),
        check_name: finding.rule.to_string(),
        fingerprint: finding.fingerprint.to_string(),
        severity: level(finding.severity),
        location,
    }
}

/// What the change does to the judgement of records: a reviewer must see it.
fn judgement(report: &Report, change: &PolicyChange) -> Issue {
    const CHECK: &str = "judgement-changed";
    Issue {
        description: format!("{CHECK}: {} ({})", terminal(&change.what), change.half.words()),
        check_name: CHECK.to_owned(),
        fingerprint: Fingerprint::new(CHECK, None, change.what.unescaped()).to_string(),
        severity: level(Severity::Warning),
        location: Location {
            path: terminal(&from_repository_root(report, &change.file)),
            lines: Lines { begin: 1, end: 1 },
        },
    }
}

fn undetermined(report: &Report, rule: &str, severity: Severity, missing: &Undetermined) -> Issue {
    let check_name = format!("{UNDETERMINED}:{rule}");
    let remedy = missing.remedy.as_ref().map_or_else(String::new, |remedy| format!("; {}", terminal(remedy)));
    Issue {
        description: format!("{rule}: not determined: {}{remedy}", terminal(&missing.why)),
        fingerprint: Fingerprint::new(&check_name, None, missing.why.unescaped()).to_string(),
        check_name,
        severity: level(severity),
        location: whole(report),
    }
}

/// An issue must have a path: what is about the whole set gets the settings'.
fn whole(report: &Report) -> Location {
    let path = terminal(&Raw::from(at_the_isms(report).shown()));
    Location { path, lines: Lines { begin: 1, end: 1 } }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Notice => "info",
    }
}

/// `GitLab` keeps the first of equal fingerprints: the second and later ones
/// get a number.
fn number_twins(issues: &mut [Issue]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for issue in issues {
        let times = seen.entry(issue.fingerprint.clone()).or_default();
        *times += 1;
        if *times > 1 {
            issue.fingerprint = format!("{}:{times}", issue.fingerprint);
        }
    }
}
