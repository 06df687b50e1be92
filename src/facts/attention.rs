//! When a review last looked at an objective or a metric, and what an objective
//! says in words about its own numbers.
//!
//! A review looks at what it names: in the references of an input, in a decision
//! or in its links. An input that is filled and names none looks at all of them.

use super::{Context, Item, links, optional, structure, text, texts};
use crate::expr::{Type, Value};
use crate::inventory::Record;
use crate::kind::date;
use chrono::NaiveDate;
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// The last day on which a review looked at each record that it names; and, by
/// kind, at all records of it.
#[derive(Default)]
pub(super) struct Looks {
    named: BTreeMap<String, NaiveDate>,
    all: BTreeMap<&'static str, NaiveDate>,
}

/// Inputs that are about records of one kind.
const ABOUT: &[(&str, &str)] =
    &[("objectives", "objective"), ("measurement_results", "metric"), ("risks", "risk")];

/// Inputs whose references count.
const INPUTS: &[&str] = &[
    "prior_actions",
    "context_changes",
    "interested_party_changes",
    "nonconformity_trends",
    "measurement_results",
    "audit_results",
    "objectives",
    "feedback",
    "risks",
    "opportunities",
];

fn looks(context: &Context) -> &Looks {
    context.looks.get_or_init(|| {
        let mut looks = Looks::default();
        for review in context.inventory.of_kind("review") {
            if let Some(on) = review.get("date").as_day().filter(|on| *on <= context.as_of) {
                looks.take(review, on);
            }
        }
        looks
    })
}

impl Looks {
    fn take(&mut self, review: &Record, on: NaiveDate) {
        let refs = INPUTS.iter().flat_map(|input| texts(&review.path(&["inputs", input, "refs"])));
        let links =
            ["objective", "metric", "risk"].iter().flat_map(|kind| texts(&review.path(&["links", kind])));
        let decisions = match review.get("decisions") {
            Value::List(items) => items,
            _ => Arc::from([]),
        };
        let about = decisions.iter().filter_map(|decision| match decision.field("about") {
            Value::Text(about) => Some(about.as_str().to_owned()),
            _ => None,
        });
        for id in refs.chain(links).chain(about) {
            let last = self.named.entry(id).or_insert(on);
            *last = (*last).max(on);
        }
        for (input, kind) in ABOUT {
            let notes = matches!(review.path(&["inputs", input, "notes"]), Value::Text(_));
            if notes && texts(&review.path(&["inputs", input, "refs"])).is_empty() {
                let last = self.all.entry(kind).or_insert(on);
                *last = (*last).max(on);
            }
        }
    }
}

/// The last day on which a review looked at the record.
pub(super) fn looked_at(context: &Arc<Context>, at: usize) -> Value {
    if let Some(unknown) = links::hidden(context, &["review".into()]) {
        return unknown;
    }
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let looks = looks(context);
    let named = looks.named.get(record.key.id.unescaped());
    optional(named.max(looks.all.get(&*record.kind.name)), |on| Value::Date(*on))
}

static PERCENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)([0-9]{1,3}(?:[.,][0-9]{1,3})?)\s*(?:%|percent\b|prozent\b)").expect("a valid pattern")
});
static DAY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b").expect("a valid pattern"));

pub(super) fn stated_type() -> Type {
    structure(
        "numbers in words",
        &[
            ("dates", Type::List(Box::new(Type::Date)), false, "Days in the form YYYY-MM-DD."),
            ("percents", Type::List(Box::new(Type::Number)), false, "Numbers before a percent sign."),
        ],
    )
}

/// The days and percentages that title and statement name.
pub(super) fn stated(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let words: Vec<String> = ["title", "statement"]
        .iter()
        .filter_map(|field| Some(record.text(field)?.as_str().to_owned()))
        .collect();
    let words = words.join("\n");
    let dates = DAY.find_iter(&words).filter_map(|found| date::date(found.as_str())).map(Value::Date);
    let percents = PERCENT
        .captures_iter(&words)
        .filter_map(|found| found.get(1)?.as_str().replace(',', ".").parse().ok());
    let fields = vec![
        ("dates", Value::List(dates.collect())),
        ("percents", Value::List(percents.map(Value::Number).collect())),
    ];
    Item::value(fields, None, None)
}

pub(super) fn arrivals_type() -> Type {
    Type::List(Box::new(structure(
        "measurements that came together",
        &[
            ("metric", Type::Text, false, "The metric."),
            ("periods", Type::List(Box::new(Type::Text)), false, "The periods that arrived in one commit."),
            ("on", Type::Date, true, "The day the commit arrived."),
            ("events", super::events::list_type(), false, "The commit, once for each period."),
        ],
    )))
}

/// The periods that each step brought, with the changes that did.
type Steps<'h> = BTreeMap<usize, Vec<(&'h str, &'h crate::history::Change)>>;

/// Measurements of one metric that arrived in one commit, where its series had
/// begun in another.
pub(super) fn arrivals(context: &Arc<Context>, _: usize) -> Value {
    let mut by_metric: BTreeMap<&str, Steps> = BTreeMap::new();
    for (key, series) in context.history.series.iter().filter(|(key, _)| &*key.kind == "measurement") {
        // A correction is no further period.
        let mut parts = key.id.unescaped().split('/');
        let (Some(metric), Some(period), None) = (parts.next(), parts.next(), parts.next()) else { continue };
        let Some(created) = series.changes.first().filter(|change| super::events::in_scope(context, change))
        else {
            continue;
        };
        by_metric.entry(metric).or_default().entry(created.step).or_default().push((period, created));
    }
    let mut items = Vec::new();
    for (metric, steps) in by_metric {
        let place = context.inventory.find("metric", metric).map(|record| record.place.clone());
        for (step, created) in steps.into_iter().skip(1).filter(|(_, created)| created.len() > 1) {
            let whole = crate::history::FieldChange { field: "record".into(), old: None, new: None };
            let commit = context.history.step(step).map_or("", |step| &step.by.commit);
            let fields = vec![
                ("metric", text(metric)),
                ("periods", Value::List(created.iter().map(|(period, _)| text(period)).collect())),
                ("on", optional(context.history.step(step).and_then(|step| step.arrived), Value::Date)),
                (
                    "events",
                    Value::List(
                        created
                            .iter()
                            .map(|(_, change)| super::events::event(context, change, &whole))
                            .collect(),
                    ),
                ),
            ];
            items.push(Item::value(fields, place.clone(), Some(format!("{metric}@{commit}").into())));
        }
    }
    Value::List(items.into())
}
