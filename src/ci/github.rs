//! GitHub Actions.
//!
//! The variables: <https://docs.github.com/en/actions/reference/workflows-and-actions/variables>.
//! What is checked out for which event:
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows>.

use super::{Base, Ci, Environment, System, branch, set, told};
use crate::output::Format;

pub(super) const VARIABLES: &[&str] =
    &["GITHUB_ACTIONS", "GITHUB_EVENT_NAME", "GITHUB_BASE_REF", "GITHUB_REF", "GITHUB_SHA"];

/// Where a merge queue keeps its branches: `gh-readonly-queue/main/pr-7-<id>`,
/// and `<id>` is the commit that the change was put on top of.
const QUEUE: &str = "refs/heads/gh-readonly-queue/";

pub(super) fn read(environment: &Environment) -> Option<Ci> {
    (set(environment, "GITHUB_ACTIONS") == Some("true")).then(|| Ci {
        system: System::Github,
        base: base(environment),
        head: told(environment, "GITHUB_SHA"),
        format: Format::Github,
        report: Some(Format::Sarif),
        folds: true,
    })
}

fn base(environment: &Environment) -> Option<Base> {
    match set(environment, "GITHUB_EVENT_NAME")? {
        // `GITHUB_SHA` is the merge commit `refs/pull/N/merge`.
        "pull_request" => Base {
            branch: branch(environment, "GITHUB_BASE_REF"),
            commit: None,
            merge: told(environment, "GITHUB_SHA"),
        }
        .known(),
        // The run is about the branch that the change is to enter: only that
        // branch is named, and no merge is checked out.
        "pull_request_target" => {
            Base { branch: branch(environment, "GITHUB_BASE_REF"), ..Base::default() }.known()
        }
        "merge_group" => queued(set(environment, "GITHUB_REF")?),
        _ => None,
    }
}

/// The base of a queued change, from the name of its branch.
fn queued(reference: &str) -> Option<Base> {
    let (branch, change) = reference.strip_prefix(QUEUE)?.rsplit_once('/')?;
    let id = change.strip_prefix("pr-")?.split_once('-')?.1;
    let whole = matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some(Base { branch: Some(branch.to_owned()), commit: whole.then(|| id.to_owned()), merge: None })
}
