//! Why a file gave the records that it gave, or none: for a person who wonders
//! about the layout or the mapping of an ISMS.
//!
//! It goes the way of a check, for one file, and keeps what a check forgets.

use super::placing::{Holds, Placing, Refusal};
use super::{Record, git_days, load, reading};
use crate::extract::{Layout, Origin, Sheet, Unmet};
use crate::history::History;
use crate::record::{NodeId, Problem};
use crate::settings::{GitDate, KeyPlace, Names};
use crate::snapshot::{ReadProblem, Snapshot};
use crate::source::{RepoPath, SourceFile};
use std::sync::Arc;

/// What became of a file.
pub enum Why {
    /// It cannot hold records, by its name.
    Refused(Refusal),
    /// No register, folder or selection of the mapping has its name.
    Unnamed,
    /// Selections of the mapping have its name, and ask for other values.
    Unselected(Vec<(Arc<Layout>, Vec<Unmet>)>),
    /// It should hold records and cannot be read.
    Unread(ReadProblem),
    /// It was read.
    Read {
        /// The file.
        file: Arc<SourceFile>,
        /// The selections of the mapping that took it.
        layouts: Vec<Arc<Layout>>,
        /// Its records; the rows of a metric behind it.
        records: Vec<Record>,
        /// What is wrong with its text and its records.
        problems: Vec<Problem>,
        /// How many empty rows and templates were passed over.
        passed: usize,
    },
}

/// What becomes of a file of the snapshot, and why.
pub fn why(snapshot: &Snapshot, placing: &Placing, history: &History, path: &RepoPath) -> Why {
    if let Some(refusal) = placing.refusal(path) {
        return Why::Refused(refusal);
    }
    let places = placing.of(path);
    if places.is_empty() {
        return Why::Unnamed;
    }
    let file = match load::text(snapshot, placing, path) {
        Ok(file) => file,
        Err(problem) => return Why::Unread(problem),
    };
    let git = |which: GitDate, bots: &Names| git_days::day(history, path, which, bots);
    let found = reading::read(&file, &places, snapshot.limits(), Some(&git));
    if found.unrecognised {
        return Why::Unselected(unmet(&file, &places, snapshot));
    }
    let mut problems = found.problems;
    problems.extend(found.of_records.into_iter().map(|(_, problem)| problem));
    for record in &found.records {
        problems.extend(load::form(record, &found.records));
    }
    Why::Read { file, layouts: found.layouts, records: found.records, problems, passed: found.passed }
}

/// What keeps each selection from taking a file.
fn unmet(file: &Arc<SourceFile>, places: &[Holds], snapshot: &Snapshot) -> Vec<(Arc<Layout>, Vec<Unmet>)> {
    let Ok(sheet) = Sheet::open(file, snapshot.limits()) else { return Vec::new() };
    let mapped = places.iter().filter_map(|place| match place {
        Holds::Mapped(layout) => {
            let mut unmet = layout.unmet(&sheet);
            if unmet.is_empty() && layout.splits() {
                unmet.push(Unmet::Lacks(layout.parts_wanted()));
            }
            Some((layout.clone(), unmet))
        }
        Holds::Records(_) => None,
    });
    mapped.collect()
}

impl Record {
    /// The fields in the order of the file, each with the node of its value and
    /// where it came from.
    pub fn origins(&self) -> impl Iterator<Item = (&str, NodeId, Origin)> {
        let tree = &self.tree;
        tree.entries(self.node).map(move |(key, value)| {
            let name = tree.text(key);
            let mapped = self.mapped.as_ref().and_then(|mapped| mapped.origins.get(name)).cloned();
            let span = tree.span(key);
            let written = || tree.file().slice(span).trim_matches(['"', '\'']).to_owned();
            let origin =
                mapped.unwrap_or_else(|| Origin::Key { place: KeyPlace::Keys, name: written(), span });
            (name, value, origin)
        })
    }
}
