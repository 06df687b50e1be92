//! What can be wrong with a git folder, a reference or an object, in words for
//! the person who has to mend it. Names from the repository are escaped here.

use super::Oid;
use crate::escape::plain;
use std::path::{Path, PathBuf};
use thiserror::Error;

fn shown(path: &Path) -> String {
    plain(&path.display().to_string())
}

/// The four types of git object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// The content of a file.
    Blob,
    /// A folder.
    Tree,
    /// A commit.
    Commit,
    /// An annotated tag.
    Tag,
}

impl ObjectKind {
    /// The word for it, as in an object's header.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Blob => "blob",
            Self::Tree => "tree",
            Self::Commit => "commit",
            Self::Tag => "tag",
        }
    }
}

/// Why an object cannot be used. Never the same as *the file did not exist*.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ObjectProblem {
    /// It is not in the object store, though something names it.
    #[error(
        "object {id} is not in this clone; fetch the whole repository (`git fetch --refetch --no-filter`, or `fetch-depth: 0` without `filter` in CI)"
    )]
    Missing {
        /// The object.
        id: Oid,
    },
    /// It is larger than the limit.
    #[error("object {id} has {bytes} bytes; at most {limit} are read")]
    TooLarge {
        /// The object.
        id: Oid,
        /// Its size in bytes.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// It cannot be decoded, or is not what its id says.
    #[error(
        "object {id} is damaged ({why}); `git fsck --full` names what is broken, a fresh clone replaces it"
    )]
    Corrupt {
        /// The object.
        id: Oid,
        /// What is wrong.
        why: String,
    },
    /// It is an object of another type than the place wants.
    #[error("object {id} is a {}, where a {} is named", found.word(), wanted.word())]
    WrongType {
        /// The object.
        id: Oid,
        /// What the place wants.
        wanted: ObjectKind,
        /// What it is.
        found: ObjectKind,
    },
    /// A counted limit was met.
    #[error(
        "more than {limit} {what}: the rest was not read; narrow the check with `--root` or `history_from`"
    )]
    Limit {
        /// What was counted.
        what: &'static str,
        /// How many are read.
        limit: u64,
    },
}

/// Why a repository, or a part of it, cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GitProblem {
    /// A file or folder of git's own cannot be read safely.
    #[error("cannot read `{}`: {why}", shown(path))]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// `.git` leads to a repository that does not acknowledge this folder.
    #[error(
        "`{}` leads to `{}`, {why}; another repository's history would be taken for this one's",
        shown(pointer),
        shown(target)
    )]
    Foreign {
        /// The `.git` link or file, or the `commondir` file.
        pointer: PathBuf,
        /// Where it leads.
        target: PathBuf,
        /// What is missing.
        why: &'static str,
    },
    /// A path that was named as a git folder is none.
    #[error("`{}` is not a git folder: it has no HEAD, `objects` and `refs`", shown(path))]
    NotGit {
        /// The path.
        path: PathBuf,
    },
    /// The object format is not SHA-1.
    #[error(
        "`{}` uses the object format `{format}`; only sha1 can be read, so its history is undetermined; check a clone in sha1 format",
        shown(path)
    )]
    ObjectFormat {
        /// The git folder.
        path: PathBuf,
        /// The format, escaped.
        format: String,
    },
}

impl GitProblem {
    pub(super) fn unreadable(path: &Path, why: impl Into<String>) -> Self {
        Self::Unreadable { path: path.to_path_buf(), why: why.into() }
    }
}

/// Why a name does not lead to a commit.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RefProblem {
    /// Not a form that is taken.
    #[error(
        "`{name}` is not a commit's name here: give a full id (40 hexadecimal digits), `HEAD`, a branch, a tag or a full reference name, with `~2` or `^2` behind it for an ancestor"
    )]
    NotAName {
        /// As given, escaped.
        name: String,
    },
    /// No such reference.
    #[error("there is no branch, tag or remote branch `{name}` in this clone{}", nearest.as_ref().map_or_else(|| "; `git fetch` it, or give the full commit id".to_owned(), |near| format!("; did you mean `{near}`?")))]
    Unknown {
        /// As given, escaped.
        name: String,
        /// The nearest reference that exists, escaped.
        nearest: Option<String>,
    },
    /// Two references answer to it, with different commits.
    #[error("`{name}` is both `{}` and `{}`, which differ; write the full one", both[0], both[1])]
    Ambiguous {
        /// As given, escaped.
        name: String,
        /// The full names, escaped.
        both: [String; 2],
    },
    /// References cannot be read.
    #[error("references cannot be read: {why}")]
    Unreadable {
        /// Why, with the remedy.
        why: String,
    },
    /// A commit has not as many parents as that.
    #[error("`{name}` leads beyond commit {commit}, which has no such parent")]
    NoParent {
        /// As given, escaped.
        name: String,
        /// The commit that the walk ended at.
        commit: Oid,
    },
    /// `HEAD` names a branch without a commit.
    #[error("`HEAD` has no commit yet")]
    Unborn,
    /// What it leads to cannot be read.
    #[error(transparent)]
    Object(#[from] ObjectProblem),
}
