//! Where the text of a finding holds the value of a field that its schema marks
//! `x-sensitive`: what a public output leaves out.
//!
//! Nothing is taken away here. A finding keeps its words; beside them stand the
//! parts that are not for everybody who can read a pull request.

use crate::catalogue::Policy;
use crate::escape::Raw;
use crate::finding::{Finding, RecordKey};
use crate::history::History;
use crate::inventory::Inventory;
use crate::kind::{Field, Kinds, Shape, Structure};
use crate::record::{NodeId, NodeKind, Tree};
use std::collections::{BTreeMap, BTreeSet};

/// Shorter values say nothing by themselves, and stand in every sentence.
const LEAST: usize = 4;
/// A message shows so many characters of one value.
const MOST: usize = 200;
/// With more values than these in one record its findings are left out whole:
/// looking for each of them in every finding would cost their product.
const MOST_VALUES: usize = 100;

/// The sensitive values of every record that has some, as messages would show
/// them, in lower case.
pub(super) struct Sensitive(BTreeMap<RecordKey, BTreeSet<String>>);

impl Sensitive {
    /// The values as they stand, and those that the history remembers.
    pub(super) fn of(inventory: &Inventory, history: &History, policy: &Policy) -> Self {
        let mut all = Self(BTreeMap::new());
        for record in inventory.records().iter().filter(|record| is_about(&record.kind.structure)) {
            let (tree, node) = record.node();
            below(tree, node, &record.kind.structure, &mut |text| all.add(&record.key, text));
        }
        for (key, series) in &history.series {
            let Some(structure) = structure_of(&policy.kinds, key) else { continue };
            for field in series.changes.iter().flat_map(|change| &change.fields) {
                if is_sensitive(structure, &field.field) {
                    field.old.iter().chain(&field.new).for_each(|text| all.add(key, text));
                }
            }
        }
        all
    }

    fn add(&mut self, key: &RecordKey, text: &str) {
        let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown: String = folded.chars().take(MOST).collect();
        if shown.chars().count() >= LEAST {
            self.0.entry(key.clone()).or_default().insert(shown.to_ascii_lowercase());
        }
    }

    /// Marks what of a finding's words is such a value.
    pub(super) fn mark(&self, finding: &mut Finding) {
        let Some(values) = finding.record.as_ref().and_then(|key| self.0.get(key)) else { return };
        let labels = finding.related.iter().map(|related| &related.label);
        let texts = [&finding.message, &finding.why, &finding.fix].into_iter().chain(labels);
        let mut found: BTreeSet<&str> = BTreeSet::new();
        for text in texts.map(Raw::unescaped) {
            if values.len() > MOST_VALUES {
                found.extend(Some(text).filter(|text| !text.is_empty()));
                continue;
            }
            let lower = text.to_ascii_lowercase();
            for value in values {
                occurrences(&lower, value, &mut |start, end| {
                    found.insert(&text[start..end]);
                });
            }
        }
        // The longest first: a shorter one may be a part of it.
        let mut found: Vec<&str> = found.into_iter().collect();
        found.sort_by_key(|part| std::cmp::Reverse(part.len()));
        let withheld = found.into_iter().map(Raw::from).collect();
        finding.withheld = withheld;
    }
}

/// Whether a field of a record, as the history names it, is marked so.
pub(crate) fn is_withheld(kinds: &Kinds, key: &RecordKey, field: &str) -> bool {
    structure_of(kinds, key).is_some_and(|structure| is_sensitive(structure, field))
}

fn structure_of<'k>(kinds: &'k Kinds, key: &RecordKey) -> Option<&'k Structure> {
    kinds.get(&key.kind).map(|kind| &*kind.structure).filter(|structure| is_about(structure))
}

/// Whether any field is sensitive.
fn is_about(structure: &Structure) -> bool {
    structure.fields.values().any(holds)
}

fn holds(field: &Field) -> bool {
    field.sensitive
        || match &field.shape {
            Shape::List(inner) | Shape::Map(inner) => holds(inner),
            Shape::Struct(structure) => is_about(structure),
            _ => false,
        }
}

/// Sees the texts of the sensitive fields of a record or of a part of one.
fn below(tree: &Tree, node: NodeId, structure: &Structure, see: &mut dyn FnMut(&str)) {
    for (key, value) in tree.entries(node) {
        if let Some(field) = structure.fields.get(tree.text(key)) {
            of_field(tree, value, field, see);
        }
    }
}

/// The recursion follows the structure, whose depth is limited.
fn of_field(tree: &Tree, node: NodeId, field: &Field, see: &mut dyn FnMut(&str)) {
    if field.sensitive {
        return texts(tree, node, see);
    }
    match (&field.shape, tree.kind(node)) {
        (Shape::List(item), NodeKind::Sequence) => {
            tree.items(node).for_each(|item_node| of_field(tree, item_node, item, see));
        }
        (Shape::Map(item), NodeKind::Mapping) => {
            tree.entries(node).for_each(|(_, value)| of_field(tree, value, item, see));
        }
        (Shape::Struct(structure), NodeKind::Mapping) => below(tree, node, structure, see),
        _ => {}
    }
}

/// Everything that is written below a node; a tree's depth is limited.
fn texts(tree: &Tree, node: NodeId, see: &mut dyn FnMut(&str)) {
    match tree.kind(node) {
        NodeKind::Scalar(_) => see(tree.text(node)),
        NodeKind::Sequence => tree.items(node).for_each(|item| texts(tree, item, see)),
        NodeKind::Mapping => tree.entries(node).for_each(|(_, value)| texts(tree, value, see)),
        NodeKind::Broken => {}
    }
}

/// Whether a path of the field log is, or lies below, a sensitive field. One
/// that the kind does not know (a name of an item may hold a full stop) counts.
fn is_sensitive(structure: &Structure, path: &str) -> bool {
    let mut structure = structure;
    for part in path.split('.') {
        let name = part.split('/').next().unwrap_or(part);
        let Some(field) = structure.fields.get(name) else { return path.contains('/') };
        if field.sensitive {
            return true;
        }
        let Some(inner) = field.structure() else { return false };
        structure = inner;
    }
    false
}

/// Where a value stands in a text: as a whole, or its beginning where the
/// message was cut.
fn occurrences(text: &str, value: &str, see: &mut dyn FnMut(usize, usize)) {
    let head: String = value.chars().take(LEAST).collect();
    let mut from = 0;
    while let Some(at) = text[from..].find(&head).map(|at| from + at) {
        let same = text[at..].chars().zip(value.chars()).take_while(|(one, other)| one == other);
        let end = at + same.map(|(one, _)| one.len_utf8()).sum::<usize>();
        if end - at == value.len() || text[end..].starts_with('…') {
            see(at, end);
            from = end;
        } else {
            from = at + head.chars().next().map_or(1, char::len_utf8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::occurrences;

    #[test]
    fn a_value_is_found_whole_or_cut() {
        let cases: [(&str, &str, &[&str]); 6] = [
            ("it says \"ana slept\": bad", "ana slept", &["ana slept"]),
            ("ana slept, ana slept", "ana slept", &["ana slept", "ana slept"]),
            ("it says ana sl… and more", "ana slept", &["ana sl"]),
            ("ana slid", "ana slept", &[]),
            ("aaaaaaaa", "aaaaa", &["aaaaa"]),
            ("the ämter ä… here", "ämter äöü", &["ämter ä"]),
        ];
        for (text, value, wanted) in cases {
            let mut found = Vec::new();
            occurrences(text, value, &mut |start, end| found.push(&text[start..end]));
            assert_eq!(found, wanted, "{text}");
        }
    }
}
