//! The level up to which a risk is accepted, as `isms.yaml` had it over time, and
//! what reviews decided.

use super::events::{event, event_type, in_scope};
use super::{Context, Item, links, structure, text};
use crate::expr::{Text, Type, Value};
use crate::history::{Change, FieldChange, What};
use crate::settings::{FILE_NAME, from_yaml};
use crate::source::{Place, SourceFile, Span};
use std::sync::Arc;

/// The setting, by its path.
const FIELD: &str = "risk.acceptance";

pub(super) fn raised_type() -> Type {
    let decision = structure(
        "decision of a review",
        &[
            ("id", Type::Text, false, "The review and the decision: REVIEW/DECISION."),
            ("on", Type::Date, false, "The day of the review."),
            ("text", Type::Text, false, "What was decided, in its words; empty where it has none."),
        ],
    );
    Type::List(Box::new(structure(
        "raising of the acceptance level",
        &[
            ("from", Type::Number, false, "The level before."),
            ("to", Type::Number, false, "The level after, which is higher."),
            ("on", Type::Date, false, "The day it arrived on the main line."),
            ("decisions", Type::List(Box::new(decision)), false, "Every decision of every review."),
            ("events", Type::List(Box::new(event_type())), false, "The commit that raised it."),
        ],
    )))
}

/// Each time the level was raised, as far as its versions can be read.
pub(super) fn raised(context: &Arc<Context>, _: usize) -> Value {
    if let Some(unknown) = links::hidden(context, &["review".into()]) {
        return unknown;
    }
    let mut before: Option<f64> = None;
    let mut raises = Vec::new();
    for (step, file) in &context.history.settings {
        let Some(level) = level(file) else { continue };
        if let Some(from) = before.filter(|from| level > *from) {
            raises.extend(item(context, *step, from, level));
        }
        before = Some(level);
    }
    Value::List(raises.into())
}

fn level(file: &Arc<SourceFile>) -> Option<f64> {
    let written: serde_json::Value = from_yaml(file).ok()?;
    written.get("risk")?.get("acceptance")?.as_f64()
}

fn item(context: &Arc<Context>, step: usize, from: f64, to: f64) -> Option<Value> {
    let shown = |level: f64| Some(Arc::from(level.to_string()));
    let field = FieldChange { field: FIELD.into(), old: shown(from), new: shown(to) };
    let change =
        Change { step, what: What::Changed, fields: Vec::new(), path: FILE_NAME.into(), unknown_since: None };
    let on = context.history.step(step)?.arrived.unwrap_or(context.as_of);
    if !in_scope(context, &change) {
        return None;
    }
    let fields = vec![
        ("from", Value::Number(from)),
        ("to", Value::Number(to)),
        ("on", Value::Date(on)),
        ("decisions", decisions(context)),
        ("events", Value::List(Arc::from([event(context, &change, &field)]))),
    ];
    Some(Item::value(fields, place(context), Some(Text::from(format!("{from} to {to} on {on}")))))
}

/// Where the setting stands today.
fn place(context: &Context) -> Option<Place> {
    let file = context.settings.file.clone()?;
    let at = file.text().find("acceptance:").and_then(|at| u32::try_from(at).ok()).unwrap_or(0);
    Some(Place { file, span: Span::at(at) })
}

fn decisions(context: &Context) -> Value {
    let mut decisions = Vec::new();
    for review in context.inventory.of_kind("review") {
        let Some(on) = review.get("date").as_day().filter(|on| *on <= context.as_of) else { continue };
        for decision in review.get("decisions").as_items().iter() {
            let own = decision.field("id").as_text().unwrap_or_default();
            let id = format!("{}/{own}", review.key.id.unescaped());
            let fields = vec![
                ("id", text(&id)),
                ("on", Value::Date(on)),
                ("text", text(&decision.field("text").as_text().unwrap_or_default())),
            ];
            decisions.push(Item::value(fields, Some(review.place.clone()), None));
        }
    }
    Value::List(decisions.into())
}
