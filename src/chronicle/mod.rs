//! A chronicle: the history of an ISMS repository told as Markdown that an
//! auditor can read, for the demo and for rule tests.
//!
//! It parses the document and replays it to the files of each commit. It writes
//! no git object, reads no file and knows no record: `git::write` makes the
//! repository, and what a file means is its reader's matter.
//!
//! The format, in one example (the prose is for the reader and is not read):
//!
//! ````text
//! # How Example Ltd improves
//!
//! As of 2026-11-02.
//!
//! ## 2024-11-04 Ana Ruiz <ana@example.com>: Start the improvement register
//!
//! The whole file, as it is from now on: language, then path.
//!
//! ```yaml actions.yaml
//! - id: ACT-1
//!   title: Restore test for the customer database
//! ```
//!
//! ## 2024-11-05 09:30 +01:00 Jon Vik <jon@example.com>: Plan the restore test
//! committed 2024-11-07 by Ana Ruiz
//! merged 2024-11-08 by Ana Ruiz: Merge the restore test
//!
//! Lines to keep, to drop and to add. They must stand in the file exactly once.
//! A line `@@` begins another place in the same file.
//!
//! ```edit actions.yaml
//!  - id: ACT-1
//! -  title: Restore test for the customer database
//! +  title: Restore test for both databases
//! ```
//! ````
//!
//! Other blocks are `append PATH`, `delete PATH` and `move OLD -> NEW`; a path
//! that ends in `/` deletes or moves a folder. A block without a path is an
//! illustration. A time that is left out is noon UTC, which is the same day in
//! nearly every time zone; an address may be left out once the name had one.
//!
//! The lines straight under a heading say how the commit was made: `committed
//! DATE by NAME`, and at most one of `merged DATE by NAME[: SUMMARY]` (on a
//! branch of its own, merged at once), `on BRANCH` (on a named branch, which
//! begins at the main line's last commit) and `merges BRANCH` (this commit is
//! the merge).

mod apply;
mod heading;
mod mistake;
mod parse;
mod replay;

pub use mistake::{Fault, Mistake};
pub use replay::Step;

use crate::budget::Limits;
use crate::source::{Place, RepoPath, SourceFile};
use chrono::NaiveDate;
use std::sync::Arc;

/// A whole history, in the order in which it is told.
#[derive(Clone, Debug, Default)]
pub struct Chronicle {
    /// The first level-1 heading.
    pub title: String,
    /// The lines outside of headings and blocks, where several histories are
    /// told in one document.
    pub prose: Vec<String>,
    /// The day of the line `As of YYYY-MM-DD.` before the first commit.
    pub as_of: Option<NaiveDate>,
    /// The commits.
    pub commits: Vec<Commit>,
}

impl Chronicle {
    /// Reads one document.
    pub fn parse(file: &Arc<SourceFile>, limits: &Limits) -> Result<Self, Mistake> {
        parse::document(file, limits)
    }

    /// Reads a document that tells several histories, each below a level-1
    /// heading of its own. An address holds for the whole document.
    pub fn parse_all(file: &Arc<SourceFile>, limits: &Limits) -> Result<Vec<Self>, Mistake> {
        parse::documents(file, limits)
    }

    /// The history that goes on with the commits of `next`, whose as-of, where
    /// it has one, counts.
    pub fn then(mut self, next: Self) -> Self {
        self.as_of = next.as_of.or(self.as_of);
        self.commits.extend(next.commits);
        self
    }

    /// The commits with all their files, each after its parents. The last step
    /// is the tip of the main line.
    pub fn replay(&self, limits: &Limits) -> Result<Vec<Step>, Mistake> {
        replay::steps(&self.commits, limits)
    }
}

/// A name and an address, as git keeps them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The mail address.
    pub email: String,
}

/// Who, and when by their clock.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// Minutes that the local clock is ahead of UTC.
    pub offset_minutes: i32,
    /// The person.
    pub who: Person,
}

/// How a commit came to the main line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It was made there.
    Direct,
    /// On a branch of its own, which was merged straight after.
    Merged {
        /// Author and committer of the merge.
        by: Stamp,
        /// First line of the merge's message.
        summary: String,
    },
    /// On a named branch; a later commit merges it.
    OnBranch(String),
    /// It is the merge of a named branch.
    Merges(String),
}

/// One commit as it is told.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Its heading.
    pub place: Place,
    /// Who wrote it and when.
    pub author: Stamp,
    /// Who recorded it and when; the author unless it is told otherwise.
    pub committer: Stamp,
    /// How it came to the main line.
    pub arrival: Arrival,
    /// The message: one line.
    pub summary: String,
    /// What it does to the files, in order.
    pub changes: Vec<Change>,
}

/// What one fenced block does.
#[derive(Clone, Debug)]
pub struct Change {
    /// The line that opens the block.
    pub place: Place,
    /// The file; a folder where a folder is deleted or moved.
    pub path: RepoPath,
    /// What happens to it.
    pub deed: Deed,
}

/// What happens to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// This is its whole text.
    Write(String),
    /// This is added at its end.
    Append(String),
    /// Places in it are replaced, one after the other.
    Edit(Vec<Hunk>),
    /// It goes; with everything in it where `folder`.
    Delete {
        /// Whether the path is a folder.
        folder: bool,
    },
    /// It is called `to` from now on.
    Move {
        /// The new path.
        to: RepoPath,
        /// Whether the paths are folders.
        folder: bool,
    },
}

/// One place of an edit: whole lines, each with its line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The lines as they were; never empty.
    pub old: String,
    /// The lines as they become.
    pub new: String,
}

#[cfg(test)]
mod tests;
