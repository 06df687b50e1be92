//! What a check comes to: every rule's count of verdicts, and the findings.

use crate::escape::Raw;
use crate::finding::{Finding, Severity};
use crate::rule::{Basis, Citation};
use crate::source::RepoPath;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a report says of a rule beside its counts.
#[derive(Clone, Debug)]
pub struct RuleInfo {
    /// The id.
    pub id: Arc<str>,
    /// The fault, as a heading.
    pub title: Raw,
    /// Severity after the repository's settings.
    pub severity: Severity,
    /// What it rests on; a structure check rests on none.
    pub basis: Option<Basis>,
    /// Clauses of the 2022 edition.
    pub clauses: Vec<Citation>,
    /// Why an auditor cares, for any record.
    pub why: Raw,
    /// What to do, for any record.
    pub fix: Raw,
}

/// Why a verdict could not be had, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Undetermined {
    /// What is missing.
    pub why: Raw,
    /// The remedy, where there is one.
    pub remedy: Option<Raw>,
}

/// The verdicts of one rule, counted. Every subject is in exactly one count.
#[derive(Clone, Debug)]
pub struct RuleResult {
    /// The rule.
    pub rule: RuleInfo,
    /// How many subjects it looked at.
    pub subjects: usize,
    /// Subjects that conform.
    pub conforms: usize,
    /// Subjects that fail.
    pub fails: usize,
    /// Subjects that fail and are waived.
    pub waived: usize,
    /// Subjects that fail and that the baseline holds.
    pub baselined: usize,
    /// Subjects that fail outside of the paths that the report is about.
    pub elsewhere: usize,
    /// Subjects it is not about, by reason.
    pub not_applicable: BTreeMap<Raw, usize>,
    /// Subjects it could not judge, by reason.
    pub undetermined: BTreeMap<Undetermined, usize>,
    /// The reason for which it is switched off.
    pub off: Option<Raw>,
}

impl RuleResult {
    /// Nothing counted yet.
    pub fn new(rule: RuleInfo) -> Self {
        Self {
            rule,
            subjects: 0,
            conforms: 0,
            fails: 0,
            waived: 0,
            baselined: 0,
            elsewhere: 0,
            not_applicable: BTreeMap::new(),
            undetermined: BTreeMap::new(),
            off: None,
        }
    }

    /// How many subjects it could not judge.
    pub fn undetermined_count(&self) -> usize {
        self.undetermined.values().sum()
    }

    /// How many subjects it is not about.
    pub fn not_applicable_count(&self) -> usize {
        self.not_applicable.values().sum()
    }
}

/// A finding that a waiver silences.
#[derive(Clone, Debug)]
pub struct Waived {
    /// The finding.
    pub finding: Finding,
    /// The id of the waiver.
    pub waiver: Raw,
    /// Its reason.
    pub reason: Raw,
}

/// Everything that a check found.
#[derive(Clone, Debug, Default)]
pub struct Assessment {
    /// The rules, by id; the structure checks that found something among them.
    pub rules: Vec<RuleResult>,
    /// The findings, in their one order.
    pub findings: Vec<Finding>,
    /// The findings that waivers silence, in the same order.
    pub waived: Vec<Waived>,
    /// The findings that the baseline holds, in the same order.
    pub baselined: Vec<Finding>,
    /// How many records of each kind there are.
    pub records: BTreeMap<Arc<str>, usize>,
    /// How many files hold them.
    pub files: usize,
    /// Files that look like records and that nothing recognised.
    pub unrecognised: Vec<RepoPath>,
    /// What was not examined at all, as sentences.
    pub not_examined: Vec<Undetermined>,
    /// Remarks on how the check was made: settings that would wake rules.
    pub notices: Vec<Raw>,
}

impl Assessment {
    /// Puts everything into its one order.
    pub(crate) fn sort(&mut self) {
        self.rules.sort_by(|one, other| one.rule.id.cmp(&other.rule.id));
        self.findings.sort_by(Finding::order);
        self.baselined.sort_by(Finding::order);
        self.waived.sort_by(|one, other| one.finding.order(&other.finding));
    }
}
