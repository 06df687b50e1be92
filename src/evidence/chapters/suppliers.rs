//! Suppliers and training.

use super::View;
use crate::sheet::{Cell, Section, Table};
use crate::views::read::{cell, day, id, number, spoken, texts, title};

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section =
        Section::new("suppliers", "Suppliers and training").of(&["7.2", "7.3", "A.5.19", "A.5.22"]);
    view.gaps(&mut section, &["supplier", "training"], false);
    let (suppliers, trainings) = (view.now.of_kind("supplier"), view.now.of_kind("training"));
    // The record holds the newest day only: for the period before nothing can be counted.
    let assessed = super::how_many(&suppliers, |(_, record)| view.period.has(day(record, "assessed")));
    let held = super::how_many(&trainings, |(_, record)| view.period.has(day(record, "held")));
    section.figure(
        "assessed",
        "Suppliers whose newest assessment lies in the period",
        Cell::Count(assessed),
        Cell::Nothing,
    );
    section.figure("suppliers", "Suppliers on record", Cell::Count(suppliers.len()), Cell::Nothing);
    section.figure(
        "held",
        "Trainings whose newest holding lies in the period",
        Cell::Count(held),
        Cell::Nothing,
    );
    let columns = [
        ("id", "Id"),
        ("title", "Title"),
        ("tier", "Tier"),
        ("status", "Status"),
        ("assessed", "Assessed"),
        ("interval", "Interval"),
        ("next", "Next"),
        ("risks", "Risks"),
    ];
    let rows = suppliers.iter().map(|(_, record)| {
        let risks = texts(record, "risks");
        vec![
            id(record),
            Cell::Text(title(record)),
            spoken(record, "tier"),
            spoken(record, "status"),
            cell(record, "assessed"),
            cell(record, "interval"),
            cell(record, "next"),
            if risks.is_empty() { Cell::Nothing } else { Cell::List(risks) },
        ]
    });
    section
        .tables
        .push(Table::new("suppliers", "Suppliers", &columns).or("no supplier is recorded").with(rows));
    let columns = [
        ("id", "Id"),
        ("title", "Title"),
        ("audience", "For"),
        ("held", "Held"),
        ("required", "Required"),
        ("done", "Took part"),
        ("share", "Percent"),
        ("next", "Next"),
        ("content_version", "Content"),
    ];
    let rows = trainings.iter().map(|(_, record)| {
        let share = match (number(record, "completion.done"), number(record, "completion.required")) {
            (Some(done), Some(required)) if required > 0.0 => {
                Cell::Number((done / required * 1000.0).round() / 10.0)
            }
            _ => Cell::Nothing,
        };
        vec![
            id(record),
            Cell::Text(title(record)),
            cell(record, "audience"),
            cell(record, "held"),
            cell(record, "completion.required"),
            cell(record, "completion.done"),
            share,
            cell(record, "next"),
            cell(record, "content_version"),
        ]
    });
    section
        .tables
        .push(Table::new("training", "Training", &columns).or("no training is recorded").with(rows));
    section
}
