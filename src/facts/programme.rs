//! The audit programme against what was held: audits that are awaited, what the
//! audits of a cycle looked at, and what each of them found.

use super::register::count;
use super::{Context, Item, dates, links, optional, structure, text, texts};
use crate::expr::{Duration, Text, Type, Value};
use crate::inventory::Record;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Three years: the common cycle of certificates, where the programme has none.
const COMMON_CYCLE: Duration = Duration { months: 36, days: 0 };

pub(super) fn awaited_type() -> Type {
    Type::List(Box::new(structure(
        "awaited audit",
        &[
            ("id", Type::Text, false, "The audit, or the entry of the programme."),
            ("planned", Type::Date, false, "The day it was planned for."),
        ],
    )))
}

/// Of an audit itself, when it is not held; of a programme the entries that no
/// audit carries out: none has the entry's id or, in this programme, its day.
pub(super) fn awaited(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let item = |id: &str, planned: NaiveDate, value: &Value| {
        let place = match value {
            Value::Struct(object) => object.place_of("planned"),
            _ => None,
        };
        Item::value(vec![("id", text(id)), ("planned", Value::Date(planned))], place, Some(Text::from(id)))
    };
    if &*record.kind.name == "audit" {
        let planned = record.get("planned").as_day().filter(|_| record.get("held").as_day().is_none());
        let items = planned.map(|planned| item(record.key.id.unescaped(), planned, &record.value()));
        return Value::List(items.into_iter().collect());
    }
    if let Some(unknown) = links::hidden(context, &["audit".into()]) {
        return unknown;
    }
    let own = record.key.id.unescaped();
    let days = audit_days(context).get(own);
    let entries = record.get("audits").as_items();
    let items = entries.iter().filter_map(|entry| {
        let (id, planned) = (entry.field("id").as_text()?, entry.field("planned").as_day()?);
        let carried_out = context.inventory.find("audit", &id).is_some()
            || days.is_some_and(|days| days.contains(&planned));
        (!carried_out).then(|| item(&id, planned, entry))
    });
    Value::List(items.collect())
}

/// The days on which the audits of each programme were planned or held.
fn audit_days(context: &Context) -> &BTreeMap<String, BTreeSet<NaiveDate>> {
    context.audit_days.get_or_init(|| {
        let mut days: BTreeMap<String, BTreeSet<NaiveDate>> = BTreeMap::new();
        for audit in context.inventory.of_kind("audit") {
            if let Some(programme) = audit.get("programme").as_text() {
                let of_audit = [audit.get("planned").as_day(), audit.get("held").as_day()];
                days.entry(programme).or_default().extend(of_audit.into_iter().flatten());
            }
        }
        days
    })
}

pub(super) fn cycle_type() -> Type {
    let texts = || Type::List(Box::new(Type::Text));
    structure(
        "audit cycle",
        &[
            ("interval", Type::Duration, false, "The length of the cycle."),
            ("interval_source", Type::Text, false, "Whose length that is, in words."),
            ("from", Type::Date, true, "The first day of the cycle that ends today."),
            ("since", Type::Date, true, "Since when the ISMS operates."),
            ("audits", Type::Number, false, "How many internal audits were held in it."),
            ("clauses", texts(), false, "Clauses 4 to 10 that none of them had in scope."),
            ("controls", texts(), false, "Applicable controls that none of them looked at."),
            ("applicable", Type::Number, false, "How many controls are applicable."),
        ],
    )
}

