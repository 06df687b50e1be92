//! What is judged: a listing of files and the bytes of each.
//!
//! A snapshot is the work tree (tracked files, and untracked ones that are not
//! ignored), the index, a commit, or files in memory; for an editor, one of
//! these with unsaved texts in the place of files. Nothing else in the
//! program reads a file of the repository. It follows no symbolic link, opens
//! only regular files, reads each with a counted limit, and knows no record.

mod folder;
mod objects;
mod overlay;
mod problem;

pub use objects::{Texts, lock};
pub use problem::{ListingProblem, ReadProblem};

use crate::budget::Limits;
use crate::source::{RepoPath, SourceFile};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What kind of thing a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A regular file.
    File,
    /// A symbolic link: listed, never followed.
    Link,
    /// A submodule: listed, never entered.
    Submodule,
    /// A pipe, socket or device: listed, never opened.
    Special,
}

/// Which state of the repository a snapshot shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Files on disk.
    WorkTree,
    /// What is staged.
    Index,
    /// A commit, by its id.
    Commit(Arc<str>),
    /// Files in memory: examples and tests.
    Memory,
}

/// Where the bytes come from.
pub trait ReadBytes: Send + Sync {
    /// The bytes of a listed regular file, at most `limit` of them.
    fn bytes(&self, path: &RepoPath, limit: u64) -> Result<Vec<u8>, ReadProblem>;

    /// The text, where it is held as such; `None` where bytes have to be read.
    fn held(&self, _path: &RepoPath, _limit: u64) -> Option<Result<Arc<SourceFile>, ReadProblem>> {
        None
    }
}

/// A listing, and a way to read what it lists.
pub struct Snapshot {
    origin: Origin,
    entries: BTreeMap<RepoPath, Entry>,
    problems: Vec<ListingProblem>,
    bytes: Box<dyn ReadBytes>,
    limits: Limits,
}

impl Snapshot {
    /// A snapshot of `entries` that reads through `bytes`.
    pub fn new(
        origin: Origin,
        entries: BTreeMap<RepoPath, Entry>,
        problems: Vec<ListingProblem>,
        bytes: Box<dyn ReadBytes>,
        limits: Limits,
    ) -> Self {
        Self { origin, entries, problems, bytes, limits }
    }

    /// Files in memory, for rule examples and tests.
    pub fn of_files(files: BTreeMap<RepoPath, Vec<u8>>) -> Self {
        let entries = files.keys().map(|path| (path.clone(), Entry::File)).collect();
        Self::new(Origin::Memory, entries, Vec::new(), Box::new(InMemory(files)), Limits::STANDARD)
    }

    /// The same with one more file, or another text of one that is there.
    #[must_use]
    pub fn with(mut self, path: RepoPath, bytes: Vec<u8>) -> Self {
        self.entries.insert(path.clone(), Entry::File);
        self.bytes = Box::new(Over { path, bytes, below: self.bytes });
        self
    }

    /// Which state this is.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Everything listed, ordered by path.
    pub fn entries(&self) -> &BTreeMap<RepoPath, Entry> {
        &self.entries
    }

    /// What could not be listed.
    pub fn problems(&self) -> &[ListingProblem] {
        &self.problems
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether `path` is listed as a regular file.
    pub fn has_file(&self, path: &RepoPath) -> bool {
        self.entries.get(path) == Some(&Entry::File)
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// When it is not listed, no regular file, too large or unreadable.
    pub fn bytes(&self, path: &RepoPath) -> Result<Vec<u8>, ReadProblem> {
        self.bytes_within(path, self.limits.file_bytes)
    }

    fn bytes_within(&self, path: &RepoPath, limit: u64) -> Result<Vec<u8>, ReadProblem> {
        match self.entries.get(path) {
            None => Err(ReadProblem::NotThere),
            Some(Entry::File) => self.bytes.bytes(path, limit),
            Some(Entry::Link) => Err(ReadProblem::Link),
            Some(Entry::Submodule) => Err(ReadProblem::Submodule),
            Some(Entry::Special) => Err(ReadProblem::Special),
        }
    }

    /// The text of a file.
    ///
    /// # Errors
    /// As [`Self::bytes`], and when it is not UTF-8 text.
    pub fn text(&self, path: &RepoPath) -> Result<Arc<SourceFile>, ReadProblem> {
        self.text_within(path, self.limits.file_bytes)
    }

    /// The text of a file that says how to judge (settings, a rule, a schema):
    /// the same under the limit of such files.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn policy_text(&self, path: &RepoPath) -> Result<Arc<SourceFile>, ReadProblem> {
        self.text_within(path, self.limits.policy_bytes)
    }

    fn text_within(&self, path: &RepoPath, limit: u64) -> Result<Arc<SourceFile>, ReadProblem> {
        if self.has_file(path)
            && let Some(held) = self.bytes.held(path, limit)
        {
            return held;
        }
        Ok(SourceFile::new(path.clone(), decode(self.bytes_within(path, limit)?)?))
    }
}

/// Bytes as text: UTF-8, with or without a byte order mark, without NUL.
///
/// # Errors
/// Names what the bytes are instead.
pub fn decode(bytes: Vec<u8>) -> Result<String, ReadProblem> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(ReadProblem::Utf16);
    }
    // `contains` is many times faster than looking for the place.
    if bytes.contains(&0) {
        let at = bytes.iter().position(|byte| *byte == 0).unwrap_or_default();
        return Err(ReadProblem::Nul { at });
    }
    String::from_utf8(bytes).map_err(|error| ReadProblem::NotUtf8 { at: error.utf8_error().valid_up_to() })
}

/// One file over those of another reader.
struct Over {
    path: RepoPath,
    bytes: Vec<u8>,
    below: Box<dyn ReadBytes>,
}

impl ReadBytes for Over {
    fn bytes(&self, path: &RepoPath, limit: u64) -> Result<Vec<u8>, ReadProblem> {
        if *path != self.path {
            return self.below.bytes(path, limit);
        }
        let bytes = self.bytes.len() as u64;
        if bytes > limit { Err(ReadProblem::TooLarge { bytes, limit }) } else { Ok(self.bytes.clone()) }
    }
}

struct InMemory(BTreeMap<RepoPath, Vec<u8>>);

impl ReadBytes for InMemory {
    fn bytes(&self, path: &RepoPath, limit: u64) -> Result<Vec<u8>, ReadProblem> {
        let bytes = self.0.get(path).ok_or(ReadProblem::NotThere)?;
        if bytes.len() as u64 > limit {
            return Err(ReadProblem::TooLarge { bytes: bytes.len() as u64, limit });
        }
        Ok(bytes.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::{ReadProblem, Snapshot, decode};
    use std::collections::BTreeMap;

    #[test]
    fn only_utf8_text_is_text() {
        assert_eq!(decode("\u{feff}ä".into()).as_deref(), Ok("\u{feff}ä"));
        assert_eq!(decode(b"\xff\xfea\0".to_vec()), Err(ReadProblem::Utf16));
        assert_eq!(decode(b"a\0b".to_vec()), Err(ReadProblem::Nul { at: 1 }));
        assert_eq!(decode(b"ab\xe4".to_vec()), Err(ReadProblem::NotUtf8 { at: 2 }));
    }

    #[test]
    fn a_file_that_is_not_listed_is_not_there() {
        let snapshot = Snapshot::of_files(BTreeMap::from([("a.yaml".into(), b"id: A".to_vec())]));
        assert!(snapshot.text(&"a.yaml".into()).is_ok());
        assert_eq!(snapshot.bytes(&"b.yaml".into()), Err(ReadProblem::NotThere));
    }
}
