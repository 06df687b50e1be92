//! S1 to S4: schemas that reach out or do not end, and patterns that take for
//! ever. A repository may bring kinds of its own (`kinds_from`).

use crate::place::Place;
use crate::table::{Expect, Input, input};
use serde_json::{Value, json};

/// Of all rows.
pub(crate) fn inputs() -> Vec<Input> {
    [references(), patterns(), engine(), recursion()].into_iter().flatten().collect()
}

/// A kind of the repository's own, with this as the schema of a field.
#[expect(clippy::needless_pass_by_value, reason = "a schema is written where it is used")]
fn kind(field: Value) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Server",
        "description": "A machine that serves.",
        "x-kind": {"name": "server", "folders": ["servers"], "registers": ["servers"]},
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"description": "Its name.", "type": "string", "format": "record-id"},
            "field": field
        },
        "additionalProperties": false
    })
}

/// A repository with this schema, and a record whose field is this.
fn schema(place: &Place, schema: &str, value: &str) {
    place.put("isms.yaml", "kinds_from: [kinds]\n");
    place.put("kinds/server.schema.json", schema);
    place.put("servers/a.yaml", format!("id: web\nfield: {value}\n"));
}

fn refused(row: &'static str, name: impl Into<String>, text: impl Into<String>) -> Input {
    let text = text.into();
    input(row, name, Expect::Refused("server.schema.json"), move |place| schema(place, &text, "x"))
}

/// S1.
fn references() -> Vec<Input> {
    let mut inputs = Vec::new();
    for target in [
        "http://169.254.169.254/latest/meta-data",
        "https://example.org/x.json",
        "file:///etc/passwd",
        "file:///proc/self/environ",
        "ftp://example.org/x",
        "data:application/json,{}",
        "../../etc/passwd",
        "/etc/passwd",
        "//example.org/x",
        "other.schema.json",
        "secret.yaml",
        "../outside/secret.yaml",
        "ismslint:///schemas/../../etc/passwd",
        "javascript:1",
        "urn:x:y",
        "#/nowhere",
        "#nowhere",
        "shared.schema.json#/$defs/nowhere",
        "https://json-schema.org/draft/2020-12/schema",
        "",
        "\u{0}",
        "%2e%2e/x",
    ] {
        inputs.push(refused(
            "S1",
            format!("a reference to {target:?}"),
            kind(json!({"description": "F.", "$ref": target})).to_string(),
        ));
    }
    for dialect in [
        "http://attacker.example/schema",
        "file:///etc/passwd",
        "http://json-schema.org/draft-04/schema#",
        "",
        "x",
    ] {
        let mut whole = kind(json!({"description": "F.", "type": "string"}));
        whole["$schema"] = dialect.into();
        inputs.push(refused("S1", format!("the dialect {dialect:?}"), whole.to_string()));
    }
    for (key, value) in [
        ("$id", json!("http://attacker.example/")),
        ("$dynamicRef", json!("#a")),
        ("$recursiveRef", json!("#")),
        ("$dynamicAnchor", json!("a")),
        ("$vocabulary", json!({"http://x": true})),
    ] {
        inputs.push(refused(
            "S1",
            format!("{key} in a field"),
            kind(json!({"description": "F.", "type": "string", key: value})).to_string(),
        ));
        let mut whole = kind(json!({"description": "F.", "type": "string"}));
        whole[key] = value;
        inputs.push(refused("S1", format!("{key} at the root"), whole.to_string()));
    }
    inputs
}

/// S2.
fn patterns() -> Vec<Input> {
    let mut inputs = Vec::new();
    for pattern in [
        "^(a+)+$",
        "(.*a){25}",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(a|aa)+$",
        "(a|a?)+$",
        "^(.*,){11}P",
        "\\s*\\s*\\s*\\s*$",
        "(x+x+)+y",
    ] {
        for (length, times) in [("short", 40), ("long", 50_000)] {
            let whole = kind(json!({"description": "F.", "type": "string", "pattern": pattern})).to_string();
            inputs.push(input("S2", format!("{pattern} on a {length} text"), Expect::Ends, move |place| {
                schema(place, &whole, &format!("{}!", "a".repeat(times)));
            }));
        }
    }
    for pattern in [
        "(?=a)b",
        "(?!a)b",
        "(?<=a)b",
        "(?<!a)b",
        "(a)\\1",
        "(?>a)",
        "(?P=a)",
        "\\p{L}{1000}{1000}",
        "(a{1000}){1000}",
        "((a{100}){100}){100}",
        "[",
        "(",
        "a{2,1}",
        "*",
        "\\",
        "(?<n>a)(?<n>b)",
        "\\p{Nonsense}",
    ] {
        let whole = kind(json!({"description": "F.", "type": "string", "pattern": pattern})).to_string();
        inputs.push(refused("S2", format!("the pattern {pattern}"), whole));
    }
    for pattern in [
        "{a,b}".repeat(40),
        "**/".repeat(300),
        "*a".repeat(500),
        "[!a]".repeat(250),
        "{".repeat(500),
        "[a-".to_owned(),
        "?".repeat(1000),
    ] {
        let name: String = pattern.chars().take(12).collect();
        inputs.push(input("S2", format!("the pattern of paths {name}…"), Expect::Ends, move |place| {
            place.put("isms.yaml", format!("ignore: [\"{pattern}\"]\n"));
            place.put("actions/a.yaml", crate::place::ACTION);
        }));
    }
    for pattern in ["(a+)+$", "(?=x)", "\\p{L}{900}{900}", "(.*)*"] {
        let text = format!(
            "ignore: []\nmapping:\n- files: 'notes/*.md'\n  kind: document\n  fields: {{title: {{pattern: '{pattern}'}}}}\n"
        );
        inputs.push(input("S2", format!("the pattern of a mapping {pattern}"), Expect::Ends, move |place| {
            place.put("isms.yaml", &text);
            place.put("notes/a.md", format!("{}!\n", "a".repeat(100_000)));
            place.put("actions/a.yaml", crate::place::ACTION);
        }));
    }
    inputs
}

