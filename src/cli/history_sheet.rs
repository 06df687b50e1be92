//! The life of a record as a table: a row for each field that a step changed,
//! with who did it in which commit; for Markdown and spreadsheets. Values that a
//! schema marks `x-sensitive` stay out: a table is passed on.

use super::history::happened;
use crate::check::is_withheld;
use crate::escape::Raw;
use crate::finding::RecordKey;
use crate::history::{Authorship, Change, FieldChange, History, Series};
use crate::inventory::TEXT;
use crate::kind::Kinds;
use crate::sheet::{Cell, Page, Section, Table};
use std::sync::Arc;

const COLUMNS: [(&str, &str); 13] = [
    ("kind", "Kind"),
    ("record", "Record"),
    ("arrived", "Arrived"),
    ("what", "What"),
    ("field", "Field"),
    ("old", "Before"),
    ("new", "After"),
    ("author", "By"),
    ("authored", "Written"),
    ("commit", "Commit"),
    ("summary", "Message"),
    ("merged_by", "Merged by"),
    ("path", "File"),
];

/// The lives of records, each under a heading of its own.
pub(super) fn page(history: &History, kinds: &Kinds, lives: &[(&RecordKey, &Series)]) -> Page {
    let names: Vec<String> = lives.iter().map(|(key, _)| named(key)).collect();
    Page {
        title: "History".to_owned(),
        about: Raw::from(names.join(", ")),
        sections: lives.iter().map(|(key, series)| section(history, kinds, key, series)).collect(),
    }
}

fn named(key: &RecordKey) -> String {
    format!("{} {}", key.kind.replace('_', " "), key.id.unescaped())
}

fn section(history: &History, kinds: &Kinds, key: &RecordKey, series: &Series) -> Section {
    let mut section = Section::new("record", named(key));
    if series.deletion().is_some() {
        section.observe("It is gone.");
    }
    let rows = series.changes.iter().flat_map(|change| rows(history, kinds, key, change));
    section.tables.push(Table::new("changes", "Every change of every field", &COLUMNS).with(rows));
    section
}

/// The fields of a change; one row without a field where none changed.
fn rows(history: &History, kinds: &Kinds, key: &RecordKey, change: &Change) -> Vec<Vec<Cell>> {
    let Some(step) = history.step(change.step) else { return Vec::new() };
    let author = step.author_of(&change.path);
    let merged = (author.commit != step.by.commit).then(|| step.by.name.clone());
    let row = |field: Option<&FieldChange>| {
        let (name, old, new) = match field {
            None => (Cell::Nothing, Cell::Nothing, Cell::Nothing),
            Some(field) if &*field.field == TEXT => {
                (Cell::text("the text below the front matter"), Cell::Nothing, Cell::Nothing)
            }
            Some(field) => {
                let withheld = is_withheld(kinds, key, &field.field);
                let value = |value: &Option<Arc<str>>| match value {
                    Some(_) if withheld => Cell::text("[withheld]"),
                    Some(value) => Cell::Text(Raw::new(value.clone())),
                    None => Cell::Nothing,
                };
                (Cell::text(&*field.field), value(&field.old), value(&field.new))
            }
        };
        vec![
            Cell::text(&*key.kind),
            Cell::Text(key.id.clone()),
            Cell::day(step.arrived),
            Cell::text(happened(history, change)),
            name,
            old,
            new,
            Cell::Text(author.name.clone()),
            Cell::day(author.authored),
            commit(author, step.is_commit),
            Cell::Text(author.summary.clone()),
            Cell::maybe(merged.clone()),
            Cell::text(change.path.shown()),
        ]
    };
    if change.fields.is_empty() {
        return vec![row(None)];
    }
    change.fields.iter().map(|field| row(Some(field))).collect()
}

fn commit(author: &Authorship, is_commit: bool) -> Cell {
    if is_commit { Cell::text(&*author.commit) } else { Cell::text("not committed yet") }
}
