//! A replayed chronicle as a main line in memory: what git would show of it,
//! without git.

use crate::chronicle::{Stamp, Step};
use crate::escape::Raw;
use crate::history::{Authorship, MemoryCommit};
use crate::source::RepoPath;
use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use std::collections::BTreeSet;

/// The first-parent line that ends in the last step; what was merged gives a
/// step its authors. Days are those of `zone`.
pub(super) fn main_line(steps: &[Step], zone: Tz) -> Vec<MemoryCommit> {
    let mut line = Vec::new();
    let mut next = steps.len().checked_sub(1);
    while let Some(at) = next {
        line.push(at);
        next = steps[at].parents.first().copied();
    }
    line.reverse();
    let mut arrived: BTreeSet<usize> = BTreeSet::new();
    let mut commits = Vec::with_capacity(line.len());
    for at in line {
        let mut side = Vec::new();
        for merged in newly_reachable(steps, at, &mut arrived) {
            let [parent] = steps[merged].parents[..] else { continue };
            let by = authorship(steps, merged, zone);
            side.extend(touched(&steps[parent], &steps[merged]).map(|path| (path.clone(), by.clone())));
        }
        commits.push(MemoryCommit {
            by: authorship(steps, at, zone),
            // A chronicle's dates are days of the calendar, which a zone cannot push out of it.
            arrived: day(&steps[at].committer, zone).unwrap_or_default(),
            side,
            files: steps[at].files.clone(),
        });
    }
    commits
}

/// The steps that come to the main line with step `at`, without itself, oldest
/// first.
fn newly_reachable(steps: &[Step], at: usize, arrived: &mut BTreeSet<usize>) -> BTreeSet<usize> {
    let mut came = BTreeSet::new();
    let mut open = vec![at];
    while let Some(step) = open.pop() {
        if arrived.insert(step) {
            came.insert(step);
            open.extend(&steps[step].parents);
        }
    }
    came.remove(&at);
    came
}

/// The files that differ between a step and its parent.
fn touched<'s>(before: &'s Step, after: &'s Step) -> impl Iterator<Item = &'s RepoPath> {
    let paths: BTreeSet<&RepoPath> = before.files.keys().chain(after.files.keys()).collect();
    paths.into_iter().filter(|path| before.files.get(*path) != after.files.get(*path))
}

fn authorship(steps: &[Step], at: usize, zone: Tz) -> Authorship {
    let step = &steps[at];
    Authorship {
        commit: format!("{:040x}", at + 1).into(),
        name: Raw::from(step.author.who.name.as_str()),
        email: Raw::from(step.author.who.email.as_str()),
        authored: day(&step.author, zone),
        summary: Raw::from(step.message.trim_end()),
    }
}

fn day(stamp: &Stamp, zone: Tz) -> Option<NaiveDate> {
    Some(DateTime::from_timestamp(stamp.seconds, 0)?.with_timezone(&zone).date_naive())
}
