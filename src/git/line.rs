//! The main line of a history, and how much of it is there.
//!
//! The line follows first parents from a commit to the beginning: what the main
//! branch was, step by step. Commits of side branches belong to the step that
//! brought them in. A history that is cut short is never taken for a short one:
//! [`Completeness`] says what is missing and how to get it.

use super::{Commit, ObjectProblem, Oid, Store};
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

/// Whether all of a history could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// To the first commit.
    Complete,
    /// The clone ends here: the parents of this commit were not fetched.
    Shallow {
        /// The oldest commit that is there.
        boundary: Oid,
    },
    /// A commit that another one names is not in the clone.
    Missing {
        /// The missing commit.
        object: Oid,
    },
    /// A commit cannot be read.
    Unreadable {
        /// Why.
        why: ObjectProblem,
    },
    /// A counted limit was met.
    Limit {
        /// What was counted.
        what: &'static str,
        /// How many are read.
        limit: u64,
    },
}

impl Completeness {
    /// Whether nothing is missing.
    pub fn is_complete(&self) -> bool {
        *self == Self::Complete
    }
}

/// One sentence: what is missing and the exact remedy.
impl fmt::Display for Completeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => write!(f, "the history is complete"),
            Self::Shallow { boundary } => write!(
                f,
                "the clone is shallow and ends at commit {boundary}: run `git fetch --unshallow`, \
                 or set `fetch-depth: 0` where CI checks out"
            ),
            Self::Missing { object } => write!(
                f,
                "commit {object} is not in this clone: run `git fetch --unshallow` or \
                 `git fetch --refetch --no-filter`, or set `fetch-depth: 0` where CI checks out"
            ),
            Self::Unreadable { why } => write!(f, "the history cannot be read to its beginning: {why}"),
            Self::Limit { what, limit } => write!(
                f,
                "the history has more than {limit} {what}, and the older ones were not read: \
                 set `history_from` to a later date"
            ),
        }
    }
}

impl From<ObjectProblem> for Completeness {
    fn from(problem: ObjectProblem) -> Self {
        match problem {
            ObjectProblem::Missing { id } => Self::Missing { object: id },
            ObjectProblem::Limit { what, limit } => Self::Limit { what, limit },
            why => Self::Unreadable { why },
        }
    }
}

/// The first-parent line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The commits, oldest first.
    pub steps: Vec<Arc<Commit>>,
    /// Whether the first of them is the beginning.
    pub completeness: Completeness,
}

/// The commits that side branches brought to a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrivals {
    by_step: Vec<Vec<Arc<Commit>>>,
    /// Whether all of them could be read; the first gap that was met. Where the
    /// line itself is cut short, an arrival may be older than the step it is
    /// listed at.
    pub completeness: Completeness,
}

impl Arrivals {
    /// The commits that the step at that position of the line brought in, other
    /// than itself: parents before children, else in the order of the parents.
    pub fn of(&self, step: usize) -> &[Arc<Commit>] {
        self.by_step.get(step).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Counts commits and the bytes that they hold.
struct Budget<'s> {
    store: &'s Store,
    commits: usize,
    bytes: u64,
}

impl<'s> Budget<'s> {
    fn new(store: &'s Store) -> Self {
        Self { store, commits: 0, bytes: 0 }
    }

    fn read(&mut self, id: Oid) -> Result<Arc<Commit>, ObjectProblem> {
        let limits = &self.store.limits;
        if self.commits >= limits.commits {
            return Err(ObjectProblem::Limit { what: "commits", limit: limits.commits as u64 });
        }
        if self.bytes > limits.total_bytes {
            return Err(ObjectProblem::Limit { what: "bytes of commit messages", limit: limits.total_bytes });
        }
        let commit = self.store.commit(id)?;
        self.commits += 1;
        self.bytes += commit.weight();
        Ok(commit)
    }
}

impl Store {
    /// The first-parent line that ends in `head`. What cannot be read is told
    /// by the line's completeness; the steps up to there are sound.
    pub fn first_parent_line(&self, head: Oid) -> Line {
        let mut budget = Budget::new(self);
        let mut steps = Vec::new();
        let mut next = Some(head);
        let completeness = loop {
            let Some(id) = next else { break Completeness::Complete };
            // Ids are hashes of their content, so no cycle; the budget ends the
            // walk all the same.
            let commit = match budget.read(id) {
                Ok(commit) => commit,
                Err(problem) => break problem.into(),
            };
            next = commit.parents.first().copied();
            steps.push(commit);
            if next.is_some() && self.shallow.contains(&id) {
                break Completeness::Shallow { boundary: id };
            }
        };
        steps.reverse();
        Line { steps, completeness }
    }

    /// For each step of a line the commits that arrived with it through its
    /// other parents and with no step before. Reads every header once.
    pub fn arrivals(&self, line: &Line) -> Arrivals {
        let mut arrived: HashSet<Oid> = HashSet::new();
        let mut arrivals =
            Arrivals { by_step: Vec::with_capacity(line.steps.len()), completeness: Completeness::Complete };
        let mut budget = Budget::new(self);
        for step in &line.steps {
            arrived.insert(step.id);
            let mut brought = Vec::new();
            for parent in step.parents.iter().skip(1) {
                if self.shallow.contains(&step.id) {
                    break;
                }
                if let Some(gap) = self.walk_side(*parent, &mut arrived, &mut budget, &mut brought)
                    && arrivals.completeness.is_complete()
                {
                    arrivals.completeness = gap;
                }
            }
            arrivals.by_step.push(brought);
        }
        if arrivals.completeness.is_complete() {
            arrivals.completeness = line.completeness.clone();
        }
        arrivals
    }

    /// Depth first from `tip` over everything that has not arrived, parents
    /// before children. Returns the first gap.
    fn walk_side(
        &self,
        tip: Oid,
        arrived: &mut HashSet<Oid>,
        budget: &mut Budget<'_>,
        brought: &mut Vec<Arc<Commit>>,
    ) -> Option<Completeness> {
        let mut gap = None;
        // A commit, and how many of its parents were looked at.
        let mut path: Vec<(Arc<Commit>, usize)> = Vec::new();
        let mut next = Some(tip);
        loop {
            if let Some(id) = next.take().filter(|id| arrived.insert(*id)) {
                match budget.read(id) {
                    Ok(commit) => path.push((commit, 0)),
                    Err(problem) => {
                        gap = gap.or_else(|| Some(problem.into()));
                    }
                }
            }
            let Some((commit, seen)) = path.last_mut() else { return gap };
            if *seen == 0 && !commit.parents.is_empty() && self.shallow.contains(&commit.id) {
                *seen = commit.parents.len();
                gap = gap.or(Some(Completeness::Shallow { boundary: commit.id }));
            }
            if let Some(parent) = commit.parents.get(*seen) {
                next = Some(*parent);
                *seen += 1;
            } else {
                brought.extend(path.pop().map(|(commit, _)| commit));
            }
        }
    }
}
