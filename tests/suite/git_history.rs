//! The main line and its changes, compared with what `git log` says.

use crate::git_cli::{Dice, Repo, feed, random};
use ismslint::git::{Commit, Entry, Oid, PathChange, Store};
use ismslint::source::RepoPath;
use std::collections::BTreeSet;
use std::time::Instant;

const LOG: [&str; 8] =
    ["log", "--first-parent", "-m", "--raw", "--no-renames", "--no-abbrev", "-z", "--format=commit %H"];

/// Ours, in the words of `git log --raw`: newest first.
fn our_log(store: &Store, head: Oid, prefix: &str) -> Vec<String> {
    let line = store.first_parent_line(head);
    assert!(line.completeness.is_complete(), "{}", line.completeness);
    let mut log = Vec::new();
    let mut before = None;
    for step in &line.steps {
        let changes = store.changes(before, Some(step.tree), &prefix.into(), &|_| true).expect("readable");
        before = Some(step.tree);
        let mut said = vec![format!("commit {}", step.id)];
        said.extend(changes.iter().map(raw));
        log.push(said);
    }
    log.into_iter().rev().flatten().collect()
}

fn raw(change: &PathChange) -> String {
    let side = |entry: Option<Entry>| match entry {
        Some(entry) => (entry.mode.octal(), entry.id.to_string()),
        None => ("000000", "0".repeat(40)),
    };
    let ((was_mode, was), (is_mode, is)) = (side(change.old), side(change.new));
    format!(":{was_mode} {is_mode} {was} {is} {}", change.path.shown())
}

/// Git's, the letter of the status left out: it follows from the modes.
fn their_log(repo: &Repo, head: &str, prefix: &str) -> Vec<String> {
    let output = repo.git(&[LOG.as_slice(), &[head]].concat());
    let text = String::from_utf8(output).expect("names are UTF-8 here");
    let mut words =
        text.split(['\0']).map(|word| word.trim_start_matches('\n')).filter(|word| !word.is_empty());
    let mut log = Vec::new();
    while let Some(word) = words.next() {
        if word.starts_with("commit ") {
            log.push(word.to_owned());
            continue;
        }
        let path = words.next().expect("a path behind every entry");
        let (entry, _status) = word.rsplit_once(' ').expect("five fields");
        if prefix.is_empty() || path.starts_with(&format!("{prefix}/")) {
            log.push(format!("{entry} {path}"));
        }
    }
    log
}

#[test]
fn random_histories_change_as_git_log_says() {
    for seed in 1..=6 {
        let repo = random(seed, 150);
        let (store, head) = (repo.store(), repo.id("main"));
        for prefix in ["", "isms", "a/ä", "nowhere"] {
            let theirs = their_log(&repo, "main", prefix);
            assert_eq!(our_log(&store, head, prefix), theirs, "seed {seed}, below `{prefix}`");
        }
        assert!(their_log(&repo, "main", "isms").len() > 60, "seed {seed} has a history worth comparing");
    }
}

#[test]
fn packed_and_repacked_histories_are_the_same() {
    let repo = random(7, 120);
    let (head, before) = (repo.id("main"), their_log(&repo, "main", ""));
    repo.git(&["pack-refs", "--all"]);
    repo.git(&["gc", "-q", "--aggressive", "--prune=now"]);
    repo.git(&["repack", "-adq", "--write-midx", "--write-bitmap-index"]);
    repo.git(&["commit-graph", "write", "--reachable", "--changed-paths"]);
    let store = repo.store();
    assert_eq!(store.resolve("main"), Ok(head));
    assert_eq!(our_log(&store, head, ""), before);
}

#[test]
fn headers_say_what_git_log_says() {
    let repo = random(8, 120);
    let store = repo.store();
    let format = "--format=%H%x01%T%x01%P%x01%an%x01%ae%x01%ad%x01%cn%x01%ce%x01%cd%x01%B";
    let output = repo.git(&["log", "-z", "--date=raw", "--all", format]);
    let theirs = String::from_utf8(output).expect("UTF-8");
    let mut count = 0;
    for record in theirs.split('\0').filter(|record| !record.trim().is_empty()) {
        let id = Oid::from_hex(record.get(..40).expect("an id").as_bytes()).expect("hex");
        let ours = header(&store.commit(id).expect("readable"));
        assert_eq!(ours.trim_end(), record.trim_end());
        count += 1;
    }
    assert_eq!(count, 120);
}

