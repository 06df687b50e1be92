//! One ISMS through every door: work tree, index, commit, bare, shallow and
//! partial clones, worktrees, subfolders, other machines. What was judged must
//! not depend on the door, and what could not be seen must be said.

use super::checking::{DAY, Ran, check, clone, ismslint, story, tidy};
use super::git_cli::{Repo, command, feed, git, text};
use ismslint::catalogue::built_in;
use ismslint::rule::Need;
use ismslint::settings::Level;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

/// The rules that need the history.
fn of_history() -> BTreeSet<String> {
    let rules = built_in().expect("the catalogue is sound");
    rules
        .iter()
        .filter(|rule| rule.needs(Need::History) && rule.level == Level::Essential)
        .map(|rule| rule.id.to_string())
        .collect()
}

fn undetermined(report: &Value) -> BTreeSet<String> {
    let rules = report["rules"].as_array().expect("rules").iter();
    let open = rules.filter(|rule| rule["undetermined"].as_array().is_some_and(|open| !open.is_empty()));
    open.map(|rule| rule["id"].as_str().expect("an id").to_owned()).collect()
}

/// The report without what the history decides.
fn without_history(report: &Value) -> String {
    let gone = of_history();
    let mut report = report.clone();
    for field in ["history", "counts", "complete", "verdict", "exit"] {
        report[field] = Value::Null;
    }
    report["subject"]["branch"] = Value::Null;
    let is_gone = |rule: &Value| gone.contains(rule.as_str().expect("an id"));
    for (list, rule) in [("rules", "/id"), ("findings", "/rule"), ("waived", "/finding/rule")] {
        let items = report[list].as_array_mut().expect("a list");
        items.retain(|item| !is_gone(item.pointer(rule).expect("a rule")));
    }
    serde_json::to_string_pretty(&report).expect("JSON")
}

/// The report without the name of the door it came through.
fn without_door(ran: &Ran) -> String {
    let mut report = ran.json();
    for field in ["state", "branch", "uncommitted", "root"] {
        report["subject"][field] = Value::Null;
    }
    serde_json::to_string_pretty(&report).expect("JSON")
}

#[test]
fn a_full_clone_determines_everything() {
    let (_home, full) = clone(story(), &[]);
    let ran = check(&full, &[]);
    let report = ran.json();
    assert_eq!((ran.exit, &report["complete"]), (1, &json!(true)));
    assert_eq!(undetermined(&report), BTreeSet::new());
    assert_eq!(ran.out, check(story(), &[]).out);
}

#[test]
fn a_shallow_clone_leaves_open_what_the_history_decides_and_nothing_else() {
    let (_home, shallow) = clone(story(), &["--depth", "1"]);
    let ran = check(&shallow, &[]);
    let report = ran.json();
    assert_eq!(undetermined(&report), of_history());
    assert_eq!((ran.exit, &report["complete"]), (1, &json!(false)), "other findings block");
    assert_eq!(report["history"]["state"], "incomplete");
    assert!(report["history"]["remedy"].as_str().is_some_and(|remedy| remedy.contains("fetch-depth: 0")));
    assert_eq!(without_history(&report), without_history(&check(story(), &[]).json()));

    let (_home, shallow) = clone(tidy(), &["--depth", "1"]);
    assert_eq!(check(tidy(), &[]).exit, 0);
    assert_eq!(check(&shallow, &[]).exit, 3, "nothing blocks, and nobody can tell");
    assert_eq!(check(&shallow, &["--incomplete", "warn"]).exit, 0);
    assert_eq!(check(&shallow, &["--fail-on", "never"]).exit, 3);
}

#[test]
fn every_door_to_one_commit_shows_the_same() {
    let (home, full) = clone(story(), &[]);
    let wanted = without_door(&check(&full, &[]));
    let id = text(&full, &["rev-parse", "HEAD"]);
    for args in [&["--rev", "HEAD"][..], &["--rev", "main"], &["--rev", &id], &["--staged"]] {
        assert_eq!(without_door(&check(&full, args)), wanted, "{args:?}");
    }
    let bare = home.path().join("bare.git");
    git(home.path(), &["clone", "-q", "--bare", &full.display().to_string(), "bare.git"]);
    let bare = bare.display().to_string();
    assert_eq!(without_door(&check(home.path(), &["--git-dir", &bare])), wanted, "bare");
    git(&full, &["worktree", "add", "-q", "../other"]);
    assert_eq!(without_door(&check(&full.with_file_name("other"), &[])), wanted, "a second work tree");
    git(&full, &["checkout", "-q", "--detach"]);
    assert_eq!(without_door(&check(&full, &[])), wanted, "detached");
    git(&full, &["gc", "-q"]);
    git(&full, &["pack-refs", "--all"]);
    assert_eq!(without_door(&check(&full, &[])), wanted, "packed");
    let below = check(&full.join("policies"), &[]);
    assert_eq!(without_door(&below), wanted, "from a folder of it");
}

