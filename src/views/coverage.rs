//! The statement of applicability against another framework, by numbers: which
//! controls the organisation maps to which number, and how far they are.
//!
//! A map says that two numbers are about the same thing; it is somebody's
//! claim, and is told with its source. No map is invented here, and none comes
//! with the program.

use super::read::{Reading, word};
use crate::clause::Citation;
use crate::escape::Raw;
use crate::expr::Value;
use crate::inventory::Record;
use crate::record::NodeKind;
use crate::sheet::{Cell, Page, Section, Table, natural};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A map of a framework's numbers to those of ISO/IEC 27001, as somebody
/// published it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberMap {
    /// The framework, as `maps` of the controls names it.
    pub framework: String,
    /// Where it was published.
    pub source: String,
    /// Its version or day.
    pub version: String,
    /// What allows its use.
    pub licence: String,
    /// Clauses and controls of 2022 by the framework's number; none where the
    /// map names none.
    pub numbers: BTreeMap<String, Vec<String>>,
}

/// Numbers of a framework, each with the ids of the controls mapped to it.
type Numbers = BTreeMap<(String, String), BTreeSet<(String, String)>>;

/// The frameworks that the controls name, with how many numbers and controls.
pub fn frameworks(reading: &Reading) -> Page {
    let mut section = Section::new("frameworks", "Frameworks that the controls are mapped to");
    section.undetermined.extend(reading.hidden(&["control"]));
    section.observe("By the field `maps` of the controls: `maps: {framework: [numbers]}`. `--against FRAMEWORK` shows one.");
    let rows = known(reading).into_iter().map(|framework| {
        let numbers = own(reading, &framework);
        let controls: BTreeSet<_> = numbers.values().flatten().collect();
        vec![Cell::text(framework), Cell::Count(numbers.len()), Cell::Count(controls.len())]
    });
    let columns = [("framework", "Framework"), ("numbers", "Numbers"), ("controls", "Controls")];
    let table = Table::new("frameworks", "Frameworks", &columns).or("no control has `maps`").with(rows);
    section.tables.push(table);
    Page { title: "Coverage of other frameworks".to_owned(), about: about(reading), sections: vec![section] }
}

fn about(reading: &Reading) -> Raw {
    Raw::from(format!("as of {}", reading.today()))
}

/// The frameworks that the controls name.
fn known(reading: &Reading) -> BTreeSet<String> {
    let controls = reading.of_kind("control").into_iter();
    controls.flat_map(|(_, control)| maps(control)).map(|(framework, _)| framework).collect()
}

/// What a control is mapped to: framework and number.
fn maps(control: &Record) -> Vec<(String, String)> {
    let (tree, node) = control.node();
    let Some(maps) = tree.get(node, "maps").filter(|maps| tree.kind(*maps) == NodeKind::Mapping) else {
        return Vec::new();
    };
    let named = tree.entries(maps).filter(|(_, list)| tree.kind(*list) == NodeKind::Sequence);
    let numbers = named.flat_map(|(name, list)| {
        let name = tree.text(name).to_owned();
        let scalars = tree.items(list).filter(|item| matches!(tree.kind(*item), NodeKind::Scalar(_)));
        scalars.map(move |item| (name.clone(), tree.text(item).to_owned())).collect::<Vec<_>>()
    });
    numbers.collect()
}

fn own(reading: &Reading, framework: &str) -> Numbers {
    let mut numbers = Numbers::new();
    for (_, control) in reading.of_kind("control") {
        for (_, number) in maps(control).into_iter().filter(|(named, _)| named == framework) {
            let id = natural(control.key.id.unescaped());
            numbers.entry(natural(&number)).or_default().insert(id);
        }
    }
    numbers
}

