//! From versions of files to the life of every record: one pass along the main
//! line, oldest first, holding the state of one moment.

use super::image::{Fields, FileImage, Image, ReadImages};
use super::rename::{Side, renamed};
use super::window::Window;
use super::{Change, Evidence, FieldChange, Gap, History, Line, Series, Step, What};
use crate::finding::RecordKey;
use crate::snapshot::Snapshot;
use crate::source::{RepoPath, SourceFile};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

/// Registers smaller than this are parsed whole: a window would save nothing.
const SMALLEST_WINDOWED: usize = 2048;

/// The history of `line`, and behind it what `snapshot` changed and nobody
/// committed yet (`pending`, the step to file it under).
pub fn build(line: &dyn Line, reader: &dyn ReadImages, snapshot: Option<(&Snapshot, Step)>) -> History {
    build_with(line, reader, snapshot, true)
}

/// As [`build`]; without `windows` every version is parsed whole: the oracle
/// that the windows are held against.
pub fn build_with(
    line: &dyn Line,
    reader: &dyn ReadImages,
    snapshot: Option<(&Snapshot, Step)>,
    windows: bool,
) -> History {
    let mut log = Log::new(reader, windows);
    let mut steps = match log.follow(line) {
        Ok(steps) => steps,
        Err(gap) => return History::incomplete(gap.why, gap.remedy),
    };
    if let Some((snapshot, pending)) = snapshot {
        let versions = log.pending(snapshot);
        if !versions.is_empty() {
            log.step(steps.len(), versions);
            steps.push(pending);
        }
    }
    History { evidence: Evidence::Complete, steps, series: log.series }
}

/// A file at one moment.
struct FileState {
    file: Option<Arc<SourceFile>>,
    image: FileImage,
    /// Records that the file may hold and that cannot be read in it.
    lost: BTreeMap<RecordKey, Lost>,
    /// Where each key stands first, built when many keys are asked for.
    index: OnceLock<HashMap<RecordKey, usize>>,
}

/// A record that an unreadable version may still hold, as it was last known.
#[derive(Clone)]
struct Lost {
    fields: Fields,
    /// The step in which it became unreadable.
    since: usize,
}

/// What a file holds after a step.
enum Content {
    /// The file is gone.
    Gone,
    /// It is there, and is no text that can be read.
    Unreadable,
    /// It holds this.
    Text(String),
}

impl Content {
    fn of(text: Option<String>) -> Self {
        text.map_or(Self::Unreadable, Self::Text)
    }
}

/// A file's next version.
struct Version {
    path: RepoPath,
    content: Content,
}

struct Log<'r> {
    reader: &'r dyn ReadImages,
    windows: bool,
    files: BTreeMap<RepoPath, FileState>,
    /// In which files a key stands.
    places: BTreeMap<RecordKey, BTreeSet<RepoPath>>,
    series: BTreeMap<RecordKey, Series>,
}

/// A record at one moment.
#[derive(Clone)]
struct Standing {
    path: RepoPath,
    fields: Fields,
    lost_in: Option<usize>,
}

impl<'r> Log<'r> {
    fn new(reader: &'r dyn ReadImages, windows: bool) -> Self {
        Self { reader, windows, files: BTreeMap::new(), places: BTreeMap::new(), series: BTreeMap::new() }
    }

    fn follow(&mut self, line: &dyn Line) -> Result<Vec<Step>, Gap> {
        let mut steps = line.steps()?;
        for (index, step) in steps.iter_mut().enumerate() {
            let changes = line.changes(index, &|path| self.reader.may_hold_records(path))?;
            if changes.is_empty() {
                continue;
            }
            let paths: Vec<RepoPath> = changes.iter().map(|change| change.path.clone()).collect();
            let versions = changes
                .into_iter()
                .map(|change| {
                    let content = match &change.new {
                        Some(content) => Content::of(line.text(content)?),
                        None => Content::Gone,
                    };
                    Ok(Version { path: change.path, content })
                })
                .collect::<Result<Vec<_>, Gap>>()?;
            if self.step(index, versions) {
                step.side = line.side(index, &paths)?;
            }
        }
        Ok(steps)
    }

    /// What the snapshot holds otherwise than the end of the line.
    fn pending(&self, snapshot: &Snapshot) -> Vec<Version> {
        let here: BTreeSet<&RepoPath> = snapshot
            .entries()
            .keys()
            .filter(|path| snapshot.has_file(path) && self.reader.may_hold_records(path))
            .collect();
        let gone = self.files.keys().filter(|path| !here.contains(path));
        let mut versions: Vec<Version> =
            gone.map(|path| Version { path: path.clone(), content: Content::Gone }).collect();
        for path in here {
            let text = snapshot.text(path).ok().map(|file| file.text().to_string());
            let known = self.files.get(path).map(|state| state.file.as_ref().map(|file| &**file.text()));
            if known != Some(text.as_deref()) {
                versions.push(Version { path: path.clone(), content: Content::of(text) });
            }
        }
        versions
    }

