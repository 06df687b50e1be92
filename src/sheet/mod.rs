//! What people read in rows: sections of observations, figures, tables and
//! charts, with cells that keep their type, and their drawing as text for a
//! terminal, Markdown, CSV and JSON.
//!
//! It knows no record and judges nothing; cells from a repository are
//! [`Raw`] and each drawing escapes for its own sink.

mod chart;
mod csv;
mod human;
mod markdown;
mod table;

pub use chart::{Chart, Line, Point, Shape};
pub use csv::{cell as csv_cell, csv, rows as csv_rows};
pub use human::{human, human_section};
pub use markdown::{markdown, markdown_section};
pub use table::{Cell, Column, Table, natural, shown};

use crate::escape::Raw;
use serde::Serialize;

/// One figure, now and in the time before.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Its name for programs.
    pub key: &'static str,
    /// What it counts.
    pub label: &'static str,
    /// Its value.
    pub now: Cell,
    /// The value of the period before, where there is one to compare with.
    pub before: Cell,
}

/// What could not be determined, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// What is missing.
    pub why: Raw,
    /// The remedy, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Raw>,
}

/// A part of a page under a heading of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Section {
    /// Its name for programs.
    pub key: &'static str,
    /// Its heading.
    pub title: String,
    /// Clauses that it belongs to, in the 2022 edition.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<&'static str>,
    /// What is left for a person to fill in, because the records are silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blank: Option<Raw>,
    /// What can be seen, in sentences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<Raw>,
    /// What could not be determined.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undetermined: Vec<Gap>,
    /// Figures, side by side with the time before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<Figure>,
    /// Tables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    /// Charts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub charts: Vec<Chart>,
}

impl Section {
    /// An empty section.
    pub fn new(key: &'static str, title: impl Into<String>) -> Self {
        Self { key, title: title.into(), ..Self::default() }
    }

    /// The same with the clauses that it belongs to.
    #[must_use]
    pub fn of(mut self, clauses: &[&'static str]) -> Self {
        self.clauses = clauses.to_vec();
        self
    }

    /// Says something that can be seen.
    pub fn observe(&mut self, text: impl Into<Raw>) {
        self.observations.push(text.into());
    }

    /// Says what could not be determined, once.
    pub fn missing(&mut self, why: impl Into<Raw>, remedy: Option<Raw>) {
        let gap = Gap { why: why.into(), remedy };
        if !self.undetermined.contains(&gap) {
            self.undetermined.push(gap);
        }
    }

    /// Adds a figure.
    pub fn figure(&mut self, key: &'static str, label: &'static str, now: Cell, before: Cell) {
        self.figures.push(Figure { key, label, now, before });
    }
}

/// A whole page.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Page {
    /// Its heading.
    pub title: String,
    /// What it is about, in one line.
    pub about: Raw,
    /// Its sections.
    pub sections: Vec<Section>,
}

impl Page {
    /// Whether all of it could be determined.
    pub fn is_complete(&self) -> bool {
        self.sections.iter().all(|section| section.undetermined.is_empty())
    }
}
