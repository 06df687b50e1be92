//! What a change does to the ISMS: the records it opens, closes, moves and
//! takes away, in the words of the ISMS; what it changes in how records are
//! judged; and which findings it brings in.
//!
//! Two states are compared, whatever commits lie between: a merge commit, a
//! branch, a squashed commit and a merge queue come to the same. Nothing here
//! decides what blocks: the report does.

mod records;
mod scope;
mod settings;
mod standing;
mod terms;

pub use records::{Deed, RecordChange};
pub use settings::{Half, PolicyChange};

use crate::check::Judged;
use crate::escape::Raw;
use crate::finding::Finding;
use crate::snapshot::Snapshot;
use crate::source::RepoPath;
use std::sync::Arc;

/// One of the two states.
pub struct State<'s> {
    /// Its files.
    pub snapshot: &'s Snapshot,
    /// What was found in them, nothing silenced.
    pub judged: &'s Judged,
}

/// What lies between two states.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// The commit that stood before the change; full id.
    pub base: Arc<str>,
    /// As it was asked for.
    pub named: String,
    /// What happened to records, by kind and id.
    pub records: Vec<RecordChange>,
    /// What changed in how records are judged.
    pub policy: Vec<PolicyChange>,
    /// Files that are read as records now and were not before.
    pub entered: Vec<RepoPath>,
    /// Findings that the change mended.
    pub resolved: Vec<Finding>,
    /// Whether findings block that were there before (`existing: block`).
    pub existing_blocks: bool,
    /// Files whose state before the change could not be read, and why.
    pub unread: Vec<(RepoPath, Raw)>,
    /// How the comparison was made, where that is not as usual.
    pub remarks: Vec<Raw>,
}

/// Compares the two states: marks the findings of `head` with how they stand to
/// the change, adds those about records that left the checker's sight, and
/// tells what else lies between.
pub fn compare(base: &State<'_>, head: &mut Judged, snapshot: &Snapshot) -> Comparison {
    let left = scope::left(base, head, snapshot);
    scope::report(&left, head);
    let resolved = standing::mark(base.judged, head);
    Comparison {
        records: records::changes(base.judged, head, &left),
        entered: scope::entered(base, head),
        resolved,
        unread: standing::unread(base.judged),
        ..Comparison::default()
    }
}

pub use settings::changes as policy_changes;
