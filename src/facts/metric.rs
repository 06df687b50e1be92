//! What an objective's metric says: its direction, its series, and where it
//! stands now.

use super::{Context, Item, links, series, text};
use crate::expr::Value;
use crate::inventory::Record;
use crate::kind;
use std::sync::Arc;

fn metric(context: &Arc<Context>, at: usize) -> Option<&Record> {
    let id = context.inventory.records().get(at)?.text("metric")?;
    context.inventory.find("metric", id.as_str())
}

pub(super) fn title(context: &Arc<Context>, at: usize) -> Value {
    let title = metric(context, at).and_then(|metric| metric.text("title"));
    title.map_or(Value::Absent, Value::Text)
}

pub(super) fn direction(context: &Arc<Context>, at: usize) -> Value {
    metric(context, at).map_or(Value::Absent, |metric| metric.get("direction"))
}

fn last(context: &Arc<Context>, at: usize) -> Option<(&str, f64)> {
    let id = context.inventory.records().get(at)?.text("metric")?;
    series::last(context, id.as_str())
}

pub(super) fn value(context: &Arc<Context>, at: usize) -> Value {
    last(context, at).map_or(Value::Absent, |(_, value)| Value::Number(value))
}

pub(super) fn period(context: &Arc<Context>, at: usize) -> Value {
    last(context, at).map_or(Value::Absent, |(period, _)| text(period))
}

/// The last day of the newest period.
pub(super) fn measured_until(context: &Arc<Context>, at: usize) -> Value {
    let end = last(context, at).and_then(|(period, _)| kind::scalar::period(period));
    end.map_or(Value::Absent, |(_, end)| Value::Date(end))
}

/// Measurements that cannot be read may be the ones that matter.
fn hidden(context: &Context) -> Option<Value> {
    links::hidden(context, &["measurement".into(), "metric".into()])
}

/// The series of the objective's metric.
pub(super) fn points(context: &Arc<Context>, at: usize) -> Value {
    if let Some(unknown) = hidden(context) {
        return unknown;
    }
    let metric = context.inventory.records().get(at).and_then(|record| record.text("metric"));
    metric.map_or_else(|| Value::List(Arc::from([])), |metric| series::points(context, metric.as_str()))
}

/// The metric's own series.
pub(super) fn own_points(context: &Arc<Context>, at: usize) -> Value {
    if let Some(unknown) = hidden(context) {
        return unknown;
    }
    let id = context.inventory.records().get(at).and_then(|record| record.text("id"));
    id.map_or_else(|| Value::List(Arc::from([])), |id| series::points(context, id.as_str()))
}

/// Where the series stood on the day of the baseline: the last period that had
/// ended, and the one that holds the day. Either may have been meant.
pub(super) fn at_baseline(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let (Some(on), Value::List(points)) = (record.path(&["baseline", "on"]).as_day(), points(context, at))
    else {
        return Value::Absent;
    };
    let of = |point: &Value| match point.field("period") {
        Value::Text(period) => kind::scalar::period(period.as_str()),
        _ => None,
    };
    let holding = points.iter().find(|point| of(point).is_some_and(|(from, to)| from <= on && on <= to));
    let ended = points.iter().rev().find(|point| of(point).is_some_and(|(_, to)| to <= on));
    let items = ended.into_iter().chain(holding).map(|point| {
        let part = |name: &str| point.field(name);
        Item::value(vec![("period", part("period")), ("value", part("value"))], None, None)
    });
    Value::List(items.collect())
}

pub(super) fn at_baseline_type() -> crate::expr::Type {
    crate::expr::Type::List(Box::new(super::structure(
        "value at the baseline",
        &[
            ("period", crate::expr::Type::Text, false, "The period."),
            ("value", crate::expr::Type::Number, false, "Its value; in the metric's unit."),
        ],
    )))
}
