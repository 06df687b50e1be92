//! The register as a whole: what is open, when something was last closed or
//! changed, and commits that set many review dates at once.

use super::events::{event, event_type, in_scope};
use super::{Context, Item, optional, structure, text};
use crate::expr::{Text, Type, Value};
use crate::finding::RecordKey;
use crate::history::{Change, FieldChange, What};
use crate::inventory::{Record, TEXT};
use crate::source::Place;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Statuses in which an action needs nobody's work any more.
const DONE: &[&str] = &["completed", "verified", "deferred", "declined", "cancelled"];

/// Kinds that make up the register of improvement.
const REGISTER: &[&str] = &["action", "nonconformity"];

/// Whether an action still needs somebody's work.
pub(super) fn is_open(record: &Record) -> bool {
    match record.text("status") {
        Some(status) => !DONE.contains(&status.as_str()) && status.as_str() != "closed",
        None => true,
    }
}

pub(super) fn open_type() -> Type {
    Type::List(Box::new(structure(
        "open_action",
        &[
            ("id", Type::Text, false, "The action."),
            ("title", Type::Text, true, "Its title."),
            ("raised", Type::Date, true, "The day it was raised."),
            ("due", Type::Date, true, "Its due date."),
        ],
    )))
}

pub(super) fn open_actions(context: &Arc<Context>, _: usize) -> Value {
    let open = context.inventory.of_kind("action").filter(|record| is_open(record)).map(|record| {
        let date = |name: &str| optional(record.get(name).as_day(), Value::Date);
        let fields = vec![
            ("id", text(record.key.id.unescaped())),
            ("title", optional(record.text("title"), Value::Text)),
            ("raised", date("raised")),
            ("due", date("due")),
        ];
        Item::value(fields, Some(record.place.clone()), Some(Text::from(record.key.id.unescaped())))
    });
    Value::List(open.collect())
}

pub(super) fn objectives_type() -> Type {
    Type::List(Box::new(structure(
        "objective of the set",
        &[
            ("id", Type::Text, false, "Its id."),
            ("status", Type::Text, true, "Where it stands."),
            ("set", Type::Date, true, "The day it was approved, else that of its baseline."),
            ("due", Type::Date, true, "Its date."),
        ],
    )))
}

pub(super) fn objectives(context: &Arc<Context>, _: usize) -> Value {
    let items = context.inventory.of_kind("objective").map(|record| {
        let set =
            record.path(&["approved", "on"]).as_day().or_else(|| record.path(&["baseline", "on"]).as_day());
        let fields = vec![
            ("id", text(record.key.id.unescaped())),
            ("status", optional(record.text("status"), Value::Text)),
            ("set", optional(set, Value::Date)),
            ("due", optional(record.get("due").as_day(), Value::Date)),
        ];
        Item::value(fields, Some(record.place.clone()), None)
    });
    Value::List(items.collect())
}

pub(super) fn leadership_type() -> Type {
    Type::List(Box::new(structure(
        "leadership metric",
        &[("id", Type::Text, false, "Its id."), ("category", Type::Text, true, "Its category.")],
    )))
}

/// The metrics for leadership that are not retired.
pub(super) fn leadership(context: &Arc<Context>, _: usize) -> Value {
    let metrics = context.inventory.of_kind("metric").filter(|metric| {
        matches!(metric.get("leadership"), Value::Bool(true))
            && metric.get("retired").as_day().is_none_or(|retired| retired > context.as_of)
    });
    let items = metrics.map(|metric| {
        let fields = vec![
            ("id", text(metric.key.id.unescaped())),
            ("category", optional(metric.text("category"), Value::Text)),
        ];
        Item::value(fields, Some(metric.place.clone()), None)
    });
    Value::List(items.collect())
}

pub(super) fn last_closed(context: &Arc<Context>, _: usize) -> Value {
    let records = context.inventory.records().iter();
    let closed = records.filter_map(|record| match &*record.kind.name {
        "action" => record.get("completed").as_day(),
        "nonconformity" => record.path(&["closed", "on"]).as_day(),
        _ => None,
    });
    optional(closed.filter(|day| *day <= context.as_of).max(), Value::Date)
}

pub(super) fn last_changed(context: &Arc<Context>, _: usize) -> Value {
    let series = context.history.series.iter().filter(|(key, _)| REGISTER.contains(&&*key.kind));
    let changes = series.flat_map(|(_, series)| &series.changes).filter(|change| in_scope(context, change));
    let days = changes.filter_map(|change| context.history.step(change.step)?.arrived);
    optional(days.max(), Value::Date)
}

pub(super) fn redated_type() -> Type {
    Type::List(Box::new(structure(
        "redated",
        &[
            ("count", Type::Number, false, "How many documents got a new review date and no new text."),
            ("documents", Type::List(Box::new(Type::Text)), false, "Their ids."),
            (
                "unexplained",
                Type::Number,
                false,
                "How many of them do not say under `changes` why the date moved.",
            ),
            ("on", Type::Date, true, "The day the commit arrived."),
            ("items", Type::List(Box::new(redated_item())), false, "The documents, one by one."),
            ("events", Type::List(Box::new(event_type())), false, "The changes of the dates."),
        ],
    )))
}

