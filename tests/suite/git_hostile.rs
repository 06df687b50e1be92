//! Git folders that lie, break or try to hang the reader.

#![expect(clippy::disallowed_methods, reason = "a forger reads what he forges")]

use crate::git_cli::{Dice, Repo, feed, random};
use ismslint::budget::Limits;
use ismslint::git::{Completeness, GitProblem, Head, ObjectProblem, Oid, Store, index, locate};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

/// Runs `work` on a thread of its own and fails when it does not end.
fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, wait) = mpsc::channel();
    std::thread::spawn(move || done.send(work()));
    wait.recv_timeout(Duration::from_secs(20)).expect("it hangs")
}

fn fifo(path: &Path) {
    if path.exists() {
        fs::remove_file(path).expect("removed");
    }
    assert!(Command::new("mkfifo").arg(path).status().expect("runs").success());
}

/// What a check would ask first.
fn open(root: &Path) -> Result<Head, GitProblem> {
    let place = locate(root)?.expect("found");
    Store::open(&place, Limits::STANDARD).map(|store| store.head())
}

#[test]
fn pipes_in_the_place_of_files_are_reported() {
    for name in [
        "HEAD",
        "config",
        "shallow",
        "packed-refs",
        "commondir",
        "refs/heads/main",
        "objects/info/alternates",
        "objects/info/commit-graph",
        "objects/pack/multi-pack-index",
        "objects/pack/pack-1.idx",
        "objects/pack/pack-1.pack",
        "objects/ab/cdef",
    ] {
        let repo = Repo::linear(1);
        if name == "packed-refs" {
            fs::remove_file(repo.dot_git("refs/heads/main")).expect("removed");
        }
        fs::create_dir_all(repo.dot_git(name).parent().expect("a folder")).expect("made");
        fifo(&repo.dot_git(name));
        let root = repo.root.clone();
        let why = match in_time(move || open(&root)) {
            Err(problem) => problem.to_string(),
            Ok(Head::Unreadable { why }) => why,
            Ok(head) => panic!("{name}: {head:?}"),
        };
        assert!(why.contains("a pipe, socket or device"), "{name}: {why}");
    }
}

#[test]
fn pipes_elsewhere_do_not_hang_either() {
    let repo = Repo::linear(1);
    fifo(&repo.dot_git("index"));
    let git_dir = repo.root.join(".git");
    assert!(in_time(move || index::read(&git_dir, None, &Limits::STANDARD)).is_err());

    let home = tempfile::tempdir().expect("a folder");
    fifo(&home.path().join(".git"));
    let root = home.path().to_path_buf();
    assert!(in_time(move || locate(&root)).is_err());

    let lender = Repo::linear(1);
    fifo(&lender.dot_git("objects/pack/x.idx"));
    let repo = Repo::linear(1);
    let line = format!("{}\n", lender.dot_git("objects").display());
    fs::write(repo.dot_git("objects/info/alternates"), line).expect("written");
    let root = repo.root.clone();
    assert!(in_time(move || open(&root)).is_err(), "a pipe in an alternate");
}

#[test]
fn links_among_gits_files_are_reported() {
    for name in ["HEAD", "shallow", "objects/pack/pack-1.pack", "refs/heads"] {
        let repo = Repo::linear(1);
        let path = repo.dot_git(name);
        if path.is_dir() {
            fs::rename(&path, repo.beside("moved")).expect("moved");
        } else if path.exists() {
            fs::remove_file(&path).expect("removed");
        }
        std::os::unix::fs::symlink(repo.beside("moved"), &path).expect("linked");
        match open(&repo.root) {
            Err(problem) => assert!(problem.to_string().contains("symbolic link"), "{name}: {problem}"),
            Ok(Head::Unreadable { why }) => assert!(why.contains("symbolic link"), "{name}: {why}"),
            Ok(head) => panic!("{name}: {head:?}"),
        }
    }
}

