//! Azure Pipelines.
//!
//! The variables: <https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables>;
//! in the environment dots become underscores and letters capitals. Groups that
//! fold: <https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands>.

use super::{Base, Ci, Environment, System, branch, set, told};
use crate::output::Format;

pub(super) const VARIABLES: &[&str] = &[
    "TF_BUILD",
    "BUILD_SOURCEBRANCH",
    "BUILD_SOURCEVERSION",
    "SYSTEM_PULLREQUEST_SOURCECOMMITID",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",
];

pub(super) fn read(environment: &Environment) -> Option<Ci> {
    set(environment, "TF_BUILD").filter(|value| value.eq_ignore_ascii_case("true")).map(|_| Ci {
        system: System::Azure,
        base: base(environment),
        head: told(environment, "SYSTEM_PULLREQUEST_SOURCECOMMITID")
            .or_else(|| told(environment, "BUILD_SOURCEVERSION")),
        format: Format::Human,
        report: Some(Format::Junit),
        folds: true,
    })
}

/// A pull request is checked as `refs/pull/N/merge`.
fn base(environment: &Environment) -> Option<Base> {
    let branch = branch(environment, "SYSTEM_PULLREQUEST_TARGETBRANCH")?;
    let merged = set(environment, "BUILD_SOURCEBRANCH")
        .is_some_and(|name| name.starts_with("refs/pull/") && name.ends_with("/merge"));
    let merge = if merged { told(environment, "BUILD_SOURCEVERSION") } else { None };
    Some(Base { branch: Some(branch), commit: None, merge })
}
