//! A rule tried on its examples and on histories told in Markdown: small
//! repositories in memory, judged as a real one would be.
//!
//! It says what came of each example and judges no rule beyond that. It reads
//! and writes no file: rule and example are texts.

mod example;
mod judged;
mod line;
pub mod literate;

pub use judged::{Repository, judge};

use crate::finding::Finding;
use crate::kind::Kinds;
use crate::rule::{ExampleFile, Rule};
use crate::settings::Mistake;
use chrono::NaiveDate;
use std::fmt;

/// What an example is to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The rule is silent.
    Conforms,
    /// The rule finds something.
    Fails,
}

/// What came of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It conforms, and the rule is silent.
    Validated,
    /// It fails, and the rule says so.
    Reported,
    /// It conforms, and the rule finds something.
    Noisy,
    /// It fails, and the rule is silent.
    Missing,
    /// It shows nothing: its records, its states or a verdict are at fault.
    Faulty(Vec<String>),
}

/// One example of a rule, tried.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What the example shows, in the rule file's words.
    pub name: String,
    /// The side it stands on.
    pub side: Side,
    /// What came of it.
    pub outcome: Outcome,
    /// What the rule found.
    pub findings: Vec<Finding>,
}

impl Outcome {
    /// Whether the example shows what it is to show.
    pub fn is_right(&self) -> bool {
        matches!(self, Self::Validated | Self::Reported)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Validated => "validated",
            Self::Reported => "reported",
            Self::Noisy => "noisy",
            Self::Missing => "missing",
            Self::Faulty(_) => "faulty",
        })
    }
}

/// Tries a rule on each of its examples, in the order of its file; their
/// records are of these kinds.
///
/// # Errors
/// Mistakes in the examples.
pub fn examples(rule: &Rule, kinds: &Kinds) -> Result<Vec<Trial>, Vec<Mistake>> {
    let examples = rule.examples()?;
    let conforms = examples.conforms.iter().map(|example| (Side::Conforms, example));
    let fails = examples.fails.iter().map(|example| (Side::Fails, example));
    let sides = conforms.chain(fails);
    let today = |example: &ExampleFile| example.today.unwrap_or(examples.today);
    Ok(sides.map(|(side, example)| trial(rule, kinds, side, example, today(example))).collect())
}

fn trial(rule: &Rule, kinds: &Kinds, side: Side, example: &ExampleFile, today: NaiveDate) -> Trial {
    let judged = example::repository(example, today, kinds)
        .and_then(|repository| judge(std::slice::from_ref(rule), &repository));
    let (findings, faults) = match judged {
        Ok(assessment) => judged::split(rule, assessment),
        Err(fault) => (Vec::new(), vec![fault]),
    };
    let outcome = match (side, findings.is_empty()) {
        _ if !faults.is_empty() => Outcome::Faulty(faults),
        (Side::Conforms, true) => Outcome::Validated,
        (Side::Conforms, false) => Outcome::Noisy,
        (Side::Fails, false) => Outcome::Reported,
        (Side::Fails, true) => Outcome::Missing,
    };
    Trial { name: example.name.clone(), side, outcome, findings }
}

#[cfg(test)]
mod tests;