#[test]
fn local_rewriting_has_no_hold() {
    let repo = Repo::linear(6);
    let expected = repo.store().first_parent_line(repo.id("HEAD"));
    let (head, root) = (repo.id("HEAD"), repo.id("HEAD~5"));
    fs::create_dir_all(repo.dot_git("info")).expect("made");
    fs::write(repo.dot_git("info/grafts"), format!("{head} {root}\n")).expect("written");
    assert_eq!(repo.text(&["rev-list", "--count", "HEAD"]), "2", "git itself believes the graft");
    assert_eq!(repo.store().first_parent_line(head), expected);
    fs::remove_file(repo.dot_git("info/grafts")).expect("removed");
    repo.git(&["replace", "--graft", "HEAD", "HEAD~5"]);
    assert_eq!(repo.text(&["rev-list", "--count", "HEAD"]), "2", "git itself believes the replacement");
    assert_eq!(repo.store().first_parent_line(head), expected);
}

#[test]
fn configuration_has_no_hold() {
    let repo = Repo::linear(2);
    fifo(&repo.dot_git("trap"));
    let trap = repo.dot_git("trap");
    let config = format!(
        "[include]\n\tpath = {}\n[core]\n\trepositoryformatversion = 1\n\tworktree = /etc\n\tbare = true\n\
         \tfsmonitor = touch x\n[extensions]\n\tunheardOf = true\n\tpartialClone = origin\n",
        trap.display()
    );
    fs::write(repo.dot_git("config"), config).expect("written");
    let root = repo.root.clone();
    let place = locate(&root).expect("readable").expect("found");
    assert_eq!(place.work_root.as_deref(), Some(root.as_path()));
    assert!(matches!(in_time(move || open(&root)), Ok(Head::Commit { .. })));
}

#[test]
fn a_forged_boundary_makes_the_history_incomplete() {
    let repo = Repo::linear(5);
    let boundary = repo.id("HEAD~2");
    fs::write(repo.dot_git("shallow"), format!("{boundary}\n")).expect("written");
    let line = repo.store().first_parent_line(repo.id("HEAD"));
    assert_eq!((line.steps.len(), line.completeness), (3, Completeness::Shallow { boundary }));
    fs::write(repo.dot_git("shallow"), "not an id\n").expect("written");
    assert!(open(&repo.root).is_err());
}

fn loose(repo: &Repo, id: Oid) -> PathBuf {
    let hex = id.to_string();
    repo.dot_git("objects").join(&hex[..2]).join(&hex[2..])
}

fn replace(path: &Path, content: &[u8]) {
    fs::remove_file(path).expect("read-only files can be removed");
    fs::write(path, content).expect("written");
}

#[test]
fn damaged_and_exchanged_objects_are_found() {
    let repo = Repo::linear(4);
    let (head, second) = (repo.id("HEAD"), repo.id("HEAD~2"));
    let honest = fs::read(loose(&repo, second)).expect("loose");
    let forged = fs::read(loose(&repo, repo.id("HEAD~3"))).expect("loose");
    for (content, why) in [
        (b"garbage".to_vec(), "garbage"),
        (Vec::new(), "empty"),
        (honest[..honest.len() / 2].to_vec(), "cut short"),
        (forged, "another commit under this id"),
    ] {
        replace(&loose(&repo, second), &content);
        let line = repo.store().first_parent_line(head);
        assert_eq!(line.steps.len(), 2, "{why}");
        assert!(
            matches!(line.completeness, Completeness::Unreadable { why: ObjectProblem::Corrupt { id, .. } } if id == second),
            "{why}: {}",
            line.completeness
        );
    }
    fs::remove_file(loose(&repo, second)).expect("removed");
    let line = repo.store().first_parent_line(head);
    assert_eq!(line.completeness, Completeness::Missing { object: second });
}

