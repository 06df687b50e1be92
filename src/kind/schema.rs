//! Reading and compiling a schema, and refusing one that could make a check
//! unbounded or reach outside: too large, too deep, referring to itself or to
//! anything but its own `$defs` and the shared ones.
//!
//! No schema is ever fetched: references are resolved here or refused, and
//! patterns run on an engine whose time is linear.

use super::shape::Scope;
use super::view::Records;
use super::{SHARED_FILE, date, embedded, scalar};
use crate::budget::Limits;
use crate::escape::Raw;
use crate::record::{self, Syntax};
use crate::source::{RepoPath, SourceFile, Span};
use jsonschema::{PatternOptions, Registry, Validator};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::OnceLock;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// An address that resolves relative references and names no host.
const BASE: &str = "ismslint:///schemas/";
const BYTES: usize = 256 << 10;
const DEPTH: usize = 32;
const NODES: usize = 10_000;
/// Bytes of a compiled pattern.
const PATTERN: usize = 1 << 20;

/// Why a schema cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the schema cannot be used")]
pub struct SchemaFault {
    /// Where in the schema, as a JSON pointer; empty for the whole.
    pub pointer: Raw,
    /// What is wrong.
    pub message: Raw,
}

impl SchemaFault {
    fn new(pointer: impl Into<Raw>, message: impl Into<Raw>) -> Self {
        Self { pointer: pointer.into(), message: message.into() }
    }

    pub(super) fn shape() -> Self {
        Self::new(
            "",
            "a record is an object with `properties`, nested at most 12 levels deep, and references lead straight to a shape",
        )
    }
}

/// The shared shapes.
pub(super) fn shared() -> Result<&'static Value, SchemaFault> {
    static SHARED: OnceLock<Result<Value, SchemaFault>> = OnceLock::new();
    SHARED.get_or_init(|| json(embedded::SHARED)).as_ref().map_err(Clone::clone)
}

fn json(text: &str) -> Result<Value, SchemaFault> {
    if text.len() > BYTES {
        return Err(SchemaFault::new("", format!("the schema is larger than {} KiB", BYTES >> 10)));
    }
    serde_json::from_str(text).map_err(|error| SchemaFault::new("", format!("not JSON: {error}")))
}

/// Refuses what readers of JSON do not agree on, such as a key that is written
/// twice: a reviewer goes by the first, and our reader takes the last.
pub(super) fn strictly(text: &str) -> Result<(), SchemaFault> {
    let file = SourceFile::new(RepoPath::from("schema.json"), text);
    let whole = Span::new(0, u32::try_from(text.len()).unwrap_or(u32::MAX));
    let tree = record::parse(&file, whole, Syntax::Json, &Limits::STANDARD);
    match tree.problems().first() {
        None => Ok(()),
        Some(problem) => {
            let line = file.position(problem.span.start).line;
            Err(SchemaFault::new("", format!("line {line}: {}", problem.message.unescaped())))
        }
    }
}

/// Reads a schema and refuses what is not allowed in one.
pub(super) fn parse(text: &str) -> Result<Value, SchemaFault> {
    let schema = json(text)?;
    match schema.get("$schema").map(Value::as_str) {
        None | Some(Some(DIALECT)) => {}
        Some(_) => return Err(SchemaFault::new("/$schema", format!("only {DIALECT} is read"))),
    }
    let scope = Scope { own: &schema, shared: shared()? };
    let mut nodes = 0;
    // Depth first with an explicit stack: value, pointer, depth.
    let mut open = vec![(&schema, String::new(), 0)];
    while let Some((value, pointer, depth)) = open.pop() {
        nodes += 1;
        if nodes > NODES || depth > DEPTH {
            let message = format!("the schema has more than {NODES} parts or {DEPTH} levels");
            return Err(SchemaFault::new(pointer, message));
        }
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let at = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                    keyword(&scope, name, member, &pointer, &at)?;
                    open.push((member, at, depth + 1));
                }
            }
            Value::Array(items) => {
                open.extend(
                    items.iter().enumerate().map(|(at, item)| (item, format!("{pointer}/{at}"), depth + 1)),
                );
            }
            _ => {}
        }
    }
    refuse_cycles(&scope, &schema)?;
    Ok(schema)
}

