//! The baseline: the findings that were there when a team began to check, by
//! fingerprint. What it holds is told and does not block.
//!
//! It is a debt that is paid off: `baseline write` takes away what is gone and
//! adds nothing to a baseline that exists, and entries that nothing answers to
//! are findings. Nobody approves it and nothing expires, so it is no place for
//! what is to stay: that is a waiver.

use super::{Assessment, RuleResult};
use crate::escape::Raw;
use crate::finding::{Finding, Standing};
use crate::settings::{self, Mistake};
use crate::snapshot::{ReadProblem, Snapshot};
use crate::source::{RepoPath, SourceFile};
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// Its name, beside `isms.yaml`.
pub const FILE_NAME: &str = "isms-baseline.yaml";

/// Findings that were there on a day, each with how many of it there were.
#[derive(Clone, Debug)]
pub struct Baseline {
    /// The file, where it was read from one.
    pub file: Option<Arc<SourceFile>>,
    /// The day of its first writing.
    pub written: NaiveDate,
    /// What it holds, ordered by rule and record.
    pub entries: Vec<Entry>,
}

/// One finding of the baseline.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The rule.
    pub rule: String,
    /// The record, for people: `action ACT-1`, or `isms`.
    pub record: String,
    /// The fingerprint, which alone counts.
    pub finding: String,
    /// How many findings have it.
    #[serde(default = "one")]
    pub count: usize,
}

