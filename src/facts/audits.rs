//! Audits: areas that an auditor owns, and what was observed in earlier audits.

use super::{Context, Item, optional, people, structure, text, texts};
use crate::expr::{Text, Type, Value};
use crate::inventory::Record;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) fn own_areas_type() -> Type {
    Type::List(Box::new(structure(
        "own_area",
        &[
            ("area", Type::Text, false, "The area that was audited."),
            ("auditor", Type::Text, false, "The auditor who owns it."),
        ],
    )))
}

pub(super) fn own_areas(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let profile = &context.settings.profile;
    let auditors = texts(&record.get("auditors"));
    let auditors: BTreeSet<&str> = auditors.iter().map(|named| people::person(profile, named)).collect();
    let mut areas: BTreeSet<String> = texts(&record.path(&["scope", "areas"])).into_iter().collect();
    areas.extend(findings(record).iter().filter_map(|finding| finding.field("area").as_text()));
    let owners = profile.areas.iter().filter(|area| areas.contains(&area.id)).filter_map(|area| {
        let owner = people::person(profile, area.owner.as_deref()?);
        auditors.contains(owner).then(|| {
            let fields = vec![("area", text(&area.id)), ("auditor", text(owner))];
            Item::value(fields, Some(record.place_of("auditors")), Some(Text::from(area.id.as_str())))
        })
    });
    Value::List(owners.collect())
}

pub(super) fn observed_type() -> Type {
    Type::List(Box::new(structure(
        "observed",
        &[
            ("subject", Type::Text, false, "The clause or control."),
            ("type", Type::Text, false, "The type of the finding in this audit."),
            (
                "audits",
                Type::List(Box::new(Type::Text)),
                false,
                "The audits up to this one that have such a finding, oldest first.",
            ),
            ("again_later", Type::Bool, false, "Whether a later audit has one too."),
        ],
    )))
}

/// One finding of an audit, by what it is about.
struct Seen {
    held: NaiveDate,
    audit: usize,
}

/// The findings of all audits, by type and clause or control.
pub(super) type Observations = BTreeMap<(String, String), Vec<(NaiveDate, usize)>>;

fn observations(context: &Context) -> &Observations {
    context.observations.get_or_init(|| {
        let mut all: BTreeMap<(String, String), Vec<Seen>> = BTreeMap::new();
        for (audit, record) in context.inventory.records().iter().enumerate() {
            if &*record.kind.name != "audit" {
                continue;
            }
            let Some(held) = record.get("held").as_day() else { continue };
            for key in findings(record).iter().filter_map(key) {
                all.entry(key).or_default().push(Seen { held, audit });
            }
        }
        let sorted = all.into_iter().map(|(key, seen)| {
            let mut audits: Vec<_> = seen.into_iter().map(|seen| (seen.held, seen.audit)).collect();
            audits.sort_unstable();
            audits.dedup();
            (key, audits)
        });
        sorted.collect()
    })
}

/// What a finding is about: its type, and its clause or control.
fn key(finding: &Value) -> Option<(String, String)> {
    let subject = finding.field("control").as_text().or_else(|| finding.field("clause").as_text())?;
    Some((finding.field("type").as_text()?, subject))
}

fn findings(record: &Record) -> Arc<[Value]> {
    match record.get("findings") {
        Value::List(items) => items,
        _ => Arc::from([]),
    }
}

pub(super) fn observed(context: &Arc<Context>, at: usize) -> Value {
    let records = context.inventory.records();
    let Some(record) = records.get(at) else { return Value::Absent };
    let Some(held) = record.get("held").as_day() else { return Value::List(Arc::from([])) };
    let all = observations(context);
    let mut known = BTreeSet::new();
    let found = findings(record);
    let items = found.iter().filter_map(|finding| {
        let key = key(finding).filter(|key| known.insert(key.clone()))?;
        let audits = all.get(&key)?;
        let here = audits.partition_point(|other| *other <= (held, at));
        let titles = audits[..here].iter().map(|(_, audit)| {
            records[*audit]
                .text("title")
                .map_or_else(|| text(records[*audit].key.id.unescaped()), Value::Text)
        });
        let place = match finding {
            Value::Struct(object) => object.place_of("statement").or_else(|| object.place()),
            _ => None,
        };
        let identity = Text::from(format!("{}:{}", key.0, key.1));
        let fields = vec![
            ("subject", text(&key.1)),
            ("type", text(&key.0)),
            ("audits", Value::List(titles.collect())),
            ("again_later", Value::Bool(here < audits.len())),
        ];
        Some(Item::value(fields, place, Some(identity)))
    });
    Value::List(items.collect::<Vec<_>>().into())
}

/// The title of the audit whose finding or scope names a control; absent where
/// none does.
pub(super) fn audits_of_control<'c>(context: &'c Context, control: &str) -> Option<&'c Record> {
    let audits = context.audited_controls.get_or_init(|| {
        let mut audited = BTreeMap::new();
        for (at, record) in context.inventory.records().iter().enumerate() {
            if &*record.kind.name == "audit"
                && record.get("held").as_day().is_some_and(|held| held <= context.as_of)
            {
                let in_scope = texts(&record.path(&["scope", "controls"]));
                let found = findings(record)
                    .iter()
                    .filter_map(|finding| finding.field("control").as_text())
                    .collect::<Vec<_>>();
                audited.extend(in_scope.into_iter().chain(found).map(|control| (control, at)));
            }
        }
        audited
    });
    audits.get(control).map(|at| &context.inventory.records()[*at])
}

pub(super) fn audited_in(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let audit = audits_of_control(context, record.key.id.unescaped());
    optional(audit, |audit| audit.text("title").map_or_else(|| text(audit.key.id.unescaped()), Value::Text))
}