fn keyword(scope: &Scope<'_>, name: &str, value: &Value, parent: &str, at: &str) -> Result<(), SchemaFault> {
    // Inside `properties` a name is the name of a field.
    if ["properties", "$defs", "x-alias", "dependentSchemas"]
        .iter()
        .any(|names| parent.ends_with(&format!("/{names}")))
    {
        return Ok(());
    }
    match name {
        "$dynamicRef" | "$dynamicAnchor" | "$recursiveRef" | "$anchor" | "$id" | "$vocabulary" => {
            Err(SchemaFault::new(at, format!("`{name}` is not supported in the schema of a kind")))
        }
        "$ref" => match value.as_str().filter(|target| scope.resolve(target).is_some()) {
            Some(_) => Ok(()),
            None => Err(SchemaFault::new(
                at,
                format!(
                    "a reference leads to #/$defs/… or {SHARED_FILE}#/$defs/…, and to something that is there"
                ),
            )),
        },
        _ => Ok(()),
    }
}

/// References among `$defs` must not lead back to where they started.
fn refuse_cycles(scope: &Scope<'_>, schema: &Value) -> Result<(), SchemaFault> {
    let mut done = BTreeSet::new();
    let mut path: Vec<String> = Vec::new();
    // A target is entered, then left when all that it refers to is done.
    let mut open: Vec<(String, bool)> =
        references(schema).into_iter().map(|target| (target, false)).collect();
    while let Some((target, leaving)) = open.pop() {
        if leaving {
            path.pop();
            done.insert(target);
            continue;
        }
        if path.contains(&target) {
            return Err(SchemaFault::new(target, "the reference leads back to itself"));
        }
        if done.contains(&target) {
            continue;
        }
        let inner = scope.resolve(&target).map(references).unwrap_or_default();
        path.push(target.clone());
        open.push((target, true));
        open.extend(inner.into_iter().map(|target| (target, false)));
    }
    Ok(())
}

/// All targets of `$ref` in a schema. A reference from `$defs` counts where
/// the definition is used.
fn references(schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(target)) = members.get("$ref") {
                    found.insert(target.clone());
                }
                open.extend(members.iter().filter(|(name, _)| *name != "$defs").map(|(_, member)| member));
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    found
}

pub(super) fn check_name(name: &str) -> Result<(), SchemaFault> {
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit();
    if name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(letters) {
        return Ok(());
    }
    Err(SchemaFault::new("/x-kind/name", "`x-kind` gives a `name` of lower-case letters, digits and _"))
}

/// Compiles a schema that [`parse`] accepted.
pub(super) fn compile(schema: &Value) -> Result<Validator<Records>, SchemaFault> {
    let fault = |error: &dyn std::fmt::Display| SchemaFault::new("", error.to_string());
    let registry = Registry::new()
        .add(format!("{BASE}{SHARED_FILE}"), shared()?)
        .and_then(jsonschema::RegistryBuilder::prepare)
        .map_err(|error| fault(&error))?;
    jsonschema::options_for::<Records>()
        .with_draft(jsonschema::Draft::Draft202012)
        .with_base_uri(format!("{BASE}kind.schema.json"))
        .with_registry(&registry)
        .offline()
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN))
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .with_format("date", |text: &str| date::date(text).is_some())
        .with_format("duration", |text: &str| scalar::duration(text).is_some())
        .with_format("period", |text: &str| scalar::period(text).is_some())
        .with_format("record-id", scalar::is_id)
        .build(schema)
        .map_err(|error| SchemaFault::new(error.instance_path().as_str().to_owned(), error.to_string()))
}
