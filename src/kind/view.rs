//! A record as the schema validator sees it: the tree itself, each scalar as
//! the type that the schema wants where its text allows.
//!
//! Nothing is copied. What is blank is not there; what is written twice or
//! could not be read was reported by the tree and is passed over.

use super::scalar;
use super::shape::{Field, Shape};
use crate::record::{NodeId, NodeKind, Tree};
use jsonschema::JsonType;
use jsonschema::json::{Array, Json, JsonNumber, Node, NodeIdentity, Object};
use serde_json::Value;
use std::borrow::Cow;

static ANY: Shape = Shape::Any;

/// The representation for the validator.
pub(super) struct Records;

/// A node under the shape that it should have, or the name of a field.
#[derive(Clone, Copy)]
pub(super) enum Seen<'a> {
    Node(&'a Tree, NodeId, &'a Shape),
    Name(&'a str),
}

/// What a scalar is under its shape.
pub(super) enum Scalar<'a> {
    Null,
    Bool(bool),
    Number(f64),
    Text(&'a str),
}

/// Reads a scalar under a shape. A quoted scalar is always text.
pub(super) fn scalar<'a>(tree: &'a Tree, node: NodeId, shape: &'a Shape) -> Scalar<'a> {
    let text = tree.text(node);
    if tree.is_blank(node) {
        return Scalar::Null;
    }
    let plain = tree.is_plain(node);
    match shape {
        // An alias counts as its word.
        Shape::OneOf(vocabulary) => Scalar::Text(vocabulary.aliases.get(text).map_or(text, |word| word)),
        Shape::Number { .. } if plain => scalar::number(text).map_or(Scalar::Text(text), Scalar::Number),
        Shape::Bool if plain => scalar::boolean(text).map_or(Scalar::Text(text), Scalar::Bool),
        Shape::Any if plain => match (scalar::boolean(text), scalar::number(text)) {
            (Some(value), _) => Scalar::Bool(value),
            (_, Some(value)) => Scalar::Number(value),
            _ => Scalar::Text(text),
        },
        _ => Scalar::Text(text),
    }
}

/// Whether an entry counts: it has a name of its own and says something. A
/// field that is left empty says nothing; a name that is no field is a mistake
/// all the same (`value: 9,5` in a flow mapping makes a key `5`).
fn counts(tree: &Tree, key: NodeId, value: NodeId, shape: &Shape) -> bool {
    let known = match shape {
        Shape::Struct(structure) => structure.fields.contains_key(tree.text(key)),
        _ => true,
    };
    !tree.is_duplicate(key) && tree.kind(value) != NodeKind::Broken && !(known && tree.is_blank(value))
}

pub(super) fn shape_of<'a>(shape: &'a Shape, name: &str) -> &'a Shape {
    match shape {
        Shape::Struct(structure) => structure.fields.get(name).map_or(&ANY, |field| &field.shape),
        Shape::Map(value) => &value.shape,
        _ => &ANY,
    }
}

fn item_shape(shape: &Shape) -> &Shape {
    match shape {
        Shape::List(item) => {
            let item: &Field = item;
            &item.shape
        }
        _ => &ANY,
    }
}

impl Json for Records {
    type Node<'a> = Seen<'a>;
    type PreparedKey = String;
    type StringBuffer = String;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>(buffer: &mut String, string: &str, f: impl FnOnce(Seen<'_>) -> T) -> T {
        string.clone_into(buffer);
        f(Seen::Name(buffer))
    }
}

impl<'a> Seen<'a> {
    fn scalar(&self) -> Option<Scalar<'a>> {
        match *self {
            Self::Node(tree, node, shape) => match tree.kind(node) {
                NodeKind::Scalar(_) => Some(scalar(tree, node, shape)),
                NodeKind::Broken => Some(Scalar::Null),
                NodeKind::Sequence | NodeKind::Mapping => None,
            },
            Self::Name(name) => Some(Scalar::Text(name)),
        }
    }

    fn collection(&self, kind: NodeKind) -> Option<Part<'a>> {
        match *self {
            Self::Node(tree, node, shape) if tree.kind(node) == kind => Some(Part { tree, node, shape }),
            _ => None,
        }
    }
}

/// A list or a mapping.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    tree: &'a Tree,
    node: NodeId,
    shape: &'a Shape,
}

