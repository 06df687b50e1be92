//! The JSON report meets the schema that we publish for it, in every state that
//! a report can be in; a field without a description in it fails.

use crate::outputs::{cut_history, demo, json, reports};
use ismslint::git::write::Writer;
use serde_json::{Value, json as value};
use std::fs;
use std::path::Path;

fn schema() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/report.schema.json");
    json(&fs::read_to_string(path).expect("is there"))
}

fn problems(report: &Value) -> Vec<String> {
    let validator = jsonschema::draft202012::new(&schema()).expect("is a schema");
    validator.iter_errors(report).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn every_report_meets_its_schema() {
    let story = demo(&[]);
    let whole = reports(story.path()).json();
    cut_history(story.path());
    let shallow = reports(story.path()).json();
    let tidy = reports(demo(&["--tidy"]).path()).json();
    let bare = tempfile::tempdir().expect("a folder");
    Writer::create(bare.path()).expect("a repository");
    let empty = reports(bare.path()).json();
    fs::write(bare.path().join("actions.yaml"), "- id: [\n\u{1b}").expect("can be written");
    fs::write(bare.path().join("isms.yaml"), "rules: {waiver-expired: {off: Not used}}\n")
        .expect("can be written");
    fs::write(bare.path().join("waivers.yaml"), "- {id: WVR-1, expires: 2020-01-01}\n")
        .expect("can be written");
    let broken = reports(bare.path()).json();
    let cases = [
        ("the story", &whole, "findings", true),
        ("a history cut short", &shallow, "findings", false),
        ("the tidy twin", &tidy, "clean", true),
        ("nothing", &empty, "nothing-recognised", true),
        ("a file that is no YAML", &broken, "findings", false),
    ];
    for (what, report, verdict, complete) in cases {
        assert_eq!(problems(report), Vec::<String>::new(), "{what}");
        assert_eq!(
            (&report["verdict"], &report["complete"]),
            (&value!(verdict), &value!(complete)),
            "{what}"
        );
    }
    assert!(
        !whole["waived"].as_array().expect("a list").is_empty(),
        "a waived finding is among what was checked"
    );
}

#[test]
fn what_the_schema_does_not_know_fails() {
    let report = reports(demo(&[]).path()).json();
    let changes: [(&str, Value); 6] = [
        ("/new", value!(1)),
        ("/counts/new", value!(1)),
        ("/findings/0/new", value!(1)),
        ("/findings/0/place/start/new", value!(1)),
        ("/rules/0/new", value!(1)),
        ("/verdict", value!("passed")),
    ];
    for (pointer, new) in changes {
        let mut changed = report.clone();
        let (parent, name) = pointer.rsplit_once('/').expect("has a parent");
        changed.pointer_mut(parent).expect("is there")[name] = new;
        assert_eq!(problems(&changed).len(), 1, "{pointer}");
    }
}

#[test]
fn every_field_is_described() {
    fn described(schema: &Value, path: &str) {
        if let Some(fields) = schema["properties"].as_object() {
            assert_eq!(schema["additionalProperties"], false, "{path} is open");
            for (name, field) in fields {
                let text = field["description"].as_str().unwrap_or_default();
                assert!(text.ends_with('.'), "{path}/{name} has no sentence");
            }
        }
        let inner = schema.as_object().into_iter().flatten().chain(
            schema.as_array().into_iter().flatten().map(|item| {
                static NAME: std::sync::LazyLock<String> = std::sync::LazyLock::new(String::new);
                (&*NAME, item)
            }),
        );
        for (name, inner) in inner {
            described(inner, &format!("{path}/{name}"));
        }
    }
    described(&schema(), "");
}
