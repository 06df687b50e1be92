//! `init` from an empty folder to the first check, and in folders that are not
//! empty.

use super::checking::ismslint;
use super::git_cli::{Repo, git};
use std::path::Path;

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, text).expect("written");
}

fn read(root: &Path, path: &str) -> String {
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn an_empty_folder_becomes_an_isms_that_passes_its_first_check() {
    let home = tempfile::tempdir().expect("a folder");
    let ran = ismslint(home.path(), &["init", "isms"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(ran.out.contains("First check, without history: no findings."), "{}", ran.out);
    let next = ran.out.split("\nNext:\n").nth(1).expect("what next");
    assert_eq!(
        next,
        "  cd isms && git init --initial-branch main && git add --all .\n  git commit --message \"Start the \
         ISMS\"\n  ismslint check\n"
    );
    let root = home.path().join("isms");
    git(&root, &["init", "-q", "--initial-branch", "main"]);
    git(&root, &["add", "--all", "."]);
    git(&root, &["commit", "-q", "--message", "Start the ISMS"]);
    // The clock of the test stands at the first day of 1970, and so do the records.
    let checked = ismslint(&root, &["check", "--format", "json"]).json();
    assert_eq!((&checked["verdict"], &checked["complete"]), (&"clean".into(), &true.into()), "{checked}");
    assert_eq!(checked["findings"].as_array().map(Vec::len), Some(0));
    let kinds: Vec<&String> = checked["records"].as_object().expect("kinds").keys().collect();
    assert_eq!(kinds, ["action", "context", "document", "metric", "objective", "risk"]);
    let full = read(&root, "isms.yaml").replace("level: essential", "level: full");
    put(&root, "isms.yaml", &full);
    let full = ismslint(&root, &["check", "--format", "concise"]);
    let rules: Vec<&str> = full.out.lines().filter_map(|line| line.split(['[', ']']).nth(1)).collect();
    let left = [
        "climate-not-decided",
        "context-not-reviewed",
        "objective-not-communicated",
        "objective-without-mandate",
    ];
    assert_eq!(rules, left, "only people can decide these");
}

#[test]
fn each_place_to_fill_in_is_named_where_it_is() {
    let home = tempfile::tempdir().expect("a folder");
    let ran = ismslint(home.path(), &["init"]);
    let named: Vec<&str> = ran
        .out
        .lines()
        .skip_while(|line| !line.starts_with("To fill in ("))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .collect();
    assert!(named.len() >= 10, "{}", ran.out);
    for line in named {
        let (path, rest) = line.trim_start().split_once(':').expect("a path");
        let (number, what) = rest.split_once(' ').expect("a line");
        let number: usize = number.parse().expect("a number");
        let text = read(home.path(), path);
        assert!(text.lines().nth(number - 1).is_some_and(|line| line.ends_with(what)), "{line}");
    }
}

#[test]
fn the_statement_of_applicability_is_judged_once_it_is_renamed() {
    let home = tempfile::tempdir().expect("a folder");
    ismslint(home.path(), &["init"]);
    let draft = "statement-of-applicability.yaml.draft";
    std::fs::rename(home.path().join(draft), home.path().join("controls.yaml")).expect("renamed");
    let checked = ismslint(home.path(), &["check", "--no-history", "--format", "json"]).json();
    assert_eq!(checked["records"]["control"], 93);
    let rules = checked["rules"].as_array().expect("a list");
    let fails = |id: &str| rules.iter().find(|rule| rule["id"] == id).map(|rule| rule["fails"].clone());
    assert_eq!(fails("control-without-justification"), Some(93.into()));
    assert_eq!(fails("annex-a-control-missing"), Some(0.into()));
    assert_eq!(checked["counts"]["errors"], 93, "and nothing else");
}

#[test]
fn what_is_there_stays_as_it_is() {
    let home = tempfile::tempdir().expect("a folder");
    put(home.path(), "isms.yaml", "organisation: Ours\n");
    put(home.path(), ".vscode/settings.json", "{}");
    put(home.path(), "risks.csv", "id,title,owner\nR-1,Theft,ana\n");
    put(home.path(), "notes/risk appetite.md", "---\ntitle: Appetite\n---\nLow.\n");
    let ran = ismslint(home.path(), &["init"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert_eq!(read(home.path(), "isms.yaml"), "organisation: Ours\n");
    assert_eq!(read(home.path(), ".vscode/settings.json"), "{}");
    assert!(!home.path().join("risks.yaml").exists());
    for said in [
        "kept as it is isms.yaml\n",
        "kept as it is .vscode/ (schemas and settings for the editor: 1 files)\n",
        "left out risks.yaml: there are risk records already\n",
        "wrote actions.yaml\n",
        "give no record: notes/risk appetite.md.\n`ismslint config show --why 'notes/risk appetite.md'`",
        "https://github.com/ismslint/ismslint#where-records-live",
    ] {
        assert!(ran.out.contains(said), "{said}\n{}", ran.out);
    }
    let again = ismslint(home.path(), &["init"]);
    assert!(!again.out.contains("wrote "), "{}", again.out);
    assert!(again.out.contains("kept as it is actions.yaml\n"), "{}", again.out);
}

#[test]
fn a_folder_below_the_root_gets_what_belongs_there_only() {
    let repo = Repo::new();
    let ran = ismslint(&repo.root, &["init", "governance/isms"]);
    let root = repo.root.join("governance/isms");
    assert!(root.join("isms.yaml").exists() && !root.join(".github").exists());
    let said = "left out .github/workflows/isms.yml, .github/workflows/isms-nightly.yml, .pre-commit-config.yaml, .vscode/: only the root";
    assert!(ran.out.contains(said), "{}", ran.out);
    assert!(ran.out.contains("  cd governance/isms && git add --all .\n"), "{}", ran.out);
    let inside = ismslint(&root, &["init", "risks"]);
    assert_eq!((inside.exit, inside.out.as_str()), (2, ""), "{}", inside.err);
    assert!(inside.err.contains("lies in the ISMS of"), "{}", inside.err);
    assert!(!root.join("risks").exists(), "no folder is left");
    let beside = repo.root.join("other");
    std::fs::write(repo.beside("isms.yaml"), "").expect("written");
    assert_eq!(ismslint(&repo.root, &["init", "other"]).exit, 0, "above the repository is elsewhere");
    assert!(beside.join("isms.yaml").exists());
}

#[test]
#[cfg(unix)]
fn no_link_is_followed() {
    let home = tempfile::tempdir().expect("a folder");
    let elsewhere = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(elsewhere.path(), home.path().join("policies")).expect("linked");
    let ran = ismslint(home.path(), &["init"]);
    assert_eq!(ran.exit, 4, "{}", ran.out);
    assert!(ran.err.contains("policies/information-security.md was not written"), "{}", ran.err);
    assert_eq!(std::fs::read_dir(elsewhere.path()).expect("listed").count(), 0);
    assert!(home.path().join("risks.yaml").exists(), "the others are written");
}

#[test]
fn who_has_only_settings_is_told_how_to_begin() {
    let repo = Repo::new();
    put(&repo.root, "isms.yaml", "organisation: Ours\n");
    repo.git(&["add", "."]);
    repo.git(&["commit", "-qm", "Begin"]);
    for (format, said) in [
        ("human", "Next: `ismslint init` writes first records"),
        ("markdown", "**Next**: `ismslint init` writes first records"),
        ("github", "::error title=ismslint%3A nothing recognised::nothing was recognised"),
    ] {
        let ran = ismslint(&repo.root, &["check", "--format", format]);
        assert_eq!(ran.exit, 3);
        assert!(ran.out.contains(said), "{}", ran.out);
    }
    put(&repo.root, "handbook.md", "---\ntitle: Handbook\n---\n");
    let ran = ismslint(&repo.root, &["check"]);
    assert!(ran.out.contains("Next: `ismslint config show --why FILE`"), "{}", ran.out);
}
