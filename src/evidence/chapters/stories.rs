//! Stories: from the input over decision and action to the change and the
//! number after; and where such chains break.

use super::View;
use crate::escape::Raw;
use crate::evidence::story::{LINKS, Story, stories};
use crate::sheet::{Cell, Section, Table};

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section = Section::new("stories", "From input to effect").of(&["10.1", "10.2", "9.3.3"]);
    view.gaps(&mut section, &["action", "review", "metric", "measurement"], true);
    let of = |period: super::Period| stories(view.now, period, period.to.min(view.subject.as_of));
    let now = of(view.period);
    let before = view.before.map(of);
    let whole = |stories: &[Story]| stories.iter().filter(|story| story.broken_at().is_none()).count();
    let pair = |count: &dyn Fn(&[Story]) -> usize| {
        (Cell::Count(count(&now)), before.as_ref().map_or(Cell::Nothing, |before| Cell::Count(count(before))))
    };
    let (all, all_before) = pair(&<[Story]>::len);
    section.figure("chains", "Chains that reached completion", all, all_before);
    let (unbroken, unbroken_before) = pair(&whole);
    section.figure("whole", "Whole, from input to a number after", unbroken, unbroken_before);
    section.observe("A chain belongs to each action that was completed or checked in the period. The number after is what the action writes as its outcome, else the first value of its metric (of those of the risks and objectives that it serves, where it names none) for a period that ended after completion, beside the last one before. That a number moved after a change does not show that it moved because of it.");
    section.tables.push(broken(&now, before.as_deref()));
    let columns = [
        ("action", "Action"),
        ("input", "Input"),
        ("decision", "Decision"),
        ("what", "What was done"),
        ("change", "Change (commits)"),
        ("verified", "Effect checked"),
        ("number", "Number before and after"),
        ("missing", "First link that is missing"),
    ];
    let rows = now.iter().map(|story| {
        vec![
            Cell::Text(story.action.clone()),
            story.input.clone(),
            story.decision.clone(),
            Cell::Text(story.title.clone()),
            story.change.clone(),
            story.verified.clone(),
            story.number.clone(),
            Cell::maybe(story.broken_at().map(|at| Raw::from(LINKS[at]))),
        ]
    });
    section.tables.push(
        Table::new("stories", "Every chain of the period", &columns)
            .or("no action was completed or checked in the period")
            .with(rows),
    );
    section
}

fn broken(now: &[Story], before: Option<&[Story]>) -> Table {
    let columns =
        [("link", "First link that is missing"), ("chains", "Chains"), ("before", "In the period before")];
    let count =
        |stories: &[Story], at: usize| stories.iter().filter(|story| story.broken_at() == Some(at)).count();
    let rows = LINKS.iter().enumerate().map(|(at, link)| {
        vec![
            Cell::text(*link),
            Cell::Count(count(now, at)),
            before.map_or(Cell::Nothing, |before| Cell::Count(count(before, at))),
        ]
    });
    Table::new("broken", "Broken chains, by the first link that is missing", &columns).with(rows)
}
