//! The records of one snapshot: which files hold them, what each is, and what
//! could not be read.
//!
//! A file that nothing recognises is named, a broken record does not lose its
//! neighbours, and what cannot be examined says so. Nothing here is judged.

mod encoding;
mod evidence;
mod flatten;
mod git_days;
mod images;
mod load;
mod measurement;
mod nearest;
mod placing;
mod reading;
mod why;

pub use encoding::decode;
pub use evidence::{NamedFile, listed_path};
pub use flatten::TEXT;
pub use images::Reader;
pub use load::{Kept, load, load_again, records_of};
pub use placing::{EXTENSIONS, Holds, Placing, Refusal};
pub use why::{Why, why};

use crate::escape::Raw;
use crate::expr::{FieldRef, Object, Text, Value};
use crate::extract::{Layout, Origin};
use crate::finding::RecordKey;
use crate::history::Fields;
use crate::kind::Kind;
use crate::record::{NodeId, NodeKind, Problem, Tree};
use crate::snapshot::ReadProblem;
use crate::source::{Place, RepoPath, SourceFile, Span, hex};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// One record.
#[derive(Clone)]
pub struct Record {
    /// Its kind.
    pub kind: Arc<Kind>,
    /// Kind and id; where the id is missing, the place stands in for it.
    pub key: RecordKey,
    /// Whether it has an id of its own.
    pub identified: bool,
    /// Where a finding about the record as a whole points.
    pub place: Place,
    /// The bytes of the whole record.
    pub span: Span,
    /// For a document: the text below the front matter.
    pub body: Option<Span>,
    /// What the mapping knows of it, where it is by the mapping.
    mapped: Option<Arc<Mapped>>,
    object: Arc<dyn Object>,
    tree: Arc<Tree>,
    node: NodeId,
}

/// How the mapping came to a record.
struct Mapped {
    layout: Arc<Layout>,
    origins: BTreeMap<String, Origin>,
}

/// A reference that a record makes.
pub struct Reference {
    /// Path of the field.
    pub field: String,
    /// The id it names.
    pub id: Text,
    /// The kinds it may name; none for any kind.
    pub kinds: Vec<Arc<str>>,
    /// Where it stands.
    pub place: Place,
}

