//! Bitbucket Pipelines.
//!
//! The variables: <https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/>.
//! Its log folds whole commands of the script, and nothing that a command prints.

use super::{Base, Ci, Environment, System, set, told};
use crate::output::Format;

pub(super) const VARIABLES: &[&str] = &[
    "BITBUCKET_BUILD_NUMBER",
    "BITBUCKET_COMMIT",
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "BITBUCKET_PR_DESTINATION_COMMIT",
];

pub(super) fn read(environment: &Environment) -> Option<Ci> {
    set(environment, "BITBUCKET_BUILD_NUMBER").map(|_| Ci {
        system: System::Bitbucket,
        // The destination is merged into the source before the run, in a commit
        // that no variable names.
        base: Base {
            branch: told(environment, "BITBUCKET_PR_DESTINATION_BRANCH"),
            commit: told(environment, "BITBUCKET_PR_DESTINATION_COMMIT"),
            merge: None,
        }
        .known(),
        head: told(environment, "BITBUCKET_COMMIT"),
        format: Format::Human,
        report: Some(Format::Junit),
        folds: false,
    })
}
