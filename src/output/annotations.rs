//! Findings as annotations for a service that takes them as values, one for
//! each finding: what `publish` sends.
//!
//! The gravest come first, so that a service which shows some shows those. The
//! texts are shown as text, with what would hide or reorder it made visible.

use super::change::is_shown;
use super::{at_the_isms, from_repository_root};
use crate::escape::{Raw, cut, plain};
use crate::finding::{Finding, Severity};
use crate::report::Report;

/// Characters of a message; the service takes 64 KiB.
const MOST_CHARACTERS: usize = 4_000;
/// Characters of a title; the service takes 255.
const MOST_IN_TITLE: usize = 200;

/// A finding at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// The file, from the root of the repository; the settings where a finding
    /// is about the ISMS as a whole.
    pub path: Raw,
    /// The first line, from 1.
    pub start_line: u32,
    /// The last line.
    pub end_line: u32,
    /// First column and the one behind the last, in characters from 1; only
    /// where both lie on one line.
    pub columns: Option<(u32, u32)>,
    /// How grave it is.
    pub severity: Severity,
    /// The rule, and the record; escaped.
    pub title: String,
    /// What is wrong and what to do; escaped, in several lines.
    pub message: String,
    /// Why an auditor asks; escaped, in several lines.
    pub why: String,
}

pub(super) fn of(report: &Report) -> Vec<Annotation> {
    let shown = || report.assessment.findings.iter().filter(|finding| is_shown(finding));
    Severity::ALL
        .into_iter()
        .flat_map(|severity| shown().filter(move |finding| finding.severity == severity))
        .map(|finding| annotation(report, finding))
        .collect()
}

fn annotation(report: &Report, finding: &Finding) -> Annotation {
    let (path, start_line, end_line, columns) = match &finding.place {
        None => (Raw::from(at_the_isms(report).shown()), 1, 1, None),
        Some(place) => {
            let (start, end) = (place.file.position(place.span.start), place.file.position(place.span.end));
            let columns =
                (start.line == end.line && !place.span.is_empty()).then_some((start.column, end.column));
            (from_repository_root(report, place.file.path()), start.line, end.line.max(start.line), columns)
        }
    };
    let record = finding.record.as_ref().map_or_else(String::new, |key| format!(": {}", key.id.unescaped()));
    Annotation {
        path,
        start_line,
        end_line,
        columns,
        severity: finding.severity,
        title: shown(&format!("{}{record}", finding.rule), MOST_IN_TITLE),
        message: shown(&message(report, finding), MOST_CHARACTERS),
        why: shown(finding.why.unescaped(), MOST_CHARACTERS),
    }
}

/// What is wrong, what to do, and what else shows it.
fn message(report: &Report, finding: &Finding) -> String {
    let mut told = format!("{}\n{}", finding.message.unescaped(), finding.fix.unescaped());
    for related in &finding.related {
        let line = related.place.file.position(related.place.span.start).line;
        let path = from_repository_root(report, related.place.file.path());
        told.push_str(&format!("\n{}:{line}: {}", path.unescaped(), related.label.unescaped()));
    }
    for commit in &finding.commits {
        let (id, author) = (commit.short_id(), commit.author.unescaped());
        told.push_str(&format!("\ncommit {id} of {} by {author}", commit.authored));
    }
    told
}

/// Cut, then line by line as text.
fn shown(text: &str, most: usize) -> String {
    cut(text, most).split('\n').map(plain).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_text_is_cut_and_stays_in_lines() {
        assert_eq!(shown("one\n::error::two\u{202e}", 100), "one\n\\u{3a}:error::two\\u{202e}");
        assert_eq!(shown("äöü", 2), "äö…");
    }
}
