//! Reviews, and decisions carried through.

use super::View;
use crate::escape::Raw;
use crate::evidence::time::ended;
use crate::inventory::Record;
use crate::sheet::{Cell, Section, Table};
use crate::views::INPUTS;
use crate::views::read::{as_texts, cell, day, id, items, part, spoken, texts, title, word};
use chrono::NaiveDate;

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section = Section::new("reviews", "Reviews and their decisions").of(&["9.3.1", "9.3.2", "9.3.3"]);
    view.gaps(&mut section, &["review", "action"], false);
    let all = view.now.of_kind("review");
    view.count(&mut section, "held", "Reviews held", |period| {
        super::how_many(&all, |(_, review)| period.has(day(review, "date")))
    });
    let decided = |period: super::Period| {
        let held = all.iter().filter(move |(_, review)| period.has(day(review, "date")));
        held.flat_map(|(_, review)| items(review, "decisions")).collect::<Vec<_>>()
    };
    view.count(&mut section, "decisions", "Decisions", |period| decided(period).len());
    let done = |period: super::Period| {
        let decisions = decided(period);
        let done = decisions.iter().filter(|decision| {
            carried_out(view, &as_texts(&part(decision, "actions"))).is_some_and(|on| on <= view.end())
        });
        super::percent(done.count(), decisions.len())
    };
    section.figure(
        "carried_out",
        "Decisions carried out by the day of judgement, percent",
        done(view.period),
        view.before.map_or(Cell::Nothing, done),
    );
    section.tables.push(held(view, &all));
    section.tables.push(decisions(view, &all));
    section
}

/// The day on which the last of the actions ended; none while one is open.
fn carried_out(view: &View<'_>, actions: &[Raw]) -> Option<NaiveDate> {
    let inventory = &view.now.context.inventory;
    let ends = actions.iter().map(|named| ended(view.now, inventory.find("action", named.unescaped())?));
    ends.collect::<Option<Vec<_>>>()?.into_iter().max()
}

fn held(view: &View<'_>, all: &[(usize, &Record)]) -> Table {
    let columns = [
        ("id", "Id"),
        ("title", "Title"),
        ("type", "Type"),
        ("date", "Held"),
        ("chair", "Chair"),
        ("attendees", "Attendees"),
        ("inputs", "Inputs of 9.3.2 filled"),
        ("blank", "Inputs of a management review without a word"),
        ("decisions", "Decisions"),
        ("suitable", "Suitable"),
        ("adequate", "Adequate"),
        ("effective", "Effective"),
    ];
    let mut held: Vec<_> = all.iter().filter(|(_, review)| view.period.has(day(review, "date"))).collect();
    held.sort_by_key(|(at, review)| (day(review, "date"), *at));
    let rows = held.into_iter().map(|(_, review)| {
        let is_filled = |field: &str| {
            let at = |name: &str| format!("inputs.{field}.{name}");
            cell(review, &at("notes")) != Cell::Nothing
                || cell(review, &at("none_because")) != Cell::Nothing
                || !texts(review, &at("refs")).is_empty()
        };
        let (filled, blank): (Vec<_>, Vec<_>) = INPUTS.iter().partition(|(_, field, _)| is_filled(field));
        let blank = blank
            .into_iter()
            .map(|(clause, field, _)| Raw::from(format!("{clause} ({})", field.replace('_', " "))));
        let blank: Vec<Raw> = blank.collect();
        vec![
            id(review),
            Cell::Text(title(review)),
            spoken(review, "type"),
            cell(review, "date"),
            cell(review, "chair"),
            Cell::List(texts(review, "attendees")),
            Cell::Count(filled.len()),
            // Only a management review has to look at all of them.
            if blank.is_empty() || word(review, "type").as_deref() != Some("management") {
                Cell::Nothing
            } else {
                Cell::List(blank)
            },
            Cell::Count(items(review, "decisions").len()),
            cell(review, "conclusion.suitable"),
            cell(review, "conclusion.adequate"),
            cell(review, "conclusion.effective"),
        ]
    });
    Table::new("reviews", "Reviews held in the period", &columns).or("none in the period").with(rows)
}

fn decisions(view: &View<'_>, all: &[(usize, &Record)]) -> Table {
    let columns = [
        ("id", "Decision"),
        ("on", "Decided"),
        ("kind", "Kind"),
        ("text", "What"),
        ("owner", "Owner"),
        ("due", "Due"),
        ("actions", "Actions"),
        ("carried_out", "Carried out"),
    ];
    let reaches = |review: &Record| {
        view.period.has(day(review, "date"))
            || view.before.is_some_and(|before| before.has(day(review, "date")))
    };
    let mut rows = Vec::new();
    for (_, review) in all.iter().filter(|(_, review)| reaches(review)) {
        for decision in items(review, "decisions") {
            let actions = as_texts(&part(&decision, "actions"));
            let none = part(&decision, "no_action_because").as_text();
            let carried = match (actions.is_empty(), carried_out(view, &actions)) {
                (true, _) => Cell::maybe(none.map(|why| Raw::from(format!("no action: {why}")))),
                (false, Some(on)) => Cell::Day(on),
                (false, None) => Cell::text("not yet"),
            };
            let own = part(&decision, "id").as_text().unwrap_or_default();
            rows.push(vec![
                Cell::text(format!("{}/{own}", review.key.id.unescaped())),
                cell(review, "date"),
                Cell::maybe(part(&decision, "kind").as_text().map(|kind| Raw::from(kind.replace('_', " ")))),
                Cell::maybe(part(&decision, "text").as_text().map(Raw::from)),
                Cell::maybe(part(&decision, "owner").as_text().map(Raw::from)),
                Cell::day(part(&decision, "due").as_day()),
                if actions.is_empty() { Cell::Nothing } else { Cell::List(actions) },
                carried,
            ]);
        }
    }
    rows.sort_by_cached_key(|row: &Vec<Cell>| (row[1].plain(), row[0].plain()));
    Table::new("decisions", "Decisions of the period and of the one before", &columns)
        .or("none in either period")
        .with(rows)
}
