//! Fields of records as the views show them: typed, with people by the id that
//! `isms.yaml` gives them, and without the values of fields that a schema marks
//! `x-sensitive`.

use crate::escape::Raw;
use crate::expr::{Object, Value};
use crate::facts::{self, Context};
use crate::history::{Evidence, FieldChange, Step, What};
use crate::inventory::Record;
use crate::sheet::{Cell, Gap};
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What stands in the place of a sensitive value.
const WITHHELD: &str = "[withheld]";

/// Statuses of an action that is still to be done; none counts as open too.
const OPEN: [&str; 4] = ["proposed", "planned", "in_progress", "blocked"];

/// The records, their history and the day, as the views look at them.
#[derive(Clone)]
pub struct Reading {
    /// What facts are computed from.
    pub context: Arc<Context>,
}

/// A change of one field after the record first appeared.
pub struct Moved<'h> {
    /// The field before and after.
    pub field: &'h FieldChange,
    /// The step that made it.
    pub step: &'h Step,
    /// The day it arrived.
    pub on: Option<NaiveDate>,
}

impl Reading {
    /// A reading of this context.
    pub fn new(context: Arc<Context>) -> Self {
        Self { context }
    }

    /// The day of judgement.
    pub fn today(&self) -> NaiveDate {
        self.context.as_of
    }

    /// The records of a kind, with their places in the inventory.
    pub fn of_kind(&self, kind: &str) -> Vec<(usize, &Record)> {
        let inventory = &self.context.inventory;
        inventory.places_of_kind(kind).iter().map(|at| (*at, &inventory.records()[*at])).collect()
    }

    /// A fact about a record.
    pub fn fact(&self, at: usize, name: &str) -> Value {
        facts::fact(&self.context, Some(at), name)
    }

    /// A fact about the whole set.
    pub fn isms(&self, name: &str) -> Value {
        facts::fact(&self.context, None, name)
    }

    /// The person that a field names, by the id in `isms.yaml` where it is known.
    pub fn person(&self, record: &Record, field: &str) -> Option<Raw> {
        let named = text(record, field)?;
        let known = self.context.settings.profile.person(named.unescaped());
        Some(known.map_or(named, |person| Raw::from(person.id.as_str())))
    }

    /// Who answers for a record: its owner, of a review who chairs it.
    pub fn owner(&self, record: &Record) -> Option<Raw> {
        self.person(record, "owner").or_else(|| self.person(record, "chair"))
    }

    /// Why some records of these kinds may be hidden, where a file of theirs
    /// could not be read.
    pub fn hidden(&self, kinds: &[&str]) -> Option<Gap> {
        let kinds: Vec<Arc<str>> = kinds.iter().map(|kind| Arc::from(*kind)).collect();
        let hidden = self.context.inventory.may_hold_any(&kinds, "");
        hidden.then(|| Gap {
            why: Raw::from("a file with such records cannot be read, or not all of it"),
            remedy: Some(Raw::from("`ismslint check` names the file and the line")),
        })
    }

    /// Why the history says nothing, where it does not.
    pub fn history_gap(&self) -> Option<Gap> {
        match &self.context.history.evidence {
            Evidence::Complete => None,
            Evidence::Incomplete { why, remedy } => {
                Some(Gap { why: Raw::new(why.clone()), remedy: Some(Raw::new(remedy.clone())) })
            }
            // Asked for: a choice is told, and is no gap.
            Evidence::NotRead => None,
        }
    }

    /// Whether the history was left out by choice.
    pub fn without_history(&self) -> bool {
        self.context.history.evidence == Evidence::NotRead
    }

    /// The changes of a record's fields since it first appeared, oldest first.
    pub fn moves(&self, record: &Record) -> Vec<Moved<'_>> {
        let history = &self.context.history;
        let Some(series) = history.series(&record.key) else { return Vec::new() };
        let changed =
            series.changes.iter().filter(|change| matches!(change.what, What::Changed | What::Renamed(_)));
        changed
            .filter_map(|change| Some((change, history.step(change.step)?)))
            .flat_map(|(change, step)| {
                change.fields.iter().map(move |field| Moved { field, step, on: step.arrived })
            })
            .collect()
    }

    /// Whether a record is of an action still to be done.
    pub fn is_open(&self, action: &Record) -> bool {
        word(action, "status").is_none_or(|status| OPEN.contains(&status.as_str()))
    }

    /// The ids of records of a kind that a record names, or that name it.
    pub fn linked(&self, at: usize, kind: &str) -> Vec<Raw> {
        let inventory = &self.context.inventory;
        let Some(record) = inventory.records().get(at) else { return Vec::new() };
        let named = record.references().into_iter().map(|reference| reference.id);
        let named = named.filter(|id| inventory.find(kind, id.as_str()).is_some());
        let mut linked: BTreeSet<Raw> = named.map(|id| Raw::from(id.as_str())).collect();
        if let Value::List(referrers) = self.fact(at, "referrers") {
            let of_kind =
                referrers.iter().filter(|item| item.field("kind").as_text().as_deref() == Some(kind));
            linked.extend(of_kind.filter_map(|item| item.field("id").as_text()).map(Raw::from));
        }
        linked.into_iter().collect()
    }
}

