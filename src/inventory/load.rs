//! A snapshot to its inventory.

use super::encoding::decode;
use super::placing::Placing;
use super::reading::{self, FileRecords};
use super::{Inventory, Located, Record, evidence, git_days};
use crate::budget::Limits;
use crate::finding::RecordKey;
use crate::history::History;
use crate::record::{Fault, NodeKind, Problem};
use crate::settings::{Encoding, GitDate, Names};
use crate::snapshot::{Entry, ReadProblem, Snapshot};
use crate::source::{RepoPath, SourceFile};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What became of one file.
#[derive(Clone)]
enum Read {
    Records(Arc<SourceFile>, FileRecords, Vec<Located>, Arc<str>),
    Unread(Arc<str>, ReadProblem),
    Unrecognised,
}

/// Files as they were read last, so that an editor parses only the one that
/// changed.
#[derive(Default)]
pub struct Kept {
    /// What they were read by.
    placing: Option<Arc<Placing>>,
    files: HashMap<RepoPath, (Arc<SourceFile>, Read)>,
}

/// Every record of the snapshot.
pub fn load(snapshot: &Snapshot, placing: &Placing, history: &History) -> Inventory {
    let read = candidates(snapshot, placing).into_par_iter();
    let read = read.map(|path| (path, read_one(snapshot, placing, history, path))).collect();
    gathered(snapshot, placing, read)
}

/// As [`load`], parsing only the files whose text is another than `kept`, and
/// keeping them.
pub fn load_again(
    snapshot: &Snapshot,
    placing: &Arc<Placing>,
    history: &History,
    kept: &mut Kept,
) -> Inventory {
    if kept.placing.as_ref().is_none_or(|before| !Arc::ptr_eq(before, placing)) {
        *kept = Kept { placing: Some(placing.clone()), files: HashMap::new() };
    }
    let known = &kept.files;
    let again = |path: &RepoPath| {
        // What a mapping asks git for can change without the text.
        if placing.asks_git() || placing.encoding(path) != Encoding::Utf8 {
            return None;
        }
        let (before, read) = known.get(path)?;
        let now = snapshot.text(path).ok()?;
        (Arc::ptr_eq(before.text(), now.text()) || before.text() == now.text()).then(|| read.clone())
    };
    let read: Vec<(&RepoPath, Read)> = candidates(snapshot, placing)
        .into_par_iter()
        .map(|path| (path, again(path).unwrap_or_else(|| read_one(snapshot, placing, history, path))))
        .collect();
    // What is gone is forgotten.
    kept.files = read
        .iter()
        .filter_map(|(path, read)| match read {
            Read::Records(file, ..) => Some(((*path).clone(), (file.clone(), read.clone()))),
            _ => None,
        })
        .collect();
    gathered(snapshot, placing, read)
}

/// The records of one text, wherever it came from.
pub fn records_of(file: &Arc<SourceFile>, placing: &Placing, limits: &Limits) -> Vec<Record> {
    let places = placing.of(file.path());
    if places.is_empty() { Vec::new() } else { reading::read(file, &places, limits, None).records }
}

fn candidates<'s>(snapshot: &'s Snapshot, placing: &Placing) -> Vec<&'s RepoPath> {
    snapshot
        .entries()
        .iter()
        .filter(|(path, entry)| placing.is_candidate(path) || hides_records(placing, path, **entry))
        .map(|(path, _)| path)
        .collect()
}

fn gathered(snapshot: &Snapshot, placing: &Placing, read: Vec<(&RepoPath, Read)>) -> Inventory {
    let near = snapshot.entries().iter().filter(|(path, entry)| {
        **entry == Entry::File && placing.nearly_maps(path) && !placing.is_candidate(path)
    });
    let near: Vec<RepoPath> = near.map(|(path, _)| path.clone()).collect();
    let mut inventory = Inventory::default();
    for (path, read) in read {
        match read {
            Read::Unrecognised => inventory.unrecognised.push(path.clone()),
            Read::Unread(kind, problem) => inventory.unread.push((path.clone(), kind, problem)),
            Read::Records(file, found, ..) if found.unrecognised => {
                inventory.unrecognised.push(file.path().clone());
            }
            Read::Records(file, found, problems, kind) => {
                inventory.sources.insert(file.path().clone(), file);
                inventory.files += usize::from(!found.records.is_empty());
                inventory.problems.extend(problems);
                if found.broken {
                    inventory.broken_kinds.push(kind);
                }
                inventory.records.extend(found.records);
            }
        }
    }
    inventory.unrecognised.extend(near);
    inventory.unrecognised.sort();
    index(&mut inventory);
    inventory.named_files = evidence::named_files(&inventory.records, snapshot);
    inventory
}

/// Whether something stands in the place of a folder of records that is not
/// entered: a link, a submodule, a pipe.
fn hides_records(placing: &Placing, path: &RepoPath, entry: Entry) -> bool {
    entry != Entry::File && !placing.inside(path).is_empty()
}

