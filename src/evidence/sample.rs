//! A sample of the records for an auditor to look at by hand: drawn by a seed,
//! so that whoever has the same seed and commit draws the same records.
//!
//! The method, in words that can be done again without this program: a record is
//! named `KIND/ID`; of several with one name the second is `KIND/ID#2`, by path
//! and place. The population is every record that was examined. For each, take
//! the SHA-256 of the seed, one zero byte and the name, in UTF-8; the N least
//! are the sample. It examines nothing: that is for the auditor.

use crate::escape::Raw;
use crate::inventory::{Inventory, Record};
use crate::sheet::{Cell, Section, Table};
use crate::source::{RepoPath, hex};
use crate::views::read::title;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What the method is called in a pack.
const METHOD: &str = "the N records with the least SHA-256 of SEED, a zero byte and KIND/ID (v1)";

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sampling {
    /// How many records.
    pub size: usize,
    /// By which seed.
    pub seed: String,
}

/// A sample.
#[derive(Clone, Debug, Serialize)]
pub struct Sample {
    /// How it was drawn.
    pub method: &'static str,
    /// By which seed.
    pub seed: Raw,
    /// How many were asked for.
    pub asked: usize,
    /// How many records there are to draw from.
    pub population: usize,
    /// SHA-256 of their names in the order of their bytes, each with a line end.
    pub population_digest: String,
    /// Those that were drawn, in the order of their draw.
    pub drawn: Vec<Drawn>,
}

/// A record that was drawn.
#[derive(Clone, Debug, Serialize)]
pub struct Drawn {
    /// Its name in the population.
    pub name: Raw,
    /// Its kind.
    pub kind: std::sync::Arc<str>,
    /// Its id.
    pub id: Raw,
    /// Its title.
    pub title: Raw,
    /// The file, from the root of the repository.
    pub path: Raw,
    /// The line, from 1.
    pub line: u32,
    /// The number that drew it.
    pub draw: String,
}

/// Draws a sample of the records of an ISMS below `root`.
pub(super) fn draw(inventory: &Inventory, root: &str, sampling: &Sampling) -> Sample {
    let named = named(inventory);
    let mut population = Sha256::new();
    for name in named.keys() {
        population.update(name.as_bytes());
        population.update(b"\n");
    }
    let number = |name: &str| {
        let parts: [&[u8]; 3] = [sampling.seed.as_bytes(), b"\0", name.as_bytes()];
        hex(&parts.iter().fold(Sha256::new(), Digest::chain_update).finalize())
    };
    let mut draws: Vec<(String, &String, &Record)> =
        named.iter().map(|(name, record)| (number(name), name, *record)).collect();
    draws.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    let drawn = draws.into_iter().take(sampling.size).map(|(draw, name, record)| Drawn {
        name: Raw::from(name.as_str()),
        kind: record.key.kind.clone(),
        id: record.key.id.clone(),
        title: title(record),
        path: Raw::from(RepoPath::from(root).join(record.place.file.path().as_bytes()).shown()),
        line: record.place.file.position(record.place.span.start).line,
        draw,
    });
    Sample {
        method: METHOD,
        seed: Raw::from(sampling.seed.as_str()),
        asked: sampling.size,
        population: named.len(),
        population_digest: hex(&population.finalize()),
        drawn: drawn.collect(),
    }
}

/// The records by their names; a record without an id is named by its content.
fn named(inventory: &Inventory) -> BTreeMap<String, &Record> {
    let mut records: Vec<&Record> = inventory.records().iter().collect();
    records.sort_by_key(|record| (record.place.file.path(), record.place.span.start));
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut named = BTreeMap::new();
    for record in records {
        let key = record.lasting_key();
        let name = format!("{}/{}", key.kind, key.id.unescaped());
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        named.insert(if *count == 1 { name } else { format!("{name}#{count}") }, record);
    }
    named
}

/// As a chapter.
pub(super) fn section(sample: &Sample) -> Section {
    let mut section = Section::new("sample", "A sample to look at").of(&["9.2"]);
    section.observe(format!(
        "{} of {} records, drawn by the seed “{}”: {}. Nothing was judged by this: every rule looked at the whole population. The same seed and commit draw the same records anywhere.",
        sample.drawn.len(),
        sample.population,
        sample.seed.unescaped(),
        sample.method
    ));
    if sample.drawn.len() < sample.asked {
        section.observe(format!(
            "{} were asked for; there are no more than {}.",
            sample.asked, sample.population
        ));
    }
    section.observe(format!("SHA-256 of the names of the population: {}.", sample.population_digest));
    let rows = sample.drawn.iter().enumerate().map(|(at, drawn)| {
        vec![
            Cell::Count(at + 1),
            Cell::text(drawn.kind.replace('_', " ")),
            Cell::Text(drawn.id.clone()),
            Cell::Text(drawn.title.clone()),
            Cell::text(format!("{}:{}", drawn.path.unescaped(), drawn.line)),
            Cell::text(drawn.draw.get(..16).unwrap_or_default()),
        ]
    });
    let columns = [
        ("number", "Draw"),
        ("kind", "Kind"),
        ("id", "Record"),
        ("title", "Title"),
        ("place", "Place"),
        ("draw", "SHA-256 begins with"),
    ];
    section.tables.push(
        Table::new("sample", "The records that were drawn", &columns).or("there is no record").with(rows),
    );
    section
}
