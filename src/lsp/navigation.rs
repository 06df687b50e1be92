//! From an id to its record, and from a record to all that refer to it.

use super::cursor;
use super::isms::Seen;
use crate::inventory::{Inventory, Record};
use crate::kind::Refs;
use crate::record::NodeKind;
use crate::source::{Place, SourceFile, Span};
use std::sync::Arc;

/// An id that stands somewhere.
pub(super) struct Named {
    /// The id.
    pub(super) id: String,
    /// The kinds that it may be of; none for any.
    pub(super) kinds: Vec<Arc<str>>,
    /// Where it stands.
    pub(super) span: Span,
}

/// The id at an offset: a reference, the id of a record itself, or a word that
/// is the id of some record.
pub(super) fn named(seen: &Seen, file: &SourceFile, offset: u32) -> Option<Named> {
    let inventory = &seen.inventory;
    if let Some(spot) = cursor::at(of_file(inventory, file), offset).filter(|spot| !spot.is_key) {
        let refs = spot.field.and_then(|field| field.refs.as_ref());
        if let Some(refs) = refs {
            let kinds = match refs {
                Refs::Any => Vec::new(),
                Refs::Kinds(kinds) => kinds.to_vec(),
            };
            return Some(Named { id: spot.text().to_owned(), kinds, span: spot.span() });
        }
        if spot.is_identity() {
            let id = spot.record.key.id.unescaped().to_owned();
            return Some(Named { id, kinds: vec![spot.record.kind.name.clone()], span: spot.span() });
        }
    }
    let span = word(file.text(), offset as usize);
    let id = file.slice(span);
    // Numbers are the ids of controls, and much else.
    let is_name = id.len() > 2 && id.contains(|c: char| c.is_ascii_alphabetic());
    (is_name && inventory.exists(&[], id)).then(|| Named { id: id.to_owned(), kinds: Vec::new(), span })
}

/// The records of a file.
pub(super) fn of_file<'i>(
    inventory: &'i Inventory,
    file: &SourceFile,
) -> impl Iterator<Item = &'i Record> + use<'i> {
    let path = file.path().clone();
    inventory.records().iter().filter(move |record| *record.place.file.path() == path)
}

/// Where the word around an offset begins and ends.
pub(super) fn word(text: &str, offset: usize) -> Span {
    let offset = text.floor_char_boundary(offset);
    let in_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '@');
    let before: usize = text[..offset].chars().rev().take_while(|c| in_word(*c)).map(char::len_utf8).sum();
    let behind: usize = text[offset..].chars().take_while(|c| in_word(*c)).map(char::len_utf8).sum();
    // The stop of a sentence is no part of an id.
    let found = text[offset - before..offset + behind].trim_end_matches('.');
    let small = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(small(offset - before), small(offset - before + found.len()))
}

/// The places of the records that an id names, or of the part of one.
pub(super) fn places(inventory: &Inventory, named: &Named) -> Vec<Place> {
    let records = records(inventory, &named.kinds, &named.id);
    if !records.is_empty() {
        return records.into_iter().map(|record| record.place.clone()).collect();
    }
    let Some((parent, part)) = named.id.rsplit_once('/') else { return Vec::new() };
    self::records(inventory, &named.kinds, parent)
        .into_iter()
        .filter_map(|record| place_of(record, part))
        .collect()
}

/// The records of these kinds with this id.
pub(super) fn records<'i>(inventory: &'i Inventory, kinds: &[Arc<str>], id: &str) -> Vec<&'i Record> {
    let kinds: Vec<&Arc<str>> =
        if kinds.is_empty() { inventory.kinds().collect() } else { kinds.iter().collect() };
    kinds.into_iter().filter_map(|kind| inventory.find(kind, id)).collect()
}

/// Where a part of a record stands that has an id of its own.
fn place_of(record: &Record, part: &str) -> Option<Place> {
    let (tree, node) = record.node();
    let lists = tree.entries(node).filter(|(_, list)| tree.kind(*list) == NodeKind::Sequence);
    let mut ids = lists.flat_map(|(_, list)| tree.items(list)).filter_map(|item| tree.get(item, "id"));
    let id = ids.find(|id| tree.text(*id) == part)?;
    Some(Place { file: tree.file().clone(), span: tree.span(id) })
}

/// Every place that refers to what an id names; with the records themselves
/// where they are asked for.
pub(super) fn references(inventory: &Inventory, named: &Named, with_itself: bool) -> Vec<Place> {
    let own = records(inventory, &named.kinds, &named.id);
    let kinds: Vec<&Arc<str>> = own.iter().map(|record| &record.kind.name).collect();
    let mut places: Vec<Place> = Vec::new();
    for record in inventory.records() {
        let meant = record.references().into_iter().filter(|reference| {
            let of_kind =
                reference.kinds.is_empty() || reference.kinds.iter().any(|kind| kinds.contains(&kind));
            reference.id.as_str() == named.id && of_kind
        });
        places.extend(meant.map(|reference| reference.place));
    }
    if with_itself {
        places.extend(own.into_iter().map(|record| record.place.clone()));
    }
    places.sort();
    places.dedup();
    places
}
