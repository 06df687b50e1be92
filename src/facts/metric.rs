//! What an objective's metric says: its direction, and where it stands now.

use super::{Context, series, text};
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
