//! Measurements in their order: the value before, and how much worse a value
//! is.
//!
//! A row that a later one corrects takes no part: the correction stands for the
//! period.

use super::register::count;
use super::{Context, Item, optional, structure, text};
use crate::expr::{Text, Type, Value};
use crate::inventory::Record;
use crate::kind;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A measurement with a neighbour.
#[derive(Clone)]
struct Point {
    record: usize,
    period: String,
    value: f64,
}

/// The rows of one metric that count, by the end and the name of their period,
/// each with whether it is a correction.
type Periods = BTreeMap<(NaiveDate, String), (bool, Point)>;

/// The effective measurements of every metric, oldest first, and where each
/// measurement stands in its series.
pub(super) struct AllSeries {
    by_metric: BTreeMap<String, Vec<Point>>,
    position: BTreeMap<usize, (String, usize)>,
}

impl AllSeries {
    fn of(context: &Context) -> Self {
        // Of several rows for one period the last correction counts; rows
        // stand in file order.
        let mut periods: BTreeMap<String, Periods> = BTreeMap::new();
        for (at, record) in context.inventory.records().iter().enumerate() {
            if &*record.kind.name != "measurement" {
                continue;
            }
            let (Some(metric), Some(period), Some(value)) =
                (record.text("metric"), record.text("period"), own_value(record))
            else {
                continue;
            };
            let Some(end) = kind::scalar::period(period.as_str()).map(|(_, last)| last) else { continue };
            let corrects = record.text("corrects").is_some();
            let point = Point { record: at, period: period.as_str().to_owned(), value };
            let slot =
                periods.entry(metric.as_str().to_owned()).or_default().entry((end, point.period.clone()));
            match slot {
                std::collections::btree_map::Entry::Vacant(free) => {
                    free.insert((corrects, point));
                }
                std::collections::btree_map::Entry::Occupied(mut taken) => {
                    if corrects || !taken.get().0 {
                        taken.insert((corrects, point));
                    }
                }
            }
        }
        let mut by_metric = BTreeMap::new();
        let mut position = BTreeMap::new();
        for (metric, periods) in periods {
            let points: Vec<Point> = periods.into_values().map(|(_, point)| point).collect();
            for (at, point) in points.iter().enumerate() {
                position.insert(point.record, (metric.clone(), at));
            }
            by_metric.insert(metric, points);
        }
        Self { by_metric, position }
    }

    fn before(&self, record: usize) -> Option<(&Point, &Point)> {
        let (metric, at) = self.position.get(&record)?;
        let points = self.by_metric.get(metric)?;
        Some((points.get(at.checked_sub(1)?)?, points.get(*at)?))
    }
}

fn all(context: &Context) -> &AllSeries {
    context.series.get_or_init(|| AllSeries::of(context))
}

/// A measurement that counts: the last correction of its period.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Its place in the inventory.
    pub record: usize,
    /// Its period, as written.
    pub period: String,
    /// The last day of the period.
    pub until: NaiveDate,
    /// Its value.
    pub value: f64,
}

/// The measurements of a metric that count, oldest first.
pub fn course(context: &Context, metric: &str) -> Vec<Measured> {
    let points = all(context).by_metric.get(metric).into_iter().flatten();
    let measured = points.filter_map(|point| {
        let (_, until) = kind::scalar::period(&point.period)?;
        Some(Measured { record: point.record, period: point.period.clone(), until, value: point.value })
    });
    measured.collect()
}

/// The newest period of a metric that has a value, and the value.
pub(super) fn last<'c>(context: &'c Context, metric: &str) -> Option<(&'c str, f64)> {
    let point = all(context).by_metric.get(metric)?.last()?;
    Some((&point.period, point.value))
}

/// The last day of a measurement's period.
pub(super) fn period_end(context: &Arc<Context>, at: usize) -> Value {
    let period = record(context, at).and_then(|record| record.text("period"));
    let days = period.and_then(|period| kind::scalar::period(period.as_str()));
    optional(days, |(_, end)| Value::Date(end))
}

/// The place of a measurement in the series of its metric, 1 for the newest.
pub(super) fn age(context: &Context, record: usize) -> Option<usize> {
    let series = all(context);
    let (metric, at) = series.position.get(&record)?;
    Some(series.by_metric.get(metric)?.len() - at)
}

/// Every value of a metric, oldest first.
pub(super) fn values<'c>(context: &'c Context, metric: &str) -> impl Iterator<Item = f64> + use<'c> {
    all(context).by_metric.get(metric).into_iter().flatten().map(|point| point.value)
}

