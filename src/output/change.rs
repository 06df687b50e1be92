//! What a change does, as lines that every output for people draws in its own
//! way. The lines hold text of the repository: each sink escapes them.

use super::from_repository_root;
use super::words::counted;
use crate::change::Comparison;
use crate::escape::Raw;
use crate::finding::{Finding, Severity, Standing};
use crate::report::Report;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// A heading of ours and the lines under it.
pub(super) struct Section {
    pub(super) heading: &'static str,
    pub(super) lines: Vec<Raw>,
}

/// Everything that is told of a change beside the findings that it brings in:
/// first what it does to the judgement itself.
pub(super) fn sections(report: &Report, change: &Comparison) -> Vec<Section> {
    let section = |heading, lines: Vec<Raw>| Section { heading, lines };
    let all = [
        section("How records are judged", policy(report, change)),
        section("What changed in the ISMS", records(change)),
        section("Read as records only now", paths(report, change)),
        section("Mended", resolved(change)),
        section("There before the change", existing(report)),
        section("Not known", unread(report, change)),
    ];
    all.into_iter().filter(|section| !section.lines.is_empty()).collect()
}

/// "since main (1a2b3c4d5e)".
pub(super) fn since(change: &Comparison) -> String {
    let id = change.base.get(..10).unwrap_or(&change.base);
    if change.named.starts_with(id) {
        format!("since {id}")
    } else {
        format!("since {} ({id})", change.named)
    }
}

/// Whether a finding is one to show in full: it came with the change, or it is
/// not known whether it did.
pub(super) fn is_shown(finding: &Finding) -> bool {
    !matches!(finding.standing, Standing::Existing { .. })
}

pub(super) fn policy(report: &Report, change: &Comparison) -> Vec<Raw> {
    let remarks = change.remarks.iter().cloned();
    let changes = change.policy.iter().map(|change| {
        let file = from_repository_root(report, &change.file);
        Raw::from(format!("{}: {} ({})", file.unescaped(), change.what.unescaped(), change.half.words()))
    });
    remarks.chain(changes).collect()
}

pub(super) fn records(change: &Comparison) -> Vec<Raw> {
    let line = |change: &crate::change::RecordChange| {
        let kind = change.key.kind.replace('_', " ");
        let (id, how) = (change.key.id.unescaped(), change.how.unescaped());
        let how = if how.is_empty() { String::new() } else { format!(": {how}") };
        Raw::from(format!("{kind} {id} {}{how}", change.deed.word()))
    };
    change.records.iter().map(line).collect()
}

fn paths(report: &Report, change: &Comparison) -> Vec<Raw> {
    change.entered.iter().map(|path| from_repository_root(report, path)).collect()
}

fn resolved(change: &Comparison) -> Vec<Raw> {
    let mut rules: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for finding in &change.resolved {
        let record = finding.record.as_ref().map_or("isms", |key| key.id.unescaped());
        rules.entry(&finding.rule).or_default().push(record.to_owned());
    }
    rules.into_iter().map(|(rule, records)| Raw::from(format!("{rule}: {}", few(&records)))).collect()
}

fn few(names: &[String]) -> String {
    const MOST: usize = 6;
    let more = names.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", names[..names.len().min(MOST)].join(", "))
}

/// Standing findings by rule: how many, and for how long their records have
/// stood as they are.
fn existing(report: &Report) -> Vec<Raw> {
    type Rule<'r> = (std::cmp::Reverse<Severity>, &'r str);
    let mut rules: BTreeMap<Rule<'_>, (usize, Option<NaiveDate>)> = BTreeMap::new();
    for finding in &report.assessment.findings {
        let Standing::Existing { since } = finding.standing else { continue };
        let (count, oldest) = rules.entry((std::cmp::Reverse(finding.severity), &finding.rule)).or_default();
        *count += 1;
        *oldest = match (*oldest, since) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
    let as_of = report.provenance.as_of;
    let age = |oldest: Option<NaiveDate>| {
        oldest.map_or_else(String::new, |day| {
            let days = (as_of - day).num_days().max(0);
            format!(
                ", the oldest as it stands since {day} ({})",
                counted(usize::try_from(days).unwrap_or(0), "day")
            )
        })
    };
    rules
        .into_iter()
        .map(|((severity, rule), (count, oldest))| {
            Raw::from(format!("{} {rule}: {count}{}", severity.0.word(), age(oldest)))
        })
        .collect()
}

fn unread(report: &Report, change: &Comparison) -> Vec<Raw> {
    let mut lines: Vec<Raw> = change
        .unread
        .iter()
        .map(|(path, why)| {
            let path = from_repository_root(report, path);
            Raw::from(format!("{} as it stood before: {}", path.unescaped(), why.unescaped()))
        })
        .collect();
    if !lines.is_empty() {
        let remedy = "whether findings there came with the change cannot be told; fetch the objects: \
                      `git fetch --refetch --no-filter`, or no `filter` for actions/checkout";
        lines.push(Raw::from(remedy));
    }
    lines
}
