//! What falls due within a time, by owner; what is overdue stands first.

use super::due_dates::{Deadline, Deadlines, deadlines};
use super::read::{Reading, days};
use crate::escape::Raw;
use crate::expr::Duration;
use crate::sheet::{Cell, Page, Section, Table};
use std::collections::{BTreeMap, BTreeSet};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// How far ahead.
    pub within: Duration,
    /// Of this person only, by the id in `isms.yaml` or as records write it.
    pub owner: Option<Raw>,
}

const COLUMNS: [(&str, &str); 8] = [
    ("due", "Due"),
    ("overdue_days", "Overdue, days"),
    ("what", "What"),
    ("kind", "Kind"),
    ("id", "Id"),
    ("title", "Title"),
    ("owner", "Owner"),
    ("basis", "By"),
];

/// The page.
///
/// # Errors
/// For an owner that no record names: those that records name.
pub fn due(reading: &Reading, wanted: &Wanted) -> Result<Page, Vec<Raw>> {
    let found = deadlines(reading);
    if wanted.owner.is_some() {
        let dated = found.dated.iter().map(|deadline| &deadline.owner);
        let named: BTreeSet<&Raw> =
            dated.chain(found.undated.iter().map(|(.., owner)| owner)).flatten().collect();
        if !wanted.owner.iter().any(|owner| named.contains(owner)) {
            return Err(named.into_iter().cloned().collect());
        }
    }
    Ok(page(reading, wanted, found))
}

/// The page of somebody to whom nothing belongs.
pub fn nothing_due(reading: &Reading, wanted: &Wanted) -> Page {
    page(reading, wanted, Deadlines { gaps: deadlines(reading).gaps, ..Deadlines::default() })
}

fn page(reading: &Reading, wanted: &Wanted, found: Deadlines) -> Page {
    let is_wanted = |owner: &Option<Raw>| wanted.owner.is_none() || *owner == wanted.owner;
    let today = reading.today();
    let until = wanted.within.after(today).unwrap_or(today);
    let mut by_owner: BTreeMap<(bool, Option<Raw>), Vec<Deadline>> = BTreeMap::new();
    for deadline in found.dated.into_iter().filter(|deadline| deadline.on <= until) {
        if is_wanted(&deadline.owner) {
            by_owner.entry((deadline.owner.is_none(), deadline.owner.clone())).or_default().push(deadline);
        }
    }
    let mut section = Section::new("due", format!("Due until {until}, and overdue"));
    let count: usize = by_owner.values().map(Vec::len).sum();
    let overdue = by_owner.values().flatten().filter(|deadline| deadline.on < today).count();
    section.observe(format!("{count} in all, {overdue} of them overdue"));
    section.undetermined = found.gaps;
    let rows = by_owner.into_values().flat_map(|mut deadlines| {
        deadlines.sort_by(|one, other| one.order().cmp(&other.order()));
        deadlines
    });
    let rows = rows.map(|deadline| {
        let late = days(deadline.on, today);
        vec![
            Cell::Day(deadline.on),
            usize::try_from(late).ok().filter(|late| *late > 0).map_or(Cell::Nothing, Cell::Count),
            Cell::text(deadline.what),
            Cell::text(deadline.kind.replace('_', " ")),
            Cell::Text(deadline.id),
            Cell::Text(deadline.title),
            Cell::maybe(deadline.owner),
            Cell::text(deadline.basis),
        ]
    });
    section.tables = vec![
        Table::new("due", "What falls due, by owner", &COLUMNS)
            .aside(&["overdue_days", "basis", "kind"])
            .or("nothing falls due")
            .with(rows),
        Table::new("undated", "Open, and without a day", &COLUMNS[2..7])
            .or("every open record has its day")
            .with(found.undated.into_iter().filter(|(.., owner)| is_wanted(owner)).map(
                |(kind, id, title, owner)| {
                    vec![
                        Cell::text("no day is written"),
                        Cell::text(kind.replace('_', " ")),
                        Cell::Text(id),
                        Cell::Text(title),
                        Cell::maybe(owner),
                    ]
                },
            )),
    ];
    let about = format!("as of {today}");
    Page { title: "What falls due".to_owned(), about: Raw::from(about), sections: vec![section] }
}