/// The points of a metric as values: period, its last day, value, and the place
/// in the series counted from the oldest.
pub(super) fn points_type() -> Type {
    Type::List(Box::new(structure(
        "point of a series",
        &[
            ("period", Type::Text, false, "The period, as written."),
            ("to", Type::Date, false, "Its last day."),
            ("value", Type::Number, false, "The value that counts for it; in the metric's unit."),
            ("target", Type::Number, true, "The target as it stood, where the row says so."),
            ("explained", Type::Bool, false, "Whether the row has an explanation."),
            ("analysed", Type::Date, true, "The day on which it was analysed."),
            ("place", Type::Number, false, "Its place in the series, 1 for the oldest."),
            ("age", Type::Number, false, "Its place counted from the other end, 1 for the newest."),
        ],
    )))
}

/// The points of the metric with this id, oldest first.
pub(super) fn points(context: &Context, metric: &str) -> Value {
    let series = all(context).by_metric.get(metric).map_or(&[][..], Vec::as_slice);
    let items = series.iter().enumerate().filter_map(|(at, point)| {
        let record = context.inventory.records().get(point.record)?;
        let (_, to) = kind::scalar::period(&point.period)?;
        let fields = vec![
            ("period", text(&point.period)),
            ("to", Value::Date(to)),
            ("value", Value::Number(point.value)),
            (
                "target",
                number(match record.get("target") {
                    Value::Number(target) => Some(target),
                    _ => None,
                }),
            ),
            ("explained", Value::Bool(record.text("explanation").is_some())),
            ("analysed", optional(record.path(&["analysed", "on"]).as_day(), Value::Date)),
            ("place", Value::Number(count(at + 1))),
            ("age", Value::Number(count(series.len() - at))),
        ];
        Some(Item::value(fields, Some(record.place_of("value")), Some(Text::from(point.period.as_str()))))
    });
    Value::List(items.collect())
}

/// The value as typed, or the share of its parts.
fn own_value(record: &Record) -> Option<f64> {
    if let Value::Number(value) = record.get("value") {
        return Some(value);
    }
    match (record.get("numerator"), record.get("denominator")) {
        (Value::Number(numerator), Value::Number(denominator)) if denominator != 0.0 => {
            Some(numerator / denominator)
        }
        _ => None,
    }
}

fn metric<'c>(context: &'c Context, record: &Record) -> Option<&'c Record> {
    let id = record.text("metric")?;
    context.inventory.find("metric", id.as_str())
}

fn record(context: &Arc<Context>, at: usize) -> Option<&Record> {
    context.inventory.records().get(at)
}

fn number(value: Option<f64>) -> Value {
    value.filter(|value| value.is_finite()).map_or(Value::Absent, Value::Number)
}

pub(super) fn metric_title(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = record(context, at) else { return Value::Absent };
    let title =
        metric(context, record).and_then(|metric| metric.text("title")).or_else(|| record.text("metric"));
    title.map_or_else(|| text("a metric without a name"), Value::Text)
}

pub(super) fn value(context: &Arc<Context>, at: usize) -> Value {
    record(context, at).map_or(Value::Absent, |record| match record.get("value") {
        unknown @ Value::Unknown(_) => unknown,
        _ => number(own_value(record)),
    })
}

pub(super) fn previous_value(context: &Arc<Context>, at: usize) -> Value {
    number(all(context).before(at).map(|(before, _)| before.value))
}

pub(super) fn previous_period(context: &Arc<Context>, at: usize) -> Value {
    all(context).before(at).map_or(Value::Absent, |(before, _)| text(&before.period))
}

pub(super) fn worsened_by(context: &Arc<Context>, at: usize) -> Value {
    let worsened = || {
        let (before, now) = all(context).before(at)?;
        let metric = metric(context, record(context, at)?)?;
        match metric.text("direction")?.as_str() {
            "higher_is_better" => Some(before.value - now.value),
            "lower_is_better" => Some(now.value - before.value),
            "within" => {
                let end = |name: &str| match metric.path(&["range", name]) {
                    Value::Number(value) => Some(value),
                    _ => None,
                };
                let outside = |value: f64| {
                    let below = end("min").map_or(0.0, |min| min - value);
                    let above = end("max").map_or(0.0, |max| value - max);
                    below.max(above).max(0.0)
                };
                Some(outside(now.value) - outside(before.value))
            }
            _ => None,
        }
    };
    number(worsened())
}

/// The metric's own tolerance, absolute or in percent of the value before;
/// none where it names none.
pub(super) fn tolerance(context: &Arc<Context>, at: usize) -> Value {
    let tolerance = || {
        let (before, _) = all(context).before(at)?;
        let metric = metric(context, record(context, at)?)?;
        let part = |name: &str| match metric.path(&["tolerance", name]) {
            Value::Number(value) => Some(value),
            _ => None,
        };
        let percent = part("percent").map(|percent| before.value.abs() * percent / 100.0);
        Some(part("absolute").or(percent).unwrap_or(0.0))
    };
    number(tolerance())
}
