//! At a glance: the verdicts, and what changed since the last day before the
//! period, by the same rules.

use super::View;
use crate::escape::Raw;
use crate::finding::{Finding, Severity};
use crate::output::verdict;
use crate::report::Report;
use crate::sheet::{Cell, Section, Table};
use std::collections::BTreeSet;

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section = Section::new("glance", "At a glance").of(&["10.1"]);
    let now = &view.subject.now.report;
    section.observe(format!("As of {}: {}.", view.subject.as_of, verdict(now)));
    let then = match &view.subject.then {
        Ok(then) => Some(&then.report),
        Err(gap) => {
            section.undetermined.push(gap.clone());
            None
        }
    };
    figures(&mut section, now, then);
    if let Some(then) = then {
        section.tables.push(moved(now, then));
    }
    section.tables.push(rules(now, then));
    section
}

fn figures(section: &mut Section, now: &Report, then: Option<&Report>) {
    let of = |count: fn(&Report) -> usize| {
        (Cell::Count(count(now)), then.map_or(Cell::Nothing, |then| Cell::Count(count(then))))
    };
    let mut add = |key, label, count| {
        let (now, before) = of(count);
        section.figure(key, label, now, before);
    };
    add("errors", "Findings that are errors", |report| report.counts().errors);
    add("warnings", "Findings that are warnings", |report| report.counts().warnings);
    add("notices", "Findings that are notices", |report| report.counts().notices);
    add("waived", "Findings that a waiver silences", |report| report.assessment.waived.len());
    add("records", "Records", |report| report.assessment.records.values().sum());
    add("undetermined", "Rules that could not judge every subject", |report| {
        report.assessment.rules.iter().filter(|rule| !rule.undetermined.is_empty()).count()
    });
}

/// The rules with findings, waivers or open questions, then and now.
fn rules(now: &Report, then: Option<&Report>) -> Table {
    let columns = [
        ("rule", "Rule"),
        ("title", "What it finds"),
        ("severity", "Severity"),
        ("clauses", "Clauses"),
        ("subjects", "Looked at"),
        ("conforms", "Conform"),
        ("fails", "Fail"),
        ("waived", "Waived"),
        ("not_applicable", "Not applicable"),
        ("undetermined", "Not determined"),
        ("failed_before", "Failed before"),
    ];
    let rows = now.assessment.rules.iter().filter(|rule| rule.off.is_none()).map(|result| {
        let before =
            then.and_then(|then| then.assessment.rules.iter().find(|rule| rule.rule.id == result.rule.id));
        vec![
            Cell::text(&*result.rule.id),
            Cell::Text(result.rule.title.clone()),
            Cell::text(result.rule.severity.word()),
            Cell::text(result.rule.clauses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
            Cell::Count(result.subjects),
            Cell::Count(result.conforms),
            Cell::Count(result.fails),
            Cell::Count(result.waived),
            Cell::Count(result.not_applicable_count()),
            Cell::Count(result.undetermined_count()),
            before.map_or(Cell::Nothing, |before| Cell::Count(before.fails)),
        ]
    });
    Table::new("verdicts", "Every rule that was applied, and its verdicts", &columns)
        .or("no rule was applied")
        .with(rows)
}

/// Findings that came, went and stayed, by their fingerprints.
fn moved(now: &Report, then: &Report) -> Table {
    let prints = |report: &Report| -> BTreeSet<String> {
        report.assessment.findings.iter().map(|finding| finding.fingerprint.as_str().to_owned()).collect()
    };
    let (known, open) = (prints(then), prints(now));
    let is = |set: &BTreeSet<String>, finding: &&Finding| set.contains(finding.fingerprint.as_str());
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut add = |finding: &Finding, what: &str| {
        let record =
            finding.record.as_ref().map(|key| Raw::from(format!("{} {}", key.kind, key.id.unescaped())));
        rows.push(vec![
            Cell::text(what),
            Cell::text(finding.severity.word()),
            Cell::text(&*finding.rule),
            Cell::maybe(record),
            Cell::Text(finding.message.clone()),
        ]);
    };
    for severity in Severity::ALL {
        let of = |report: &'_ Report| {
            report
                .assessment
                .findings
                .iter()
                .filter(|finding| finding.severity == severity)
                .cloned()
                .collect::<Vec<_>>()
        };
        of(now).iter().filter(|finding| !is(&known, finding)).for_each(|finding| add(finding, "new"));
        of(now).iter().filter(|finding| is(&known, finding)).for_each(|finding| add(finding, "still there"));
        of(then).iter().filter(|finding| !is(&open, finding)).for_each(|finding| add(finding, "gone"));
    }
    rows.sort_by_key(|row| {
        ["new", "still there", "gone"].iter().position(|what| row[0] == Cell::text(*what))
    });
    let columns = [
        ("what", "Since then"),
        ("severity", "Severity"),
        ("rule", "Rule"),
        ("record", "Record"),
        ("message", "What is wrong"),
    ];
    Table::new("findings", "Findings now and before the period", &columns)
        .or("no finding, then or now")
        .with(rows)
}
