//! Foreign layouts: from a file that was never written for this checker to
//! records, as a selection of the mapping describes it.
//!
//! A file is parsed once ([`Sheet`]); each [`Layout`] divides it into parts,
//! finds the sources of every field, and puts their values together as a tree
//! whose nodes know the exact bytes they came from. Values are translated into
//! what the schema wants; what is not understood stays as it is written.
//!
//! It reads no file, decides on no path, and judges nothing. A version in the
//! history is read by the same code as the snapshot, except for the dates that
//! git gives of a file, which are no part of any version.

mod advice;
mod cadence;
mod dates;
mod derive;
mod fields;
mod inline;
mod layout;
mod loose;
mod markdown;
mod names;
mod normalise;
mod observe;
mod out;
mod parts;
mod quantity;
mod sheet;
mod sources;
mod tables;
mod units;

pub use layout::Layout;
pub use observe::{Key, Observed, Rows, Section, bare_name, is_name, plain_name};
pub use out::Origin;
pub use sheet::Sheet;

use crate::record::{Assembly, Lost, NodeId, Problem, Tree};
use crate::settings::{GitDate, Names};
use crate::source::Span;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What git knows of a day of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GitDay {
    /// It was this one.
    On(NaiveDate),
    /// There was none: the file is not committed yet.
    Never,
    /// It should be known and is not: the history is cut short or was not read.
    Unknown,
}

/// Asks for a day of the file, not counting commits of some authors; none for
/// a version of the past.
pub type Ask<'a> = Option<&'a dyn Fn(GitDate, &Names) -> GitDay>;

/// The records that a layout finds in a file.
pub struct Extract {
    /// All of them, each a root.
    pub tree: Arc<Tree>,
    /// What belongs to each, in the order of the roots.
    pub records: Vec<Extracted>,
    /// Problems of the file's text, and of parts that are no record.
    pub problems: Vec<Problem>,
    /// Empty rows and templates that were passed over.
    pub passed: Vec<Span>,
}

/// One record of an [`Extract`].
pub struct Extracted {
    /// Its mapping.
    pub node: NodeId,
    /// The text of a document.
    pub body: Option<Span>,
    /// Where each field came from.
    pub origins: BTreeMap<String, Origin>,
    /// What is wrong with it beside its form.
    pub problems: Vec<Problem>,
}

/// What keeps a layout from taking a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmet {
    /// A key whose value is not the one that is asked for.
    Value {
        /// The key.
        key: String,
        /// What the selection asks for.
        wanted: String,
        /// What the file has.
        found: Option<String>,
    },
    /// Something that it does not have: a heading, columns, a key.
    Lacks(String),
}

impl Layout {
    /// What keeps this layout from taking a file; nothing where it takes it.
    pub fn unmet(&self, sheet: &Sheet<'_>) -> Vec<Unmet> {
        let tree = &sheet.tree;
        let root = tree.roots().first().copied();
        let value = |key: &str| root.and_then(|root| tree.get(root, key));
        let conditions = self.selection.condition.iter().map(|(key, wanted)| Unmet::Value {
            key: key.clone(),
            wanted: wanted.clone(),
            found: value(key).map(|value| tree.text(value).to_owned()),
        });
        let mut unmet: Vec<Unmet> = conditions
            .filter(|unmet| !matches!(unmet, Unmet::Value { wanted, found, .. } if found.as_ref() == Some(wanted)))
            .collect();
        let looks = &self.selection.looks;
        let entries = if looks.has.is_empty() { Vec::new() } else { self.units(sheet).parts };
        for key in looks.has.iter() {
            let asked = names::Name::new(key);
            let has =
                |unit: &units::Unit<'_>| unit.entries.iter().any(|entry| entry.name.fits(&asked).is_some());
            if !entries.iter().any(has) {
                unmet.push(Unmet::Lacks(format!("the key `{key}`")));
            }
        }
        if let Some(heading) = &looks.heading {
            let name = names::Name::new(heading);
            if !self.page(sheet).headings.iter().any(|heading| name.is_in(&heading.words.text)) {
                unmet.push(Unmet::Lacks(format!("a heading `{heading}`")));
            }
        }
        if !looks.columns.is_empty() {
            let has = |table: &markdown::Table| tables::has_columns(table, looks.columns.iter());
            if !self.page(sheet).tables.iter().any(has) {
                let columns: Vec<&str> = looks.columns.iter().collect();
                unmet.push(Unmet::Lacks(format!("a table with the columns {}", columns.join(", "))));
            }
        }
        unmet
    }

    /// What a file would have to hold that is to be divided.
    pub fn parts_wanted(&self) -> String {
        let split = self.split();
        let under = |under: &Option<String>| {
            under.as_ref().map_or_else(String::new, |heading| format!(" below the heading `{heading}`"))
        };
        if let Some(table) = split.and_then(|split| split.table.as_ref()) {
            let columns: Vec<&str> = table.columns.iter().collect();
            let columns = if columns.is_empty() {
                String::new()
            } else {
                format!(" with the columns {}", columns.join(", "))
            };
            return format!("rows of a table{columns}{}", under(&table.under));
        }
        if let Some(headings) = split.and_then(|split| split.headings.as_ref()) {
            return format!("headings that begin a record{}", under(&headings.under));
        }
        if let Some(tasks) = split.and_then(|split| split.tasks.as_ref()) {
            return format!("a task list{}", under(&tasks.under));
        }
        if let Some(list) = split.and_then(|split| split.list.as_ref()) {
            return format!("a list at `{list}`");
        }
        "rows".to_owned()
    }

    /// The records of a file.
    pub fn records(&self, sheet: &Sheet<'_>, git: Ask<'_>) -> Extract {
        let units = self.units(sheet);
        let mut assembly = Assembly::new(sheet.file, sheet.limits);
        let mut records = Vec::new();
        let mut passed = Vec::new();
        for unit in &units.parts {
            let Some(found) = self.resolve(sheet, unit, git) else {
                passed.push(unit.span);
                continue;
            };
            let node = out::write_map(&mut assembly, unit.span, &found.pairs);
            if let Some(node) = node.filter(|_| unit.incomplete) {
                assembly.mark_incomplete(node);
            }
            assembly.end_record();
            let Some(node) = node.filter(|_| !assembly.is_full()) else { break };
            records.push(Extracted {
                node,
                body: unit.body,
                origins: found.origins,
                problems: found.problems,
            });
        }
        let mut problems = units.problems;
        let mut lost: Vec<Lost> = Vec::new();
        for tree in &units.trees {
            problems.extend_from_slice(tree.problems());
            lost.extend_from_slice(tree.lost());
        }
        let tree = assembly.finish(&problems, &lost);
        let problems = tree.problems().to_vec();
        Extract { tree: Arc::new(tree), records, problems, passed }
    }
}
