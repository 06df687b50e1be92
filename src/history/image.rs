//! A record as the log compares it: its fields as normalised text.

use crate::finding::RecordKey;
use crate::snapshot;
use crate::source::{RepoPath, SourceFile, Span};
use std::sync::Arc;

/// Field paths and normalised values, ordered by path, each path once.
pub type Fields = Arc<[(Arc<str>, Arc<str>)]>;

/// One record of one version of a file.
#[derive(Clone, Debug)]
pub struct Image {
    /// Kind and id.
    pub key: RecordKey,
    /// Its fields.
    pub fields: Fields,
    /// The bytes it takes in that version; of a register's item without its dash.
    pub span: Span,
    /// Whether all of it could be read: a field that is not there is absent.
    pub is_whole: bool,
}

/// What one version of a file holds.
#[derive(Clone, Debug, Default)]
pub struct FileImage {
    /// The records, in file order.
    pub records: Vec<Image>,
    /// Whether a part could not be read: a record that is not found may be there.
    pub broken: bool,
    /// For a plain register (nothing but one block list of records): the column
    /// of its dashes, from 0. Then a later version can be read by its changed
    /// window alone.
    pub register_indent: Option<usize>,
}

/// Turns a version of a file into what the log compares. Implemented by
/// whoever knows which files are records, and of which kind.
pub trait ReadImages: Sync {
    /// Whether files at `path` can hold records at all, or hold the settings.
    fn may_hold_records(&self, path: &RepoPath) -> bool;

    /// Whether the file holds the settings, whose versions are kept as they are.
    fn holds_settings(&self, _path: &RepoPath) -> bool {
        false
    }

    /// Whether the steps are to be known that touched this file at all.
    fn wants_touches(&self, _path: &RepoPath) -> bool {
        false
    }

    /// The bytes of a version as text; `None` where they are none.
    fn decode(&self, _path: &RepoPath, bytes: Vec<u8>) -> Option<String> {
        snapshot::decode(bytes).ok()
    }

    /// Whether the text of files at `path` is UTF-8, which needs no decoding.
    fn is_plain(&self, _path: &RepoPath) -> bool {
        true
    }

    /// The records of the whole file.
    fn images(&self, file: &Arc<SourceFile>) -> FileImage;

    /// The records of a part that begins at a record's dash and ends before
    /// another's, or at the end of the list.
    fn images_of_part(&self, file: &Arc<SourceFile>, part: Span) -> FileImage;
}
