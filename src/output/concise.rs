//! One line for each finding, `path:line:col: severity[rule] message`: for
//! editors, `grep` and hooks. What to do and why is left to the other formats.

use super::change;
use super::from_repository_root;
use super::words::{undetermined_rules, verdict};
use crate::check::Undetermined;
use crate::escape::terminal;
use crate::finding::Finding;
use crate::report::Report;
use std::fmt::Write as _;

pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    if let Some(compared) = &report.change {
        for line in change::policy(report, compared) {
            let _ = writeln!(out, "judgement: {}", terminal(&line));
        }
        for line in change::records(compared) {
            let _ = writeln!(out, "changed: {}", terminal(&line));
        }
    }
    for finding in report.assessment.findings.iter().filter(|finding| change::is_shown(finding)) {
        let _ = writeln!(
            out,
            "{}: {}[{}] {}",
            at(report, finding),
            finding.severity.word(),
            finding.rule,
            terminal(&finding.message)
        );
    }
    for result in undetermined_rules(report) {
        for (missing, count) in &result.undetermined {
            let of = format!("{count} of {}", result.subjects);
            let _ = writeln!(out, "undetermined[{}] {of}: {}", result.rule.id, told(missing));
        }
    }
    for missing in &report.assessment.not_examined {
        let _ = writeln!(out, "not examined: {}", told(missing));
    }
    let _ = writeln!(out, "ismslint: {}", verdict(report));
    out
}

/// A finding about the whole set has no line; it stands at the ISMS itself.
fn at(report: &Report, finding: &Finding) -> String {
    let Some(place) = &finding.place else { return "isms".to_owned() };
    let position = place.file.position(place.span.start);
    let path = terminal(&from_repository_root(report, place.file.path()));
    format!("{path}:{}:{}", position.line, position.column)
}

fn told(missing: &Undetermined) -> String {
    let remedy = missing.remedy.as_ref().map_or_else(String::new, |remedy| format!("; {}", terminal(remedy)));
    format!("{}{remedy}", terminal(&missing.why))
}
