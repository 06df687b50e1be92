//! From a report to bytes: one file for each format, one `match` to choose.
//!
//! JSON is the canonical result; the others show parts of the same report. An
//! output computes lines and columns, escapes for its own sink, and decides
//! nothing about verdicts.

mod github;
mod human;
mod json;
mod mistake;
mod snippet;
mod words;

pub use human::Style;
pub use mistake::mistakes;

use crate::escape::Raw;
use crate::report::Report;
use crate::source::RepoPath;

/// An output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: a summary by rule, then snippets by file.
    Human,
    /// The canonical result.
    Json,
    /// Workflow commands of GitHub Actions: annotations on the changed files.
    Github,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Human, Self::Json, Self::Github];
}

/// The report in a format. Only the human format looks at the style.
pub fn render(report: &Report, format: Format, style: Style) -> String {
    match format {
        Format::Human => human::render(report, style),
        Format::Json => json::render(report),
        Format::Github => github::render(report),
    }
}

/// A path as every output names it: from the root of the repository.
fn from_repository_root(report: &Report, path: &RepoPath) -> Raw {
    let root = &report.provenance.root;
    if root.is_empty() { Raw::from(path.shown()) } else { Raw::from(format!("{root}/{}", path.shown())) }
}
