//! Compliance over time as a page, a chapter and a register: charts by moment, a
//! table of moments, a table by clause.

use super::{Moment, Outcome, OverTime, Tally, Verdicts};
use crate::escape::Raw;
use crate::evidence::chapters;
use crate::sheet::{Cell, Chart, Line, Page, Point, Section, Shape, Table, csv_rows};

/// As a page of its own.
pub fn page(over_time: &OverTime) -> Page {
    Page {
        title: "Compliance over time".to_owned(),
        about: Raw::from(format!(
            "{} moments, judged by the policy of {}",
            over_time.moments.len(),
            over_time.policy_of
        )),
        sections: vec![section(over_time)],
    }
}

/// As a chapter.
pub(in crate::evidence) fn section(over_time: &OverTime) -> Section {
    let mut section = Section::new("over_time", "Compliance over time").of(&["9.1", "10.1"]);
    section.observe(format!(
        "The ISMS as it stood at each quarter end, judged by the policy of commit {} ({}): rules, settings and kinds of that commit, not those of then. A point shows what today's policy would have said, not what anybody was told at the time.",
        over_time.policy_of, over_time.policy_digest
    ));
    if let Some(from) = over_time.history_from {
        section.observe(format!(
            "A moment before {from} is not judged (`history_from` in isms.yaml), which is not the same as nothing found."
        ));
    }
    section.undetermined.extend(over_time.undetermined.clone());
    for moment in &over_time.moments {
        if let Outcome::Undetermined(why) = &moment.outcome {
            section.missing(format!("{}: {}", moment.name, why.unescaped()), None);
        }
    }
    section.charts = vec![share(over_time), findings(over_time)];
    section.tables = vec![points(over_time), by_clause(over_time)];
    section
}

/// One line or bar of a chart, by moment.
fn line(over_time: &OverTime, name: &str, of: impl Fn(&Verdicts) -> Option<f64>) -> Line {
    let points = over_time.moments.iter().map(|moment| Point {
        label: Raw::from(moment.name.as_str()),
        value: moment.verdicts().and_then(&of),
        mark: moment.verdicts().is_none().then(|| moment.instead()),
    });
    Line { name: Raw::from(name), points: points.collect() }
}

fn share(over_time: &OverTime) -> Chart {
    let percent = |verdicts: &Verdicts| match chapters::percent(verdicts.all.conforms, verdicts.all.judged())
    {
        Cell::Number(percent) => Some(percent),
        _ => None,
    };
    Chart {
        key: Raw::from("conforming"),
        title: Raw::from("Subjects that conform, of those with a verdict"),
        shape: Shape::Line,
        unit: Some(Raw::from("%")),
        target: None,
        lines: vec![line(over_time, "conforming", percent)],
    }
}

fn findings(over_time: &OverTime) -> Chart {
    let count = |count: usize| u32::try_from(count).ok().map(f64::from);
    Chart {
        key: Raw::from("findings"),
        title: Raw::from("Findings by severity"),
        shape: Shape::Bars,
        unit: None,
        target: None,
        lines: vec![
            line(over_time, "errors", |verdicts| count(verdicts.errors)),
            line(over_time, "warnings", |verdicts| count(verdicts.warnings)),
            line(over_time, "notices", |verdicts| count(verdicts.notices)),
        ],
    }
}

fn points(over_time: &OverTime) -> Table {
    let columns = [
        ("name", "Quarter"),
        ("as_of", "As of"),
        ("verdict", "Verdict"),
        ("errors", "Errors"),
        ("warnings", "Warnings"),
        ("notices", "Notices"),
        ("records", "Records"),
        ("conforms", "Conform"),
        ("fails", "Fail"),
        ("waived", "Waived"),
        ("not_applicable", "Not applicable"),
        ("undetermined", "Not determined"),
        ("judged_by", "Judged by"),
        ("settings_then", "Settings then"),
        ("commit", "Commit"),
    ];
    let rows = over_time.moments.iter().map(|moment| {
        let count = |of: fn(&Verdicts) -> usize| {
            moment
                .verdicts()
                .map_or_else(|| Cell::text(moment.instead()), |verdicts| Cell::Count(of(verdicts)))
        };
        let commit = moment.commit.as_deref().map(|commit| Raw::from(commit.get(..10).unwrap_or(commit)));
        vec![
            Cell::text(moment.name.as_str()),
            Cell::Day(moment.as_of),
            Cell::text(moment.instead()),
            count(|verdicts| verdicts.errors),
            count(|verdicts| verdicts.warnings),
            count(|verdicts| verdicts.notices),
            count(|verdicts| verdicts.records),
            count(|verdicts| verdicts.all.conforms),
            count(|verdicts| verdicts.all.fails),
            count(|verdicts| verdicts.all.waived),
            count(|verdicts| verdicts.all.not_applicable),
            count(|verdicts| verdicts.all.undetermined),
            Cell::text(moment.judged_by),
            Cell::text(moment.settings_then),
            Cell::maybe(commit),
        ]
    });
    Table::new("moments", "The verdicts of each moment", &columns)
        .or("there is no moment to judge")
        .aside(&[
            "errors",
            "fails",
            "judged_by",
            "warnings",
            "conforms",
            "notices",
            "undetermined",
            "waived",
            "not_applicable",
            "commit",
            "settings_then",
            "records",
        ])
        .with(rows)
}

