//! One file at one moment of the line, and how a version follows another. It
//! depends on that file alone, so files can be read side by side.

use super::image::{Fields, FileImage, Image, ReadImages};
use super::window::Window;
use crate::finding::RecordKey;
use crate::source::{RepoPath, SourceFile, Span};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

/// Registers smaller than this are parsed whole: a window would save nothing.
const SMALLEST_WINDOWED: usize = 2048;

/// A file at one moment.
pub(super) struct FileState {
    pub(super) file: Option<Arc<SourceFile>>,
    pub(super) image: FileImage,
    /// Records that the file may hold and that cannot be read in it.
    pub(super) lost: BTreeMap<RecordKey, Lost>,
    /// Where each key stands first, built when many keys are asked for.
    index: OnceLock<HashMap<RecordKey, usize>>,
}

/// A record that an unreadable version may still hold, as it was last known.
#[derive(Clone)]
pub(super) struct Lost {
    pub(super) fields: Fields,
    /// The step in which it became unreadable.
    pub(super) since: usize,
}

/// What a file holds after a step.
pub(super) enum Content {
    /// The file is gone.
    Gone,
    /// It is there, and is no text that can be read.
    Unreadable,
    /// It holds this.
    Text(String),
}

impl Content {
    pub(super) fn of(text: Option<String>) -> Self {
        text.map_or(Self::Unreadable, Self::Text)
    }

    /// Bytes of text.
    pub(super) fn len(&self) -> usize {
        if let Self::Text(text) = self { text.len() } else { 0 }
    }
}

/// A file's next version.
pub(super) struct Version {
    pub(super) path: RepoPath,
    pub(super) content: Content,
}

/// A record that stands or may stand in a file.
pub(super) struct Held<'f> {
    pub(super) key: &'f RecordKey,
    pub(super) fields: &'f Fields,
    pub(super) is_lost: bool,
}

impl FileState {
    /// The state of a file after a version; `None` where it is gone.
    pub(super) fn next(
        reader: &dyn ReadImages,
        windows: bool,
        index: usize,
        version: &Version,
        before: Option<&Self>,
    ) -> Option<Self> {
        let (file, mut image) = match &version.content {
            Content::Gone => return None,
            Content::Unreadable => (None, FileImage { broken: true, ..FileImage::default() }),
            Content::Text(text) => {
                let file = SourceFile::new(version.path.clone(), text.as_str());
                let windowed = before.filter(|_| windows).and_then(|before| before.windowed(reader, &file));
                let image = windowed.unwrap_or_else(|| reader.images(&file));
                (Some(file), image)
            }
        };
        let lost = if image.broken { still_lost(index, before, &mut image) } else { BTreeMap::new() };
        Some(Self { file, image, lost, index: OnceLock::new() })
    }

    /// The next image of a register, by its changed window alone.
    fn windowed(&self, reader: &dyn ReadImages, file: &Arc<SourceFile>) -> Option<FileImage> {
        let old = self.file.as_ref()?;
        let indent = self.image.register_indent.filter(|_| !self.image.broken)?;
        if old.text().len() < SMALLEST_WINDOWED {
            return None;
        }
        let window = Window::between(old.text(), file.text(), indent, &self.image.records)?;
        let part = reader.images_of_part(file, window.new);
        if part.broken || part.register_indent != Some(indent) {
            return None;
        }
        let moved = |image: &Image| {
            let shift = |at: u32| (at + window.new.end).saturating_sub(window.old.end);
            let span = Span::new(shift(image.span.start), shift(image.span.end));
            Image { span, ..image.clone() }
        };
        let records = &self.image.records;
        let kept = records.iter().filter(|image| image.span.start < window.old.start).cloned();
        let behind = records.iter().filter(|image| image.span.start >= window.old.end).map(moved);
        let records = kept.chain(part.records).chain(behind).collect();
        Some(FileImage { records, broken: false, register_indent: Some(indent) })
    }

    pub(super) fn held(&self) -> impl Iterator<Item = Held<'_>> {
        let read = self.image.records.iter().map(|image| Held {
            key: &image.key,
            fields: &image.fields,
            is_lost: false,
        });
        let lost = self.lost.iter().map(|(key, lost)| Held { key, fields: &lost.fields, is_lost: true });
        read.chain(lost)
    }

    /// The first record with this key. A scan for a few keys, an index for many:
    /// a large register that appears at once must not cost its square.
    pub(super) fn find(&self, key: &RecordKey, asked: usize) -> Option<&Image> {
        let records = &self.image.records;
        if asked < 8 || records.len() < 64 {
            return records.iter().find(|image| image.key == *key);
        }
        let index = self.index.get_or_init(|| {
            let mut index = HashMap::with_capacity(records.len());
            for (at, image) in records.iter().enumerate() {
                index.entry(image.key.clone()).or_insert(at);
            }
            index
        });
        index.get(key).and_then(|at| records.get(*at))
    }
}

/// Records that an unreadable version may hold and that cannot be read in it:
/// those of the version before, as they were, and new ones that are there in
/// part. What is not read of a record is not gone.
fn still_lost(index: usize, before: Option<&FileState>, image: &mut FileImage) -> BTreeMap<RecordKey, Lost> {
    let mut lost = before.map(|before| before.lost.clone()).unwrap_or_default();
    // Of several with one key the first counts.
    for image in before.into_iter().flat_map(|before| before.image.records.iter().rev()) {
        lost.insert(image.key.clone(), Lost { fields: image.fields.clone(), since: index });
    }
    let (whole, in_part): (Vec<_>, Vec<_>) =
        std::mem::take(&mut image.records).into_iter().partition(|image| image.is_whole);
    for image in in_part {
        lost.entry(image.key).or_insert(Lost { fields: image.fields, since: index });
    }
    for image in &whole {
        lost.remove(&image.key);
    }
    image.records = whole;
    lost
}
