//! The days that git knows of a file, from the steps of the main line that
//! touched it.

use crate::extract::GitDay;
use crate::history::{Evidence, History, Step};
use crate::settings::{GitDate, Names};
use crate::source::RepoPath;

/// A day of a file, commits of `bots` not counted.
pub(super) fn day(history: &History, path: &RepoPath, which: GitDate, bots: &Names) -> GitDay {
    if history.evidence != Evidence::Complete {
        return GitDay::Unknown;
    }
    let touches = history.touches.get(path).map_or(&[][..], Vec::as_slice);
    let mut steps = touches
        .iter()
        .filter(|touch| touch.content || which != GitDate::LastContentCommit)
        .filter_map(|touch| history.step(touch.step))
        .filter(|step| step.is_commit && !is_by(step, bots));
    let step = match which {
        GitDate::FirstCommit => steps.next(),
        GitDate::LastCommit | GitDate::LastContentCommit => steps.next_back(),
    };
    match step {
        None => GitDay::Never,
        Some(step) => step.arrived.or(step.committed).map_or(GitDay::Unknown, GitDay::On),
    }
}

fn is_by(step: &Step, bots: &Names) -> bool {
    let (name, email) = (step.by.name.unescaped().to_lowercase(), step.by.email.unescaped().to_lowercase());
    bots.iter().map(str::to_lowercase).any(|bot| name.contains(&bot) || email.contains(&bot))
}