fn read_one(snapshot: &Snapshot, placing: &Placing, history: &History, path: &RepoPath) -> Read {
    let mut places = placing.of(path);
    if places.is_empty() && snapshot.entries().get(path) != Some(&Entry::File) {
        places = placing.inside(path);
    }
    let Some(place) = places.first() else { return Read::Unrecognised };
    let kind = place.kind().name.clone();
    match text(snapshot, placing, path) {
        Ok(file) => {
            let git = |which: GitDate, bots: &Names| git_days::day(history, path, which, bots);
            let mut found = reading::read(&file, &places, snapshot.limits(), Some(&git));
            let problems = problems(&file, &mut found);
            Read::Records(file, found, problems, kind)
        }
        Err(problem) => Read::Unread(kind, problem),
    }
}

/// The text of a file, in the encoding that the mapping gives it.
pub(super) fn text(
    snapshot: &Snapshot,
    placing: &Placing,
    path: &RepoPath,
) -> Result<Arc<SourceFile>, ReadProblem> {
    match placing.encoding(path) {
        Encoding::Utf8 => snapshot.text(path),
        encoding => Ok(SourceFile::new(path.clone(), decode(encoding, snapshot.bytes(path)?)?)),
    }
}

/// The problems of a file and of its records, in the order of the records. The
/// records of a large register are checked side by side.
fn problems(file: &Arc<SourceFile>, found: &mut FileRecords) -> Vec<Located> {
    let locate =
        |problem: Problem, record: Option<RecordKey>| Located { file: file.clone(), problem, record };
    let of_file = std::mem::take(&mut found.problems);
    let mut problems: Vec<Located> = of_file.into_iter().map(|problem| locate(problem, None)).collect();
    for (at, problem) in std::mem::take(&mut found.of_records) {
        let key = found.records.get(at).map(|record| record.key.clone());
        problems.push(locate(problem, key));
    }
    let records = &found.records;
    let of_records: Vec<Vec<Problem>> = records.par_iter().map(|record| form(record, records)).collect();
    for (record, found) in records.iter().zip(of_records) {
        problems.extend(found.into_iter().map(|problem| locate(problem, Some(record.key.clone()))));
    }
    // A header of a CSV file is wrong once, not once for each row.
    let mut told = BTreeSet::new();
    problems.retain(|located| {
        let problem = &located.problem;
        told.insert((problem.fault, problem.span, problem.message.clone()))
    });
    problems
}

/// What is wrong with a record of a file under its schema; the rows inside a
/// metric are checked with the metric.
pub(super) fn form(record: &Record, all: &[Record]) -> Vec<Problem> {
    let (tree, node) = record.node();
    if tree.kind(node) == NodeKind::Mapping && !is_row(record, all) {
        let problems = record.kind.check(tree, node);
        match &record.mapped {
            None => problems,
            Some(mapped) => problems.into_iter().map(|problem| mapped.layout.advise(problem, tree)).collect(),
        }
    } else {
        Vec::new()
    }
}

fn is_row(record: &Record, all: &[Record]) -> bool {
    &*record.kind.name == "measurement" && all.first().is_some_and(|first| &*first.kind.name == "metric")
}

/// Finds records by key and id, and ids that stand twice.
fn index(inventory: &mut Inventory) {
    let mut by_key: BTreeMap<RecordKey, usize> = BTreeMap::new();
    let mut by_kind: BTreeMap<Arc<str>, Vec<usize>> = BTreeMap::new();
    let mut by_id: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut parts = BTreeMap::new();
    let mut twice = Vec::new();
    for (at, record) in inventory.records.iter().enumerate() {
        by_kind.entry(record.kind.name.clone()).or_default().push(at);
        if !record.identified {
            continue;
        }
        parts.extend(record.parts().into_iter().map(|part| (part, at)));
        match by_key.get(&record.key) {
            None => {
                by_key.insert(record.key.clone(), at);
                by_id.entry(record.key.id.unescaped().to_owned()).or_default().push(at);
            }
            Some(first) => twice.push((at, *first)),
        }
    }
    for (at, first) in twice {
        let (record, first) = (&inventory.records[at], &inventory.records[first]);
        let message = format!(
            "the {} `{}` stands here a second time",
            record.kind.name.replace('_', " "),
            record.key.id.unescaped()
        );
        let mut problem = Problem::new(Fault::DuplicateId, record.place.span, message);
        if first.place.file.path() == record.place.file.path() {
            problem = problem.related(first.place.span, "the first one");
        } else {
            let line = first.place.file.position(first.place.span.start).line;
            problem = problem.help(format!(
                "Give one of them an id of its own; the first one stands in {}, line {line}.",
                first.place.file.path().shown()
            ));
        }
        inventory.problems.push(Located {
            file: record.place.file.clone(),
            problem,
            record: Some(record.key.clone()),
        });
    }
    inventory.by_key = by_key;
    inventory.by_kind = by_kind;
    inventory.by_id = by_id;
    inventory.parts = parts;
}
