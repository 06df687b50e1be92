//! What an answer says about asking again: now, later, or not at all.
//!
//! No clock of ours: where the service names an instant, its own `Date` says
//! how far away that is.

use chrono::DateTime;
use std::time::Duration;

/// A header of an answer by its name in small letters.
pub(super) type Headers<'h> = &'h dyn Fn(&str) -> Option<&'h str>;

/// What is to be made of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// It was done.
    Done,
    /// It was not done and may be asked again, after this long where that is
    /// told.
    Later(Option<Duration>),
    /// It may have been done, or not.
    Unknown,
    /// It was not done, and asking again would change nothing.
    Refused,
}

/// Reads status, headers and what GitHub says in words.
pub(super) fn reading(status: u16, headers: Headers<'_>, message: &str) -> Reading {
    let told = told(headers);
    // The second kind of limit has no header of its own.
    let limited = told.is_some() || headers("retry-after").is_some() || message.contains("rate limit");
    match status {
        200..=299 => Reading::Done,
        429 => Reading::Later(told),
        403 if limited => Reading::Later(told),
        408 | 500..=599 => Reading::Unknown,
        _ => Reading::Refused,
    }
}

/// For how long the service asks to wait.
fn told(headers: Headers<'_>) -> Option<Duration> {
    if let Some(seconds) = headers("retry-after").and_then(|value| value.parse().ok()) {
        return Some(Duration::from_secs(seconds));
    }
    if headers("x-ratelimit-remaining") != Some("0") {
        return None;
    }
    let reset: i64 = headers("x-ratelimit-reset")?.parse().ok()?;
    let now = DateTime::parse_from_rfc2822(headers("date")?).ok()?.timestamp();
    // A second more: both are cut to seconds.
    Some(Duration::from_secs(u64::try_from(reset.checked_sub(now)?).unwrap_or(0).saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::{Reading, reading};
    use std::time::Duration;

    const DATE: (&str, &str) = ("date", "Mon, 02 Nov 2026 12:00:00 GMT");

    fn read(status: u16, headers: &[(&'static str, &'static str)], message: &str) -> Reading {
        let value = |wanted: &str| headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
        reading(status, &value, message)
    }

    #[test]
    fn an_answer_is_done_unknown_or_refused() {
        let cases = [
            (200, Reading::Done),
            (201, Reading::Done),
            (301, Reading::Refused),
            (401, Reading::Refused),
            (403, Reading::Refused),
            (404, Reading::Refused),
            (408, Reading::Unknown),
            (409, Reading::Refused),
            (422, Reading::Refused),
            (429, Reading::Later(None)),
            (500, Reading::Unknown),
            (503, Reading::Unknown),
        ];
        for (status, wanted) in cases {
            assert_eq!(read(status, &[], "Resource not accessible by integration"), wanted, "{status}");
        }
    }

    #[test]
    fn the_wait_is_the_one_that_is_told() {
        let later = |seconds| Reading::Later(Some(Duration::from_secs(seconds)));
        let none = Reading::Later(None);
        let spent = ("x-ratelimit-remaining", "0");
        let cases = [
            (429, vec![("retry-after", "7")], later(7)),
            (403, vec![("retry-after", "86400")], later(86_400)),
            (403, vec![("retry-after", "-5")], none),
            (429, vec![("retry-after", "abc")], none),
            (403, vec![spent, ("x-ratelimit-reset", "1793620830"), DATE], later(31)),
            (403, vec![spent, ("x-ratelimit-reset", "1793620000"), DATE], later(1)),
            (403, vec![spent, ("x-ratelimit-reset", "-9223372036854775808"), DATE], Reading::Refused),
            (429, vec![spent, ("x-ratelimit-reset", "1793620830")], none),
            (
                403,
                vec![("x-ratelimit-remaining", "9"), ("x-ratelimit-reset", "1793620830"), DATE],
                Reading::Refused,
            ),
        ];
        for (status, headers, wanted) in cases {
            assert_eq!(read(status, &headers, ""), wanted, "{status} {headers:?}");
        }
        assert_eq!(read(403, &[], "You have exceeded a secondary rate limit"), none);
    }
}