/// The page of one framework: its numbers by the controls' own maps and, where
/// one is given, by a published map.
///
/// # Errors
/// The frameworks there are, where this is none of them.
pub fn coverage(reading: &Reading, framework: &str, map: Option<&NumberMap>) -> Result<Page, Vec<Raw>> {
    let mut numbers = own(reading, framework);
    let map = map.filter(|map| map.framework == framework);
    if numbers.is_empty() && map.is_none() {
        return Err(known(reading).into_iter().map(Raw::from).collect());
    }
    let mut section = Section::new("numbers", format!("{framework}, number by number"));
    section.undetermined.extend(reading.hidden(&["control"]));
    section.observe(format!("{} numbers are named by `maps` of the controls", numbers.len()));
    if let Some(map) = map {
        section.observe(format!(
            "{} numbers are those of {}, version {}, licence {}",
            map.numbers.len(),
            map.source,
            map.version,
            map.licence
        ));
        for (number, mapped) in &map.numbers {
            let ids = mapped.iter().map(|id| natural(id));
            numbers.entry(natural(number)).or_default().extend(ids);
        }
    } else {
        section.observe(
            "No published map was given (`--map`), so numbers that no control names are not known here",
        );
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let rows: Vec<Vec<Cell>> = numbers
        .iter()
        .map(|((_, number), ids)| {
            let standing = standing(reading, ids.iter().map(|(_, id)| id.as_str()));
            *counts.entry(standing).or_default() += 1;
            let ids: Vec<Raw> = ids.iter().map(|(_, id)| Raw::from(id.as_str())).collect();
            vec![
                Cell::text(number.as_str()),
                if ids.is_empty() { Cell::Nothing } else { Cell::List(ids) },
                Cell::text(standing),
            ]
        })
        .collect();
    let counted: Vec<String> =
        counts.into_iter().map(|(standing, count)| format!("{standing}: {count}")).collect();
    section.observe(counted.join(", "));
    let columns =
        [("number", "Number"), ("controls", "Controls and clauses"), ("standing", "Where they stand")];
    section.tables.push(Table::new("numbers", "Numbers", &columns).with(rows));
    section.tables.push(unmapped(reading, &numbers));
    Ok(Page {
        title: format!("The statement of applicability against {framework}"),
        about: about(reading),
        sections: vec![section],
    })
}

/// Controls that apply and that no number is mapped to.
fn unmapped(reading: &Reading, numbers: &Numbers) -> Table {
    let mapped: BTreeSet<&str> = numbers.values().flatten().map(|(_, id)| id.as_str()).collect();
    let controls = reading.of_kind("control").into_iter();
    let left = controls.filter(|(_, control)| {
        applies(control) != Some(false) && !mapped.contains(control.key.id.unescaped())
    });
    let rows = left.map(|(_, control)| {
        vec![
            super::read::id(control),
            Cell::Text(super::read::title(control)),
            super::read::spoken(control, "implementation"),
        ]
    });
    let columns = [("id", "Control"), ("title", "Title"), ("implementation", "Implementation")];
    Table::new("unmapped", "Controls without a number there", &columns).or("none").with(rows).sorted()
}

fn applies(control: &Record) -> Option<bool> {
    match control.get("applicable") {
        Value::Bool(applies) => Some(applies),
        _ => None,
    }
}

/// How far the controls of a number are, in a word or two.
fn standing<'i>(reading: &Reading, ids: impl Iterator<Item = &'i str>) -> &'static str {
    let (mut clauses, mut gone, mut found) = (0, 0, Vec::new());
    for id in ids {
        match reading.context.inventory.find("control", id) {
            Some(control) => found.push(control),
            // What the management system itself requires is no row of the
            // statement of applicability.
            None if matches!(Citation::parse(id), Ok(Citation::Clause(..))) => clauses += 1,
            None => gone += 1,
        }
    }
    let applying: Vec<&Record> =
        found.iter().copied().filter(|control| applies(control) != Some(false)).collect();
    let stands = |wanted: &str| {
        applying.iter().filter(|control| word(control, "implementation").as_deref() == Some(wanted)).count()
    };
    let implemented = stands("implemented");
    match (found.len(), applying.len()) {
        (0, _) if gone > 0 => "not in the statement",
        (0, _) if clauses > 0 => "clauses only",
        (0, _) => "nothing is mapped",
        (_, 0) => "left out",
        (_, all) if implemented == all && gone == 0 => "implemented",
        _ if implemented > 0 => "in part",
        _ if stands("in_progress") > 0 => "in progress",
        _ if stands("planned") > 0 => "planned",
        _ if stands("not_started") > 0 => "not started",
        _ => "not said",
    }
}
