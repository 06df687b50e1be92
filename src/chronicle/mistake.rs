//! What can be wrong with a chronicle, in words for its author.
//!
//! Each fault carries the data of its message and nothing else; where it is
//! stands in the [`Mistake`].

use crate::escape::Raw;
use crate::source::{Place, RepoPath};

/// A fault and its place in the document.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// The line to change.
    pub place: Place,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong. The texts are the document's, as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The document has more bytes than are read.
    TooLong(u64),
    /// A level-2 heading that is no commit; the part that it lacks.
    NotACommit(&'static str),
    /// What should be a date, a time or an offset.
    NotADate(String),
    /// A name that had no address yet.
    NoAddress(String),
    /// A line under a heading that begins with no known word, and the nearest.
    UnknownLine(String, Option<&'static str>),
    /// A second line about how the commit arrives.
    TwoArrivals,
    /// A block that is open at the end.
    FenceNotClosed,
    /// A block that changes a file before there is a commit.
    ChangeBeforeCommit,
    /// A path that no repository can hold, and why.
    BadPath(String, &'static str),
    /// A `move` without ` -> `, or from a file to a folder.
    BadMove,
    /// Text in a `delete` or `move` block.
    TextInBlock,
    /// A line of an edit that begins with none of space, `-`, `+`.
    EditLine(String),
    /// A place of an edit without a line that is there before, or without a change.
    EditWithoutPlace,
    /// A file that is not there, and the nearest that is.
    NoSuchFile(RepoPath, Option<RepoPath>),
    /// A file in the way of a move.
    AlreadyThere(RepoPath),
    /// A path that would be a file and a folder.
    FileAndFolder(RepoPath),
    /// Lines that are not in the file: the file, the first line that is in it
    /// nowhere (none where only the sequence differs), and the nearest to that.
    NotInFile(RepoPath, Option<String>, Option<String>),
    /// Lines that are in the file more than once.
    NotUnique(RepoPath),
    /// A merge of a branch that is not open, and the nearest that is.
    UnknownBranch(String, Option<String>),
    /// A branch that nothing merges.
    NeverMerged(String),
    /// A branch or merge before the main line has a commit.
    NoMainLine,
    /// A file that branch and main line both changed, where the branch writes,
    /// deletes or moves the whole of it.
    MergeConflict(RepoPath),
    /// The files of all commits have more bytes than are kept.
    TooMuch(u64),
}

impl Fault {
    /// What is wrong, in one line without final stop.
    pub fn message(&self) -> Raw {
        let nearest =
            |name: Option<String>| name.map_or(String::new(), |name| format!("; the nearest is `{name}`"));
        Raw::new(match self {
            Self::TooLong(limit) => format!("the chronicle has more than {limit} bytes"),
            Self::NotACommit(part) => format!("this level-2 heading is no commit: {part}"),
            Self::NotADate(text) => format!("`{text}` is no date and time"),
            Self::NoAddress(name) => format!("`{name}` has no mail address yet"),
            Self::UnknownLine(word, near) => {
                format!("`{word}` begins no line about a commit{}", nearest(near.map(str::to_owned)))
            }
            Self::TwoArrivals => "the commit arrives twice".to_owned(),
            Self::FenceNotClosed => "this block is never closed".to_owned(),
            Self::ChangeBeforeCommit => "this block changes a file before the first commit".to_owned(),
            Self::BadPath(path, why) => format!("`{path}` is no path of a repository: {why}"),
            Self::BadMove => "this block does not say from where to where".to_owned(),
            Self::TextInBlock => "this block has text that would be lost".to_owned(),
            Self::EditLine(line) => format!("`{line}` is neither a line to keep, to drop nor to add"),
            Self::EditWithoutPlace => "this edit says no place, or changes nothing".to_owned(),
            Self::NoSuchFile(path, near) => {
                format!("there is no `{}` here{}", path.shown(), nearest(near.as_ref().map(RepoPath::shown)))
            }
            Self::AlreadyThere(path) => format!("`{}` is there already", path.shown()),
            Self::FileAndFolder(path) => format!("`{}` would be a file and a folder", path.shown()),
            Self::NotInFile(path, Some(line), near) => {
                format!("`{line}` is no line of `{}`{}", path.shown(), nearest(near.clone()))
            }
            Self::NotInFile(path, None, _) => {
                format!("these lines do not follow each other in `{}`", path.shown())
            }
            Self::NotUnique(path) => format!("these lines are in `{}` more than once", path.shown()),
            Self::UnknownBranch(name, near) => {
                format!("no branch `{name}` waits for a merge{}", nearest(near.clone()))
            }
            Self::NeverMerged(name) => format!("the branch `{name}` is never merged"),
            Self::NoMainLine => "the main line has no commit yet".to_owned(),
            Self::MergeConflict(path) => {
                format!("`{}` changed on the main line too since the branch began", path.shown())
            }
            Self::TooMuch(limit) => format!("all versions of the files together have over {limit} bytes"),
        })
    }

    /// What to do about it.
    pub const fn fix(&self) -> &'static str {
        match self {
            Self::TooLong(_) => "tell the story in several documents",
            Self::NotACommit(_) => {
                "write `## YYYY-MM-DD [HH:MM [+HH:MM]] NAME <ADDRESS>: SUMMARY`; \
                 use another level for other headings"
            }
            Self::NotADate(_) => {
                "write YYYY-MM-DD, and if need be HH:MM and an offset such as +01:00 behind it"
            }
            Self::NoAddress(_) => "write `NAME <ADDRESS>` where the name comes first",
            Self::UnknownLine(..) => {
                "begin with committed, merged, on or merges; leave an empty line before prose"
            }
            Self::TwoArrivals => "keep one of merged, on and merges",
            Self::FenceNotClosed => "close it with as many backticks as open it",
            Self::ChangeBeforeCommit => "put it under the heading of its commit",
            Self::BadPath(..) => "write a relative path with `/` between its parts",
            Self::BadMove => "write `move OLD -> NEW`, both with a final `/` for a folder",
            Self::TextInBlock => "leave the block empty",
            Self::EditLine(_) => "begin each line with a space, `-` or `+`; `@@` begins another place",
            Self::EditWithoutPlace => {
                "give at least one line to keep or to drop, and one to drop or to add; \
                 use `append` for the end of a file"
            }
            Self::NoSuchFile(..) => "correct the path, or write the file in an earlier commit",
            Self::AlreadyThere(_) => "delete it first, or choose another path",
            Self::FileAndFolder(_) => "delete or move one of them first",
            Self::NotInFile(..) => "copy the lines from the file as it is after the commits above",
            Self::NotUnique(_) => "add lines to keep before or behind, until only one place fits",
            Self::UnknownBranch(..) => "name a branch that an `on` line above began and nothing merged yet",
            Self::NeverMerged(_) => "add a commit with the line `merges BRANCH`",
            Self::NoMainLine => "make the first commit on the main line",
            Self::MergeConflict(_) => {
                "use an `edit` or `append` block on the branch, so that both changes fit"
            }
            Self::TooMuch(_) => "tell a shorter story, or use smaller files",
        }
    }
}
