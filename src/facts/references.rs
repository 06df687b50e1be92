//! References from one record to others.

use super::{Context, Item, optional, structure, text};
use crate::expr::{Text, Type, Value};
use std::sync::Arc;

/// For this many references of a record that lead nowhere the nearest id is
/// looked for; whoever has more of them has another problem than a slip.
const SUGGESTIONS: usize = 50;

pub(super) fn list_type() -> Type {
    Type::List(Box::new(structure(
        "reference",
        &[
            ("field", Type::Text, false, "Path of the field that refers."),
            ("id", Type::Text, false, "The id that is named."),
            ("wanted", Type::Text, false, "What may be named there: `metric`, or `record` for any kind."),
            ("found", Type::Bool, false, "Whether such a record exists."),
            ("nearest", Type::Text, true, "The existing id that is most like it."),
        ],
    )))
}

pub(super) fn of_record(context: &Arc<Context>, record: usize) -> Value {
    let inventory = &context.inventory;
    let Some(record) = inventory.records().get(record) else { return Value::Absent };
    let mut items = Vec::new();
    let mut suggested = 0;
    for reference in record.references() {
        let id = reference.id.as_str();
        let mut found = Value::Bool(inventory.exists(&reference.kinds, id));
        if matches!(found, Value::Bool(false)) && inventory.may_hold_any(&reference.kinds, id) {
            found = Value::Unknown(format!("`{id}` may be among records that cannot be read").into());
        }
        let nearest = match found {
            Value::Bool(false) if suggested < SUGGESTIONS => {
                suggested += 1;
                inventory.nearest(&reference.kinds, id)
            }
            _ => None,
        };
        let wanted = match reference.kinds.as_slice() {
            [] => "record".to_owned(),
            kinds => kinds.iter().map(|kind| kind.replace('_', " ")).collect::<Vec<_>>().join(" or "),
        };
        let identity = Text::from(format!("{}={id}", reference.field));
        let fields = vec![
            ("field", text(&reference.field)),
            ("id", Value::Text(reference.id.clone())),
            ("wanted", text(&wanted)),
            ("found", found),
            ("nearest", optional(nearest, |near| text(&near))),
        ];
        items.push(Item::value(fields, Some(reference.place.clone()), Some(identity)));
    }
    Value::List(items.into())
}
