//! An example of a rule file as a repository: where its records stand, and the
//! commits that its states make.

use super::judged::Repository;
use crate::history::MemoryCommit;
use crate::kind::{Kind, Kinds};
use crate::rule::{ExampleFile, ExampleRecords};
use crate::settings::{self, FILE_NAME};
use crate::source::RepoPath;
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::BTreeMap;

/// The files of one state.
type Files = BTreeMap<RepoPath, Vec<u8>>;

/// The example as a repository; its records as they stand are the last commit,
/// made on the day of judgement.
pub(super) fn repository(
    example: &ExampleFile,
    today: NaiveDate,
    kinds: &Kinds,
) -> Result<Repository, String> {
    let own = example.settings.as_ref();
    let states = example.history.iter();
    let states =
        states.map(|state| (state.on, state.by.as_deref(), &state.records, state.settings.as_ref().or(own)));
    let mut commits: Vec<MemoryCommit> = Vec::new();
    for (day, by, records, settings) in states.chain([(today, None, &example.records, own)]) {
        if commits.last().is_some_and(|before| before.arrived > day) {
            return Err(format!("the state of {day} stands behind a later one: the oldest comes first"));
        }
        let (name, address) = match by {
            None => ("Example", "example@example.org"),
            Some(by) => by
                .strip_suffix('>')
                .and_then(|by| by.split_once(" <"))
                .ok_or_else(|| format!("`by: {by}` is not `Name <address>`"))?,
        };
        let mut commit = MemoryCommit::new(commits.len() + 1, name, address, day, "Example state");
        commit.files = files(records, settings, kinds)?;
        commits.push(commit);
    }
    Ok(Repository { commits, today, kinds: kinds.clone() })
}

fn files(records: &ExampleRecords, settings: Option<&Value>, kinds: &Kinds) -> Result<Files, String> {
    let mut files = Files::new();
    if let Some(settings) = settings {
        files.insert(RepoPath::from(FILE_NAME), text(settings)?);
    }
    for (name, records) in records {
        let Some(kind) = kinds.get(name) else {
            let known: Vec<&str> = kinds.iter().map(|kind| &*kind.name).collect();
            return Err(format!("there is no kind `{name}`: {}", settings::nearest_help(name, &known)));
        };
        let list = match records {
            Value::Array(list) => list.as_slice(),
            one => std::slice::from_ref(one),
        };
        if kind.markdown {
            for (at, record) in list.iter().enumerate() {
                let (path, bytes) = document(kind, at, record)?;
                if files.insert(path.clone(), bytes).is_some() {
                    return Err(format!("two documents would be {}: give each an `id`", path.shown()));
                }
            }
        } else if let Some(register) = kind.registers.first() {
            let path = RepoPath::from(format!("{register}.json").as_str());
            files.insert(path, text(&Value::Array(list.to_vec()))?);
        }
    }
    Ok(files)
}

/// A document: its fields as front matter (JSON is YAML), `body` as its text.
fn document(kind: &Kind, at: usize, record: &Value) -> Result<(RepoPath, Vec<u8>), String> {
    let mut fields = record.as_object().cloned().ok_or_else(|| format!("`{record}` is no document"))?;
    let body = fields.shift_remove("body");
    let body = body.as_ref().and_then(Value::as_str).unwrap_or("This document says what is done.");
    let stem = match fields.get("id") {
        Some(Value::String(id)) => id.clone(),
        _ => format!("document-{}", at + 1),
    };
    let folder = kind.folders.first().map_or("documents", |folder| folder);
    let mut bytes = b"---\n".to_vec();
    bytes.extend(text(&Value::Object(fields))?);
    bytes.extend(format!("---\n\n{body}\n").into_bytes());
    Ok((RepoPath::from(format!("{folder}/{stem}.md").as_str()), bytes))
}

fn text(value: &Value) -> Result<Vec<u8>, String> {
    let mut text = serde_json::to_vec_pretty(value).map_err(|error| error.to_string())?;
    text.push(b'\n');
    Ok(text)
}
