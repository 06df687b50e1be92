//! What happened to the records between two states.

use super::scope::{Left, is_gone};
use super::terms;
use crate::check::Judged;
use crate::escape::Raw;
use crate::finding::RecordKey;
use crate::history::{Fields, Side, difference, renamed};
use crate::inventory::Record;
use std::collections::{BTreeMap, BTreeSet};

/// What was done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// It is there now.
    Opened,
    /// It reached a status in which nothing more is to be done.
    Closed,
    /// It left such a status.
    Reopened,
    /// A day that something is due on, or was done on, is another one.
    Redated,
    /// A target or a baseline is another one.
    Retargeted,
    /// The level of a risk is another one.
    Rescored,
    /// The text of a document is another one.
    Revised,
    /// A figure that was measured is another one.
    Rewritten,
    /// It has another id.
    Renamed,
    /// Something else of it.
    Changed,
    /// It is gone, and an entry in the removals says why.
    Removed,
    /// It is gone without a word.
    Deleted,
    /// It is still in the repository and nothing reads it.
    LeftScope,
}

impl Deed {
    /// The word for it in every output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::Redated => "re-dated",
            Self::Retargeted => "re-targeted",
            Self::Rescored => "re-scored",
            Self::Revised => "revised",
            Self::Rewritten => "rewritten",
            Self::Renamed => "renamed",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Deleted => "deleted",
            Self::LeftScope => "left the scope",
        }
    }
}

/// One thing that was done to one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordChange {
    /// The record, as it is called now.
    pub key: RecordKey,
    /// What was done.
    pub deed: Deed,
    /// How, in a few words.
    pub how: Raw,
}

/// Everything that happened, by kind and id.
pub(super) fn changes(base: &Judged, head: &Judged, left: &[Left]) -> Vec<RecordChange> {
    let out_of_sight: BTreeMap<&RecordKey, &Left> =
        left.iter().flat_map(|left| left.keys.iter().map(move |key| (key, left))).collect();
    let (before, now) = (images(base), images(head));
    let names = new_names(base, head, &before, &now, &out_of_sight);
    let mut changes = Vec::new();
    let mut add = |key: &RecordKey, deed: Deed, how: String| {
        changes.push(RecordChange { key: key.clone(), deed, how: Raw::from(how) });
    };
    for (key, (record, fields)) in &before {
        if now.contains_key(key) || names.contains_key(*key) || !is_gone(record, head) {
            continue;
        }
        match (out_of_sight.get(key), removal(head, key)) {
            (Some(left), _) => add(key, Deed::LeftScope, format!("it stands in {}", left.to.path().shown())),
            (None, Some(reason)) => add(key, Deed::Removed, reason),
            (None, None) => add(key, Deed::Deleted, terms::last_seen(fields)),
        }
    }
    let old_names: BTreeMap<&RecordKey, &RecordKey> = names.iter().map(|(old, new)| (*new, *old)).collect();
    for (key, (record, fields)) in &now {
        let old = old_names.get(key);
        if let Some(old) = old {
            add(key, Deed::Renamed, format!("it was {}", old.id.unescaped()));
        }
        match before.get(old.copied().unwrap_or(key)) {
            None if base.inventory.may_hold(key) => {}
            None => add(key, Deed::Opened, terms::opened(record, fields)),
            Some((_, earlier)) if earlier == fields => {}
            Some((_, earlier)) => {
                for (deed, how) in terms::told(record, &difference(earlier, fields)) {
                    add(key, deed, how);
                }
            }
        }
    }
    changes.sort_by(|one, other| {
        (&one.key, one.deed, one.how.unescaped()).cmp(&(&other.key, other.deed, other.how.unescaped()))
    });
    changes
}

type Images<'i> = BTreeMap<&'i RecordKey, (&'i Record, Fields)>;

/// The records that have an id. Of two with one id the first one counts.
fn images(judged: &Judged) -> Images<'_> {
    let mut images = BTreeMap::new();
    for record in judged.inventory.records().iter().filter(|record| record.identified) {
        images.entry(&record.key).or_insert_with(|| (record, record.fields()));
    }
    images
}

/// Records that have another id now.
fn new_names<'i>(
    base: &'i Judged,
    head: &'i Judged,
    before: &Images<'i>,
    now: &Images<'i>,
    out_of_sight: &BTreeMap<&RecordKey, &Left>,
) -> BTreeMap<&'i RecordKey, &'i RecordKey> {
    let gone: BTreeSet<&RecordKey> = before
        .iter()
        .filter(|(key, (record, _))| is_gone(record, head) && !out_of_sight.contains_key(*key))
        .map(|(key, _)| *key)
        .collect();
    let came: BTreeSet<&RecordKey> = now
        .keys()
        .filter(|key| !before.contains_key(*key) && !base.inventory.may_hold(key))
        .copied()
        .collect();
    let pairs = renamed(&sides(&gone, before), &sides(&came, now));
    let named = pairs.iter().filter_map(|(old, new)| Some((*gone.get(old)?, *came.get(new)?)));
    named.collect()
}

/// Records as the recognition of new ids wants them.
fn sides<'s>(keys: &BTreeSet<&'s RecordKey>, of: &'s Images<'_>) -> Vec<Side<'s>> {
    let side = |key: &&'s RecordKey| {
        let (record, fields) = of.get(*key)?;
        Some(Side { key, path: record.place.file.path(), fields })
    };
    keys.iter().filter_map(side).collect()
}

/// The reason that an entry in the removals gives.
fn removal(head: &Judged, key: &RecordKey) -> Option<String> {
    let id = key.id.unescaped();
    let full = format!("{}/{id}", key.kind);
    let entry = head.inventory.of_kind("removal").find(|removal| {
        removal.text("record").is_some_and(|named| named.as_str() == id || named.as_str() == full)
    })?;
    Some(
        entry
            .text("reason")
            .map_or_else(|| "no reason given".to_owned(), |reason| reason.as_str().to_owned()),
    )
}
