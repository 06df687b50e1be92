//! Why a file gave the records that it gave, or none: for a person who wonders
//! about the layout or the mapping of an ISMS.
//!
//! It goes the way of a check, for one file, and keeps what a check forgets.

use super::placing::{Holds, Placing, Refusal};
use super::reading;
use super::{Record, load};
use crate::budget::Limits;
use crate::record::{NodeId, Problem};
use crate::settings::{FilePart, Selection};
use crate::snapshot::{ReadProblem, Snapshot};
use crate::source::{Place, RepoPath, SourceFile};
use serde_yaml::Location;
use std::sync::Arc;

/// What became of a file.
pub enum Why {
    /// It cannot hold records, by its name.
    Refused(Refusal),
    /// No register, folder or selection of the mapping has its name.
    Unnamed,
    /// Selections of the mapping have its name, and ask for other values.
    Unselected(Vec<(Arc<Selection>, Vec<Unmet>)>),
    /// It should hold records and cannot be read.
    Unread(ReadProblem),
    /// It was read.
    Read {
        /// The file.
        file: Arc<SourceFile>,
        /// The selection of the mapping that took it.
        selection: Option<Arc<Selection>>,
        /// Its records; the rows of a metric behind it.
        records: Vec<Record>,
        /// What is wrong with its text and its records.
        problems: Vec<Problem>,
    },
}

/// A key whose value is not the one that a selection asks for.
pub struct Unmet {
    /// The key.
    pub key: String,
    /// What the selection asks for.
    pub wanted: String,
    /// What the file has.
    pub found: Option<String>,
}

/// Where the value of a field came from.
pub enum Origin {
    /// A key of the file, at this place.
    Key(Place),
    /// A part of the file's path.
    Path(FilePart),
    /// The default of a selection, at this location in the settings.
    Default(Location),
}

/// What becomes of a file of the snapshot, and why.
pub fn why(snapshot: &Snapshot, placing: &Placing, path: &RepoPath) -> Why {
    if let Some(refusal) = placing.refusal(path) {
        return Why::Refused(refusal);
    }
    let places = placing.of(path);
    if places.is_empty() {
        return Why::Unnamed;
    }
    let file = match snapshot.text(path) {
        Ok(file) => file,
        Err(problem) => return Why::Unread(problem),
    };
    let found = reading::read(&file, &places, snapshot.limits());
    if found.unrecognised {
        return Why::Unselected(unmet(&file, &places, snapshot.limits()));
    }
    let mut problems = found.problems;
    for record in &found.records {
        problems.extend(load::form(record, &found.records));
    }
    Why::Read { file, selection: found.selection, records: found.records, problems }
}

/// What keeps each selection from taking a file.
fn unmet(file: &Arc<SourceFile>, places: &[Holds], limits: &Limits) -> Vec<(Arc<Selection>, Vec<Unmet>)> {
    let Ok((tree, _)) = reading::parse(file, places, limits) else { return Vec::new() };
    let value = |key: &str| tree.roots().first().and_then(|root| tree.get(*root, key));
    let unmet = |selection: &Selection| {
        let conditions = selection.condition.iter().map(|(key, wanted)| Unmet {
            key: key.clone(),
            wanted: wanted.clone(),
            found: value(key).map(|value| tree.text(value).to_owned()),
        });
        conditions.filter(|unmet| unmet.found.as_ref() != Some(&unmet.wanted)).collect()
    };
    let mapped = places.iter().filter_map(|place| match place {
        Holds::Mapped(_, selection) => Some((selection.clone(), unmet(selection))),
        Holds::Records(_) => None,
    });
    mapped.collect()
}

impl Record {
    /// The fields in the order of the file, each with the node of its value and
    /// where it came from; `selection` is the one that took the file.
    pub fn origins<'r>(
        &'r self,
        selection: Option<&'r Selection>,
    ) -> impl Iterator<Item = (&'r str, NodeId, Origin)> + 'r {
        let tree = &self.tree;
        tree.entries(self.node).map(move |(key, value)| {
            let name = tree.text(key);
            let source = selection.and_then(|selection| selection.fields.get(name));
            // What the mapping added has no bytes of its own in the file.
            let added = source.filter(|_| tree.span(key).is_empty());
            let from_path = added.and_then(|source| source.file).map(Origin::Path);
            let default = added.and_then(|source| source.default.as_ref());
            let origin = from_path.or_else(|| default.map(|default| Origin::Default(default.defined)));
            let place = Place { file: tree.file().clone(), span: tree.span(key) };
            (name, value, origin.unwrap_or(Origin::Key(place)))
        })
    }
}
