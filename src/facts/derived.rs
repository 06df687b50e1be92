//! Figures that the records themselves give, as of the end of a period: what a
//! metric with `derived` was to show. The names are a closed list; each figure
//! is counted in the plainest way, which its words say.

use super::register::count;
use super::{COMMON_INTERVAL, Context, Item, links, risks, series, structure, text, texts};
use crate::expr::{Type, Value};
use crate::inventory::Record;
use crate::kind::scalar;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A stretch of days, both included.
type Period = (NaiveDate, NaiveDate);
/// How a figure is counted; `None` where the records do not give it.
type Figure = fn(&Context, Period) -> Option<f64>;

/// The figures: name, our words, the kinds it is counted from, whether the
/// records give it for the newest period only, and how.
const FIGURES: &[(&str, &str, &[&str], bool, Figure)] = &[
    (
        "audit-coverage",
        "percent of the applicable controls that an audit held by then had in scope or in a finding",
        &["audit", "control"],
        false,
        audit_coverage,
    ),
    (
        "decision-completion",
        "percent of the decisions with actions, of reviews held by then, whose actions were all completed by then",
        &["action", "review"],
        false,
        decision_completion,
    ),
    (
        "incident-volume",
        "incidents detected in the period, near misses and other events left out",
        &["incident"],
        false,
        incident_volume,
    ),
    (
        "nonconformity-age",
        "average age, in days, of the nonconformities that were open at the end of the period",
        &["nonconformity"],
        false,
        nonconformity_age,
    ),
    ("open-risks", "risks that are not closed", &["risk"], true, open_risks),
    (
        "open-risks-above-acceptance",
        "risks that are not closed and above the acceptance level",
        &["risk"],
        true,
        above_acceptance,
    ),
    (
        "policy-review-adherence",
        "percent of the policies in force that are within their review interval",
        &["document"],
        true,
        policy_adherence,
    ),
    (
        "supplier-assessments",
        "percent of the active suppliers of tier high or critical that are within their interval",
        &["supplier"],
        true,
        supplier_assessments,
    ),
    (
        "time-to-close",
        "average days from raising to completion of the actions completed in the period",
        &["action"],
        false,
        time_to_close,
    ),
];

pub(super) fn figure_type() -> Type {
    structure(
        "figure from the records",
        &[
            ("known", Type::Bool, false, "Whether `derived` names a figure that can be counted."),
            ("names", Type::List(Box::new(Type::Text)), false, "The figures that can be."),
            ("meaning", Type::Text, true, "How it is counted."),
            ("value", Type::Number, true, "What the records give for the period; absent where they do not."),
        ],
    )
}

/// So many rows of a metric are held against the records, the newest ones: each
/// costs a look at all records of its kinds.
const ROWS: usize = 40;

/// What the records give for the period of a measurement of a derived metric.
pub(super) fn figure(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let metric = record.text("metric").and_then(|id| context.inventory.find("metric", id.as_str()));
    let Some(name) = metric.and_then(|metric| metric.text("derived")) else { return Value::Absent };
    let names = FIGURES.iter().map(|(known, ..)| text(known));
    let mut fields = vec![("names", Value::List(names.collect()))];
    let found = FIGURES.iter().find(|(known, ..)| *known == name.as_str().trim());
    fields.push(("known", Value::Bool(found.is_some())));
    if let Some((_, meaning, kinds, newest_only, counted)) = found {
        let kinds: Vec<Arc<str>> = kinds.iter().map(|kind| (*kind).into()).collect();
        if let Some(unknown) = links::hidden(context, &kinds) {
            return unknown;
        }
        fields.push(("meaning", text(meaning)));
        let period = record.text("period").and_then(|period| scalar::period(period.as_str()));
        let ended = period.filter(|(_, to)| *to <= context.as_of);
        let age = series::age(context, at).unwrap_or(usize::MAX);
        let value = ended
            .filter(|_| age == 1 || (!newest_only && age <= ROWS))
            .and_then(|period| counted(context, period));
        fields.push(("value", value.filter(|value| value.is_finite()).map_or(Value::Absent, Value::Number)));
    }
    Item::value(fields, None, None)
}

/// Parts of a whole in percent; none of nothing.
fn percent(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| 100.0 * count(part) / count(whole))
}

/// The mean of days; none of nothing.
fn mean(days: &[i64]) -> Option<f64> {
    let sum = u32::try_from(days.iter().sum::<i64>().max(0)).ok()?;
    (!days.is_empty()).then(|| f64::from(sum) / count(days.len()))
}

fn word(record: &Record, name: &str) -> Option<String> {
    record.text(name).map(|text| text.as_str().to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "one type for all figures")]
