//! Days as a mapping declares that they are written. `YYYY-MM-DD` and the day
//! of an ISO date-time are read always; which of two numbers is the month is
//! never guessed.

use crate::kind::{date::date, scalar};
use chrono::{Datelike, NaiveDate};
use regex::Regex;
use std::sync::LazyLock;

/// What a text says about a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// It names the day.
    Day(NaiveDate),
    /// It names a month, a quarter or a year: its first and last day.
    Part(NaiveDate, NaiveDate),
}

impl Reading {
    pub(super) const fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) | Self::Part(_, day) => day,
        }
    }

    /// The same as a period is written in a record.
    pub(super) fn period(self) -> String {
        match self {
            Self::Day(day) => day.to_string(),
            Self::Part(first, last) => {
                let (year, month) = (first.year(), first.month());
                match last.month() - month {
                    0 => format!("{year:04}-{month:02}"),
                    2 => format!("{year:04}-Q{}", month.div_ceil(3)),
                    5 => format!("{year:04}-H{}", month.div_ceil(6)),
                    _ => format!("{year:04}"),
                }
            }
        }
    }
}

/// A declared way of writing dates.
#[derive(Clone, Debug)]
pub(super) struct Format(Vec<Piece>);

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    /// This many digits, or a two-digit year of this century.
    Year(usize),
    /// One or two digits, or exactly two.
    Month(bool),
    Day(bool),
    MonthName,
    Quarter,
    Literal(char),
    Blank,
}

/// The pieces that a format is made of, the longer of two before the shorter.
const PIECES: [(&str, Piece); 9] = [
    ("YYYY", Piece::Year(4)),
    ("YY", Piece::Year(2)),
    ("Month", Piece::MonthName),
    ("Mon", Piece::MonthName),
    ("MM", Piece::Month(true)),
    ("M", Piece::Month(false)),
    ("DD", Piece::Day(true)),
    ("D", Piece::Day(false)),
    ("Q", Piece::Quarter),
];

/// Formats that are offered where a date is written in an undeclared one.
const COMMON: [&str; 17] = [
    "YYYY-M-D",
    "DD.MM.YYYY",
    "D. M. YYYY",
    "D.M.YYYY",
    "DD/MM/YYYY",
    "MM/DD/YYYY",
    "D/M/YYYY",
    "M/D/YYYY",
    "DD-MM-YYYY",
    "MM-DD-YYYY",
    "YYYY/MM/DD",
    "D Mon YYYY",
    "D-Mon-YYYY",
    "D-Mon-YY",
    "Mon D, YYYY",
    "Mon YYYY",
    "Q YYYY",
];

/// Beginnings of the names of months in English, German, Spanish and French.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene"],
    &["feb", "fév"],
    &["mar", "mär", "mrz"],
    &["apr", "abr", "avr"],
    &["may", "mai"],
    &["jun", "juin"],
    &["jul", "juil"],
    &["aug", "ago", "aoû"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec", "dez", "dic", "déc"],
];

