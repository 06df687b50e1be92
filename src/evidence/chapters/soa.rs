//! The statement of applicability then and now, and changes of the organisation.

use super::View;
use crate::escape::Raw;
use crate::inventory::Record;
use crate::sheet::{Cell, Section, Table};
use crate::views::Reading;
use crate::views::read::{cell, day, id, spoken, title, word};
use std::collections::BTreeMap;

/// The fields of a control that say something about its application.
const FIELDS: [&str; 6] =
    ["applicable", "justification", "implementation", "planned_for", "tested.on", "tested.result"];

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section = Section::new("soa", "Statement of applicability and changes of the organisation")
        .of(&["6.1.3", "6.3", "4.1", "4.2"]);
    view.gaps(&mut section, &["control", "change", "context"], true);
    let then = match &view.subject.then {
        Ok(then) => Some(&then.reading),
        Err(gap) => {
            section.missing(gap.why.clone(), gap.remedy.clone());
            None
        }
    };
    let count = |reading: &Reading, of: &dyn Fn(&Record) -> bool| {
        Cell::Count(super::how_many(&reading.of_kind("control"), |(_, record)| of(record)))
    };
    let mut both = |key, label, of: &dyn Fn(&Record) -> bool| {
        section.figure(key, label, count(view.now, of), then.map_or(Cell::Nothing, |then| count(then, of)));
    };
    both("controls", "Controls in the statement", &|_| true);
    both("excluded", "Excluded", &|record| cell(record, "applicable") == Cell::text("no"));
    both("implemented", "Implemented", &|record| {
        word(record, "implementation").as_deref() == Some("implemented")
    });
    both("tested", "With a test on record", &|record| day(record, "tested.on").is_some());
    if let Some(then) = then {
        section.tables.push(moved(view.now, then));
    }
    let changes = view.now.of_kind("change");
    view.count(&mut section, "changes", "Changes of the organisation recorded", |period| {
        super::how_many(&changes, |(_, change)| period.has(day(change, "on")))
    });
    let columns = [
        ("id", "Id"),
        ("title", "Title"),
        ("what", "What"),
        ("on", "On"),
        ("effects", "Effects"),
        ("reassessed", "Reassessed in"),
    ];
    let rows = changes.iter().filter(|(_, change)| view.period.has(day(change, "on"))).map(|(_, change)| {
        vec![
            id(change),
            Cell::Text(title(change)),
            spoken(change, "what"),
            cell(change, "on"),
            cell(change, "effects"),
            cell(change, "reassessed"),
        ]
    });
    section.tables.push(
        Table::new("changes", "Changes of the organisation", &columns)
            .or("none is recorded in the period")
            .with(rows),
    );
    section.tables.push(context(view));
    section
}

/// Controls of which something differs.
fn moved(now: &Reading, then: &Reading) -> Table {
    let ids: BTreeMap<Raw, (Option<&Record>, Option<&Record>)> = {
        let mut ids: BTreeMap<Raw, (Option<&Record>, Option<&Record>)> = BTreeMap::new();
        for (_, record) in then.of_kind("control") {
            ids.entry(record.key.id.clone()).or_default().0 = Some(record);
        }
        for (_, record) in now.of_kind("control") {
            ids.entry(record.key.id.clone()).or_default().1 = Some(record);
        }
        ids
    };
    let mut rows = Vec::new();
    for (id, pair) in ids {
        match pair {
            (Some(then), Some(now)) => {
                for field in FIELDS.into_iter().filter(|field| cell(then, field) != cell(now, field)) {
                    rows.push(vec![
                        Cell::Text(id.clone()),
                        Cell::Text(title(now)),
                        Cell::text(field),
                        cell(then, field),
                        cell(now, field),
                    ]);
                }
            }
            (None, Some(now)) => rows.push(vec![
                Cell::Text(id),
                Cell::Text(title(now)),
                Cell::text("the row"),
                Cell::Nothing,
                Cell::text("new"),
            ]),
            (Some(then), None) => rows.push(vec![
                Cell::Text(id),
                Cell::Text(title(then)),
                Cell::text("the row"),
                Cell::text("was there"),
                Cell::Nothing,
            ]),
            (None, None) => {}
        }
    }
    let columns = [
        ("id", "Control"),
        ("title", "Title"),
        ("field", "Field"),
        ("then", "Before the period"),
        ("now", "Now"),
    ];
    Table::new("moved", "What differs in the statement of applicability", &columns)
        .or("nothing differs")
        .with(rows)
}

/// What moved in the record of the context within the period.
fn context(view: &View<'_>) -> Table {
    let mut rows = Vec::new();
    for (_, context) in view.now.of_kind("context") {
        let moves = view.now.moves(context);
        let within = moves.iter().filter(|moved| view.period.has(moved.on));
        rows.extend(within.map(|moved| {
            let value = |value: &Option<std::sync::Arc<str>>| Cell::maybe(value.clone().map(Raw::new));
            vec![
                Cell::day(moved.on),
                id(context),
                Cell::text(&*moved.field.field),
                value(&moved.field.old),
                value(&moved.field.new),
            ]
        }));
    }
    let columns = [("on", "On"), ("id", "Id"), ("field", "Field"), ("old", "Before"), ("new", "After")];
    Table::new("context", "What moved in the record of the context", &columns)
        .or("nothing moved, as far as the history says")
        .with(rows)
}