fn header(commit: &Commit) -> String {
    let date = |when: Option<ismslint::git::Instant>| {
        let when = when.expect("a date");
        let sign = if when.offset_minutes < 0 { '-' } else { '+' };
        let minutes = when.offset_minutes.abs();
        format!("{} {sign}{:02}{:02}", when.seconds, minutes / 60, minutes % 60)
    };
    let parents: Vec<String> = commit.parents.iter().map(Oid::to_string).collect();
    [
        commit.id.to_string(),
        commit.tree.to_string(),
        parents.join(" "),
        commit.author.name.unescaped().to_owned(),
        commit.author.email.unescaped().to_owned(),
        date(commit.author.when),
        commit.committer.name.unescaped().to_owned(),
        commit.committer.email.unescaped().to_owned(),
        date(commit.committer.when),
        commit.message.unescaped().to_owned(),
    ]
    .join("\u{1}")
}

#[test]
fn side_commits_arrive_with_the_step_that_brought_them() {
    let repo = random(9, 150);
    let store = repo.store();
    let line = store.first_parent_line(repo.id("main"));
    let arrivals = store.arrivals(&line);
    assert!(arrivals.completeness.is_complete());
    let mut brought = 0;
    for (at, step) in line.steps.iter().enumerate() {
        let mut args = vec!["rev-list".to_owned(), step.id.to_string()];
        args.extend(step.parents.first().map(|parent| format!("^{parent}")));
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let text = repo.text(&args);
        let theirs: BTreeSet<&str> = text.lines().filter(|id| *id != step.id.to_string()).collect();
        let ours: Vec<String> = arrivals.of(at).iter().map(|commit| commit.id.to_string()).collect();
        assert_eq!(ours.iter().map(String::as_str).collect::<BTreeSet<_>>(), theirs);
        let position = |id: &Oid| arrivals.of(at).iter().position(|commit| commit.id == *id);
        for (here, commit) in arrivals.of(at).iter().enumerate() {
            assert!(commit.parents.iter().filter_map(position).all(|parent| parent < here), "parents first");
        }
        brought += theirs.len();
    }
    assert!(brought > 20, "side branches were merged");
}

#[test]
fn an_octopus_brings_all_its_arms() {
    let repo = Repo::linear(1);
    let arms: Vec<String> = (0..70)
        .map(|arm| {
            let tree = repo.text(&["rev-parse", "HEAD^{tree}"]);
            repo.text(&["commit-tree", &tree, "-p", "HEAD", "-m", &format!("arm {arm}")])
        })
        .collect();
    let mut args = vec!["commit-tree", "HEAD^{tree}", "-m", "octopus", "-p", "HEAD"];
    for arm in &arms {
        args.extend(["-p", arm]);
    }
    let merge = repo.text(&args);
    let line = repo.store().first_parent_line(Oid::from_hex(merge.as_bytes()).expect("an id"));
    assert_eq!(line.steps.len(), 2);
    assert_eq!(repo.store().arrivals(&line).of(1).len(), 70);
}

#[test]
fn merge_bases_are_gits() {
    let repo = random(10, 120);
    let store = repo.store();
    let all = repo.text(&["rev-list", "--all"]);
    let ids: Vec<&str> = all.lines().collect();
    let mut dice = Dice(3);
    let mut several = 0;
    for _ in 0..60 {
        let (one, other) = (ids[dice.roll(ids.len())], ids[dice.roll(ids.len())]);
        // Without a common ancestor git ends with 1 and says nothing.
        let script = format!("git merge-base --all {one} {other} || true");
        let output = std::process::Command::new("sh").current_dir(&repo.root).args(["-c", &script]).output();
        let text = String::from_utf8(output.expect("runs").stdout).expect("hex");
        let mut theirs: Vec<String> = text.lines().map(str::to_owned).collect();
        theirs.sort();
        let id = |hex: &str| Oid::from_hex(hex.as_bytes()).expect("an id");
        let ours = store.merge_bases(id(one), id(other)).expect("complete");
        assert_eq!(ours.iter().map(Oid::to_string).collect::<Vec<_>>(), theirs, "{one} {other}");
        assert_eq!(store.is_ancestor(id(one), id(other)), Ok(theirs == [one]), "{one} {other}");
        several += usize::from(theirs.len() > 1);
    }
    assert!(several > 0, "criss-cross merges were among them");
}

