//! How values look in a message.

use super::value::{Duration, Value};

/// The value as a message shows it: dates as `2026-01-31`, numbers with at most
/// 12 significant digits, durations as `6 months`, lists as `a, b and c`,
/// truth as yes and no. Structures have no text of their own.
pub fn printed(value: &Value) -> String {
    match value {
        Value::Unknown(why) => format!("unknown ({why})"),
        Value::Absent => "not written".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(value) => number(*value),
        Value::Text(text) => text.as_str().to_owned(),
        Value::Date(date) => date.to_string(),
        Value::Duration(span) => duration(*span),
        Value::List(items) => listed(items),
        Value::Struct(object) => object.identity().map_or_else(String::new, |name| name.as_str().to_owned()),
    }
}

/// Values as a sentence lists them. Items that are lists themselves stay out:
/// the checker lets no such list come here.
pub(super) fn listed(items: &[Value]) -> String {
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        match at {
            0 => {}
            _ if at + 1 == items.len() => text.push_str(" and "),
            _ => text.push_str(", "),
        }
        if !matches!(item, Value::List(_)) {
            text.push_str(&printed(item));
        }
        // A message is cut far below this; the rest would only cost.
        if text.len() > super::arithmetic::TEXT_BYTES {
            break;
        }
    }
    text
}

/// The number with 12 significant digits, so that `0.1 + 0.2` is 0.3.
pub(super) fn significant(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}

fn number(value: f64) -> String {
    let value = significant(value);
    if value == 0.0 {
        return "0".to_owned();
    }
    if (1e-9..1e21).contains(&value.abs()) { format!("{value}") } else { format!("{value:e}") }
}

fn duration(span: Duration) -> String {
    let months = match span.months {
        0 => None,
        months if months % 12 == 0 => Some(unit(months / 12, "year")),
        months => Some(unit(months, "month")),
    };
    match (months, span.days) {
        (Some(months), 0) => months,
        (None, days) => unit(days, "day"),
        (Some(months), days) => format!("{months} and {}", unit(days, "day")),
    }
}

fn unit(count: i32, name: &str) -> String {
    if count == 1 { format!("1 {name}") } else { format!("{count} {name}s") }
}

#[cfg(test)]
mod tests {
    use super::printed;
    use crate::expr::{Duration, Text, Value};
    use chrono::NaiveDate;

    #[test]
    fn values_as_a_reader_sees_them() {
        let span = |months, days| Value::Duration(Duration { months, days });
        let list =
            |words: &[&str]| Value::List(words.iter().map(|word| Value::Text(Text::from(*word))).collect());
        let cases = [
            (Value::Number(0.1 + 0.2), "0.3"),
            (Value::Number(-0.0), "0"),
            (Value::Number(1200.0), "1200"),
            (Value::Number(99.5), "99.5"),
            (Value::Number(1.0 / 3.0), "0.333333333333"),
            (Value::Number(1e300), "1e300"),
            (Value::Number(5e-324), "5e-324"),
            (span(6, 0), "6 months"),
            (span(12, 0), "1 year"),
            (span(24, 0), "2 years"),
            (span(14, 3), "14 months and 3 days"),
            (span(0, 30), "30 days"),
            (span(0, 1), "1 day"),
            (span(0, 0), "0 days"),
            (list(&[]), ""),
            (list(&["a"]), "a"),
            (list(&["a", "b"]), "a and b"),
            (list(&["a", "b", "c"]), "a, b and c"),
            (Value::Bool(false), "no"),
            (Value::Date(NaiveDate::from_ymd_opt(2026, 2, 3).unwrap()), "2026-02-03"),
        ];
        for (value, text) in cases {
            assert_eq!(printed(&value), text, "{value:?}");
        }
    }
}
