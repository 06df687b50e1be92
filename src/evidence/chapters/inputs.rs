//! Incidents, feedback and exercises, and what was decided about each.

use super::View;
use crate::inventory::Record;
use crate::sheet::{Cell, Section, Table};
use crate::views::read::{cell, day, id, spoken, title, word};

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section =
        Section::new("inputs", "Incidents, feedback and exercises").of(&["9.3.2 e", "A.5.24", "A.5.27"]);
    view.gaps(&mut section, &["incident", "feedback", "exercise"], false);
    let kinds = [
        (
            "incident",
            "detected",
            "incidents",
            "Incidents, near misses, events and weaknesses",
            "type",
            "severity",
        ),
        ("feedback", "received", "feedback", "Feedback received", "from", "topic"),
        ("exercise", "held", "exercises", "Exercises held", "type", "scenario"),
    ];
    for (kind, on, key, label, first, second) in kinds {
        let all = view.now.of_kind(kind);
        view.count(&mut section, key, label, |period| {
            super::how_many(&all, |(_, record)| period.has(day(record, on)))
        });
        section.tables.push(table(view, &all, key, label, on, [first, second]));
    }
    let incidents = view.now.of_kind("incident");
    view.count(&mut section, "severe", "Incidents of high or critical severity", |period| {
        super::how_many(&incidents, |(_, record)| {
            let severe = matches!(word(record, "severity").as_deref(), Some("high" | "critical"));
            severe && period.has(day(record, "detected"))
        })
    });
    section
}

fn table(
    view: &View<'_>,
    all: &[(usize, &Record)],
    key: &'static str,
    caption: &str,
    on: &'static str,
    more: [&'static str; 2],
) -> Table {
    let columns = [
        ("id", "Id"),
        ("title", "Title"),
        ("on", "On"),
        ("first", heading(more[0])),
        ("second", heading(more[1])),
        ("decision", "Decision"),
        ("led_to", "Led to"),
        ("reason", "Reason"),
    ];
    let rows = all.iter().filter(|(_, record)| view.period.has(day(record, on))).map(|(_, record)| {
        vec![
            id(record),
            Cell::Text(title(record)),
            cell(record, on),
            spoken_or_cell(record, more[0]),
            spoken_or_cell(record, more[1]),
            spoken(record, "disposition.decision"),
            cell(record, "disposition.ref"),
            cell(record, "disposition.reason"),
        ]
    });
    Table::new(key, caption, &columns).or("none in the period").with(rows)
}

fn heading(field: &str) -> &'static str {
    match field {
        "type" => "Type",
        "severity" => "Severity",
        "from" => "From",
        "topic" => "Topic",
        _ => "Scenario",
    }
}

/// Words of a vocabulary are spaced; free text passes the mask.
fn spoken_or_cell(record: &Record, field: &str) -> Cell {
    match field {
        "topic" | "scenario" => cell(record, field),
        _ => spoken(record, field),
    }
}
