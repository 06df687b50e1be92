//! What became of the decisions of reviews: completed by the next one, with a
//! trace in what they were about, or none at all; and the opportunities that
//! were on the table.

use super::register::count;
use super::{Context, Item, links, optional, similarity, structure, text, texts};
use crate::expr::{Text, Type, Value};
use crate::history::What;
use crate::inventory::Record;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::sync::Arc;

fn decisions(review: &Record) -> Vec<Value> {
    match review.get("decisions") {
        Value::List(items) => items.to_vec(),
        _ => Vec::new(),
    }
}

fn completed(context: &Context, id: &str) -> Option<NaiveDate> {
    context.inventory.find("action", id)?.get("completed").as_day()
}

pub(super) fn earlier_type() -> Type {
    Type::List(Box::new(structure(
        "decision of the last review",
        &[
            ("id", Type::Text, false, "Its id, or its place in the list."),
            ("due", Type::Date, true, "Its due date."),
            ("done", Type::Bool, false, "Whether all its actions were completed by the day of this review."),
            ("review", Type::Text, false, "The last review of this type, by title or id."),
        ],
    )))
}

/// The decisions with actions of the last review of this type.
pub(super) fn earlier(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    if let Some(unknown) = links::hidden(context, &["action".into(), "review".into()]) {
        return unknown;
    }
    let on = record.get("date").as_day().unwrap_or(context.as_of);
    let Some((_, before)) = similarity::before(context, record) else { return Value::List(Arc::from([])) };
    let title = before.text("title").map_or_else(|| text(before.key.id.unescaped()), Value::Text);
    let items = decisions(before).into_iter().enumerate().filter_map(|(at, decision)| {
        let actions = texts(&decision.field("actions"));
        let done = actions.iter().all(|id| completed(context, id).is_some_and(|day| day <= on));
        let id = decision.field("id").as_text().unwrap_or_else(|| format!("number {}", at + 1));
        let fields = vec![
            ("id", text(&id)),
            ("due", optional(decision.field("due").as_day(), Value::Date)),
            ("done", Value::Bool(done)),
            ("review", title.clone()),
        ];
        (!actions.is_empty()).then(|| Item::value(fields, None, Some(Text::from(id))))
    });
    Value::List(items.collect())
}

/// Quiet reviews are counted up to this many.
const MOST_QUIET: usize = 100;

/// How many reviews of this type running, this one included, decided nothing.
pub(super) fn quiet(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let decides = |review: &Record| {
        decisions(review)
            .iter()
            .any(|decision| decision.field("kind").as_text().is_none_or(|kind| kind != "none"))
    };
    let mut quiet = 0;
    let mut review = Some(record);
    while let Some(current) = review.filter(|review| quiet < MOST_QUIET && !decides(review)) {
        quiet += 1;
        review = similarity::before(context, current).map(|(_, before)| before);
    }
    Value::Number(count(quiet))
}

pub(super) fn opportunities_type() -> Type {
    Type::List(Box::new(structure(
        "opportunity on the table",
        &[
            ("id", Type::Text, false, "The record that the review names under opportunities."),
            (
                "decided",
                Type::Bool,
                false,
                "Whether it is an action, has a disposition, or a decision is about it.",
            ),
        ],
    )))
}

/// The records that a review names under opportunities.
pub(super) fn opportunities(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let about: BTreeSet<String> = decisions(record)
        .iter()
        .flat_map(|decision| {
            decision.field("about").as_text().into_iter().chain(texts(&decision.field("actions")))
        })
        .collect();
    let refs = texts(&record.path(&["inputs", "opportunities", "refs"]));
    let items = refs.into_iter().map(|id| {
        let settled = context.inventory.find("action", &id).is_some()
            || ["feedback", "incident", "exercise"].iter().any(|kind| {
                let found = context.inventory.find(kind, &id);
                found.is_some_and(|found| found.path(&["disposition", "decision"]).as_text().is_some())
            })
            || finding_is_settled(context, &id);
        let decided = Value::Bool(settled || about.contains(&id));
        Item::value(vec![("id", text(&id)), ("decided", decided)], None, Some(Text::from(id)))
    });
    Value::List(items.collect())
}