impl Format {
    /// A format as it is declared: `DD.MM.YYYY`, `Mon D, YYYY`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn new(declared: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = declared.trim();
        while let Some(first) = rest.chars().next() {
            if let Some((word, piece)) = PIECES.iter().find(|(word, _)| rest.starts_with(word)) {
                pieces.push(piece.clone());
                rest = &rest[word.len()..];
                continue;
            }
            if first.is_ascii_uppercase() {
                return Err(format!("`{declared}` is no way of writing dates: `{first}` is not known in it"));
            }
            pieces.push(if first.is_whitespace() { Piece::Blank } else { Piece::Literal(first) });
            rest = &rest[first.len_utf8()..];
        }
        let has = |wanted: fn(&Piece) -> bool| pieces.iter().filter(|piece| wanted(piece)).count();
        let months = has(|piece| matches!(piece, Piece::Month(_) | Piece::MonthName | Piece::Quarter));
        let days = has(|piece| matches!(piece, Piece::Day(_)));
        let quarters = has(|piece| *piece == Piece::Quarter);
        if has(|piece| matches!(piece, Piece::Year(_))) != 1
            || months > 1
            || days > 1
            || days + quarters > months
        {
            return Err(format!("`{declared}` does not name one year, and at most one month and one day"));
        }
        Ok(Self(pieces))
    }

    /// What a text says that is written in this way, all of it.
    fn read(&self, text: &str) -> Option<Reading> {
        let (mut year, mut month, mut day, mut quarter) = (None, None, None, None);
        let mut rest = text.trim();
        for piece in &self.0 {
            match piece {
                Piece::Year(digits) => {
                    let (number, behind) = number(rest, *digits, *digits)?;
                    year = Some(i32::try_from(if *digits == 2 { 2000 + number } else { number }).ok()?);
                    rest = behind;
                }
                Piece::Month(both) => {
                    let (number, behind) = number(rest, 1 + usize::from(*both), 2)?;
                    (month, rest) = (Some(number), behind);
                }
                Piece::Day(both) => {
                    let (number, behind) = number(rest, 1 + usize::from(*both), 2)?;
                    let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|end| behind.strip_prefix(end));
                    (day, rest) = (Some(number), ordinal.unwrap_or(behind));
                }
                Piece::MonthName => {
                    (month, rest) = month_name(rest).map(|(month, rest)| (Some(month), rest))?;
                }
                Piece::Quarter => {
                    let behind = rest.strip_prefix(['Q', 'q'])?;
                    let (number, behind) = number(behind, 1, 1)?;
                    (quarter, rest) = (Some(number), behind);
                }
                Piece::Literal(literal) => rest = rest.strip_prefix(*literal)?,
                Piece::Blank => rest = rest.trim_start(),
            }
        }
        if !rest.is_empty() {
            return None;
        }
        let year = year?;
        match (month, day, quarter) {
            (Some(month), Some(day), _) => NaiveDate::from_ymd_opt(year, month, day).map(Reading::Day),
            (Some(month), None, _) => part(&format!("{year:04}-{month:02}")),
            (None, _, Some(quarter)) => part(&format!("{year:04}-Q{quarter}")),
            _ => part(&format!("{year:04}")),
        }
    }
}

fn number(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, behind) = text.split_at_checked(digits)?;
    let fits = digits >= least && !behind.starts_with(|next: char| next.is_ascii_digit());
    number.parse().ok().filter(|_| fits).map(|number| (number, behind))
}

fn month_name(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|letter: char| !letter.is_alphabetic()).unwrap_or(text.len());
    let (word, behind) = text.split_at(end);
    let lower = word.to_lowercase();
    let at = MONTHS.iter().position(|names| names.iter().any(|name| lower.starts_with(name)))?;
    // An abbreviation may end in a full stop.
    let behind = behind.strip_prefix('.').unwrap_or(behind);
    Some((u32::try_from(at).ok()? + 1, behind))
}

/// The end of a period as our periods are written.
fn part(text: &str) -> Option<Reading> {
    let (first, last) = scalar::period(text)?;
    Some(if first == last { Reading::Day(last) } else { Reading::Part(first, last) })
}

/// The time of an ISO date-time, with or without its zone.
static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let zone = "(?: ?(?:Z|UTC|GMT|[+-][0-9]{2}:?(?:[0-9]{2})?))?";
    Regex::new(&format!("^[Tt ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:[.,][0-9]+)?)?{zone}$")).ok()
});

/// What a text says about a day, by the declared formats.
pub(super) fn read(text: &str, formats: &[Format]) -> Option<Reading> {
    let text = text.trim();
    if let Some(day) = date(text) {
        return Some(Reading::Day(day));
    }
    if let Some((day, time)) = text.split_at_checked(10)
        && let Some(day) = date(day)
        && TIME.as_ref().is_some_and(|pattern| pattern.is_match(time))
    {
        return Some(Reading::Day(day));
    }
    formats.iter().find_map(|format| format.read(text)).or_else(|| part(text))
}

