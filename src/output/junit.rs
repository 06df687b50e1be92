//! `JUnit` XML, for servers that show test results: a rule is a test case.
//!
//! A rule with findings fails, whatever its severity (the `type` tells it, and
//! the exit code is the gate); one that could not be judged is an error, with
//! the reason and the remedy; one that is off or about nothing here is skipped.
//! Of a change only what it brings in fails.

use super::change::{Section, is_shown, sections};
use super::from_repository_root;
use super::words::{counted, undetermined_rules, verdict};
use crate::check::{RuleResult, Undetermined};
use crate::escape::{Raw, xml};
use crate::finding::Finding;
use crate::report::{Report, Verdict};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A test case that is no rule: whether every file was looked at.
const EXAMINED: &str = "everything-was-examined";

pub(super) fn render(report: &Report) -> String {
    let mut findings: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in report.assessment.findings.iter().filter(|finding| is_shown(finding)) {
        findings.entry(&finding.rule).or_default().push(finding);
    }
    let mut cases: Vec<Case> = vec![examined(report)];
    for result in &report.assessment.rules {
        let found = findings.get(&*result.rule.id).map(Vec::as_slice).unwrap_or_default();
        cases.push(Case { name: &result.rule.id, outcome: outcome(report, result, found) });
    }
    let of = |word: &str| cases.iter().filter(|case| case.outcome.word() == word).count();
    let totals = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"0\"",
        cases.len(),
        of("failure"),
        of("error"),
    );
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"ismslint\" {totals}>");
    // Only a suite may say how many were skipped: the schema of Jenkins.
    let _ = writeln!(out, "  <testsuite name=\"ismslint\" {totals} skipped=\"{}\">", of("skipped"));
    properties(&mut out, report);
    for case in &cases {
        case.write(&mut out);
    }
    let mut told: Vec<String> = vec![xml(&Raw::from(verdict(report)))];
    if let Some(compared) = &report.change {
        for Section { heading, lines } in sections(report, compared) {
            told.extend(lines.iter().map(|line| format!("{heading}: {}", xml(line))));
        }
    }
    let _ = writeln!(out, "    <system-out>{}</system-out>", told.join("\n"));
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

struct Case<'r> {
    name: &'r str,
    outcome: Outcome,
}

/// What a test case says: a heading, and lines that are escaped already.
enum Outcome {
    Passed,
    Failure { kind: &'static str, message: String, lines: Vec<String> },
    Error { message: String, lines: Vec<String> },
    Skipped { message: String },
}

impl Outcome {
    const fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failure { .. } => "failure",
            Self::Error { .. } => "error",
            Self::Skipped { .. } => "skipped",
        }
    }
}

impl Case<'_> {
    fn write(&self, out: &mut String) {
        let name = xml(&Raw::from(self.name));
        let _ = write!(out, "    <testcase classname=\"ismslint\" name=\"{name}\" time=\"0\"");
        let (kind, message, lines) = match &self.outcome {
            Outcome::Passed => {
                out.push_str("/>\n");
                return;
            }
            Outcome::Skipped { message } => ("", message, &Vec::new()),
            Outcome::Failure { kind, message, lines } => (*kind, message, lines),
            Outcome::Error { message, lines } => ("undetermined", message, lines),
        };
        let word = self.outcome.word();
        let kind = if kind.is_empty() { String::new() } else { format!(" type=\"{kind}\"") };
        let _ = writeln!(
            out,
            ">\n      <{word}{kind} message=\"{message}\">{}</{word}>\n    </testcase>",
            lines.join("\n")
        );
    }
}

fn outcome(report: &Report, result: &RuleResult, found: &[&Finding]) -> Outcome {
    if let Some(reason) = &result.off {
        return Outcome::Skipped { message: format!("off: {}", xml(reason)) };
    }
    let mut undetermined: Vec<String> = Vec::new();
    for (missing, count) in &result.undetermined {
        undetermined.push(format!("{count} of {} not determined: {}", result.subjects, told(missing)));
    }
    if !found.is_empty() {
        let mut lines: Vec<String> = found.iter().flat_map(|finding| listed(report, finding)).collect();
        lines.append(&mut undetermined);
        let message = format!(
            "{} of {}: {}",
            counted(found.len(), "finding"),
            counted(result.subjects, "subject"),
            xml(&result.rule.title)
        );
        return Outcome::Failure { kind: result.rule.severity.word(), message, lines };
    }
    if let Some(first) = undetermined.first() {
        return Outcome::Error { message: first.clone(), lines: undetermined };
    }
    let reasons: Vec<String> = result.not_applicable.keys().map(xml).collect();
    match result.subjects {
        0 => Outcome::Skipped { message: "no record here is a subject of this rule".to_owned() },
        all if all == result.not_applicable_count() => {
            Outcome::Skipped { message: format!("not applicable: {}", reasons.join("; ")) }
        }
        _ => Outcome::Passed,
    }
}

/// A finding as two lines: what and where, what to do.
fn listed(report: &Report, finding: &Finding) -> [String; 2] {
    let at = finding.place.as_ref().map_or_else(String::new, |place| {
        let position = place.file.position(place.span.start);
        let path = xml(&from_repository_root(report, place.file.path()));
        format!("{path}:{}:{}: ", position.line, position.column)
    });
    [format!("{at}{}", xml(&finding.message)), format!("  {}", xml(&finding.fix))]
}

fn told(missing: &Undetermined) -> String {
    let remedy = missing.remedy.as_ref().map_or_else(String::new, |remedy| format!("; {}", xml(remedy)));
    format!("{}{remedy}", xml(&missing.why))
}

fn examined(report: &Report) -> Case<'static> {
    let mut lines: Vec<String> = report.assessment.not_examined.iter().map(told).collect();
    if report.verdict() == Verdict::NothingRecognised {
        lines.push(xml(&Raw::from(verdict(report))));
    }
    let outcome = match lines.first() {
        None => Outcome::Passed,
        Some(first) => Outcome::Error { message: first.clone(), lines },
    };
    Case { name: EXAMINED, outcome }
}

fn properties(out: &mut String, report: &Report) {
    let origin = &report.provenance;
    let counts = report.counts();
    let properties = [
        ("verdict", report.verdict().word().to_owned()),
        ("as-of", origin.as_of.to_string()),
        ("commit", origin.commit.as_deref().unwrap_or_default().to_owned()),
        ("policy-digest", origin.policy_digest.clone()),
        ("errors", counts.errors.to_string()),
        ("warnings", counts.warnings.to_string()),
        ("notices", counts.notices.to_string()),
        ("waived", report.assessment.waived.len().to_string()),
        ("undetermined-rules", undetermined_rules(report).count().to_string()),
    ];
    out.push_str("    <properties>\n");
    for (name, value) in properties {
        let _ = writeln!(out, "      <property name=\"{name}\" value=\"{}\"/>", xml(&Raw::from(value)));
    }
    out.push_str("    </properties>\n");
}
