//! A period of days, and the one of the same length before it.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// From one day to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
}

impl Period {
    /// Whether a day lies in it.
    pub fn holds(self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }

    /// Whether a day is known and lies in it.
    pub fn has(self, day: Option<NaiveDate>) -> bool {
        day.is_some_and(|day| self.holds(day))
    }

    /// The period of the same length that ends the day before: of as many
    /// months where it is one of whole months, else of as many days.
    pub fn before(self) -> Option<Self> {
        let to = self.from.pred_opt()?;
        if let Some(months) = self.whole_months() {
            return Some(Self { from: self.from.checked_sub_months(Months::new(months))?, to });
        }
        let days = self.to.signed_duration_since(self.from).num_days();
        Some(Self { from: to.checked_sub_days(Days::new(u64::try_from(days).ok()?))?, to })
    }

    fn whole_months(self) -> Option<u32> {
        let behind = self.to.succ_opt()?;
        let months = (behind.year() - self.from.year()) * 12 + i32::try_from(behind.month()).ok()?
            - i32::try_from(self.from.month()).ok()?;
        let months = u32::try_from(months).ok().filter(|months| *months > 0)?;
        (self.from.checked_add_months(Months::new(months))? == behind && self.from.day() <= 28)
            .then_some(months)
    }

    /// Its months, as `2026-03`, each with the part of the period that lies in it.
    pub fn months(self) -> Vec<(String, Self)> {
        let mut months = Vec::new();
        let mut from = self.from;
        while from <= self.to {
            let next = from.with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
            let Some(next) = next else { break };
            let last = next.pred_opt().map_or(self.to, |last| last.min(self.to));
            months.push((from.format("%Y-%m").to_string(), Self { from, to: last }));
            from = next;
        }
        months
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}

/// `2025-11-01..2026-10-31`.
impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write two days such as 2025-11-01..2026-10-31".to_owned();
        let (from, to) = text.split_once("..").ok_or_else(wrong)?;
        let day = |text: &str| crate::kind::date::date(text).ok_or_else(wrong);
        let period = Self { from: day(from)?, to: day(to)? };
        if period.to < period.from {
            return Err(format!("it ends on {} before it begins on {}", period.to, period.from));
        }
        Ok(period)
    }
}

#[cfg(test)]
mod tests {
    use super::Period;

    #[test]
    fn the_period_before_is_as_long() {
        let cases = [
            ("2025-11-01..2026-10-31", "2024-11-01..2025-10-31"),
            ("2026-01-01..2026-03-31", "2025-10-01..2025-12-31"),
            ("2026-03-15..2026-04-14", "2026-02-15..2026-03-14"),
            ("2026-01-05..2026-01-11", "2025-12-29..2026-01-04"),
            ("2024-02-29..2025-02-27", "2023-03-01..2024-02-28"),
        ];
        for (period, before) in cases {
            let period: Period = period.parse().expect("parses");
            assert_eq!(period.before().map(|before| before.to_string()).as_deref(), Some(before));
        }
    }

    #[test]
    fn months_cover_it_once() {
        let period: Period = "2025-11-15..2026-02-03".parse().expect("parses");
        let months: Vec<String> =
            period.months().iter().map(|(name, part)| format!("{name} {part}")).collect();
        let expected = [
            "2025-11 2025-11-15..2025-11-30",
            "2025-12 2025-12-01..2025-12-31",
            "2026-01 2026-01-01..2026-01-31",
            "2026-02 2026-02-01..2026-02-03",
        ];
        assert_eq!(months, expected);
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in
            ["", "2026", "2026-01-01", "2026-01-01..x", "2026-02-01..2026-01-01", "2026-02-30..2026-03-01"]
        {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
