//! When a document's next review is due, and by whose interval.

use super::{Context, text};
use crate::expr::{Duration, Value};
use crate::inventory::Record;
use std::sync::Arc;

/// The common interval, where neither the document nor the organisation says
/// another: a convention, not a requirement.
const COMMON: Duration = Duration { months: 12, days: 0 };

/// The interval in force, and whose it is.
fn in_force(context: &Context, record: &Record) -> (Duration, &'static str) {
    if let Value::Duration(own) = record.get("review_interval") {
        return (own, "its own interval");
    }
    let intervals = &context.settings.profile.intervals;
    let of_type = record.text("type").and_then(|ty| intervals.get(ty.as_str()).copied());
    let of_level = record.text("level").and_then(|level| intervals.get(level.as_str()).copied());
    match of_level.or(of_type).or_else(|| intervals.get("document").copied()) {
        Some(organisation) => (organisation, "the organisation's interval"),
        None => (COMMON, "the common interval, as none is set"),
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
    match record.get("reviewed") {
        Value::Date(reviewed) => {
            let (interval, _) = in_force(context, record);
            interval.after(reviewed).map_or(Value::Absent, Value::Date)
        }
        unknown @ Value::Unknown(_) => unknown,
        _ => Value::Absent,
    }
}
