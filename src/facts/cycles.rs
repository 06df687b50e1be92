//! What recurs at planned intervals: management reviews and internal audits.

use super::{COMMON_INTERVAL, Context, Item, dates, optional, structure, text};
use crate::expr::{Type, Value};
use crate::inventory::Record;
use chrono::NaiveDate;
use std::sync::Arc;

pub(super) fn cycle_type() -> Type {
    structure(
        "cycle",
        &[
            ("last", Type::Date, true, "The day of the last one that was held."),
            ("title", Type::Text, true, "The title of the last one that was held."),
            ("interval", Type::Duration, false, "The interval in force."),
            ("own", Type::Bool, false, "Whether the organisation set it itself."),
            ("interval_source", Type::Text, false, "Whose interval that is, in words."),
            (
                "due",
                Type::Date,
                true,
                "The last day for the next one, counted from the last one or the start.",
            ),
            ("since", Type::Date, true, "Since when the ISMS operates."),
        ],
    )
}

pub(super) fn management_review(context: &Arc<Context>, _: usize) -> Value {
    cycle(context, "review", "date", &["management"], "review")
}

pub(super) fn internal_audit(context: &Arc<Context>, _: usize) -> Value {
    cycle(context, "audit", "held", &["internal"], "audit")
}

/// Reviews of any type; their interval is `quarterly_check` in the settings.
pub(super) fn quarterly_check(context: &Arc<Context>, _: usize) -> Value {
    cycle(context, "review", "date", &["management", "quarterly"], "quarterly_check")
}

fn cycle(context: &Context, kind: &str, held: &str, types: &[&str], interval_of: &str) -> Value {
    let last = context
        .inventory
        .of_kind(kind)
        .filter(|record| record.text("type").is_some_and(|ty| types.contains(&ty.as_str())))
        .filter_map(|record| match record.get(held) {
            Value::Date(day) if day <= context.as_of => Some((day, record)),
            _ => None,
        })
        .max_by_key(|(day, _)| *day);
    let own = context.settings.profile.intervals.get(interval_of).copied();
    let (interval, source) = own.map_or((COMMON_INTERVAL, "the common interval, as none is set"), |own| {
        (own, "the organisation's interval")
    });
    let since = dates::operating_since(context);
    let from: Option<NaiveDate> = last.map(|(day, _)| day).or(since);
    let place = last.map(|(_, record): (NaiveDate, &Record)| record.place_of(held));
    let fields = vec![
        ("last", optional(last, |(day, _)| Value::Date(day))),
        ("title", optional(last.and_then(|(_, record)| record.text("title")), Value::Text)),
        ("interval", Value::Duration(interval)),
        ("own", Value::Bool(own.is_some())),
        ("interval_source", text(source)),
        ("due", optional(from.and_then(|from| interval.after(from)), Value::Date)),
        ("since", optional(since, Value::Date)),
    ];
    Item::value(fields, place, None)
}
