//! When a record was raised, and which people it names: one name for what the
//! kinds spell differently.

use super::{Context, text};
use crate::expr::Value;
use std::sync::Arc;

/// The day on which an action was raised, or a nonconformity found.
pub(super) fn raised(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    match record.get("raised") {
        Value::Absent => record.path(&["detected", "on"]),
        raised => raised,
    }
}

/// The person that a field names, by the id in `isms.yaml` where it is known.
fn person(context: &Context, named: &Value) -> Value {
    match named {
        Value::Text(named) => {
            let known = context.settings.profile.person(named.as_str());
            known.map_or_else(|| Value::Text(named.clone()), |person| text(&person.id))
        }
        other => other.clone(),
    }
}

pub(super) fn owner(context: &Arc<Context>, at: usize) -> Value {
    let record = context.inventory.records().get(at);
    record.map_or(Value::Absent, |record| person(context, &record.get("owner")))
}

pub(super) fn verifier(context: &Arc<Context>, at: usize) -> Value {
    let record = context.inventory.records().get(at);
    record.map_or(Value::Absent, |record| person(context, &record.path(&["verification", "by"])))
}
