//! The documented information that the standard asks for by name, and whether
//! the repository shows it: by records of a kind, or by a document that says
//! which clause it satisfies.

use super::{Context, Item, links, structure, text, texts};
use crate::expr::{Text, Type, Value};
use crate::inventory::{Inventory, Record};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Whether records alone show it.
type Shown = fn(&Inventory) -> bool;

/// The clause, our words, and how records show it.
const MANDATORY: &[(&str, &str, Shown)] = &[
    ("4.3", "the scope", |all| some(all, "context", &|record| record.text("scope").is_some())),
    ("5.2", "the information security policy", |_| false),
    ("6.1.2", "the risk assessment process", |_| false),
    ("6.1.3", "the risk treatment process", |_| false),
    ("6.1.3 d", "the statement of applicability", |all| some(all, "control", &|_| true)),
    ("6.2", "the objectives", |all| some(all, "objective", &|_| true)),
    ("7.2", "evidence of competence", |all| {
        some(all, "training", &|record| matches!(record.get("completion"), Value::Struct(_)))
    }),
    ("8.2", "results of risk assessments", |all| some(all, "risk", &|_| true)),
    ("8.3", "results of risk treatment", |all| {
        some(all, "risk", &|record| {
            record.text("residual").is_some() || matches!(record.get("levels"), Value::List(_))
        })
    }),
    ("9.1", "results of monitoring and measurement", |all| some(all, "measurement", &|_| true)),
    ("9.2.2", "the audit programme and its results", |all| {
        some(all, "audit", &|record| record.get("held").as_day().is_some())
    }),
    ("9.3.3", "results of management reviews", |all| {
        some(all, "review", &|record| record.get("date").as_day().is_some())
    }),
];

fn some(all: &Inventory, kind: &str, is: &dyn Fn(&Record) -> bool) -> bool {
    all.of_kind(kind).any(is)
}

pub(super) fn list_type() -> Type {
    Type::List(Box::new(structure(
        "mandatory information",
        &[
            ("clause", Type::Text, false, "The clause that asks for it."),
            ("what", Type::Text, false, "What it is, in our words."),
            ("shown", Type::Bool, false, "Whether a record, or a document under `satisfies`, shows it."),
        ],
    )))
}

/// Each piece of mandatory documented information. What follows a nonconformity
/// is left out: where none was found there is nothing to show.
pub(super) fn list(context: &Arc<Context>, _: usize) -> Value {
    if let Some(unknown) = links::hidden(context, &[]) {
        return unknown;
    }
    let documents = context
        .inventory
        .of_kind("document")
        .filter(|document| document.text("status").is_none_or(|status| status.as_str() != "retired"));
    let satisfied: BTreeSet<String> = documents
        .flat_map(|document| texts(&document.get("satisfies")))
        .map(|clause| clause.trim().to_owned())
        .collect();
    // The criteria and the formula stand in the settings.
    let method = context.settings.profile.risk.as_ref().is_some_and(|risk| risk.acceptance.is_some());
    let items = MANDATORY.iter().map(|(clause, what, shown)| {
        let by_settings = method && clause.starts_with("6.1.") && !clause.ends_with('d');
        let by_document =
            satisfied.iter().any(|said| said == clause || said.starts_with(&format!("{clause} ")));
        let fields = vec![
            ("clause", text(clause)),
            ("what", text(what)),
            ("shown", Value::Bool(by_document || by_settings || shown(&context.inventory))),
        ];
        Item::value(fields, None, Some(Text::from(*clause)))
    });
    Value::List(items.collect())
}

/// How many kinds of record there are.
pub(super) fn kinds(context: &Arc<Context>, _: usize) -> Value {
    Value::Number(super::register::count(context.inventory.kinds().count()))
}
