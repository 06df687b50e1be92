//! One rule over a repository in memory.

use crate::budget::Limits;
use crate::catalogue::{Choice, Policy};
use crate::check::{self, Assessment};
use crate::finding::Finding;
use crate::history::{MemoryCommit, MemoryLine, build};
use crate::rule::Rule;
use crate::settings::{self, FILE_NAME, Mistake, Settings};
use crate::snapshot::Snapshot;
use crate::source::RepoPath;
use chrono::NaiveDate;
use std::sync::Arc;

/// A main line, whose last commit is what is judged, and the day of judgement.
pub struct Repository {
    /// The commits, oldest first.
    pub commits: Vec<MemoryCommit>,
    /// The day.
    pub today: NaiveDate,
}

/// Judges the repository by one rule, whatever level its settings choose.
///
/// # Errors
/// What is wrong with the rule or with the settings.
pub fn judge(rule: &Rule, repository: &Repository) -> Result<Assessment, String> {
    // Settings change the parameters of a rule, so each run takes a fresh one.
    let rule = Rule::load(&rule.file).map_err(|mistakes| told(&mistakes))?;
    let files = repository.commits.last().map(|commit| commit.files.clone()).unwrap_or_default();
    let snapshot = Snapshot::of_files(files);
    let settings = if snapshot.has_file(&RepoPath::from(FILE_NAME)) {
        let file = snapshot.text(&RepoPath::from(FILE_NAME)).map_err(|problem| problem.to_string())?;
        settings::load(&file).map_err(|mistakes| told(&mistakes))?
    } else {
        Settings::default()
    };
    let choice = Choice { select: vec![rule.id.to_string()], ignore: Vec::new() };
    let policy = Policy::of(settings, &choice, vec![rule]).map_err(|mistakes| told(&mistakes))?;
    let line = MemoryLine::new(repository.commits.clone());
    let history = build(&line, &policy.reader(Limits::STANDARD), None);
    Ok(check::assess(&snapshot, &policy, Arc::new(history), repository.today))
}

/// The findings of the rule itself, and what is at fault with the repository:
/// problems of form, files that nothing recognises, verdicts that could not be
/// had, a rule that waits for a setting.
pub(super) fn split(rule: &Rule, assessment: Assessment) -> (Vec<Finding>, Vec<String>) {
    let (own, form): (Vec<Finding>, Vec<Finding>) =
        assessment.findings.into_iter().partition(|finding| finding.rule == rule.id);
    let mut faults: Vec<String> =
        form.iter().map(|finding| format!("{}: {}", finding.rule, finding.message.unescaped())).collect();
    faults.extend(assessment.unrecognised.iter().map(|path| format!("{} holds no record", path.shown())));
    for result in &assessment.rules {
        let why = result.undetermined.keys().map(|missing| missing.why.unescaped());
        faults.extend(why.map(|why| format!("undetermined: {why}")));
    }
    faults.extend(assessment.not_examined.iter().map(|missing| missing.why.unescaped().to_owned()));
    (own, faults)
}

fn told(mistakes: &[Mistake]) -> String {
    let told = mistakes.iter().map(|mistake| {
        let line = mistake.place.file.position(mistake.place.span.start).line;
        format!("{}:{line}: {}", mistake.place.file.path().shown(), mistake.message.unescaped())
    });
    told.collect::<Vec<_>>().join("; ")
}
