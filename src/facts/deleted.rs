//! Records that were there once and are not any more.

use super::events::{event, event_type, in_scope};
use super::{Context, Item, optional, structure, text};
use crate::expr::{Text, Type, Value};
use crate::finding::RecordKey;
use crate::history::{Change, FieldChange, Series};
use crate::source::{Place, Span};
use std::sync::Arc;

pub(super) fn list_type() -> Type {
    Type::List(Box::new(structure(
        "deleted",
        &[
            ("kind", Type::Text, false, "Its kind."),
            ("id", Type::Text, false, "Its id."),
            ("title", Type::Text, true, "Its title, as it last stood."),
            ("status", Type::Text, true, "Its status, as it last stood."),
            ("owner", Type::Text, true, "Its owner, as it last stood."),
            ("path", Type::Text, false, "The file it stood in."),
            ("metric_gone", Type::Bool, false, "Of a measurement: whether its metric is gone too."),
            ("removal_recorded", Type::Bool, false, "Whether an entry in the removals names it."),
            ("events", Type::List(Box::new(event_type())), false, "The commit that took it away."),
        ],
    )))
}

pub(super) fn all(context: &Arc<Context>, _: usize) -> Value {
    let series = context.history.series.iter();
    let deleted = series.filter_map(|(key, series)| {
        let deletion = series.deletion().filter(|deletion| in_scope(context, deletion))?;
        // Something at the end cannot be read that may hold it.
        if context.inventory.may_hold(key) {
            return None;
        }
        Some(item(context, key, series, deletion))
    });
    Value::List(deleted.collect())
}

fn item(context: &Arc<Context>, key: &RecordKey, series: &Series, deletion: &Change) -> Value {
    let last = |field: &str| {
        let gone = deletion.fields.iter().find(|gone| &*gone.field == field);
        optional(gone.and_then(|gone| gone.old.clone()), |value| Value::Text(Text::from(value)))
    };
    let whole = FieldChange { field: "record".into(), old: None, new: None };
    let _ = series;
    let fields = vec![
        ("kind", text(&key.kind)),
        ("id", text(key.id.unescaped())),
        ("title", last("title")),
        ("status", last("status")),
        ("owner", last("owner")),
        ("path", text(&deletion.path.shown())),
        ("metric_gone", Value::Bool(metric_gone(context, key))),
        ("removal_recorded", Value::Bool(removal_recorded(context, key))),
        ("events", Value::List(Arc::from([event(context, deletion, &whole)]))),
    ];
    // The file it stood in, where that is still there: the register to mend.
    let place =
        context.inventory.source(&deletion.path).map(|file| Place { file: file.clone(), span: Span::at(0) });
    Item::value(fields, place, Some(Text::from(format!("{}/{}", key.kind, key.id.unescaped()))))
}

/// Whether a measurement went together with its metric.
fn metric_gone(context: &Context, key: &RecordKey) -> bool {
    let metric = key.id.unescaped().split('/').next().unwrap_or_default();
    &*key.kind == "measurement" && context.inventory.find("metric", metric).is_none()
}

/// A removal names a record by its id, or as `kind/id`.
fn removal_recorded(context: &Context, key: &RecordKey) -> bool {
    let named = context.removals.get_or_init(|| {
        let removals = context.inventory.of_kind("removal");
        removals.filter_map(|removal| Some(removal.text("record")?.as_str().to_owned())).collect()
    });
    let id = key.id.unescaped();
    named.contains(id) || named.contains(&format!("{}/{id}", key.kind))
}
