//! What the text of a scalar means where the schema wants a number, a truth
//! value, a duration, a period or an id, and which texts other readers of YAML
//! take for something else.

use super::date::date;
use crate::expr::Duration;
use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

/// A number of the YAML 1.2 core schema, finite. No separators.
pub fn number(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let radix = |prefix, radix| {
        let digits = text.strip_prefix(prefix)?;
        let valid = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
        let value = u32::from_str_radix(digits, radix).ok().filter(|_| valid)?;
        Some(f64::from(value))
    };
    if let Some(value) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Some(value);
    }
    let known = unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && unsigned.bytes().any(|byte| byte.is_ascii_digit())
        && unsigned.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    text.parse().ok().filter(|value: &f64| known && value.is_finite())
}

/// `true` or `false`, and no other word.
pub fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The words for common intervals, with their length in months and days.
pub const INTERVALS: [(&str, Duration); 7] = [
    ("weekly", Duration { months: 0, days: 7 }),
    ("monthly", Duration { months: 1, days: 0 }),
    ("quarterly", Duration { months: 3, days: 0 }),
    ("semiannual", Duration { months: 6, days: 0 }),
    ("annual", Duration { months: 12, days: 0 }),
    ("biennial", Duration { months: 24, days: 0 }),
    ("daily", Duration { months: 0, days: 1 }),
];

/// A span of time: `6 months`, `1 year`, `30 days`, `P1Y6M`, `quarterly`.
/// At most 9999 of a unit.
pub fn duration(text: &str) -> Option<Duration> {
    if let Some((_, length)) = INTERVALS.iter().find(|(word, _)| *word == text) {
        return Some(*length);
    }
    if let Some(parts) = text.strip_prefix('P') {
        return iso_duration(parts);
    }
    let (count, unit) = text.split_once(' ')?;
    let count = small(count)?;
    match unit.strip_suffix('s').unwrap_or(unit) {
        "day" => Some(Duration { months: 0, days: count }),
        "week" => Some(Duration { months: 0, days: 7 * count }),
        "month" => Some(Duration { months: count, days: 0 }),
        "year" => Some(Duration { months: 12 * count, days: 0 }),
        _ => None,
    }
}

/// The part of an ISO 8601 duration behind its `P`: years, months, weeks, days.
fn iso_duration(parts: &str) -> Option<Duration> {
    let mut length = Duration { months: 0, days: 0 };
    let mut rest = parts;
    for (unit, months, days) in [('Y', 12, 0), ('M', 1, 0), ('W', 0, 7), ('D', 0, 1)] {
        if let Some((count, behind)) = rest.split_once(unit) {
            let count = small(count)?;
            length.months += months * count;
            length.days += days * count;
            rest = behind;
        }
    }
    (rest.is_empty() && !parts.is_empty()).then_some(length)
}

fn small(digits: &str) -> Option<i32> {
    let valid = (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| valid)
}

/// First and last day of a measuring period: `2026`, `2026-H1`, `2026-Q1`,
/// `2026-03`, `2026-W05` or a day.
pub fn period(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    if let Some(day) = date(text) {
        return Some((day, day));
    }
    let months = |first: NaiveDate, count| {
        let last = first.checked_add_months(Months::new(count))?.checked_sub_days(Days::new(1))?;
        Some((first, last))
    };
    let (year, part) = text.split_once('-').unwrap_or((text, ""));
    if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year: i32 = year.parse().ok()?;
    let month = |number| NaiveDate::from_ymd_opt(year, number, 1);
    match part.as_bytes() {
        [] if text.len() == 4 => months(month(1)?, 12),
        [b'H', half @ b'1'..=b'2'] => months(month(u32::from(half - b'1') * 6 + 1)?, 6),
        [b'Q', quarter @ b'1'..=b'4'] => months(month(u32::from(quarter - b'1') * 3 + 1)?, 3),
        [tens @ b'0'..=b'1', ones @ b'0'..=b'9'] => {
            months(month(u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))?, 1)
        }
        [b'W', tens @ b'0'..=b'5', ones @ b'0'..=b'9'] => {
            let week = u32::from(tens - b'0') * 10 + u32::from(ones - b'0');
            let first = NaiveDate::from_isoywd_opt(year, week, Weekday::Mon)?;
            (first.iso_week().week() == week).then_some((first, first.checked_add_days(Days::new(6))?))
        }
        _ => None,
    }
}

/// Whether a text can serve as an id: ASCII that can be seen, without spaces.
pub fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What another YAML reader makes of a plain scalar that is text here; `None`
/// where all of them agree well enough (`5.10` is text in a text field, and
/// so common that a remark would be noise).
pub fn ambiguity(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    let is_word = [lower.as_str(), &capitalised(&lower), &lower.to_ascii_uppercase()].contains(&text);
    if is_word && matches!(&*lower, "y" | "yes" | "n" | "no" | "on" | "off" | "true" | "false") {
        return Some("true or false");
    }
    if text == "~" {
        return Some("nothing at all");
    }
    let unsigned = lower.strip_prefix(['-', '+']).unwrap_or(&lower);
    if matches!(unsigned, ".inf" | ".nan") {
        return Some("a number");
    }
    if !unsigned.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let only =
        |text: &str, also: &[u8]| text.bytes().all(|byte| byte.is_ascii_digit() || also.contains(&byte));
    let prefixed = |prefix: &str, radix: u32| {
        let digits = unsigned.strip_prefix(prefix).unwrap_or_default();
        !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix) || digit == '_')
    };
    let sexagesimal = unsigned.contains(':') && only(unsigned, b":._") && {
        unsigned
            .split(':')
            .skip(1)
            .all(|part| part.split('.').next().is_some_and(|part| (1..=2).contains(&part.len())))
    };
    let octal = unsigned.len() > 1 && unsigned.starts_with('0') && only(unsigned, b"_");
    let separated = unsigned.contains('_') && only(unsigned, b"_.");
    let exponent = unsigned.contains('e') && number(unsigned).is_some();
    let other_base = prefixed("0x", 16) || prefixed("0o", 8) || prefixed("0b", 2);
    (sexagesimal || octal || separated || exponent || other_base).then_some("a number")
}

fn capitalised(lower: &str) -> String {
    let mut letters = lower.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}