#[test]
fn an_isms_in_a_folder_of_a_larger_repository() {
    let stream = git(story(), &["fast-export", "--all"]);
    let mut moved = Vec::new();
    for line in stream.split_inclusive(|byte| *byte == b'\n') {
        let at = match line {
            [b'M', b' ', b'1', b'0', ..] => line.iter().enumerate().filter(|(_, byte)| **byte == b' ').nth(2),
            [b'D', b' ', ..] => Some((1, &b' ')),
            _ => None,
        };
        let at = at.map_or(0, |(at, _)| at + 1);
        moved.extend_from_slice(&line[..at]);
        moved.extend_from_slice(if at > 0 { b"isms/" } else { b"" });
        moved.extend_from_slice(&line[at..]);
    }
    let repo = Repo::new();
    feed(&repo.root, &["fast-import", "--quiet"], &moved);
    git(&repo.root, &["reset", "-q", "--hard", "main"]);
    let inside = check(&repo.root.join("isms/policies"), &[]);
    let report = inside.json();
    let whole = check(story(), &[]).json();
    let findings = report["findings"].as_array().expect("a list");
    let paths = findings.iter().filter_map(|finding| finding["place"]["path"].as_str());
    assert!(paths.clone().count() > 0);
    paths.for_each(|path| assert!(path.starts_with("isms/"), "{path} is not from the repository's root"));
    let said = |report: &Value| {
        let findings = report["findings"].as_array().expect("a list").iter();
        let mut said: Vec<String> =
            findings.map(|finding| format!("{} {}", finding["fingerprint"], finding["message"])).collect();
        said.sort();
        said
    };
    assert_eq!(said(&report), said(&whole));
    assert_eq!(report["rules"], whole["rules"]);
    assert_eq!(inside.out, check(&repo.root, &["--root", "isms"]).out);
    let of_commit = check(&repo.root, &["--root", "isms", "--rev", "HEAD"]);
    assert_eq!(without_door(&of_commit), without_door(&inside));
}

#[test]
fn without_a_repository_or_without_a_commit() {
    let home = tempfile::tempdir().expect("a folder");
    let action = "id: ACT-1\ntitle: Patch\nowner: ana\nsource: {kind: observation}\nstatus: planned\ndue: 2027-01-01\n";
    std::fs::create_dir(home.path().join("actions")).expect("new");
    std::fs::write(home.path().join("actions/a.yaml"), action).expect("written");
    let ran = check(home.path(), &[]);
    let report = ran.json();
    assert_eq!(ran.exit, 3, "no repository: {report:#}");
    assert!(undetermined(&report).is_subset(&of_history()) && !undetermined(&report).is_empty());
    assert!(report["history"]["remedy"].as_str().is_some_and(|remedy| remedy.contains("--no-history")));
    assert_eq!(check(home.path(), &["--no-history"]).exit, 0);

    let repo = Repo::new();
    let ran = check(&repo.root, &[]);
    assert_eq!((ran.exit, ran.json()["verdict"].as_str()), (3, Some("nothing-recognised")), "empty");
    std::fs::create_dir(repo.root.join("actions")).expect("new");
    std::fs::write(repo.root.join("actions/a.yaml"), action).expect("written");
    for args in [&[][..], &["--staged"]] {
        repo.git(&["add", "."]);
        let report = check(&repo.root, args).json();
        assert_eq!(report["exit"], 0, "unborn {args:?}: {report:#}");
        assert_eq!(report["history"], json!({"state": "complete", "steps": 0}), "{args:?}");
        assert_eq!(report["records"], json!({"action": 1}), "{args:?}");
    }
    assert_eq!(check(&repo.root, &["--rev", "HEAD"]).exit, 2, "an unborn branch names no commit");
}

#[test]
fn a_submodule_is_never_entered_and_never_passed_over() {
    let library = Repo::new();
    std::fs::write(library.root.join("a.yaml"), "id: A\ntitle: T\nstatus: nonsense\n").expect("written");
    library.git(&["add", "."]);
    library.git(&["commit", "-qm", "one"]);
    let repo = Repo::new();
    std::fs::create_dir(repo.root.join("risks")).expect("new");
    std::fs::write(repo.root.join("risks/r.yaml"), "id: R\ntitle: T\nreviewed: 2026-10-01\n")
        .expect("written");
    let url = library.root.display().to_string();
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", &url, "actions"]);
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", &url, "vendor/theme"]);
    repo.git(&["add", "."]);
    repo.git(&["commit", "-qm", "one"]);
    let (_home, cloned) = clone(&repo.root, &[]);
    for (what, folder, args) in [
        ("work tree", &repo.root, &[][..]),
        ("commit", &repo.root, &["--rev", "HEAD"]),
        ("index", &repo.root, &["--staged"]),
        ("not checked out", &cloned, &[]),
    ] {
        let report = check(folder, args).json();
        assert_eq!(report["records"], json!({"risk": 1}), "{what}");
        let findings = report["findings"].as_array().expect("a list");
        let told: Vec<_> =
            findings.iter().map(|finding| (&finding["rule"], &finding["place"]["path"])).collect();
        assert_eq!(told, [(&json!("file-not-read"), &json!("actions"))], "{what}");
        assert_eq!(report["complete"], false, "{what}");
    }
}

