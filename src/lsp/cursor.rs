//! What stands at a place of a file: which record, which of its fields, and
//! whether the place is a name or a value.

use crate::inventory::Record;
use crate::kind::{Field, Shape, Structure};
use crate::record::{NodeId, NodeKind, Tree};
use crate::source::Span;

/// A key or a value of a record.
pub(super) struct Spot<'r> {
    /// The record.
    pub(super) record: &'r Record,
    /// The fields among which it stands.
    pub(super) structure: Option<&'r Structure>,
    /// The mapping that holds it.
    pub(super) mapping: NodeId,
    /// The field whose value it is, or an item of which.
    pub(super) field: Option<&'r Field>,
    /// Its node.
    pub(super) node: NodeId,
    /// Whether it is the name of a field.
    pub(super) is_key: bool,
}

impl Spot<'_> {
    /// Its text.
    pub(super) fn text(&self) -> &str {
        self.record.node().0.text(self.node)
    }

    /// Its bytes.
    pub(super) fn span(&self) -> Span {
        self.record.node().0.span(self.node)
    }

    /// Whether it is a value that tells its record from others.
    pub(super) fn is_identity(&self) -> bool {
        let (tree, node) = self.record.node();
        let is = |name| !self.is_key && tree.get(node, name) == Some(self.node);
        self.record.kind.identity.first().is_some_and(|name| is(name))
    }
}

/// What stands at an offset, in the smallest record around it.
pub(super) fn at<'r>(records: impl Iterator<Item = &'r Record>, offset: u32) -> Option<Spot<'r>> {
    let around = records.filter(|record| holds(record.span, offset));
    let record = around.min_by_key(|record| record.span.len())?;
    let (tree, node) = record.node();
    let found = in_mapping(tree, node, Some(&record.kind.structure), offset)?;
    let Found { structure, mapping, field, node, is_key } = found;
    Some(Spot { record, structure, mapping, field, node, is_key })
}

struct Found<'r> {
    structure: Option<&'r Structure>,
    mapping: NodeId,
    field: Option<&'r Field>,
    node: NodeId,
    is_key: bool,
}

/// A place behind the last byte counts: that is where a cursor stands that has
/// just written it. What has no bytes came from elsewhere.
fn holds(span: Span, offset: u32) -> bool {
    !span.is_empty() && span.start <= offset && offset <= span.end
}

/// The recursion follows the tree, whose depth is limited.
fn in_mapping<'r>(
    tree: &'r Tree,
    mapping: NodeId,
    structure: Option<&'r Structure>,
    offset: u32,
) -> Option<Found<'r>> {
    for (key, value) in tree.entries(mapping) {
        let field = structure.and_then(|structure| structure.fields.get(tree.text(key)));
        if holds(tree.span(key), offset) {
            return Some(Found { structure, mapping, field, node: key, is_key: true });
        }
        if holds(tree.span(value), offset) {
            return in_value(tree, value, field, structure, mapping, offset);
        }
    }
    None
}

fn in_value<'r>(
    tree: &'r Tree,
    value: NodeId,
    field: Option<&'r Field>,
    structure: Option<&'r Structure>,
    mapping: NodeId,
    offset: u32,
) -> Option<Found<'r>> {
    match (tree.kind(value), field.map(|field| &field.shape)) {
        (NodeKind::Mapping, Some(Shape::Struct(inner))) => in_mapping(tree, value, Some(inner), offset),
        (NodeKind::Mapping, _) => in_mapping(tree, value, None, offset),
        (NodeKind::Sequence, shape) => {
            let item = match shape {
                Some(Shape::List(item)) => Some(&**item),
                _ => None,
            };
            let at = tree.items(value).find(|node| holds(tree.span(*node), offset))?;
            in_value(tree, at, item, structure, mapping, offset)
        }
        (NodeKind::Scalar(_), _) => Some(Found { structure, mapping, field, node: value, is_key: false }),
        (NodeKind::Broken, _) => None,
    }
}