#[test]
fn loose_objects_are_read_as_git_wrote_them() {
    let repo = Repo::new();
    let mut dice = Dice(5);
    let mut noise = |length: usize, alphabet: usize| -> Vec<u8> {
        (0..length).map(|_| u8::try_from(dice.roll(alphabet)).expect("a byte")).collect()
    };
    let contents = [
        Vec::new(),
        b"id: R-1\n".repeat(20_000),
        noise(150_000, 256),
        noise(150_000, 3),
        noise(90_000, 40),
        noise(17, 256),
        vec![0; 1 << 20],
        [noise(40_000, 7), noise(40_000, 7)].concat().repeat(2),
    ];
    for content in contents {
        for level in ["0", "1", "6", "9"] {
            let option = format!("core.looseCompression={level}");
            let args = ["-c", &option, "hash-object", "-w", "--stdin"];
            let id = Oid::from_hex(feed(&repo.root, &args, &content).trim_ascii()).expect("an id");
            assert!(
                repo.store().verified_blob(id) == Ok(content.clone()),
                "{} bytes, level {level}",
                content.len()
            );
            fs::remove_file(loose(&repo, id)).expect("written anew at the next level");
        }
    }
}

#[test]
fn a_file_under_a_false_id_does_not_verify() {
    let repo = Repo::linear(2);
    let (blob, other) = (repo.id("HEAD:a.yaml"), repo.id("HEAD~1:a.yaml"));
    let tree = repo.id("HEAD^{tree}");
    let content = fs::read(loose(&repo, other)).expect("loose");
    replace(&loose(&repo, blob), &content);
    let store = repo.store();
    assert_eq!(store.blob(blob).expect("readable"), b"n: 0\n", "unverified reading believes the store");
    assert!(matches!(store.verified_blob(blob), Err(ObjectProblem::Corrupt { .. })));
    assert_eq!(store.verified_blob(other).expect("honest"), b"n: 0\n");

    let exchanged = fs::read(loose(&repo, repo.id("HEAD~1^{tree}"))).expect("loose");
    replace(&loose(&repo, tree), &exchanged);
    let store = repo.store();
    assert!(store.entry_at(tree, &"a.yaml".into()).is_ok());
    assert!(matches!(store.verified_entry_at(tree, &"a.yaml".into()), Err(ObjectProblem::Corrupt { .. })));
}

#[test]
fn large_objects_are_refused_by_their_header() {
    let repo = Repo::linear(1);
    let zeros = vec![0; 1 << 20];
    let hex = feed(&repo.root, &["hash-object", "-w", "--stdin"], &zeros);
    let id = Oid::from_hex(hex.trim_ascii()).expect("an id");
    let place = locate(&repo.root).expect("readable").expect("found");
    let limits = Limits { blob_bytes: 1 << 16, ..Limits::STANDARD };
    let store = Store::open(&place, limits).expect("opens");
    assert_eq!(store.blob(id), Err(ObjectProblem::TooLarge { id, bytes: 1 << 20, limit: 1 << 16 }));
}

#[test]
fn a_tree_bomb_meets_a_limit() {
    let repo = Repo::linear(1);
    let blob = repo.text(&["rev-parse", "HEAD:a.yaml"]);
    let mut inner = format!("100644 blob {blob}");
    for _ in 0..12 {
        let listing: String = (0..10).map(|name| format!("{inner}\t{name}\n")).collect::<Vec<_>>().concat();
        let tree = feed(&repo.root, &["mktree"], listing.as_bytes());
        inner = format!("040000 tree {}", String::from_utf8_lossy(&tree).trim());
    }
    let bomb = Oid::from_hex(&inner.as_bytes()[12..]).expect("an id");
    let place = locate(&repo.root).expect("readable").expect("found");
    let limits = Limits { files: 10_000, tree_entries: 100_000, ..Limits::STANDARD };
    let store = Store::open(&place, limits).expect("opens");
    assert!(matches!(store.tree_files(bomb, &"".into()), Err(ObjectProblem::Limit { limit: 10_000, .. })));
    let unwanted = store.changes(None, Some(bomb), &"".into(), &|_| false);
    assert!(matches!(unwanted, Err(ObjectProblem::Limit { limit: 100_000, .. })));
}

