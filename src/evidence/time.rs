//! Records in time: on which day one ended, what a field said on a day.
//!
//! What a record writes counts first; where it is silent the day on which the
//! change arrived on the main line stands in.

use super::Period;
use crate::history::{Evidence, What};
use crate::inventory::Record;
use crate::kind;
use crate::views::Reading;
use crate::views::read::{day, word};
use chrono::NaiveDate;

/// The value of a field on a day, by the history; what the record says today
/// where the history says nothing.
pub(super) fn value_on(reading: &Reading, record: &Record, field: &str, on: NaiveDate) -> Option<String> {
    let today = || match record.path(&field.split('.').collect::<Vec<_>>()) {
        crate::expr::Value::Absent | crate::expr::Value::Unknown(_) => None,
        value => Some(crate::expr::printed(&value)),
    };
    let history = &reading.context.history;
    let Some(series) = history.series(&record.key).filter(|_| history.evidence == Evidence::Complete) else {
        return today();
    };
    let mut value = None;
    let mut known = false;
    for change in &series.changes {
        let arrived = history.step(change.step).and_then(|step| step.arrived);
        if known && arrived.is_none_or(|arrived| arrived > on) {
            break;
        }
        // What a record arrived with held before it arrived: registers are
        // often written after the event.
        for moved in change.fields.iter().filter(|moved| &*moved.field == field) {
            value = moved.new.as_deref().map(str::to_owned);
        }
        known = true;
    }
    if known { value } else { today() }
}

/// The day of a field on a day.
pub(super) fn day_on(reading: &Reading, record: &Record, field: &str, on: NaiveDate) -> Option<NaiveDate> {
    value_on(reading, record, field, on).and_then(|text| kind::date::date(&text))
}

/// When the field last changed, by the history.
pub(super) fn last_move(reading: &Reading, record: &Record, field: &str) -> Option<NaiveDate> {
    reading.moves(record).iter().rev().find(|moved| &*moved.field.field == field).and_then(|moved| moved.on)
}

/// When an action was raised: as written, else when it arrived.
pub(super) fn raised(reading: &Reading, at: usize, action: &Record) -> Option<NaiveDate> {
    day(action, "raised").or_else(|| reading.fact(at, "first_recorded").as_day())
}

/// When nobody had to work on an action any more; `None` while somebody has,
/// or where no day can be told.
pub(super) fn ended(reading: &Reading, action: &Record) -> Option<NaiveDate> {
    if reading.is_open(action) {
        return None;
    }
    day(action, "completed")
        .or_else(|| last_move(reading, action, "status"))
        .or_else(|| day(action, "verification.on"))
}

/// Whether an action was open at the end of a day. One that has ended on an
/// unknown day counts as ended.
pub(super) fn open_on(reading: &Reading, at: usize, action: &Record, on: NaiveDate) -> bool {
    let begun = raised(reading, at, action).is_some_and(|raised| raised <= on);
    let over = !reading.is_open(action) && ended(reading, action).is_none_or(|ended| ended <= on);
    begun && !over
}

/// The moves of a field within a period.
pub(super) fn moves_in(reading: &Reading, record: &Record, field: &str, period: Period) -> usize {
    let moves = reading.moves(record);
    moves
        .iter()
        .filter(|moved| &*moved.field.field == field && moved.field.old.is_some() && period.has(moved.on))
        .count()
}

/// Records of a kind that vanished within a period, with the day.
pub(super) fn vanished(
    reading: &Reading,
    kind: &str,
    period: Period,
) -> Vec<(crate::escape::Raw, NaiveDate)> {
    let history = &reading.context.history;
    let gone = history.series.iter().filter(|(key, _)| &*key.kind == kind).filter_map(|(key, series)| {
        let deletion = series.deletion().filter(|change| change.what == What::Deleted)?;
        let on = history.step(deletion.step)?.arrived.filter(|on| period.holds(*on))?;
        Some((key.id.clone(), on))
    });
    gone.collect()
}

/// Whether a nonconformity is closed or declined.
pub(super) fn is_settled(nonconformity: &Record) -> bool {
    matches!(word(nonconformity, "status").as_deref(), Some("closed" | "declined"))
}

/// The middle of some numbers of days.
pub(super) fn median(mut numbers: Vec<i64>) -> Option<f64> {
    numbers.sort_unstable();
    let short = |number: i64| i32::try_from(number).ok().map(f64::from);
    let (low, high) = (numbers.get(numbers.len().checked_sub(1)? / 2)?, numbers.get(numbers.len() / 2)?);
    Some(f64::midpoint(short(*low)?, short(*high)?))
}