/// What the internal audits of the cycle that ends today looked at.
pub(super) fn cycle(context: &Arc<Context>, _: usize) -> Value {
    if let Some(unknown) = links::hidden(context, &["audit".into()]) {
        return unknown;
    }
    let own =
        context.inventory.of_kind("audit_programme").filter_map(|programme| match programme.get("cycle") {
            Value::Duration(cycle) => Some(cycle),
            _ => None,
        });
    let own = own.last();
    let interval = own.unwrap_or(COMMON_CYCLE);
    let source =
        if own.is_some() { "the programme's cycle" } else { "the common cycle, as the programme names none" };
    let from = interval.before(context.as_of);
    let held: Vec<&Record> = context
        .inventory
        .of_kind("audit")
        .filter(|audit| audit.get("type").as_text().as_deref() == Some("internal"))
        .filter(|audit| {
            let held = audit.get("held").as_day();
            held.is_some_and(|held| held <= context.as_of && from.is_none_or(|from| held >= from))
        })
        .collect();
    let mut clauses = BTreeSet::new();
    let mut controls = BTreeSet::new();
    for audit in &held {
        let findings = audit.get("findings").as_items();
        let cited = findings.iter().filter_map(|finding| finding.field("clause").as_text());
        clauses.extend(texts(&audit.path(&["scope", "clauses"])).into_iter().chain(cited));
        let seen = findings.iter().filter_map(|finding| finding.field("control").as_text());
        controls.extend(texts(&audit.path(&["scope", "controls"])).into_iter().chain(seen));
    }
    let chapters: BTreeSet<&str> = clauses.iter().filter_map(|clause| clause.split('.').next()).collect();
    let unseen =
        ["4", "5", "6", "7", "8", "9", "10"].into_iter().filter(|chapter| !chapters.contains(chapter));
    let applicable: Vec<&Record> = context
        .inventory
        .of_kind("control")
        .filter(|control| matches!(control.get("applicable"), Value::Bool(true)))
        .collect();
    let untouched =
        applicable.iter().map(|control| control.key.id.unescaped()).filter(|id| !controls.contains(*id));
    let fields = vec![
        ("interval", Value::Duration(interval)),
        ("interval_source", text(source)),
        ("from", optional(from, Value::Date)),
        ("since", optional(dates::operating_since(context), Value::Date)),
        ("audits", Value::Number(count(held.len()))),
        ("clauses", Value::List(unseen.map(text).collect())),
        ("controls", Value::List(untouched.map(text).collect())),
        ("applicable", Value::Number(count(applicable.len()))),
    ];
    let place = held.last().map(|audit| audit.place_of("scope"));
    Item::value(fields, place, None)
}

pub(super) fn held_type() -> Type {
    Type::List(Box::new(structure(
        "held audit",
        &[
            ("title", Type::Text, false, "Its title or id."),
            ("on", Type::Date, false, "The day it was held."),
            ("internal", Type::Bool, false, "Whether it was an internal one."),
            ("external", Type::Bool, false, "Whether it came from outside, certification audits included."),
            ("nonconformities", Type::Number, false, "How many major and minor findings it has."),
            ("remarks", Type::Number, false, "How many observations and opportunities it has."),
            ("age", Type::Number, false, "Its place among the held ones, 1 for the last."),
        ],
    )))
}

/// The audits that were held, the last one first.
pub(super) fn held(context: &Arc<Context>, _: usize) -> Value {
    if let Some(unknown) = links::hidden(context, &["audit".into()]) {
        return unknown;
    }
    let mut audits: Vec<(NaiveDate, &Record)> = context
        .inventory
        .of_kind("audit")
        .filter_map(|audit| Some((audit.get("held").as_day().filter(|held| *held <= context.as_of)?, audit)))
        .collect();
    audits.sort_by(|(one, first), (other, second)| other.cmp(one).then_with(|| first.key.cmp(&second.key)));
    let items = audits.iter().enumerate().map(|(at, (on, audit))| {
        let ty = audit.get("type").as_text().unwrap_or_default();
        let found = audit.get("findings").as_items();
        let of = |types: &[&str]| {
            let types = found.iter().filter(|finding| {
                finding.field("type").as_text().is_some_and(|ty| types.contains(&ty.as_str()))
            });
            Value::Number(count(types.count()))
        };
        let title = audit.text("title").map_or_else(|| text(audit.key.id.unescaped()), Value::Text);
        let fields = vec![
            ("title", title),
            ("on", Value::Date(*on)),
            ("internal", Value::Bool(ty == "internal")),
            (
                "external",
                Value::Bool(
                    ["external", "certification", "surveillance", "recertification"].contains(&ty.as_str()),
                ),
            ),
            ("nonconformities", of(&["major", "minor"])),
            ("remarks", of(&["observation", "opportunity"])),
            ("age", Value::Number(count(at + 1))),
        ];
        Item::value(fields, Some(audit.place.clone()), None)
    });
    Value::List(items.collect())
}
