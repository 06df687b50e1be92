//! Literate tests of a rule: small histories told in Markdown, with what is to
//! be found written beside the lines where it is to be found.
//!
//! Each level-1 heading begins a case, told as a chronicle. In the files as
//! they stand at its end, a comment says what is found on its line; a line of
//! prose says what is found about a record that has no line any more:
//!
//! ````text
//! # Moved twice, explained once
//!
//! As of 2026-03-01. …
//!
//! ```yaml actions.yaml
//! - id: ACT-1
//!   due: 2026-09-01 # finding: due-date-moved-without-rationale
//! ```
//!
//! Found: open-record-deleted on action/ACT-7
//! ````
//!
//! In the text of a Markdown file the comment is `<!-- finding: … -->`. Several
//! ids stand with commas between them.

use super::judged::{self, Repository};
use super::line::main_line;
use crate::budget::Limits;
use crate::check::Assessment;
use crate::chronicle::Chronicle;
use crate::finding::Finding;
use crate::kind::Kinds;
use crate::rule::Rule;
use crate::source::{RepoPath, SourceFile};
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// One history, and what is to be found at its end.
pub struct Case {
    /// Its heading.
    pub title: String,
    /// The history.
    pub repository: Repository,
    /// What is to be found.
    pub expected: Vec<Expected>,
}

/// One finding that is to be there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expected {
    /// The rule, or the check of form.
    pub rule: String,
    /// Where, or what about.
    pub on: On,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum On {
    /// A line of a file.
    Line(RepoPath, u32),
    /// A record without a line, as `kind/id`, or `isms`.
    Subject(String),
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.on {
            On::Line(path, line) => write!(f, "{} at {}:{line}", self.rule, path.shown()),
            On::Subject(subject) => write!(f, "{} on {subject}", self.rule),
        }
    }
}

/// The cases of a document.
///
/// # Errors
/// The first mistake in the telling, with its line.
pub fn cases(file: &Arc<SourceFile>) -> Result<Vec<Case>, String> {
    let told = Chronicle::parse_all(file, &Limits::STANDARD).map_err(|mistake| said(&mistake))?;
    told.iter().map(case).collect()
}

/// A chronicle as a case.
///
/// # Errors
/// What keeps it from being one.
pub fn case(told: &Chronicle) -> Result<Case, String> {
    let steps = told.replay(&Limits::STANDARD).map_err(|mistake| said(&mistake))?;
    let today = told.as_of.ok_or_else(|| format!("{}: a line `As of YYYY-MM-DD.` is missing", told.title))?;
    let end = steps.last().ok_or_else(|| format!("{}: it has no commit", told.title))?;
    let zone = judged::settings_of(&end.files)?.profile.time_zone.unwrap_or(Tz::UTC);
    let mut expected = beside_lines(&end.files);
    for line in &told.prose {
        let Some(found) = line.strip_prefix("Found: ") else { continue };
        let (rule, subject) = found
            .trim_end_matches('.')
            .split_once(" on ")
            .ok_or_else(|| format!("{}: `{line}` is not `Found: RULE on KIND/ID`", told.title))?;
        expected.push(Expected { rule: rule.to_owned(), on: On::Subject(subject.to_owned()) });
    }
    expected.sort();
    let repository = Repository { commits: main_line(&steps, zone), today, kinds: Kinds::embedded() };
    Ok(Case { title: told.title.clone(), repository, expected })
}

fn said(mistake: &crate::chronicle::Mistake) -> String {
    let line = mistake.place.file.position(mistake.place.span.start).line;
    format!("{}:{line}: {}", mistake.place.file.path().shown(), mistake.fault.message().unescaped())
}

fn beside_lines(files: &BTreeMap<RepoPath, Vec<u8>>) -> Vec<Expected> {
    let mut expected = Vec::new();
    for (path, bytes) in files {
        for (line, text) in (1..).zip(String::from_utf8_lossy(bytes).lines()) {
            let yaml = text.split_once("# finding:").map(|(_, ids)| ids);
            let prose = text.split_once("<!-- finding:").and_then(|(_, ids)| ids.split_once("-->"));
            let ids = yaml.or(prose.map(|(ids, _)| ids)).unwrap_or_default().split(',');
            expected.extend(
                ids.map(str::trim)
                    .filter(|id| !id.is_empty())
                    .map(|id| Expected { rule: id.to_owned(), on: On::Line(path.clone(), line) }),
            );
        }
    }
    expected
}

impl Case {
    /// What differs between what `rule` and the checks of form found and what
    /// they were to find; other rules are only held to what is expected of them.
    pub fn differences(&self, rule: &Rule, assessment: &Assessment) -> Vec<String> {
        let mut differences = judged::faults(rule, assessment);
        let mut found: Vec<&Finding> = assessment.findings.iter().collect();
        for expected in &self.expected {
            match found.iter().position(|finding| expected.is(finding)) {
                Some(at) => {
                    found.remove(at);
                }
                None => differences.push(format!("missing: {expected}")),
            }
        }
        let form = |id: &str| crate::record::Fault::pages().iter().any(|page| page.name == id);
        for finding in found.iter().filter(|finding| finding.rule == rule.id || form(&finding.rule)) {
            let have = Expected { rule: finding.rule.to_string(), on: place(finding) };
            differences.push(format!("noisy: {have}: {}", finding.message.unescaped()));
        }
        differences
    }
}

impl Expected {
    fn is(&self, finding: &Finding) -> bool {
        let on = match &self.on {
            On::Line(..) => place(finding),
            // A record that is gone has no line; its finding points at the file.
            On::Subject(_) => subject(finding),
        };
        self.rule == *finding.rule && self.on == on
    }
}

fn place(finding: &Finding) -> On {
    match &finding.place {
        Some(place) => On::Line(place.file.path().clone(), place.file.position(place.span.start).line),
        None => subject(finding),
    }
}

fn subject(finding: &Finding) -> On {
    let key = finding.record.as_ref().map(|key| format!("{}/{}", key.kind, key.id.unescaped()));
    On::Subject(key.unwrap_or_else(|| "isms".to_owned()))
}