#[test]
fn a_whole_snapshot_lists_what_ls_tree_lists() {
    let repo = random(11, 150);
    let (store, head) = (repo.store(), repo.id("main"));
    let tree = store.commit(head).expect("readable").tree;
    let mut listed_in_all = 0;
    for prefix in ["", "a", "ab", "isms", "ä"] {
        let ours: Vec<String> = store
            .tree_files(tree, &prefix.into())
            .expect("readable")
            .iter()
            .map(|file| format!("{} {} {}", file.entry.mode.octal(), file.entry.id, file.path.shown()))
            .collect();
        let listed = String::from_utf8(repo.git(&["ls-tree", "-r", "-z", "main"])).expect("UTF-8");
        let theirs: Vec<String> = listed
            .split_terminator('\0')
            .map(|line| line.replace(" blob ", " ").replace(" commit ", " ").replace('\t', " "))
            .filter(|line| prefix.is_empty() || line[48..].starts_with(&format!("{prefix}/")))
            .collect();
        assert_eq!(ours, theirs, "below `{prefix}`");
        listed_in_all += ours.len();
        for file in store.tree_files(tree, &prefix.into()).expect("readable") {
            assert_eq!(store.entry_at(tree, &file.path), Ok(Some(file.entry)));
            assert_eq!(store.verified_entry_at(tree, &file.path), Ok(Some(file.entry)));
            assert_eq!(store.entry_at(tree, &file.path.join("below")), Ok(None), "below a file");
        }
    }
    assert!(listed_in_all > 20);
}

#[test]
fn only_what_is_wanted_is_listed() {
    let repo = random(12, 60);
    let (store, head) = (repo.store(), repo.id("main"));
    let tree = store.commit(head).expect("readable").tree;
    let keep = |path: &RepoPath| path.extension() == "b";
    let all = store.changes(None, Some(tree), &"".into(), &|_| true).expect("readable");
    let kept = store.changes(None, Some(tree), &"".into(), &keep).expect("readable");
    let expected: Vec<PathChange> = all.into_iter().filter(|change| keep(&change.path)).collect();
    assert_eq!(kept, expected);
    assert!(!kept.is_empty());
}

/// `cargo test --test suite -- --ignored speed --nocapture`
#[test]
#[ignore = "a measurement, not a test"]
fn speed_of_the_line_beside_git_log() {
    let repo = Repo::new();
    let mut dice = Dice(1);
    let mut stream = Vec::new();
    for mark in 1..=6000 {
        let header = format!(
            "commit refs/heads/main\nmark :{mark}\ncommitter A <a@b> {} +0000\ndata 2\nm\n\n",
            1_600_000_000 + mark
        );
        stream.extend_from_slice(header.as_bytes());
        for _ in 0..=dice.roll(12) {
            let path = format!("isms/{}/{}/r{}.yaml", dice.roll(12), dice.roll(8), dice.roll(60));
            let content = format!("id: {}\nn: {}\n", dice.roll(9000), dice.roll(9000));
            let change = format!("M 100644 inline {path}\ndata {}\n{content}\n", content.len());
            stream.extend_from_slice(change.as_bytes());
        }
        stream.push(b'\n');
    }
    feed(&repo.root, &["fast-import", "--quiet"], &stream);
    repo.git(&["gc", "-q"]);
    let head = repo.id("main");
    for _ in 0..4 {
        let began = Instant::now();
        let theirs = repo.git(&[LOG.as_slice(), &["main"]].concat()).len();
        let git = began.elapsed();
        let began = Instant::now();
        let store = repo.store();
        let line = store.first_parent_line(head);
        let headers = began.elapsed();
        let (mut before, mut count) = (None, 0);
        for step in &line.steps {
            count +=
                store.changes(before, Some(step.tree), &"isms".into(), &|_| true).expect("readable").len();
            before = Some(step.tree);
        }
        let ours = began.elapsed();
        println!("git {git:?}; ours {ours:?} (headers {headers:?}); {count} changes, {theirs} bytes");
    }
}
