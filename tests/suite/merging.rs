//! A change judged: the same in whatever form it comes, and honest about what a
//! clone that is cut short cannot tell.

use crate::checking::{DAY, Ran, clone, ismslint, story};
use crate::git_cli::text;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn git(folder: &Path, args: &[&str]) {
    text(folder, args);
}

fn judge(folder: &Path, args: &[&str]) -> Ran {
    let fixed = ["check", "--format", "json", "--as-of", DAY];
    ismslint(folder, &fixed.into_iter().chain(args.iter().copied()).collect::<Vec<_>>())
}

/// Rule and record of the findings that stand like this.
fn standing(report: &Value, wanted: &str) -> BTreeSet<String> {
    let findings = report["findings"].as_array().expect("a list").iter();
    findings
        .filter(|finding| finding["standing"] == wanted)
        .map(|finding| format!("{} {}", finding["rule"].as_str().expect("text"), finding["record"]["id"]))
        .collect()
}

fn deeds(report: &Value) -> BTreeSet<String> {
    let records = report["change"]["records"].as_array().expect("a list").iter();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    records
        .map(|change| {
            format!("{} {}: {}", text(&change["record"]["id"]), text(&change["deed"]), text(&change["how"]))
        })
        .collect()
}

/// Changes some records in the work tree: one fault comes, one goes, one date
/// moves, one record goes away, one policy is re-dated and one rewritten.
fn edit(folder: &Path) {
    let change = |file: &str, from: &str, to: &str| {
        let path = folder.join(file);
        let text = fs::read_to_string(&path).expect("text");
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(&path, text.replacen(from, to, 1)).expect("written");
    };
    let actions = fs::read_to_string(folder.join("actions.yaml")).expect("text");
    let new = "- id: ACT-90\n  title: Replace the firewall\n  owner: nobody\n  due: 2026-01-01\n  status: planned\n";
    fs::write(folder.join("actions.yaml"), format!("{actions}{new}")).expect("written");
    change("objectives/phishing.yaml", "owner: ", "owner: nobody-");
    change("risks.yaml", "residual: ", "residual: 1");
}

/// A clone of the demo with the edit as two commits on a branch.
fn branched() -> (TempDir, PathBuf) {
    let (home, folder) = clone(story(), &[]);
    git(&folder, &["checkout", "-q", "-b", "change"]);
    let objectives: Vec<_> = fs::read_dir(folder.join("objectives")).expect("a folder").collect();
    assert!(!objectives.is_empty());
    edit(&folder);
    git(&folder, &["add", "actions.yaml"]);
    git(&folder, &["commit", "-q", "-m", "Firewall"]);
    git(&folder, &["commit", "-q", "-a", "-m", "Figures"]);
    (home, folder)
}

