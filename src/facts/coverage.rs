//! Which time the measurements of a metric cover, and which they leave out.
//!
//! A row counts by its period, whatever its value. A row for a single day
//! stands for one interval of the metric from that day on, because a reading
//! taken once a quarter is a quarterly reading.

use super::{Context, Item, optional, structure, text};
use crate::expr::{Duration, Type, Value};
use crate::inventory::Record;
use crate::kind;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One measurement's stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stretch {
    from: NaiveDate,
    to: NaiveDate,
    period: String,
    record: usize,
}

/// The stretches of every metric, by its id, in order of time.
pub(super) type Coverage = BTreeMap<String, Vec<Stretch>>;

fn all(context: &Context) -> &Coverage {
    context.coverage.get_or_init(|| {
        let mut coverage = Coverage::new();
        for (at, record) in context.inventory.records().iter().enumerate() {
            let measurement = &*record.kind.name == "measurement";
            let (Some(metric), Some(period)) = (record.text("metric"), record.text("period")) else {
                continue;
            };
            let Some((from, to)) = kind::scalar::period(period.as_str()).filter(|_| measurement) else {
                continue;
            };
            let stretch = Stretch { from, to, period: period.as_str().to_owned(), record: at };
            coverage.entry(metric.as_str().to_owned()).or_default().push(stretch);
        }
        for stretches in coverage.values_mut() {
            stretches.sort();
        }
        coverage
    })
}

/// A metric's own stretches; unknown where measurements cannot be read.
fn of_metric(context: &Arc<Context>, at: usize) -> Result<(&Record, &[Stretch]), Value> {
    let record = context.inventory.records().get(at).ok_or(Value::Absent)?;
    if context.inventory.may_hold_any(&["measurement".into()], "") {
        return Err(Value::Unknown("a part of the measurements cannot be read".into()));
    }
    let id = record.text("id").ok_or(Value::Absent)?;
    Ok((record, all(context).get(id.as_str()).map_or(&[], Vec::as_slice)))
}

fn last(stretches: &[Stretch]) -> Option<&Stretch> {
    stretches.iter().max_by_key(|stretch| stretch.to)
}

pub(super) fn last_type() -> Type {
    structure(
        "last measurement",
        &[
            ("period", Type::Text, false, "Its period, as written."),
            ("to", Type::Date, false, "The last day of its period."),
        ],
    )
}

pub(super) fn last_measurement(context: &Arc<Context>, at: usize) -> Value {
    let stretches = match of_metric(context, at) {
        Ok((_, stretches)) => stretches,
        Err(value) => return value,
    };
    optional(last(stretches), |last| {
        let place = context.inventory.records().get(last.record).map(|record| record.place_of("period"));
        Item::value(vec![("period", text(&last.period)), ("to", Value::Date(last.to))], place, None)
    })
}

pub(super) fn gaps_type() -> Type {
    Type::List(Box::new(structure(
        "gap",
        &[
            ("from", Type::Date, false, "The first day that no measurement covers."),
            ("to", Type::Date, false, "The last one."),
        ],
    )))
}

/// Days without a measurement, between `since` (else the first measurement)
/// and the last measurement.
pub(super) fn gaps(context: &Arc<Context>, at: usize) -> Value {
    let (record, stretches) = match of_metric(context, at) {
        Ok(found) => found,
        Err(value) => return value,
    };
    let interval = match record.get("frequency") {
        Value::Duration(interval) => Some(interval),
        _ => None,
    };
    let mut covered_to = match record.get("since") {
        Value::Date(since) => since.pred_opt(),
        _ => None,
    };
    let mut gaps = Vec::new();
    for stretch in stretches {
        let free = covered_to.and_then(|day| day.succ_opt()).filter(|day| *day < stretch.from);
        if let (Some(from), Some(to)) = (free, stretch.from.pred_opt()) {
            gaps.push(Item::value(vec![("from", Value::Date(from)), ("to", Value::Date(to))], None, None));
        }
        covered_to = covered_to.max(Some(end(stretch, interval)));
    }
    Value::List(gaps.into())
}

fn end(stretch: &Stretch, interval: Option<Duration>) -> NaiveDate {
    let of_interval = interval.filter(|_| stretch.from == stretch.to);
    let end = of_interval.and_then(|interval| interval.after(stretch.from)).and_then(|day| day.pred_opt());
    end.map_or(stretch.to, |end| end.max(stretch.to))
}
