//! The demo: two years of a small invented company, told twice.
//!
//! In the *story* things go wrong, and [`expected`] lists what a checker has to
//! say about each; in the *tidy twin* the same company writes everything down,
//! and there is nothing to say. This module holds the texts and reads them; it
//! checks nothing and writes nothing.

use crate::budget::Limits;
use crate::chronicle::{Chronicle, Mistake};
use crate::source::SourceFile;
use chrono::NaiveDate;
use serde::Deserialize;

/// The first ten months, which both tellings share.
const FOUNDING: &str = include_str!("founding.md");
/// How it went on, with what went wrong.
const STORY: &str = include_str!("story.md");
/// How it went on in the tidy twin.
const TIDY: &str = include_str!("tidy.md");
/// What is to be found in the story.
const EXPECTED: &str = include_str!("expected.yaml");

/// The telling in which things go wrong.
pub fn story() -> Result<Chronicle, Mistake> {
    told("story.md", STORY)
}

/// The telling in which nothing is to be found.
pub fn tidy() -> Result<Chronicle, Mistake> {
    told("tidy.md", TIDY)
}

/// What is to be found in the story: the whole list, for the rules it names.
pub fn expected() -> Result<Expected, serde_yaml::Error> {
    serde_yaml::from_str(EXPECTED)
}

fn told(name: &str, text: &str) -> Result<Chronicle, Mistake> {
    let parse =
        |name: &str, text: &str| Chronicle::parse(&SourceFile::new(name.into(), text), &Limits::STANDARD);
    Ok(parse("founding.md", FOUNDING)?.then(parse(name, text)?))
}

/// The list of what is to be found, and what is not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The day of the check.
    pub as_of: NaiveDate,
    /// Every finding.
    pub findings: Vec<ExpectedFinding>,
    /// Findings that a waiver in force silences.
    pub waived: Vec<ExpectedFinding>,
    /// Records on which a rule must be silent although they look suspicious.
    pub silent: Vec<Suspicion>,
}

/// One finding.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedFinding {
    /// The rule that says it.
    pub rule: String,
    /// The record.
    pub record: Subject,
    /// The record's file at the end of the story; its last one where it is gone.
    pub file: String,
    /// The line of the record that holds `quoted`, without the spaces before it.
    pub line: Option<String>,
    /// The text that the finding points at; none where the record is gone.
    pub quoted: Option<String>,
    /// Summary of the commit that shows it, for findings from the history.
    pub commit: Option<String>,
    /// Id of the waiver that silences it.
    pub waiver: Option<String>,
    /// Why an auditor would object.
    pub because: String,
}

/// A rule that is silent on a record, and why that is right.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspicion {
    /// The rule.
    pub rule: String,
    /// The record.
    pub record: Subject,
    /// Why the record is right.
    pub because: String,
}

/// A record by kind and id; a measurement's id is `METRIC/PERIOD`, a removal's
/// that of the record it takes away.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The kind.
    pub kind: String,
    /// The id.
    pub id: String,
}

#[cfg(test)]
mod tests;
