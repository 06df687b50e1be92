//! What comes back: nonconformities about the same clause or control, area or
//! kind of cause, counted over audits that follow each other.
//!
//! An audit has a nonconformity by a finding of its own (major or minor) or by a
//! record that names it as its source. One that names no audit counts for the
//! first audit held on its day or after: that audit had it before its eyes.

use super::{Context, Item, links, optional, structure, text};
use crate::expr::{Text, Type, Value};
use crate::inventory::Record;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) fn recurring_type() -> Type {
    let texts = || Type::List(Box::new(Type::Text));
    Type::List(Box::new(structure(
        "recurrence",
        &[
            ("by", Type::Text, false, "What they have in common: requirement, area or cause."),
            ("subject", Type::Text, false, "The clause, control, area or category of cause."),
            ("run", Type::Number, false, "In how many audits running, up to the last held, it was found."),
            ("audits", texts(), false, "Those audits, by title or id, oldest first."),
            ("nonconformities", texts(), false, "The nonconformities behind them that have a record."),
            ("linked", Type::Bool, false, "Whether an action names two or more of those records."),
        ],
    )))
}

/// What was found in one respect: the audits by their place in time, and the
/// records of nonconformities.
#[derive(Default)]
struct Found {
    audits: BTreeSet<usize>,
    records: BTreeSet<usize>,
}

