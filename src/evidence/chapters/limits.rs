//! The limits of the evidence: what was not looked at, what could not be
//! determined, and what a claim is worth.

use super::View;
use crate::escape::Raw;
use crate::report::HistoryState;
use crate::sheet::{Cell, Section, Table};
use crate::views::read::{cell, id, texts};

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section = Section::new("limits", "Limits of this evidence");
    let report = &view.subject.now.report;
    section.observe("The pack is made from the files of one commit and from the history of the main line before it. Files that were not committed, records kept elsewhere and what people said are not in it.");
    section.observe("Dates in records, names and dates of commits are claims of those who wrote them. The day of arrival is the committer's date of the commit on the main line. Whether a signature is valid was not examined, only whether there is one.");
    section.observe("Figures of the period before are computed from the records of today; what was deleted since is not in them. Findings and risks of then come from the commit that stood then, judged by the rules and settings of today.");
    section.observe("Whether a cause is true, a date realistic or minutes are real cannot be seen in files.");
    match &report.provenance.history {
        HistoryState::Complete { steps } => {
            section.observe(format!("The history is complete: {steps} commits on the main line."));
        }
        HistoryState::Incomplete { why, remedy } => {
            section.missing(why.as_str(), Some(Raw::from(remedy.as_str())));
        }
        HistoryState::NotRead => section.missing("the history was not read", None),
    }
    let newest = view.now.context.history.steps.iter().filter_map(|step| step.arrived).max();
    if let Some(newest) = newest.filter(|newest| *newest > view.subject.as_of) {
        section.observe(format!("The commit is of {newest}, later than the day of judgement: the records hold what was written since."));
    }
    if let Some(from) = view.now.context.settings.policy.history_from {
        section.observe(format!("History before {from} is not judged (`history_from` in isms.yaml)."));
    }
    for missing in &report.assessment.not_examined {
        section.missing(missing.why.clone(), missing.remedy.clone());
    }
    for path in &report.assessment.unrecognised {
        section.observe(format!("{} looks like records and was not recognised.", path.shown()));
    }
    section.tables.push(undetermined(view));
    section.tables.push(off(view));
    section.tables.push(waivers(view));
    section
}

fn undetermined(view: &View<'_>) -> Table {
    let mut rows = Vec::new();
    for result in &view.subject.now.report.assessment.rules {
        for (missing, count) in &result.undetermined {
            rows.push(vec![
                Cell::text(&*result.rule.id),
                Cell::Count(*count),
                Cell::Count(result.subjects),
                Cell::Text(missing.why.clone()),
                Cell::maybe(missing.remedy.clone()),
            ]);
        }
    }
    let columns = [
        ("rule", "Rule"),
        ("undetermined", "Not determined"),
        ("subjects", "Of"),
        ("why", "Why"),
        ("remedy", "What helps"),
    ];
    Table::new("undetermined", "What rules could not determine", &columns)
        .or("every subject of every rule got a verdict")
        .with(rows)
}

fn off(view: &View<'_>) -> Table {
    let rules = view.subject.now.report.assessment.rules.iter();
    let rows =
        rules.filter_map(|result| Some(vec![Cell::text(&*result.rule.id), Cell::Text(result.off.clone()?)]));
    Table::new("off", "Rules that the settings switch off", &[("rule", "Rule"), ("reason", "Reason")])
        .or("none")
        .with(rows)
}

fn waivers(view: &View<'_>) -> Table {
    let silenced = &view.subject.now.report.assessment.waived;
    let rows = view.now.of_kind("waiver").into_iter().map(|(_, waiver)| {
        let count = silenced.iter().filter(|waived| waived.waiver == waiver.key.id).count();
        vec![
            id(waiver),
            cell(waiver, "rule"),
            Cell::List(texts(waiver, "records")),
            cell(waiver, "reason"),
            Cell::maybe(view.now.owner(waiver)),
            cell(waiver, "approved.by"),
            cell(waiver, "approved.on"),
            cell(waiver, "expires"),
            Cell::Count(count),
        ]
    });
    let columns = [
        ("id", "Waiver"),
        ("rule", "Rule"),
        ("records", "Records"),
        ("reason", "Reason"),
        ("owner", "Owner"),
        ("approved_by", "Approved by"),
        ("approved_on", "On"),
        ("expires", "Expires"),
        ("silenced", "Findings silenced"),
    ];
    Table::new("waivers", "Waivers", &columns).or("none").with(rows)
}
