//! The field log as its definition reads, without a thought of speed: every
//! version of every file is read whole, every moment is a map of all records,
//! and two moments are compared. Written apart from the code that it is held
//! against; only the reading of one whole file is shared.

use ismslint::finding::RecordKey;
use ismslint::history::{Change, FieldChange, FileImage, ReadImages, Series, What};
use ismslint::source::{RepoPath, SourceFile};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// All files of one commit.
pub(crate) type Files = BTreeMap<RepoPath, Vec<u8>>;
type Fields = BTreeMap<String, String>;

/// A record at one moment.
#[derive(Clone, PartialEq)]
pub(crate) struct Known {
    path: RepoPath,
    pub(crate) fields: Fields,
    /// The step since which its file hides it.
    hidden_since: Option<usize>,
}

/// The records of a moment.
pub(crate) type Moment = BTreeMap<RecordKey, Known>;

/// What a file holds, and what it hides: records of its last readable version
/// that an unreadable one may still hold.
#[derive(Clone, Default)]
struct Held {
    found: Vec<(RecordKey, Fields)>,
    hidden: BTreeMap<RecordKey, (Fields, usize)>,
}

/// Reads commits one by one.
pub(crate) struct Naive<'r> {
    reader: &'r dyn ReadImages,
    /// One file read twice gives the same: bytes are read once for each path.
    read: HashMap<(RepoPath, Vec<u8>), FileImage>,
    files: BTreeMap<RepoPath, Held>,
    step: usize,
    pub(crate) moment: Moment,
    pub(crate) series: BTreeMap<RecordKey, Series>,
}

impl<'r> Naive<'r> {
    pub(crate) fn new(reader: &'r dyn ReadImages) -> Self {
        let (read, files, moment, series) = Default::default();
        Self { reader, read, files, step: 0, moment, series }
    }

    /// The series of a whole line.
    pub(crate) fn of(reader: &'r dyn ReadImages, line: &[Files]) -> Self {
        let mut naive = Self::new(reader);
        for files in line {
            naive.commit(files);
        }
        naive
    }

    /// Goes on to a commit; whether it did anything to records.
    pub(crate) fn commit(&mut self, files: &Files) -> bool {
        let mut held = BTreeMap::new();
        for (path, bytes) in files {
            if self.reader.may_hold_records(path) {
                let before = self.files.get(path).cloned().unwrap_or_default();
                held.insert(path.clone(), self.held(path, bytes, &before));
            }
        }
        self.files = held;
        let after = moment(&self.files);
        let any = self.compare(&after);
        self.moment = after;
        self.step += 1;
        any
    }

    fn held(&mut self, path: &RepoPath, bytes: &[u8], before: &Held) -> Held {
        let image = self.read.entry((path.clone(), bytes.to_vec())).or_insert_with(|| {
            self.reader.decode(path, bytes.to_vec()).map_or_else(
                || FileImage { broken: true, ..FileImage::default() },
                |text| self.reader.images(&SourceFile::new(path.clone(), text)),
            )
        });
        let in_this = |whole: bool| {
            let records = image.records.iter().filter(move |record| record.is_whole == whole);
            records.map(|record| (record.key.clone(), fields(&record.fields)))
        };
        let found: Vec<_> = in_this(true).collect();
        let mut hidden = BTreeMap::new();
        if image.broken {
            for (key, fields) in &before.found {
                hidden.entry(key.clone()).or_insert((fields.clone(), self.step));
            }
            for (key, known) in &before.hidden {
                hidden.entry(key.clone()).or_insert(known.clone());
            }
            // Of a record that is there in part the rest is hidden, not gone.
            for (key, fields) in in_this(false) {
                hidden.entry(key).or_insert((fields, self.step));
            }
            hidden.retain(|key, _| found.iter().all(|(found, _)| found != key));
        }
        Held { found, hidden }
    }

