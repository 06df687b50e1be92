//! `GitLab` CI/CD.
//!
//! The variables, and in which pipelines each is set:
//! <https://docs.gitlab.com/ci/variables/predefined_variables/>. Sections that
//! fold: <https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections>.

use super::{Base, Ci, Environment, System, set, told};
use crate::output::Format;

pub(super) const VARIABLES: &[&str] = &[
    "GITLAB_CI",
    "CI_COMMIT_SHA",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "CI_MERGE_REQUEST_TARGET_BRANCH_SHA",
];

pub(super) fn read(environment: &Environment) -> Option<Ci> {
    (set(environment, "GITLAB_CI") == Some("true")).then(|| Ci {
        system: System::Gitlab,
        base: base(environment),
        // The source branch is told where a merge is checked out.
        head: told(environment, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA")
            .or_else(|| told(environment, "CI_COMMIT_SHA")),
        format: Format::Human,
        report: Some(Format::Gitlab),
        folds: true,
    })
}

/// In a pipeline for merged results the target's commit is told and a merge is
/// checked out; in one of a merge request alone the base of its difference.
fn base(environment: &Environment) -> Option<Base> {
    let target = told(environment, "CI_MERGE_REQUEST_TARGET_BRANCH_SHA");
    let merge = target.as_ref().and_then(|_| told(environment, "CI_COMMIT_SHA"));
    Base {
        branch: told(environment, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
        commit: target.or_else(|| told(environment, "CI_MERGE_REQUEST_DIFF_BASE_SHA")),
        merge,
    }
    .known()
}
