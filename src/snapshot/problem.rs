//! Why a file, or a part of the listing, could not be looked at.
//!
//! None of these is ever dropped: a file that was not examined is a finding.

use crate::source::RepoPath;

/// Why the bytes or the text of one file are not to be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadProblem {
    /// Not listed.
    #[error("there is no such file")]
    NotThere,
    /// A symbolic link.
    #[error("it is a symbolic link, and links are not followed: a link can lead out of the repository")]
    Link,
    /// A submodule.
    #[error("it is a submodule: its files belong to another repository")]
    Submodule,
    /// A pipe, socket or device.
    #[error("it is not a regular file")]
    Special,
    /// Over the limit.
    #[error("it has {bytes} bytes; at most {limit} are read from one file")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// UTF-16, by its byte order mark.
    #[error("it is UTF-16 text; records are UTF-8")]
    Utf16,
    /// A NUL byte.
    #[error("it holds a NUL byte (at byte {at}); records are UTF-8 text")]
    Nul {
        /// Offset of the first one.
        at: usize,
    },
    /// Not UTF-8.
    #[error("it is not UTF-8 text from byte {at} on")]
    NotUtf8 {
        /// Offset of the first byte that does not fit.
        at: usize,
    },
    /// The git object is not in this clone.
    #[error("its content (object {object}) is not in this clone; a clone without `--filter` has it")]
    Missing {
        /// The object's id.
        object: String,
    },
    /// Whatever the operating system or the object store says.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
}

/// Why a folder, or all beyond a limit, is not listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingProblem {
    /// The place, where it is one.
    pub path: Option<RepoPath>,
    /// One sentence without a final stop.
    pub what: String,
}