    fn compare(&mut self, after: &Moment) -> bool {
        let before = std::mem::take(&mut self.moment);
        let renamed = self.renamed(&before, after);
        let mut any = false;
        for (old, new) in &renamed {
            let mut series = self.series.remove(old).expect("it had a life");
            let (was, is) = (&before[old], &after[new]);
            series.changes.push(self.change(What::Renamed(old.clone()), Some(was), Some(is)));
            self.series.insert(new.clone(), series);
            any = true;
        }
        let keys: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
        for key in keys {
            if renamed.iter().any(|(old, new)| old == key || new == key) {
                continue;
            }
            let (was, is) = (before.get(key), after.get(key));
            let what = match (was, is) {
                (None, _) => What::Created,
                (_, None) => What::Deleted,
                (Some(was), Some(is)) if was.fields == is.fields && was.path == is.path => continue,
                _ => What::Changed,
            };
            let change = self.change(what, was, is);
            self.series.entry(key.clone()).or_default().changes.push(change);
            any = true;
        }
        any
    }

    fn change(&self, what: What, was: Option<&Known>, is: Option<&Known>) -> Change {
        let none = Fields::new();
        let (old, new) = (was.map_or(&none, |was| &was.fields), is.map_or(&none, |is| &is.fields));
        let names: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
        let fields = names.into_iter().filter(|name| old.get(*name) != new.get(*name)).map(|name| {
            let value = |fields: &Fields| fields.get(name).map(|value| value.as_str().into());
            FieldChange { field: name.as_str().into(), old: value(old), new: value(new) }
        });
        let hidden = |known: Option<&Known>| known.and_then(|known| known.hidden_since);
        Change {
            step: self.step,
            fields: fields.collect(),
            path: is.or(was).expect("one side").path.clone(),
            unknown_since: hidden(was).filter(|_| hidden(is).is_none() && !matches!(what, What::Renamed(_))),
            what,
        }
    }

    /// Records that went and came in one file in one step, more than half alike,
    /// the likest first.
    fn renamed(&self, before: &Moment, after: &Moment) -> Vec<(RecordKey, RecordKey)> {
        let mut pairs = Vec::new();
        for (old, was) in
            before.iter().filter(|(key, was)| !after.contains_key(*key) && was.hidden_since.is_none())
        {
            for (new, is) in after.iter().filter(|(key, is)| {
                !before.contains_key(*key) && is.hidden_since.is_none() && !self.series.contains_key(*key)
            }) {
                let same = was
                    .fields
                    .iter()
                    .filter(|(name, value)| *name != "id" && is.fields.get(*name) == Some(*value));
                let count = |fields: &Fields| fields.keys().filter(|name| *name != "id").count();
                let (same, most) = (same.count(), count(&was.fields).max(count(&is.fields)));
                let elsewhere = was.path != is.path;
                let title = was.fields.get("title");
                let is_candidate = !elsewhere || (title.is_some() && title == is.fields.get("title"));
                if old.kind == new.kind && is_candidate && 2 * same > most {
                    // A fraction, compared without rounding: all share a multiple.
                    pairs.push((elsewhere, Reverse(same * 720_720 / most), old.clone(), new.clone()));
                }
            }
        }
        pairs.sort();
        let mut chosen: Vec<(RecordKey, RecordKey)> = Vec::new();
        for (_, _, old, new) in pairs {
            if chosen.iter().all(|(one, other)| *one != old && *other != new) {
                chosen.push((old, new));
            }
        }
        chosen
    }
}

/// For each key the first record by path and place; one that can be read comes
/// before one that cannot.
fn moment(files: &BTreeMap<RepoPath, Held>) -> Moment {
    let mut moment = Moment::new();
    for (path, held) in files {
        for (key, fields) in &held.found {
            let known = Known { path: path.clone(), fields: fields.clone(), hidden_since: None };
            moment.entry(key.clone()).or_insert(known);
        }
    }
    for (path, held) in files {
        for (key, (fields, since)) in &held.hidden {
            let known = Known { path: path.clone(), fields: fields.clone(), hidden_since: Some(*since) };
            moment.entry(key.clone()).or_insert(known);
        }
    }
    moment
}

fn fields(fields: &[(std::sync::Arc<str>, std::sync::Arc<str>)]) -> Fields {
    fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}