#[test]
fn a_change_brings_in_the_same_in_every_form() {
    let (_home, folder) = branched();
    let branch = judge(&folder, &["--base", "main"]);
    assert_eq!(branch.exit, 1, "{}{}", branch.out, branch.err);
    let branch = branch.json();
    let introduced = standing(&branch, "introduced");
    assert!(introduced.contains("action-overdue-without-rationale \"ACT-90\""), "{introduced:?}");
    let (existing, deeds_of_branch) = (standing(&branch, "existing"), deeds(&branch));
    assert!(!existing.is_empty());
    assert!(deeds_of_branch.contains("ACT-90 opened: Replace the firewall, due 2026-01-01"));

    let same = |form: &str, args: &[&str]| {
        let ran = judge(&folder, args);
        assert_eq!(ran.exit, 1, "{form}: {}", ran.err);
        let report = ran.json();
        assert_eq!(standing(&report, "introduced"), introduced, "{form}");
        assert_eq!(standing(&report, "existing"), existing, "{form}");
        assert_eq!(deeds(&report), deeds_of_branch, "{form}");
    };
    // Staged and on disk, before anything is committed.
    git(&folder, &["checkout", "-q", "-b", "loose", "main"]);
    edit(&folder);
    same("work tree", &["--base", "HEAD"]);
    git(&folder, &["add", "-A"]);
    same("index", &["--base", "main", "--staged"]);
    git(&folder, &["reset", "-q", "--hard"]);
    // Main moves on in a way that has nothing to do with it.
    git(&folder, &["checkout", "-q", "main"]);
    fs::write(folder.join("NEWS.txt"), "News\n").expect("written");
    git(&folder, &["add", "-A"]);
    git(&folder, &["commit", "-q", "-m", "News"]);
    same("branch behind main", &["--base", "main", "--rev", "change"]);
    git(&folder, &["checkout", "-q", "-b", "merged", "main"]);
    git(&folder, &["merge", "-q", "--no-ff", "-m", "Merge", "change"]);
    same("merge commit", &["--base", "main"]);
    same("merge commit, by its parent", &["--base", "HEAD^1"]);
    git(&folder, &["checkout", "-q", "-b", "squashed", "main"]);
    git(&folder, &["merge", "-q", "--squash", "change"]);
    git(&folder, &["commit", "-q", "-m", "Squashed"]);
    same("squash", &["--base", "main"]);
    git(&folder, &["checkout", "-q", "-b", "rebased", "change"]);
    git(&folder, &["rebase", "-q", "main"]);
    same("rebase", &["--base", "main"]);
    // A merge queue: another change is merged before it, in the same line.
    git(&folder, &["checkout", "-q", "-b", "queue", "main"]);
    fs::write(folder.join("OTHER.txt"), "Other\n").expect("written");
    git(&folder, &["add", "-A"]);
    git(&folder, &["commit", "-q", "-m", "Another change"]);
    git(&folder, &["merge", "-q", "--no-ff", "-m", "Queue", "change"]);
    same("merge queue", &["--base", "HEAD^1"]);
    same("merge queue, detached", &["--base", "main"]);
}

#[test]
fn only_what_comes_with_the_change_blocks() {
    let (_home, folder) = clone(story(), &[]);
    git(&folder, &["checkout", "-q", "-b", "quiet"]);
    fs::write(folder.join("NEWS.txt"), "News\n").expect("written");
    git(&folder, &["add", "-A"]);
    git(&folder, &["commit", "-q", "-m", "News"]);
    let ran = judge(&folder, &["--base", "main"]);
    let report = ran.json();
    assert_eq!((ran.exit, report["verdict"].as_str()), (0, Some("clean")));
    assert!(report["change"]["existing"]["errors"].as_u64() > Some(0));
    // Each with the day since which its record stands as it is.
    let findings = report["findings"].as_array().expect("a list").iter();
    let aged =
        findings.filter(|finding| finding["record"].is_object()).all(|finding| finding["since"].is_string());
    assert!(aged);
    // Where the settings before the change say so, they block.
    let settings = fs::read_to_string(folder.join("isms.yaml")).expect("text");
    fs::write(folder.join("isms.yaml"), format!("{settings}\nexisting: block\n")).expect("written");
    assert_eq!(judge(&folder, &["--base", "main"]).exit, 0, "not in the change that says it");
    git(&folder, &["commit", "-q", "-a", "-m", "Strict"]);
    assert_eq!(judge(&folder, &["--base", "HEAD"]).exit, 1);
}

