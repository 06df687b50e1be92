//! From commits as they are told to commits as they can be written: parents,
//! merges, and all files of each.

use super::apply::{Files, apply, replaced};
use super::mistake::{Fault, Mistake};
use super::{Arrival, Change, Commit, Deed, Stamp};
use crate::budget::Limits;
use crate::source::Place;
use std::collections::BTreeMap;

/// One commit, ready to be written.
#[derive(Clone, Debug)]
pub struct Step {
    /// The heading that tells it; that of the merged commit for a merge told by
    /// a `merged` line.
    pub place: Place,
    /// Earlier steps, by their position; the main line's first.
    pub parents: Vec<usize>,
    /// Who wrote it.
    pub author: Stamp,
    /// Who recorded it.
    pub committer: Stamp,
    /// The message, with its line end.
    pub message: String,
    /// Every file.
    pub files: Files,
}

/// A branch that waits for its merge.
struct Branch<'c> {
    base: usize,
    tip: usize,
    place: Place,
    changes: Vec<&'c Change>,
}

struct Replay<'c, 'l> {
    steps: Vec<Step>,
    main: Option<usize>,
    branches: BTreeMap<&'c str, Branch<'c>>,
    limits: &'l Limits,
    bytes: u64,
}

/// What a file costs beside its path and text, in bytes, so that many empty
/// files meet the limit too.
const ENTRY: usize = 64;

/// Bytes that a change reads before it writes: without counting them, many
/// small edits of one large file would take quadratic time.
fn cost(files: &Files, change: &Change) -> u64 {
    let Deed::Edit(hunks) = &change.deed else { return 0 };
    let length = files.get(&change.path).map_or(0, Vec::len);
    length as u64 * hunks.len() as u64
}

/// Replays `commits`.
pub(super) fn steps(commits: &[Commit], limits: &Limits) -> Result<Vec<Step>, Mistake> {
    let mut replay = Replay { steps: Vec::new(), main: None, branches: BTreeMap::new(), limits, bytes: 0 };
    for commit in commits {
        match &commit.arrival {
            Arrival::Direct => {
                let (parents, files) = replay.main.map_or_else(Default::default, |tip| replay.after(tip));
                let step = replay.step(commit, parents, files)?;
                replay.main = Some(step);
            }
            Arrival::OnBranch(name) => replay.on_branch(commit, name)?,
            Arrival::Merges(name) => {
                let (parents, files) = replay.merged(name, &commit.place)?;
                let step = replay.step(commit, parents, files)?;
                replay.main = Some(step);
            }
            Arrival::Merged { by, summary } => {
                // No line can name this branch: a branch's name is never empty.
                replay.on_branch(commit, "")?;
                let (parents, files) = replay.merged("", &commit.place)?;
                let step = Step {
                    place: commit.place.clone(),
                    parents,
                    author: by.clone(),
                    committer: by.clone(),
                    message: format!("{summary}\n"),
                    files,
                };
                replay.main = Some(replay.push(step)?);
            }
        }
    }
    match replay.branches.into_iter().next() {
        Some((name, branch)) => {
            Err(Mistake { place: branch.place, fault: Fault::NeverMerged(name.to_owned()) })
        }
        None => Ok(replay.steps),
    }
}

impl<'c> Replay<'c, '_> {
    fn after(&self, tip: usize) -> (Vec<usize>, Files) {
        (vec![tip], self.steps[tip].files.clone())
    }

    /// Makes the step of `commit` on top of `files`; returns its position.
    fn step(&mut self, commit: &Commit, parents: Vec<usize>, mut files: Files) -> Result<usize, Mistake> {
        for change in &commit.changes {
            self.bytes += cost(&files, change);
            self.within_limit(&change.place)?;
            apply(&mut files, change).map_err(|fault| Mistake { place: change.place.clone(), fault })?;
        }
        self.push(Step {
            place: commit.place.clone(),
            parents,
            author: commit.author.clone(),
            committer: commit.committer.clone(),
            message: format!("{}\n", commit.summary),
            files,
        })
    }

    fn push(&mut self, step: Step) -> Result<usize, Mistake> {
        self.bytes += step
            .files
            .iter()
            .map(|(path, text)| (ENTRY + path.as_bytes().len() + text.len()) as u64)
            .sum::<u64>();
        self.within_limit(&step.place)?;
        self.steps.push(step);
        Ok(self.steps.len() - 1)
    }

    fn within_limit(&self, place: &Place) -> Result<(), Mistake> {
        let limit = self.limits.chronicle_bytes;
        if self.bytes <= limit {
            return Ok(());
        }
        Err(Mistake { place: place.clone(), fault: Fault::TooMuch(limit) })
    }

    fn on_branch(&mut self, commit: &'c Commit, name: &'c str) -> Result<(), Mistake> {
        let fault = || Mistake { place: commit.place.clone(), fault: Fault::NoMainLine };
        let base = match self.branches.get(name) {
            Some(branch) => branch.tip,
            None => self.main.ok_or_else(fault)?,
        };
        let (parents, files) = self.after(base);
        let tip = self.step(commit, parents, files)?;
        let place = commit.place.clone();
        let branch =
            self.branches.entry(name).or_insert_with(|| Branch { base, tip, place, changes: Vec::new() });
        branch.tip = tip;
        branch.changes.extend(&commit.changes);
        Ok(())
    }

    /// Parents and files of the merge of a branch: its changes done again on
    /// the main line, where each must still fit.
    fn merged(&mut self, name: &str, place: &Place) -> Result<(Vec<usize>, Files), Mistake> {
        let at = |fault| Mistake { place: place.clone(), fault };
        let main = self.main.ok_or_else(|| at(Fault::NoMainLine))?;
        let Some(branch) = self.branches.remove(name) else {
            let near = self.branches.keys().find(|known| strsim::levenshtein(known, name) <= 3);
            return Err(at(Fault::UnknownBranch(name.to_owned(), near.map(|near| (*near).to_owned()))));
        };
        let parents = vec![main, branch.tip];
        if main == branch.base {
            return Ok((parents, self.steps[branch.tip].files.clone()));
        }
        let (before, now) = (&self.steps[branch.base].files, &self.steps[main].files);
        let mut files = now.clone();
        for change in branch.changes {
            self.bytes += cost(&files, change);
            let lost = replaced(&files, change).into_iter().find(|path| before.get(path) != now.get(path));
            let outcome = match lost {
                Some(path) => Err(Fault::MergeConflict(path.clone())),
                None => apply(&mut files, change),
            };
            outcome.map_err(|fault| Mistake { place: change.place.clone(), fault })?;
            self.within_limit(&change.place)?;
        }
        Ok((parents, files))
    }
}
