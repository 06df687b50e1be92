//! Where improvement comes from: the actions of the whole set, the sources that
//! were heard, and when closures fell.

use super::register::count;
use super::{Context, Item, links, optional, people, structure, text, texts};
use crate::expr::{Text, Type, Value};
use crate::inventory::Record;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) fn actions_type() -> Type {
    Type::List(Box::new(structure(
        "any action",
        &[
            ("id", Type::Text, false, "Its id."),
            ("type", Type::Text, true, "Its type."),
            ("status", Type::Text, true, "Where it stands."),
            ("raised", Type::Date, true, "The day it was raised."),
            ("source", Type::Text, true, "The kind of its source."),
            ("serves", Type::List(Box::new(Type::Text)), false, "The aspects of improvement that it serves."),
            ("verified_on", Type::Date, true, "The day on which its effect was checked."),
            ("result", Type::Text, true, "What that check found."),
        ],
    )))
}

/// Every action, in the order of the inventory.
pub(super) fn actions(context: &Arc<Context>, _: usize) -> Value {
    if let Some(unknown) = links::hidden(context, &["action".into()]) {
        return unknown;
    }
    let actions = context.inventory.of_kind("action").map(|record| {
        let date = |path: &[&str]| optional(record.path(path).as_day(), Value::Date);
        let said =
            |path: &[&str]| optional(record.path(path).as_text(), |word| Value::Text(Text::from(word)));
        let fields = vec![
            ("id", text(record.key.id.unescaped())),
            ("type", said(&["type"])),
            ("status", said(&["status"])),
            ("raised", date(&["raised"])),
            ("source", said(&["source", "kind"])),
            ("serves", Value::List(texts(&record.get("serves")).iter().map(|word| text(word)).collect())),
            ("verified_on", date(&["verification", "on"])),
            ("result", said(&["verification", "result"])),
        ];
        Item::value(fields, Some(record.place.clone()), None)
    });
    Value::List(actions.collect())
}

