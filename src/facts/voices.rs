//! What incidents, feedback and staff said over time: categories that grow,
//! topics that return, and the risks that an incident touched.

use super::register::count;
use super::{Context, Item, links, optional, structure, text, texts};
use crate::expr::{Duration, Text, Type, Value};
use crate::inventory::Record;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A year: the stretch that is set against the one before.
const YEAR: Duration = Duration { months: 12, days: 0 };

pub(super) fn categories_type() -> Type {
    let texts = || Type::List(Box::new(Type::Text));
    Type::List(Box::new(structure(
        "category of incidents",
        &[
            ("category", Type::Text, false, "The category."),
            ("now", Type::Number, false, "How many were detected in the twelve months up to today."),
            ("before", Type::Number, false, "How many in the twelve months before that."),
            ("ids", texts(), false, "Those of the last twelve months."),
            (
                "together",
                Type::Bool,
                false,
                "Whether an action or a nonconformity names two or more of them.",
            ),
        ],
    )))
}

/// Incidents by category, year against year.
pub(super) fn categories(context: &Arc<Context>, _: usize) -> Value {
    if let Some(unknown) = links::hidden(context, &["incident".into()]) {
        return unknown;
    }
    let Some(year) = YEAR.before(context.as_of) else { return Value::List(Arc::from([])) };
    let Some(two) = YEAR.before(year) else { return Value::List(Arc::from([])) };
    let mut categories: BTreeMap<String, (Vec<usize>, usize)> = BTreeMap::new();
    for at in context.inventory.places_of_kind("incident") {
        let incident = &context.inventory.records()[*at];
        let (Some(category), Some(on)) =
            (incident.get("category").as_text(), incident.get("detected").as_day())
        else {
            continue;
        };
        let counted = categories.entry(category).or_default();
        if year < on && on <= context.as_of {
            counted.0.push(*at);
        } else if two < on && on <= year {
            counted.1 += 1;
        }
    }
    let items =
        categories.into_iter().filter(|(_, (now, _))| !now.is_empty()).map(|(category, (now, before))| {
            let mut named: BTreeMap<usize, usize> = BTreeMap::new();
            for from in now.iter().flat_map(|at| links::naming(context, *at)) {
                *named.entry(from).or_default() += 1;
            }
            let records = context.inventory.records();
            let together = named.iter().any(|(from, times)| {
                *times > 1 && matches!(&*records[*from].kind.name, "action" | "nonconformity" | "review")
            });
            let place = now.last().map(|at| records[*at].place.clone());
            let fields = vec![
                ("category", text(&category)),
                ("now", Value::Number(count(now.len()))),
                ("before", Value::Number(count(before))),
                ("ids", Value::List(now.iter().map(|at| text(records[*at].key.id.unescaped())).collect())),
                ("together", Value::Bool(together)),
            ];
            Item::value(fields, place, Some(Text::from(category)))
        });
    Value::List(items.collect())
}

pub(super) fn topics_type() -> Type {
    let texts = || Type::List(Box::new(Type::Text));
    Type::List(Box::new(structure(
        "topic of feedback",
        &[
            ("topic", Type::Text, false, "The topic."),
            ("ids", texts(), false, "The feedback on it, as the inventory has it."),
            ("last", Type::Date, true, "The last day on which some was received."),
            (
                "followed",
                Type::Bool,
                false,
                "Whether one of them led to an action, a nonconformity, or a change of a risk or document.",
            ),
        ],
    )))
}

