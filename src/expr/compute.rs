//! The functions of the table at work.

use super::arithmetic::{self, counted, finite, span, whole};
use super::eval::{EvalError, Steps};
use super::function::Function;
use super::phrases;
use super::print::{listed, printed, significant};
use super::undated::undated;
use super::value::{Text, Value};
use chrono::{Datelike, NaiveDate};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

type Arguments<'s, 'a> = &'s [Cow<'a, Value>];

/// The value of a function. Unknown arguments make it unknown.
pub(super) fn apply(function: Function, arguments: Arguments, steps: &mut Steps) -> Result<Value, EvalError> {
    for argument in arguments {
        if let Value::Unknown(why) = &**argument {
            return Ok(Value::Unknown(why.clone()));
        }
    }
    match function {
        Function::Size | Function::First | Function::Last => {}
        _ => {
            if let Some(why) = unknown_item(arguments, steps)? {
                return Ok(Value::Unknown(why));
            }
        }
    }
    match function {
        Function::Size => size(arguments, steps),
        Function::StartsWith | Function::EndsWith | Function::Contains => search(function, arguments, steps),
        Function::Lower | Function::Upper | Function::Trim | Function::Blank | Function::Words => {
            on_text(function, text(arguments, 0)?, steps)
        }
        Function::Says => says(arguments, steps),
        Function::Restates => restates(arguments, steps),
        Function::Undated => {
            let text = text(arguments, 0)?.as_str();
            steps.spend_on_text(text.len())?;
            Ok(Value::Text(Text::from(undated(text))))
        }
        Function::Text => shown(printed(argument(arguments, 0)?), steps),
        Function::Join => join(arguments, steps),
        Function::Listed => shown(listed(list(arguments, 0)?), steps),
        Function::Days => span("days", number(arguments, 0)?, 0, 1),
        Function::Weeks => span("weeks", number(arguments, 0)?, 0, 7),
        Function::Months => span("months", number(arguments, 0)?, 1, 0),
        Function::Years => span("years", number(arguments, 0)?, 12, 0),
        Function::DaysBetween => {
            arithmetic::days_from(date(arguments, 0)?, date(arguments, 1)?).map(Value::Number)
        }
        Function::Year => Ok(Value::Number(f64::from(date(arguments, 0)?.year()))),
        Function::First => Ok(list(arguments, 0)?.first().cloned().unwrap_or(Value::Absent)),
        Function::Last => Ok(list(arguments, 0)?.last().cloned().unwrap_or(Value::Absent)),
        Function::Distinct => distinct(list(arguments, 0)?, steps),
        Function::Sorted => sorted(list(arguments, 0)?, steps),
        Function::Sum => {
            let mut sum = 0.0;
            for item in list(arguments, 0)? {
                sum += as_number(item)?;
            }
            finite(sum)
        }
        Function::Min => extreme(list(arguments, 0)?, Ordering::Less),
        Function::Max => extreme(list(arguments, 0)?, Ordering::Greater),
        Function::Abs => Ok(Value::Number(number(arguments, 0)?.abs())),
        Function::Round => round(number(arguments, 0)?, number(arguments, 1)?),
        // The checker turns these into nodes of their own.
        Function::Date | Function::Matches | Function::Default | Function::Missing => {
            Err(EvalError::WrongType("a literal"))
        }
    }
}

/// The reason of the first unknown item among lists that are taken as a whole.
fn unknown_item(arguments: Arguments, steps: &mut Steps) -> Result<Option<Arc<str>>, EvalError> {
    for argument in arguments {
        let Value::List(items) = &**argument else { continue };
        steps.spend_on_items(items.len())?;
        for item in items.iter() {
            if let Value::Unknown(why) = item {
                return Ok(Some(why.clone()));
            }
        }
    }
    Ok(None)
}

fn argument<'s>(arguments: Arguments<'s, '_>, at: usize) -> Result<&'s Value, EvalError> {
    arguments.get(at).map(|value| &**value).ok_or(EvalError::WrongType("given"))
}

