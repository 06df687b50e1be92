//! Rules and kinds that a repository brings along: listed, tried and begun like
//! the built-in ones.

use super::outputs::{Ran, ismslint, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const SERVER: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Server",
  "description": "A machine that serves.",
  "x-kind": {"name": "server", "registers": ["servers"]},
  "type": "object",
  "required": ["id"],
  "properties": {
    "id": {"description": "Its name.", "type": "string", "format": "record-id"},
    "patched": {"description": "The day of the last patch.", "type": "string", "format": "date"}
  },
  "additionalProperties": false
}"#;

const RULE: &str = r#"format: 1
id: server-never-patched
title: Server without a patch
basis: requirement
clauses: [A.8.8]
level: full
each: server
assert: has(record.patched)
message: '{record.id} was never patched'
why: Old faults stay open.
fix: Patch it.
since: "2026.1"
examples:
  today: 2026-03-01
  conforms: [{name: patched, records: {server: {id: web, patched: 2026-01-01}}}]
  fails: [{name: never, records: {server: {id: web}}}]
"#;

fn isms(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("has one")).expect("can be made");
        fs::write(path, text).expect("can be written");
    }
    folder
}

fn own() -> TempDir {
    isms(&[
        ("isms.yaml", "rules_from: [policy/rules]\nkinds_from: [policy/kinds]\n"),
        ("policy/rules/server-never-patched.yaml", RULE),
        ("policy/kinds/server.schema.json", SERVER),
    ])
}

fn rules(folder: &Path, typed: &[&str]) -> Ran {
    ismslint(folder, &[&["rules"], typed].concat())
}

#[test]
fn a_rule_of_the_repository_is_listed_with_its_file() {
    let folder = own();
    let listed = rules(folder.path(), &["list"]);
    let line =
        "error    requirement  server-never-patched (A.8.8, own: policy/rules/server-never-patched.yaml)";
    assert!(listed.out.contains(line), "{}{}", listed.out, listed.err);
    let listed = json(&rules(folder.path(), &["list", "--format", "json"]).out);
    let files = listed["rules"].as_array().expect("a list").iter().filter(|rule| rule["file"].is_string());
    let files: Vec<_> = files.map(|rule| (&rule["id"], &rule["file"])).collect();
    assert_eq!(files, [(&"server-never-patched".into(), &"policy/rules/server-never-patched.yaml".into())]);
}

#[test]
fn a_rule_of_the_repository_is_tried_on_kinds_of_its_own() {
    let folder = own();
    let tried = rules(folder.path(), &["test", "server-never-patched"]);
    assert_eq!((tried.exit, tried.err.as_str()), (0, ""));
    assert!(
        tried.out.contains("validated  patched") && tried.out.contains("reported   never"),
        "{}",
        tried.out
    );
    let root = folder.path().to_str().expect("UTF-8");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let tried = rules(elsewhere.path(), &["test", "server-never-patched", "--root", root]);
    assert_eq!(tried.exit, 0, "{}", tried.err);
    let all = rules(folder.path(), &["test"]);
    assert!(all.exit == 0 && all.out.contains("server-never-patched"), "{}", all.err);
    let file = folder.path().join("policy/rules/server-never-patched.yaml");
    fs::write(
        &file,
        RULE.replace(
            "name: never, records: {server: {id: web",
            "name: never, records: {server: {id: web, patched: 2026-01-01",
        ),
    )
    .expect("can be written");
    let tried = rules(folder.path(), &["test", "server-never-patched"]);
    assert!(tried.exit == 1 && tried.out.contains("missing    never"), "{}", tried.out);
    fs::write(&file, RULE.replace("record.patched)", "record.patchd)")).expect("can be written");
    for typed in [&["test"][..], &["list"]] {
        let refused = rules(folder.path(), typed);
        assert!(refused.exit == 2 && refused.err.contains("patchd"), "{typed:?}: {}", refused.err);
    }
}

#[test]
fn a_new_rule_runs_as_it_stands() {
    let folder = isms(&[
        ("isms.yaml", "rules_from: [policy/rules/]\ncatalogue: '2026.1'\n"),
        ("actions.yaml", "- {id: ACT-1, title: Patch}\n"),
    ]);
    for id in ["nobody-asked", "null", "yes", "tls-1-2"] {
        let written = rules(folder.path(), &["new", id]);
        assert_eq!(written.exit, 0, "{id}: {}", written.err);
        assert!(written.out.starts_with(&format!("wrote policy/rules/{id}.yaml\n")), "{}", written.out);
        let tried = rules(folder.path(), &["test", id]);
        assert_eq!(tried.exit, 0, "{id}: {}{}", tried.out, tried.err);
        assert!(tried.out.ends_with("3 examples of 1 rules tried: 0 at fault\n"), "{id}: {}", tried.out);
    }
    let checked = ismslint(
        folder.path(),
        &["check", "--no-history", "--select", "nobody-asked", "--format", "concise"],
    );
    assert!(checked.out.contains("Patch has no owner"), "{}{}", checked.out, checked.err);
    // Its schema takes it too.
    let schema = jsonschema::validator_for(&json(ismslint::rule::SCHEMA)).expect("is a schema");
    let text = fs::read_to_string(folder.path().join("policy/rules/nobody-asked.yaml")).expect("was written");
    let rule: serde_json::Value = serde_yaml::from_str(&text).expect("is YAML");
    assert!(
        schema.is_valid(&rule),
        "{:?}",
        schema.iter_errors(&rule).map(|error| error.to_string()).collect::<Vec<_>>()
    );
}

#[test]
fn a_new_rule_overwrites_nothing_and_leaves_no_folder() {
    let rule_file = ("policy/a/mine.yaml", "kept");
    let cases: [(&str, &str, &str, &str); 8] = [
        ("no folder named", "level: full\n", "no-owner", "add `rules_from: [policy/rules]`"),
        ("no id", "rules_from: [policy]\n", "No Owner", "lower-case words with hyphens"),
        ("a path", "rules_from: [policy]\n", "../x", "lower-case words with hyphens"),
        ("built in", "rules_from: [policy]\n", "waiver-expired", "`ismslint explain waiver-expired`"),
        ("there already", "rules_from: [policy/a]\n", "mine", "in policy/a/mine.yaml"),
        ("in another folder", "rules_from: [b, policy]\n", "mine", "in policy/a/mine.yaml"),
        ("above the ISMS", "rules_from: [../rules]\n", "no-owner", "no folder below"),
        ("from the root of all", "rules_from: [/etc]\n", "no-owner", "no folder below"),
    ];
    for (what, settings, id, said) in cases {
        let folder = isms(&[("isms.yaml", settings), rule_file]);
        let refused = rules(folder.path(), &["new", id]);
        assert!(refused.exit == 2 && refused.err.contains(said), "{what}: {}", refused.err);
        assert_eq!(fs::read_to_string(folder.path().join("policy/a/mine.yaml")).expect("is there"), "kept");
    }
    for (what, settings) in [("a file", "rules_from: [isms.yaml]\n"), ("a link", "rules_from: [out/rules]\n")]
    {
        let folder = isms(&[("isms.yaml", settings)]);
        let outside = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).expect("can be made");
        let failed = rules(folder.path(), &["new", "no-owner"]);
        assert!(failed.exit == 4 && failed.err.contains("is no folder"), "{what}: {}", failed.err);
        assert_eq!(fs::read_dir(outside.path()).expect("is there").count(), 0, "{what}");
    }
}
