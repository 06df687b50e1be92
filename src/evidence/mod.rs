//! The evidence pack of a period: what the records and their history show,
//! chapter by chapter, beside the period before; with a manifest from which
//! anybody who has the repository can build it again.
//!
//! A pack is always of a commit, never of files that are not committed. It
//! states observations and what could not be determined; conclusions stay with
//! people. The page and the JSON are drawn from the same chapters.

mod chapters;
mod manifest;
mod oscal;
mod over_time;
mod page;
mod period;
mod sample;
mod statement;
mod story;
mod svg;
mod time;
mod verify;

pub use over_time::{
    Moment, OVER_TIME, OfClause, Outcome, OverTime, Tally, Verdicts, csv as over_time_csv, moments, name,
    page as over_time_page,
};
pub use page::MOST_BYTES;
pub use period::Period;
pub use sample::{Drawn, Sample, Sampling};
pub use statement::{PREDICATE, STATEMENT};
pub use verify::{Claimed, Difference, Pack, claimed, differences, inner_differences};

use crate::escape::Raw;
use crate::git;
use crate::report::Report;
use crate::sheet::{Cell, Column, Gap, Section, csv_rows, shown};
use crate::views::Reading;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The ISMS in one state.
pub struct State {
    /// The commit; full id.
    pub commit: String,
    /// The folder that it names; full id.
    pub tree: String,
    /// The records and their history until that commit.
    pub reading: Reading,
    /// What a check of it says, as public outputs show it.
    pub report: Report,
}

/// A file that the pack rests on.
#[derive(Clone, Debug, Serialize)]
pub struct FileUsed {
    /// From the root of the repository.
    pub path: Raw,
    /// What it is: `records`, `settings`, `rules` or `kinds`.
    pub role: &'static str,
    /// Its git object.
    pub blob: String,
    /// Bytes.
    pub size: usize,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
}

/// What a pack is asked to hold, and of when.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The period.
    pub period: Period,
    /// The day of judgement.
    pub as_of: NaiveDate,
    /// Whether the ISMS is judged at each quarter end of its life too.
    pub over_time: bool,
    /// The sample to be drawn.
    pub sampling: Option<Sampling>,
}

/// Everything that a pack is made from.
pub struct Subject {
    /// The period.
    pub period: Period,
    /// The day of judgement.
    pub as_of: NaiveDate,
    /// The declared time zone.
    pub time_zone: String,
    /// The ISMS as it stands.
    pub now: State,
    /// The ISMS as it stood on the last day before the period, or why that is
    /// not known; judged by the rules and settings of today.
    pub then: Result<State, Gap>,
    /// The files.
    pub files: Vec<FileUsed>,
    /// The commits of the main line and of merged branches, by id.
    pub commits: BTreeMap<String, Arc<git::Commit>>,
    /// SHA-256 over the rules.
    pub rules_digest: String,
    /// SHA-256 of `isms.yaml`; none where there is none.
    pub settings_digest: Option<String>,
    /// The root of the ISMS below that of the repository.
    pub root: String,
    /// The assessments of its life, where they were asked for.
    pub over_time: Option<OverTime>,
    /// The sample, where one was asked for.
    pub sample: Option<Sample>,
}

/// The sample that was asked for of the records of a state.
pub fn sample(now: &State, root: &str, sampling: &Sampling) -> Sample {
    sample::draw(&now.reading.context.inventory, root, sampling)
}

/// A file of a pack: its name and its bytes.
pub type Output = (&'static str, Vec<u8>);

/// The files of a pack; the manifest is the last one. Without anything open or
/// settled there is no plan of action, and compliance over time has to be asked
/// for.
pub const NAMES: [&str; 8] = [
    "evidence.html",
    "evidence.json",
    "index.csv",
    "oscal-assessment-results.json",
    "oscal-plan-of-action.json",
    OVER_TIME,
    STATEMENT,
    MANIFEST,
];

/// What a pack was made from, and the digests of its other files.
pub const MANIFEST: &str = "manifest.json";

#[derive(Serialize)]
struct Document<'s> {
    format: u32,
    title: &'static str,
    organisation: Option<&'s str>,
    period: Period,
    period_before: Option<Period>,
    as_of: NaiveDate,
    time_zone: &'s str,
    commit: &'s str,
    note: &'static str,
    chapters: &'s [Section],
    #[serde(skip_serializing_if = "Option::is_none")]
    over_time: Option<&'s OverTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample: Option<&'s Sample>,
}

/// What every pack says of itself.
const NOTE: &str = "Observations from the records of an ISMS and from their git history. No statement of \
                    conformity: what follows from them is for people to conclude.";