/// Feedback by topic.
pub(super) fn topics(context: &Arc<Context>, _: usize) -> Value {
    let mut topics: BTreeMap<String, Vec<&Record>> = BTreeMap::new();
    for feedback in context.inventory.of_kind("feedback") {
        if let Some(topic) = feedback.get("topic").as_text() {
            topics.entry(topic.trim().to_lowercase()).or_default().push(feedback);
        }
    }
    let items = topics.into_iter().map(|(topic, feedback)| {
        let followed = feedback.iter().any(|one| {
            let decision = one.path(&["disposition", "decision"]).as_text();
            decision.is_some_and(|decision| {
                ["action", "nonconformity", "risk_update", "document_change"].contains(&decision.as_str())
            })
        });
        let last = feedback.iter().filter_map(|one| one.get("received").as_day()).max();
        let place = feedback.last().map(|one| one.place.clone());
        let fields = vec![
            ("topic", text(&topic)),
            ("ids", Value::List(feedback.iter().map(|one| text(one.key.id.unescaped())).collect())),
            ("last", optional(last, Value::Date)),
            ("followed", Value::Bool(followed)),
        ];
        Item::value(fields, place, Some(Text::from(topic)))
    });
    Value::List(items.collect())
}

/// The last day on which something came from staff: feedback, or an action.
pub(super) fn staff(context: &Arc<Context>, _: usize) -> Value {
    if let Some(unknown) = links::hidden(context, &["feedback".into(), "action".into()]) {
        return unknown;
    }
    let feedback = context
        .inventory
        .of_kind("feedback")
        .filter(|one| one.get("from").as_text().as_deref() == Some("staff"));
    let actions = context
        .inventory
        .of_kind("action")
        .filter(|one| one.path(&["source", "kind"]).as_text().as_deref() == Some("staff"));
    let days = feedback.filter_map(|one| one.get("received").as_day());
    let days = days.chain(actions.filter_map(|one| one.get("raised").as_day()));
    optional(days.filter(|on| *on <= context.as_of).max(), Value::Date)
}

pub(super) fn touched_type() -> Type {
    Type::List(Box::new(structure(
        "risk that an incident touched",
        &[
            ("id", Type::Text, false, "The risk."),
            ("reviewed", Type::Date, true, "When it was last assessed."),
        ],
    )))
}

/// The open risks that an incident names, that name it, or that rely on a
/// control that did not work in it.
pub(super) fn touched(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    if let Some(unknown) = links::hidden(context, &["risk".into()]) {
        return unknown;
    }
    let records = context.inventory.records();
    let mut risks: BTreeSet<usize> = texts(&record.path(&["links", "risk"]))
        .iter()
        .filter_map(|id| context.inventory.position("risk", id))
        .collect();
    risks.extend(links::naming(context, at).filter(|from| &*records[*from].kind.name == "risk"));
    let controls = match record.get("controls") {
        Value::List(items) => items,
        _ => Arc::from([]),
    };
    for control in
        controls.iter().filter(|control| control.field("result").as_text().as_deref() == Some("failed"))
    {
        let Some(control) =
            control.field("control").as_text().and_then(|id| context.inventory.position("control", &id))
        else {
            continue;
        };
        risks.extend(links::naming(context, control).filter(|from| &*records[*from].kind.name == "risk"));
    }
    let open = open_risks(context);
    Value::List(risks.iter().filter_map(|at| open.get(at).cloned()).collect())
}

/// The open risks, by their places: a control that failed in many incidents
/// touches the same risks each time.
fn open_risks(context: &Context) -> &BTreeMap<usize, Value> {
    context.open_risks.get_or_init(|| {
        let records = context.inventory.records().iter().enumerate();
        let open = records.filter(|(_, risk)| {
            &*risk.kind.name == "risk" && risk.get("status").as_text().as_deref() != Some("closed")
        });
        let item = |risk: &Record| {
            let reviewed = risk.get("reviewed").as_day().or_else(|| risk.get("identified").as_day());
            let fields =
                vec![("id", text(risk.key.id.unescaped())), ("reviewed", optional(reviewed, Value::Date))];
            let id = Some(Text::from(risk.key.id.unescaped()));
            Item::value(fields, Some(risk.place_of("reviewed")), id)
        };
        open.map(|(at, risk)| (at, item(risk))).collect()
    })
}
