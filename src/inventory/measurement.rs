//! Measurements that stand inside their metric: records of their own, whose
//! metric is the record around them.

use super::Record;
use super::reading::key;
use crate::expr::{FieldRef, Object, Text, Value};
use crate::kind::{Kind, RecordNode};
use crate::source::Place;
use std::sync::{Arc, OnceLock};

/// The kind of the rows; they have the shape of the register's rows.
fn measurement_kind() -> &'static Arc<Kind> {
    static KIND: OnceLock<Arc<Kind>> = OnceLock::new();
    KIND.get_or_init(|| {
        let kinds = crate::kind::Kinds::embedded();
        kinds.get("measurement").expect("the kind is embedded").clone()
    })
}

/// The rows of a metric; nothing for a record of another kind.
pub(super) fn rows(metric: &Record) -> Vec<Record> {
    if &*metric.kind.name != "metric" {
        return Vec::new();
    }
    let (tree, node) = metric.node();
    let Some(list) = tree.get(node, "measurements") else { return Vec::new() };
    let Some(id) = metric.text("id") else { return Vec::new() };
    let kind = measurement_kind();
    tree.items(list)
        .filter(|item| tree.kind(*item) == crate::record::NodeKind::Mapping)
        .map(|item| {
            let row = kind.record(tree, item);
            let identity = [Some(id.clone()), row.text("period"), row.text("corrects")];
            let span = row.span();
            let place = row.place_of("period").unwrap_or_else(|| metric.place.clone());
            let (key, _) = key(kind, &identity, &place);
            let identified = identity[1].is_some();
            let object = Row { row, metric: id.clone() };
            Record {
                kind: kind.clone(),
                key,
                identified,
                place,
                span,
                body: None,
                mapped: None,
                object: Arc::new(object),
                tree: tree.clone(),
                node: item,
            }
        })
        .collect()
}

/// A row, whose `metric` is the record around it.
struct Row {
    row: RecordNode,
    metric: Text,
}

impl Object for Row {
    fn get(&self, field: &FieldRef) -> Value {
        if &*field.name == "metric" { Value::Text(self.metric.clone()) } else { self.row.get(field) }
    }

    fn place(&self) -> Option<Place> {
        self.row.place_of("period")
    }

    fn place_of(&self, field: &str) -> Option<Place> {
        self.row.place_of(field)
    }

    fn identity(&self) -> Option<Text> {
        self.row.identity()
    }
}
