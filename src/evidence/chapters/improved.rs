//! What was improved, by what it serves: suitability, adequacy, effectiveness.

use super::View;
use crate::escape::Raw;
use crate::evidence::Period;
use crate::inventory::Record;
use crate::sheet::{Cell, Section, Table};
use crate::views::read::{cell, day, id, number, spoken, texts, title, word};
use crate::views::{UNREGISTERED, unregistered};

const ASPECTS: [(&str, &str); 3] =
    [("suitability", "Suitability"), ("adequacy", "Adequacy"), ("effectiveness", "Effectiveness")];

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section = Section::new("improved", "What was improved").of(&["10.1"]);
    view.gaps(&mut section, &["action"], true);
    let all = view.now.of_kind("action");
    for (aspect, label) in ASPECTS {
        view.count(&mut section, aspect, label, |period| {
            super::how_many(&all, |(_, action)| improved(action, period) && serves(action, aspect))
        });
    }
    view.count(&mut section, "unnamed", "Serving none of the three by its own words", |period| {
        super::how_many(&all, |(_, action)| improved(action, period) && texts(action, "serves").is_empty())
    });
    section.observe("Counted are actions whose effect was checked in the period and found effective or partially effective; what they serve is what the action itself names.");
    let columns = [
        ("serves", "Serves"),
        ("id", "Action"),
        ("title", "Title"),
        ("issue", "What was wrong"),
        ("result", "Effect"),
        ("verified", "Checked"),
        ("by", "By"),
        ("metric", "Metric"),
        ("before", "Before"),
        ("after", "After"),
        ("text", "Outcome"),
    ];
    let rows = all.iter().filter(|(_, action)| improved(action, view.period)).map(|(_, action)| {
        let serves: Vec<Raw> = texts(action, "serves");
        vec![
            if serves.is_empty() { Cell::text("none named") } else { Cell::List(serves) },
            id(action),
            Cell::Text(title(action)),
            cell(action, "issue"),
            spoken(action, "verification.result"),
            cell(action, "verification.on"),
            Cell::maybe(view.now.person(action, "verification.by")),
            cell(action, "outcome.metric"),
            Cell::number(number(action, "outcome.before")),
            Cell::number(number(action, "outcome.after")),
            cell(action, "outcome.text"),
        ]
    });
    section.tables.push(
        Table::new("improved", "Actions found effective in the period", &columns)
            .or("none in the period")
            .with(rows)
            .sorted(),
    );
    section.observe(UNREGISTERED);
    section.tables.push(unregistered(view.now, view.period.from, view.end()));
    section
}

fn improved(action: &Record, period: Period) -> bool {
    let result = word(action, "verification.result");
    matches!(result.as_deref(), Some("effective" | "partially_effective"))
        && period.has(day(action, "verification.on"))
}

fn serves(action: &Record, aspect: &str) -> bool {
    texts(action, "serves").iter().any(|served| served.unescaped() == aspect)
}