#[test]
fn a_clone_without_blobs_says_what_is_missing() {
    let (_home, served) = clone(story(), &[]);
    git(&served, &["config", "uploadpack.allowFilter", "true"]);
    let (_home, blobless) = clone(&served, &["--filter=blob:none"]);
    let ran = check(&blobless, &[]);
    let report = ran.json();
    assert_eq!(undetermined(&report), of_history());
    let remedy = report["history"]["remedy"].as_str().unwrap_or_default();
    assert_eq!(without_history(&report), without_history(&check(story(), &[]).json()));
    assert!(remedy.contains("git fetch --refetch --no-filter"), "{remedy}");
    git(&blobless, &["fetch", "-q", "--refetch", "--no-filter"]);
    assert_eq!(check(&blobless, &[]).out, check(story(), &[]).out, "the remedy works");
}

#[test]
fn the_owner_of_the_files_does_not_matter() {
    let (home, full) = clone(story(), &[]);
    let before = check(&full, &[]).out;
    let changed = Command::new("chown").args(["-R", "12345:12345"]).arg(home.path()).status();
    if changed.is_ok_and(|status| status.success()) {
        assert!(!command(&full, &["status"]).output().expect("runs").status.success(), "git itself refuses");
        assert_eq!(check(&full, &[]).out, before);
    }
}

/// The program itself, on another machine as far as it can tell.
fn program(folder: &Path, environment: &[(&str, &str)], args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ismslint"));
    command.env_clear().envs(environment.iter().copied()).current_dir(folder);
    command.args(["check", "--as-of", DAY]).args(args).stdin(Stdio::null());
    command
}

#[test]
fn another_machine_gives_the_same_bytes() {
    let (home, full) = clone(story(), &[]);
    let hostile = "[core]\n\tworktree = /etc\n\tbare = true\n\texcludesFile = /all\n\thooksPath = /x\n\
                   [include]\n\tpath = /dev/stdin\n[grafts]\n[safe]\n\tdirectory = /nowhere\n[log]\n\tdate = raw\n";
    std::fs::write(home.path().join(".gitconfig"), hostile).expect("written");
    let hostile_home = home.path().display().to_string();
    let surroundings: [&[(&str, &str)]; 4] = [
        &[],
        &[("TZ", "Pacific/Auckland"), ("LC_ALL", "tr_TR.UTF-8"), ("LANG", "de_DE"), ("COLUMNS", "20")],
        &[("HOME", &hostile_home), ("XDG_CONFIG_HOME", &hostile_home), ("GIT_CONFIG_GLOBAL", "/dev/zero")],
        &[
            ("GIT_DIR", "/nowhere"),
            ("GIT_WORK_TREE", "/etc"),
            ("GIT_OBJECT_DIRECTORY", "/"),
            ("RAYON_NUM_THREADS", "1"),
        ],
    ];
    for (format, surroundings) in [("json", &surroundings[..]), ("human", &surroundings[1..2])] {
        let bytes = |folder: &Path, environment: &[(&str, &str)]| {
            let output = program(folder, environment, &["--format", format]).output().expect("runs");
            assert_eq!(output.status.code(), Some(1), "{format} {}", String::from_utf8_lossy(&output.stderr));
            output.stdout
        };
        let wanted = bytes(story(), &[]);
        for environment in surroundings {
            assert!(bytes(&full, environment) == wanted, "{format}: {environment:?} changes the report");
        }
    }
}

#[test]
fn every_exit_code_that_a_user_can_meet() {
    let home = tempfile::tempdir().expect("a folder");
    let wrong = Repo::new();
    std::fs::write(wrong.root.join("isms.yaml"), "levle: full\n").expect("written");
    for (folder, args, exit, why) in [
        (tidy(), &[][..], 0, "nothing is to be found"),
        (story(), &[], 1, "findings"),
        (story(), &["--fail-on", "never"], 0, "nothing blocks"),
        (&wrong.root, &[], 2, "wrong settings"),
        (story(), &["--select", "no-such-rule"], 2, "no such rule"),
        (story(), &["--root", "/no/such/folder"], 2, "no such folder"),
        (home.path(), &[], 3, "nothing recognised"),
    ] {
        let output = program(folder, &[], args).output().expect("runs");
        assert_eq!(output.status.code(), Some(exit), "{why}: {}", String::from_utf8_lossy(&output.stderr));
    }
    if let Ok(full) = std::fs::File::options().write(true).open("/dev/full") {
        for format in ["json", "human"] {
            let mut command = program(story(), &[], &["--format", format]);
            let status = command.stdout(full.try_clone().expect("open")).status().expect("runs");
            assert_eq!(status.code(), Some(4), "{format} on a full disk");
        }
    }
    let mut child = program(story(), &[], &["--all"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ends");
    assert_eq!((output.status.code(), output.stderr), (Some(1), Vec::new()), "a reader who left early");
    assert_eq!(ismslint(tidy(), &["check", "--as-of", DAY]).exit, 0);
}
