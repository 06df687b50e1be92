//! Risks: their level as a number, what treats them, and how their residual
//! level moved.

use super::{Context, Item, audits, optional, register, structure, text, texts};
use crate::expr::{Text, Type, Value};
use crate::inventory::Record;
use crate::kind::scalar;
use crate::settings::RiskFormula;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

fn level_of(value: &Value) -> Option<f64> {
    match value {
        Value::Text(text) => scalar::number(text.as_str()),
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

/// The level today: as written, else from likelihood and impact by the formula
/// of `isms.yaml`. A level in words has no number.
pub(super) fn level(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    optional(level_of_risk(context, record), Value::Number)
}

/// The level of a risk today.
pub(super) fn level_of_risk(context: &Context, record: &Record) -> Option<f64> {
    let current = record.get("current");
    if !matches!(current, Value::Absent) {
        return level_of(&current);
    }
    let formula = context.settings.profile.risk.as_ref().and_then(|risk| risk.formula);
    let parts = level_of(&record.get("likelihood")).zip(level_of(&record.get("impact")));
    let level = parts.and_then(|(likelihood, impact)| match formula? {
        RiskFormula::Product => Some(likelihood * impact),
        RiskFormula::Sum => Some(likelihood + impact),
        RiskFormula::Matrix => None,
    });
    level.filter(|level| level.is_finite())
}

pub(super) fn acceptance(context: &Arc<Context>, _: usize) -> Value {
    let risk = context.settings.profile.risk.as_ref();
    optional(risk.and_then(|risk| risk.acceptance), Value::Number)
}

pub(super) fn treatments_type() -> Type {
    Type::List(Box::new(structure(
        "treatment",
        &[
            ("kind", Type::Text, false, "`action` or `control`."),
            ("id", Type::Text, false, "Its id."),
            ("live", Type::Bool, false, "Whether work or verification is still to come."),
        ],
    )))
}

/// Actions by the risk that they say they serve.
pub(super) type Serving = BTreeMap<String, BTreeSet<String>>;

fn serving(context: &Context) -> &Serving {
    context.serving.get_or_init(|| {
        let mut serving = Serving::new();
        for action in context.inventory.of_kind("action") {
            let mut risks = texts(&action.path(&["links", "risk"]));
            if let Value::Text(source) = action.path(&["source", "ref"]) {
                risks.push(source.as_str().to_owned());
            }
            for risk in risks {
                serving.entry(risk).or_default().insert(action.key.id.unescaped().to_owned());
            }
        }
        serving
    })
}

/// The actions that a risk names, and those that name it.
fn actions_of(context: &Context, risk: &Record) -> BTreeSet<String> {
    let mut ids: BTreeSet<String> = texts(&risk.get("actions")).into_iter().collect();
    ids.extend(texts(&risk.path(&["links", "action"])));
    ids.extend(serving(context).get(risk.key.id.unescaped()).into_iter().flatten().cloned());
    ids
}

pub(super) fn treatments(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let item = |kind: &str, id: &str, live: bool| {
        let fields = vec![("kind", text(kind)), ("id", text(id)), ("live", Value::Bool(live))];
        Item::value(fields, None, Some(Text::from(id)))
    };
    let actions = actions_of(context, record);
    let actions = actions.iter().filter_map(|id| Some(item("action", id, register::is_live(context, id)?)));
    let controls = texts(&record.get("controls")).into_iter().filter_map(|id| {
        let control = context.inventory.find("control", &id)?;
        let state = control.text("implementation");
        Some(item("control", &id, state.is_some_and(|state| state.as_str() != "implemented")))
    });
    Value::List(actions.chain(controls).collect())
}

pub(super) fn steps_type() -> Type {
    Type::List(Box::new(structure(
        "level_step",
        &[
            ("from", Type::Number, false, "The residual level before."),
            ("to", Type::Number, false, "The residual level from that day on."),
            ("since", Type::Date, false, "The day of the level before."),
            ("on", Type::Date, false, "The day of the level after."),
            ("reason", Type::Text, true, "The reason that is written there."),
            (
                "completed",
                Type::List(Box::new(Type::Text)),
                false,
                "Actions for the risk completed up to the day after, since the level before.",
            ),
            ("tested", Type::List(Box::new(Type::Text)), false, "Controls of the risk tested in that time."),
        ],
    )))
}

/// The steps of the residual level, oldest first.
pub(super) fn steps(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let Value::List(levels) = record.get("levels") else { return Value::List(Arc::from([])) };
    let mut known: Vec<(NaiveDate, f64, &Value)> = levels
        .iter()
        .filter_map(|level| Some((level.field("on").as_day()?, level_of(&level.field("residual"))?, level)))
        .collect();
    known.sort_by_key(|(on, ..)| *on);
    let actions = register::completed(context, actions_of(context, record).into_iter());
    let actions: Vec<(String, NaiveDate)> = actions.collect();
    let tests: Vec<(String, NaiveDate)> = texts(&record.get("controls"))
        .into_iter()
        .filter_map(|id| {
            let tested = context.inventory.find("control", &id)?.path(&["tested", "on"]).as_day()?;
            Some((id, tested))
        })
        .collect();
    let steps = known.iter().zip(known.iter().skip(1)).map(|((since, from, _), (on, to, level))| {
        let between = |things: &[(String, NaiveDate)]| {
            let things = things.iter().filter(|(_, day)| since < day && day <= on);
            Value::List(things.map(|(id, _)| text(id)).collect())
        };
        let place = match level {
            Value::Struct(object) => object.place_of("residual").or_else(|| object.place()),
            _ => None,
        };
        let reason = match level.field("reason") {
            Value::Text(reason) => Value::Text(reason),
            _ => Value::Absent,
        };
        let fields = vec![
            ("from", Value::Number(*from)),
            ("to", Value::Number(*to)),
            ("since", Value::Date(*since)),
            ("on", Value::Date(*on)),
            ("reason", reason),
            ("completed", between(&actions)),
            ("tested", between(&tests)),
        ];
        Item::value(fields, place, Some(Text::from(on.to_string())))
    });
    Value::List(steps.collect())
}

/// The risks that rely on a control: those that it names, and those that name it.
pub(super) fn relying(context: &Arc<Context>, at: usize) -> Value {
    let Some(control) = context.inventory.records().get(at) else { return Value::Absent };
    let by_control = context.relying.get_or_init(|| {
        let mut relying = Serving::new();
        for risk in context.inventory.of_kind("risk") {
            for control in texts(&risk.get("controls")) {
                relying.entry(control).or_default().insert(risk.key.id.unescaped().to_owned());
            }
        }
        relying
    });
    let mut risks: BTreeSet<String> = texts(&control.get("risks")).into_iter().collect();
    risks.extend(by_control.get(control.key.id.unescaped()).into_iter().flatten().cloned());
    Value::List(risks.iter().map(|id| text(id)).collect())
}

pub(super) fn annex_a_type() -> Type {
    let missing = structure(
        "missing_control",
        &[
            ("number", Type::Text, false, "Its number."),
            ("rank", Type::Number, false, "Its place among those that are missing, from 1."),
        ],
    );
    structure(
        "annex_a",
        &[
            ("listed", Type::Number, false, "How many controls of Annex A have a row."),
            (
                "missing",
                Type::List(Box::new(missing)),
                false,
                "The controls of Annex A without a row, in their order.",
            ),
        ],
    )
}

/// The statement of applicability against Annex A of the 2022 edition.
pub(super) fn annex_a(context: &Arc<Context>, _: usize) -> Value {
    let mut rows = BTreeSet::new();
    let mut last = None;
    for control in context.inventory.of_kind("control") {
        let id = control.key.id.unescaped();
        let number = id.strip_prefix("A.").or_else(|| id.strip_prefix('A')).unwrap_or(id);
        if let Ok(citation) = crate::clause::Citation::parse(&format!("A.{number}")) {
            rows.insert(citation);
            last = Some(control.place.clone());
        }
    }
    let missing = crate::clause::controls().filter(|control| !rows.contains(control));
    let missing = missing.enumerate().map(|(at, control)| {
        let number = control.to_string();
        let fields = vec![("number", text(&number)), ("rank", Value::Number(register::count(at + 1)))];
        Item::value(fields, None, Some(Text::from(number)))
    });
    let fields = vec![
        ("listed", Value::Number(register::count(rows.len()))),
        ("missing", Value::List(missing.collect())),
    ];
    Item::value(fields, last, None)
}

/// The audit that looked at a control, by title.
pub(super) fn audited_in(context: &Arc<Context>, at: usize) -> Value {
    audits::audited_in(context, at)
}