/// How a date in an undeclared form can be declared: one way, or several where
/// its numbers can be read in more than one.
pub(super) fn declaration(text: &str) -> Option<String> {
    let text = text.trim();
    let mut ways: Vec<(&str, Reading)> = Vec::new();
    for declared in COMMON {
        let Some(reading) = Format::new(declared).ok().and_then(|format| format.read(text)) else { continue };
        if ways.iter().all(|(_, known)| *known != reading) {
            ways.push((declared, reading));
        }
    }
    let shown = ways.iter().map(|(way, reading)| format!("`dates: [\"{way}\"]` ({})", reading.day()));
    let shown: Vec<String> = shown.collect();
    (!shown.is_empty()).then(|| format!("say in the mapping how dates are written: {}", shown.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::{Format, Reading, declaration, read};

    fn formats(declared: &[&str]) -> Vec<Format> {
        declared.iter().map(|format| Format::new(format).expect("is one")).collect()
    }

    #[test]
    fn dates_are_read_as_declared_and_not_otherwise() {
        let cases: &[(&str, &[&str], Option<&str>)] = &[
            ("2026-03-04", &[], Some("2026-03-04")),
            ("2026-03-04T23:59:00+02:00", &[], Some("2026-03-04")),
            ("2026-03-04 10:00:00 +0000", &[], Some("2026-03-04")),
            ("2026-03-04 (scheduled)", &[], None),
            ("04.03.2026", &[], None),
            ("04.03.2026", &["DD.MM.YYYY"], Some("2026-03-04")),
            ("4. 3. 2026", &["D. M. YYYY"], Some("2026-03-04")),
            ("31.02.2026", &["DD.MM.YYYY"], None),
            ("03/04/2026", &["MM/DD/YYYY"], Some("2026-03-04")),
            ("03/04/2026", &["DD/MM/YYYY", "MM/DD/YYYY"], Some("2026-04-03")),
            ("Mar 4, 2026", &["Mon D, YYYY"], Some("2026-03-04")),
            ("March 4th, 2026", &["Month D, YYYY"], Some("2026-03-04")),
            ("23-Sept-2020", &["D-Mon-YYYY"], Some("2020-09-23")),
            ("08-Oct-25", &["D-Mon-YY"], Some("2025-10-08")),
            ("4 de marzo de 2026", &["D de Month de YYYY"], Some("2026-03-04")),
            ("4. März 2026", &["D. Month YYYY"], Some("2026-03-04")),
            ("TBD", &["DD.MM.YYYY"], None),
        ];
        for (text, declared, wanted) in cases {
            let found = read(text, &formats(declared)).map(|reading| reading.day().to_string());
            assert_eq!(found.as_deref(), *wanted, "{text} by {declared:?}");
        }
    }

    #[test]
    fn part_of_a_date_is_the_end_of_it() {
        for (text, declared, last) in [
            ("2025-12", "DD.MM.YYYY", "2025-12-31"),
            ("2026-Q1", "DD.MM.YYYY", "2026-03-31"),
            ("2026", "DD.MM.YYYY", "2026-12-31"),
            ("Feb 2028", "Mon YYYY", "2028-02-29"),
            ("Q3 2026", "Q YYYY", "2026-09-30"),
        ] {
            let found = read(text, &formats(&[declared])).expect("is read");
            assert!(matches!(found, Reading::Part(..)), "{text}");
            assert_eq!(found.day().to_string(), last, "{text}");
        }
    }

    #[test]
    fn an_undeclared_form_is_offered_in_every_reading() {
        let both = declaration("03/04/2026").expect("is a date");
        assert!(both.contains("DD/MM/YYYY") && both.contains("MM/DD/YYYY"), "{both}");
        let one = declaration("31/12/2026").expect("is a date");
        assert!(one.contains("DD/MM/YYYY") && !one.contains("MM/DD"), "{one}");
        assert_eq!(declaration("soon"), None);
        for wrong in ["DD.MM", "HH:MM YYYY", "MM/MM/YYYY", "DD YYYY", ""] {
            assert!(Format::new(wrong).is_err(), "{wrong}");
        }
    }
}