/// Clauses down, moments across.
fn by_clause(over_time: &OverTime) -> Table {
    let mut table = Table::new(
        "by_clause",
        "By clause: subjects that conform, of those with a verdict (+ those without one)",
        &[("clause", "Clause"), ("topic", "About")],
    )
    .or("no rule of this run judges a clause");
    for moment in &over_time.moments {
        table = table.column(moment.as_of.to_string(), moment.name.as_str());
    }
    // The newest are the dearest.
    table.aside = over_time.moments.iter().rev().map(|moment| moment.as_of.to_string().into()).collect();
    let mut known: Vec<(&str, &'static str)> = Vec::new();
    for of in over_time.moments.iter().filter_map(Moment::verdicts).flat_map(|verdicts| &verdicts.clauses) {
        if !known.contains(&(&of.clause, of.topic)) {
            known.push((&of.clause, of.topic));
        }
    }
    let rows = known.into_iter().map(|(clause, topic)| {
        let cells = over_time.moments.iter().map(|moment| match moment.verdicts() {
            None => Cell::text(moment.instead()),
            Some(verdicts) => {
                let of = verdicts.clauses.iter().find(|of| of.clause == clause);
                of.map_or(Cell::Nothing, |of| of.tally.cell())
            }
        });
        [Cell::text(clause), Cell::text(topic)].into_iter().chain(cells).collect()
    });
    table.with(rows)
}

/// Every moment and clause in a row of its own; the clause `all` has the
/// verdicts of all rules.
pub fn csv(over_time: &OverTime) -> String {
    let header = [
        "quarter",
        "as_of",
        "commit",
        "judged_by",
        "policy_digest",
        "settings_then",
        "state",
        "clause",
        "about",
        "rules",
        "subjects",
        "conforms",
        "fails",
        "waived",
        "not_applicable",
        "undetermined",
        "why",
    ];
    let mut rows = Vec::new();
    for moment in &over_time.moments {
        let lead = [
            Cell::text(moment.name.as_str()),
            Cell::Day(moment.as_of),
            Cell::maybe(moment.commit.as_deref().map(Raw::from)),
            Cell::text(moment.judged_by),
            Cell::text(over_time.policy_digest.as_str()),
            Cell::text(moment.settings_then),
        ];
        let mut add = |cells: Vec<Cell>| rows.push(lead.iter().cloned().chain(cells).collect::<Vec<_>>());
        match &moment.outcome {
            Outcome::Judged(verdicts) => {
                let row = |clause: &str, topic: Cell, rules: Cell, tally: Tally| {
                    let numbers = [
                        tally.subjects,
                        tally.conforms,
                        tally.fails,
                        tally.waived,
                        tally.not_applicable,
                        tally.undetermined,
                    ];
                    let lead = [Cell::text("judged"), Cell::text(clause), topic, rules];
                    lead.into_iter().chain(numbers.map(Cell::Count)).chain([Cell::Nothing]).collect()
                };
                add(row("all", Cell::Nothing, Cell::Nothing, verdicts.all));
                for of in &verdicts.clauses {
                    add(row(&of.clause, Cell::text(of.topic), Cell::Count(of.rules), of.tally));
                }
            }
            Outcome::NotJudged(why) | Outcome::Undetermined(why) => {
                let mut cells = vec![Cell::text(moment.instead()), Cell::text("all")];
                cells.resize(header.len() - lead.len() - 1, Cell::Nothing);
                cells.push(Cell::Text(why.clone()));
                add(cells);
            }
        }
    }
    csv_rows(&header, &rows)
}
