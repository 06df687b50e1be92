//! The cause that a record states, whatever the shape it states it in.

use super::Context;
use crate::expr::Value;
use std::sync::Arc;

/// Of a nonconformity the cause, or else the last answer to why; of an action
/// or incident the text.
pub(super) fn stated(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    match record.get("root_cause") {
        Value::Struct(_) => match record.path(&["root_cause", "cause"]) {
            Value::Absent => match whys(context, at) {
                Value::List(whys) => whys.last().cloned().unwrap_or(Value::Absent),
                other => other,
            },
            cause => cause,
        },
        other => other,
    }
}

/// The answers to why; none where the kind has no place for them.
pub(super) fn whys(context: &Arc<Context>, at: usize) -> Value {
    let none = || Value::List(Arc::from([]));
    let Some(record) = context.inventory.records().get(at) else { return none() };
    match record.get("root_cause") {
        Value::Struct(_) => match record.path(&["root_cause", "whys"]) {
            Value::Absent => none(),
            whys => whys,
        },
        _ => none(),
    }
}
