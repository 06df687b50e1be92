//! What got better and was never registered: a metric added, a target made
//! harder, a control put in place, as the history shows it, with no action
//! that names it.
//!
//! It is no fault: the standard asks for no register of improvements. It is
//! work that an auditor would like to hear of.

use super::read::{Reading, id, title, word};
use crate::expr::Value;
use crate::history::{Change, Evidence, FieldChange, Step, What};
use crate::inventory::Record;
use crate::sheet::{Cell, Table};
use chrono::NaiveDate;

/// What the table is, for whoever reads it.
pub const UNREGISTERED: &str = "What the history shows as improved although no action names it is no fault: 10.1 asks for no register. Register it where you want to show it.";

/// One such improvement.
struct Improvement<'r> {
    record: &'r Record,
    what: String,
    step: &'r Step,
    on: NaiveDate,
    /// Id of the commit that its author wrote; none for what is not committed.
    commit: Option<String>,
}

/// The improvements that arrived from one day to another, both included. The
/// table says so where the history cannot tell.
pub fn unregistered(reading: &Reading, from: NaiveDate, to: NaiveDate) -> Table {
    let columns = [
        ("on", "On"),
        ("commit", "Commit"),
        ("by", "By"),
        ("kind", "Kind"),
        ("id", "Id"),
        ("title", "Title"),
        ("what", "What got better"),
    ];
    let table = Table::new("unregistered", "Improved, and named by no action", &columns)
        .aside(&["title", "by", "kind"])
        .or("nothing of this kind");
    match reading.context.history.evidence {
        Evidence::Complete => {}
        Evidence::Incomplete { .. } => return table.or("not determined: the history is not complete"),
        Evidence::NotRead => return table.or("the history was not read"),
    }
    let mut found = Vec::new();
    for kind in ["metric", "objective", "control"] {
        let began = first_step(reading, kind);
        for (at, record) in reading.of_kind(kind) {
            // An action about it, whenever it was raised, is its registration.
            if reading.linked(at, "action").is_empty() {
                found.extend(improvements(reading, record, began));
            }
        }
    }
    found.retain(|improvement| from <= improvement.on && improvement.on <= to);
    found.sort_by(|one, other| {
        let key = |of: &Improvement<'_>| (of.on, of.record.key.clone(), of.what.clone());
        key(one).cmp(&key(other))
    });
    table.with(found.iter().map(|improvement| {
        let commit = improvement.commit.as_ref();
        vec![
            Cell::Day(improvement.on),
            commit.map_or_else(|| Cell::text("not committed"), |id| Cell::text(id.get(..10).unwrap_or(id))),
            Cell::Text(improvement.step.by.name.clone()),
            Cell::text(&*improvement.record.kind.name),
            id(improvement.record),
            Cell::Text(title(improvement.record)),
            Cell::text(improvement.what.as_str()),
        ]
    }))
}

/// The step that brought the first records of a kind: a register that begins is
/// no improvement of one.
fn first_step(reading: &Reading, kind: &str) -> Option<usize> {
    let series = reading.context.history.series.iter().filter(|(key, _)| *key.kind == *kind);
    series.filter_map(|(_, series)| series.changes.first().map(|change| change.step)).min()
}

fn improvements<'r>(reading: &'r Reading, record: &'r Record, began: Option<usize>) -> Vec<Improvement<'r>> {
    let history = &reading.context.history;
    let Some(series) = history.series(&record.key) else { return Vec::new() };
    let mut found = Vec::new();
    for (place, change) in series.changes.iter().enumerate() {
        let Some((step, on)) = history.step(change.step).and_then(|step| Some((step, step.arrived?))) else {
            continue;
        };
        let whats: Vec<String> = match change.what {
            What::Created if place == 0 && &*record.kind.name == "metric" && began != Some(change.step) => {
                vec!["the metric is new".to_owned()]
            }
            What::Changed | What::Renamed(_) => {
                change.fields.iter().filter_map(|field| better(record, field)).collect()
            }
            _ => Vec::new(),
        };
        found.extend(whats.into_iter().map(|what| Improvement {
            record,
            what,
            step,
            on,
            commit: commit(step, change),
        }));
    }
    found
}

fn commit(step: &Step, change: &Change) -> Option<String> {
    step.is_commit.then(|| step.author_of(&change.path).commit.to_string())
}

/// What got better by a change of one field.
fn better(record: &Record, field: &FieldChange) -> Option<String> {
    let (old, new) = (field.old.as_deref(), field.new.as_deref()?);
    match (&*record.kind.name, &*field.field) {
        ("control", "implementation") if new == "implemented" => Some(format!(
            "implemented (it was {})",
            old.map_or("not said".to_owned(), |old| old.replace('_', " "))
        )),
        ("metric", "target") | ("objective", "target.value") => {
            let (before, after): (f64, f64) = (old?.parse().ok()?, new.parse().ok()?);
            let harder = match direction(record)? {
                Direction::Up => after > before,
                Direction::Down => after < before,
            };
            harder.then(|| {
                format!(
                    "the target is harder: {} after {}",
                    crate::sheet::shown(after),
                    crate::sheet::shown(before)
                )
            })
        }
        _ => None,
    }
}

/// Which way is better.
enum Direction {
    Up,
    Down,
}

/// By the operator of an objective's target, or by the metric's direction;
/// none where neither says it.
fn direction(record: &Record) -> Option<Direction> {
    let said = match &*record.kind.name {
        "objective" => match record.path(&["target", "operator"]) {
            Value::Text(text) => Some(text.as_str().to_owned()),
            _ => None,
        },
        _ => word(record, "direction"),
    };
    match said?.as_str() {
        "higher_is_better" | "gte" | "gt" => Some(Direction::Up),
        "lower_is_better" | "lte" | "lt" => Some(Direction::Down),
        _ => None,
    }
}