impl Record {
    /// The record as expressions see it.
    pub fn value(&self) -> Value {
        Value::Struct(self.object.clone())
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Value {
        self.object.get(&FieldRef::named(name))
    }

    /// The value at a path of fields.
    pub fn path(&self, names: &[&str]) -> Value {
        let mut value = self.value();
        for name in names {
            match value {
                Value::Struct(object) => {
                    value = object.get(&FieldRef::named(name));
                }
                other => return other,
            }
        }
        value
    }

    /// The text of a field.
    pub fn text(&self, name: &str) -> Option<Text> {
        match self.get(name) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Where a finding about a field points.
    pub fn place_of(&self, field: &str) -> Place {
        self.object.place_of(field).unwrap_or_else(|| self.place.clone())
    }

    /// Every reference to another record.
    pub fn references(&self) -> Vec<Reference> {
        let mut references = Vec::new();
        self.kind.visit(&self.tree, self.node, &mut |path, field, node| {
            let Some(refs) = &field.refs else { return };
            // The rows of a metric refer for themselves.
            if &*self.kind.name == "metric" && path.starts_with("measurements.") {
                return;
            }
            // What cannot be an id is a fault of form, told as such.
            if !crate::kind::scalar::is_id(self.tree.text(node)) {
                return;
            }
            let kinds = match refs {
                crate::kind::Refs::Any => Vec::new(),
                crate::kind::Refs::Kinds(kinds) => kinds.to_vec(),
            };
            references.push(Reference {
                field: path.to_owned(),
                id: self.tree.shared_text(node),
                kinds,
                place: Place { file: self.tree.file().clone(), span: self.tree.span(node) },
            });
        });
        references
    }

    /// Ids of its parts that have one of their own.
    fn parts(&self) -> Vec<String> {
        let lists =
            self.tree.entries(self.node).filter(|(_, list)| self.tree.kind(*list) == NodeKind::Sequence);
        let items = lists.flat_map(|(_, list)| self.tree.items(list));
        let ids = items.filter_map(|item| self.tree.get(item, "id"));
        ids.map(|id| format!("{}/{}", self.key.id.unescaped(), self.tree.text(id))).collect()
    }

    /// Its fields as the history compares them: normalised, ordered by path.
    pub fn fields(&self) -> Fields {
        // The rows of a metric are records of their own.
        let skip = (&*self.kind.name == "metric").then_some("measurements");
        let body = self.body.map(|body| self.tree.file().slice(body));
        flatten::flatten(&self.tree, self.node, &self.kind.structure, skip, body)
    }

    /// The key that findings about it are remembered by. Without an id its
    /// content stands in: a place would be another one after each edit above.
    pub fn lasting_key(&self) -> RecordKey {
        if self.identified {
            return self.key.clone();
        }
        let mut hash = Sha256::new();
        for part in self.fields().iter().flat_map(|(path, value)| [path, value]) {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let id = format!("content {}", hex(&hash.finalize()[..8]));
        RecordKey { kind: self.key.kind.clone(), id: Raw::from(id) }
    }

    /// The tree and the node it was read from.
    pub fn node(&self) -> (&Arc<Tree>, NodeId) {
        (&self.tree, self.node)
    }
}

/// A problem of form, at its place.
#[derive(Clone, Debug)]
pub struct Located {
    /// The file.
    pub file: Arc<SourceFile>,
    /// What is wrong.
    pub problem: Problem,
    /// The record, where it is one's.
    pub record: Option<RecordKey>,
}

/// The records of a snapshot.
#[derive(Default)]
pub struct Inventory {
    records: Vec<Record>,
    by_key: BTreeMap<RecordKey, usize>,
    by_kind: BTreeMap<Arc<str>, Vec<usize>>,
    /// The first record of each kind that has the id.
    by_id: BTreeMap<String, Vec<usize>>,
    /// Parts with an id of their own, as `PARENT/PART`: an audit's finding, a
    /// review's decision; with the record they are part of.
    parts: BTreeMap<String, usize>,
    alike: OnceLock<nearest::Alike>,
    sources: BTreeMap<RepoPath, Arc<SourceFile>>,
    named_files: BTreeMap<RepoPath, NamedFile>,
    /// Problems of form.
    pub problems: Vec<Located>,
    /// Files that look like records and that nothing recognised.
    pub unrecognised: Vec<RepoPath>,
    /// Files that should hold records and were not read, with their kinds.
    pub unread: Vec<(RepoPath, Arc<str>, ReadProblem)>,
    /// Kinds of which a file could be read in part only.
    pub broken_kinds: Vec<Arc<str>>,
    /// How many files hold records.
    pub files: usize,
}

impl Inventory {
    /// The records, ordered by file and place.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The records of a kind.
    pub fn of_kind<'i>(&'i self, kind: &str) -> impl Iterator<Item = &'i Record> + use<'i> {
        self.places_of_kind(kind).iter().map(|at| &self.records[*at])
    }

    /// Where the records of a kind stand among all records.
    pub fn places_of_kind(&self, kind: &str) -> &[usize] {
        self.by_kind.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The kinds of which there are records.
    pub fn kinds(&self) -> impl Iterator<Item = &Arc<str>> {
        self.by_kind.keys()
    }

    /// The record of this kind and id.
    pub fn find(&self, kind: &str, id: &str) -> Option<&Record> {
        self.position(kind, id).map(|at| &self.records[at])
    }

    /// Where the record of this kind and id stands among all records.
    pub fn position(&self, kind: &str, id: &str) -> Option<usize> {
        self.by_id.get(id)?.iter().copied().find(|at| *self.records[*at].kind.name == *kind)
    }

    /// The record with this key.
    pub fn by_key(&self, key: &RecordKey) -> Option<&Record> {
        self.by_key.get(key).map(|at| &self.records[*at])
    }

    /// Whether a record of one of `kinds` (of any, where there are none) has
    /// this id.
    pub fn exists(&self, kinds: &[Arc<str>], id: &str) -> bool {
        let found = self.by_id.get(id).into_iter().flatten().chain(self.parts.get(id));
        found.into_iter().any(|at| kinds.is_empty() || kinds.contains(&self.records[*at].kind.name))
    }

    /// The existing id of one of `kinds` that is most like `id`.
    pub fn nearest(&self, kinds: &[Arc<str>], id: &str) -> Option<String> {
        let alike = self.alike.get_or_init(|| nearest::Alike::of(&self.records));
        alike.nearest(kinds, id).map(str::to_owned)
    }

    /// Whether a record of this kind may stand where nothing could be read.
    pub fn may_hold(&self, key: &RecordKey) -> bool {
        self.may_hold_any(std::slice::from_ref(&key.kind), key.id.unescaped())
    }

    /// Whether a record of one of `kinds` may stand where nothing could be read.
    pub fn may_hold_any(&self, kinds: &[Arc<str>], _id: &str) -> bool {
        let hidden = self.unread.iter().map(|(_, kind, _)| kind).chain(&self.broken_kinds);
        hidden.into_iter().any(|kind| kinds.is_empty() || kinds.contains(kind))
    }

    /// What the snapshot has of a file that a record names as evidence.
    pub fn named_file(&self, path: &RepoPath) -> Option<&NamedFile> {
        self.named_files.get(path)
    }

    /// The text of a file that was read.
    pub fn source(&self, path: &RepoPath) -> Option<&Arc<SourceFile>> {
        self.sources.get(path)
    }
}
