//! The schemas of `isms.yaml` and of rule files know the fields and words that
//! the checker knows, and the files of this project keep them.

use ismslint::budget::Limits;
use ismslint::catalogue::{built_in, rule_text};
use ismslint::demo;
use ismslint::rule::Rule;
use ismslint::settings::{self, Mistake};
use ismslint::source::SourceFile;
use serde_json::Value;
use std::collections::BTreeSet;

/// The words that the checker offers instead of one that it does not know.
fn offered(mistakes: &[Mistake], what: &str) -> BTreeSet<String> {
    let help = mistakes[0].help.as_ref().map_or("", |help| help.unescaped());
    let (_, words) = help.split_once("llowed are ").unwrap_or_else(|| {
        panic!("{what}: {} {help}", mistakes[0].message.unescaped());
    });
    words.split(", ").map(str::to_owned).collect()
}

fn settings_words(text: &str) -> BTreeSet<String> {
    let file = SourceFile::new("isms.yaml".into(), text);
    offered(&settings::load(&file).expect_err("an unknown word"), text)
}

fn rule_words(text: &str) -> BTreeSet<String> {
    let file = SourceFile::new("rules/a.yaml".into(), text);
    offered(&Rule::load(&file).expect_err("an unknown word"), text)
}

/// The names of the fields, or the words, at a place of a schema.
fn described(schema: &Value, pointer: &str) -> BTreeSet<String> {
    let here = schema.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is not there"));
    match (&here["properties"], &here["enum"]) {
        (Value::Object(fields), _) => {
            assert_eq!(here["additionalProperties"], false, "{pointer} takes other fields");
            fields.keys().cloned().collect()
        }
        (_, Value::Array(words)) => words.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => panic!("{pointer} names nothing"),
    }
}

fn schema(text: &str) -> Value {
    serde_json::from_str(text).expect("is JSON")
}

#[test]
fn the_schema_of_the_settings_knows_what_the_checker_knows() {
    let schema = schema(settings::SCHEMA);
    let cases = [
        ("", "?: 1"),
        ("/properties/editions/items", "editions: [{?: 1}]"),
        ("/properties/certification", "certification: {?: 1}"),
        ("/properties/certification/properties/stage", "certification: {stage: '?'}"),
        ("/properties/people/items", "people: [{?: 1}]"),
        ("/properties/areas/items", "areas: [{?: 1}]"),
        ("/properties/risk", "risk: {?: 1}"),
        ("/properties/risk/properties/formula", "risk: {formula: '?'}"),
        ("/properties/level", "level: '?'"),
        ("/properties/existing", "existing: '?'"),
        ("/properties/mapping/items", "mapping: [{?: 1}]"),
        ("/properties/mapping/items/properties/where", "mapping: [{where: {?: 1}}]"),
        ("/properties/mapping/items/properties/from/items", "mapping: [{from: ['?']}]"),
        ("/properties/mapping/items/properties/split", "mapping: [{split: {?: 1}}]"),
        (
            "/properties/mapping/items/properties/split/properties/table",
            "mapping: [{split: {table: {?: 1}}}]",
        ),
        ("/properties/mapping/items/properties/split/properties/csv", "mapping: [{split: {csv: {?: 1}}}]"),
        (
            "/properties/mapping/items/properties/split/properties/csv/properties/encoding",
            "mapping: [{split: {csv: {encoding: '?'}}}]",
        ),
        (
            "/properties/mapping/items/properties/split/properties/headings",
            "mapping: [{split: {headings: {?: 1}}}]",
        ),
        (
            "/properties/mapping/items/properties/split/properties/tasks",
            "mapping: [{split: {tasks: {?: 1}}}]",
        ),
        (
            "/properties/mapping/items/properties/fields/additionalProperties",
            "mapping: [{fields: {a: {?: 1}}}]",
        ),
        (
            "/properties/mapping/items/properties/fields/additionalProperties/properties/file",
            "mapping: [{fields: {a: {file: '?'}}}]",
        ),
        (
            "/properties/mapping/items/properties/fields/additionalProperties/properties/git",
            "mapping: [{fields: {a: {git: '?'}}}]",
        ),
        (
            "/properties/mapping/items/properties/derive/additionalProperties",
            "mapping: [{derive: {a: {?: 1}}}]",
        ),
        (
            "/properties/mapping/items/properties/derive/additionalProperties/properties/matrix",
            "mapping: [{derive: {a: {matrix: {?: 1}}}}]",
        ),
        ("/properties/rules/additionalProperties", "rules: {a: {?: 1}}"),
        ("/properties/rules/additionalProperties/properties/severity", "rules: {a: {severity: '?'}}"),
    ];
    for (pointer, text) in cases {
        assert_eq!(described(&schema, pointer), settings_words(&text.replace("?:", "'?':")), "{pointer}");
    }
}

