//! How the system as a whole stands still or moves: when texts, risks, controls
//! and trainings last changed in git; what a document says and what it serves.

use super::events::in_scope;
use super::register::count;
use super::{Context, Item, links, optional, people, structure, text, texts};
use crate::expr::{Text, Type, Value};
use crate::history::{Change, What};
use crate::inventory::{Record, TEXT};
use chrono::NaiveDate;
use std::sync::Arc;

fn record(context: &Arc<Context>, at: usize) -> Option<&Record> {
    context.inventory.records().get(at)
}

fn arrived(context: &Context, change: &Change) -> Option<NaiveDate> {
    context.history.step(change.step)?.arrived
}

/// The last day on which a commit created or changed a record of a kind, in the
/// fields that `counts` wants.
fn last_change(context: &Context, kind: &str, counts: &dyn Fn(&Change) -> bool) -> Option<NaiveDate> {
    let series = context.history.series.iter().filter(|(key, _)| &*key.kind == kind);
    let changes = series.flat_map(|(_, series)| &series.changes);
    let counted = changes.filter(|change| in_scope(context, change) && counts(change));
    counted.filter_map(|change| arrived(context, change)).max()
}

fn is_text(change: &Change) -> bool {
    change.what != What::Deleted && change.fields.iter().any(|field| &*field.field == TEXT)
}

/// Whether more moved than a day of review.
fn is_substance(change: &Change) -> bool {
    const DAYS: &[&str] = &["reviewed", "next_review", "held", "next", "tested.on", "tested.next"];
    change.what != What::Changed || change.fields.iter().any(|field| !DAYS.contains(&&*field.field))
}

pub(super) fn movement_type() -> Type {
    structure(
        "movement of the system",
        &[
            ("texts", Type::Date, true, "The last day on which the text of a document changed or came."),
            (
                "risks",
                Type::Date,
                true,
                "The last day on which a risk changed in more than its days of review.",
            ),
            ("controls", Type::Date, true, "The same of the statement of applicability."),
            ("trainings", Type::Date, true, "The same of trainings."),
            ("documents", Type::Number, false, "How many documents there are."),
            (
                "kinds",
                Type::Number,
                false,
                "How many of documents, risks, controls and trainings there are at all.",
            ),
            (
                "text_days",
                Type::List(Box::new(Type::Date)),
                false,
                "Of each document the last day on which its text changed or came.",
            ),
        ],
    )
}

/// When the system last moved, by what moved.
pub(super) fn movement(context: &Arc<Context>, _: usize) -> Value {
    let documents = context.inventory.of_kind("document").filter_map(|document| {
        let series = context.history.series(&document.key)?;
        series
            .changes
            .iter()
            .filter(|change| is_text(change))
            .filter_map(|change| arrived(context, change))
            .max()
    });
    let days: Vec<Value> = documents.map(Value::Date).collect();
    let there = ["document", "risk", "control", "training"]
        .iter()
        .filter(|kind| !context.inventory.places_of_kind(kind).is_empty());
    let last = |kind: &str, counts: &dyn Fn(&Change) -> bool| {
        optional(last_change(context, kind, counts), Value::Date)
    };
    let fields = vec![
        ("texts", last("document", &is_text)),
        ("risks", last("risk", &is_substance)),
        ("controls", last("control", &is_substance)),
        ("trainings", last("training", &is_substance)),
        ("documents", Value::Number(count(context.inventory.places_of_kind("document").len()))),
        ("kinds", Value::Number(count(there.count()))),
        ("text_days", Value::List(days.into())),
    ];
    Item::value(fields, None, None)
}

/// The text of a document below its front matter.
pub(super) fn body(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = record(context, at) else { return Value::Absent };
    optional(record.body, |body| text(record.place.file.slice(body)))
}

pub(super) fn above_type() -> Type {
    structure(
        "document above",
        &[
            ("id", Type::Text, false, "Its id."),
            ("level", Type::Text, true, "Its level."),
            ("approved", Type::Date, true, "The day it was approved."),
            ("retired", Type::Bool, false, "Whether it is retired."),
        ],
    )
}

/// The document that a document names as its parent.
pub(super) fn above(context: &Arc<Context>, at: usize) -> Value {
    let parent = record(context, at).and_then(|record| record.text("parent"));
    let parent = parent.and_then(|id| context.inventory.find("document", id.as_str()));
    optional(parent, |parent| {
        let retired = parent.text("status").is_some_and(|status| status.as_str() == "retired");
        let fields = vec![
            ("id", text(parent.key.id.unescaped())),
            ("level", optional(parent.text("level"), Value::Text)),
            ("approved", optional(parent.get("approved").as_day(), Value::Date)),
            ("retired", Value::Bool(retired)),
        ];
        Item::value(fields, Some(parent.place_of("approved")), Some(Text::from(parent.key.id.unescaped())))
    })
}

pub(super) fn linked_type() -> Type {
    Type::List(Box::new(structure(
        "linked document",
        &[("id", Type::Text, false, "Its id."), ("approved", Type::Date, true, "The day it was approved.")],
    )))
}

/// The documents that a record names in its links.
pub(super) fn linked(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = record(context, at) else { return Value::Absent };
    let named = texts(&record.path(&["links", "document"]));
    let items = named.into_iter().filter_map(|id| {
        let document = context.inventory.find("document", &id)?;
        let approved = optional(document.get("approved").as_day(), Value::Date);
        Some(Item::value(vec![("id", text(&id)), ("approved", approved)], None, Some(Text::from(id))))
    });
    Value::List(items.collect())
}

/// Who approved the treatment of a risk: the person of isms.yaml, else the name.
pub(super) fn treatment_approver(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = record(context, at) else { return Value::Absent };
    match record.path(&["treatment_approved", "by"]) {
        Value::Text(named) => text(people::person(&context.settings.profile, named.as_str())),
        _ => Value::Absent,
    }
}

/// The day on which the newest risk was identified.
pub(super) fn newest_risk(context: &Arc<Context>, _: usize) -> Value {
    if let Some(unknown) = links::hidden(context, &["risk".into()]) {
        return unknown;
    }
    let days = context.inventory.of_kind("risk").filter_map(|risk| risk.get("identified").as_day());
    optional(days.filter(|on| *on <= context.as_of).max(), Value::Date)
}

/// How many risks are not closed.
pub(super) fn open_risks(context: &Arc<Context>, _: usize) -> Value {
    let open = context
        .inventory
        .of_kind("risk")
        .filter(|risk| risk.text("status").is_none_or(|status| status.as_str() != "closed"));
    Value::Number(count(open.count()))
}

/// Whether isms.yaml says up to which level a risk is accepted.
pub(super) fn has_criteria(context: &Arc<Context>, _: usize) -> Value {
    Value::Bool(context.settings.profile.risk.as_ref().is_some_and(|risk| risk.acceptance.is_some()))
}

/// Who of the top management has this approver's id.
pub(super) fn approved_by_top(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = record(context, at) else { return Value::Absent };
    let approver = record.text("approver");
    let person = approver.as_ref().and_then(|named| context.settings.profile.person(named.as_str()));
    optional(person, |person| Value::Bool(person.top_management))
}
