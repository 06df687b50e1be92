//! From a schema to the shape of its records: what each field holds, for the
//! expression checker, for reading values and for saying what is wrong.
//!
//! It understands the part of JSON Schema that describes data (`properties`,
//! `items`, `enum`, `type`, `format`, `$ref` into `$defs`); everything else is
//! left to the validator. What it cannot describe, rules cannot see.

use crate::expr::{FieldType, StructType, Type};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Levels of structures and lists in a schema.
const DEPTH: u32 = 12;

/// What a value is.
#[derive(Clone, Debug)]
pub enum Shape {
    /// Any text.
    Text,
    /// An id, or a reference to one.
    Id,
    /// A measuring period.
    Period,
    /// A day.
    Date,
    /// A span of time.
    Duration,
    /// A word of a closed vocabulary.
    OneOf(Arc<Vocabulary>),
    /// A number.
    Number {
        /// Whether it has to be whole.
        whole: bool,
    },
    /// True or false.
    Bool,
    /// A list.
    List(Arc<Field>),
    /// Fields.
    Struct(Arc<Structure>),
    /// Free keys, all of one shape.
    Map(Arc<Field>),
    /// Whatever the schema says in ways that are not read here.
    Any,
}

/// The words of a closed vocabulary.
#[derive(Debug)]
pub struct Vocabulary {
    /// The words, in the order of the schema.
    pub words: Arc<[Arc<str>]>,
    /// Other words that are read as one of them.
    pub aliases: BTreeMap<Arc<str>, Arc<str>>,
}

impl Vocabulary {
    /// The word that a text stands for.
    pub fn word(&self, text: &str) -> Option<&Arc<str>> {
        self.words.iter().find(|word| &***word == text).or_else(|| self.aliases.get(text))
    }
}

/// Which records a reference may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refs {
    /// Records of any kind.
    Any,
    /// Records of these kinds.
    Kinds(Arc<[Arc<str>]>),
}

/// A field, or an item of a list.
#[derive(Clone, Debug)]
pub struct Field {
    /// One sentence on what it holds, with its unit.
    pub description: Arc<str>,
    /// What it holds.
    pub shape: Shape,
    /// Whether the schema requires it.
    pub required: bool,
    /// For a reference (or a list of them): to what.
    pub refs: Option<Refs>,
    /// Whether it names a person, role or handle.
    pub person: bool,
    /// Whether it can hold details of incidents or people.
    pub sensitive: bool,
}

/// The fields of a record or of a part of one.
#[derive(Debug)]
pub struct Structure {
    /// The type that expressions are checked against.
    pub ty: Arc<StructType>,
    /// The fields, by name.
    pub fields: BTreeMap<Arc<str>, Field>,
}

impl Structure {
    /// The field at a dotted path (`verification.result`, `findings.clause`);
    /// lists on the way are looked through.
    pub fn field(&self, path: &str) -> Option<&Field> {
        let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let field = self.fields.get(name)?;
        let Some(rest) = rest else { return Some(field) };
        field.structure()?.field(rest)
    }
}

impl Field {
    /// The structure that the field is, or that its items are.
    pub fn structure(&self) -> Option<&Arc<Structure>> {
        match &self.shape {
            Shape::Struct(structure) => Some(structure),
            Shape::List(item) => item.structure(),
            _ => None,
        }
    }

    fn ty(&self) -> Option<Type> {
        Some(match &self.shape {
            Shape::Text | Shape::Id | Shape::Period => Type::Text,
            Shape::Date => Type::Date,
            Shape::Duration => Type::Duration,
            Shape::OneOf(vocabulary) => Type::OneOf(vocabulary.words.clone()),
            Shape::Number { .. } => Type::Number,
            Shape::Bool => Type::Bool,
            Shape::List(item) => Type::List(Box::new(item.ty()?)),
            Shape::Struct(structure) => Type::Struct(structure.ty.clone()),
            Shape::Map(_) => {
                Type::Struct(Arc::new(StructType { name: "map".into(), fields: BTreeMap::new() }))
            }
            Shape::Any => return None,
        })
    }
}

/// The schemas that references are resolved in.
pub(super) struct Scope<'s> {
    pub(super) own: &'s Value,
    pub(super) shared: &'s Value,
}

