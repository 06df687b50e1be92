//! Suppliers and training.

use super::View;
use crate::evidence::Period;
use crate::sheet::{Cell, Section, Table};
use crate::views::Reading;
use crate::views::read::{cell, day, id, number, spoken, texts, title};

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section =
        Section::new("suppliers", "Suppliers and training").of(&["7.2", "7.3", "A.5.19", "A.5.22"]);
    view.gaps(&mut section, &["supplier", "training"], false);
    let (suppliers, trainings) = (view.now.of_kind("supplier"), view.now.of_kind("training"));
    // A record holds its newest day only: the period before is counted in the
    // state that stood at its end.
    let then = view.subject.then.as_ref().map(|then| &then.reading).ok();
    if let Err(gap) = &view.subject.then {
        section.undetermined.push(gap.clone());
    }
    let dated = |reading: &Reading, kind: &str, field: &str, period: Period| {
        super::how_many(&reading.of_kind(kind), |(_, record)| period.has(day(record, field)))
    };
    let kinds = [
        ("supplier", "assessed", "assessed", "Suppliers whose newest assessment lies in the period"),
        ("training", "held", "held", "Trainings whose newest holding lies in the period"),
    ];
    for (kind, field, key, label) in kinds {
        let before =
            then.zip(view.before).map(|(then, before)| Cell::Count(dated(then, kind, field, before)));
        section.figure(
            key,
            label,
            Cell::Count(dated(view.now, kind, field, view.period)),
            before.unwrap_or(Cell::Nothing),
        );
    }
    let on_record = |reading: &Reading| Cell::Count(reading.of_kind("supplier").len());
    section.figure(
        "suppliers",
        "Suppliers on record",
        on_record(view.now),
        then.map_or(Cell::Nothing, on_record),
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
