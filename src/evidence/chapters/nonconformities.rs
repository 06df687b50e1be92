//! Nonconformities, and the links of the chain that 10.2 asks for.

use super::View;
use crate::escape::Raw;
use crate::evidence::time::{is_settled, median};
use crate::inventory::Record;
use crate::sheet::{Cell, Section, Table};
use crate::views::read::{cell, day, days, id, spoken, texts, title, word};
use std::collections::BTreeMap;

const COLUMNS: [(&str, &str); 12] = [
    ("id", "Id"),
    ("title", "Title"),
    ("grade", "Grade"),
    ("detected", "Detected"),
    ("correction", "Corrected (a)"),
    ("consequences", "Consequences (a)"),
    ("cause", "Cause (b)"),
    ("similar", "Similar cases (b)"),
    ("actions", "Actions (c)"),
    ("effect", "Effect reviewed (d)"),
    ("isms_changes", "Change to the ISMS (e)"),
    ("status", "Status"),
];

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section = Section::new("nonconformities", "Nonconformities and corrective action").of(&["10.2"]);
    view.gaps(&mut section, &["nonconformity", "action"], false);
    let all = view.now.of_kind("nonconformity");
    let detected = |record: &Record| day(record, "detected.on");
    let closed = |record: &Record| day(record, "closed.on");
    view.count(&mut section, "raised", "Raised", |period| {
        super::how_many(&all, |(_, record)| period.has(detected(record)))
    });
    view.count(&mut section, "closed", "Closed", |period| {
        super::how_many(&all, |(_, record)| period.has(closed(record)))
    });
    view.at_end(&mut section, "open", "Open at the end", |on| {
        Cell::Count(super::how_many(&all, |(_, record)| {
            let over = closed(record).map_or_else(|| is_settled(record), |closed| closed <= on);
            detected(record).is_some_and(|detected| detected <= on) && !over
        }))
    });
    view.at_end(
        &mut section,
        "median_days",
        "Median days from detection to closure, closed until then",
        |on| {
            let spans = all.iter().filter_map(|(_, record)| Some((detected(record)?, closed(record)?)));
            Cell::number(median(spans.filter(|(_, to)| *to <= on).map(|(from, to)| days(from, to)).collect()))
        },
    );
    let touched: Vec<_> = all
        .iter()
        .filter(|(_, record)| {
            view.period.has(detected(record)) || view.period.has(closed(record)) || !is_settled(record)
        })
        .collect();
    let mut missing: BTreeMap<&str, usize> = BTreeMap::new();
    let rows: Vec<Vec<Cell>> = touched.iter().map(|(_, record)| row(view, record)).collect();
    for (at, (_, name)) in COLUMNS.iter().enumerate().filter(|(at, _)| (4..=10).contains(at)) {
        let silent = rows.iter().filter(|row| row[at] == Cell::Nothing).count();
        if silent > 0 {
            missing.insert(name, silent);
        }
    }
    for (name, count) in missing {
        section.observe(format!("{name}: not written in {count} of {} of them.", rows.len()));
    }
    let table = Table::new("nonconformities", "Raised, closed or open, with the letters of 10.2", &COLUMNS);
    section.tables.push(table.or("none in the period").with(rows).sorted());
    section.tables.push(causes(view, &all));
    section
}

fn row(view: &View<'_>, record: &Record) -> Vec<Cell> {
    let actions = texts(record, "actions");
    let inventory = &view.now.context.inventory;
    let effect = actions.iter().filter_map(|named| {
        let action = inventory.find("action", named.unescaped())?;
        let result = word(action, "verification.result")?.replace('_', " ");
        let on = day(action, "verification.on").map(|on| format!(", {on}")).unwrap_or_default();
        Some(Raw::from(format!("{}: {result}{on}", named.unescaped())))
    });
    let effect: Vec<Raw> = effect.collect();
    let dated = |text: &str, on: &str| match (cell(record, text), day(record, on)) {
        (Cell::Text(text), Some(on)) => Cell::text(format!("{} ({on})", text.unescaped())),
        (cell, _) => cell,
    };
    vec![
        id(record),
        Cell::Text(title(record)),
        spoken(record, "grade"),
        cell(record, "detected.on"),
        dated("correction.text", "correction.on"),
        dated("consequences.text", "consequences.on"),
        dated("root_cause.cause", "root_cause.on"),
        dated("similar_cases.found", "similar_cases.checked_on"),
        match (actions.is_empty(), cell(record, "action_not_needed_because")) {
            (true, Cell::Text(why)) => Cell::text(format!("none needed: {}", why.unescaped())),
            (true, _) => Cell::Nothing,
            (false, _) => Cell::List(actions),
        },
        if effect.is_empty() { Cell::Nothing } else { Cell::List(effect) },
        cell(record, "isms_changes"),
        spoken(record, "status"),
    ]
}

fn causes(view: &View<'_>, all: &[(usize, &Record)]) -> Table {
    let mut causes: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for (_, record) in all {
        let category = word(record, "root_cause.category").unwrap_or_else(|| "none named".to_owned());
        let counts = causes.entry(category.replace('_', " ")).or_default();
        let on = day(record, "detected.on");
        counts[0] += usize::from(view.period.has(on));
        counts[1] += usize::from(view.before.is_some_and(|before| before.has(on)));
    }
    causes.retain(|_, counts| counts.iter().any(|count| *count > 0));
    let columns =
        [("category", "Category of the cause"), ("now", "In the period"), ("before", "In the period before")];
    let rows = causes
        .into_iter()
        .map(|(category, [now, before])| vec![Cell::text(category), Cell::Count(now), Cell::Count(before)]);
    Table::new("causes", "Causes", &columns).or("none in either period").with(rows)
}
