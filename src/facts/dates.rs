//! The days that a record names, by what they say: days of things that
//! happened, and pairs of days of which one cannot come before the other.
//!
//! Which field is which is a matter of the record kinds; whether a day is
//! acceptable stands in the rules.

use super::{Context, Item, text};
use crate::expr::{FieldRef, Text, Type, Value};
use crate::inventory::Record;
use crate::kind::{Shape, date};
use crate::source::Place;
use chrono::NaiveDate;
use std::sync::Arc;

/// Fields that say on which day something happened, by kind.
const HAPPENED: &[(&str, &[&str])] = &[
    ("action", &["raised", "completed", "verification.on", "communicated.on"]),
    ("audit", &["held", "reported.on", "findings.disposition.on"]),
    ("audit_programme", &["approved.on"]),
    ("change", &["on"]),
    ("context", &["reviewed", "issues.since"]),
    ("control", &["tested.on"]),
    ("document", &["approved", "reviewed", "changelog.on"]),
    ("exercise", &["held", "disposition.on"]),
    ("feedback", &["received", "disposition.on"]),
    ("incident", &["occurred", "detected", "contained", "resolved", "disposition.on"]),
    ("measurement", &["measured_on", "analysed.on"]),
    (
        "nonconformity",
        &[
            "detected.on",
            "correction.on",
            "consequences.on",
            "root_cause.on",
            "similar_cases.checked_on",
            "closed.on",
        ],
    ),
    ("objective", &["baseline.on", "approved.on", "communicated.on", "outcome.on"]),
    ("removal", &["on"]),
    ("review", &["date", "approved.on"]),
    ("risk", &["identified", "reviewed", "treatment_approved.on", "accepted.on", "levels.on"]),
    ("supplier", &["assessed"]),
    ("training", &["held"]),
    ("waiver", &["approved.on"]),
];

/// The same in every kind.
const HAPPENED_ANYWHERE: &[&str] = &["changes.on", "evidence.on"];

/// Days in the order in which the things they stand for can happen.
const ORDER: &[(&str, &str, &str)] = &[
    ("action", "raised", "start"),
    ("action", "raised", "completed"),
    ("action", "raised", "verification.on"),
    ("action", "completed", "verification.on"),
    ("audit", "held", "reported.on"),
    ("audit_programme", "period.from", "period.to"),
    ("control", "tested.on", "tested.next"),
    ("document", "reviewed", "next_review"),
    ("exercise", "held", "next"),
    ("feedback", "received", "disposition.on"),
    ("incident", "occurred", "detected"),
    ("incident", "detected", "resolved"),
    ("incident", "contained", "resolved"),
    ("incident", "detected", "disposition.on"),
    ("measurement", "measured_on", "analysed.on"),
    ("nonconformity", "detected.on", "correction.on"),
    ("nonconformity", "detected.on", "root_cause.on"),
    ("nonconformity", "detected.on", "similar_cases.checked_on"),
    ("nonconformity", "detected.on", "closed.on"),
    ("objective", "baseline.on", "due"),
    ("objective", "baseline.on", "outcome.on"),
    ("review", "date", "approved.on"),
    ("review", "date", "next"),
    ("risk", "identified", "reviewed"),
    ("risk", "identified", "treatment_approved.on"),
    ("risk", "accepted.on", "accepted.until"),
    ("supplier", "assessed", "next"),
    ("training", "held", "next"),
    ("waiver", "approved.on", "expires"),
];

pub(super) fn happened_type() -> Type {
    Type::List(Box::new(super::structure(
        "happened",
        &[
            ("field", Type::Text, false, "Path of the field."),
            ("on", Type::Date, false, "The day that is written there."),
        ],
    )))
}

pub(super) fn pairs_type() -> Type {
    Type::List(Box::new(super::structure(
        "pair",
        &[
            ("first_field", Type::Text, false, "Path of the field that has to come first."),
            ("first", Type::Date, false, "The day of what has to come first."),
            ("second_field", Type::Text, false, "Path of the field that has to come second."),
            ("second", Type::Date, false, "The day of what has to come second."),
        ],
    )))
}