#[test]
fn the_schema_of_a_rule_file_knows_what_the_checker_knows() {
    let schema = schema(ismslint::rule::SCHEMA);
    let cases = [
        ("", "?: 1"),
        ("/properties/severity", "severity: '?'"),
        ("/properties/basis", "basis: '?'"),
        ("/properties/aspect", "aspect: '?'"),
        ("/properties/phase", "phase: '?'"),
        ("/properties/level", "level: '?'"),
        ("/properties/params/additionalProperties", "params: {a: {?: 1}}"),
        ("/properties/params/additionalProperties/properties/type", "params: {a: {type: '?'}}"),
        ("/properties/needs/items", "needs: ['?']"),
        ("/properties/let/items", "let: [{?: 1}]"),
        ("/properties/related/items", "related: [{?: 1}]"),
        ("/properties/examples", "examples: {?: 1}"),
        ("/$defs/example", "examples: {fails: [{?: 1}]}"),
        ("/$defs/example/properties/history/items", "examples: {fails: [{history: [{?: 1}]}]}"),
    ];
    for (pointer, text) in cases {
        assert_eq!(described(&schema, pointer), rule_words(&text.replace("?:", "'?':")), "{pointer}");
    }
}

/// Every field has a sentence for the editor that shows it.
fn sentences(schema: &Value, path: &str, missing: &mut Vec<String>) {
    let named = schema["properties"].as_object().into_iter().flatten();
    let inner = ["items", "additionalProperties"].into_iter().map(|name| (name.to_owned(), &schema[name]));
    let named = named.map(|(name, field)| (name.clone(), field)).chain(inner);
    for (name, field) in named.filter(|(_, field)| field.is_object()) {
        let path = format!("{path}/{name}");
        let has_words = field["description"].as_str().is_some_and(|text| text.ends_with('.'));
        if !has_words && field["$ref"] != "#/$defs/example" {
            missing.push(path.clone());
        }
        sentences(field, &path, missing);
    }
}

#[test]
fn each_field_has_a_sentence() {
    let mut missing = Vec::new();
    for (name, text) in [("isms", settings::SCHEMA), ("rule", ismslint::rule::SCHEMA)] {
        let schema = schema(text);
        sentences(&schema, name, &mut missing);
        for (of, shape) in schema["$defs"].as_object().into_iter().flatten() {
            sentences(shape, &format!("{name}/{of}"), &mut missing);
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

fn problems(schema: &str, text: &str) -> Vec<String> {
    let validator = jsonschema::validator_for(&self::schema(schema)).expect("the schema compiles");
    let value: Value = serde_yaml::from_str(text).expect("is YAML");
    validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn the_files_of_this_project_keep_the_schemas() {
    for rule in built_in().expect("reads") {
        let found = problems(ismslint::rule::SCHEMA, rule_text(&rule.id).expect("is embedded"));
        assert!(found.is_empty(), "{}: {found:?}", rule.id);
    }
    for told in [demo::story(), demo::tidy()] {
        let steps = told.expect("parses").replay(&Limits::STANDARD).expect("replays");
        let end = steps.last().expect("has commits");
        let text = end.files.get(&"isms.yaml".into()).expect("the demo has settings");
        let found = problems(settings::SCHEMA, std::str::from_utf8(text).expect("is text"));
        assert!(found.is_empty(), "{found:?}");
    }
    let wrong = problems(settings::SCHEMA, "levle: full\nlevel: ful\nstarted: soon\n");
    assert_eq!(wrong.len(), 3, "{wrong:?}");
}