/// Whether an audit finding (`AUD-1/F1`) has a disposition; of a whole audit,
/// whether each of its findings has.
fn finding_is_settled(context: &Context, id: &str) -> bool {
    let (audit, finding) = id.split_once('/').map_or((id, None), |(audit, finding)| (audit, Some(finding)));
    let Some(audit) = context.inventory.find("audit", audit) else { return false };
    let Value::List(findings) = audit.get("findings") else { return false };
    let mut meant = findings
        .iter()
        .filter(|item| finding.is_none_or(|finding| item.field("id").as_text().as_deref() == Some(finding)))
        .peekable();
    meant.peek().is_some()
        && meant.all(|item| item.field("disposition").field("decision").as_text().is_some())
}

pub(super) fn effects_type() -> Type {
    let texts = || Type::List(Box::new(Type::Text));
    Type::List(Box::new(structure(
        "effect of a decision",
        &[
            ("id", Type::Text, false, "The decision, or its place in the list."),
            ("text", Type::Text, true, "What was decided."),
            ("actions", texts(), false, "Its actions."),
            ("closed", Type::Bool, false, "Whether all of them are completed."),
            ("concerned", texts(), false, "The records and documents that it or its actions name."),
            ("changed", texts(), false, "Those of them that a commit changed since the review."),
        ],
    )))
}

/// What git shows of the decisions of a review.
pub(super) fn effects(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let Some(on) = record.get("date").as_day() else { return Value::List(Arc::from([])) };
    let decisions = decisions(record).into_iter().enumerate();
    let items = decisions.filter_map(|(at, decision)| {
        let actions = texts(&decision.field("actions"));
        if actions.is_empty() {
            return None;
        }
        let closed = actions.iter().all(|id| completed(context, id).is_some());
        let mut concerned: BTreeSet<String> = decision.field("about").as_text().into_iter().collect();
        for action in actions.iter().filter_map(|id| context.inventory.find("action", id)) {
            concerned.extend(action.references().iter().map(|reference| reference.id.as_str().to_owned()));
        }
        // An objective moves when its metric does.
        let metrics =
            concerned.iter().filter_map(|id| context.inventory.find("objective", id)?.text("metric"));
        let metrics: Vec<String> = metrics.map(|metric| metric.as_str().to_owned()).collect();
        concerned.extend(metrics);
        let changed = concerned.iter().filter(|id| changed_since(context, id, on));
        let id = decision.field("id").as_text().unwrap_or_else(|| format!("number {}", at + 1));
        let fields = vec![
            ("text", optional(decision.field("text").as_text(), |said| text(&said))),
            ("closed", Value::Bool(closed)),
            ("changed", Value::List(changed.map(|id| text(id)).collect())),
            ("concerned", Value::List(concerned.iter().map(|id| text(id)).collect())),
            ("actions", Value::List(actions.iter().map(|id| text(id)).collect())),
            ("id", text(&id)),
        ];
        let place = match &decision {
            Value::Struct(object) => object.place(),
            _ => None,
        };
        Some(Item::value(fields, place, Some(Text::from(id))))
    });
    Value::List(items.collect())
}

/// Whether a commit changed a record with this id, or a row of it, on a day or
/// later. A metric changes when a row arrives.
fn changed_since(context: &Context, id: &str, on: NaiveDate) -> bool {
    let changed = context.changed_on.get_or_init(|| {
        let mut last = std::collections::BTreeMap::new();
        for (key, series) in &context.history.series {
            let id = match &*key.kind {
                "measurement" => key.id.unescaped().split('/').next().unwrap_or_default(),
                _ => key.id.unescaped(),
            };
            let counted = series.changes.iter().filter(|change| change.what != What::Deleted);
            let days = counted.filter_map(|change| context.history.step(change.step)?.arrived);
            if let Some(day) = days.max() {
                let known = last.entry(id.to_owned()).or_insert(day);
                *known = day.max(*known);
            }
        }
        last
    });
    changed.get(id).is_some_and(|day| *day >= on)
}
