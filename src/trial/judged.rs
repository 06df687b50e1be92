//! Rules over a repository in memory.

use crate::budget::Limits;
use crate::catalogue::{Choice, Policy};
use crate::check::{self, Assessment};
use crate::finding::Finding;
use crate::history::{MemoryCommit, MemoryLine, build};
use crate::kind::Kinds;
use crate::rule::Rule;
use crate::settings::{self, FILE_NAME, Mistake, Settings};
use crate::snapshot::Snapshot;
use crate::source::RepoPath;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A main line, whose last commit is what is judged, the day of judgement and
/// the kinds of record.
pub struct Repository {
    /// The commits, oldest first.
    pub commits: Vec<MemoryCommit>,
    /// The day.
    pub today: NaiveDate,
    /// The kinds of record that it is read by.
    pub kinds: Kinds,
}

/// Judges the repository by these rules, whatever level its settings choose.
///
/// # Errors
/// What is wrong with the settings.
pub fn judge(rules: &[Rule], repository: &Repository) -> Result<Assessment, String> {
    let files = repository.commits.last().map(|commit| commit.files.clone()).unwrap_or_default();
    let settings = settings_of(&files)?;
    let choice =
        Choice { select: rules.iter().map(|rule| rule.id.to_string()).collect(), ignore: Vec::new() };
    let policy = Policy::of(settings, &choice, rules.to_vec(), repository.kinds.clone())
        .map_err(|mistakes| told(&mistakes))?;
    let line = MemoryLine::new(repository.commits.clone());
    let history = build(&line, &policy.reader(Limits::STANDARD), None);
    Ok(check::assess(&Snapshot::of_files(files), &policy, Arc::new(history), repository.today))
}

/// The settings among the files of a repository.
pub(super) fn settings_of(files: &BTreeMap<RepoPath, Vec<u8>>) -> Result<Settings, String> {
    let path = RepoPath::from(FILE_NAME);
    let Some(bytes) = files.get(&path) else { return Ok(Settings::default()) };
    let snapshot = Snapshot::of_files(BTreeMap::from([(path.clone(), bytes.clone())]));
    let file = snapshot.text(&path).map_err(|problem| format!("{FILE_NAME}: {problem}"))?;
    settings::load(&file).map_err(|mistakes| told(&mistakes))
}

/// The findings of the rule itself, and what is at fault with an example:
/// problems of form, files that nothing recognises, verdicts that could not be
/// had.
pub(super) fn split(rule: &Rule, assessment: Assessment) -> (Vec<Finding>, Vec<String>) {
    let mut faults = faults(rule, &assessment);
    let (own, form): (Vec<Finding>, Vec<Finding>) =
        assessment.findings.into_iter().partition(|finding| finding.rule == rule.id);
    faults.extend(form.iter().map(|finding| format!("{}: {}", finding.rule, finding.message.unescaped())));
    (own, faults)
}

/// What keeps an example from showing anything about the rule.
pub(super) fn faults(rule: &Rule, assessment: &Assessment) -> Vec<String> {
    let unrecognised = assessment.unrecognised.iter();
    let mut faults: Vec<String> =
        unrecognised.map(|path| format!("{} holds no record", path.shown())).collect();
    for result in assessment.rules.iter().filter(|result| result.rule.id == rule.id) {
        let why = result.undetermined.keys().map(|missing| missing.why.unescaped());
        faults.extend(why.map(|why| format!("undetermined: {why}")));
    }
    faults.extend(assessment.not_examined.iter().map(|missing| missing.why.unescaped().to_owned()));
    faults
}

fn told(mistakes: &[Mistake]) -> String {
    let told = mistakes.iter().map(|mistake| {
        let line = mistake.place.file.position(mistake.place.span.start).line;
        let help = mistake.help.as_ref().map_or_else(String::new, |help| format!(": {}", help.unescaped()));
        let path = mistake.place.file.path().shown();
        format!("{path}:{line}: {}{help}", mistake.message.unescaped())
    });
    told.collect::<Vec<_>>().join("; ")
}
