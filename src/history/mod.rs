//! The field log of every record: what changed, when it was written, and when
//! it arrived on the main line.
//!
//! The log follows the *first-parent line*: each step is compared with the step
//! before, so that branches never interleave into changes that nobody made; the
//! commits of a merged branch give a step its authors. Identity is the record's
//! kind and id, not its path. Changes are semantic: formatting leaves no trace.
//! A version that cannot be parsed is *unknown*, never *deleted*.
//!
//! Nothing here judges: what a change is worth stands in the rules. Where the
//! bytes come from is behind [`Line`].

mod ahead;
mod authors;
mod build;
mod file_state;
mod followed;
mod image;
mod line;
mod memory;
mod rename;
mod repository;
mod sweep;
mod touches;
mod window;

pub use authors::{Authors, authors};
pub use build::{build, build_with, difference};
pub use followed::Followed;
pub use image::{Fields, FileImage, Image, ReadImages};
pub use line::{Authorship, FileChange, Gap, Line, Step};
pub use memory::{MemoryCommit, MemoryLine};
pub use rename::{Side, renamed};
pub use repository::Repository;
pub use window::Window;

use crate::finding::RecordKey;
use crate::source::{RepoPath, SourceFile};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How much of the history there is to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// All of it, back to the first commit.
    Complete,
    /// It should be there and is not: history rules are *undetermined*.
    Incomplete {
        /// What is missing, without a final stop.
        why: Arc<str>,
        /// What to do about it.
        remedy: Arc<str>,
    },
    /// Nobody asked (`--no-history`).
    NotRead,
}

/// What happened to a record in one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It appeared, or appeared again.
    Created,
    /// Fields changed, or the record moved to another file.
    Changed,
    /// It is gone.
    Deleted,
    /// It got another id; before, it had this one.
    Renamed(RecordKey),
}

/// One field before and after a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// Path of the field: `due`, `target.value`, `changes/2026-01-01/why`.
    pub field: Arc<str>,
    /// The value before, normalised; `None` where it was absent.
    pub old: Option<Arc<str>>,
    /// The value after.
    pub new: Option<Arc<str>>,
}

/// What one step did to one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Index into [`History::steps`].
    pub step: usize,
    /// What happened.
    pub what: What,
    /// The fields, ordered by path.
    pub fields: Vec<FieldChange>,
    /// Where the record stood after the step (before it, when it was deleted).
    pub path: RepoPath,
    /// When versions between could not be read: the first step of that gap.
    /// The change was made in that step or later.
    pub unknown_since: Option<usize>,
}

/// The life of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    /// Oldest first; the first one creates the record.
    pub changes: Vec<Change>,
}

impl Series {
    /// The fields that the log ends in; `None` where it ends in a deletion.
    pub fn replay(&self) -> Option<BTreeMap<Arc<str>, Arc<str>>> {
        let mut fields = None;
        for change in &self.changes {
            if change.what == What::Deleted {
                fields = None;
                continue;
            }
            let known: &mut BTreeMap<_, _> = fields.get_or_insert_default();
            for field in &change.fields {
                match &field.new {
                    Some(value) => known.insert(field.field.clone(), value.clone()),
                    None => known.remove(&field.field),
                };
            }
        }
        fields
    }

    /// The deletion that the series ends in.
    pub fn deletion(&self) -> Option<&Change> {
        self.changes.last().filter(|change| change.what == What::Deleted)
    }
}

/// The field log of all records.
#[derive(Clone, Debug)]
pub struct History {
    /// How much there is to see.
    pub evidence: Evidence,
    /// The steps of the main line, oldest first; what is not committed yet is
    /// the last one.
    pub steps: Vec<Step>,
    /// Every record that ever was, by its last identity.
    pub series: BTreeMap<RecordKey, Series>,
    /// The steps that touched files of which a mapping asks git, oldest first.
    pub touches: BTreeMap<RepoPath, Vec<Touch>>,
    /// The versions of the settings that could be read, each with the index of
    /// its step, oldest first.
    pub settings: Vec<(usize, Arc<SourceFile>)>,
    /// By step, the pages whose text it changed in the same way as that of
    /// others, each with how many those are.
    pub alike: BTreeMap<usize, BTreeMap<RepoPath, u32>>,
}

/// A step that touched a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// Index into [`History::steps`].
    pub step: usize,
    /// Whether more changed than white space and front matter.
    pub content: bool,
}

impl History {
    /// A history that nobody asked for.
    pub fn not_read() -> Self {
        Self {
            evidence: Evidence::NotRead,
            steps: Vec::new(),
            series: BTreeMap::new(),
            touches: BTreeMap::new(),
            settings: Vec::new(),
            alike: BTreeMap::new(),
        }
    }

    /// A history that should be there and is not.
    pub fn incomplete(why: impl Into<Arc<str>>, remedy: impl Into<Arc<str>>) -> Self {
        let evidence = Evidence::Incomplete { why: why.into(), remedy: remedy.into() };
        Self { evidence, ..Self::not_read() }
    }

    /// The history as it was before a step: without it and what came after.
    #[must_use]
    pub fn before(&self, step: usize) -> Self {
        let mut series = BTreeMap::new();
        for (key, life) in &self.series {
            let end = life.changes.partition_point(|change| change.step < step);
            let (kept, dropped) = life.changes.split_at(end);
            // Under the name that it had then.
            let name = dropped.iter().find_map(|change| match &change.what {
                What::Renamed(old) => Some(old),
                _ => None,
            });
            if !kept.is_empty() {
                series.insert(name.unwrap_or(key).clone(), Series { changes: kept.to_vec() });
            }
        }
        Self {
            evidence: self.evidence.clone(),
            steps: self.steps[..step.min(self.steps.len())].to_vec(),
            series,
            settings: self.settings.iter().filter(|(at, _)| *at < step).cloned().collect(),
            touches: self
                .touches
                .iter()
                .map(|(path, touches)| {
                    let end = touches.partition_point(|touch| touch.step < step);
                    (path.clone(), touches[..end].to_vec())
                })
                .collect(),
            alike: self.alike.range(..step).map(|(step, pages)| (*step, pages.clone())).collect(),
        }
    }

    /// The life of a record.
    pub fn series(&self, key: &RecordKey) -> Option<&Series> {
        self.series.get(key)
    }

    /// The step with this index.
    pub fn step(&self, index: usize) -> Option<&Step> {
        self.steps.get(index)
    }
}