#[test]
fn folders_nested_without_end_meet_a_limit() {
    let repo = Repo::linear(1);
    let blob = repo.text(&["rev-parse", "HEAD:a.yaml"]);
    let mut writer = Vec::new();
    writer.extend_from_slice(b"commit refs/heads/deep\ncommitter A <a@b> 1700000000 +0000\ndata 0\n");
    writer.extend_from_slice(format!("M 100644 {blob} {}x\n", "d/".repeat(1900)).as_bytes());
    feed(&repo.root, &["fast-import", "--quiet"], &writer);
    let store = repo.store();
    let mut tree = store.commit(repo.id("deep")).expect("readable").tree;
    assert_eq!(store.tree_files(tree, &"".into()).expect("1,900 levels are fine").len(), 1);
    for _ in 0..200 {
        let listing = format!("040000 tree {tree}\tdd\n");
        tree = Oid::from_hex(feed(&repo.root, &["mktree"], listing.as_bytes()).trim_ascii()).expect("an id");
    }
    assert!(matches!(store.tree_files(tree, &"".into()), Err(ObjectProblem::Limit { .. })));
}

#[test]
fn absurd_dates_and_names_are_read_as_they_stand() {
    let repo = Repo::linear(1);
    let tree = repo.text(&["rev-parse", "HEAD^{tree}"]);
    let store = repo.store();
    let cases: [(&[u8], Option<i64>, &str); 7] = [
        (b"A <a@b> 1700000000 +0000", Some(1_700_000_000), "ordinary"),
        (b"A <a@b> 99999999999999999999 +0000", None, "overflow"),
        (b"A <a@b> -1 +0000", None, "negative"),
        (b"A <a@b> 1700000000 +9999", None, "no such zone"),
        (b"A <a@b> soon +0000", None, "a word"),
        (b"A\xff\xfe <a@b>", None, "no date"),
        (b"", None, "nothing"),
    ];
    for (who, seconds, why) in cases {
        let mut text = format!("tree {tree}\nauthor ").into_bytes();
        text.extend_from_slice(who);
        text.extend_from_slice(b"\ncommitter B <b@c> 1700000100 +0000\n\n\xffmessage\0more\n");
        let hex = feed(&repo.root, &["hash-object", "-t", "commit", "-w", "--stdin", "--literally"], &text);
        let commit = store.commit(Oid::from_hex(hex.trim_ascii()).expect("an id")).expect(why);
        assert_eq!(commit.author.when.map(|when| when.seconds), seconds, "{why}");
        assert_eq!(commit.committer.when.map(|when| when.seconds), Some(1_700_000_100), "{why}");
        assert_eq!(commit.summary().unescaped(), "\u{fffd}message\0more", "{why}");
    }
}

/// Neither a panic nor a false history, whatever byte of a pack is turned.
#[test]
fn flipped_bytes_in_a_pack_are_noticed_or_harmless() {
    let repo = random(21, 40);
    repo.git(&["gc", "-q", "--prune=now"]);
    let head = repo.id("main");
    let expected = repo.store().first_parent_line(head);
    let packs = repo.dot_git("objects/pack");
    let mut pack = fs::read_dir(packs).expect("listed").map(|entry| entry.expect("an entry").path());
    let pack = pack.find(|path| path.extension().is_some_and(|end| end == "pack")).expect("a pack");
    let honest = fs::read(&pack).expect("read");
    for at in (12..honest.len()).step_by(honest.len() / 60) {
        let mut flipped = honest.clone();
        flipped[at] ^= 0x55;
        replace(&pack, &flipped);
        let Ok(store) = Store::open(&locate(&repo.root).expect("readable").expect("found"), Limits::STANDARD)
        else {
            continue;
        };
        let line = store.first_parent_line(head);
        assert!(line.steps == expected.steps || !line.completeness.is_complete(), "byte {at}");
        for step in &line.steps {
            let _ = store.tree_files(step.tree, &"".into());
        }
    }
}
