//! Versions of files, as the history compares them.

use super::Record;
use super::encoding::decode;
use super::placing::{Holds, Placing};
use super::reading::{self, FileRecords};
use crate::budget::Limits;
use crate::history::{FileImage, Image, ReadImages};
use crate::settings::{Encoding, FILE_NAME};
use crate::source::{RepoPath, SourceFile, Span};
use std::sync::Arc;

/// Reads any version of a file by today's mapping.
pub struct Reader {
    placing: Arc<Placing>,
    limits: Limits,
}

impl Reader {
    /// A reader by this placing.
    pub fn new(placing: Arc<Placing>, limits: Limits) -> Self {
        Self { placing, limits }
    }
}

impl ReadImages for Reader {
    fn may_hold_records(&self, path: &RepoPath) -> bool {
        self.holds_settings(path) || !self.placing.of(path).is_empty()
    }

    fn holds_settings(&self, path: &RepoPath) -> bool {
        path.as_bytes() == FILE_NAME.as_bytes()
    }

    fn wants_touches(&self, path: &RepoPath) -> bool {
        self.placing.asks_git()
            && self
                .placing
                .of(path)
                .iter()
                .any(|place| matches!(place, Holds::Mapped(layout) if layout.asks_git()))
    }

    fn is_plain(&self, path: &RepoPath) -> bool {
        self.placing.encoding(path) == Encoding::Utf8
    }

    fn decode(&self, path: &RepoPath, bytes: Vec<u8>) -> Option<String> {
        decode(self.placing.encoding(path), bytes).ok()
    }

    fn images(&self, file: &Arc<SourceFile>) -> FileImage {
        let places = self.placing.of(file.path());
        if places.is_empty() {
            return FileImage::default();
        }
        // What git says of a file is no part of any version of it.
        let found = reading::read(file, &places, &self.limits, None);
        images(&found)
    }

    fn images_of_part(&self, file: &Arc<SourceFile>, part: Span) -> FileImage {
        let places = self.placing.of(file.path());
        match places.first() {
            Some(Holds::Records(kind)) => images(&reading::read_part(file, part, kind, &self.limits)),
            _ => FileImage { broken: true, ..FileImage::default() },
        }
    }
}

fn images(found: &FileRecords) -> FileImage {
    // A record without an id has no history to follow.
    let records = found.records.iter().filter(|record| record.identified).map(image).collect();
    FileImage { records, broken: found.broken, register_indent: found.register_indent }
}

fn image(record: &Record) -> Image {
    let (tree, node) = record.node();
    let is_whole = !tree.is_incomplete(node);
    Image { key: record.key.clone(), fields: record.fields(), span: record.span, is_whole }
}
