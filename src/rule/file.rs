//! A rule file as it is written: the fields in the order in which authors meet
//! them. Nothing is checked here but shapes and closed words.

use crate::finding::Severity;
use crate::settings::Level;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_yaml::Spanned;
use std::collections::BTreeMap;

/// What a rule's demand rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// A *shall* of the standard.
    Requirement,
    /// Proof of a *shall*.
    Evidence,
    /// What auditors expect.
    Expectation,
    /// A common interval or habit.
    Convention,
}

impl Basis {
    /// The severity of a rule that names none.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Requirement | Self::Evidence => Severity::Error,
            Self::Expectation => Severity::Warning,
            Self::Convention => Severity::Notice,
        }
    }

    /// The word, as in a rule file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Requirement => "requirement",
            Self::Evidence => "evidence",
            Self::Expectation => "expectation",
            Self::Convention => "convention",
        }
    }
}

/// Which of the three aims of improvement a rule serves (clause 10.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Aspect {
    /// Fit for the purpose.
    Suitability,
    /// Enough of it.
    Adequacy,
    /// It works.
    Effectiveness,
}

/// The phase of the cycle: a way to group, not a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Plan.
    Plan,
    /// Do.
    Do,
    /// Check.
    Check,
    /// Act.
    Act,
}

/// What a rule cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// The git history, complete.
    History,
    /// `people` in `isms.yaml`.
    People,
    /// `areas` in `isms.yaml`.
    Areas,
    /// `started` in `isms.yaml`.
    Started,
    /// `certification` in `isms.yaml`.
    Certification,
    /// `risk` in `isms.yaml`.
    Risk,
}

impl Need {
    /// The word, as in a rule file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::History => "history",
            Self::People => "people",
            Self::Areas => "areas",
            Self::Started => "started",
            Self::Certification => "certification",
            Self::Risk => "risk",
        }
    }
}

/// A parameter that `isms.yaml` can set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ParamFile {
    /// The value when nothing is set: a number, a word, a duration, a date or
    /// a list of words. It gives the parameter its type.
    pub default: Spanned<serde_json::Value>,
    /// `number`, `text`, `duration`, `date` or `words`.
    #[serde(rename = "type")]
    pub ty: ParamType,
    /// One sentence.
    pub doc: String,
}

/// The types a parameter can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ParamType {
    /// A number.
    Number,
    /// Text.
    Text,
    /// `6 months`.
    Duration,
    /// `YYYY-MM-DD`.
    Date,
    /// A list of texts.
    Words,
}

/// A second place to show.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RelatedFile {
    /// The path.
    pub at: Spanned<String>,
    /// What it is, in at most eight words.
    pub label: Spanned<String>,
}

/// The records of an example, by kind: one record or a list of them.
pub type ExampleRecords = BTreeMap<String, serde_json::Value>;

/// A small ISMS that a rule is tried on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleFile {
    /// What it shows, in a few words.
    pub name: String,
    /// The day it is judged on; the rule file's `today` otherwise.
    pub today: Option<NaiveDate>,
    /// Settings, as in `isms.yaml`.
    pub settings: Option<serde_json::Value>,
    /// The records as they stand.
    #[serde(default)]
    pub records: ExampleRecords,
    /// Earlier states, oldest first, each committed on its day.
    #[serde(default)]
    pub history: Vec<ExampleState>,
}

/// The records as they stood on a day.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleState {
    /// The day of the commit.
    pub on: NaiveDate,
    /// Who made it: `Name <address>`.
    pub by: Option<String>,
    /// Settings, as in `isms.yaml`; those of the example otherwise.
    pub settings: Option<serde_json::Value>,
    /// All records after it.
    pub records: ExampleRecords,
}

/// Examples on both sides.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExamplesFile {
    /// The day the examples are judged on.
    pub today: NaiveDate,
    /// Without a finding of this rule.
    pub conforms: Vec<ExampleFile>,
    /// With one.
    pub fails: Vec<ExampleFile>,
}

/// A whole rule file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    /// Version of this format: 1.
    pub format: Spanned<u32>,
    /// The file's stem.
    pub id: Spanned<String>,
    /// The fault, as a heading.
    pub title: String,
    /// How much it weighs, where that is not what the basis says.
    pub severity: Option<Severity>,
    /// What the demand rests on.
    pub basis: Basis,
    /// Clauses and controls of the 2022 edition.
    pub clauses: Vec<Spanned<String>>,
    /// The aim it serves.
    pub aspect: Option<Aspect>,
    /// The phase of the cycle.
    pub phase: Option<Phase>,
    /// `essential` or `full`.
    pub level: Level,
    /// A record kind, `record` for every kind, or `isms` for the whole set.
    pub each: Spanned<String>,
    /// `record.measurements as m`: one subject for each item.
    pub over: Option<Spanned<String>>,
    /// Parameters.
    #[serde(default)]
    pub params: BTreeMap<String, ParamFile>,
    /// What it cannot do without.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// Names for expressions that are used more than once, in order.
    #[serde(default, rename = "let")]
    pub lets: Vec<LetFile>,
    /// Which subjects it is about.
    pub when: Option<Spanned<String>>,
    /// What has to hold.
    pub assert: Spanned<String>,
    /// Where to point.
    pub at: Option<Spanned<String>>,
    /// What else to show.
    #[serde(default)]
    pub related: Vec<RelatedFile>,
    /// Events whose commits show it: a list of events.
    pub commits: Option<Spanned<String>>,
    /// What is wrong with this record.
    pub message: Spanned<String>,
    /// Why an auditor cares.
    pub why: Spanned<String>,
    /// What to do today.
    pub fix: Spanned<String>,
    /// Whether a waiver can silence it.
    #[serde(default = "yes")]
    pub waivable: bool,
    /// The catalogue version that brought it.
    pub since: String,
    /// Where to read more.
    #[serde(default)]
    pub references: Vec<String>,
    /// The examples; `None` also where they were left unread.
    pub examples: Option<ExamplesFile>,
}

/// Of a rule file the examples only.
#[derive(Deserialize)]
pub(super) struct OfExamples {
    /// The examples.
    pub examples: ExamplesFile,
}

/// A named expression.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LetFile {
    /// The name.
    pub name: Spanned<String>,
    /// The expression.
    pub is: Spanned<String>,
}

const fn yes() -> bool {
    true
}