fn text<'s>(arguments: Arguments<'s, '_>, at: usize) -> Result<&'s Text, EvalError> {
    match argument(arguments, at)? {
        Value::Text(text) => Ok(text),
        _ => Err(EvalError::WrongType("text")),
    }
}

fn number(arguments: Arguments, at: usize) -> Result<f64, EvalError> {
    as_number(argument(arguments, at)?)
}

fn as_number(value: &Value) -> Result<f64, EvalError> {
    match value {
        Value::Number(number) => Ok(*number),
        _ => Err(EvalError::WrongType("a number")),
    }
}

fn date(arguments: Arguments, at: usize) -> Result<NaiveDate, EvalError> {
    match argument(arguments, at)? {
        Value::Date(date) => Ok(*date),
        _ => Err(EvalError::WrongType("a date")),
    }
}

fn list<'s>(arguments: Arguments<'s, '_>, at: usize) -> Result<&'s [Value], EvalError> {
    match argument(arguments, at)? {
        Value::List(items) => Ok(items),
        _ => Err(EvalError::WrongType("a list")),
    }
}

fn size(arguments: Arguments, steps: &mut Steps) -> Result<Value, EvalError> {
    match argument(arguments, 0)? {
        Value::Text(text) => {
            steps.spend_on_text(text.as_str().len())?;
            Ok(Value::Number(counted(text.as_str().chars().count())))
        }
        Value::List(items) => Ok(Value::Number(counted(items.len()))),
        _ => Err(EvalError::WrongType("text or a list")),
    }
}

fn search(function: Function, arguments: Arguments, steps: &mut Steps) -> Result<Value, EvalError> {
    let (whole, part) = (text(arguments, 0)?.as_str(), text(arguments, 1)?.as_str());
    Ok(Value::Bool(match function {
        Function::StartsWith => whole.starts_with(part),
        Function::EndsWith => whole.ends_with(part),
        _ => {
            steps.spend_on_text(whole.len() + part.len())?;
            whole.contains(part)
        }
    }))
}

/// Functions that read one text through; what they give is not much longer.
fn on_text(function: Function, text: &Text, steps: &mut Steps) -> Result<Value, EvalError> {
    let read = text.as_str();
    steps.spend_on_text(read.len())?;
    Ok(match function {
        Function::Lower => Value::Text(Text::from(read.to_lowercase())),
        Function::Upper => Value::Text(Text::from(read.to_uppercase())),
        Function::Trim => Value::Text(part(text, read.trim())),
        Function::Words => {
            let words: Vec<_> = read.split_whitespace().map(|word| Value::Text(part(text, word))).collect();
            steps.spend_on_items(words.len())?;
            Value::List(words.into())
        }
        _ => Value::Bool(read.trim().is_empty()),
    })
}

fn texts<'s>(arguments: Arguments<'s, '_>, at: usize) -> Result<Vec<&'s str>, EvalError> {
    let text = |item: &'s Value| match item {
        Value::Text(text) => Ok(text.as_str()),
        _ => Err(EvalError::WrongType("text")),
    };
    list(arguments, at)?.iter().map(text).collect()
}

fn says(arguments: Arguments, steps: &mut Steps) -> Result<Value, EvalError> {
    let (read, phrases) = (text(arguments, 0)?, texts(arguments, 1)?);
    let letters: usize = phrases.iter().map(|phrase| phrase.len()).sum();
    steps.spend_on_text(letters.saturating_add(read.as_str().len().saturating_mul(phrases.len())))?;
    let found = phrases::said(read.as_str(), phrases.into_iter());
    Ok(Value::List(found.into_iter().map(|range| Value::Text(read.part(range))).collect()))
}

