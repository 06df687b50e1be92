//! Risks then and now: by level, against what is accepted.

use super::View;
use crate::expr::Value;
use crate::inventory::Record;
use crate::sheet::{Cell, Section, Table};
use crate::views::Reading;
use crate::views::read::{as_cell, cell, day, id, spoken, title, word};

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section = Section::new("risks", "Risks then and now").of(&["6.1.2", "8.2", "8.3"]);
    view.gaps(&mut section, &["risk"], false);
    let then = match &view.subject.then {
        Ok(then) => Some(&then.reading),
        Err(gap) => {
            section.undetermined.push(gap.clone());
            None
        }
    };
    let mut both = |key, label, count: fn(&Reading) -> usize| {
        section.figure(
            key,
            label,
            Cell::Count(count(view.now)),
            then.map_or(Cell::Nothing, |then| Cell::Count(count(then))),
        );
    };
    both("risks", "Risks on the register that are not closed", |reading| living(reading).len());
    both("above", "Of them above what is accepted", |reading| {
        living(reading).iter().filter(|(at, _)| is_above(reading, *at)).count()
    });
    both("treated", "Of them in treatment", |reading| {
        let treated = |risk: &Record| word(risk, "status").as_deref() == Some("in_treatment");
        living(reading).iter().filter(|(_, risk)| treated(risk)).count()
    });
    let all = view.now.of_kind("risk");
    view.count(&mut section, "identified", "Identified", |period| {
        super::how_many(&all, |(_, risk)| period.has(day(risk, "identified")))
    });
    section.tables.push(register(view, then));
    if let Some(then) = then {
        let gone = then
            .of_kind("risk")
            .into_iter()
            .filter(|(_, risk)| view.now.context.inventory.by_key(&risk.key).is_none());
        let columns = [("id", "Id"), ("title", "Title"), ("level", "Level then"), ("status", "Status then")];
        let rows = gone.map(|(at, risk)| {
            vec![id(risk), Cell::Text(title(risk)), as_cell(&then.fact(at, "level")), spoken(risk, "status")]
        });
        section.tables.push(
            Table::new("gone", "On the register then, and not any more", &columns).or("none").with(rows),
        );
    }
    section
}

fn living(reading: &Reading) -> Vec<(usize, &Record)> {
    let all = reading.of_kind("risk").into_iter();
    all.filter(|(_, risk)| word(risk, "status").as_deref() != Some("closed")).collect()
}

fn is_above(reading: &Reading, at: usize) -> bool {
    match (reading.fact(at, "level"), reading.fact(at, "acceptance")) {
        (Value::Number(level), Value::Number(acceptance)) => level > acceptance,
        _ => false,
    }
}

fn register(view: &View<'_>, then: Option<&Reading>) -> Table {
    let columns = [
        ("id", "Id"),
        ("title", "Title"),
        ("owner", "Owner"),
        ("then", "Level then"),
        ("now", "Level now"),
        ("residual_then", "Residual then"),
        ("residual", "Residual now"),
        ("accepted", "Accepted up to"),
        ("treatment", "Treatment"),
        ("status", "Status"),
        ("reviewed", "Assessed"),
        ("actions", "Actions"),
    ];
    let rows = view.now.of_kind("risk").into_iter().map(|(at, risk)| {
        let before = then
            .and_then(|then| Some((then, then.context.inventory.position("risk", risk.key.id.unescaped())?)));
        let record_then = before.and_then(|(then, at)| then.context.inventory.records().get(at));
        let missing = || if then.is_some() { Cell::text("new") } else { Cell::Nothing };
        let actions = view.now.linked(at, "action");
        vec![
            id(risk),
            Cell::Text(title(risk)),
            Cell::maybe(view.now.owner(risk)),
            before.map_or_else(missing, |(then, at)| as_cell(&then.fact(at, "level"))),
            as_cell(&view.now.fact(at, "level")),
            record_then.map_or(Cell::Nothing, |risk| cell(risk, "residual")),
            cell(risk, "residual"),
            as_cell(&view.now.fact(at, "acceptance")),
            spoken(risk, "treatment"),
            spoken(risk, "status"),
            cell(risk, "reviewed"),
            if actions.is_empty() { Cell::Nothing } else { Cell::List(actions) },
        ]
    });
    Table::new("risks", "Every risk, before the period and now", &columns)
        .or("there is no risk")
        .with(rows)
        .sorted()
}
