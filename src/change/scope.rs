//! What came into the checker's sight with a change, and what left it while it
//! is still in the repository.

use super::State;
use crate::check::{self, Judged};
use crate::escape::Raw;
use crate::finding::{Finding, RecordKey};
use crate::inventory::Record;
use crate::record::Fault;
use crate::settings::whole;
use crate::snapshot::Snapshot;
use crate::source::{Place, RepoPath, SourceFile};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Records of one file that are read no more, and where they stand now.
pub(super) struct Left {
    /// The file they stood in.
    pub(super) from: RepoPath,
    /// The file they stand in, which nothing reads.
    pub(super) to: Arc<SourceFile>,
    /// The records.
    pub(super) keys: Vec<RecordKey>,
}

/// The records of `base` that `head` does not have, although they are there.
pub(super) fn left(base: &State<'_>, head: &Judged, snapshot: &Snapshot) -> Vec<Left> {
    let mut gone: BTreeMap<&RepoPath, Vec<&Record>> = BTreeMap::new();
    for record in base.judged.inventory.records() {
        if is_gone(record, head) {
            gone.entry(record.place.file.path()).or_default().push(record);
        }
    }
    if gone.is_empty() {
        return Vec::new();
    }
    let strays = strays(base, head, snapshot, &gone);
    let mut left = Vec::new();
    for (from, records) in gone {
        for stray in &strays {
            let same = stray.path() == from;
            let is_in =
                |record: &&Record| stands_in(record, stray.text()) && (same || reads_as(record, stray));
            let keys: Vec<RecordKey> =
                records.iter().copied().filter(is_in).map(|record| record.key.clone()).collect();
            if !keys.is_empty() {
                left.push(Left { from: from.clone(), to: stray.clone(), keys });
                break;
            }
        }
    }
    left
}

/// Whether a record with an id is not there any more, and nothing that could
/// not be read may hold it.
pub(super) fn is_gone(record: &Record, head: &Judged) -> bool {
    let inventory = &head.inventory;
    record.identified && inventory.by_key(&record.key).is_none() && !inventory.may_hold(&record.key)
}

/// Files that hold no record now: those whose records are gone, and those that
/// were not there before.
fn strays(
    base: &State<'_>,
    head: &Judged,
    snapshot: &Snapshot,
    gone: &BTreeMap<&RepoPath, Vec<&Record>>,
) -> Vec<Arc<SourceFile>> {
    let before = base.snapshot.entries();
    let holds: BTreeSet<&RepoPath> =
        head.inventory.records().iter().map(|record| record.place.file.path()).collect();
    let is_stray = |path: &&RepoPath| {
        snapshot.has_file(path)
            && (gone.contains_key(path) || (!before.contains_key(*path) && !holds.contains(path)))
    };
    snapshot.entries().keys().filter(is_stray).filter_map(|path| snapshot.text(path).ok()).collect()
}

/// Whether the id of a record stands in a text as a word.
fn stands_in(record: &Record, text: &str) -> bool {
    let id = record.key.id.unescaped();
    let is_word = |character: char| character.is_alphanumeric() || character == '-' || character == '_';
    text.match_indices(id)
        .any(|(at, _)| !text[..at].ends_with(is_word) && !text[at + id.len()..].starts_with(is_word))
}

/// Whether a file that was not there before repeats the record rather than
/// mentions it: most of its values are in it.
fn reads_as(record: &Record, file: &SourceFile) -> bool {
    let fields = record.fields();
    let values: Vec<&str> = fields
        .iter()
        .filter(|(path, _)| &**path != crate::inventory::TEXT)
        .map(|(_, value)| &**value)
        .filter(|value| value.len() > 3)
        .collect();
    let folded = file.text().split_whitespace().collect::<Vec<_>>().join(" ");
    let there = values.iter().filter(|value| folded.contains(**value)).count();
    there * 2 > values.len()
}

/// Adds the findings about them, and takes out what says the same.
pub(super) fn report(left: &[Left], head: &mut Judged) {
    let keys: BTreeSet<&RecordKey> = left.iter().flat_map(|left| &left.keys).collect();
    if keys.is_empty() {
        return;
    }
    let assessment = &mut head.assessment;
    // A rule over the history sees the record as deleted.
    let said = |finding: &Finding| {
        &*finding.rule == "open-record-deleted"
            && finding.record.as_ref().is_some_and(|key| keys.contains(key))
    };
    let before = assessment.findings.len();
    assessment.findings.retain(|finding| !said(finding));
    let fewer = before - assessment.findings.len();
    if let Some(rule) = assessment.rules.iter_mut().find(|rule| &*rule.rule.id == "open-record-deleted") {
        rule.fails -= fewer;
        rule.subjects -= fewer;
    }
    let found: Vec<Finding> = left.iter().map(finding).collect();
    check::add(&mut assessment.rules, &mut assessment.findings, found, left.len());
    assessment.sort();
}

fn finding(left: &Left) -> Finding {
    let named: Vec<String> = left
        .keys
        .iter()
        .take(3)
        .map(|key| format!("{} {}", key.kind.replace('_', " "), key.id.unescaped()))
        .collect();
    let more = if left.keys.len() > 3 { format!(" and {} more", left.keys.len() - 3) } else { String::new() };
    let verb = if left.keys.len() == 1 { "is" } else { "are" };
    let moved = if left.to.path() == &left.from {
        String::new()
    } else {
        format!(", which came in place of {}", left.from.shown())
    };
    let message = format!(
        "{}{more} {verb} read no more: nothing takes {}{moved} for records of that kind",
        named.join(", "),
        left.to.path().shown()
    );
    let place: Place = whole(&left.to);
    check::plain(Fault::RecordLeftScope, None, Some(place), &left.from.shown(), Raw::from(message))
}

/// Files that were there before and hold records only now.
pub(super) fn entered(base: &State<'_>, head: &Judged) -> Vec<RepoPath> {
    let before: BTreeSet<&RepoPath> =
        base.judged.inventory.records().iter().map(|record| record.place.file.path()).collect();
    let now: BTreeSet<&RepoPath> =
        head.inventory.records().iter().map(|record| record.place.file.path()).collect();
    now.difference(&before)
        .filter(|path| {
            base.snapshot.has_file(path)
                && !base.judged.inventory.unread.iter().any(|(unread, ..)| unread == **path)
        })
        .map(|path| (*path).clone())
        .collect()
}
