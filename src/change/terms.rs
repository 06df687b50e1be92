//! Changed fields in the words of the ISMS.
//!
//! Which field is a date, a level or a target is said by its name: the names
//! are those of the shipped schemas. A field that its schema marks sensitive is
//! named, its value is not.

use super::records::Deed;
use crate::escape::cut;
use crate::history::{FieldChange, Fields};
use crate::inventory::{Record, TEXT};
use crate::kind;

/// Statuses after which nothing more is to be done.
const CLOSED: [&str; 10] = [
    "completed",
    "verified",
    "declined",
    "cancelled",
    "closed",
    "achieved",
    "not_achieved",
    "superseded",
    "resolved",
    "retired",
];
/// Last names of days that something is due on: moving one wants a reason.
const DUE: [&str; 8] = ["due", "planned", "planned_for", "expires", "next_review", "next", "by", "until"];
/// Levels of a risk.
const LEVELS: [&str; 5] = ["likelihood", "impact", "inherent", "current", "residual"];
/// Fields of a document that go along with a review.
const OF_A_REVIEW: [&str; 3] = ["version", "changelog", "changes"];
/// Field names that one line shows.
const MOST: usize = 6;
/// Characters of a value that one line shows.
const WIDEST: usize = 60;

/// A record that was not there before.
pub(super) fn opened(record: &Record, fields: &Fields) -> String {
    let value = |name: &str| field(fields, name).map(|value| shown(record, name, value));
    let mut told = vec![value("title").unwrap_or_else(|| record.key.kind.replace('_', " "))];
    if let Some(status) = field(fields, "status").filter(|status| CLOSED.contains(status)) {
        told.push(format!("already {status}"));
    }
    told.extend(value("value").map(|value| format!("value {value}")));
    told.extend(value("due").map(|due| format!("due {due}")));
    told.extend(value("expires").map(|until| format!("until {until}")));
    told.join(", ")
}

/// A record that is gone: what it last said.
pub(super) fn last_seen(fields: &Fields) -> String {
    match (field(fields, "title"), field(fields, "status")) {
        (Some(title), Some(status)) => format!("{} ({status})", cut(title, WIDEST)),
        (Some(title), None) => cut(title, WIDEST).into_owned(),
        (None, _) => "without an entry in the removals".to_owned(),
    }
}

/// A record that says something else.
pub(super) fn told(record: &Record, changes: &[FieldChange]) -> Vec<(Deed, String)> {
    let mut deeds = Vec::new();
    let mut rest: Vec<&FieldChange> = Vec::new();
    let mut dates = Vec::new();
    let text = changes.iter().any(|change| &*change.field == TEXT);
    for change in changes {
        match &*change.field {
            "status" => deeds.push(status(record, change)),
            TEXT => {}
            name if LEVELS.contains(&name) && &*record.key.kind == "risk" => {
                deeds.push((Deed::Rescored, moved(record, change)));
            }
            name if name.starts_with("target") || name.starts_with("baseline") => {
                deeds.push((
                    Deed::Retargeted,
                    format!("{}{}", moved(record, change), why(record, changes, name)),
                ));
            }
            name if is_day(change) && DUE.contains(&last(name)) => {
                deeds.push((
                    Deed::Redated,
                    format!("{}{}", moved(record, change), why(record, changes, name)),
                ));
            }
            name if is_day(change) && !name.contains('/') => dates.push(change),
            "value" if &*record.key.kind == "measurement" => {
                deeds.push((Deed::Rewritten, moved(record, change)));
            }
            _ => rest.push(change),
        }
    }
    let days: Vec<String> = dates.iter().map(|change| moved(record, change)).collect();
    let of_a_review = |change: &&FieldChange| OF_A_REVIEW.contains(&head(&change.field));
    if text {
        let version = changes.iter().find(|change| &*change.field == "version");
        let mut how = vec!["the text changed".to_owned()];
        how.extend(version.map(|change| moved(record, change)));
        how.extend(days);
        deeds.push((Deed::Revised, how.join(", ")));
        rest.retain(|change| !of_a_review(change));
    } else if !days.is_empty() {
        let only = rest.iter().all(of_a_review) && deeds.is_empty() && &*record.key.kind == "document";
        let only = if only { ", only the date: the text is as before" } else { "" };
        deeds.push((Deed::Redated, format!("{}{only}", days.join(", "))));
    }
    // The entry that explains a move is told with the move.
    rest.retain(|change| deeds.is_empty() || head(&change.field) != "changes");
    if !rest.is_empty() {
        deeds.push((Deed::Changed, names(&rest)));
    }
    deeds
}

fn status(record: &Record, change: &FieldChange) -> (Deed, String) {
    let closed =
        |value: &Option<std::sync::Arc<str>>| value.as_deref().is_some_and(|value| CLOSED.contains(&value));
    let deed = match (closed(&change.old), closed(&change.new)) {
        (false, true) => Deed::Closed,
        (true, false) => Deed::Reopened,
        _ => Deed::Changed,
    };
    (deed, moved(record, change))
}

fn moved(record: &Record, change: &FieldChange) -> String {
    let value = |value: Option<&str>| {
        value.map_or_else(|| "none".to_owned(), |value| shown(record, &change.field, value))
    };
    format!("{} {} → {}", change.field, value(change.old.as_deref()), value(change.new.as_deref()))
}

/// The reason for a move that an entry made with it gives. The reason itself is
/// a sentence of the record; that there is one is what counts here.
fn why(record: &Record, changes: &[FieldChange], name: &str) -> String {
    let is_entry = |change: &&FieldChange| change.field.starts_with("changes/") && change.new.is_some();
    let part = |path: &str, end: &str| path.strip_suffix(end).map(str::to_owned);
    let about = changes.iter().filter(is_entry).find_map(|change| {
        let entry = part(&change.field, ".field")?;
        let named = change.new.as_deref()?;
        (named == name || head(named) == head(name)).then_some(entry)
    });
    let reason = about.and_then(|entry| {
        let path = format!("{entry}.why");
        changes.iter().find(|change| *change.field == *path)?.new.clone()
    });
    match reason {
        Some(reason) => format!(" ({})", shown(record, "changes", &reason)),
        None => ", no reason recorded".to_owned(),
    }
}

fn names(changes: &[&FieldChange]) -> String {
    let mut names: Vec<&str> = changes.iter().map(|change| head(&change.field)).collect();
    names.dedup();
    let more = names.len().saturating_sub(MOST);
    names.truncate(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", names.join(", "))
}

/// The field of the record that a path leads into.
fn head(path: &str) -> &str {
    path.split(['.', '/']).next().unwrap_or(path)
}

/// The innermost name of a path.
fn last(path: &str) -> &str {
    path.rsplit(['.', '/']).next().unwrap_or(path)
}

/// Whether the values are days.
fn is_day(change: &FieldChange) -> bool {
    let mut values = change.old.iter().chain(&change.new);
    values.all(|value| kind::date::date(value).is_some())
}

fn field<'f>(fields: &'f Fields, name: &str) -> Option<&'f str> {
    fields.iter().find(|(path, _)| &**path == name).map(|(_, value)| &**value)
}

fn shown(record: &Record, path: &str, value: &str) -> String {
    let field = record.kind.structure.fields.get(head(path));
    if field.is_some_and(|field| field.sensitive) {
        "(withheld)".to_owned()
    } else {
        cut(value, WIDEST).into_owned()
    }
}
