//! Every open action in one view, whatever its source; and what waits for an
//! action that nobody has written down.

use super::read::{Reading, as_texts, cell, day, days, id, items, part, spoken, texts, title, word};
use crate::escape::Raw;
use crate::expr::Value;
use crate::history::Evidence;
use crate::inventory::Record;
use crate::sheet::{Cell, Page, Section, Table};

const COLUMNS: [(&str, &str); 14] = [
    ("id", "Id"),
    ("title", "Title"),
    ("type", "Type"),
    ("source", "Source"),
    ("source_ref", "From"),
    ("owner", "Owner"),
    ("priority", "Priority"),
    ("status", "Status"),
    ("raised", "Raised"),
    ("age_days", "Age, days"),
    ("due", "Due"),
    ("overdue_days", "Overdue, days"),
    ("due_moved", "Due moved"),
    ("risks", "Risks"),
];

/// The page.
pub fn register(reading: &Reading) -> Page {
    let today = reading.today();
    let open: Vec<(usize, &Record)> =
        reading.of_kind("action").into_iter().filter(|(_, action)| reading.is_open(action)).collect();
    let mut section = Section::new("register", "Open actions");
    let overdue = open.iter().filter(|(_, action)| day(action, "due").is_some_and(|due| due < today)).count();
    section.observe(format!("{} open, {overdue} of them past their due date", open.len()));
    section.undetermined.extend(reading.hidden(&["action"]));
    section.undetermined.extend(reading.history_gap());
    if reading.without_history() {
        section.observe("the history was not read: how often a due date moved is not known");
    }
    let mut rows: Vec<Vec<Cell>> = open.iter().map(|(at, action)| row(reading, *at, action)).collect();
    // What is due first stands first; what has no day stands last.
    rows.sort_by_cached_key(|row| (row[10] == Cell::Nothing, row[10].plain(), row[0].plain()));
    let waiting = waiting(reading);
    section.tables = vec![
        Table::new("open", "Open actions from all sources", &COLUMNS)
            .aside(&["risks", "status", "source_ref", "priority", "age_days", "source", "raised", "type"])
            .or("no action is open")
            .with(rows),
        Table::new(
            "waiting",
            "Waiting for an action or a decision",
            &[
                ("kind", "Kind"),
                ("id", "Id"),
                ("title", "Title"),
                ("owner", "Owner"),
                ("since", "Since"),
                ("what", "What is missing"),
            ],
        )
        .or("nothing waits")
        .with(waiting),
    ];
    Page {
        title: "The register of actions".to_owned(),
        about: Raw::from(format!("as of {today}")),
        sections: vec![section],
    }
}

fn row(reading: &Reading, at: usize, action: &Record) -> Vec<Cell> {
    let today = reading.today();
    let raised = day(action, "raised");
    let due = day(action, "due");
    let age = raised.map(|raised| days(raised, today));
    let late = due.map(|due| days(due, today)).filter(|late| *late > 0);
    let count = |days: Option<i64>| {
        days.and_then(|days| usize::try_from(days).ok()).map_or(Cell::Nothing, Cell::Count)
    };
    vec![
        id(action),
        Cell::Text(title(action)),
        spoken(action, "type"),
        spoken(action, "source.kind"),
        cell(action, "source.ref"),
        Cell::maybe(reading.owner(action)),
        spoken(action, "priority"),
        spoken(action, "status"),
        cell(action, "raised"),
        count(age),
        cell(action, "due"),
        count(late),
        due_moves(reading, action),
        served_risks(reading, at),
    ]
}

/// How often the due date moved, by the history.
fn due_moves(reading: &Reading, action: &Record) -> Cell {
    match &reading.context.history.evidence {
        Evidence::Complete => {
            let moves = reading.moves(action);
            Cell::Count(
                moves
                    .iter()
                    .filter(|moved| &*moved.field.field == "due" && moved.field.old.is_some())
                    .count(),
            )
        }
        Evidence::Incomplete { why, .. } => Cell::Unknown(Raw::new(why.clone())),
        Evidence::NotRead => Cell::Unknown(Raw::from("the history was not read")),
    }
}

/// The risks that a record serves, with their level where it has a number.
pub fn served_risks(reading: &Reading, at: usize) -> Cell {
    let inventory = &reading.context.inventory;
    let risks = reading.linked(at, "risk").into_iter().map(|risk| {
        let place = inventory.position("risk", risk.unescaped());
        let level = place.map(|at| reading.fact(at, "level"));
        match level {
            Some(Value::Number(level)) => {
                Raw::from(format!("{} (level {})", risk.unescaped(), crate::sheet::shown(level)))
            }
            _ => risk,
        }
    });
    let risks: Vec<Raw> = risks.collect();
    if risks.is_empty() { Cell::Nothing } else { Cell::List(risks) }
}

/// Inputs that nobody has answered: decisions without an action, findings of
/// audits, incidents and feedback without a disposition, nonconformities
/// without an action.
fn waiting(reading: &Reading) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    let mut add = |record: &Record, part: Option<&str>, name: Option<Raw>, since, what: &str| {
        let id = record.key.id.unescaped();
        let id = part.map_or_else(|| id.to_owned(), |part| format!("{id}/{part}"));
        rows.push(vec![
            Cell::text(record.kind.name.replace('_', " ")),
            Cell::text(id),
            Cell::Text(name.unwrap_or_else(|| title(record))),
            Cell::maybe(reading.owner(record)),
            Cell::day(since),
            Cell::text(what),
        ]);
    };
    for (_, review) in reading.of_kind("review") {
        for decision in items(review, "decisions") {
            let kind = part(&decision, "kind").as_text();
            let unanswered = as_texts(&part(&decision, "actions")).is_empty()
                && part(&decision, "no_action_because").as_text().is_none();
            if unanswered && kind.as_deref() != Some("none") {
                let text = part(&decision, "text").as_text().map(Raw::from);
                let own = part(&decision, "id").as_text();
                add(
                    review,
                    own.as_deref(),
                    text,
                    day(review, "date"),
                    "the decision has no action, nor why it needs none",
                );
            }
        }
    }
    for (_, audit) in reading.of_kind("audit") {
        for finding in items(audit, "findings") {
            let ty = part(&finding, "type").as_text();
            if ty.as_deref() != Some("conformity")
                && part(&finding, "disposition.decision").as_text().is_none()
            {
                let text = part(&finding, "statement").as_text().map(Raw::from);
                let own = part(&finding, "id").as_text();
                add(audit, own.as_deref(), text, day(audit, "held"), "the finding has no disposition");
            }
        }
    }
    for (kind, since) in [("incident", "detected"), ("feedback", "received"), ("exercise", "held")] {
        for (_, record) in reading.of_kind(kind) {
            let happened = kind != "exercise" || day(record, "held").is_some();
            if happened && word(record, "disposition.decision").is_none() {
                add(record, None, None, day(record, since), "it has no disposition");
            }
        }
    }
    for (_, record) in reading.of_kind("nonconformity") {
        let open = !matches!(word(record, "status").as_deref(), Some("closed" | "declined"));
        if open && texts(record, "actions").is_empty() && word(record, "action_not_needed_because").is_none()
        {
            add(record, None, None, day(record, "detected.on"), "it names no action, nor why it needs none");
        }
    }
    rows
}