/// Builds the pack: the same subject gives the same bytes.
///
/// # Errors
/// When the page cannot be drawn, which a test holds not to happen.
pub fn build(subject: &Subject) -> Result<Vec<Output>, String> {
    let chapters = chapters::all(subject);
    let profile = &subject.now.reading.context.settings.profile;
    let document = Document {
        format: 1,
        title: "Evidence of continual improvement",
        organisation: profile.organisation.as_deref(),
        period: subject.period,
        period_before: subject.period.before(),
        as_of: subject.as_of,
        time_zone: &subject.time_zone,
        commit: &subject.now.commit,
        note: NOTE,
        chapters: &chapters,
        over_time: subject.over_time.as_ref(),
        sample: subject.sample.as_ref(),
    };
    let (page, cap) = page::draw(subject, &chapters, NOTE)?;
    let json = crate::escape::json(&document);
    let mut outputs: Vec<Output> = vec![
        (NAMES[0], page.into_bytes()),
        (NAMES[1], json.into_bytes()),
        (NAMES[2], index(&chapters, cap).into_bytes()),
        (NAMES[3], oscal::results(subject).into_bytes()),
    ];
    outputs.extend(oscal::plan(subject).map(|plan| (NAMES[4], plan.into_bytes())));
    outputs.extend(subject.over_time.as_ref().map(|of| (OVER_TIME, over_time_csv(of).into_bytes())));
    let manifest = manifest::write(subject, &outputs);
    outputs.push((MANIFEST, manifest.into_bytes()));
    // It names the manifest, and is written before it: a pack without a manifest
    // is not whole.
    let statement = statement::write(subject, &outputs, NOTE);
    outputs.insert(outputs.len() - 1, (STATEMENT, statement.into_bytes()));
    Ok(outputs)
}

/// Where to find what: every chapter, table and chart, with its size. Of what the
/// page has only the first `cap` of, everything.
fn index(chapters: &[Section], cap: usize) -> String {
    let mut rows = Vec::new();
    let mut add = |chapter: &Section, what: &str, key: &str, title: &str, rows_of: Option<usize>| {
        rows.push(vec![
            Cell::text(chapter.key),
            Cell::text(what),
            Cell::text(key),
            Cell::text(title),
            rows_of.map_or(Cell::Nothing, Cell::Count),
            Cell::text(chapter.clauses.join(" ")),
        ]);
    };
    for chapter in chapters {
        add(chapter, "chapter", chapter.key, &chapter.title, None);
        for figure in &chapter.figures {
            add(chapter, "figure", figure.key, figure.label, None);
        }
        for table in &chapter.tables {
            add(chapter, "table", table.key, &table.caption, Some(table.rows.len()));
            let cut = if table.rows.len() > cap { table.rows.as_slice() } else { &[] };
            for row in cut {
                add(chapter, "row", table.key, &words(&table.columns, row), None);
            }
        }
        for chart in &chapter.charts {
            let points = chart.lines.iter().map(|line| line.points.len()).sum();
            add(chapter, "chart", chart.key.unescaped(), chart.title.unescaped(), Some(points));
            let is_cut = chapter.charts.len() > cap || chart.lines.iter().any(|line| line.points.len() > cap);
            for (line, point) in chart
                .lines
                .iter()
                .filter(|_| is_cut)
                .flat_map(|line| line.points.iter().map(move |of| (line, of)))
            {
                let value = point.value.map(shown).or_else(|| point.mark.map(str::to_owned));
                let (name, label) = (line.name.unescaped(), point.label.unescaped());
                let title = format!("{name}, {label}: {}", value.unwrap_or_default());
                add(chapter, "point", chart.key.unescaped(), &title, None);
            }
        }
        for gap in &chapter.undetermined {
            add(chapter, "not determined", "", gap.why.unescaped(), None);
        }
        let cut = if chapter.observations.len() > cap { chapter.observations.as_slice() } else { &[] };
        for line in cut {
            add(chapter, "observation", "", line.unescaped(), None);
        }
    }
    csv_rows(&["chapter", "what", "key", "title", "rows", "clauses"], &rows)
}

/// A row on one line: `Action: ACT-1; Due: 2026-01-31`.
fn words(columns: &[Column], row: &[Cell]) -> String {
    let cells = columns.iter().zip(row).filter(|(_, cell)| **cell != Cell::Nothing);
    let cells = cells.map(|(column, cell)| format!("{}: {}", column.title, cell.plain().unescaped()));
    cells.collect::<Vec<_>>().join("; ")
}