impl<'a> Node<'a, Records> for Seen<'a> {
    type Object = Part<'a>;
    type Array = Part<'a>;
    type Number = Number;

    fn as_object(&self) -> Option<Part<'a>> {
        self.collection(NodeKind::Mapping)
    }

    fn as_array(&self) -> Option<Part<'a>> {
        self.collection(NodeKind::Sequence)
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self.scalar()? {
            Scalar::Text(text) => Some(Cow::Borrowed(text)),
            _ => None,
        }
    }

    fn as_number(&self) -> Option<Number> {
        match self.scalar()? {
            Scalar::Number(value) => Some(Number(value)),
            _ => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        match self.scalar()? {
            Scalar::Bool(value) => Some(value),
            _ => None,
        }
    }

    fn is_null(&self) -> bool {
        matches!(self.scalar(), Some(Scalar::Null))
    }

    fn json_type(&self) -> JsonType {
        match (self.scalar(), self) {
            (Some(Scalar::Null), _) => JsonType::Null,
            (Some(Scalar::Bool(_)), _) => JsonType::Boolean,
            (Some(Scalar::Number(_)), _) => JsonType::Number,
            (Some(Scalar::Text(_)), _) => JsonType::String,
            (None, Self::Node(tree, node, _)) if tree.kind(*node) == NodeKind::Sequence => JsonType::Array,
            (None, _) => JsonType::Object,
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(value(*self))
    }

    fn identity(&self) -> Option<NodeIdentity> {
        match self {
            Self::Node(tree, node, _) => {
                Some(NodeIdentity::tagged(std::ptr::from_ref(*tree) as usize, node.index()))
            }
            Self::Name(_) => None,
        }
    }
}

/// The node as a JSON value, for `enum`, `const` and errors. Its depth is that
/// of the tree, which is limited.
fn value(seen: Seen<'_>) -> Value {
    if let Some(scalar) = seen.scalar() {
        return match scalar {
            Scalar::Null => Value::Null,
            Scalar::Bool(value) => Value::Bool(value),
            Scalar::Number(value) => serde_json::Number::from_f64(value).map_or(Value::Null, Value::Number),
            Scalar::Text(text) => Value::String(text.to_owned()),
        };
    }
    match seen.as_array() {
        Some(list) => list.elements().map(value).collect(),
        None => seen
            .as_object()
            .into_iter()
            .flat_map(|object| object.members())
            .map(|(name, member)| (name.to_owned(), value(member)))
            .collect(),
    }
}

impl<'a> Object<'a, Records> for Part<'a> {
    type Node = Seen<'a>;
    type MemberName = &'a str;
    type MembersIter = Box<dyn Iterator<Item = (&'a str, Seen<'a>)> + 'a>;

    fn len(&self) -> usize {
        self.members().count()
    }

    fn get(&self, key: &String) -> Option<Seen<'a>> {
        let (name, value) = self.tree.entry(self.node, key)?;
        counts(self.tree, name, value, self.shape)
            .then(|| Seen::Node(self.tree, value, shape_of(self.shape, key)))
    }

    fn members(&self) -> Self::MembersIter {
        let Self { tree, node, shape } = *self;
        Box::new(tree.entries(node).filter(move |(key, value)| counts(tree, *key, *value, shape)).map(
            move |(key, value)| {
                let name = tree.text(key);
                (name, Seen::Node(tree, value, shape_of(shape, name)))
            },
        ))
    }
}

impl<'a> Array<'a, Records> for Part<'a> {
    type Node = Seen<'a>;
    type ElementsIter = Box<dyn Iterator<Item = Seen<'a>> + 'a>;

    fn len(&self) -> usize {
        self.tree.items(self.node).count()
    }

    fn elements(&self) -> Self::ElementsIter {
        let Self { tree, node, shape } = *self;
        Box::new(tree.items(node).map(move |item| Seen::Node(tree, item, item_shape(shape))))
    }
}

/// A finite number.
pub(super) struct Number(f64);

impl JsonNumber for Number {
    fn as_u64(&self) -> Option<u64> {
        u64::try_from(self.as_i64()?).ok()
    }

    fn as_i64(&self) -> Option<i64> {
        // Whole numbers beyond 2^53 have no exact value here and count as decimals.
        let exact = self.0.fract() == 0.0 && self.0.abs() <= 9_007_199_254_740_992.0;
        exact.then(|| format!("{:.0}", self.0).parse().ok()).flatten()
    }

    fn as_f64(&self) -> Option<f64> {
        Some(self.0)
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Owned(self.0.to_string())
    }

    fn to_number(&self) -> Cow<'_, serde_json::Number> {
        // The reader lets no other than finite numbers in.
        Cow::Owned(serde_json::Number::from_f64(self.0).unwrap_or_else(|| 0.into()))
    }

    fn is_integer(&self) -> bool {
        self.0.fract() == 0.0
    }
}
