//! From versions of files to the life of every record: one pass along the main
//! line, oldest first, holding the state of one moment.

use super::ahead::{Batch, State};
use super::file_state::{Content, FileState, Held, Version};
use super::image::{Fields, ReadImages};
use super::rename::{Side, renamed};
use super::sweep::alike;
use super::touches::is_content;
use super::{Change, Evidence, FieldChange, Gap, History, Line, Series, Step, Touch, What};
use crate::finding::RecordKey;
use crate::snapshot::Snapshot;
use crate::source::{RepoPath, SourceFile};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

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
    let mut log = Log { reader, windows, past: Past::default() };
    let followed = line.steps().and_then(|mut steps| {
        let end = steps.len();
        log.follow(line, &mut steps, 0, end)?;
        Ok(steps)
    });
    match followed {
        Ok(steps) => log.ended(steps, snapshot),
        Err(gap) => History::incomplete(gap.why, gap.remedy),
    }
}

/// What was logged so far, and the state of the files behind it.
#[derive(Clone, Default)]
pub(super) struct Past {
    files: BTreeMap<RepoPath, Arc<FileState>>,
    /// In which files a key stands.
    places: BTreeMap<RecordKey, BTreeSet<RepoPath>>,
    series: BTreeMap<RecordKey, Series>,
    touches: BTreeMap<RepoPath, Vec<Touch>>,
    settings: Vec<(usize, Arc<SourceFile>)>,
    alike: BTreeMap<usize, BTreeMap<RepoPath, u32>>,
}

pub(super) struct Log<'r> {
    pub(super) reader: &'r dyn ReadImages,
    /// Whether only the parts of a file that changed are parsed.
    pub(super) windows: bool,
    pub(super) past: Past,
}

/// A record at one moment.
#[derive(Clone)]
struct Standing {
    path: RepoPath,
    fields: Fields,
    lost_in: Option<usize>,
}

