//! What an action weighs and claims: the level of the risks it serves, the
//! documents it says it changed, and the values of the metric it moved.

use super::register::is_open;
use super::{Context, Item, links, optional, risks, series, structure, text, texts};
use crate::expr::{Text, Type, Value};
use crate::history::What;
use crate::inventory::{Record, TEXT};
use chrono::NaiveDate;
use std::sync::Arc;

fn record(context: &Arc<Context>, at: usize) -> Option<&Record> {
    context.inventory.records().get(at)
}

/// The highest level of the risks that an action serves.
fn highest(context: &Arc<Context>, at: usize) -> Option<f64> {
    let levels = links::served_risks(context, at).filter_map(|risk| match risks::level(context, risk) {
        Value::Number(level) => Some(level),
        _ => None,
    });
    levels.reduce(f64::max)
}

pub(super) fn risk_level(context: &Arc<Context>, at: usize) -> Value {
    optional(highest(context, at), Value::Number)
}

pub(super) fn latest_type() -> Type {
    structure(
        "latest of the low ones",
        &[
            ("id", Type::Text, false, "The action."),
            ("due", Type::Date, false, "Its due date."),
            ("actions", Type::Number, false, "How many open actions serve low risks only."),
        ],
    )
}

/// How many open actions serve low risks only, and the one due last.
pub(super) type Latest = (usize, Option<(NaiveDate, usize)>);

/// Of the open actions for risks that are accepted as they are, the one due last.
pub(super) fn latest_low(context: &Arc<Context>, _: usize) -> Value {
    let latest = context.latest_low.get_or_init(|| {
        let Some(acceptance) = context.settings.profile.risk.as_ref().and_then(|risk| risk.acceptance) else {
            return (0, None);
        };
        let actions = context.inventory.places_of_kind("action").iter().copied();
        let low = actions.filter(|at| {
            is_open(&context.inventory.records()[*at])
                && highest(context, *at).is_some_and(|level| level <= acceptance)
        });
        let due: Vec<(NaiveDate, usize)> =
            low.filter_map(|at| Some((context.inventory.records()[at].get("due").as_day()?, at))).collect();
        (due.len(), due.into_iter().max())
    });
    let (actions, last) = latest;
    optional(last.as_ref(), |(due, at)| {
        let fields = vec![
            ("id", text(context.inventory.records()[*at].key.id.unescaped())),
            ("due", Value::Date(*due)),
            ("actions", Value::Number(super::register::count(*actions))),
        ];
        Item::value(fields, None, None)
    })
}

pub(super) fn documents_type() -> Type {
    Type::List(Box::new(structure(
        "document said to be changed",
        &[
            ("id", Type::Text, false, "The document."),
            (
                "texts",
                Type::List(Box::new(Type::Date)),
                false,
                "The days on which its text was written or changed.",
            ),
        ],
    )))
}

/// The documents that an action says it changed, with when their texts did.
pub(super) fn documents(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = record(context, at) else { return Value::Absent };
    let items = texts(&record.get("changed_documents")).into_iter().filter_map(|id| {
        let document = context.inventory.find("document", &id)?;
        let changes = context.history.series(&document.key).into_iter().flat_map(|series| &series.changes);
        let read = changes.filter(|change| {
            change.what != What::Deleted && change.fields.iter().any(|field| &*field.field == TEXT)
        });
        // Written on one day and arrived on another: either may fall in the action's time.
        let days = read.filter_map(|change| {
            let step = context.history.step(change.step)?;
            Some([step.author_of(&change.path).authored, step.arrived])
        });
        let days = days.flatten().flatten().map(Value::Date);
        let fields = vec![("id", text(&id)), ("texts", Value::List(days.collect()))];
        Some(Item::value(fields, None, Some(Text::from(id))))
    });
    Value::List(items.collect())
}

/// The metric that an action names in its outcome, else in what it expects.
fn metric(record: &Record) -> Option<Text> {
    ["outcome", "expected"].iter().find_map(|part| match record.path(&[part, "metric"]) {
        Value::Text(metric) => Some(metric),
        _ => None,
    })
}

/// Every value of that metric, oldest first.
pub(super) fn outcome_values(context: &Arc<Context>, at: usize) -> Value {
    if let Some(unknown) = links::hidden(context, &["measurement".into(), "metric".into()]) {
        return unknown;
    }
    let Some(metric) = record(context, at).and_then(metric) else { return Value::List(Arc::from([])) };
    Value::List(series::values(context, metric.as_str()).map(Value::Number).collect())
}

/// The title of that metric.
pub(super) fn outcome_metric(context: &Arc<Context>, at: usize) -> Value {
    let metric = record(context, at).and_then(metric);
    let found = metric.and_then(|metric| context.inventory.find("metric", metric.as_str()));
    optional(found.and_then(|metric| metric.text("title")), Value::Text)
}