fn redated_item() -> Type {
    structure(
        "redated document",
        &[
            ("id", Type::Text, false, "Its id."),
            ("explained", Type::Bool, false, "Whether it says under `changes` why the date moved."),
            (
                "text_on",
                Type::Date,
                true,
                "The day before that on which its text last changed, by another edit than other documents.",
            ),
        ],
    )
}

/// When the text of a document last changed before a step.
fn text_before(context: &Context, moved: &Moved) -> Option<NaiveDate> {
    let series = context.history.series(moved.key)?;
    let is_text = |change: &&Change| {
        let alike = context.history.alike.get(&change.step);
        change.step < moved.change.step
            && change.what == What::Changed
            && change.fields.iter().any(|field| &*field.field == TEXT)
            && alike.is_none_or(|pages| !pages.contains_key(&change.path))
    };
    let change = series.changes.iter().rev().find(is_text)?;
    context.history.step(change.step)?.arrived
}

/// One document's date in one commit.
struct Moved<'h> {
    key: &'h RecordKey,
    change: &'h Change,
    field: &'h FieldChange,
}

/// The review dates that moved without a text, by the commit that moved them.
pub(super) fn redated(context: &Arc<Context>, _: usize) -> Value {
    let mut by_step: BTreeMap<usize, Vec<Moved>> = BTreeMap::new();
    let documents = context.history.series.iter().filter(|(key, _)| &*key.kind == "document");
    for (key, series) in documents {
        let changed = series.changes.iter().filter(|change| change.what == What::Changed);
        for change in changed.filter(|change| in_scope(context, change)) {
            let moved = change.fields.iter().find(|field| &*field.field == "reviewed" && field.old.is_some());
            let read = change.fields.iter().any(|field| &*field.field == TEXT);
            if let (Some(field), false) = (moved, read) {
                by_step.entry(change.step).or_default().push(Moved { key, change, field });
            }
        }
    }
    let items = by_step.into_iter().filter(|(_, moved)| moved.len() > 1).map(|(step, moved)| {
        let ids = moved.iter().map(|moved| text(moved.key.id.unescaped()));
        let unexplained = moved.iter().filter(|moved| !explained(context, moved)).count();
        let events = moved.iter().map(|moved| event(context, moved.change, moved.field));
        let documents = moved.iter().map(|moved| {
            let fields = vec![
                ("id", text(moved.key.id.unescaped())),
                ("explained", Value::Bool(explained(context, moved))),
                ("text_on", optional(text_before(context, moved), Value::Date)),
            ];
            Item::value(fields, None, None)
        });
        let arrived = context.history.step(step).and_then(|step| step.arrived);
        let commit = context.history.step(step).map_or("", |step| &step.by.commit);
        let fields = vec![
            ("count", Value::Number(count(moved.len()))),
            ("documents", Value::List(ids.collect())),
            ("unexplained", Value::Number(count(unexplained))),
            ("on", optional(arrived, Value::Date)),
            ("items", Value::List(documents.collect())),
            ("events", Value::List(events.collect())),
        ];
        Item::value(fields, place(context, &moved), Some(Text::from(commit)))
    });
    Value::List(items.collect())
}

/// Whether the document says why its review date became what it became.
fn explained(context: &Context, moved: &Moved) -> bool {
    let Some(record) = context.inventory.by_key(moved.key) else { return false };
    let Value::List(entries) = record.get("changes") else { return false };
    let says = |entry: &Value, name: &str| entry.field(name).as_text();
    entries.iter().any(|entry| {
        says(entry, "field").as_deref() == Some("reviewed")
            && says(entry, "why").is_some()
            && says(entry, "to").is_none_or(|to| Some(to.as_str()) == moved.field.new.as_deref())
    })
}

/// The first of the documents that is still there.
fn place(context: &Context, moved: &[Moved]) -> Option<Place> {
    let mut records = moved.iter().filter_map(|moved| context.inventory.by_key(moved.key));
    records.next().map(|record| record.place_of("reviewed"))
}

/// A count as a number; exact up to 2^32 records, which no budget admits.
pub(super) fn count(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The days on which the actions with these ids were completed.
pub(super) fn completed<'c>(
    context: &'c Context,
    ids: impl Iterator<Item = String> + 'c,
) -> impl Iterator<Item = (String, NaiveDate)> + 'c {
    ids.filter_map(|id| Some((context.inventory.find("action", &id)?.get("completed").as_day()?, id)))
        .map(|(day, id)| (id, day))
}

/// Whether the action with this id still asks for work or for verification.
pub(super) fn is_live(context: &Context, id: &str) -> Option<bool> {
    let action = context.inventory.find("action", id)?;
    let completed = action.text("status").is_some_and(|status| status.as_str() == "completed");
    Some(is_open(action) || completed)
}
