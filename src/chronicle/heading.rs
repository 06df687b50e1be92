//! The lines that say who did something and when.

use super::mistake::Fault;
use super::{Person, Stamp};
use chrono::{NaiveDate, NaiveTime};
use std::collections::BTreeMap;

/// The addresses of the names that had one so far.
pub(super) type Addresses = BTreeMap<String, String>;

/// Reads `DATE [TIME [OFFSET]] NAME [<ADDRESS>]: SUMMARY` behind `## `.
pub(super) fn commit(text: &str, addresses: &mut Addresses) -> Result<(Stamp, String), Fault> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Fault::NotACommit("it does not begin with a date"));
    }
    let (when, rest) = moment(text)?;
    let (who, summary) = rest.split_once(": ").ok_or(Fault::NotACommit("it has no `: ` with a summary"))?;
    let summary = summary.trim();
    if summary.is_empty() {
        return Err(Fault::NotACommit("its summary is empty"));
    }
    Ok((stamp(when, person(who, addresses)?), summary.to_owned()))
}

/// Reads `DATE [TIME [OFFSET]] by NAME [<ADDRESS>][: SUMMARY]`.
pub(super) fn by(text: &str, addresses: &mut Addresses) -> Result<(Stamp, Option<String>), Fault> {
    let (when, rest) = moment(text)?;
    let rest = rest.strip_prefix("by ").ok_or_else(|| Fault::NotADate(text.to_owned()))?;
    let (who, summary) = match rest.split_once(": ") {
        Some((who, summary)) => (who, Some(summary.trim().to_owned())),
        None => (rest, None),
    };
    Ok((stamp(when, person(who, addresses)?), summary.filter(|summary| !summary.is_empty())))
}

/// Reads a calendar day, `YYYY-MM-DD` and nothing looser.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let well_formed = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if well_formed { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None }
}

fn stamp((seconds, offset_minutes): (i64, i32), who: Person) -> Stamp {
    Stamp { seconds, offset_minutes, who }
}

/// Seconds and offset of the date at the beginning, and what follows it.
fn moment(text: &str) -> Result<((i64, i32), &str), Fault> {
    let fault = || Fault::NotADate(text.chars().take(40).collect());
    let (date, mut rest) = text.split_once(' ').ok_or_else(fault)?;
    let date = day(date).ok_or_else(fault)?;
    let mut time = NaiveTime::from_hms_opt(12, 0, 0).ok_or_else(fault)?;
    let mut offset = 0;
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        let (word, behind) = rest.split_once(' ').ok_or_else(fault)?;
        let format = if word.len() == 5 { "%H:%M" } else { "%H:%M:%S" };
        time = NaiveTime::parse_from_str(word, format).map_err(|_| fault())?;
        rest = behind;
        if rest.starts_with(['+', '-']) {
            let (word, behind) = rest.split_once(' ').ok_or_else(fault)?;
            offset = offset_minutes(word).ok_or_else(fault)?;
            rest = behind;
        }
    }
    let local = date.and_time(time).and_utc().timestamp();
    Ok(((local - i64::from(offset) * 60, offset), rest.trim_start()))
}

/// Minutes of `+HH:MM` or `+HHMM`.
fn offset_minutes(word: &str) -> Option<i32> {
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, word.strip_prefix('+')?),
    };
    let digits = digits.replacen(':', "", 1);
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) = (number / 100, number % 100);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

fn person(text: &str, addresses: &mut Addresses) -> Result<Person, Fault> {
    let text = text.trim();
    let (name, email) = match text.split_once(" <") {
        Some((name, address)) => {
            let address = address.strip_suffix('>').filter(|address| !address.contains(['<', '>', ' ']));
            (name.trim(), address.ok_or(Fault::NotACommit("the address does not end in `>`"))?)
        }
        None => (text, addresses.get(text).map_or("", String::as_str)),
    };
    if name.is_empty() || name.contains(['<', '>']) {
        return Err(Fault::NotACommit("it names nobody"));
    }
    if email.is_empty() {
        return Err(Fault::NoAddress(name.to_owned()));
    }
    let person = Person { name: name.to_owned(), email: email.to_owned() };
    addresses.entry(person.name.clone()).or_insert_with(|| person.email.clone());
    Ok(person)
}

#[cfg(test)]
mod tests {
    use super::{Addresses, Fault, by, commit};

    #[test]
    fn dates_times_and_people() {
        let mut known = Addresses::new();
        let (stamp, summary) =
            commit("2024-11-04 Ana Ruiz <ana@example.com>: Start: the register", &mut known).unwrap();
        assert_eq!(summary, "Start: the register", "only the first colon divides");
        assert_eq!((stamp.seconds, stamp.offset_minutes), (1_730_721_600, 0), "noon UTC by default");
        let (stamp, _) = commit("2024-11-04 13:00 +01:00 Ana Ruiz: Again", &mut known).unwrap();
        assert_eq!((stamp.seconds, stamp.offset_minutes), (1_730_721_600, 60), "the same second");
        assert_eq!(stamp.who.email, "ana@example.com", "the address of the first time");
        let (stamp, _) = commit("2024-11-04 04:30:01 -0730 Ana Ruiz: West", &mut known).unwrap();
        assert_eq!((stamp.seconds, stamp.offset_minutes), (1_730_721_601, -450));
        let (_, summary) = by("2024-11-06 by Ana Ruiz", &mut known).unwrap();
        assert_eq!(summary, None);
    }

    #[test]
    fn what_is_no_commit() {
        let no = |part| Fault::NotACommit(part);
        let cases = [
            ("Background", no("it does not begin with a date"), "a heading of prose"),
            ("2024-11-04 Ana Ruiz <a@b>", no("it has no `: ` with a summary"), "no summary"),
            ("2024-11-04 Ana Ruiz <a@b>:  ", no("its summary is empty"), "an empty summary"),
            ("2024-11-04 <a@b>: x", no("it names nobody"), "no name"),
            ("2024-11-04 Ana <a@b: x", no("the address does not end in `>`"), "an open address"),
            ("2024-11-04 Ana: x", Fault::NoAddress("Ana".to_owned()), "a stranger"),
            ("2024-02-30 Ana <a@b>: x", Fault::NotADate("2024-02-30 Ana <a@b>: x".to_owned()), "no such day"),
            ("2024-2-3 A <a@b>: x", Fault::NotADate("2024-2-3 A <a@b>: x".to_owned()), "a loose date"),
            ("2024-02-03 25:00 A: x", Fault::NotADate("2024-02-03 25:00 A: x".to_owned()), "no such hour"),
            ("2024-02-03 09:00 +1 A: x", Fault::NotADate("2024-02-03 09:00 +1 A: x".to_owned()), "an offset"),
        ];
        for (text, fault, word) in cases {
            assert_eq!(commit(text, &mut Addresses::new()).unwrap_err(), fault, "{word}");
        }
    }
}
