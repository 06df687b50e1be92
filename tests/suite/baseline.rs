//! The baseline: what it holds does not block, and it only shrinks.

use crate::checking::{check, clone, ismslint, story};
use std::fs;
use std::path::Path;

const FILE: &str = "isms-baseline.yaml";

fn write(folder: &Path, more: &[&str]) -> String {
    let fixed = ["baseline", "write", "--as-of", crate::checking::DAY];
    let ran = ismslint(folder, &fixed.into_iter().chain(more.iter().copied()).collect::<Vec<_>>());
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""), "{}", ran.out);
    ran.out
}

fn count(folder: &Path, name: &str) -> u64 {
    check(folder, &[]).json()["counts"][name].as_u64().expect("a number")
}

#[test]
fn what_it_holds_is_told_and_does_not_block() {
    let (_home, folder) = clone(story(), &[]);
    let before = check(&folder, &[]);
    let findings = before.json()["findings"].as_array().expect("a list").len() as u64;
    assert_eq!(before.exit, 1);
    assert!(write(&folder, &[]).contains(&format!("{findings} findings of today")));
    let after = check(&folder, &[]);
    assert_eq!(after.exit, 0, "{}", after.out);
    assert_eq!(after.json()["counts"]["baselined"], findings);
    assert_eq!(after.json()["baselined"].as_array().map(Vec::len), usize::try_from(findings).ok());
    for format in ["human", "concise", "github", "markdown", "junit", "sarif", "gitlab"] {
        let ran = ismslint(&folder, &["check", "--format", format, "--as-of", crate::checking::DAY]);
        let told = ran.out.contains(&format!("{findings} in the baseline"));
        // A list of issues has no place for what is no issue.
        assert_eq!(told, !matches!(format, "sarif" | "gitlab"), "{format}: {}", ran.out);
        assert_eq!(ran.exit, 0, "{format}");
    }
    // The same text for the same findings.
    let text = fs::read_to_string(folder.join(FILE)).expect("written");
    write(&folder, &[]);
    assert_eq!(fs::read_to_string(folder.join(FILE)).expect("written"), text);
}

#[test]
fn it_shrinks_and_grows_only_when_asked() {
    let (_home, folder) = clone(story(), &[]);
    write(&folder, &[]);
    let held = count(&folder, "baselined");
    let actions = fs::read_to_string(folder.join("actions.yaml")).expect("text");
    // One is mended by closing it, one is new.
    let text = actions.replacen("- id: ACT-10\n", "- id: ACT-10\n  x-mended: true\n", 1);
    assert_ne!(text, actions);
    let at = text.find("x-mended").expect("there");
    let end = text[at..].find("\n- id:").map_or(text.len(), |end| at + end);
    let record: Vec<&str> = text[at..end].lines().filter(|line| !line.contains("status:")).collect();
    let mended = format!(
        "{}{}\n  status: declined\n  declined_because: Not wanted\n{}\n\n- id: ACT-77\n  title: Late\n  owner: ana-ruiz\n  \
         source: {{kind: observation}}\n  due: 2026-01-01\n",
        &text[..at],
        record.join("\n"),
        &text[end..]
    );
    fs::write(folder.join("actions.yaml"), mended).expect("written");
    let ran = check(&folder, &["--select", "action-overdue-without-rationale"]).json();
    let late: Vec<&str> = ran["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| finding["rule"] == "action-overdue-without-rationale")
        .filter_map(|finding| finding["record"]["id"].as_str())
        .collect();
    assert_eq!(late, ["ACT-77"], "what is new is not silenced");
    let stale = check(&folder, &[]).json();
    let stale = stale["findings"].as_array().expect("a list");
    assert!(stale.iter().any(|finding| finding["rule"] == "baseline-stale"), "{stale:?}");
    assert!(write(&folder, &[]).contains(&format!("{} findings, it was {held}", held - 1)));
    assert!(
        check(&folder, &[]).json()["findings"]
            .as_array()
            .expect("a list")
            .iter()
            .all(|finding| { finding["rule"] != "baseline-stale" })
    );
    write(&folder, &["--add"]);
    assert_eq!(count(&folder, "errors"), 0);
}

#[test]
fn a_moved_line_does_not_make_a_record_without_an_id_new() {
    let home = tempfile::tempdir().expect("a folder");
    let record = "- title: Late\n  owner: ana\n  due: 2026-01-01\n";
    fs::write(home.path().join("actions.yaml"), record).expect("written");
    let run = |args: &[&str]| {
        let fixed = ["check", "--no-history", "--format", "json", "--as-of", "2026-11-02"];
        ismslint(home.path(), &fixed.into_iter().chain(args.iter().copied()).collect::<Vec<_>>())
    };
    let found = run(&[]).json()["findings"].as_array().expect("a list").len();
    assert!(found >= 2, "no id, and overdue");
    ismslint(home.path(), &["baseline", "write", "--as-of", "2026-11-02"]);
    fs::write(home.path().join("actions.yaml"), format!("# two lines\n# more\n{record}")).expect("written");
    let report = run(&[]).json();
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(0), "{report:#}");
    fs::write(home.path().join("actions.yaml"), record.replace("ana", "ben")).expect("written");
    assert!(!run(&[]).json()["findings"].as_array().expect("a list").is_empty(), "another record");
}

#[test]
fn a_baseline_that_cannot_be_read_stops_the_check() {
    let (_home, folder) = clone(story(), &[]);
    for (text, told) in [
        ("format: 2\nwritten: 2026-01-01\nfindings: []\n", "this build knows 1"),
        ("format: 1\nwriten: 2026-01-01\nfindings: []\n", "did you mean `written`?"),
        ("format: 1\nwritten: 2026-01-01\n", "`findings` is missing"),
    ] {
        fs::write(folder.join(FILE), text).expect("written");
        let ran = check(&folder, &[]);
        assert_eq!(ran.exit, 2, "{}", ran.out);
        assert!(ran.err.contains(told), "{}", ran.err);
    }
}
