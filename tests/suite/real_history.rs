//! The field log of a real repository, held against its files: a measurement
//! and a proof to run by hand.
//!
//! ```text
//! ISMSLINT_REAL_GIT_DIR=DIR ISMSLINT_REAL_SETTINGS=isms.yaml ISMSLINT_REAL_EVERY=50 \
//!     cargo test --test suite -- --ignored real_history --nocapture
//! ```
//!
//! At every n-th step all files of the commit are read whole, and the log,
//! replayed up to that step, must give the same records. `EVERY=0` only builds
//! the log; `ISMSLINT_REAL_PRINT=1` prints it.

use ismslint::budget::Limits;
use ismslint::finding::RecordKey;
use ismslint::git::{Mode, Oid, Store, bare};
use ismslint::history::{
    Evidence, FileImage, History, ReadImages, Repository, Series, What, build, build_with,
};
use ismslint::inventory::{Placing, Reader};
use ismslint::kind::Kinds;
use ismslint::settings;
use ismslint::snapshot::decode;
use ismslint::source::{RepoPath, SourceFile};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

type Fields = BTreeMap<String, String>;

fn asked(name: &str) -> Option<String> {
    std::env::var(format!("ISMSLINT_REAL_{name}")).ok()
}

fn reader() -> Reader {
    let text = std::fs::read_to_string(asked("SETTINGS").expect("the settings are named")).expect("readable");
    let settings = settings::load(&SourceFile::new("isms.yaml".into(), text));
    let settings = settings.unwrap_or_else(|wrong| panic!("{}", wrong[0].message.unescaped()));
    let placing = Placing::new(&settings, &Kinds::embedded());
    let placing = placing.unwrap_or_else(|wrong| panic!("{}", wrong[0].message.unescaped()));
    Reader::new(Arc::new(placing), Limits::STANDARD)
}

#[test]
#[ignore = "needs a repository that is not part of this one"]
fn real_history_is_what_its_files_say() {
    let dir = bare(&PathBuf::from(asked("GIT_DIR").expect("the git folder is named"))).expect("a repository");
    let store = Store::open(&dir, Limits::STANDARD).expect("opens");
    let head = store.resolve(&asked("REV").unwrap_or_else(|| "HEAD".to_owned())).expect("a commit");
    let store = Arc::new(Mutex::new(store));
    let reader = reader();
    let began = Instant::now();
    let line = Repository::new(store.clone(), head, RepoPath::new(b""), chrono_tz::UTC);
    let headers = began.elapsed();
    let history = build(&line, &reader, None);
    let all = began.elapsed();
    assert_eq!(history.evidence, Evidence::Complete);
    let changes: usize = history.series.values().map(|series| series.changes.len()).sum();
    let records = history.series.values().filter(|series| series.deletion().is_none()).count();
    println!(
        "{} steps, {} series ({records} alive), {changes} changes; {all:?}, of it {headers:?} for headers",
        history.steps.len(),
        history.series.len()
    );
    if asked("PRINT").is_some() {
        print(&history);
    }
    let every = asked("EVERY").map_or(0, |every| every.parse().expect("a number"));
    if every == 0 {
        return;
    }
    let whole = build_with(&line, &reader, None, false);
    assert_eq!(whole.series, history.series, "windows change nothing");
    let mut images = HashMap::new();
    let (mut steps, mut compared, mut hidden) = (0, 0, 0);
    for at in (0..history.steps.len()).rev().step_by(every) {
        let commit = history.steps[at].by.commit.as_bytes();
        let id = Oid::from_hex(commit).expect("an id");
        let (found, broken) = moment(&store.lock().expect("free"), id, &reader, &mut images);
        let mut logged = logged(&history, at);
        logged.retain(|_, (path, _)| {
            hidden += usize::from(broken.contains(path));
            !broken.contains(path)
        });
        for key in found.keys().chain(logged.keys()) {
            assert_eq!(logged.get(key), found.get(key), "step {at}, {key:?}");
        }
        steps += 1;
        compared += found.len();
    }
    println!("{compared} records at {steps} steps agree; {hidden} stood in files that could not be read");
}

/// Every record of a commit by its first place, and the files that cannot be
/// read to the end.
fn moment(
    store: &Store,
    commit: Oid,
    reader: &Reader,
    images: &mut HashMap<(RepoPath, Oid), FileImage>,
) -> (BTreeMap<RecordKey, (RepoPath, Fields)>, BTreeSet<RepoPath>) {
    let tree = store.commit(commit).expect("readable").tree;
    let (mut found, mut broken) = (BTreeMap::new(), BTreeSet::new());
    for file in store.tree_files(tree, &RepoPath::new(b"")).expect("readable") {
        let is_file = matches!(file.entry.mode, Mode::File | Mode::Executable);
        if !is_file || !reader.may_hold_records(&file.path) {
            continue;
        }
        let image = images.entry((file.path.clone(), file.entry.id)).or_insert_with(|| {
            decode(store.blob(file.entry.id).expect("there")).map_or_else(
                |_| FileImage { broken: true, ..FileImage::default() },
                |text| reader.images(&SourceFile::new(file.path.clone(), text)),
            )
        });
        if image.broken {
            broken.insert(file.path);
            continue;
        }
        for record in &image.records {
            let fields = record.fields.iter().map(|(name, value)| (name.to_string(), value.to_string()));
            found.entry(record.key.clone()).or_insert_with(|| (file.path.clone(), fields.collect()));
        }
    }
    (found, broken)
}

/// What the log says of every record after a step, under the id of that time.
fn logged(history: &History, at: usize) -> BTreeMap<RecordKey, (RepoPath, Fields)> {
    let mut logged = BTreeMap::new();
    for (key, series) in &history.series {
        let until = series.changes.partition_point(|change| change.step <= at);
        let (past, future) = series.changes.split_at(until);
        let later_name = future.iter().find_map(|change| match &change.what {
            What::Renamed(old) => Some(old),
            _ => None,
        });
        let past = Series { changes: past.to_vec() };
        let Some((fields, last)) = past.replay().zip(past.changes.last()) else { continue };
        let fields = fields.into_iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        logged.insert(later_name.unwrap_or(key).clone(), (last.path.clone(), fields));
    }
    logged
}

/// One line for each change: step, commit, arrival, what, fields.
#[expect(clippy::print_stdout, reason = "it is run by hand, to be read")]
fn print(history: &History) {
    for (key, series) in &history.series {
        println!("{} {}", key.kind, key.id.unescaped());
        for change in &series.changes {
            let step = &history.steps[change.step];
            let fields: Vec<_> = change.fields.iter().map(|field| &*field.field).collect();
            let what = match &change.what {
                What::Renamed(old) => format!("Renamed from {}", old.id.unescaped()),
                what => format!("{what:?}"),
            };
            let day = step.arrived.map(|day| day.to_string()).unwrap_or_default();
            println!("    {:.10} {day} {what}: {}", step.by.commit, fields.join(" "));
        }
    }
}
