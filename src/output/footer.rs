//! What stands under a finding for people: what to do, why it matters, and the
//! places and commits that show it.

use super::from_repository_root;
use super::human::{Style, paint};
use super::wrap::wrap;
use crate::escape::terminal;
use crate::finding::{CommitEvidence, Finding};
use crate::report::Report;
use crate::source::{Place, Span};
use std::fmt::Write as _;

/// Columns of running text: longer lines are hard to read.
pub(super) const MOST_TEXT: usize = 100;
/// Related places, and commits, shown of one finding.
const MOST_EVIDENCE: usize = 5;
/// Columns before the text.
const FOOTER: usize = 7;

/// The first line of a file says nothing about the file as a whole.
pub(super) fn is_whole_file(place: &Place) -> bool {
    place.span == Span::at(0)
}

/// What to do, why it matters, and what shows it: words in one column, text in
/// the next.
pub(super) fn footer(out: &mut String, report: &Report, finding: &Finding, with_why: bool, style: Style) {
    let mut lines = Vec::new();
    if let Some(place) = finding.place.as_ref().filter(|place| is_whole_file(place)) {
        lines.push(("in", terminal(&from_repository_root(report, place.file.path()))));
    }
    lines.push(("fix", terminal(&finding.fix)));
    if with_why {
        lines.push(("why", terminal(&finding.why)));
    }
    for related in finding.related.iter().take(MOST_EVIDENCE) {
        let at = related.place.file.position(related.place.span.start);
        let path = terminal(&from_repository_root(report, related.place.file.path()));
        lines.push(("see", format!("{path}:{}:{} {}", at.line, at.column, terminal(&related.label))));
    }
    for commit in finding.commits.iter().take(MOST_EVIDENCE) {
        lines.push(("git", evidence(commit)));
    }
    let more = finding.related.len().saturating_sub(MOST_EVIDENCE)
        + finding.commits.len().saturating_sub(MOST_EVIDENCE);
    if more > 0 {
        lines.push(("and", format!("{more} more, in the JSON report")));
    }
    for (word, text) in lines {
        for (at, line) in wrap(&text, style.width.min(MOST_TEXT), FOOTER).into_iter().enumerate() {
            let word = match at {
                0 => paint(style, "36", &format!("{:>width$}", format!("{word}:"), width = FOOTER - 1)),
                _ => format!("{:width$}", "", width = FOOTER - 1),
            };
            if !line.is_empty() {
                let _ = writeln!(out, "{word} {line}");
            }
        }
    }
}

/// A commit in a line. The address is left to the JSON report; the day of
/// arrival is told where it is another.
fn evidence(commit: &CommitEvidence) -> String {
    let id = commit.short_id();
    let author = terminal(&commit.author);
    let name = author.split(" <").next().filter(|name| !name.is_empty()).unwrap_or(&author);
    let arrived = if commit.arrived == commit.authored {
        String::new()
    } else {
        format!(" (arrived {})", commit.arrived)
    };
    format!("{id} {}{arrived} {name}: {}", commit.authored, terminal(&commit.summary))
}
