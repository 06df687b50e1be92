//! From a report to bytes: one file for each format, one `match` to choose.
//!
//! JSON is the canonical result; the others show parts of the same report. An
//! output computes lines and columns, escapes for its own sink, and decides
//! nothing about verdicts.

mod annotations;
mod change;
mod concise;
mod footer;
mod github;
mod gitlab;
mod human;
mod json;
mod junit;
mod markdown;
mod mistake;
mod public;
mod sarif;
mod snippet;
mod words;
mod wrap;

pub use annotations::Annotation;
pub use human::Style;
pub use mistake::mistakes;
pub use public::{masked, public};
pub use words::{counted, verdict};

use crate::escape::Raw;
use crate::report::Report;
use crate::settings::FILE_NAME;
use crate::source::RepoPath;

/// The JSON Schema of the JSON output.
pub const REPORT_SCHEMA: &str = include_str!("../../schemas/report.schema.json");

/// An output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: a summary by rule, then snippets by file.
    Human,
    /// One line for each finding.
    Concise,
    /// The canonical result.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands of GitHub Actions: annotations on the changed files.
    Github,
    /// Code Quality of `GitLab`.
    Gitlab,
    /// Test results: a rule is a test case.
    Junit,
    /// A page for a job summary.
    Markdown,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 8] = [
        Self::Human,
        Self::Concise,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Markdown,
    ];

    /// Whether it is read where the records may not be: values of fields that
    /// a schema marks `x-sensitive` are left out.
    pub const fn is_public(self) -> bool {
        match self {
            Self::Sarif | Self::Github | Self::Gitlab | Self::Junit | Self::Markdown => true,
            Self::Human | Self::Concise | Self::Json => false,
        }
    }

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
        }
    }
}

/// The report in a format. Only the human format looks at the style.
pub fn render(report: &Report, format: Format, style: Style) -> String {
    // Annotations, summaries and alerts are read by more people than the records.
    let public = if format.is_public() { public::without_sensitive(report) } else { None };
    let report = public.as_ref().unwrap_or(report);
    match format {
        Format::Human => human::render(report, style),
        Format::Concise => concise::render(report),
        Format::Json => json::render(report),
        Format::Sarif => sarif::render(report),
        Format::Github => github::render(report),
        Format::Gitlab => gitlab::render(report),
        Format::Junit => junit::render(report),
        Format::Markdown => markdown::render(report),
    }
}

/// The findings as annotations, the gravest first; of a change those that came
/// with it. Without what is sensitive: many people read them.
pub fn annotations(report: &Report) -> Vec<Annotation> {
    annotations::of(public::without_sensitive(report).as_ref().unwrap_or(report))
}

/// The Markdown page for a place that takes no more than `most_bytes`. Without
/// `findings` it tells what a change does and counts by rule only. What found no
/// room is told at the end.
pub fn page(report: &Report, findings: bool, most_bytes: usize) -> String {
    markdown::page(public::without_sensitive(report).as_ref().unwrap_or(report), findings, most_bytes)
}

/// A path as every output names it: from the root of the repository.
fn from_repository_root(report: &Report, path: &RepoPath) -> Raw {
    Raw::from(path_from_repository_root(report, path).shown())
}

fn path_from_repository_root(report: &Report, path: &RepoPath) -> RepoPath {
    RepoPath::from(report.provenance.root.as_str()).join(path.as_bytes())
}

/// Where a format that wants a file for everything puts what is about the whole
/// ISMS: its settings, from the root of the repository.
fn at_the_isms(report: &Report) -> RepoPath {
    path_from_repository_root(report, &RepoPath::from(FILE_NAME))
}
