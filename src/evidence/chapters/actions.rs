//! Actions: the flow through the register, from raising to proven effect.

use super::View;
use crate::escape::Raw;
use crate::evidence::Period;
use crate::evidence::time::{day_on, ended, median, moves_in, open_on, raised, vanished};
use crate::inventory::Record;
use crate::sheet::{Cell, Chart, Line, Point, Section, Shape, Table};
use crate::views::read::{cell, day, days, id, spoken, title, word};
use chrono::NaiveDate;
use std::collections::BTreeMap;

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section = Section::new("actions", "Actions").of(&["10.1", "10.2"]);
    view.gaps(&mut section, &["action"], true);
    let all = view.now.of_kind("action");
    figures(view, &all, &mut section);
    section.tables.push(by_source(view, &all));
    section.tables.push(moved(view, &all));
    let gone = vanished(view.now, "action", view.period);
    if !gone.is_empty() {
        let ids: Vec<&str> = gone.iter().map(|(id, _)| id.unescaped()).collect();
        section.observe(Raw::from(format!(
            "No longer in the register, and so in none of these figures: {}.",
            ids.join(", ")
        )));
    }
    section.charts.push(flow(view, &all));
    section
}

type All<'a> = [(usize, &'a Record)];

fn figures(view: &View<'_>, all: &All<'_>, section: &mut Section) {
    let now = view.now;
    let in_period = |of: &dyn Fn(usize, &Record) -> Option<NaiveDate>, period: Period| {
        super::how_many(all, |(at, action)| period.has(of(*at, action)))
    };
    view.count(section, "opened", "Raised", |period| {
        in_period(&|at, action| raised(now, at, action), period)
    });
    view.count(section, "closed", "Completed, or given up with a decision", |period| {
        in_period(&|_, action| ended(now, action), period)
    });
    view.count(section, "verified", "Effect checked", |period| {
        in_period(&|_, action| day(action, "verification.on"), period)
    });
    view.count(section, "effective", "Found effective", |period| {
        let effective = |action: &Record| word(action, "verification.result").as_deref() == Some("effective");
        in_period(&|_, action| day(action, "verification.on").filter(|_| effective(action)), period)
    });
    view.count(section, "slipped", "Moves of a due date", |period| {
        all.iter().map(|(_, action)| moves_in(now, action, "due", period)).sum()
    });
    let open = |on: NaiveDate| all.iter().filter(move |(at, action)| open_on(now, *at, action, on));
    view.at_end(section, "open", "Open at the end", |on| Cell::Count(open(on).count()));
    view.at_end(section, "overdue", "Overdue at the end", |on| {
        Cell::Count(
            open(on).filter(|(_, action)| day_on(now, action, "due", on).is_some_and(|due| due < on)).count(),
        )
    });
    view.at_end(section, "median_age", "Median age of the open ones, days", |on| {
        let ages = open(on).filter_map(|(at, action)| Some(days(raised(now, *at, action)?, on)));
        Cell::number(median(ages.collect()))
    });
}

fn by_source(view: &View<'_>, all: &All<'_>) -> Table {
    let mut sources: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    for (at, action) in all {
        let source = word(action, "source.kind")
            .map_or_else(|| "none named".to_owned(), |kind| kind.replace('_', " "));
        let counts = sources.entry(source).or_default();
        let raised = raised(view.now, *at, action);
        counts[0] += usize::from(view.period.has(raised));
        counts[1] += usize::from(view.before.is_some_and(|before| before.has(raised)));
        counts[2] += usize::from(view.period.has(ended(view.now, action)));
        counts[3] += usize::from(open_on(view.now, *at, action, view.end()));
    }
    let columns = [
        ("source", "Source"),
        ("raised", "Raised"),
        ("raised_before", "Raised in the period before"),
        ("closed", "Closed"),
        ("open", "Open at the end"),
    ];
    let rows = sources
        .into_iter()
        .map(|(source, counts)| std::iter::once(Cell::text(source)).chain(counts.map(Cell::Count)).collect());
    Table::new("sources", "Actions by their source", &columns).or("there is no action").with(rows)
}

/// Every action that the period touched, or that was open at its end.
fn moved(view: &View<'_>, all: &All<'_>) -> Table {
    let columns = [
        ("id", "Id"),
        ("title", "Title"),
        ("source", "Source"),
        ("owner", "Owner"),
        ("raised", "Raised"),
        ("due", "Due"),
        ("due_moved", "Due moved in the period"),
        ("status", "Status"),
        ("completed", "Completed"),
        ("verified", "Verified"),
        ("result", "Effect"),
    ];
    let touched = all.iter().filter(|(at, action)| {
        let days = [raised(view.now, *at, action), ended(view.now, action), day(action, "verification.on")];
        days.into_iter().any(|day| view.period.has(day)) || open_on(view.now, *at, action, view.end())
    });
    let rows = touched.map(|(_, action)| {
        vec![
            id(action),
            Cell::Text(title(action)),
            spoken(action, "source.kind"),
            Cell::maybe(view.now.owner(action)),
            cell(action, "raised"),
            cell(action, "due"),
            match view.now.history_gap() {
                Some(gap) => Cell::Unknown(gap.why),
                None => Cell::Count(moves_in(view.now, action, "due", view.period)),
            },
            spoken(action, "status"),
            cell(action, "completed"),
            cell(action, "verification.on"),
            spoken(action, "verification.result"),
        ]
    });
    Table::new("actions", "Actions raised, closed, checked or open in the period", &columns)
        .or("none in the period")
        .with(rows)
        .sorted()
}

fn flow(view: &View<'_>, all: &All<'_>) -> Chart {
    let months = view.period.months();
    let line = |name: &str, of: &dyn Fn(usize, &Record) -> Option<NaiveDate>| Line {
        name: Raw::from(name),
        points: months
            .iter()
            .map(|(month, part)| {
                let count = super::how_many(all, |(at, action)| part.has(of(*at, action)));
                let value = u32::try_from(count).ok().map(f64::from);
                Point { label: Raw::from(month.as_str()), value, mark: None }
            })
            .collect(),
    };
    Chart {
        key: Raw::from("flow"),
        title: Raw::from("Actions raised and closed per month"),
        shape: Shape::Bars,
        unit: None,
        target: None,
        lines: vec![
            line("raised", &|at, action| raised(view.now, at, action)),
            line("closed", &|_, action| ended(view.now, action)),
        ],
    }
}