impl Log<'_> {
    /// Follows the steps from one to before another.
    pub(super) fn follow(
        &mut self,
        line: &dyn Line,
        steps: &mut [Step],
        from: usize,
        to: usize,
    ) -> Result<(), Gap> {
        let reader = self.reader;
        let mut batch = Batch::read(line, reader, from, to)?;
        while !batch.is_empty() {
            let end = batch.end;
            // While this batch is parsed and logged, the next one is read.
            let (logged, next) =
                rayon::join(|| self.take(line, &batch, steps), || Batch::read(line, reader, end, to));
            logged?;
            batch = next?;
        }
        Ok(())
    }

    /// Logs the steps of a batch.
    fn take(&mut self, line: &dyn Line, batch: &Batch, steps: &mut [Step]) -> Result<(), Gap> {
        let states = batch.states(self.reader, self.windows, &self.past.files);
        for (step, states) in batch.steps.iter().zip(states) {
            if self.step(step.index, step.paths().zip(states).collect())
                && let Some(at) = steps.get_mut(step.index)
            {
                let paths: Vec<RepoPath> = step.paths().collect();
                at.side = line.side(step.index, &paths)?;
            }
        }
        Ok(())
    }

    /// The history, with what nobody committed yet as its last step.
    pub(super) fn ended(mut self, mut steps: Vec<Step>, snapshot: Option<(&Snapshot, Step)>) -> History {
        if let Some((snapshot, pending)) = snapshot {
            let versions = self.pending(snapshot);
            if !versions.is_empty() {
                let batch = Batch::of(steps.len(), versions);
                for (step, states) in
                    batch.steps.iter().zip(batch.states(self.reader, self.windows, &self.past.files))
                {
                    self.step(step.index, step.paths().zip(states).collect());
                }
                steps.push(pending);
            }
        }
        History {
            evidence: Evidence::Complete,
            steps,
            series: self.past.series,
            touches: self.past.touches,
            settings: self.past.settings,
            alike: self.past.alike,
        }
    }

    /// What the snapshot holds otherwise than the end of the line.
    fn pending(&self, snapshot: &Snapshot) -> Vec<Version> {
        let here: BTreeSet<&RepoPath> = snapshot
            .entries()
            .keys()
            .filter(|path| snapshot.has_file(path) && self.reader.may_hold_records(path))
            .collect();
        let gone = self.past.files.keys().filter(|path| !here.contains(path));
        let mut versions: Vec<Version> =
            gone.map(|path| Version { path: path.clone(), content: Content::Gone }).collect();
        for path in here {
            // The text itself where it is held, so that an editor copies nothing.
            let (file, decoded);
            let text = if self.reader.is_plain(path) {
                file = snapshot.text(path).ok();
                file.as_ref().map(|file| &**file.text())
            } else {
                decoded = snapshot.bytes(path).ok().and_then(|bytes| self.reader.decode(path, bytes));
                decoded.as_deref()
            };
            let known = self.past.files.get(path).map(|state| state.file.as_ref().map(|file| &**file.text()));
            if known != Some(text) {
                versions.push(Version { path: path.clone(), content: Content::of(text.map(str::to_owned)) });
            }
        }
        versions
    }

    /// Takes the files to their next states and logs what that did to
    /// records and settings; whether it did anything.
    fn step(&mut self, index: usize, next: Vec<(RepoPath, State)>) -> bool {
        let mut touched = BTreeSet::new();
        for (path, state) in &next {
            let old = self.past.files.get(path).into_iter().flat_map(|state| state.held());
            let new = state.iter().flat_map(|state| state.held());
            touch(&mut touched, old, new);
        }
        let before: BTreeMap<RecordKey, Option<Standing>> =
            touched.iter().map(|key| (key.clone(), self.standing(key, touched.len()))).collect();
        let alike = self.alike(&next);
        if !alike.is_empty() {
            self.past.alike.insert(index, alike);
        }
        let mut is_settled = false;
        for (path, state) in next {
            if self.reader.holds_settings(&path) {
                let text = state.as_ref().and_then(|state| state.file.clone());
                self.past.settings.extend(text.map(|text| (index, text)));
                is_settled = true;
            }
            if self.reader.wants_touches(&path) {
                let content = is_content(self.past.files.get(&path).map(|state| &**state), state.as_deref());
                self.past.touches.entry(path.clone()).or_default().push(Touch { step: index, content });
            }
            self.put(path, state);
        }
        self.log(index, before) || is_settled
    }

    /// The pages that a step changes as it changes others.
    fn alike(&self, next: &[(RepoPath, State)]) -> BTreeMap<RepoPath, u32> {
        let is_page = |path: &RepoPath| !matches!(&*path.extension(), "yaml" | "yml" | "json" | "csv");
        let pages: Vec<_> = next
            .iter()
            .filter(|(path, _)| is_page(path))
            .filter_map(|(path, state)| {
                let (before, after) =
                    (self.past.files.get(path)?.file.clone()?, state.as_ref()?.file.clone()?);
                Some((path.clone(), before, after))
            })
            .collect();
        if pages.len() > 1 { alike(&pages) } else { BTreeMap::new() }
    }

    fn put(&mut self, path: RepoPath, state: State) {
        if let Some(old) = self.past.files.remove(&path) {
            for held in old.held() {
                if let Some(places) = self.past.places.get_mut(held.key) {
                    places.remove(&path);
                    if places.is_empty() {
                        self.past.places.remove(held.key);
                    }
                }
            }
        }
        if let Some(state) = state {
            for held in state.held() {
                self.past.places.entry(held.key.clone()).or_default().insert(path.clone());
            }
            self.past.files.insert(path, state);
        }
    }

    /// The record that a key names now: of several, one that can be read before
    /// one that cannot, then the first by path and place.
    /// `asked` is how many keys this step asks for.
    fn standing(&self, key: &RecordKey, asked: usize) -> Option<Standing> {
        let files = || {
            self.past
                .places
                .get(key)
                .into_iter()
                .flatten()
                .filter_map(|path| Some((path, self.past.files.get(path)?)))
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
                        let series = self.past.series.remove(*old).unwrap_or_default();
                        let was = series.replay().unwrap_or_default().into_iter().collect::<Vec<_>>();
                        self.past.series.insert(key.clone(), series);
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
            self.past.series.entry(key).or_default().changes.push(change);
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
                (None, Some(after)) if after.lost_in.is_none() && !self.past.series.contains_key(key) => {
                    came.push(Side { key, path: &after.path, fields: &after.fields });
                }
                _ => {}
            }
        }
        if gone.is_empty() || came.is_empty() { Vec::new() } else { renamed(&gone, &came) }
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
/// The fields whose values differ, by name; both are ordered by it.
pub fn difference(old: &[(Arc<str>, Arc<str>)], new: &[(Arc<str>, Arc<str>)]) -> Vec<FieldChange> {
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
