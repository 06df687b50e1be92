//! Tests of the language as a whole, in tables of cases.

mod functions;
mod hostile;
mod messages;
mod oracle;
mod phrases;
mod presence;
mod truth;

use super::{
    Duration, Env, EvalError, Expected, ExprError, FieldRef, FieldType, Object, Presence, Program, Steps,
    StructType, Text, Type, Value, printed,
};
use crate::source::{Place, RepoPath, SourceFile, Span};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A structure for tests: fields by name, at a byte of a file.
pub(super) struct Part {
    pub fields: BTreeMap<&'static str, Value>,
    pub at: u32,
}

impl Object for Part {
    fn get(&self, field: &FieldRef) -> Value {
        self.fields.get(&*field.name).cloned().unwrap_or(Value::Absent)
    }

    fn place(&self) -> Option<Place> {
        Some(place(self.at))
    }

    fn place_of(&self, field: &str) -> Option<Place> {
        let at = self.fields.keys().position(|name| *name == field);
        Some(at.map_or_else(|| place(self.at), |at| place(self.at + 1 + u32::try_from(at).unwrap())))
    }
}

pub(super) fn place(at: u32) -> Place {
    let file = SourceFile::new(RepoPath::from("actions.yaml"), "x".repeat(100));
    Place { file, span: Span::at(at) }
}

pub(super) fn part(at: u32, fields: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Struct(Arc::new(Part { fields: fields.into_iter().collect(), at }))
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(Text::from(text))
}

pub(super) fn list(items: impl IntoIterator<Item = Value>) -> Value {
    Value::List(items.into_iter().collect())
}

pub(super) fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap()
}

fn structure(name: &str, fields: &[(&str, Type, bool)]) -> Type {
    let fields = fields.iter().map(|(name, ty, optional)| {
        let field = FieldType { ty: ty.clone(), optional: *optional, doc: "".into() };
        (Arc::from(*name), field)
    });
    Type::Struct(Arc::new(StructType { name: name.into(), fields: fields.collect() }))
}

fn words(words: &[&str]) -> Type {
    Type::OneOf(words.iter().map(|word| Arc::from(*word)).collect())
}

fn list_of(item: Type) -> Type {
    Type::List(Box::new(item))
}

/// `record`: an action as rules see it; `m`: one of its measurements.
pub(super) fn env() -> Env {
    let target = structure("target", &[("value", Type::Number, true), ("unit", Type::Text, false)]);
    let measurement = structure(
        "measurement",
        &[("period", Type::Text, false), ("value", Type::Number, false), ("due", Type::Date, true)],
    );
    let record = structure(
        "action",
        &[
            ("status", words(&["open", "in_progress", "closed"]), false),
            ("grade", words(&["major", "minor"]), true),
            ("title", Type::Text, false),
            ("rationale", Type::Text, true),
            ("due", Type::Date, false),
            ("completed", Type::Date, true),
            ("urgent", Type::Bool, true),
            ("effort", Type::Number, true),
            ("interval", Type::Duration, false),
            ("target", target, true),
            ("tags", list_of(Type::Text), true),
            ("measurements", list_of(measurement.clone()), false),
        ],
    );
    Env::new().with("record", record).with("m", measurement).with("today", Type::Date)
}

/// Values for [`env`]: two measurements, only the second with a due date.
pub(super) fn values() -> Vec<Value> {
    let first = part(20, [("period", text("2026-Q1")), ("value", Value::Number(3.0))]);
    let second = part(
        30,
        [("period", text("2026-Q2")), ("value", Value::Number(5.0)), ("due", Value::Date(day("2026-06-30")))],
    );
    let record = part(
        10,
        [
            ("status", text("open")),
            ("title", text("Train staff")),
            ("due", Value::Date(day("2026-01-31"))),
            ("interval", Value::Duration(Duration { months: 6, days: 0 })),
            ("measurements", list([first.clone(), second])),
        ],
    );
    vec![record, first, Value::Date(day("2026-03-02"))]
}

pub(super) fn check(text: &str) -> Result<Program, Vec<ExprError>> {
    Program::compile(text, &env(), Expected::Printable, &Presence::nothing())
}

/// The value of an expression for [`values`].
pub(super) fn eval(text: &str) -> Result<Value, EvalError> {
    let program = check(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    program.eval(&values(), &mut Steps::new(100_000))
}

pub(super) fn shown(text: &str) -> String {
    eval(text).map_or_else(|error| format!("error: {error}"), |value| printed(&value))
}
