//! Who refers to a record, and which actions serve it: the references of all
//! records read in the other direction.
//!
//! The index is built once, in one pass over the references; a reference to a
//! part (`AUD-1/F1`) is not followed to the record that holds it.

use super::{Context, Item, optional, structure, text};
use crate::expr::{Text, Type, Value};
use crate::inventory::{Inventory, Record};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Statuses of an action that is still to be done; none counts as open too.
const OPEN: &[&str] = &["proposed", "planned", "in_progress", "blocked"];

/// References between records, by their places in the inventory.
#[derive(Default)]
pub(super) struct Links {
    /// For each record, those that name it, with the field.
    incoming: BTreeMap<usize, Vec<(usize, String)>>,
    /// For each action, the records that it names.
    outgoing: BTreeMap<usize, Vec<usize>>,
    /// For each record, the actions that name it or that it names.
    actions: BTreeMap<usize, BTreeSet<usize>>,
}

impl Links {
    fn of(inventory: &Inventory) -> Self {
        let records = inventory.records();
        let mut by_id: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, record) in records.iter().enumerate() {
            by_id.entry(record.key.id.unescaped()).or_default().push(at);
        }
        let mut links = Self::default();
        for (from, record) in records.iter().enumerate() {
            for reference in record.references() {
                let named = by_id.get(reference.id.as_str()).into_iter().flatten();
                let meant = named.filter(|to| {
                    reference.kinds.is_empty() || reference.kinds.contains(&records[**to].kind.name)
                });
                for to in meant {
                    links.incoming.entry(*to).or_default().push((from, reference.field.clone()));
                    links.connect(records, from, *to, &by_id);
                }
            }
        }
        links
    }

    fn connect(&mut self, records: &[Record], from: usize, to: usize, by_id: &BTreeMap<&str, Vec<usize>>) {
        if is_action(&records[from]) {
            self.outgoing.entry(from).or_default().push(to);
            self.actions.entry(to).or_default().insert(from);
        }
        if is_action(&records[to]) {
            self.actions.entry(from).or_default().insert(to);
            // What a measurement led to serves its metric.
            let metric = records[from].text("metric").filter(|_| &*records[from].kind.name == "measurement");
            let metrics = metric.iter().filter_map(|id| by_id.get(id.as_str())).flatten();
            for metric in metrics.filter(|at| &*records[**at].kind.name == "metric") {
                self.actions.entry(*metric).or_default().insert(to);
            }
        }
    }

    fn actions(&self, record: usize) -> impl Iterator<Item = usize> {
        self.actions.get(&record).into_iter().flatten().copied()
    }
}

fn is_action(record: &Record) -> bool {
    &*record.kind.name == "action"
}

fn is_open(record: &Record) -> bool {
    match record.get("status") {
        Value::Text(status) => OPEN.contains(&status.as_str()),
        _ => true,
    }
}

fn links(context: &Context) -> &Links {
    context.links.get_or_init(|| Links::of(&context.inventory))
}

/// The risks that an action names or that name it, by their places.
pub(super) fn served_risks(context: &Context, action: usize) -> impl Iterator<Item = usize> {
    let records = context.inventory.records();
    let index = links(context);
    let both = index.incoming.get(&action).into_iter().flatten().map(|(from, _)| *from);
    let named = index.outgoing.get(&action).into_iter().flatten().copied();
    let risks: BTreeSet<usize> = both.chain(named).filter(|at| &*records[*at].kind.name == "risk").collect();
    risks.into_iter()
}

/// The actions that name a record or that it names.
pub(super) fn actions_of(context: &Context, record: usize) -> impl Iterator<Item = usize> {
    links(context).actions(record)
}

/// The records that name a record.
pub(super) fn naming(context: &Context, record: usize) -> impl Iterator<Item = usize> {
    let named = links(context).incoming.get(&record).into_iter().flatten();
    let from: BTreeSet<usize> = named.map(|(from, _)| *from).collect();
    from.into_iter()
}

/// Why references may be missing, where records of `kinds` cannot be read.
pub(super) fn hidden(context: &Context, kinds: &[Arc<str>]) -> Option<Value> {
    context
        .inventory
        .may_hold_any(kinds, "")
        .then(|| Value::Unknown("records that may refer to it cannot be read".into()))
}

pub(super) fn referrers_type() -> Type {
    Type::List(Box::new(structure(
        "referrer",
        &[
            ("kind", Type::Text, false, "The kind of the record that refers."),
            ("id", Type::Text, false, "Its id."),
            ("field", Type::Text, false, "Path of the field that refers."),
        ],
    )))
}

pub(super) fn referrers(context: &Arc<Context>, at: usize) -> Value {
    if let Some(unknown) = hidden(context, &[]) {
        return unknown;
    }
    let records = context.inventory.records();
    let incoming = links(context).incoming.get(&at).into_iter().flatten();
    let items = incoming.map(|(from, field)| {
        let record = &records[*from];
        let fields = vec![
            ("kind", text(&record.kind.name)),
            ("id", text(record.key.id.unescaped())),
            ("field", text(field)),
        ];
        Item::value(fields, Some(record.place.clone()), None)
    });
    Value::List(items.collect::<Vec<_>>().into())
}

pub(super) fn actions_type() -> Type {
    Type::List(Box::new(structure(
        "linked action",
        &[
            ("id", Type::Text, false, "The action's id."),
            ("title", Type::Text, true, "Its title."),
            ("status", Type::Text, true, "Where it stands."),
            ("raised", Type::Date, true, "The day it was raised."),
            ("completed", Type::Date, true, "The day it was completed."),
            ("verified_on", Type::Date, true, "The day on which its effect was checked."),
            ("result", Type::Text, true, "What that check found."),
        ],
    )))
}

/// The actions that name a record or that it names, in the order of the
/// inventory.
pub(super) fn actions(context: &Arc<Context>, at: usize) -> Value {
    if let Some(unknown) = hidden(context, &["action".into()]) {
        return unknown;
    }
    let items = links(context).actions(at).map(|action| {
        let record = &context.inventory.records()[action];
        let fields = vec![
            ("id", text(record.key.id.unescaped())),
            ("title", optional(record.text("title"), Value::Text)),
            ("status", optional(record.text("status"), Value::Text)),
            ("raised", record.get("raised")),
            ("completed", record.get("completed")),
            ("verified_on", record.path(&["verification", "on"])),
            ("result", record.path(&["verification", "result"])),
        ];
        Item::value(fields, Some(record.place.clone()), Some(Text::from(record.key.id.unescaped())))
    });
    Value::List(items.collect::<Vec<_>>().into())
}

/// Open actions of the record and of the metric that it names, each once.
pub(super) fn open_actions(context: &Arc<Context>, at: usize) -> Value {
    if let Some(unknown) = hidden(context, &["action".into()]) {
        return unknown;
    }
    let records = context.inventory.records();
    let open_of = |record: usize| links(context).actions(record).filter(|action| is_open(&records[*action]));
    let metric = records.get(at).and_then(|record| record.text("metric"));
    let metric = metric.and_then(|id| context.inventory.position("metric", id.as_str()));
    // The metric's are counted once for all records that name it.
    let of_metric = metric.map(|metric| {
        let mut counts = context.open_actions.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let count = *counts.entry(metric).or_insert_with(|| open_of(metric).count());
        (links(context).actions.get(&metric), count)
    });
    let (known, count) = of_metric.unwrap_or((None, 0));
    let own = open_of(at).filter(|action| known.is_none_or(|known| !known.contains(action))).count();
    Value::Number(f64::from(u32::try_from(own + count).unwrap_or(u32::MAX)))
}