fn restates(arguments: Arguments, steps: &mut Steps) -> Result<Value, EvalError> {
    let (said, other) = (text(arguments, 0)?.as_str(), text(arguments, 1)?.as_str());
    steps.spend_on_text((said.len() + other.len()).saturating_mul(2))?;
    let small = texts(arguments, 2)?.into_iter().collect();
    Ok(Value::Bool(phrases::restates(said, other, &small)))
}

/// A part of a text, which was cut out of it, on the same buffer.
fn part(text: &Text, cut: &str) -> Text {
    let start = cut.as_ptr().addr() - text.as_str().as_ptr().addr();
    text.part(start..start + cut.len())
}

fn shown(text: String, steps: &mut Steps) -> Result<Value, EvalError> {
    if text.len() > arithmetic::TEXT_BYTES {
        return Err(EvalError::TooLong(arithmetic::TEXT_BYTES));
    }
    steps.spend_on_text(text.len())?;
    Ok(Value::Text(Text::from(text)))
}

fn join(arguments: Arguments, steps: &mut Steps) -> Result<Value, EvalError> {
    let separator = text(arguments, 1)?.as_str();
    let mut parts = Vec::new();
    for (at, item) in list(arguments, 0)?.iter().enumerate() {
        let Value::Text(text) = item else { return Err(EvalError::WrongType("text")) };
        if at > 0 {
            parts.push(separator);
        }
        parts.push(text.as_str());
    }
    arithmetic::built(parts, steps)
}

/// A single value with a total order; numbers are finite.
struct Key<'v>(&'v Value);

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.0, other.0) {
            (Value::Duration(left), Value::Duration(right)) => {
                (left.months, left.days).cmp(&(right.months, right.days))
            }
            (left, right) => arithmetic::order(left, right).unwrap_or(Ordering::Equal),
        }
    }
}
impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Key<'_> {}

/// Comparisons that sorting this many items takes.
fn spend_on_sorting(items: usize, steps: &mut Steps) -> Result<(), EvalError> {
    steps.spend_on_items(items.saturating_mul(items.checked_ilog2().unwrap_or(0) as usize / 2))
}

fn distinct(items: &[Value], steps: &mut Steps) -> Result<Value, EvalError> {
    spend_on_sorting(items.len(), steps)?;
    let mut seen = BTreeSet::new();
    Ok(Value::List(items.iter().filter(|item| seen.insert(Key(item))).cloned().collect()))
}

fn sorted(items: &[Value], steps: &mut Steps) -> Result<Value, EvalError> {
    spend_on_sorting(items.len(), steps)?;
    let mut sorted = items.to_vec();
    sorted.sort_by(|left, right| Key(left).cmp(&Key(right)));
    Ok(Value::List(sorted.into()))
}

/// The item that is before (`Less`) or behind (`Greater`) all others.
fn extreme(items: &[Value], wanted: Ordering) -> Result<Value, EvalError> {
    let mut best: Option<&Value> = None;
    for item in items {
        let better = match best {
            None => true,
            Some(best) => {
                arithmetic::order(item, best).ok_or(EvalError::WrongType("a number or a date"))? == wanted
            }
        };
        if better {
            best = Some(item);
        }
    }
    Ok(best.cloned().unwrap_or(Value::Absent))
}

/// Halves away from zero, as a reader of decimals expects: 2.675 is taken for
/// what it prints as, not for the binary fraction below it.
fn round(value: f64, digits: f64) -> Result<Value, EvalError> {
    let digits = whole(digits).filter(|digits| (0..=12).contains(digits));
    let digits = digits.ok_or(EvalError::NotWhole("the number of digits, from 0 to 12,"))?;
    let scale = 10_f64.powi(digits);
    let scaled = value * scale;
    // Beyond 15 digits there is no fraction left to round.
    if scaled.abs() >= 1e15 {
        return Ok(Value::Number(value));
    }
    let near = significant(scaled);
    let scaled = if (near - scaled).abs() <= scaled.abs() * 1e-12 { near } else { scaled };
    finite(scaled.round() / scale)
}
