//! When the next review of a document, risk or context is due, and by whose
//! interval; of trainings and suppliers the interval alone.

use super::{COMMON_INTERVAL, Context, text};
use crate::expr::{Duration, Value};
use crate::inventory::Record;
use std::sync::Arc;

/// The interval in force, and whose it is.
fn in_force(context: &Context, record: &Record) -> (Duration, &'static str) {
    for field in ["review_interval", "interval"] {
        if let Value::Duration(own) = record.get(field) {
            return (own, "its own interval");
        }
    }
    let intervals = &context.settings.profile.intervals;
    let of = |field: &str| record.text(field).and_then(|word| intervals.get(word.as_str()).copied());
    let of_type = if &*record.kind.name == "document" { of("level").or_else(|| of("type")) } else { None };
    match of_type.or_else(|| intervals.get(&*record.kind.name).copied()) {
        Some(organisation) => (organisation, "the organisation's interval"),
        None => (COMMON_INTERVAL, "the common interval, as none is set"),
    }
}

fn record(context: &Arc<Context>, at: usize) -> Option<&Record> {
    context.inventory.records().get(at)
}

pub(super) fn interval(context: &Arc<Context>, at: usize) -> Value {
    record(context, at).map_or(Value::Absent, |record| Value::Duration(in_force(context, record).0))
}

pub(super) fn interval_source(context: &Arc<Context>, at: usize) -> Value {
    record(context, at).map_or(Value::Absent, |record| text(in_force(context, record).1))
}

pub(super) fn due(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = record(context, at) else { return Value::Absent };
    match last(record) {
        unknown @ Value::Unknown(_) => unknown,
        _ => due_of(context, record).map_or(Value::Absent, Value::Date),
    }
}

/// The last day on which a record is within its interval.
pub(super) fn due_of(context: &Context, record: &Record) -> Option<chrono::NaiveDate> {
    match last(record) {
        Value::Date(last) => in_force(context, record).0.after(last),
        _ => None,
    }
}

/// The day of the last review.
fn last(record: &Record) -> Value {
    // A new risk was looked at when it was identified.
    match record.get("reviewed") {
        Value::Absent => record.get("identified"),
        reviewed => reviewed,
    }
}
