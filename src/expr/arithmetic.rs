//! Numbers, calendar arithmetic and order. Every operation is checked: what
//! leaves its range is an error, never a wrapped or infinite value.

use super::eval::{EvalError, Steps};
use super::node::Operator;
use super::value::{Duration, Text, Value};
use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use std::cmp::Ordering;

/// Bytes of a text that an expression builds.
pub(super) const TEXT_BYTES: usize = 64 << 10;

/// Ten thousand years: more than the calendar of records (years 1 to 9999).
const DURATION_MONTHS: i32 = 120_000;
const DURATION_DAYS: i32 = 3_660_000;

/// The value of `left operator right`.
pub(super) fn apply(
    operator: Operator,
    left: &Value,
    right: &Value,
    steps: &mut Steps,
) -> Result<Value, EvalError> {
    use Operator::{Add, Subtract};
    match (operator, left, right) {
        (_, Value::Unknown(why), _) | (_, _, Value::Unknown(why)) => Ok(Value::Unknown(why.clone())),
        (_, Value::Number(left), Value::Number(right)) => calculate(operator, *left, *right),
        (Add, Value::Text(left), Value::Text(right)) => {
            let (left, right) = (left.as_str(), right.as_str());
            built([left, right], steps)
        }
        (Add, Value::List(left), Value::List(right)) => {
            steps.spend_on_items(left.len() + right.len())?;
            Ok(Value::List(left.iter().chain(right.iter()).cloned().collect()))
        }
        (Add, Value::Date(date), Value::Duration(span)) | (Add, Value::Duration(span), Value::Date(date)) => {
            moved(*date, *span)
        }
        (Subtract, Value::Date(date), Value::Duration(span)) => moved(*date, opposite(*span)),
        (Subtract, Value::Date(left), Value::Date(right)) => Ok(Value::Number(days_from(*right, *left)?)),
        (Add, Value::Duration(left), Value::Duration(right)) => together(*left, *right),
        (Subtract, Value::Duration(left), Value::Duration(right)) => together(*left, opposite(*right)),
        _ => Err(EvalError::WrongType("something to calculate with")),
    }
}

/// The value of `-operand`.
pub(super) fn negate(operand: &Value) -> Result<Value, EvalError> {
    match operand {
        Value::Unknown(why) => Ok(Value::Unknown(why.clone())),
        Value::Number(number) => Ok(Value::Number(-number)),
        Value::Duration(span) => Ok(Value::Duration(opposite(*span))),
        _ => Err(EvalError::WrongType("a number")),
    }
}

fn calculate(operator: Operator, left: f64, right: f64) -> Result<Value, EvalError> {
    if matches!(operator, Operator::Divide | Operator::Remainder) && right == 0.0 {
        return Err(EvalError::DivisionByZero);
    }
    finite(match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::Remainder => left % right,
    })
}

/// A number that is one.
pub(super) fn finite(number: f64) -> Result<Value, EvalError> {
    if number.is_finite() {
        Ok(Value::Number(number))
    } else {
        Err(EvalError::Overflow("a number is too large"))
    }
}

/// Texts put together, within the limit.
pub(super) fn built<'t>(
    parts: impl IntoIterator<Item = &'t str>,
    steps: &mut Steps,
) -> Result<Value, EvalError> {
    let mut text = String::new();
    for part in parts {
        if text.len() + part.len() > TEXT_BYTES {
            return Err(EvalError::TooLong(TEXT_BYTES));
        }
        text.push_str(part);
    }
    steps.spend_on_text(text.len())?;
    Ok(Value::Text(Text::from(text)))
}

/// The number of something that is counted in memory.
pub(super) fn counted(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The whole number that a number is, in the range of `i32`.
pub(super) fn whole(number: f64) -> Option<i32> {
    if number.fract() != 0.0 || number < f64::from(i32::MIN) || number > f64::from(i32::MAX) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and in range, as was just seen")]
    Some(number as i32)
}

/// A span of `count` times `months` and `days`.
pub(super) fn span(name: &'static str, count: f64, months: i32, days: i32) -> Result<Value, EvalError> {
    if count.fract() != 0.0 {
        return Err(EvalError::NotWhole(name));
    }
    let count = whole(count).ok_or(EvalError::Overflow("a duration is too long"))?;
    within(months.checked_mul(count), days.checked_mul(count)).map(Value::Duration)
}

fn together(left: Duration, right: Duration) -> Result<Value, EvalError> {
    within(left.months.checked_add(right.months), left.days.checked_add(right.days)).map(Value::Duration)
}

/// Durations are kept small enough that their opposite exists.
fn within(months: Option<i32>, days: Option<i32>) -> Result<Duration, EvalError> {
    match (months, days) {
        (Some(months), Some(days))
            if months.saturating_abs() <= DURATION_MONTHS && days.saturating_abs() <= DURATION_DAYS =>
        {
            Ok(Duration { months, days })
        }
        _ => Err(EvalError::Overflow("a duration is too long")),
    }
}

fn opposite(span: Duration) -> Duration {
    Duration { months: span.months.saturating_neg(), days: span.days.saturating_neg() }
}

fn moved(date: NaiveDate, span: Duration) -> Result<Value, EvalError> {
    span.after(date).map(Value::Date).ok_or(EvalError::Overflow("a date leaves the years 1 to 9999"))
}

impl Duration {
    /// The day this long after `date`: moved by months first, clamped to the
    /// end of the month, then by days. `None` outside of the years 1 to 9999.
    pub fn after(self, date: NaiveDate) -> Option<NaiveDate> {
        let months = Months::new(self.months.unsigned_abs());
        let moved =
            if self.months < 0 { date.checked_sub_months(months) } else { date.checked_add_months(months) };
        moved
            .and_then(|date| date.checked_add_signed(TimeDelta::try_days(self.days.into())?))
            .filter(|date| (1..=9999).contains(&date.year()))
    }

    /// The day this long before `date`, as [`Self::after`] counts.
    pub fn before(self, date: NaiveDate) -> Option<NaiveDate> {
        opposite(self).after(date)
    }
}

/// Days from one date to another.
pub(super) fn days_from(start: NaiveDate, end: NaiveDate) -> Result<f64, EvalError> {
    let days = i32::try_from(end.signed_duration_since(start).num_days());
    days.map(f64::from).map_err(|_| EvalError::Overflow("a number of days"))
}

/// The order of two single values of one type.
pub(super) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(left.as_str().cmp(right.as_str())),
        (Value::Number(left), Value::Number(right)) => left.partial_cmp(right),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        _ => None,
    }
}