impl Scope<'_> {
    /// The target of a reference to `$defs`, own or shared.
    pub(super) fn resolve(&self, reference: &str) -> Option<&Value> {
        let (document, pointer) = reference.split_once('#')?;
        let document = match document {
            "" => self.own,
            super::SHARED_FILE => self.shared,
            _ => return None,
        };
        pointer.starts_with("/$defs/").then(|| document.pointer(pointer)).flatten()
    }

    /// The field that `schema` describes; `name` is how messages name it.
    /// `None` where it is nested too deep.
    pub(super) fn field(&self, schema: &Value, name: &str, required: bool) -> Option<Field> {
        self.read(schema, name, required, 0)
    }

    fn read(&self, schema: &Value, name: &str, required: bool, depth: u32) -> Option<Field> {
        if depth > DEPTH {
            return None;
        }
        // A reference brings its target's words; what stands beside it wins.
        let base = match schema.get("$ref").and_then(Value::as_str).and_then(|target| self.resolve(target)) {
            Some(Value::Object(target)) if target.contains_key("$ref") => return None,
            target => target,
        };
        let get = |key: &str| schema.get(key).or_else(|| base?.get(key));
        let is = |key: &str| get(key).and_then(Value::as_bool).unwrap_or(false);
        let mut field = Field {
            description: get("description").and_then(Value::as_str).unwrap_or_default().into(),
            shape: Shape::Any,
            required,
            refs: get("x-refs").and_then(refs),
            person: is("x-person"),
            sensitive: is("x-sensitive"),
        };
        field.shape = match get("type").and_then(Value::as_str) {
            _ if get("enum").is_some() => vocabulary(get("enum")?, get("x-alias")).unwrap_or(Shape::Any),
            Some("string") => match get("format").and_then(Value::as_str) {
                Some("date") => Shape::Date,
                Some("duration") => Shape::Duration,
                Some("period") => Shape::Period,
                Some("record-id") => Shape::Id,
                _ => Shape::Text,
            },
            Some("number") => Shape::Number { whole: false },
            Some("integer") => Shape::Number { whole: true },
            Some("boolean") => Shape::Bool,
            Some("array") => {
                let item = get("items").map(|item| self.read(item, name, true, depth + 1));
                match item {
                    Some(item) => {
                        let item = item?;
                        field.refs = field.refs.or_else(|| item.refs.clone());
                        field.person |= item.person;
                        field.sensitive |= item.sensitive;
                        Shape::List(Arc::new(item))
                    }
                    None => Shape::Any,
                }
            }
            Some("object") => match (get("properties"), get("additionalProperties")) {
                (Some(Value::Object(properties)), _) => {
                    let wanted = get("required").and_then(Value::as_array);
                    Shape::Struct(Arc::new(self.structure(properties, wanted, name, depth)?))
                }
                (_, Some(any @ Value::Object(_))) => {
                    Shape::Map(Arc::new(self.read(any, name, false, depth + 1)?))
                }
                _ => Shape::Any,
            },
            _ => Shape::Any,
        };
        Some(field)
    }

    fn structure(
        &self,
        properties: &serde_json::Map<String, Value>,
        required: Option<&Vec<Value>>,
        name: &str,
        depth: u32,
    ) -> Option<Structure> {
        let mut fields = BTreeMap::new();
        for (key, schema) in properties {
            let required = required.is_some_and(|names| names.iter().any(|name| name.as_str() == Some(key)));
            fields.insert(
                key.as_str().into(),
                self.read(schema, &format!("{name}.{key}"), required, depth + 1)?,
            );
        }
        let types = fields.iter().filter_map(|(key, field): (&Arc<str>, &Field)| {
            let doc = field.description.clone();
            Some((key.clone(), FieldType { ty: field.ty()?, optional: !field.required, doc }))
        });
        Some(Structure { ty: Arc::new(StructType { name: name.into(), fields: types.collect() }), fields })
    }
}

fn refs(annotation: &Value) -> Option<Refs> {
    match annotation {
        Value::String(any) if any == "any" => Some(Refs::Any),
        Value::Array(kinds) => {
            Some(Refs::Kinds(kinds.iter().filter_map(Value::as_str).map(Arc::from).collect()))
        }
        _ => None,
    }
}

/// `None` where the words are not all text.
fn vocabulary(words: &Value, aliases: Option<&Value>) -> Option<Shape> {
    let words: Option<Arc<[Arc<str>]>> =
        words.as_array()?.iter().map(|word| word.as_str().map(Arc::from)).collect();
    let aliases = aliases.and_then(Value::as_object).into_iter().flatten();
    let aliases = aliases.filter_map(|(alias, word)| Some((alias.as_str().into(), word.as_str()?.into())));
    Some(Shape::OneOf(Arc::new(Vocabulary { words: words?, aliases: aliases.collect() })))
}
