//! The main line of a git repository.

use super::{Authorship, FileChange, Gap, Line, Step};
use crate::escape::Raw;
use crate::git::{self, Commit, Completeness, Mode, ObjectProblem, Oid, Signature, Store};
use crate::snapshot::lock;
use crate::source::RepoPath;
use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use std::sync::{Arc, Mutex, OnceLock};

/// What to do about a history that is cut short.
const FETCH_ALL: &str =
    "fetch the whole history: `fetch-depth: 0` for actions/checkout, `git fetch --unshallow` in a clone";

/// What to do about single objects that are not there; plain `--refetch` would
/// apply the filter of a partial clone again.
const FETCH_FILTERED: &str = "fetch what a filter left out: `git fetch --refetch --no-filter` in a clone, no `filter` for actions/checkout";

/// The first-parent line that ends in a commit, below a root folder.
pub struct Repository {
    store: Arc<Mutex<Store>>,
    root: RepoPath,
    zone: Tz,
    line: git::Line,
    arrivals: OnceLock<git::Arrivals>,
}

impl Repository {
    /// Reads the headers of the line that ends in `head`. Paths are below
    /// `root`; days are those of `zone`.
    pub fn new(store: Arc<Mutex<Store>>, head: Oid, root: RepoPath, zone: Tz) -> Self {
        let line = lock(&store).first_parent_line(head);
        Self { store, root, zone, line, arrivals: OnceLock::new() }
    }

    fn arrivals(&self) -> &git::Arrivals {
        self.arrivals.get_or_init(|| lock(&self.store).arrivals(&self.line))
    }
}

/// Who made a commit, and when by their own account.
pub(super) fn authorship(commit: &Commit, zone: Tz) -> Authorship {
    Authorship {
        commit: commit.id.to_string().into(),
        name: commit.author.name.clone(),
        email: commit.author.email.clone(),
        authored: day(&commit.author, zone),
        summary: commit.summary(),
    }
}

/// The calendar day of a signature in the declared zone.
fn day(signature: &Signature, zone: Tz) -> Option<NaiveDate> {
    let instant = signature.when?;
    Some(DateTime::from_timestamp(instant.seconds, 0)?.with_timezone(&zone).date_naive())
}

fn gap(problem: &ObjectProblem) -> Gap {
    let remedy = match problem {
        ObjectProblem::Missing { .. } => FETCH_FILTERED,
        _ => FETCH_ALL,
    };
    Gap { why: problem.to_string().into(), remedy: remedy.into() }
}

impl Line for Repository {
    fn steps(&self) -> Result<Vec<Step>, Gap> {
        match &self.line.completeness {
            Completeness::Complete => {}
            Completeness::Shallow { .. } => {
                let why = "this clone is shallow: the commits before its boundary are not here";
                return Err(Gap { why: why.into(), remedy: FETCH_ALL.into() });
            }
            other => return Err(Gap { why: other.to_string().into(), remedy: FETCH_ALL.into() }),
        }
        let step = |commit: &Arc<Commit>| Step {
            by: authorship(commit, self.zone),
            committed: day(&commit.committer, self.zone),
            arrived: day(&commit.committer, self.zone),
            side: Vec::new(),
            is_commit: true,
        };
        Ok(self.line.steps.iter().map(step).collect())
    }

    fn changes(&self, index: usize, keep: &dyn Fn(&RepoPath) -> bool) -> Result<Vec<FileChange>, Gap> {
        let tree = |index: usize| self.line.steps.get(index).map(|commit| commit.tree);
        let below = |path: &RepoPath| path.below(&self.root);
        let wanted = |path: &RepoPath| below(path).is_some_and(|path| keep(&path));
        let before = index.checked_sub(1).and_then(tree);
        let changes = lock(&self.store)
            .changes(before, tree(index), &self.root, &wanted)
            .map_err(|problem| gap(&problem))?;
        Ok(changes
            .into_iter()
            .filter_map(|change| {
                let file = change.new.filter(|entry| matches!(entry.mode, Mode::File | Mode::Executable));
                Some(FileChange {
                    path: below(&change.path)?,
                    new: file.map(|entry| entry.id.to_string().into()),
                })
            })
            .collect())
    }

    fn side(&self, index: usize, paths: &[RepoPath]) -> Result<Vec<(RepoPath, Authorship)>, Gap> {
        if self.line.steps.get(index).is_none_or(|commit| commit.parents.len() < 2) {
            return Ok(Vec::new());
        }
        let mut side = Vec::new();
        for commit in self.arrivals().of(index) {
            // A merge on the branch brings what others wrote.
            let [parent] = commit.parents[..] else { continue };
            let store = lock(&self.store);
            let parent = store.commit(parent).map_err(|problem| gap(&problem))?;
            for path in paths {
                let full = if self.root.as_bytes().is_empty() {
                    path.clone()
                } else {
                    self.root.join(path.as_bytes())
                };
                let entry = |tree| store.entry_at(tree, &full).map_err(|problem| gap(&problem));
                if entry(commit.tree)? != entry(parent.tree)? {
                    side.push((path.clone(), authorship(commit, self.zone)));
                }
            }
        }
        Ok(side)
    }

    fn bytes(&self, content: &str) -> Result<Option<Vec<u8>>, Gap> {
        let Some(id) = Oid::from_hex(content.as_bytes()) else { return Ok(None) };
        match lock(&self.store).blob(id) {
            Ok(bytes) => Ok(Some(bytes)),
            // Too large to read is known to be there: unknown, not missing.
            Err(ObjectProblem::TooLarge { .. }) => Ok(None),
            Err(problem) => Err(gap(&problem)),
        }
    }
}

impl Step {
    /// The step under which what is not committed yet is filed.
    pub fn pending(as_of: NaiveDate) -> Self {
        let by = Authorship {
            commit: "uncommitted".into(),
            name: Raw::from("not committed yet"),
            email: Raw::default(),
            authored: Some(as_of),
            summary: Raw::from("changes that are not committed yet"),
        };
        Self { by, committed: None, arrived: Some(as_of), side: Vec::new(), is_commit: false }
    }
}