/// A source of improvement: our words, the kinds of source that count as it, and
/// the days on which it had something to say, by kind of record.
type Source = (&'static str, &'static [&'static str], &'static [(&'static str, &'static [&'static str])]);

/// The seven that auditors ask for.
const SOURCES: &[Source] = &[
    ("nonconformities", &["nonconformity"], &[("nonconformity", &["detected", "on"])]),
    (
        "audits",
        &["internal_audit", "external_audit", "third_party_assessment", "certification_body"],
        &[("audit", &["held"])],
    ),
    ("management reviews", &["management_review"], &[("review", &["date"])]),
    (
        "incidents and near misses",
        &["incident", "near_miss", "exercise"],
        &[("incident", &["detected"]), ("exercise", &["held"])],
    ),
    (
        "risk assessment",
        &["risk_assessment", "threat_intelligence"],
        &[("risk", &["reviewed"]), ("risk", &["identified"])],
    ),
    ("monitoring", &["monitoring", "observation"], &[("measurement", &["measured_on"])]),
    (
        "interested parties",
        &["customer", "regulator", "supplier", "staff", "certification_body"],
        &[("feedback", &["received"])],
    ),
];

pub(super) fn sources_type() -> Type {
    Type::List(Box::new(structure(
        "source of improvement",
        &[
            ("name", Type::Text, false, "What it is, in our words."),
            (
                "heard",
                Type::Date,
                true,
                "The last day on which an action was raised from it, or one of its records was decided upon.",
            ),
            ("spoke", Type::Date, true, "The last day on which a record of it says that something happened."),
            ("spoke_first", Type::Date, true, "The first such day."),
        ],
    )))
}

/// The sources of improvement, with when each last spoke and was last heard.
pub(super) fn sources(context: &Arc<Context>, _: usize) -> Value {
    if let Some(unknown) =
        links::hidden(context, &["action".into(), "audit".into(), "feedback".into(), "incident".into()])
    {
        return unknown;
    }
    let raised: Vec<(String, NaiveDate)> = context
        .inventory
        .of_kind("action")
        .filter_map(|action| {
            Some((action.path(&["source", "kind"]).as_text()?, action.get("raised").as_day()?))
        })
        .filter(|(_, raised)| *raised <= context.as_of)
        .collect();
    let items = SOURCES.iter().map(|(name, kinds, records)| {
        let actions = raised.iter().filter(|(kind, _)| kinds.contains(&kind.as_str())).map(|(_, day)| *day);
        let decided =
            records.iter().flat_map(|(kind, _)| context.inventory.of_kind(kind)).filter_map(decided_on);
        let spoke = records.iter().flat_map(|(kind, path)| {
            context.inventory.of_kind(kind).filter_map(|record| record.path(path).as_day())
        });
        let spoke: Vec<NaiveDate> = spoke.filter(|day| *day <= context.as_of).collect();
        let fields = vec![
            ("name", text(name)),
            ("heard", optional(actions.chain(decided).max(), Value::Date)),
            ("spoke", optional(spoke.iter().max().copied(), Value::Date)),
            ("spoke_first", optional(spoke.iter().min().copied(), Value::Date)),
        ];
        Item::value(fields, None, Some(Text::from(*name)))
    });
    Value::List(items.collect())
}

/// The last day on which something was decided about a record or its findings.
fn decided_on(record: &Record) -> Option<NaiveDate> {
    let own = record.path(&["disposition", "on"]).as_day().or_else(|| concluded_on(record));
    let findings = match record.get("findings") {
        Value::List(items) => items,
        _ => Arc::from([]),
    };
    let of_findings = findings.iter().filter_map(|finding| finding.field("disposition").field("on").as_day());
    of_findings.chain(own).max()
}

/// The day of a review that led to an action, or decided that none is needed.
fn concluded_on(record: &Record) -> Option<NaiveDate> {
    let Value::List(decisions) = record.get("decisions") else { return None };
    let led = decisions.iter().any(|decision| {
        !texts(&decision.field("actions")).is_empty()
            || decision.field("no_action_because").as_text().is_some()
    });
    record.get("date").as_day().filter(|_| led)
}

pub(super) fn closures_type() -> Type {
    Type::List(Box::new(structure(
        "closure",
        &[
            ("id", Type::Text, false, "The action or nonconformity."),
            ("on", Type::Date, false, "The day on which it was completed or closed."),
            ("audit", Type::Text, true, "The next audit held on that day or after, by its title."),
            ("audit_on", Type::Date, true, "The day of that audit."),
        ],
    )))
}

/// Closures of actions and nonconformities, each with the audit that followed.
pub(super) fn closures(context: &Arc<Context>, _: usize) -> Value {
    if let Some(unknown) = links::hidden(context, &["audit".into()]) {
        return unknown;
    }
    let mut audits: Vec<(NaiveDate, &Record)> = context
        .inventory
        .of_kind("audit")
        .filter_map(|audit| Some((audit.get("held").as_day()?, audit)))
        .filter(|(held, _)| *held <= context.as_of)
        .collect();
    audits.sort_by_key(|(held, _)| *held);
    let records = context.inventory.records().iter();
    let closed = records.filter_map(|record| {
        let on = match &*record.kind.name {
            "action" => record.get("completed").as_day(),
            "nonconformity" => record.path(&["closed", "on"]).as_day(),
            _ => None,
        };
        Some((on.filter(|on| *on <= context.as_of)?, record))
    });
    let items = closed.map(|(on, record)| {
        let next = audits.get(audits.partition_point(|(held, _)| *held < on));
        let title =
            |audit: &Record| audit.text("title").map_or_else(|| text(audit.key.id.unescaped()), Value::Text);
        let fields = vec![
            ("id", text(record.key.id.unescaped())),
            ("on", Value::Date(on)),
            ("audit", optional(next, |(_, audit)| title(audit))),
            ("audit_on", optional(next, |(held, _)| Value::Date(*held))),
        ];
        Item::value(fields, Some(record.place.clone()), None)
    });
    Value::List(items.collect())
}

pub(super) fn busiest_type() -> Type {
    structure(
        "busiest owner",
        &[
            ("owner", Type::Text, false, "Who owns the most open actions, by isms.yaml where known there."),
            ("actions", Type::Number, false, "How many open actions that person owns."),
            ("of", Type::Number, false, "How many open actions have an owner."),
        ],
    )
}

/// Who owns the most open actions.
pub(super) fn busiest(context: &Arc<Context>, _: usize) -> Value {
    let mut owners: BTreeMap<String, usize> = BTreeMap::new();
    for action in context.inventory.of_kind("action").filter(|action| super::register::is_open(action)) {
        if let Some(owner) = action.text("owner") {
            let owner = people::person(&context.settings.profile, owner.as_str()).to_owned();
            *owners.entry(owner).or_default() += 1;
        }
    }
    let all = owners.values().sum();
    let most = owners.into_iter().max_by(|(one, few), (other, many)| few.cmp(many).then(other.cmp(one)));
    optional(most, |(owner, actions)| {
        let fields = vec![
            ("owner", text(&owner)),
            ("actions", Value::Number(count(actions))),
            ("of", Value::Number(count(all))),
        ];
        Item::value(fields, None, None)
    })
}

/// The last review that looked at actions.
pub(super) fn looked_at(context: &Arc<Context>, _: usize) -> Value {
    if let Some(unknown) = links::hidden(context, &["review".into()]) {
        return unknown;
    }
    let reviews = context.inventory.of_kind("review").filter(|review| {
        let notes = review.path(&["inputs", "prior_actions", "notes"]).as_text();
        !texts(&review.get("open_actions")).is_empty()
            || notes.is_some_and(|notes| !notes.trim().is_empty())
            || !texts(&review.path(&["inputs", "prior_actions", "refs"])).is_empty()
            || review.path(&["inputs", "prior_actions", "none_because"]).as_text().is_some()
    });
    let held = reviews.filter_map(|review| review.get("date").as_day()).filter(|held| *held <= context.as_of);
    optional(held.max(), Value::Date)
}
