//! Changes of a record's fields, from the history.

use super::{Context, Item, optional, people, raw, structure, text};
use crate::expr::{Text, Type, Value};
use crate::history::{Authorship, Change, FieldChange, Step, What};
use crate::kind;
use std::sync::Arc;

/// The type of one event.
pub(super) fn event_type() -> Type {
    structure(
        "event",
        &[
            ("field", Type::Text, false, "Path of the field that changed."),
            ("old", Type::Text, true, "The value before."),
            ("new", Type::Text, true, "The value after."),
            ("old_date", Type::Date, true, "The value before, where it is a date."),
            ("new_date", Type::Date, true, "The value after, where it is a date."),
            ("old_number", Type::Number, true, "The value before, where it is a number."),
            ("new_number", Type::Number, true, "The value after, where it is a number."),
            ("old_span", Type::Duration, true, "The value before, where it is a length of time."),
            ("new_span", Type::Duration, true, "The value after, where it is a length of time."),
            ("commit", Type::Text, false, "The commit: the full id, or `uncommitted`."),
            ("author", Type::Text, false, "Who says to have written it: name and address."),
            ("author_email", Type::Text, false, "The author's address."),
            ("person", Type::Text, true, "Who of `people` in isms.yaml commits with that address."),
            ("summary", Type::Text, false, "First line of the commit's message."),
            ("authored", Type::Date, true, "The author's date, in the declared zone."),
            ("arrived", Type::Date, true, "The day it arrived on the main line."),
            ("is_commit", Type::Bool, false, "False for what is not committed yet."),
            (
                "alike",
                Type::Number,
                false,
                "For a change of a document's text: how many documents the same step changed by the same edit, this one among them.",
            ),
        ],
    )
}

pub(super) fn list_type() -> Type {
    Type::List(Box::new(event_type()))
}

/// Field changes after the record first appeared.
pub(super) fn of_record(context: &Arc<Context>, record: usize) -> Value {
    let Some(record) = context.inventory.records().get(record) else { return Value::Absent };
    let Some(series) = context.history.series(&record.key) else { return Value::List(Arc::from([])) };
    let mut appeared = false;
    let mut events = Vec::new();
    for change in &series.changes {
        // What a record is created with is no change, the second time neither.
        let counts = appeared && !matches!(change.what, What::Created | What::Deleted);
        appeared = change.what != What::Deleted;
        if counts && in_scope(context, change) {
            events.extend(change.fields.iter().map(|field| event(context, change, field)));
        }
    }
    Value::List(events.into())
}

/// What the record was created with, where that is in scope and git shows it.
pub(super) fn creation(context: &Arc<Context>, record: usize) -> Value {
    let record = context.inventory.records().get(record);
    let first = record.and_then(|record| context.history.series(&record.key)?.changes.first());
    let fields = first
        .filter(|change| change.what == What::Created && in_scope(context, change))
        .map(|change| change.fields.iter().map(|field| event(context, change, field)).collect::<Vec<_>>());
    Value::List(fields.unwrap_or_default().into())
}

/// The day the first record of all arrived.
pub(super) fn history_began(context: &Arc<Context>, _record: usize) -> Value {
    let began = context.began.get_or_init(|| {
        let first = context.history.series.values().filter_map(|series| series.changes.first());
        let step = first.map(|change| change.step).min()?;
        context.history.step(step)?.arrived
    });
    optional(*began, Value::Date)
}

pub(super) fn text_changes(context: &Arc<Context>, record: usize) -> Value {
    match of_record(context, record) {
        Value::List(events) => {
            let is_text = |event: &Value| match event {
                Value::Struct(event) => matches!(
                    event.get(&field_ref("field")),
                    Value::Text(field) if field.as_str() == crate::inventory::TEXT
                ),
                _ => false,
            };
            Value::List(events.iter().filter(|event| is_text(event)).cloned().collect())
        }
        other => other,
    }
}

pub(super) fn first_recorded(context: &Arc<Context>, record: usize) -> Value {
    let series =
        context.inventory.records().get(record).and_then(|record| context.history.series(&record.key));
    let first =
        series.and_then(|series| series.changes.first()).and_then(|change| context.history.step(change.step));
    optional(first.and_then(|step| step.arrived), Value::Date)
}

/// Whether the history from the organisation's start date on holds the change,
/// and it is no commit that only reformats.
pub(super) fn in_scope(context: &Context, change: &Change) -> bool {
    let Some(step) = context.history.step(change.step) else { return false };
    let policy = &context.settings.policy;
    let early = policy.history_from.zip(step.arrived).is_some_and(|(from, arrived)| arrived < from);
    let mechanical = policy.mechanical_commits.iter().any(|id| *id == *step.by.commit);
    !early && !mechanical
}

pub(super) fn event(context: &Context, change: &Change, field: &FieldChange) -> Value {
    let Some(step) = context.history.step(change.step) else { return Value::Absent };
    let author = step.author_of(&change.path);
    let mut fields = commit_fields(step, author);
    let pages = context.history.alike.get(&change.step);
    let alike = pages.and_then(|pages| pages.get(&change.path)).copied().unwrap_or(1);
    fields.push(("alike", Value::Number(f64::from(alike))));
    fields.push(("person", people::by_address(context, author.email.unescaped())));
    let day = |value: &Option<Arc<str>>| optional(value.as_deref().and_then(kind::date::date), Value::Date);
    let number =
        |value: &Option<Arc<str>>| optional(value.as_deref().and_then(kind::scalar::number), Value::Number);
    let span = |value: &Option<Arc<str>>| {
        optional(value.as_deref().and_then(kind::scalar::duration), Value::Duration)
    };
    let shown = |value: &Option<Arc<str>>| optional(value.clone(), |value| Value::Text(Text::from(value)));
    fields.extend([
        ("field", Value::Text(Text::from(field.field.clone()))),
        ("old", shown(&field.old)),
        ("new", shown(&field.new)),
        ("old_date", day(&field.old)),
        ("new_date", day(&field.new)),
        ("old_number", number(&field.old)),
        ("new_number", number(&field.new)),
        ("old_span", span(&field.old)),
        ("new_span", span(&field.new)),
    ]);
    Item::value(fields, None, None)
}

fn commit_fields(step: &Step, author: &Authorship) -> Vec<(&'static str, Value)> {
    let named = format!("{} <{}>", author.name.unescaped(), author.email.unescaped());
    vec![
        ("commit", text(if step.is_commit { &author.commit } else { "uncommitted" })),
        ("author", text(&named)),
        ("author_email", raw(&author.email)),
        ("summary", raw(&author.summary)),
        ("authored", optional(author.authored, Value::Date)),
        ("arrived", optional(step.arrived, Value::Date)),
        ("is_commit", Value::Bool(step.is_commit)),
    ]
}

fn field_ref(name: &str) -> crate::expr::FieldRef {
    crate::expr::FieldRef::named(name)
}
