//! The page: one HTML file that needs nothing else, has no script, prints, and
//! can be read by ear. It is drawn from the chapters by the template beside
//! this file; every text passes the escape for HTML.

use super::{Subject, svg};
use crate::escape::{Raw, html};
use crate::sheet::{Cell, Chart, Figure, Gap, Section, Table, shown};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;
use sha2::{Digest, Sha256};

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

#[derive(Serialize)]
struct PageView {
    title: String,
    organisation: String,
    period: String,
    before: String,
    as_of: String,
    zone: String,
    commit: String,
    tree: String,
    rules_digest: String,
    version: &'static str,
    note: &'static str,
    policy: String,
    style: Value,
    chapters: Vec<ChapterView>,
}

#[derive(Serialize)]
struct ChapterView {
    key: &'static str,
    title: String,
    clauses: String,
    observations: Vec<String>,
    gaps: Vec<String>,
    figures: Vec<[CellView; 3]>,
    tables: Vec<TableView>,
    charts: Vec<ChartView>,
}

#[derive(Serialize)]
struct TableView {
    caption: String,
    head: Vec<HeadView>,
    rows: Vec<Vec<CellView>>,
    empty: String,
}

#[derive(Serialize)]
struct HeadView {
    title: &'static str,
    class: &'static str,
}

#[derive(Serialize)]
struct CellView {
    text: String,
    class: &'static str,
}

#[derive(Serialize)]
struct ChartView {
    title: String,
    unit: String,
    svg: Value,
    legend: Vec<String>,
    rows: Vec<Vec<CellView>>,
    head: Vec<String>,
}

/// Draws the page.
pub(super) fn draw(subject: &Subject, chapters: &[Section], note: &'static str) -> Result<String, String> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(|out, _, value| {
        // What our own code drew is marked safe; all else is text.
        let text = value.to_string();
        let shown = if value.is_safe() { text } else { html(&Raw::from(text)) };
        out.write_str(&shown).map_err(minijinja::Error::from)
    });
    let mut charts = 0;
    let view = view(subject, chapters, note, &mut charts);
    let drawn = environment
        .template_from_named_str("page.html", TEMPLATE)
        .and_then(|page| page.render(Value::from(Serde(&view))));
    drawn.map_err(|error| format!("the page could not be drawn: {error}"))
}

/// Nothing may be loaded or run; the one style of the page is named by its hash.
fn content_policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

fn view(subject: &Subject, chapters: &[Section], note: &'static str, charts: &mut usize) -> PageView {
    let organisation = subject.now.reading.context.settings.profile.organisation.clone();
    PageView {
        title: "Evidence of continual improvement".to_owned(),
        organisation: organisation.unwrap_or_default(),
        period: format!("{} to {}", subject.period.from, subject.period.to),
        before: subject
            .period
            .before()
            .map(|before| format!("{} to {}", before.from, before.to))
            .unwrap_or_default(),
        as_of: subject.as_of.to_string(),
        zone: subject.time_zone.clone(),
        commit: subject.now.commit.clone(),
        tree: subject.now.tree.clone(),
        rules_digest: subject.rules_digest.clone(),
        version: env!("CARGO_PKG_VERSION"),
        note,
        policy: content_policy(),
        style: Value::from_safe_string(STYLE.to_owned()),
        chapters: chapters.iter().map(|chapter| chapter_view(chapter, charts)).collect(),
    }
}

fn chapter_view(section: &Section, charts: &mut usize) -> ChapterView {
    let text = |raw: &Raw| raw.unescaped().to_owned();
    let gap = |gap: &Gap| {
        let remedy =
            gap.remedy.as_ref().map(|remedy| format!(" ({})", remedy.unescaped())).unwrap_or_default();
        format!("{}{remedy}", gap.why.unescaped())
    };
    let figure = |figure: &Figure| {
        let label = CellView { text: figure.label.to_owned(), class: "" };
        [label, cell(&figure.now), cell(&figure.before)]
    };
    ChapterView {
        key: section.key,
        title: section.title.clone(),
        clauses: section.clauses.join(", "),
        observations: section.observations.iter().map(text).collect(),
        gaps: section.undetermined.iter().map(gap).collect(),
        figures: section.figures.iter().map(figure).collect(),
        tables: section.tables.iter().map(table).collect(),
        charts: section
            .charts
            .iter()
            .map(|shown| {
                *charts += 1;
                chart(shown, *charts)
            })
            .collect(),
    }
}

fn table(table: &Table) -> TableView {
    let is_number = |at: usize| {
        let mut cells =
            table.rows.iter().filter_map(|row| row.get(at)).filter(|cell| **cell != Cell::Nothing).peekable();
        cells.peek().is_some() && cells.all(Cell::is_number)
    };
    let head = table.columns.iter().enumerate();
    TableView {
        caption: table.caption.clone(),
        head: head
            .map(|(at, column)| HeadView {
                title: column.title,
                class: if is_number(at) { "number" } else { "" },
            })
            .collect(),
        rows: table
            .rows
            .iter()
            .map(|row| row.iter().enumerate().map(|(at, shown)| named(at, shown)).collect())
            .collect(),
        empty: table.empty.clone(),
    }
}

/// A short name at the head of a row stays on one line.
fn named(at: usize, shown: &Cell) -> CellView {
    let view = cell(shown);
    let short = at == 0 && view.class.is_empty() && view.text.chars().count() <= 18;
    if short { CellView { class: "short", ..view } } else { view }
}

fn cell(cell: &Cell) -> CellView {
    let class = match cell {
        Cell::Nothing => "nothing",
        Cell::Number(_) | Cell::Count(_) => "number",
        Cell::Day(_) => "day",
        Cell::Unknown(_) => "unknown",
        Cell::Text(text) if text.unescaped() == "no rule judges this" => "unjudged",
        Cell::Text(_) | Cell::List(_) => "",
    };
    let text = if *cell == Cell::Nothing { "–".to_owned() } else { cell.plain().unescaped().to_owned() };
    CellView { text, class }
}

fn chart(chart: &Chart, number: usize) -> ChartView {
    let longest = chart.lines.iter().max_by_key(|line| line.points.len());
    let rows = longest.into_iter().flat_map(|line| line.points.iter().enumerate()).map(|(at, point)| {
        let label = CellView { text: point.label.unescaped().to_owned(), class: "" };
        let values = chart.lines.iter().map(|line| {
            let point = line.points.get(at);
            let value = point.and_then(|point| point.value);
            let mark =
                point.and_then(|point| point.mark).map(|mark| format!(" ({mark})")).unwrap_or_default();
            CellView {
                text: value.map_or_else(|| "–".to_owned(), |value| shown(value) + &mark),
                class: "number",
            }
        });
        std::iter::once(label).chain(values).collect()
    });
    let names: Vec<String> = chart.lines.iter().map(|line| line.name.unescaped().to_owned()).collect();
    ChartView {
        title: chart.title.unescaped().to_owned(),
        unit: chart.unit.as_ref().map(|unit| unit.unescaped().to_owned()).unwrap_or_default(),
        svg: Value::from_safe_string(svg::draw(chart, number)),
        rows: rows.collect(),
        head: std::iter::once("Period".to_owned()).chain(names.iter().cloned()).collect(),
        legend: if names.len() > 1 { names } else { Vec::new() },
    }
}