    /// Takes the files to their next versions and logs what that did to
    /// records; whether it did anything.
    fn step(&mut self, index: usize, versions: Vec<Version>) -> bool {
        let mut touched = BTreeSet::new();
        let mut next = Vec::with_capacity(versions.len());
        for version in versions {
            let before = self.files.get(&version.path);
            let state = self.next_state(index, &version, before);
            let old = before.into_iter().flat_map(FileState::held);
            let new = state.iter().flat_map(FileState::held);
            touch(&mut touched, old, new);
            next.push((version.path, state));
        }
        let before: BTreeMap<RecordKey, Option<Standing>> =
            touched.iter().map(|key| (key.clone(), self.standing(key, touched.len()))).collect();
        for (path, state) in next {
            self.put(path, state);
        }
        self.log(index, before)
    }

    /// The state of a file after a version; `None` where it is gone.
    fn next_state(&self, index: usize, version: &Version, before: Option<&FileState>) -> Option<FileState> {
        let (file, mut image) = match &version.content {
            Content::Gone => return None,
            Content::Unreadable => (None, FileImage { broken: true, ..FileImage::default() }),
            Content::Text(text) => {
                let file = SourceFile::new(version.path.clone(), text.as_str());
                let windowed =
                    before.filter(|_| self.windows).and_then(|before| self.windowed(before, &file));
                let image = windowed.unwrap_or_else(|| self.reader.images(&file));
                (Some(file), image)
            }
        };
        let lost = if image.broken { still_lost(index, before, &mut image) } else { BTreeMap::new() };
        Some(FileState { file, image, lost, index: OnceLock::new() })
    }

    /// The next image of a register, by its changed window alone.
    fn windowed(&self, before: &FileState, file: &Arc<SourceFile>) -> Option<FileImage> {
        let old = before.file.as_ref()?;
        let indent = before.image.register_indent.filter(|_| !before.image.broken)?;
        if old.text().len() < SMALLEST_WINDOWED {
            return None;
        }
        let window = Window::between(old.text(), file.text(), indent, &before.image.records)?;
        let part = self.reader.images_of_part(file, window.new);
        if part.broken || part.register_indent != Some(indent) {
            return None;
        }
        let moved = |image: &Image| {
            let shift = |at: u32| (at + window.new.end).saturating_sub(window.old.end);
            let span = crate::source::Span::new(shift(image.span.start), shift(image.span.end));
            Image { span, ..image.clone() }
        };
        let records = &before.image.records;
        let kept = records.iter().filter(|image| image.span.start < window.old.start).cloned();
        let behind = records.iter().filter(|image| image.span.start >= window.old.end).map(moved);
        let records = kept.chain(part.records).chain(behind).collect();
        Some(FileImage { records, broken: false, register_indent: Some(indent) })
    }

    fn put(&mut self, path: RepoPath, state: Option<FileState>) {
        if let Some(old) = self.files.remove(&path) {
            for held in old.held() {
                if let Some(places) = self.places.get_mut(held.key) {
                    places.remove(&path);
                    if places.is_empty() {
                        self.places.remove(held.key);
                    }
                }
            }
        }
        if let Some(state) = state {
            for held in state.held() {
                self.places.entry(held.key.clone()).or_default().insert(path.clone());
            }
            self.files.insert(path, state);
        }
    }

    /// The record that a key names now: of several, one that can be read before
    /// one that cannot, then the first by path and place.
    /// `asked` is how many keys this step asks for.
    fn standing(&self, key: &RecordKey, asked: usize) -> Option<Standing> {
        let files = || {
            self.places.get(key).into_iter().flatten().filter_map(|path| Some((path, self.files.get(path)?)))
        };
        let read = files().find_map(|(path, state)| {
            let image = state.find(key, asked)?;
            Some(Standing { path: path.clone(), fields: image.fields.clone(), lost_in: None })
        });
        read.or_else(|| {
            files().find_map(|(path, state)| {
                let lost = state.lost.get(key)?;
                Some(Standing { path: path.clone(), fields: lost.fields.clone(), lost_in: Some(lost.since) })
            })
        })
    }

