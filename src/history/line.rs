//! The main line as the log needs it: steps, the files that each changed, and
//! their bytes. git is one source of it, memory another.

use crate::escape::Raw;
use crate::source::RepoPath;
use chrono::NaiveDate;
use std::sync::Arc;

/// Who wrote a change, and the day they say they did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorship {
    /// The commit they wrote it in; full id.
    pub commit: Arc<str>,
    /// The name.
    pub name: Raw,
    /// The address.
    pub email: Raw,
    /// The author's date in the declared zone; `None` where it is unusable.
    pub authored: Option<NaiveDate>,
    /// First line of the message.
    pub summary: Raw,
}

/// One step of the main line: a commit, or what is not committed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who made the step; of a merge, who merged.
    pub by: Authorship,
    /// The committer's date in the declared zone.
    pub committed: Option<NaiveDate>,
    /// The day it arrived: the committer's date of this commit of the main
    /// line; the as-of day for what is not committed yet.
    pub arrived: Option<NaiveDate>,
    /// Authors of the merged commits that touched records, oldest first; empty
    /// for a step that is no merge.
    pub side: Vec<(RepoPath, Authorship)>,
    /// False for what is in the work tree or the index only.
    pub is_commit: bool,
}

impl Step {
    /// Who wrote what the step did to `path`: the last merged commit that
    /// touched it, else whoever made the step.
    pub fn author_of(&self, path: &RepoPath) -> &Authorship {
        self.side.iter().rev().find(|(touched, _)| touched == path).map_or(&self.by, |(_, author)| author)
    }
}

/// A file that a step changed, by the ids of its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// The file.
    pub path: RepoPath,
    /// The content after the step: an id for [`Line::bytes`]; `None` where the
    /// file is gone, or is no regular file any more.
    pub new: Option<Arc<str>>,
}

/// Evidence that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// What is missing.
    pub why: Arc<str>,
    /// What to do about it.
    pub remedy: Arc<str>,
}

/// The main line of a repository. It is asked from several threads, for one
/// step ahead of the other.
pub trait Line: Sync {
    /// The steps, oldest first.
    ///
    /// # Errors
    /// When the line cannot be followed to its beginning.
    fn steps(&self) -> Result<Vec<Step>, Gap>;

    /// The files that step `index` changed, of those that `keep` wants.
    ///
    /// # Errors
    /// When a tree is missing.
    fn changes(&self, index: usize, keep: &dyn Fn(&RepoPath) -> bool) -> Result<Vec<FileChange>, Gap>;

    /// The commits merged by step `index` that touched one of `paths`, oldest
    /// first; empty for a step that is no merge.
    ///
    /// # Errors
    /// When a commit or a tree is missing.
    fn side(&self, index: usize, paths: &[RepoPath]) -> Result<Vec<(RepoPath, Authorship)>, Gap>;

    /// The bytes of a content.
    ///
    /// # Errors
    /// When it is missing; `Ok(None)` when it is over a limit or no text.
    fn bytes(&self, content: &str) -> Result<Option<Vec<u8>>, Gap>;
}