type Subjects = BTreeMap<(&'static str, String), Found>;

pub(super) fn recurring(context: &Arc<Context>, _: usize) -> Value {
    if let Some(unknown) = links::hidden(context, &["audit".into(), "nonconformity".into()]) {
        return unknown;
    }
    let mut audits: Vec<(NaiveDate, &Record)> = context
        .inventory
        .of_kind("audit")
        .filter_map(|audit| Some((audit.get("held").as_day()?, audit)))
        .filter(|(held, _)| *held <= context.as_of)
        .collect();
    audits.sort_by(|(held, one), (other, two)| held.cmp(other).then_with(|| one.key.cmp(&two.key)));
    let by_id: BTreeMap<&str, usize> =
        audits.iter().enumerate().map(|(at, (_, audit))| (audit.key.id.unescaped(), at)).collect();
    let mut subjects = Subjects::new();
    for (at, (_, audit)) in audits.iter().enumerate() {
        for finding in audit.get("findings").as_items().iter() {
            if matches!(finding.field("type").as_text().as_deref(), Some("major" | "minor")) {
                let about = finding.field("control").as_text().or_else(|| finding.field("clause").as_text());
                put(&mut subjects, [about, finding.field("area").as_text(), None], at, None);
            }
        }
    }
    for place in context.inventory.places_of_kind("nonconformity") {
        let record = &context.inventory.records()[*place];
        if record.get("grade").as_text().as_deref() == Some("unfounded") {
            continue;
        }
        let Some(at) = audit_of(record, &audits, &by_id) else { continue };
        let common = [
            record.get("requirement").as_text(),
            record.get("area").as_text(),
            record.path(&["root_cause", "category"]).as_text().filter(|category| category != "other"),
        ];
        put(&mut subjects, common, at, Some(*place));
    }
    let items = subjects.into_iter().filter_map(|((by, subject), found)| {
        let run = run(&found.audits, audits.len());
        (run > 1).then(|| item(context, &audits, by, &subject, &found, run))
    });
    Value::List(items.collect())
}

fn put(subjects: &mut Subjects, common: [Option<String>; 3], audit: usize, record: Option<usize>) {
    for (by, subject) in ["requirement", "area", "cause"].into_iter().zip(common) {
        if let Some(subject) = subject {
            let found = subjects.entry((by, subject)).or_default();
            found.audits.insert(audit);
            found.records.extend(record);
        }
    }
}

/// The audit that a nonconformity belongs to.
fn audit_of(
    record: &Record,
    audits: &[(NaiveDate, &Record)],
    by_id: &BTreeMap<&str, usize>,
) -> Option<usize> {
    let named = record.path(&["source", "ref"]).as_text();
    let named = named.as_deref().map(|named| named.split('/').next().unwrap_or(named));
    named.and_then(|named| by_id.get(named).copied()).or_else(|| {
        let found = record.path(&["detected", "on"]).as_day()?;
        Some(audits.partition_point(|(held, _)| *held < found)).filter(|at| *at < audits.len())
    })
}

/// How many audits running, ending with the last held, are among them.
fn run(found: &BTreeSet<usize>, audits: usize) -> usize {
    (0..audits).rev().take_while(|at| found.contains(at)).count()
}

fn item(
    context: &Context,
    audits: &[(NaiveDate, &Record)],
    by: &'static str,
    subject: &str,
    found: &Found,
    run: usize,
) -> Value {
    let title = |(_, audit): &(NaiveDate, &Record)| {
        audit.text("title").map_or_else(|| text(audit.key.id.unescaped()), Value::Text)
    };
    let last = &audits[audits.len().saturating_sub(run)..];
    let records = found.records.iter().map(|at| &context.inventory.records()[*at]);
    let mut named: BTreeMap<usize, usize> = BTreeMap::new();
    for action in found.records.iter().flat_map(|at| links::actions_of(context, *at)) {
        *named.entry(action).or_default() += 1;
    }
    let place = records.clone().last().or_else(|| last.last().map(|(_, audit)| *audit));
    let fields = vec![
        ("by", text(by)),
        ("subject", text(subject)),
        ("run", Value::Number(super::register::count(run))),
        ("audits", Value::List(last.iter().map(title).collect())),
        ("nonconformities", Value::List(records.map(|record| text(record.key.id.unescaped())).collect())),
        ("linked", Value::Bool(named.values().any(|times| *times > 1))),
    ];
    Item::value(fields, place.map(|record| record.place.clone()), Some(Text::from(format!("{by}:{subject}"))))
}

/// The last day on which a nonconformity was found.
pub(super) fn last_found(context: &Arc<Context>, _: usize) -> Value {
    if let Some(unknown) = links::hidden(context, &["nonconformity".into()]) {
        return unknown;
    }
    let found = context.inventory.of_kind("nonconformity");
    let found = found.filter_map(|record| record.path(&["detected", "on"]).as_day());
    optional(found.filter(|on| *on <= context.as_of).max(), Value::Date)
}

/// The type of the finding that an action names as its source.
pub(super) fn source_finding(context: &Arc<Context>, at: usize) -> Value {
    let named =
        context.inventory.records().get(at).and_then(|record| record.path(&["source", "ref"]).as_text());
    let Some((audit, finding)) = named.as_deref().and_then(|named| named.split_once('/')) else {
        return Value::Absent;
    };
    let Some(audit) = context.inventory.find("audit", audit) else { return Value::Absent };
    let findings = audit.get("findings").as_items();
    let meant = findings.iter().find(|item| item.field("id").as_text().as_deref() == Some(finding));
    optional(meant.and_then(|item| item.field("type").as_text()), |ty| text(&ty))
}

/// Types of audits that come from outside.
const EXTERNAL: &[&str] = &["external", "certification", "surveillance", "recertification"];

pub(super) fn between_type() -> Type {
    structure(
        "time between external audits",
        &[
            ("from", Type::Date, false, "The day of the last audit but one from outside."),
            ("to", Type::Date, false, "The day of the last one."),
            ("title", Type::Text, false, "The last one, by title or id."),
            (
                "effective",
                Type::Number,
                false,
                "How many actions were found effective from the one to the other.",
            ),
        ],
    )
}

/// The time between the last two audits from outside, and what it brought.
pub(super) fn between_external(context: &Arc<Context>, _: usize) -> Value {
    if let Some(unknown) = links::hidden(context, &["action".into()]) {
        return unknown;
    }
    let audits = context.inventory.of_kind("audit");
    let outside =
        audits.filter(|audit| audit.get("type").as_text().is_some_and(|ty| EXTERNAL.contains(&ty.as_str())));
    let mut held: Vec<(NaiveDate, &Record)> =
        outside.filter_map(|audit| Some((audit.get("held").as_day()?, audit))).collect();
    held.retain(|(held, _)| *held <= context.as_of);
    held.sort_by_key(|(held, _)| *held);
    let [.., (from, _), (to, last)] = held[..] else { return Value::Absent };
    let effective = context.inventory.of_kind("action").filter(|action| {
        action.path(&["verification", "result"]).as_text().as_deref() == Some("effective")
            && action.path(&["verification", "on"]).as_day().is_some_and(|on| from < on && on <= to)
    });
    let fields = vec![
        ("from", Value::Date(from)),
        ("to", Value::Date(to)),
        ("title", last.text("title").map_or_else(|| text(last.key.id.unescaped()), Value::Text)),
        ("effective", Value::Number(super::register::count(effective.count()))),
    ];
    Item::value(fields, Some(last.place.clone()), None)
}
