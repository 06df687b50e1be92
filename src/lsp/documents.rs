//! Open documents: their texts as the client has them, edit by edit.

use super::position::{Encoding, offset};
use crate::source::{LineIndex, RepoPath, SourceFile};
use lsp_types::{TextDocumentContentChangeEvent, Uri};
use std::sync::Arc;

/// An open document of an ISMS.
pub(super) struct Document {
    /// As the client names it.
    pub(super) uri: Uri,
    /// The client's count of its edits.
    pub(super) version: i32,
    /// Which ISMS it belongs to: an index.
    pub(super) isms: usize,
    /// Its text, under its path in that ISMS.
    pub(super) file: Arc<SourceFile>,
}

impl Document {
    /// Its path in its ISMS.
    pub(super) fn path(&self) -> &RepoPath {
        self.file.path()
    }

    /// Takes edits, in their order: each speaks of the text that the one before
    /// it left.
    pub(super) fn edit(
        &mut self,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) {
        let mut text = self.file.text().to_string();
        for change in changes {
            match change.range {
                None => text = change.text,
                Some(range) => {
                    let lines = LineIndex::new(&text);
                    let start = offset(&text, &lines, range.start, encoding);
                    let end = offset(&text, &lines, range.end, encoding).max(start);
                    text.replace_range(start..end, &change.text);
                }
            }
        }
        self.version = version;
        self.file = SourceFile::new(self.path().clone(), text);
    }
}
