//! Audits held, what they found, and what they found again.

use super::View;
use crate::escape::Raw;
use crate::inventory::Record;
use crate::sheet::{Cell, Section, Table};
use crate::views::read::{cell, day, id, items, part, spoken, texts, title, word};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section = Section::new("audits", "Audits").of(&["9.2.1", "9.2.2"]);
    view.gaps(&mut section, &["audit"], false);
    let all = view.now.of_kind("audit");
    let held = |period: super::Period, of: &dyn Fn(&Record) -> bool| {
        super::how_many(&all, |(_, audit)| period.has(day(audit, "held")) && of(audit))
    };
    view.count(&mut section, "held", "Audits held", |period| held(period, &|_| true));
    view.count(&mut section, "internal", "Of them internal", |period| {
        held(period, &|audit| word(audit, "type").as_deref() == Some("internal"))
    });
    for (ty, key, label) in [
        ("major", "major", "Major nonconformities found"),
        ("minor", "minor", "Minor nonconformities found"),
        ("observation", "observations", "Observations"),
        ("opportunity", "opportunities", "Opportunities"),
    ] {
        view.count(&mut section, key, label, |period| {
            all.iter()
                .filter(|(_, audit)| period.has(day(audit, "held")))
                .map(|(_, audit)| of_type(audit, ty))
                .sum()
        });
    }
    let columns = [
        ("id", "Id"),
        ("title", "Title"),
        ("type", "Type"),
        ("held", "Held"),
        ("auditors", "Auditors"),
        ("clauses", "Clauses"),
        ("areas", "Areas"),
        ("findings", "Findings"),
        ("reported", "Reported"),
        ("effective", "Found effective"),
    ];
    let rows = all.iter().filter(|(_, audit)| view.period.has(day(audit, "held"))).map(|(_, audit)| {
        let list = |path: &str| {
            let texts = texts(audit, path);
            if texts.is_empty() { Cell::Nothing } else { Cell::List(texts) }
        };
        vec![
            id(audit),
            Cell::Text(title(audit)),
            spoken(audit, "type"),
            cell(audit, "held"),
            list("auditors"),
            list("scope.clauses"),
            list("scope.areas"),
            Cell::Count(items(audit, "findings").len()),
            cell(audit, "reported.on"),
            cell(audit, "conclusion.effective"),
        ]
    });
    section.tables.push(
        Table::new("audits", "Audits held in the period", &columns).or("none in the period").with(rows),
    );
    section.tables.push(recurring(view, &all));
    section
}

fn of_type(audit: &Record, ty: &str) -> usize {
    items(audit, "findings")
        .iter()
        .filter(|finding| part(finding, "type").as_text().as_deref() == Some(ty))
        .count()
}

/// Clauses and controls on which more than one audit found something.
fn recurring(view: &View<'_>, all: &[(usize, &Record)]) -> Table {
    let mut found: BTreeMap<String, BTreeSet<(String, Raw)>> = BTreeMap::new();
    for (_, audit) in all {
        let Some(held) = day(audit, "held").filter(|held| *held <= view.end()) else { continue };
        for finding in items(audit, "findings") {
            let conforms = part(&finding, "type").as_text().as_deref() == Some("conformity");
            let about = part(&finding, "clause").as_text().or_else(|| part(&finding, "control").as_text());
            if let Some(about) = about.filter(|_| !conforms) {
                found.entry(about).or_default().insert((held.to_string(), audit.key.id.clone()));
            }
        }
    }
    let columns = [("about", "Clause or control"), ("audits", "Audits"), ("times", "Times")];
    let rows = found.into_iter().filter(|(_, audits)| audits.len() > 1).map(|(about, audits)| {
        let count = audits.len();
        vec![
            Cell::text(about),
            Cell::List(audits.into_iter().map(|(_, id)| id).collect()),
            Cell::Count(count),
        ]
    });
    Table::new("recurring", "Found by more than one audit", &columns)
        .or("nothing was found by more than one audit")
        .with(rows)
}
