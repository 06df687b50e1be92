//! The field log held against its definition, on random histories: in memory,
//! in real repositories, with windows and without, committed and not yet.

use crate::git_cli::{Dice, store};
use crate::naive_log::{Files, Naive};
use crate::random_isms::Isms;
use chrono::{Days, NaiveDate};
use ismslint::budget::Limits;
use ismslint::git::write::{Person, Writer};
use ismslint::git::{Instant, Oid};
use ismslint::history::{
    Authorship, FileImage, History, MemoryCommit, MemoryLine, ReadImages, Repository, Series, Step, build,
    build_with,
};
use ismslint::inventory::{Placing, Reader};
use ismslint::kind::Kinds;
use ismslint::settings::Settings;
use ismslint::snapshot::Snapshot;
use ismslint::source::{RepoPath, SourceFile, Span};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A commit of a random graph.
struct Node {
    files: Files,
    parents: Vec<usize>,
}

/// Commits, and which of them are the main line.
struct Graph {
    nodes: Vec<Node>,
    main: Vec<usize>,
}

impl Graph {
    fn random(seed: u64, steps: usize) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut isms = Isms::new(&mut dice, seed.is_multiple_of(3));
        let mut graph =
            Self { nodes: vec![Node { files: isms.files(), parents: Vec::new() }], main: vec![0] };
        while graph.main.len() < steps {
            let tip = graph.main[graph.main.len() - 1];
            let mut parents = vec![tip];
            if dice.roll(5) == 0 {
                let (base, mut side, mut head) = (isms.clone(), isms.clone(), tip);
                for _ in 0..=dice.roll(3) {
                    side.change(&mut dice);
                    graph.nodes.push(Node { files: side.files(), parents: vec![head] });
                    head = graph.nodes.len() - 1;
                }
                if dice.roll(2) == 0 {
                    isms.change(&mut dice);
                    graph.commit(&isms, parents);
                    parents = vec![graph.nodes.len() - 1];
                }
                parents.push(head);
                isms.merge(&base, &side);
            } else {
                for _ in 0..=dice.roll(3) {
                    isms.change(&mut dice);
                }
            }
            graph.commit(&isms, parents);
        }
        graph
    }

    fn commit(&mut self, isms: &Isms, parents: Vec<usize>) {
        self.nodes.push(Node { files: isms.files(), parents });
        self.main.push(self.nodes.len() - 1);
    }

    fn line(&self) -> Vec<Files> {
        self.main.iter().map(|node| self.nodes[*node].files.clone()).collect()
    }

    /// The commits that a merge brought, oldest first.
    fn side(&self, step: usize) -> Vec<usize> {
        let mut side = Vec::new();
        let mut next = self.nodes[self.main[step]].parents.get(1).copied();
        while let Some(node) = next.filter(|node| !self.main.contains(node)) {
            side.insert(0, node);
            next = self.nodes[node].parents.first().copied();
        }
        side
    }
}

/// Counts how registers that are worth a window were read.
struct Counting {
    reader: Reader,
    whole: AtomicUsize,
    parts: AtomicUsize,
}

impl ReadImages for Counting {
    fn may_hold_records(&self, path: &RepoPath) -> bool {
        self.reader.may_hold_records(path)
    }

    fn images(&self, file: &Arc<SourceFile>) -> FileImage {
        self.whole.fetch_add(usize::from(file.text().len() >= 2048), Ordering::Relaxed);
        self.reader.images(file)
    }

    fn images_of_part(&self, file: &Arc<SourceFile>, part: Span) -> FileImage {
        let image = self.reader.images_of_part(file, part);
        self.parts.fetch_add(usize::from(!image.broken), Ordering::Relaxed);
        image
    }
}

fn reader() -> Counting {
    let placing = Placing::new(&Settings::default(), &Kinds::embedded()).expect("no mapping, no mistakes");
    let reader = Reader::new(Arc::new(placing), Limits::STANDARD);
    Counting { reader, whole: AtomicUsize::new(0), parts: AtomicUsize::new(0) }
}

fn day(step: usize) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a day");
    first + Days::new(step as u64)
}

fn memory(line: &[Files]) -> MemoryLine {
    let commit = |(number, files): (usize, &Files)| {
        let mut commit = MemoryCommit::new(number, "Ana", "ana@example.org", day(number), "a change");
        commit.files = files.clone();
        commit
    };
    MemoryLine::new(line.iter().enumerate().map(commit).collect())
}

fn agree(ours: &BTreeMap<RecordKey, Series>, theirs: &BTreeMap<RecordKey, Series>, what: &str) {
    for key in ours.keys().chain(theirs.keys()) {
        assert_eq!(ours.get(key), theirs.get(key), "{what}: {key:?}");
    }
}

use ismslint::finding::RecordKey;

/// Replaying every series gives the records of the last moment, and no other.
fn ends_in_the_last_moment(history: &History, naive: &Naive<'_>, what: &str) {
    for (key, series) in &history.series {
        let ours = series.replay().map(|fields| {
            fields.into_iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
        });
        assert_eq!(ours.as_ref(), naive.moment.get(key).map(|known| &known.fields), "{what}: {key:?}");
    }
    assert!(naive.moment.keys().all(|key| history.series.contains_key(key)), "{what}: all are logged");
}

