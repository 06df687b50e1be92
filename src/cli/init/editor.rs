//! The schemas where an editor finds them, and the settings that name them.
//!
//! The YAML extension of Visual Studio Code (and every editor with the same
//! language server) reads `yaml.schemas`: which schema for which files.

use crate::kind::{Kind, Kinds, shared_schema};
use crate::settings;
use serde_json::{Map, Value, json};

/// The folder of the schemas; a name with a full stop in front holds no record.
const FOLDER: &str = ".vscode/ismslint";

/// Path and text of every file.
pub(super) fn files() -> Vec<(String, String)> {
    let kinds = Kinds::embedded();
    let mut files = vec![(format!("{FOLDER}/isms.json"), settings::SCHEMA.to_owned())];
    let mut schemas = Map::new();
    schemas.insert(format!("{FOLDER}/isms.json"), json!(["isms.yaml"]));
    for kind in kinds.iter() {
        let path = format!("{FOLDER}/{}.json", kind.name);
        let Some(schema) = schema(kind) else { continue };
        schemas.insert(path.clone(), json!(globs(kind)));
        files.push((path, crate::escape::json(&schema)));
    }
    files
        .push((".vscode/settings.json".to_owned(), crate::escape::json(&json!({ "yaml.schemas": schemas }))));
    let extensions = json!({ "recommendations": ["redhat.vscode-yaml"] });
    files.push((".vscode/extensions.json".to_owned(), crate::escape::json(&extensions)));
    files
}

/// The files that hold records of a kind without a mapping.
fn globs(kind: &Kind) -> Vec<String> {
    let folders = kind.folders.iter().map(|folder| format!("{folder}/**/*.yaml"));
    let registers = kind.registers.iter().map(|register| format!("{register}.yaml"));
    registers.chain(folders).collect()
}

/// One schema for a record and for a register of them, in a file that needs no
/// other.
fn schema(kind: &Kind) -> Option<Value> {
    let own = |text: &str| -> Option<Map<String, Value>> {
        let text = text.replace("\"shared.schema.json#/$defs/", "\"#/$defs/");
        serde_json::from_str(&text).ok()
    };
    let mut record = own(&kind.schema)?;
    let mut definitions = own(shared_schema())?.remove("$defs")?.as_object()?.clone();
    if let Some(Value::Object(more)) = record.remove("$defs") {
        definitions.extend(more);
    }
    record.remove("x-kind");
    let dialect = record.remove("$schema")?;
    let (title, description) = (&kind.title, &kind.description);
    definitions.insert("record".to_owned(), Value::Object(record));
    Some(json!({
        "$schema": dialect,
        "title": &**title,
        "description": &**description,
        "if": { "type": "array" },
        "then": { "items": { "$ref": "#/$defs/record" } },
        "else": { "$ref": "#/$defs/record" },
        "$defs": definitions,
    }))
}

#[cfg(test)]
mod tests {
    use super::files;
    use crate::kind::Kinds;
    use serde_json::Value;

    #[test]
    fn every_kind_has_a_schema_that_needs_no_other_file() {
        let files = files();
        for kind in Kinds::embedded().iter() {
            let path = format!(".vscode/ismslint/{}.json", kind.name);
            let (_, text) = files.iter().find(|(known, _)| *known == path).expect("is written");
            let schema: Value = serde_json::from_str(text).expect("is JSON");
            for (at, _) in text.match_indices("\"$ref\": \"") {
                let rest = &text[at + "\"$ref\": \"".len()..];
                let pointer = rest.split('"').next().expect("ends").strip_prefix('#').expect("in this file");
                assert!(schema.pointer(pointer).is_some(), "{path}: {pointer}");
            }
        }
    }
}
