//! A record as paths and normalised texts: what two versions are compared by.
//!
//! `1.0` and `1` are one number, runs of white space one blank, an alias of a
//! word the word itself: only what means something else differs.

use crate::expr::{Value, printed};
use crate::history::Fields;
use crate::kind::{Shape, Structure, scalar};
use crate::record::{NodeId, NodeKind, Tree};
use crate::source::hex;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The field under which the text of a document is logged.
pub const TEXT: &str = "text";

/// Levels that are looked into; deeper ones count as one text.
const DEPTH: u32 = 16;

/// The fields of the record at `node`, ordered by path.
pub(super) fn flatten(
    tree: &Tree,
    node: NodeId,
    structure: &Structure,
    skip: Option<&str>,
    body: Option<&str>,
) -> Fields {
    let mut fields = BTreeMap::new();
    for (key, value) in tree.entries(node) {
        let name = tree.text(key);
        if Some(name) == skip {
            continue;
        }
        let shape = structure.fields.get(name).map(|field| &field.shape);
        collect(&mut fields, tree, value, shape, name.to_owned(), 0);
    }
    if let Some(body) = body {
        fields.insert(TEXT.to_owned(), text_digest(body));
    }
    fields.into_iter().map(|(path, value)| (Arc::from(path), Arc::from(value))).collect::<Vec<_>>().into()
}

fn collect(
    fields: &mut BTreeMap<String, String>,
    tree: &Tree,
    node: NodeId,
    shape: Option<&Shape>,
    path: String,
    depth: u32,
) {
    if tree.is_blank(node) {
        return;
    }
    match tree.kind(node) {
        NodeKind::Scalar(_) => {
            fields.insert(path, normal(tree.text(node), shape));
        }
        NodeKind::Broken => {
            fields.insert(path, folded(tree.file().slice(tree.span(node))));
        }
        _ if depth >= DEPTH => {
            fields.insert(path, folded(tree.file().slice(tree.span(node))));
        }
        NodeKind::Mapping => {
            for (key, value) in tree.entries(node) {
                let name = tree.text(key);
                let inner = match shape {
                    Some(Shape::Struct(structure)) => structure.fields.get(name).map(|field| &field.shape),
                    Some(Shape::Map(field)) => Some(&field.shape),
                    _ => None,
                };
                collect(fields, tree, value, inner, format!("{path}.{name}"), depth + 1);
            }
        }
        NodeKind::Sequence => list(fields, tree, node, shape, &path, depth),
    }
}

/// A list of scalars is one value; an item with fields goes by its own name,
/// so that a row put in before it does not change it.
fn list(
    fields: &mut BTreeMap<String, String>,
    tree: &Tree,
    node: NodeId,
    shape: Option<&Shape>,
    path: &str,
    depth: u32,
) {
    let inner = match shape {
        Some(Shape::List(item)) => Some(&item.shape),
        _ => None,
    };
    let mut scalars = Vec::new();
    let mut names: BTreeMap<String, u32> = BTreeMap::new();
    for item in tree.items(node) {
        if let NodeKind::Scalar(_) = tree.kind(item) {
            scalars.push(normal(tree.text(item), inner));
            continue;
        }
        let name = ["id", "period", "on", "version"].iter().find_map(|name| tree.get(item, name));
        let name = name.map_or_else(|| "item".to_owned(), |name| folded(tree.text(name)));
        let count = names.entry(name.clone()).or_default();
        *count += 1;
        let name = if *count == 1 { name } else { format!("{name}#{count}") };
        collect(fields, tree, item, inner, format!("{path}/{name}"), depth + 1);
    }
    if !scalars.is_empty() {
        fields.insert(path.to_owned(), scalars.join(", "));
    }
}

fn normal(text: &str, shape: Option<&Shape>) -> String {
    match shape {
        Some(Shape::Number { .. }) => {
            scalar::number(text).map_or_else(|| folded(text), |value| printed(&Value::Number(value)))
        }
        Some(Shape::OneOf(words)) => words.word(text).map_or_else(|| folded(text), ToString::to_string),
        _ => folded(text),
    }
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A digest of a text in which white space does not count.
fn text_digest(body: &str) -> String {
    let mut hash = Sha256::new();
    for word in body.split_whitespace() {
        hash.update(word.as_bytes());
        hash.update(b" ");
    }
    hex(&hash.finalize()[..8])
}
