//! What else reaches the log of a runner than annotations: messages about
//! settings and arguments, and the reports in other formats. None of it may be
//! a command. The tests that are left out by default show faults that stand.

use crate::github_log::{PAYLOADS, assert_silent, ismslint, quoted, write};

#[test]
fn messages_about_settings_and_arguments_forge_no_command() {
    for payload in PAYLOADS {
        let folder = tempfile::tempdir().expect("a folder");
        let value = quoted(payload);
        write(folder.path(), b"isms.yaml", &format!("level: {value}\n{value}: 1\ntime_zone: {value}\n"));
        let odd = format!("x{payload}");
        for args in [
            &["check"] as &[&str],
            &["check", "--rev", &odd],
            &["check", "--select", &odd],
            &["check", "--root", &odd],
        ] {
            let (out, err) = ismslint(folder.path(), args);
            assert_silent(&out, &err, &format!("{payload:?} {args:?}"));
            assert!(!err.is_empty(), "{payload:?} {args:?}");
        }
    }
}

#[test]
fn a_report_in_json_is_no_command() {
    for payload in PAYLOADS {
        let folder = tempfile::tempdir().expect("a folder");
        let record = format!("id: ACT-1\ntitle: {}\ndue: 2020-01-01\n", quoted(payload));
        write(folder.path(), b"actions/a.yaml", &record);
        let (out, err) = ismslint(folder.path(), &["check", "--no-history", "--format", "json"]);
        assert_silent(&out, &err, &format!("{payload:?}"));
    }
}

#[test]
fn a_report_for_people_is_no_command() {
    for before in 20..100 {
        let folder = tempfile::tempdir().expect("a folder");
        let name = format!("actions/{} ::error::forged.yaml", "a".repeat(before));
        for path in [&*name, "actions/b.yaml"] {
            write(folder.path(), path.as_bytes(), "id: ACT-1\ntitle: Patch\n");
        }
        let (out, err) = ismslint(folder.path(), &["check", "--no-history", "--format", "human"]);
        assert_silent(&out, &err, &name);
    }
}

#[test]
fn what_is_not_understood_is_no_command() {
    for name in ["--x\n::error::forged", "--##[error]forged"] {
        let mut program = assert_cmd::Command::new(env!("CARGO_BIN_EXE_ismslint"));
        let told = program.args(["check", name]).output().expect("runs");
        assert_silent("", &String::from_utf8_lossy(&told.stderr), name);
    }
}
