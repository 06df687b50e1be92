//! Reviews: the inputs they looked at, and the actions that stay open from one
//! to the next.

use super::{Context, Item, optional, structure, text, texts};
use crate::expr::{Text, Type, Value};
use crate::inventory::Record;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The inputs of a management review: letter, field, and our words for it.
pub(super) const INPUTS: &[(&str, &str, &str)] = &[
    ("a", "prior_actions", "actions of earlier reviews"),
    ("b", "context_changes", "changes of the context"),
    ("c", "interested_party_changes", "changes of what interested parties need"),
    ("d", "nonconformity_trends", "nonconformities and corrective actions"),
    ("d", "measurement_results", "results of monitoring and measurement"),
    ("d", "audit_results", "audit results"),
    ("d", "objectives", "fulfilment of objectives"),
    ("e", "feedback", "feedback of interested parties"),
    ("f", "risks", "risk assessment and treatment"),
    ("g", "opportunities", "opportunities to improve"),
];

pub(super) fn inputs_type() -> Type {
    Type::List(Box::new(structure(
        "input",
        &[
            ("letter", Type::Text, false, "Its letter in clause 9.3.2."),
            ("field", Type::Text, false, "Its field under `inputs`."),
            ("title", Type::Text, false, "What it is, in our words."),
            ("filled", Type::Bool, false, "Whether notes, references or a reason for none are written."),
        ],
    )))
}

pub(super) fn inputs(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let items = INPUTS.iter().map(|(letter, field, title)| {
        let part = |name: &str| record.path(&["inputs", field, name]);
        let filled = ["notes", "none_because"].iter().any(|name| says(&part(name)))
            || !texts(&part("refs")).is_empty();
        let fields = vec![
            ("letter", text(letter)),
            ("field", text(field)),
            ("title", text(title)),
            ("filled", Value::Bool(filled)),
        ];
        Item::value(fields, None, Some(Text::from(*field)))
    });
    Value::List(items.collect())
}

fn says(value: &Value) -> bool {
    matches!(value, Value::Text(text) if !text.as_str().trim().is_empty())
}

pub(super) fn carried_type() -> Type {
    Type::List(Box::new(structure(
        "carried",
        &[
            ("id", Type::Text, false, "The action."),
            ("due", Type::Date, true, "Its due date, as it stands today."),
            ("still_open", Type::Bool, false, "Whether this review lists it as open again."),
            ("review", Type::Text, false, "The review before, by its title or id."),
            ("on", Type::Date, false, "The day of the review before."),
        ],
    )))
}

fn held(record: &Record) -> Option<NaiveDate> {
    match record.get("date") {
        Value::Date(day) => Some(day),
        _ => None,
    }
}

/// The reviews with a day, oldest first, by their places.
pub(super) fn held_reviews(context: &Context) -> &[(NaiveDate, usize)] {
    context.reviews.get_or_init(|| {
        let records = context.inventory.records().iter().enumerate();
        let reviews = records.filter(|(_, record)| &*record.kind.name == "review");
        let mut held: Vec<_> = reviews.filter_map(|(at, record)| Some((held(record)?, at))).collect();
        held.sort_unstable();
        held
    })
}

/// The actions that were open at the review before this one.
pub(super) fn carried(context: &Arc<Context>, at: usize) -> Value {
    let inventory = &context.inventory;
    let empty = || Value::List(Arc::from([]));
    let Some(record) = inventory.records().get(at) else { return Value::Absent };
    let Some(day) = held(record) else { return empty() };
    let reviews = held_reviews(context);
    let earlier = reviews.partition_point(|(on, _)| *on < day);
    let Some((on, before)) = earlier.checked_sub(1).map(|last| reviews[last]) else { return empty() };
    let before = &inventory.records()[before];
    let title = before.text("title").map_or_else(|| text(before.key.id.unescaped()), Value::Text);
    let open: BTreeSet<String> = texts(&record.get("open_actions")).into_iter().collect();
    let items = texts(&before.get("open_actions")).into_iter().map(|id| {
        let due = inventory.find("action", &id).map(|action| action.get("due"));
        let fields = vec![
            ("id", text(&id)),
            ("due", due.filter(|due| matches!(due, Value::Date(_))).unwrap_or(Value::Absent)),
            ("still_open", Value::Bool(open.contains(&id))),
            ("review", title.clone()),
            ("on", Value::Date(on)),
        ];
        Item::value(fields, None, Some(Text::from(id.as_str())))
    });
    Value::List(items.collect())
}

/// The day on which it was held, once that has come.
pub(super) fn held_on(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let held = record.get("held").as_day().or_else(|| held(record));
    optional(held.filter(|held| *held <= context.as_of), Value::Date)
}
