//! Reading ahead: the versions of a run of steps, and the states of files that
//! they lead to. One thread asks the line; the files are parsed side by side,
//! each in the order of its versions. What comes out does not depend on how
//! many threads there are.

use super::file_state::{Content, FileState, Version};
use super::image::ReadImages;
use super::{Gap, Line};
use crate::source::RepoPath;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Steps that are read at once, and versions after which no further step is
/// read: while the first are read nothing can be parsed, so they are few.
const STEPS: usize = 64;
/// Bytes of text after which no further step is read.
const BYTES: usize = 4 << 20;

/// A file after a step; `None` where it is gone.
pub(super) type State = Option<Arc<FileState>>;

/// The files that a step changed.
pub(super) struct StepVersions {
    pub(super) index: usize,
    versions: Vec<Version>,
}

impl StepVersions {
    pub(super) fn paths(&self) -> impl Iterator<Item = RepoPath> {
        self.versions.iter().map(|version| version.path.clone())
    }
}

/// A run of steps; those that changed nothing of interest are left out.
pub(super) struct Batch {
    pub(super) steps: Vec<StepVersions>,
    /// The step behind the last one.
    pub(super) end: usize,
}

impl Batch {
    /// A single step.
    pub(super) fn of(index: usize, versions: Vec<Version>) -> Self {
        Self { steps: vec![StepVersions { index, versions }], end: index + 1 }
    }

    /// Whether there is nothing left to read.
    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Reads the steps from `start` on, up to `all` at most; no step at all is
    /// the end of the line.
    pub(super) fn read(
        line: &dyn Line,
        reader: &dyn ReadImages,
        start: usize,
        all: usize,
    ) -> Result<Self, Gap> {
        let mut batch = Self { steps: Vec::new(), end: start };
        let (mut bytes, mut read) = (0, 0);
        while batch.end < all && batch.steps.len() < STEPS && read < STEPS && bytes < BYTES {
            let index = batch.end;
            batch.end += 1;
            let changes = line.changes(index, &|path| reader.may_hold_records(path))?;
            if changes.is_empty() {
                continue;
            }
            let mut versions = Vec::with_capacity(changes.len());
            for change in changes {
                let content = match &change.new {
                    Some(content) => {
                        let bytes = line.bytes(content)?;
                        Content::of(bytes.and_then(|bytes| reader.decode(&change.path, bytes)))
                    }
                    None => Content::Gone,
                };
                bytes += content.len();
                read += 1;
                versions.push(Version { path: change.path, content });
            }
            batch.steps.push(StepVersions { index, versions });
        }
        Ok(batch)
    }

    /// The states that the versions lead to from `files`, in the same order.
    pub(super) fn states(
        &self,
        reader: &dyn ReadImages,
        windows: bool,
        files: &BTreeMap<RepoPath, Arc<FileState>>,
    ) -> Vec<Vec<State>> {
        let mut by_path: BTreeMap<&RepoPath, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, step) in self.steps.iter().enumerate() {
            for (number, version) in step.versions.iter().enumerate() {
                by_path.entry(&version.path).or_default().push((at, number));
            }
        }
        let lives: Vec<_> = by_path.into_iter().collect();
        let follow = |(path, places): &(&RepoPath, Vec<(usize, usize)>)| {
            let mut state: State = files.get(*path).cloned();
            let mut states = Vec::with_capacity(places.len());
            for (at, number) in places {
                let step = &self.steps[*at];
                let next =
                    FileState::next(reader, windows, step.index, &step.versions[*number], state.as_deref());
                state = next.map(Arc::new);
                states.push(((*at, *number), state.clone()));
            }
            states
        };
        let followed: Vec<_> = lives.par_iter().map(follow).collect();
        let mut states: Vec<Vec<State>> =
            self.steps.iter().map(|step| vec![None; step.versions.len()]).collect();
        for ((at, number), state) in followed.into_iter().flatten() {
            states[at][number] = state;
        }
        states
    }
}
