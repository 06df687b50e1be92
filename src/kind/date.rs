//! Days of the calendar as `YYYY-MM-DD`, and a helpful word on what is not one.

use chrono::NaiveDate;

/// A day written as `YYYY-MM-DD` that exists; nothing else.
pub fn date(text: &str) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else { return None };
    let digits = |bytes: &[u8]| {
        bytes.iter().try_fold(0, |number: u32, byte| Some(number * 10 + char::from(*byte).to_digit(10)?))
    };
    let year = i32::try_from(digits(&[y1, y2, y3, y4])?).ok()?;
    NaiveDate::from_ymd_opt(year, digits(&[m1, m2])?, digits(&[d1, d2])?)
}

/// What to write instead of a text that is no date. Nothing is guessed: where
/// a text can be read in two ways, both are named.
pub fn advice(text: &str) -> String {
    let text = text.trim();
    if let Some(day) = text.get(..10).and_then(date) {
        return format!("write the day alone: {day}");
    }
    let numbers: Option<Vec<u32>> = text
        .split(['.', '/', '-', ' '])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok().filter(|_| part.len() <= 4))
        .collect();
    let readings = match numbers.as_deref() {
        Some([year, month, day]) if *year >= 1000 => vec![(*year, *month, *day)],
        Some([first, second, year]) if *year >= 1000 => {
            vec![(*year, *second, *first), (*year, *first, *second)]
        }
        _ => Vec::new(),
    };
    let mut days: Vec<String> = readings
        .into_iter()
        .filter_map(|(year, month, day)| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day))
        .map(|day| day.to_string())
        .collect();
    days.dedup();
    match days.as_slice() {
        [day] => format!("write the day as YYYY-MM-DD: {day}"),
        [one, other] => format!("write the day as YYYY-MM-DD: {one} or {other}, whichever is meant"),
        _ if text.len() == 10 && text.as_bytes()[4] == b'-' => {
            "no such day exists in the calendar: correct it, as YYYY-MM-DD".to_owned()
        }
        _ => "write the day as YYYY-MM-DD, for example 2026-12-31".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{advice, date};

    #[test]
    fn dates_are_days_of_the_calendar() {
        for good in ["2026-12-31", "2024-02-29", "1999-01-01"] {
            assert_eq!(date(good).map(|day| day.to_string()).as_deref(), Some(good));
        }
        for bad in [
            "2026-02-29",
            "2026-13-01",
            "2026-1-5",
            "26-01-05",
            "2026-01-05T10:00",
            "2026/01/05",
            "",
            "2026-+1-05",
        ] {
            assert_eq!(date(bad), None, "{bad}");
        }
    }

    #[test]
    fn advice_names_each_reading() {
        let cases = [
            ("31.12.2026", "2026-12-31"),
            ("12/31/2026", "2026-12-31"),
            ("03/04/2026", "2026-04-03 or 2026-03-04"),
            ("4.4.2026", "YYYY-MM-DD: 2026-04-04"),
            ("2026-1-5", "2026-01-05"),
            ("2026-01-05T10:00:00Z", "the day alone: 2026-01-05"),
            ("2026-02-30", "no such day"),
            ("next week", "for example"),
            ("", "for example"),
            ("日本日本日本", "for example"),
        ];
        for (text, wanted) in cases {
            assert!(advice(text).contains(wanted), "{text}: {}", advice(text));
        }
    }
}