    fn log(&mut self, step: usize, before: BTreeMap<RecordKey, Option<Standing>>) -> bool {
        let asked = before.len();
        let moves: Vec<(RecordKey, Option<Standing>, Option<Standing>)> = before
            .into_iter()
            .map(|(key, before)| {
                let after = self.standing(&key, asked);
                (key, before, after)
            })
            .collect();
        let renames = self.renames(&moves);
        let earlier: HashMap<&RecordKey, &RecordKey> = renames.iter().map(|(old, new)| (new, old)).collect();
        let later: HashSet<&RecordKey> = renames.iter().map(|(old, _)| old).collect();
        let mut any = false;
        for (key, before, after) in moves {
            let change = match (before, after) {
                (None, None) => continue,
                (Some(_), None) if later.contains(&key) => continue,
                (Some(before), None) => deletion(step, &before),
                (None, Some(after)) => match earlier.get(&key) {
                    Some(old) => {
                        let series = self.series.remove(*old).unwrap_or_default();
                        let was = series.replay().unwrap_or_default().into_iter().collect::<Vec<_>>();
                        self.series.insert(key.clone(), series);
                        let fields = difference(&was, &after.fields);
                        change(step, What::Renamed((*old).clone()), fields, &after, None)
                    }
                    None => change(step, What::Created, difference(&[], &after.fields), &after, None),
                },
                (Some(before), Some(after)) => {
                    if same(&before.fields, &after.fields) && before.path == after.path {
                        continue;
                    }
                    let unknown_since = before.lost_in.filter(|_| after.lost_in.is_none());
                    change(
                        step,
                        What::Changed,
                        difference(&before.fields, &after.fields),
                        &after,
                        unknown_since,
                    )
                }
            };
            any = true;
            self.series.entry(key).or_default().changes.push(change);
        }
        any
    }

    fn renames(
        &self,
        moves: &[(RecordKey, Option<Standing>, Option<Standing>)],
    ) -> Vec<(RecordKey, RecordKey)> {
        let mut gone = Vec::new();
        let mut came = Vec::new();
        for (key, before, after) in moves {
            match (before, after) {
                (Some(before), None) if before.lost_in.is_none() => {
                    gone.push(Side { key, path: &before.path, fields: &before.fields });
                }
                // A key that was known before comes back as itself.
                (None, Some(after)) if after.lost_in.is_none() && !self.series.contains_key(key) => {
                    came.push(Side { key, path: &after.path, fields: &after.fields });
                }
                _ => {}
            }
        }
        if gone.is_empty() || came.is_empty() { Vec::new() } else { renamed(&gone, &came) }
    }
}

/// A record that stands or may stand in a file.
struct Held<'f> {
    key: &'f RecordKey,
    fields: &'f Fields,
    is_lost: bool,
}

impl FileState {
    fn held(&self) -> impl Iterator<Item = Held<'_>> {
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
    fn find(&self, key: &RecordKey, asked: usize) -> Option<&Image> {
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

/// Keys whose record is not the very same before and after. One that becomes
/// unreadable, or readable again, may hand its key to the same id elsewhere.
fn touch<'i>(
    touched: &mut BTreeSet<RecordKey>,
    old: impl Iterator<Item = Held<'i>>,
    new: impl Iterator<Item = Held<'i>>,
) {
    let mut known: BTreeMap<&RecordKey, (&Fields, bool)> = BTreeMap::new();
    for held in old {
        // An id that stands twice in one file is looked at whatever happens.
        if known.insert(held.key, (held.fields, held.is_lost)).is_some() {
            touched.insert(held.key.clone());
        }
    }
    for held in new {
        match known.remove(held.key) {
            Some((fields, is_lost)) if is_lost == held.is_lost && same(fields, held.fields) => {}
            _ => {
                touched.insert(held.key.clone());
            }
        }
    }
    touched.extend(known.into_keys().cloned());
}

fn same(one: &Fields, other: &Fields) -> bool {
    Arc::ptr_eq(one, other) || one == other
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

fn change(
    step: usize,
    what: What,
    fields: Vec<FieldChange>,
    standing: &Standing,
    unknown_since: Option<usize>,
) -> Change {
    Change { step, what, fields, path: standing.path.clone(), unknown_since }
}

fn deletion(step: usize, before: &Standing) -> Change {
    let fields = difference(&before.fields, &[]);
    change(step, What::Deleted, fields, before, before.lost_in)
}

/// What differs between two ordered lists of fields.
fn difference(old: &[(Arc<str>, Arc<str>)], new: &[(Arc<str>, Arc<str>)]) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return changes,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(one), Some(other)) => one.0.cmp(&other.0),
        };
        let gone = if order.is_le() { old.next() } else { None };
        let came = if order.is_ge() { new.next() } else { None };
        let value = |field: Option<&(Arc<str>, Arc<str>)>| field.map(|(_, value)| value.clone());
        if value(gone) != value(came)
            && let Some((field, _)) = gone.or(came)
        {
            changes.push(FieldChange { field: field.clone(), old: value(gone), new: value(came) });
        }
    }
}
