//! Record kinds: what a JSON Schema says about the records of one kind.
//!
//! A kind is a file in `schemas/` (JSON Schema 2020-12 with a few annotations of
//! our own, `x-…`). From it come the types that rules are checked against, the
//! reading of values (a scalar is what the schema wants, where its text
//! allows), and the problems of a record in words for its author.
//!
//! It does not decide which file holds records of which kind, reads no file
//! and judges nothing: what is acceptable stands in rules.

mod check;
pub mod date;
mod embedded;
mod locate;
mod node;
pub mod scalar;
mod schema;
mod shape;
#[cfg(test)]
mod tests;
mod view;
pub mod words;

pub use node::RecordNode;
pub use schema::SchemaFault;
pub use shape::{Field, Refs, Shape, Structure, Vocabulary};

use crate::expr::StructType;
use crate::record::{NodeId, NodeKind, Problem, Tree};
use jsonschema::Validator;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// File name of the shapes that several kinds share, as schemas refer to it.
pub(super) const SHARED_FILE: &str = "shared.schema.json";

/// The schema of the shared shapes, as text.
pub fn shared_schema() -> &'static str {
    embedded::SHARED
}

/// One kind of record.
pub struct Kind {
    /// Name, in snake case: `audit_programme`.
    pub name: Arc<str>,
    /// Name for readers: `Audit programme`.
    pub title: Arc<str>,
    /// One sentence on what such a record is.
    pub description: Arc<str>,
    /// The schema, as text.
    pub schema: Arc<str>,
    /// Names of folders that hold records of this kind.
    pub folders: Vec<Arc<str>>,
    /// The type that a record has by the folder it lies in, where it names none.
    pub folder_types: BTreeMap<Arc<str>, Arc<str>>,
    /// File stems of registers of this kind.
    pub registers: Vec<Arc<str>>,
    /// The fields that tell one record from another, usually `id` alone.
    pub identity: Vec<Arc<str>>,
    /// Whether records are Markdown files with front matter.
    pub markdown: bool,
    /// The fields and what they hold.
    pub structure: Arc<Structure>,
    /// The type of a record in expressions.
    pub fields: Arc<StructType>,
    value: Arc<Value>,
    /// Compiled at first use: most runs meet few kinds.
    validator: OnceLock<Option<Validator<view::Records>>>,
}

impl Kind {
    /// The kind that a schema describes. The schema is checked, against
    /// JSON Schema 2020-12 and for what would make a check unbounded.
    pub fn new(schema: &str) -> Result<Self, SchemaFault> {
        let kind = Self::unchecked(schema)?;
        let validator = schema::compile(&kind.value)?;
        Ok(Self { validator: OnceLock::from(Some(validator)), ..kind })
    }

    fn unchecked(schema: &str) -> Result<Self, SchemaFault> {
        let value = schema::parse(schema)?;
        let root = schema::shared()?;
        let annotation = &value["x-kind"];
        let text = |value: &Value| value.as_str().unwrap_or_default().into();
        let list = |name: &str| -> Vec<Arc<str>> {
            annotation[name]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(Arc::from)
                .collect()
        };
        let name: Arc<str> = text(&annotation["name"]);
        schema::check_name(&name)?;
        let field = shape::Scope { own: &value, shared: root }.field(&value, &name, true);
        let Some(Field { shape: Shape::Struct(structure), .. }) = field else {
            return Err(SchemaFault::shape());
        };
        let mut identity = list("identity");
        if identity.is_empty() {
            identity.push("id".into());
        }
        Ok(Self {
            title: text(&value["title"]),
            description: text(&value["description"]),
            schema: schema.into(),
            folders: list("folders"),
            folder_types: annotation["folder_types"]
                .as_object()
                .into_iter()
                .flatten()
                .filter_map(|(folder, ty)| Some((folder.as_str().into(), ty.as_str()?.into())))
                .collect(),
            registers: list("registers"),
            identity,
            markdown: annotation["markdown"] == true,
            fields: structure.ty.clone(),
            structure,
            name,
            value: Arc::new(value),
            validator: OnceLock::new(),
        })
    }

