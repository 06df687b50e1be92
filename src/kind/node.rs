//! A record, or a part of one, as an object that rules can look into.
//!
//! Values are read on demand from the tree, under the shape of the kind. What
//! does not fit its shape is *unknown*, with the reason; what is not written
//! is *absent*, unless part of the record could not be read.

use super::date::date;
use super::scalar;
use super::shape::{Shape, Structure};
use crate::expr::{FieldRef, Object, Text, Value};
use crate::record::{NodeId, NodeKind, Tree};
use crate::source::{Place, Span};
use std::sync::Arc;

/// A mapping of a tree under the structure that its kind gives it.
#[derive(Clone, Debug)]
pub struct RecordNode {
    tree: Arc<Tree>,
    node: NodeId,
    structure: Arc<Structure>,
    /// Its key, for a part of a record that is the value of one.
    key: Option<NodeId>,
}

impl RecordNode {
    /// The record that `node` is.
    pub fn new(tree: &Arc<Tree>, node: NodeId, structure: &Arc<Structure>) -> Self {
        Self { tree: tree.clone(), node, structure: structure.clone(), key: None }
    }

    /// The tree it stands in.
    pub fn tree(&self) -> &Arc<Tree> {
        &self.tree
    }

    /// Its node.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// Its structure.
    pub fn structure(&self) -> &Arc<Structure> {
        &self.structure
    }

    /// The bytes of the whole record.
    pub fn span(&self) -> Span {
        self.tree.span(self.node)
    }

    /// The value of a field by its name.
    pub fn value(&self, name: &str) -> Value {
        let Some(field) = self.structure.fields.get(name) else { return Value::Absent };
        let Some((key, value)) = self.tree.entry(self.node, name) else {
            if self.tree.is_incomplete(self.node) {
                return Value::Unknown(format!("its {name} may stand in lines that cannot be read").into());
            }
            return Value::Absent;
        };
        if self.tree.is_duplicate(key) {
            return Value::Unknown(format!("its {name} is written twice").into());
        }
        read(&self.tree, value, &field.shape, name, Some(key))
    }

    /// The text of a scalar field as it is written, without its type.
    pub fn text(&self, name: &str) -> Option<Text> {
        let (key, value) = self.tree.entry(self.node, name)?;
        let readable = matches!(self.tree.kind(value), NodeKind::Scalar(_)) && !self.tree.is_blank(value);
        (readable && !self.tree.is_duplicate(key)).then(|| self.tree.shared_text(value))
    }

    /// The span of the value at a dotted path, or of the nearest thing that
    /// is there.
    fn span_of(&self, path: &str) -> Span {
        let (mut node, mut key) = (self.node, self.key);
        for name in path.split('.') {
            match self.tree.entry(node, name) {
                Some(entry) => (key, node) = (Some(entry.0), entry.1),
                None => return self.nearest(node, key),
            }
        }
        let span = self.tree.span(node);
        match key {
            Some(key) if span.is_empty() => self.tree.span(key),
            _ => span,
        }
    }

    /// Where a finding about a mapping, or about something missing in it,
    /// points: its key, else its id, else its first key.
    fn nearest(&self, node: NodeId, key: Option<NodeId>) -> Span {
        nearest(&self.tree, node, key)
    }
}

/// The key of a mapping, else the value of its id, else its first key.
pub(super) fn nearest(tree: &Tree, node: NodeId, key: Option<NodeId>) -> Span {
    let id = || tree.get(node, "id").filter(|id| !tree.span(*id).is_empty());
    let first = || tree.entries(node).next().map(|(key, _)| key);
    tree.span(key.or_else(id).or_else(first).unwrap_or(node))
}

impl Object for RecordNode {
    fn get(&self, field: &FieldRef) -> Value {
        self.value(&field.name)
    }

    fn place(&self) -> Option<Place> {
        Some(Place { file: self.tree.file().clone(), span: self.nearest(self.node, self.key) })
    }

    fn place_of(&self, field: &str) -> Option<Place> {
        Some(Place { file: self.tree.file().clone(), span: self.span_of(field) })
    }

    fn identity(&self) -> Option<Text> {
        ["id", "period", "on"].into_iter().find_map(|name| self.text(name))
    }
}

/// A value under its shape. The recursion follows the shape, whose depth is
/// limited.
fn read(tree: &Arc<Tree>, node: NodeId, shape: &Shape, name: &str, key: Option<NodeId>) -> Value {
    let unknown = |why: &str| Value::Unknown(format!("its {name} {why}").into());
    let is_scalar = match tree.kind(node) {
        NodeKind::Broken => return unknown("cannot be read"),
        _ if tree.is_blank(node) => return Value::Absent,
        kind => matches!(kind, NodeKind::Scalar(_)),
    };
    let text = tree.text(node);
    let plain = tree.is_plain(node);
    match shape {
        Shape::Text | Shape::Id if is_scalar => Value::Text(tree.shared_text(node)),
        Shape::Text | Shape::Id => unknown("is not text"),
        Shape::Period if is_scalar && scalar::period(text).is_some() => Value::Text(tree.shared_text(node)),
        Shape::Period => unknown("is not a period"),
        Shape::OneOf(vocabulary) => match vocabulary.word(text).filter(|_| is_scalar) {
            Some(word) if **word == *text => Value::Text(tree.shared_text(node)),
            Some(word) => Value::Text(word.clone().into()),
            None => unknown("is not one of the allowed words"),
        },
        Shape::Date => date(text).map_or_else(|| unknown("is not a date"), Value::Date),
        Shape::Duration => {
            scalar::duration(text).map_or_else(|| unknown("is not a span of time"), Value::Duration)
        }
        Shape::Bool => {
            let value = scalar::boolean(text).filter(|_| plain);
            value.map_or_else(|| unknown("is neither true nor false"), Value::Bool)
        }
        Shape::Number { whole } => {
            let value = scalar::number(text).filter(|value| plain && (!whole || value.fract() == 0.0));
            value.map_or_else(|| unknown("is not a number"), Value::Number)
        }
        Shape::List(_) if tree.kind(node) != NodeKind::Sequence => unknown("is not a list"),
        Shape::List(_) if tree.is_incomplete(node) => unknown("can be read in part only"),
        Shape::List(item) => {
            let items = tree.items(node).map(|value| read(tree, value, &item.shape, name, None));
            Value::List(items.filter(|value| !matches!(value, Value::Absent)).collect())
        }
        Shape::Struct(_) if tree.kind(node) != NodeKind::Mapping => unknown("has no fields"),
        Shape::Struct(structure) => Value::Struct(Arc::new(RecordNode {
            tree: tree.clone(),
            node,
            structure: structure.clone(),
            key,
        })),
        Shape::Map(_) if tree.kind(node) != NodeKind::Mapping => unknown("has no fields"),
        Shape::Map(_) => Value::Struct(Arc::new(FreeKeys)),
        Shape::Any => Value::Absent,
    }
}

/// A mapping whose keys no schema names: rules can see that it is there.
struct FreeKeys;

impl Object for FreeKeys {
    fn get(&self, _: &FieldRef) -> Value {
        Value::Absent
    }
}