const fn one() -> usize {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AsTyped {
    format: u32,
    written: NaiveDate,
    findings: Vec<Entry>,
}

impl Baseline {
    /// That of a snapshot, where it has one.
    ///
    /// # Errors
    /// Why the file cannot be read, or what is wrong with it.
    pub fn of_snapshot(snapshot: &Snapshot) -> Result<Option<Self>, Vec<Mistake>> {
        match snapshot.text(&RepoPath::from(FILE_NAME)) {
            Ok(file) => Self::load(&file).map(Some),
            Err(ReadProblem::NotThere) => Ok(None),
            Err(problem) => Err(vec![Mistake::unreadable(FILE_NAME, &problem)]),
        }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// What is wrong with it, at its place.
    pub fn load(file: &Arc<SourceFile>) -> Result<Self, Vec<Mistake>> {
        let typed: AsTyped = settings::from_yaml(file).map_err(|mistake| vec![mistake])?;
        if typed.format != 1 {
            let message = format!("a baseline of format {} is not read: this build knows 1", typed.format);
            return Err(vec![Mistake::new(settings::whole(file), message)]);
        }
        Ok(Self { file: Some(file.clone()), written: typed.written, entries: typed.findings })
    }

    /// The baseline of everything that an assessment finds and no waiver covers.
    pub fn of(assessment: &Assessment, written: NaiveDate) -> Self {
        let baselined = assessment.baselined.iter();
        let mut counted: BTreeMap<(String, String, String), usize> = BTreeMap::new();
        for finding in assessment.findings.iter().chain(baselined).filter(|found| !is_about_silence(found)) {
            let record = finding
                .record
                .as_ref()
                .map_or_else(|| "isms".to_owned(), |key| format!("{} {}", key.kind, key.id.unescaped()));
            let key = (finding.rule.to_string(), record, finding.fingerprint.to_string());
            *counted.entry(key).or_default() += 1;
        }
        let entries = counted
            .into_iter()
            .map(|((rule, record, finding), count)| Entry { rule, record, finding, count })
            .collect();
        Self { file: None, written, entries }
    }

    /// How many findings of each fingerprint it holds.
    pub fn counts(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for entry in &self.entries {
            *counts.entry(entry.finding.as_str()).or_default() += entry.count;
        }
        counts
    }

    /// How many findings it holds.
    pub fn len(&self) -> usize {
        self.entries.iter().map(|entry| entry.count).sum()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of the file: the same for the same entries.
    pub fn text(&self) -> String {
        let mut text = String::from(
            "# Findings that were there when checking began. They are told and do not block.\n\
             # `ismslint baseline write` takes away what is mended; it adds nothing.\n",
        );
        let _ = writeln!(text, "format: 1\nwritten: {}", self.written);
        if self.entries.is_empty() {
            text.push_str("findings: []\n");
            return text;
        }
        text.push_str("findings:\n");
        for entry in &self.entries {
            // As JSON strings: any id is a YAML scalar that way.
            let quoted = |part: &str| serde_json::Value::from(part).to_string();
            let count = if entry.count == 1 { String::new() } else { format!(", count: {}", entry.count) };
            let _ = writeln!(
                text,
                "  - {{rule: {}, record: {}, finding: {}{count}}}",
                entry.rule,
                quoted(&entry.record),
                quoted(&entry.finding)
            );
        }
        text
    }
}

/// Findings about waivers and the baseline itself: these cannot be put away.
fn is_about_silence(finding: &Finding) -> bool {
    ["waiver-of-nothing", "waiver-unused", "baseline-stale", "record-left-scope"].contains(&&*finding.rule)
}

/// A change cannot put away what it brings in itself.
fn may_hold(finding: &Finding) -> bool {
    finding.standing != Standing::Introduced && !is_about_silence(finding)
}

/// Takes the findings that the baseline holds out of the list, and moves them
/// to *baselined* in the counts; also the entries that nothing answers to.
pub(super) fn apply(
    baseline: &Baseline,
    findings: Vec<Finding>,
    rules: &mut [RuleResult],
) -> (Vec<Finding>, Vec<Finding>, Vec<Entry>) {
    let mut left = baseline.counts();
    let mut counts: BTreeMap<_, &mut RuleResult> =
        rules.iter_mut().map(|result| (result.rule.id.clone(), result)).collect();
    let (mut kept, mut silent) = (Vec::new(), Vec::new());
    for finding in findings {
        match left.get_mut(finding.fingerprint.as_str()) {
            Some(count) if *count > 0 && may_hold(&finding) => {
                *count -= 1;
                if let Some(result) = counts.get_mut(&finding.rule) {
                    result.fails = result.fails.saturating_sub(1);
                    result.baselined += 1;
                }
                silent.push(finding);
            }
            _ => kept.push(finding),
        }
    }
    let stale = baseline.entries.iter().filter_map(|entry| {
        let count = left.get_mut(entry.finding.as_str())?;
        let gone = (*count).min(entry.count);
        *count -= gone;
        (gone > 0).then(|| Entry { count: gone, ..entry.clone() })
    });
    let stale = stale.collect();
    (kept, silent, stale)
}

/// Entries that nothing answers to, of rules that had a verdict on everything.
pub(super) fn certain(stale: Vec<Entry>, rules: &[RuleResult]) -> Vec<Entry> {
    let judged: BTreeMap<&str, bool> = rules
        .iter()
        .map(|result| (&*result.rule.id, result.off.is_none() && result.undetermined.is_empty()))
        .collect();
    // A check of form has a result only where it found something.
    let is_form = |rule: &str| crate::record::Fault::pages().iter().any(|page| page.name == rule);
    let gone = |entry: &Entry| judged.get(&*entry.rule).copied().unwrap_or(is_form(&entry.rule));
    stale.into_iter().filter(gone).collect()
}

/// In words: how many entries are gone, and of which records.
pub(super) fn told(stale: &[Entry]) -> Raw {
    let gone: usize = stale.iter().map(|entry| entry.count).sum();
    let named: Vec<String> =
        stale.iter().take(3).map(|entry| format!("{} of {}", entry.rule, entry.record)).collect();
    let more = if stale.len() > 3 { format!(" and {} more", stale.len() - 3) } else { String::new() };
    let verb = if gone == 1 { "finding of the baseline is" } else { "findings of the baseline are" };
    Raw::from(format!("{gone} {verb} gone: {}{more}", named.join(", ")))
}