/// The days of things that happened, with their places, in the order of the text.
fn days(record: &Record) -> Vec<(String, NaiveDate, Place)> {
    let of_kind = HAPPENED.iter().find(|(kind, _)| *kind == &*record.kind.name).map(|(_, paths)| *paths);
    let wanted =
        |path: &str| of_kind.is_some_and(|paths| paths.contains(&path)) || HAPPENED_ANYWHERE.contains(&path);
    let (tree, node) = record.node();
    let mut found = Vec::new();
    record.kind.visit(tree, node, &mut |path, field, scalar| {
        if !matches!(field.shape, Shape::Date) || !wanted(path) {
            return;
        }
        if let Some(day) = date::date(tree.text(scalar)) {
            let place = Place { file: tree.file().clone(), span: tree.span(scalar) };
            found.push((path.to_owned(), day, place));
        }
    });
    found
}

pub(super) fn happened(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let items = days(record).into_iter().map(|(field, day, place)| {
        let identity = Text::from(format!("{field}={day}"));
        Item::value(vec![("field", text(&field)), ("on", Value::Date(day))], Some(place), Some(identity))
    });
    Value::List(items.collect())
}

pub(super) fn pairs(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let of_kind = ORDER.iter().filter(|(kind, ..)| *kind == &*record.kind.name);
    let items = of_kind.filter_map(|(_, first_field, second_field)| {
        let (first, _) = day_at(record, first_field)?;
        let (second, place) = day_at(record, second_field)?;
        let fields = vec![
            ("first_field", text(first_field)),
            ("first", Value::Date(first)),
            ("second_field", text(second_field)),
            ("second", Value::Date(second)),
        ];
        Some(Item::value(fields, place, Some(Text::from(format!("{first_field}<{second_field}")))))
    });
    Value::List(items.collect())
}

/// The day at a dotted path, and where it stands.
fn day_at(record: &Record, path: &str) -> Option<(NaiveDate, Option<Place>)> {
    let mut value = record.value();
    let mut place = None;
    for name in path.split('.') {
        let Value::Struct(object) = value else { return None };
        place = object.place_of(name);
        value = object.get(&FieldRef::named(name));
    }
    match value {
        Value::Date(day) => Some((day, place)),
        _ => None,
    }
}

/// The day a record speaks of: a document's last review or approval, else the
/// first thing that it says happened.
pub(super) fn written_on(record: &Record) -> Option<NaiveDate> {
    let days = days(record).into_iter();
    if &*record.kind.name == "document" {
        return days
            .filter(|(field, ..)| field == "reviewed" || field == "approved")
            .map(|(_, day, _)| day)
            .max();
    }
    days.map(|(_, day, _)| day).min()
}

/// Since when the ISMS operates: what `isms.yaml` says, else the earliest day
/// on which a record says that something happened.
pub(super) fn operating_since(context: &Context) -> Option<NaiveDate> {
    *context.operating_since.get_or_init(|| {
        let records = context.inventory.records().iter();
        let earliest = || records.flat_map(days).map(|(_, day, _)| day).min();
        context.settings.profile.started.or_else(earliest)
    })
}

pub(super) fn operating_since_value(context: &Arc<Context>, _: usize) -> Value {
    super::optional(operating_since(context), Value::Date)
}

#[cfg(test)]
mod tests {
    use super::{HAPPENED, HAPPENED_ANYWHERE, ORDER};
    use crate::kind::{Kinds, Shape};

    #[test]
    fn every_path_is_a_day_of_its_kind() {
        let kinds = Kinds::embedded();
        let happened = HAPPENED.iter().flat_map(|(kind, paths)| paths.iter().map(move |path| (*kind, *path)));
        let pairs = ORDER.iter().flat_map(|(kind, first, second)| [(*kind, *first), (*kind, *second)]);
        let anywhere = kinds.iter().filter(|kind| &*kind.name != "waiver" && &*kind.name != "removal");
        let anywhere = anywhere.flat_map(|kind| HAPPENED_ANYWHERE.iter().map(|path| (&*kind.name, *path)));
        for (kind, path) in happened.chain(pairs).chain(anywhere) {
            let field = kinds.get(kind).and_then(|kind| kind.field(path));
            assert!(field.is_some_and(|field| matches!(field.shape, Shape::Date)), "{kind}: {path}");
        }
    }
}
