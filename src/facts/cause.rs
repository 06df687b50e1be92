//! The cause that a record states, whatever the shape it states it in: of a
//! nonconformity `root_cause.cause`, or else the last answer to why; of an
//! action or incident the text of `root_cause`.

use super::{Context, Item, structure};
use crate::expr::{FieldRef, Object, Type, Value};
use std::sync::Arc;

pub(super) fn cause_type() -> Type {
    structure(
        "cause",
        &[
            ("text", Type::Text, false, "The cause in words."),
            ("of", Type::Text, true, "What it is the cause of: the `nature` of a nonconformity."),
            ("whys", Type::List(Box::new(Type::Text)), false, "The answers to why, in their order."),
        ],
    )
}

pub(super) fn stated(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let of = match record.get("nature") {
        nature @ Value::Text(_) => nature,
        _ => Value::Absent,
    };
    let none = || Value::List(Arc::from([]));
    match record.get("root_cause") {
        Value::Struct(cause) => analysed(&*cause, of),
        text @ Value::Text(_) => Item::value(
            vec![("text", text), ("of", of), ("whys", none())],
            Some(record.place_of("root_cause")),
            None,
        ),
        other => other,
    }
}

fn analysed(cause: &dyn Object, of: Value) -> Value {
    let get = |name: &str| cause.get(&FieldRef::named(name));
    let whys = match get("whys") {
        Value::Absent => Value::List(Arc::from([])),
        whys => whys,
    };
    let (text, place) = match (get("cause"), &whys) {
        (Value::Absent, Value::List(answers)) => (answers.last().cloned(), cause.place_of("whys")),
        (text, _) => (Some(text), cause.place_of("cause")),
    };
    match text {
        Some(text) if !matches!(text, Value::Absent) => {
            Item::value(vec![("text", text), ("of", of), ("whys", whys)], place, None)
        }
        _ => Value::Absent,
    }
}