    /// The field at a dotted path: `verification.result`, `findings.clause`.
    pub fn field(&self, path: &str) -> Option<&Field> {
        self.structure.field(path)
    }

    /// A node of a tree as a record of this kind.
    pub fn record(&self, tree: &Arc<Tree>, node: NodeId) -> RecordNode {
        RecordNode::new(tree, node, &self.structure)
    }

    /// What is wrong with a record under the schema, in the order of the
    /// text. What the tree already says is not said again.
    pub fn check(&self, tree: &Tree, node: NodeId) -> Vec<Problem> {
        // The embedded schemas compile, which a test holds; others were
        // compiled when the kind was made.
        let validator = self.validator.get_or_init(|| schema::compile(&self.value).ok());
        match validator {
            Some(validator) => check::check(tree, node, &self.structure, validator),
            None => Vec::new(),
        }
    }

    /// Visits each scalar that the schema knows, with its dotted path and its
    /// field; items of a list come with the path of the list.
    pub fn visit<'t>(&'t self, tree: &Tree, node: NodeId, see: &mut dyn FnMut(&str, &'t Field, NodeId)) {
        visit(tree, node, &self.structure, "", see);
    }
}

/// The recursion follows the structure, whose depth is limited.
fn visit<'t>(
    tree: &Tree,
    node: NodeId,
    structure: &'t Structure,
    path: &str,
    see: &mut dyn FnMut(&str, &'t Field, NodeId),
) {
    for (key, value) in tree.entries(node) {
        let Some((name, field)) = structure.fields.get_key_value(tree.text(key)) else { continue };
        let path = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
        visit_value(tree, value, field, &path, see);
    }
}

fn visit_value<'t>(
    tree: &Tree,
    node: NodeId,
    field: &'t Field,
    path: &str,
    see: &mut dyn FnMut(&str, &'t Field, NodeId),
) {
    match (&field.shape, tree.kind(node)) {
        (Shape::List(item), NodeKind::Sequence) => {
            tree.items(node).for_each(|value| visit_value(tree, value, item, path, see));
        }
        (Shape::Struct(structure), NodeKind::Mapping) => visit(tree, node, structure, path, see),
        (_, NodeKind::Scalar(_)) if !tree.is_blank(node) => see(path, field, node),
        _ => {}
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kind").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The kinds of one run, by name.
#[derive(Clone, Debug)]
pub struct Kinds(BTreeMap<Arc<str>, Arc<Kind>>);

impl Kinds {
    /// The kinds that ship with the checker.
    ///
    /// # Panics
    /// Never: a test reads every embedded schema.
    pub fn embedded() -> Self {
        // Read once: whoever judges many small repositories shares what was
        // compiled.
        static KINDS: OnceLock<Kinds> = OnceLock::new();
        let read = |(_, schema): &(&str, &str)| {
            let kind = Kind::unchecked(schema).expect("a test reads every embedded schema");
            (kind.name.clone(), Arc::new(kind))
        };
        KINDS.get_or_init(|| Self(embedded::SCHEMAS.iter().map(read).collect())).clone()
    }

    /// With one more kind, from a repository's own schema. Returns the kind of
    /// the same name that it replaces, if any.
    pub fn add(&mut self, schema: &str) -> Result<Option<Arc<Kind>>, SchemaFault> {
        schema::strictly(schema)?;
        let kind = Kind::new(schema)?;
        Ok(self.0.insert(kind.name.clone(), Arc::new(kind)))
    }

    /// The kind of this name.
    pub fn get(&self, name: &str) -> Option<&Arc<Kind>> {
        self.0.get(name)
    }

    /// All kinds, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Kind>> {
        self.0.values()
    }

    /// The kind whose name is most like a misspelt one.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        words::nearest(name, self.0.keys().map(|known| &**known))
    }
}