fn nonconformity_age(context: &Context, (_, to): Period) -> Option<f64> {
    let open = context.inventory.of_kind("nonconformity").filter_map(|record| {
        let found = record.path(&["detected", "on"]).as_day().filter(|found| *found <= to)?;
        let closed = record.path(&["closed", "on"]).as_day().is_some_and(|closed| closed <= to);
        let ended = word(record, "status").is_some_and(|status| status == "declined");
        (!closed && !ended).then(|| (to - found).num_days())
    });
    let ages: Vec<i64> = open.collect();
    // No open nonconformity has no age: that is best, and reads as nought.
    Some(mean(&ages).unwrap_or(0.0))
}

fn decision_completion(context: &Context, (_, to): Period) -> Option<f64> {
    let (mut all, mut done) = (0, 0);
    for review in context.inventory.of_kind("review") {
        let Value::List(decisions) = review.get("decisions") else { continue };
        if review.get("date").as_day().is_none_or(|date| date > to) {
            continue;
        }
        for actions in decisions.iter().map(|decision| texts(&decision.field("actions"))) {
            all += usize::from(!actions.is_empty());
            let completed = |id: &String| {
                let action = context.inventory.find("action", id);
                action.and_then(|action| action.get("completed").as_day()).is_some_and(|on| on <= to)
            };
            done += usize::from(!actions.is_empty() && actions.iter().all(completed));
        }
    }
    percent(done, all)
}

fn audit_coverage(context: &Context, (_, to): Period) -> Option<f64> {
    let mut audited = BTreeSet::new();
    for audit in context.inventory.of_kind("audit") {
        if audit.get("held").as_day().is_some_and(|held| held <= to) {
            audited.extend(texts(&audit.path(&["scope", "controls"])));
            let Value::List(findings) = audit.get("findings") else { continue };
            audited.extend(findings.iter().filter_map(|finding| match finding.field("control") {
                Value::Text(control) => Some(control.as_str().to_owned()),
                _ => None,
            }));
        }
    }
    let controls = context.inventory.of_kind("control");
    let applicable: Vec<&Record> =
        controls.filter(|control| matches!(control.get("applicable"), Value::Bool(true))).collect();
    let seen = applicable.iter().filter(|control| audited.contains(control.key.id.unescaped())).count();
    percent(seen, applicable.len())
}

#[expect(clippy::unnecessary_wraps, reason = "one type for all figures")]
fn incident_volume(context: &Context, (from, to): Period) -> Option<f64> {
    let incidents = context.inventory.of_kind("incident").filter(|record| {
        word(record, "type").is_none_or(|ty| ty == "incident")
            && record.get("detected").as_day().is_some_and(|on| from <= on && on <= to)
    });
    Some(count(incidents.count()))
}

fn time_to_close(context: &Context, (from, to): Period) -> Option<f64> {
    let closed = context.inventory.of_kind("action").filter_map(|action| {
        let on = action.get("completed").as_day().filter(|on| from <= *on && *on <= to)?;
        Some((on - action.get("raised").as_day()?).num_days())
    });
    mean(&closed.collect::<Vec<_>>())
}

fn is_open_risk(risk: &Record) -> bool {
    word(risk, "status").is_none_or(|status| status != "closed")
}

#[expect(clippy::unnecessary_wraps, reason = "one type for all figures")]
fn open_risks(context: &Context, _: Period) -> Option<f64> {
    Some(count(context.inventory.of_kind("risk").filter(|risk| is_open_risk(risk)).count()))
}

fn above_acceptance(context: &Context, _: Period) -> Option<f64> {
    let acceptance = context.settings.profile.risk.as_ref()?.acceptance?;
    let above = context.inventory.of_kind("risk").filter(|risk| is_open_risk(risk));
    Some(count(
        above
            .filter(|risk| risks::level_of_risk(context, risk).is_some_and(|level| level > acceptance))
            .count(),
    ))
}

fn policy_adherence(context: &Context, (_, to): Period) -> Option<f64> {
    let policies = context.inventory.of_kind("document").filter(|record| {
        word(record, "type").is_some_and(|ty| ty == "policy")
            && !word(record, "status").is_some_and(|status| status == "draft" || status == "retired")
    });
    let due: Vec<bool> =
        policies.map(|policy| super::review::due_of(context, policy).is_some_and(|due| due >= to)).collect();
    percent(due.iter().filter(|within| **within).count(), due.len())
}

fn supplier_assessments(context: &Context, (_, to): Period) -> Option<f64> {
    let asked = context.inventory.of_kind("supplier").filter(|record| {
        word(record, "tier").is_some_and(|tier| tier == "high" || tier == "critical")
            && !word(record, "status").is_some_and(|status| status == "prospective" || status == "ended")
    });
    let within: Vec<bool> = asked
        .map(|supplier| {
            let interval = match supplier.get("interval") {
                Value::Duration(own) => own,
                _ => context.settings.profile.intervals.get("supplier").copied().unwrap_or(COMMON_INTERVAL),
            };
            let assessed = supplier.get("assessed").as_day();
            assessed.and_then(|on| interval.after(on)).is_some_and(|due| due >= to)
        })
        .collect();
    percent(within.iter().filter(|within| **within).count(), within.len())
}
