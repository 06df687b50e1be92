//! Documents: revised, reviewed, only re-dated, or untouched, by the history.

use super::View;
use crate::evidence::Period;
use crate::history::{Evidence, What};
use crate::inventory::{Record, TEXT};
use crate::sheet::{Cell, Section, Table};
use crate::views::read::{cell, id, spoken, title};

/// What a period did to a document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Touch {
    Written,
    Revised,
    Reviewed,
    Redated,
    Other,
    Untouched,
}

impl Touch {
    const fn word(self) -> &'static str {
        match self {
            Self::Written => "new",
            Self::Revised => "text revised",
            Self::Reviewed => "reviewed, with a note",
            Self::Redated => "only re-dated",
            Self::Other => "other fields changed",
            Self::Untouched => "untouched",
        }
    }
}

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section = Section::new("documents", "Documents").of(&["7.5.2", "7.5.3", "A.5.1"]);
    view.gaps(&mut section, &["document"], true);
    let all = view.now.of_kind("document");
    let then = view.subject.then.as_ref().ok();
    section.figure(
        "documents",
        "Documents",
        Cell::Count(all.len()),
        then.map_or(Cell::Nothing, |then| Cell::Count(then.reading.of_kind("document").len())),
    );
    let known = view.now.context.history.evidence == Evidence::Complete;
    if known {
        let of = |wanted: Touch| {
            let all = &all;
            move |period: Period| {
                super::how_many(all, |(_, document)| touch(view, document, period) == wanted)
            }
        };
        view.count(&mut section, "new", "New", of(Touch::Written));
        view.count(&mut section, "revised", "Text revised", of(Touch::Revised));
        view.count(&mut section, "reviewed", "Reviewed with a note, text as it was", of(Touch::Reviewed));
        view.count(
            &mut section,
            "redated",
            "Only re-dated: a new date, no new text, no note",
            of(Touch::Redated),
        );
        view.count(&mut section, "untouched", "Untouched", |period| {
            super::how_many(&all, |(_, document)| {
                let is_there = first(view, document).is_none_or(|first| first <= period.to);
                is_there && touch(view, document, period) == Touch::Untouched
            })
        });
    }
    let columns = [
        ("id", "Id"),
        ("title", "Title"),
        ("type", "Type"),
        ("level", "Level"),
        ("version", "Version"),
        ("status", "Status"),
        ("reviewed", "Reviewed"),
        ("next", "Review due"),
        ("touch", "In the period"),
        ("changes", "Commits"),
    ];
    let rows = all.iter().map(|(at, document)| {
        let (touched, commits) = if known {
            (Cell::text(touch(view, document, view.period).word()), commits(view, document))
        } else {
            let why = || Cell::Unknown("the history is not all there".into());
            (why(), why())
        };
        vec![
            id(document),
            Cell::Text(title(document)),
            spoken(document, "type"),
            cell(document, "level"),
            cell(document, "version"),
            spoken(document, "status"),
            cell(document, "reviewed"),
            crate::views::read::as_cell(&view.now.fact(*at, "review_due")),
            touched,
            commits,
        ]
    });
    section.tables.push(
        Table::new("documents", "Every document", &columns).or("there is no document").with(rows).sorted(),
    );
    section
}

fn first(view: &View<'_>, document: &Record) -> Option<chrono::NaiveDate> {
    let history = &view.now.context.history;
    history.step(history.series(&document.key)?.changes.first()?.step)?.arrived
}

fn touch(view: &View<'_>, document: &Record, period: Period) -> Touch {
    let history = &view.now.context.history;
    let Some(series) = history.series(&document.key) else { return Touch::Untouched };
    let within = series
        .changes
        .iter()
        .filter(|change| period.has(history.step(change.step).and_then(|step| step.arrived)));
    let (mut fields, mut created) = (Vec::new(), false);
    for change in within {
        created |= change.what == What::Created;
        fields.extend(change.fields.iter().map(|field| &*field.field));
    }
    let dates = ["reviewed", "approved", "next_review", "effective"];
    let dated = fields.iter().any(|field| dates.contains(field));
    // A `changes` entry or a line of the changelog is the note of a review
    // that left the text as it was.
    let noted = fields.iter().any(|field| field.starts_with("changes/") || field.starts_with("changelog/"));
    if created {
        Touch::Written
    } else if fields.contains(&TEXT) {
        Touch::Revised
    } else if dated && noted {
        Touch::Reviewed
    } else if dated {
        Touch::Redated
    } else if fields.is_empty() {
        Touch::Untouched
    } else {
        Touch::Other
    }
}

fn commits(view: &View<'_>, document: &Record) -> Cell {
    let history = &view.now.context.history;
    let changes = history.series(&document.key).into_iter().flat_map(|series| &series.changes);
    let steps = changes.filter_map(|change| history.step(change.step).map(|step| (change, step)));
    let ids = steps.filter(|(_, step)| view.period.has(step.arrived)).map(|(change, step)| {
        let commit = &step.author_of(&change.path).commit;
        crate::escape::Raw::from(commit.get(..10).unwrap_or(commit))
    });
    let ids: Vec<_> = ids.collect();
    if ids.is_empty() { Cell::Nothing } else { Cell::List(ids) }
}