#[test]
fn the_log_of_random_histories_is_what_its_definition_says() {
    let (seeds, reader) = (210, reader());
    let mut kinds = BTreeMap::new();
    for seed in 0..seeds {
        let line = Graph::random(seed, 16).line();
        let naive = Naive::of(&reader.reader, &line);
        let history = build(&memory(&line), &reader, None);
        agree(&history.series, &naive.series, &format!("seed {seed}"));
        ends_in_the_last_moment(&history, &naive, &format!("seed {seed}"));
        for change in history.series.values().flat_map(|series| &series.changes) {
            let what = format!("{:?}", change.what);
            let what = what.split('(').next().unwrap_or_default().to_owned();
            *kinds.entry((what, change.unknown_since.is_some())).or_insert(0) += 1;
        }
    }
    for what in ["Created", "Changed", "Deleted", "Renamed"] {
        assert!(kinds.get(&(what.to_owned(), false)).is_some_and(|count| *count > 60), "{what}: {kinds:?}");
    }
    assert!(kinds.get(&("Changed".to_owned(), true)).is_some_and(|count| *count > 50), "gaps: {kinds:?}");
}

#[test]
fn windows_are_used_and_change_nothing() {
    let (counting, other) = (reader(), reader());
    for seed in (3000..3060).step_by(3) {
        let line = memory(&Graph::random(seed, 25).line());
        let with = build(&line, &counting, None);
        let without = build_with(&line, &other, None, false);
        agree(&with.series, &without.series, &format!("seed {seed}"));
    }
    let (parts, whole) = (counting.parts.load(Ordering::Relaxed), counting.whole.load(Ordering::Relaxed));
    assert!(parts * 2 > whole && parts > 80, "{parts} windows beside {whole} whole registers");
    assert_eq!(other.parts.load(Ordering::Relaxed), 0, "without windows there are none");
}

#[test]
fn what_is_not_committed_yet_counts_as_the_commit_it_will_be() {
    let reader = reader();
    let mut counted = 0;
    for seed in 1000..1060 {
        let line = Graph::random(seed, 12).line();
        let (last, before) = line.split_last().expect("steps");
        let committed = build(&memory(&line), &reader, None);
        let snapshot = Snapshot::of_files(last.clone());
        let pending = build(&memory(before), &reader, Some((&snapshot, Step::pending(day(99)))));
        agree(&pending.series, &committed.series, &format!("seed {seed}"));
        counted += usize::from(pending.steps.len() > before.len());
        // With nothing uncommitted there is no step more.
        let clean = build(&memory(&line), &reader, Some((&snapshot, Step::pending(day(99)))));
        assert_eq!(clean.steps.len(), line.len(), "seed {seed}: nothing is pending");
        agree(&clean.series, &committed.series, &format!("seed {seed}, clean"));
    }
    assert!(counted > 40, "{counted} had something uncommitted");
}

#[test]
fn real_repositories_log_the_same_and_know_who_wrote_what() {
    let reader = reader();
    let mut merged = 0;
    for seed in 2000..2020 {
        let graph = Graph::random(seed, 14);
        let home = tempfile::tempdir().expect("a folder");
        let root = home.path().join("isms");
        let ids = write(&root, &graph).expect("written");
        let store = Arc::new(Mutex::new(store(&root)));
        let head = ids[*graph.main.last().expect("commits")];
        let line = Repository::new(store, head, RepoPath::new(b""), chrono_tz::UTC);
        let history = build(&line, &reader, None);
        let mut naive = Naive::new(&reader.reader);
        for (step, node) in graph.main.iter().enumerate() {
            let any = naive.commit(&graph.nodes[*node].files);
            let wanted = if any { authors(&graph, &ids, step, &reader) } else { Vec::new() };
            let found: Vec<_> =
                history.steps[step].side.iter().map(|(path, by)| (path.clone(), commit(by))).collect();
            assert_eq!(found, wanted, "seed {seed}, step {step}");
            merged += found.len();
        }
        agree(&history.series, &naive.series, &format!("seed {seed}"));
        let memory = build(&memory(&graph.line()), &reader, None);
        agree(&history.series, &memory.series, &format!("seed {seed}, in memory"));
    }
    assert!(merged > 40, "{merged} files came by a merge");
}

fn commit(by: &Authorship) -> String {
    by.commit.to_string()
}

/// The commits of a merged branch that touched a file which the merge changed.
fn authors(graph: &Graph, ids: &[Oid], step: usize, reader: &Counting) -> Vec<(RepoPath, String)> {
    let Some(before) = step.checked_sub(1) else { return Vec::new() };
    let (old, new) = (&graph.nodes[graph.main[before]].files, &graph.nodes[graph.main[step]].files);
    let paths: std::collections::BTreeSet<&RepoPath> = old
        .keys()
        .chain(new.keys())
        .filter(|path| old.get(*path) != new.get(*path) && reader.may_hold_records(path))
        .collect();
    let mut found = Vec::new();
    for node in graph.side(step) {
        let parent = &graph.nodes[graph.nodes[node].parents[0]].files;
        let touched = paths.iter().filter(|path| parent.get(**path) != graph.nodes[node].files.get(**path));
        // A folder that a file became, or the other way, is touched as well.
        found.extend(touched.map(|path| ((*path).clone(), ids[node].to_string())));
    }
    found
}

fn write(root: &std::path::Path, graph: &Graph) -> std::io::Result<Vec<Oid>> {
    let mut writer = Writer::create(root)?;
    let mut ids: Vec<Oid> = Vec::new();
    for (number, node) in graph.nodes.iter().enumerate() {
        let when = Instant {
            seconds: 1_700_000_000 + i64::try_from(number).expect("few") * 86_400,
            offset_minutes: 0,
        };
        let person = Person { name: "Ana", email: "ana@example.org", when };
        let parents: Vec<Oid> = node.parents.iter().map(|parent| ids[*parent]).collect();
        ids.push(writer.commit(&node.files, &parents, person, person, "a change")?);
    }
    writer.branch("main", *ids.last().expect("commits"))?;
    Ok(ids)
}
