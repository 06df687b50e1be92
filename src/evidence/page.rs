//! The page: one HTML file that needs nothing else, has no script, prints, and
//! can be read by ear. It is drawn from the chapters by the template beside
//! this file; every text passes the escape for HTML.
//!
//! It stays below [`MOST_BYTES`], however large the ISMS is: where a table or a
//! list of charts is cut, the page says how much more there is, and where.

use super::{Subject, svg};
use crate::escape::{Raw, html};
use crate::sheet::{Cell, Chart, Figure, Gap, Section, Table, shown};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The most bytes of a page: more than this no browser shows at once.
pub const MOST_BYTES: usize = 5_000_000;

/// How much of each list is drawn, tried in this order until the page is small
/// enough. With nothing of any list it always is.
const CAPS: [usize; 11] = [1000, 500, 200, 100, 50, 20, 10, 5, 2, 1, 0];

/// Sentences of a chapter that are drawn at least.
const SENTENCES: usize = 20;

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
    more_observations: usize,
    more_gaps: usize,
    more_charts: usize,
}

#[derive(Serialize)]
struct TableView {
    caption: String,
    head: Vec<HeadView>,
    rows: Vec<Vec<CellView>>,
    more: usize,
    empty: String,
}

#[derive(Serialize)]
struct HeadView {
    title: String,
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
    more: usize,
    head: Vec<String>,
}

/// Draws the page, and tells how much of each list is on it.
pub(super) fn draw(
    subject: &Subject,
    chapters: &[Section],
    note: &'static str,
) -> Result<(String, usize), String> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(|out, _, value| {
        // What our own code drew is marked safe; all else is text.
        let text = value.to_string();
        let shown = if value.is_safe() { text } else { html(&Raw::from(text)) };
        out.write_str(&shown).map_err(minijinja::Error::from)
    });
    let mut smallest = Err("the page could not be made small enough".to_owned());
    for cap in CAPS {
        let view = view(subject, chapters, note, cap);
        let drawn = environment
            .template_from_named_str("page.html", TEMPLATE)
            .and_then(|page| page.render(Value::from(Serde(&view))))
            .map_err(|error| format!("the page could not be drawn: {error}"))?;
        let fits = drawn.len() <= MOST_BYTES;
        smallest = Ok((drawn, cap));
        if fits {
            break;
        }
    }
    smallest
}

/// Nothing may be loaded or run; the one style of the page is named by its hash.
fn content_policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

fn view(subject: &Subject, chapters: &[Section], note: &'static str, cap: usize) -> PageView {
    let mut charts = 0;
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
        chapters: chapters.iter().map(|chapter| chapter_view(chapter, &mut charts, cap)).collect(),
    }
}

fn chapter_view(section: &Section, charts: &mut usize, cap: usize) -> ChapterView {
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
    // What a chapter says of itself stays: its lists are what grows.
    let listed = cap.max(SENTENCES);
    ChapterView {
        key: section.key,
        title: section.title.clone(),
        clauses: section.clauses.join(", "),
        observations: section.observations.iter().take(listed).map(text).collect(),
        gaps: section.undetermined.iter().take(listed).map(gap).collect(),
        figures: section.figures.iter().map(figure).collect(),
        tables: section.tables.iter().map(|shown| table(shown, cap)).collect(),
        charts: section
            .charts
            .iter()
            .take(cap)
            .map(|shown| {
                *charts += 1;
                chart(shown, *charts, cap)
            })
            .collect(),
        more_observations: section.observations.len().saturating_sub(listed),
        more_gaps: section.undetermined.len().saturating_sub(listed),
        more_charts: section.charts.len().saturating_sub(cap),
    }
}

fn table(table: &Table, cap: usize) -> TableView {
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
                title: column.title.to_string(),
                class: if is_number(at) { "number" } else { "" },
            })
            .collect(),
        rows: table
            .rows
            .iter()
            .take(cap)
            .map(|row| row.iter().enumerate().map(|(at, shown)| named(at, shown)).collect())
            .collect(),
        more: table.rows.len().saturating_sub(cap),
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
        Cell::Text(text) => match text.unescaped() {
            "no rule judges this" | "not judged" => "unjudged",
            "not determined" => "unknown",
            _ => "",
        },
        Cell::List(_) => "",
    };
    let text = if *cell == Cell::Nothing { "–".to_owned() } else { cell.plain().unescaped().to_owned() };
    CellView { text, class }
}

fn chart(chart: &Chart, number: usize, cap: usize) -> ChartView {
    let longest = chart.lines.iter().max_by_key(|line| line.points.len());
    let rows = longest.into_iter().flat_map(|line| line.points.iter().enumerate()).map(|(at, point)| {
        let label = CellView { text: point.label.unescaped().to_owned(), class: "" };
        let values = chart.lines.iter().map(|line| {
            let point = line.points.get(at);
            let value = point.and_then(|point| point.value);
            let mark = point.and_then(|point| point.mark);
            let text = match (value, mark) {
                (Some(value), Some(mark)) => format!("{} ({mark})", shown(value)),
                (Some(value), None) => shown(value),
                (None, Some(mark)) => mark.to_owned(),
                (None, None) => "–".to_owned(),
            };
            CellView { text, class: "number" }
        });
        std::iter::once(label).chain(values).collect()
    });
    let names: Vec<String> = chart.lines.iter().map(|line| line.name.unescaped().to_owned()).collect();
    ChartView {
        title: chart.title.unescaped().to_owned(),
        unit: chart.unit.as_ref().map(|unit| unit.unescaped().to_owned()).unwrap_or_default(),
        svg: Value::from_safe_string(svg::draw(chart, number)),
        rows: rows.take(cap).collect(),
        more: longest.map_or(0, |line| line.points.len()).saturating_sub(cap),
        head: std::iter::once("Period".to_owned()).chain(names.iter().cloned()).collect(),
        legend: if names.len() > 1 { names } else { Vec::new() },
    }
}
