//! From the path of a validation error to the node it is about.
//!
//! Lists and mappings that are asked for are indexed once, so that many errors
//! in a long list cost no more than the list.

use super::shape::{Field, Shape};
use super::view;
use crate::record::{NodeId, NodeKind, Tree};
use jsonschema::paths::{Location, LocationSegment};
use std::collections::HashMap;

/// A node with everything that a message about it needs.
#[derive(Clone)]
pub(super) struct Spot<'t> {
    pub(super) node: NodeId,
    pub(super) key: Option<NodeId>,
    pub(super) shape: &'t Shape,
    pub(super) field: Option<&'t Field>,
    /// Path from the record, with dots; empty for the record itself.
    path: String,
    kind: &'t str,
}

impl Spot<'_> {
    /// How a message names the value.
    pub(super) fn shown(&self) -> String {
        if self.path.is_empty() { format!("the {}", self.kind) } else { format!("`{}`", self.path) }
    }

    /// How a message names the thing whose fields are in question.
    pub(super) fn owner(&self) -> String {
        let name =
            if self.path.is_empty() { self.kind.replace('_', " ") } else { format!("`{}`", self.path) };
        if self.path.is_empty() { format!("a record of kind {name}") } else { name }
    }
}

pub(super) struct Locator<'t> {
    tree: &'t Tree,
    root: Spot<'t>,
    lists: HashMap<NodeId, Vec<NodeId>>,
    mappings: HashMap<NodeId, HashMap<&'t str, (NodeId, NodeId)>>,
}

impl<'t> Locator<'t> {
    pub(super) fn new(tree: &'t Tree, record: NodeId, shape: &'t Shape) -> Self {
        let kind = if let Shape::Struct(structure) = shape { &*structure.ty.name } else { "record" };
        let root = Spot { node: record, key: None, shape, field: None, path: String::new(), kind };
        Self { tree, root, lists: HashMap::new(), mappings: HashMap::new() }
    }

    /// The node at a path.
    pub(super) fn find(&mut self, path: &Location) -> Option<Spot<'t>> {
        let mut spot = self.root.clone();
        for segment in path {
            spot = match segment {
                LocationSegment::Property(name) => self.member(&spot, &name)?,
                LocationSegment::Index(index) => self.item(&spot, index)?,
            };
        }
        Some(spot)
    }

    /// The value of a key.
    pub(super) fn member(&mut self, spot: &Spot<'t>, name: &str) -> Option<Spot<'t>> {
        // A key that looks like a number reaches us as a name all the same.
        let tree = self.tree;
        let index = self.mappings.entry(spot.node).or_insert_with(|| {
            let mut index = HashMap::new();
            for (key, value) in tree.entries(spot.node) {
                index.entry(tree.text(key)).or_insert((key, value));
            }
            index
        });
        let (key, node) = *index.get(name)?;
        let field = match spot.shape {
            Shape::Struct(structure) => structure.fields.get(name),
            Shape::Map(field) => Some(&**field),
            _ => None,
        };
        let path = if spot.path.is_empty() { name.to_owned() } else { format!("{}.{name}", spot.path) };
        let shape = view::shape_of(spot.shape, name);
        Some(Spot { node, key: Some(key), shape, field, path, kind: spot.kind })
    }

    fn item(&mut self, spot: &Spot<'t>, index: usize) -> Option<Spot<'t>> {
        if self.tree.kind(spot.node) == NodeKind::Mapping {
            return self.member(spot, &index.to_string());
        }
        let tree = self.tree;
        let items = self.lists.entry(spot.node).or_insert_with(|| tree.items(spot.node).collect());
        let node = *items.get(index)?;
        let field = if let Shape::List(item) = spot.shape { Some(&**item) } else { None };
        let shape = field.map_or(spot.shape, |field| &field.shape);
        Some(Spot { node, key: None, shape, field, path: spot.path.clone(), kind: spot.kind })
    }
}
