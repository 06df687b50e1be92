//! Which findings a change brings in, which were there, which it mended.
//!
//! By fingerprint, and of each as many as there were before.

use crate::check::Judged;
use crate::escape::Raw;
use crate::finding::{Finding, RecordKey, Standing};
use crate::history::History;
use crate::source::RepoPath;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// Marks the findings of `head`; returns those of `base` that are gone.
pub(super) fn mark(base: &Judged, head: &mut Judged) -> Vec<Finding> {
    let mut before: BTreeMap<String, Vec<&Finding>> = BTreeMap::new();
    for finding in base.assessment.findings.iter().rev() {
        before.entry(finding.fingerprint.to_string()).or_default().push(finding);
    }
    let blind = Blind::of(base);
    for finding in &mut head.assessment.findings {
        let known = before.get_mut(finding.fingerprint.as_str()).and_then(Vec::pop).is_some();
        finding.standing = if known {
            let since = finding.record.as_ref().and_then(|key| last_changed(&base.history, key));
            Standing::Existing { since }
        } else if blind.about(finding) {
            Standing::Open
        } else {
            Standing::Introduced
        };
    }
    let mut resolved: Vec<Finding> = before.into_values().flatten().cloned().collect();
    resolved.sort_by(Finding::order);
    resolved
}

/// The day on which the change to a record arrived that is its last one.
fn last_changed(history: &History, key: &RecordKey) -> Option<NaiveDate> {
    let last = history.series(key)?.changes.last()?;
    history.step(last.step)?.arrived
}

/// Files of the state before whose content is not here, and why.
pub(super) fn unread(base: &Judged) -> Vec<(RepoPath, Raw)> {
    let unread = base.inventory.unread.iter();
    unread.map(|(path, _, problem)| (path.clone(), Raw::from(problem.to_string()))).collect()
}

/// What cannot be said because the state before is not all here.
struct Blind<'b> {
    files: BTreeSet<&'b RepoPath>,
    rules: BTreeSet<&'b str>,
}

impl<'b> Blind<'b> {
    fn of(base: &'b Judged) -> Self {
        let files: BTreeSet<&RepoPath> = base.inventory.unread.iter().map(|(path, ..)| path).collect();
        let open = base.assessment.rules.iter().filter(|rule| !rule.undetermined.is_empty());
        let rules =
            if files.is_empty() { BTreeSet::new() } else { open.map(|result| &*result.rule.id).collect() };
        Self { files, rules }
    }

    /// Whether the finding may have been there before for all that is known.
    fn about(&self, finding: &Finding) -> bool {
        let here = |path: &RepoPath| self.files.contains(path);
        let places = finding.place.iter().chain(finding.related.iter().map(|related| &related.place));
        !self.files.is_empty()
            && (self.rules.contains(&*finding.rule)
                || finding.record.is_none()
                || places.into_iter().any(|place| here(place.file.path())))
    }
}
