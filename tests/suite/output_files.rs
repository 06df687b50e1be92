//! `--output`: reports that go to files, and what happens where they cannot.

use crate::outputs::{demo, ismslint, small};
use clap::Parser;
use ismslint::cli::Args;
use ismslint::output::Format;
use std::fs;

#[test]
fn a_file_gets_what_standard_output_gets() {
    let story = demo(&[]);
    let files = tempfile::tempdir().expect("a folder");
    fs::write(files.path().join("json"), "an older report").expect("can be written");
    for format in [Format::Json, Format::Human] {
        let output = format!("{}={}/json", format.name(), files.path().display());
        let arguments =
            ["check", "--as-of", "2026-11-02", "--all", "--format", format.name(), "--output", &output];
        let ran = ismslint(story.path(), &arguments);
        assert_eq!(fs::read_to_string(files.path().join("json")).expect("is there"), ran.out);
    }
    let left = fs::read_dir(files.path()).expect("can be listed").count();
    assert_eq!(left, 1, "nothing stays that was on the way");
}

#[test]
fn a_report_that_cannot_be_written_is_told_beside_the_verdict() {
    let story = small();
    let files = tempfile::tempdir().expect("a folder");
    let target = files.path().join("target");
    fs::write(&target, "untouched").expect("can be written");
    std::os::unix::fs::symlink(&target, files.path().join("link")).expect("can be made");
    std::os::unix::fs::symlink(files.path().join("gone"), files.path().join("dangling"))
        .expect("can be made");
    fs::create_dir(files.path().join("folder")).expect("can be made");
    let cases = [
        ("link", "symbolic link"),
        ("dangling", "symbolic link"),
        ("folder", "something other than a file"),
        ("none/such", "No such file"),
        ("target/below", "Not a directory"),
    ];
    for (name, why) in cases {
        let first = format!("sarif={}", files.path().join(name).display());
        let second = format!("json={}", files.path().join("second").display());
        let rule = "action-overdue-without-rationale";
        let arguments =
            ["check", "--as-of", "2026-11-02", "--select", rule, "--output", &first, "--output", &second];
        let ran = ismslint(story.path(), &arguments);
        assert_eq!(ran.exit, 4, "{name}");
        assert!(ran.err.contains(why), "{name}: {}", ran.err);
        assert!(ran.err.contains("1 error,") && ran.out.contains("1 error,"), "{name}: {}", ran.err);
        fs::remove_file(files.path().join("second")).expect("the other report was written");
    }
    assert_eq!(fs::read_to_string(&target).expect("is there"), "untouched");
    assert!(!files.path().join("gone").exists());
    let twice = ismslint(story.path(), &["check", "--output", "json=a", "--output", "sarif=a"]);
    assert_eq!(twice.exit, 2);
    assert!(twice.err.contains("twice"), "{}", twice.err);
}

#[test]
fn outputs_are_refused_where_they_are_mistyped() {
    let cases = [
        ("sarf=a", "did you mean `sarif`"),
        ("a.sarif", "FORMAT=FILE"),
        ("json=", "the name of the file is missing"),
        ("json=-", "--format"),
        ("auto=a", "there is no format `auto`"),
    ];
    for (typed, told) in cases {
        let refused = Args::try_parse_from(["ismslint", "check", "--output", typed]).expect_err(typed);
        let message = refused.to_string();
        assert!(message.to_lowercase().contains(&told.to_lowercase()), "{typed}: {message}");
        assert_eq!(refused.exit_code(), 2);
    }
}