/// S3: patterns at the edges of the engine.
fn engine() -> Vec<Input> {
    let mut inputs = Vec::new();
    for pattern in [
        "a{0,4294967295}",
        "a{0,1000000}",
        "(|a){100000}",
        "(?:a?){50000}",
        "[\\u{10FFFF}-\\u{0}]",
        "(?i)ſK",
        "\\b{start}",
        "(?-u)\\xff",
        "a{,}",
        "(?x) a # b",
        "$^",
        "(?s).",
        "[[:alpha:]&&[^a]]",
        "\\C",
        "\\X",
        "\\pN{1,9}",
    ] {
        let whole = kind(json!({"description": "F.", "type": "string", "pattern": pattern})).to_string();
        inputs.push(input("S3", pattern, Expect::Ends, move |place| schema(place, &whole, "'ſK風a'")));
    }
    inputs
}

/// S4.
fn recursion() -> Vec<Input> {
    let mut inputs = Vec::new();
    let nested = |depth: usize, word: &str| {
        let mut inner = json!({"description": "F.", "type": "string"});
        for _ in 0..depth {
            inner = match word {
                "properties" => json!({"type": "object", "properties": {"a": inner}}),
                "items" => json!({"type": "array", "items": inner}),
                "not" => json!({"not": inner}),
                word => json!({ word: [inner] }),
            };
        }
        kind(inner).to_string()
    };
    for word in ["properties", "items", "not", "allOf", "anyOf", "oneOf"] {
        for depth in [33, 60, 120] {
            inputs.push(refused("S4", format!("{depth} levels of {word}"), nested(depth, word)));
        }
    }
    inputs.push(refused(
        "S4",
        "5,000 levels, as text",
        format!("{}1{}", "{\"not\":".repeat(5000), "}".repeat(5000)),
    ));
    inputs.push(refused("S4", "100,000 levels, as text", "[".repeat(100_000)));
    let with = |defs: Value, field: Value| {
        let mut whole = kind(field);
        whole["$defs"] = defs;
        whole.to_string()
    };
    let to = |name: &str| json!({"description": "F.", "$ref": format!("#/$defs/{name}")});
    for (name, text) in [
        ("of itself", with(json!({"a": to("a")}), to("a"))),
        ("of two", with(json!({"a": to("b"), "b": to("a")}), to("a"))),
        ("through a list", with(json!({"a": {"type": "array", "items": to("a")}}), to("a"))),
        ("through an object", with(json!({"a": {"type": "object", "properties": {"n": to("a")}}}), to("a"))),
        ("of the root", kind(json!({"description": "F.", "$ref": "#"})).to_string()),
        ("not", with(json!({"a": {"not": to("a")}}), to("a"))),
    ] {
        inputs.push(refused("S4", format!("a loop {name}"), text));
    }
    for (count, word) in [(10_001, "allOf"), (10_001, "anyOf"), (10_001, "enum")] {
        let list: Vec<Value> = (0..count)
            .map(|at| if word == "enum" { json!(at.to_string()) } else { json!({"type": "string"}) })
            .collect();
        inputs.push(refused(
            "S4",
            format!("{count} of {word}"),
            kind(json!({"description": "F.", word: list})).to_string(),
        ));
    }
    for (name, text) in [
        ("nothing", String::new()),
        ("no JSON", "{".to_owned()),
        ("a list", "[]".to_owned()),
        ("true", "true".to_owned()),
        ("300 KiB", format!("{{\"description\":\"{}\"}}", "x".repeat(300 << 10))),
        (
            "a key twice",
            kind(json!({"description": "F.", "enum": ["a"]}))
                .to_string()
                .replace("\"enum\":[\"a\"]", "\"enum\":[\"a\"],\"enum\":[\"x\"]"),
        ),
    ] {
        inputs.push(refused("S4", format!("a schema that is {name}"), text));
    }
    inputs
}