#[test]
fn what_a_change_does_is_told_in_the_words_of_the_isms() {
    let (_home, folder) = clone(story(), &[]);
    let change = |file: &str, edit: &dyn Fn(&str) -> String| {
        let path = folder.join(file);
        let text = fs::read_to_string(&path).expect("text");
        let edited = edit(&text);
        assert_ne!(text, edited, "{file}");
        fs::write(&path, edited).expect("written");
    };
    change("actions.yaml", &|text| text.replacen("due: 2025-01-31", "due: 2025-03-31", 1));
    change("risks.yaml", &|text| text.replacen("likelihood: 2", "likelihood: 4", 1));
    change("removals.yaml", &|text| {
        format!("{text}\n- {{id: RMV-9, record: FBK-1, on: 2026-11-01, by: ana-ruiz, reason: Twice}}\n")
    });
    let policy = fs::read_dir(folder.join("policies")).expect("a folder").filter_map(Result::ok);
    let mut policies: Vec<PathBuf> = policy.map(|entry| entry.path()).collect();
    policies.sort();
    let dated = policies[0].strip_prefix(&folder).expect("below").display().to_string();
    let revised = policies[1].strip_prefix(&folder).expect("below").display().to_string();
    change(&dated, &|text| {
        let at = text.find("\nreviewed: ").expect("a review") + "\nreviewed: ".len();
        format!("{}2026-10-30{}", &text[..at], &text[at + 10..])
    });
    change(&revised, &|text| format!("{text}\nOne more sentence.\n"));
    let ran = ismslint(&folder, &["check", "--base", "HEAD", "--as-of", DAY]);
    for told in [
        "action ACT-1 re-dated: due 2025-01-31 → 2025-03-31, no reason recorded",
        "re-scored: likelihood 2 → 4",
        "only the date: the text is as before",
        "revised: the text changed",
    ] {
        assert!(ran.out.contains(told), "{told}\n{}", ran.out);
    }
}

#[test]
fn a_shallow_clone_says_what_it_lacks() {
    let (_home, folder) = branched();
    git(&folder, &["checkout", "-q", "main"]);
    git(&folder, &["merge", "-q", "--no-ff", "-m", "Merge", "change"]);
    let (_two, two) = clone(&folder, &["--depth", "2"]);
    let ran = judge(&two, &["--base", "HEAD^1"]);
    let report = ran.json();
    assert_eq!(ran.exit, 1, "record rules need no more: {}", ran.err);
    assert!(standing(&report, "introduced").contains("action-overdue-without-rationale \"ACT-90\""));
    assert!(report["counts"]["undetermined_rules"].as_u64() > Some(0), "history rules do");
    let (_one, one) = clone(&folder, &["--depth", "1"]);
    let ran = judge(&one, &["--base", "HEAD^1"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.err.contains("fetch-depth: 0"), "{}", ran.err);
    let ran = judge(&one, &["--base", "origin/main"]);
    assert!(ran.exit == 0 || ran.exit == 3, "the commit itself is there: {}", ran.err);
    assert!(ran.out.contains("there is no change to judge"), "{}", ran.out);
}

#[test]
fn a_blobless_clone_does_not_guess() {
    let (_home, folder) = branched();
    git(&folder, &["config", "uploadpack.allowFilter", "true"]);
    git(&folder, &["checkout", "-q", "main"]);
    git(&folder, &["merge", "-q", "--no-ff", "-m", "Merge", "change"]);
    let (_clone, blobless) = clone(&folder, &["--filter=blob:none"]);
    let ran = judge(&blobless, &["--base", "HEAD^1"]);
    let report = ran.json();
    let unknown = standing(&report, "unknown");
    assert!(unknown.contains("action-overdue-without-rationale \"ACT-90\""), "{unknown:?}");
    assert_eq!(ran.exit, 3, "neither passed nor blocked");
    assert_eq!(report["change"]["unread"].as_array().map(Vec::len), Some(3), "{:#}", report["change"]);
    let human = ismslint(&blobless, &["check", "--base", "HEAD^1", "--as-of", DAY]);
    assert!(human.out.contains("git fetch --refetch --no-filter"), "{}", human.out);
}

#[test]
fn every_format_tells_what_changed() {
    let (_home, folder) = branched();
    let settings = fs::read_to_string(folder.join("isms.yaml")).expect("text");
    fs::write(folder.join("isms.yaml"), settings.replace("level: essential", "level: full"))
        .expect("written");
    for format in ["human", "concise", "json", "github", "markdown", "junit", "sarif", "gitlab"] {
        let ran = ismslint(&folder, &["check", "--base", "main", "--as-of", DAY, "--format", format]);
        assert_eq!(ran.exit, 1, "{format}");
        for told in ["level: essential → full", "Replace the firewall"] {
            assert!(ran.out.contains(told), "{format}: {told}\n{}", ran.out);
        }
    }
}