/// A record's id.
pub fn id(record: &Record) -> Cell {
    Cell::Text(record.key.id.clone())
}

/// A record's title, else its id.
pub fn title(record: &Record) -> Raw {
    text(record, "title").unwrap_or_else(|| record.key.id.clone())
}

fn value(record: &Record, path: &str) -> Value {
    record.path(&path.split('.').collect::<Vec<_>>())
}

/// The text at a dotted path; withheld where the schema marks the field
/// sensitive.
pub fn text(record: &Record, path: &str) -> Option<Raw> {
    match value(record, path) {
        Value::Text(_) if record.kind.field(path).is_some_and(|field| field.sensitive) => {
            Some(Raw::from(WITHHELD))
        }
        Value::Text(text) => Some(Raw::from(text.as_str())),
        _ => None,
    }
}

/// A word of a vocabulary at a dotted path, for comparing.
pub fn word(record: &Record, path: &str) -> Option<String> {
    value(record, path).as_text()
}

/// A vocabulary's word as people write it.
pub fn spoken(record: &Record, path: &str) -> Cell {
    Cell::maybe(word(record, path).map(|word| Raw::from(word.replace('_', " "))))
}

/// The day at a dotted path.
pub fn day(record: &Record, path: &str) -> Option<NaiveDate> {
    value(record, path).as_day()
}

/// The number at a dotted path.
pub fn number(record: &Record, path: &str) -> Option<f64> {
    value(record, path).as_number()
}

/// The texts of the list at a dotted path.
pub fn texts(record: &Record, path: &str) -> Vec<Raw> {
    as_texts(&value(record, path))
}

/// The cell of a value, whatever its type; what is unknown says why.
pub fn cell(record: &Record, path: &str) -> Cell {
    if let Some(text) = text(record, path) {
        return Cell::Text(text);
    }
    as_cell(&value(record, path))
}

/// A value as a cell.
pub fn as_cell(value: &Value) -> Cell {
    match value {
        Value::Unknown(why) => Cell::Unknown(Raw::new(why.clone())),
        Value::Bool(true) => Cell::text("yes"),
        Value::Bool(false) => Cell::text("no"),
        Value::Number(number) => Cell::Number(*number),
        Value::Text(text) => Cell::text(text.as_str()),
        Value::Date(day) => Cell::Day(*day),
        Value::Duration(length) => Cell::text(crate::expr::printed(&Value::Duration(*length))),
        Value::List(_) => Cell::List(as_texts(value)),
        Value::Absent | Value::Struct(_) => Cell::Nothing,
    }
}

/// The items of the list at a dotted path that have fields.
pub fn items(record: &Record, path: &str) -> Vec<Arc<dyn Object>> {
    let Value::List(items) = value(record, path) else { return Vec::new() };
    let objects = items.iter().filter_map(|item| match item {
        Value::Struct(object) => Some(object.clone()),
        _ => None,
    });
    objects.collect()
}

/// The value at a dotted path of an item.
pub fn part(item: &Arc<dyn Object>, path: &str) -> Value {
    let mut value = Value::Struct(item.clone());
    for name in path.split('.') {
        value = value.field(name);
    }
    value
}

/// A value's texts.
pub fn as_texts(value: &Value) -> Vec<Raw> {
    let Value::List(items) = value else { return Vec::new() };
    let texts = items.iter().filter_map(|item| match item {
        Value::Text(text) => Some(Raw::from(text.as_str())),
        Value::Number(number) => Some(Raw::from(crate::sheet::shown(*number))),
        _ => None,
    });
    texts.collect()
}

/// Days from one day to another.
pub fn days(from: NaiveDate, to: NaiveDate) -> i64 {
    to.signed_duration_since(from).num_days()
}
