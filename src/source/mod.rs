//! The words for *where*: repository paths, file texts, byte spans, lines and columns.
//!
//! Everything else points into a [`SourceFile`] through a [`Place`] and holds
//! byte offsets only; lines and columns are computed when something is shown.
//! This module reads no file: the `snapshot` module does.

mod ends;
mod lines;
mod path;

pub use ends::common_ends;
pub use lines::{LineIndex, Position};
pub use path::RepoPath;

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Bytes as lower-case hexadecimal digits: ids and digests.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// A half-open range of bytes in a [`SourceFile`]'s text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just behind the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`, in bytes.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// An empty span at `offset`.
    pub const fn at(offset: u32) -> Self {
        Self { start: offset, end: offset }
    }

    /// Whether the span covers no byte.
    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// Number of bytes.
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// The span as a range to index text with.
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// One file as it was judged: its path and the very text that was read.
///
/// The text is the whole file, a byte order mark included, so that byte
/// offsets are those of the file itself.
#[derive(Debug)]
pub struct SourceFile {
    path: RepoPath,
    text: Arc<str>,
    lines: OnceLock<LineIndex>,
}

impl SourceFile {
    /// Wraps a text that was read from `path`.
    pub fn new(path: RepoPath, text: impl Into<Arc<str>>) -> Arc<Self> {
        Arc::new(Self { path, text: text.into(), lines: OnceLock::new() })
    }

    /// Path relative to the root of the snapshot.
    pub fn path(&self) -> &RepoPath {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The text that `span` covers; shortened to character borders where the
    /// span does not end on one.
    pub fn slice(&self, span: Span) -> &str {
        let start = self.text.floor_char_boundary(span.start as usize);
        let end = self.text.floor_char_boundary(span.end as usize).max(start);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The index from byte offsets to lines, built at first use.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Line and column of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        self.lines().position(&self.text, offset)
    }
}

/// A span in a file: what a finding points at.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The bytes in it; empty for a file as a whole.
    pub span: Span,
}

impl Place {
    /// The text that the place covers.
    pub fn quoted(&self) -> &str {
        self.file.slice(self.span)
    }

    fn key(&self) -> (&RepoPath, Span) {
        (self.file.path(), self.span)
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}
impl Eq for Place {}
impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}
