//! Jenkins, with its multibranch pipelines.
//!
//! The variables: <https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables>
//! and <https://www.jenkins.io/doc/book/pipeline/multibranch/#additional-environment-variables>.

use super::{Base, Ci, Environment, System, branch, set, told};
use crate::output::Format;

pub(super) const VARIABLES: &[&str] = &["JENKINS_URL", "BUILD_ID", "CHANGE_TARGET", "GIT_COMMIT"];

pub(super) fn read(environment: &Environment) -> Option<Ci> {
    set(environment, "JENKINS_URL").and(set(environment, "BUILD_ID")).map(|_| Ci {
        system: System::Jenkins,
        // Whether a merge or the change itself is checked out depends on the
        // job's settings, which no variable tells.
        base: Base { branch: branch(environment, "CHANGE_TARGET"), ..Base::default() }.known(),
        head: told(environment, "GIT_COMMIT"),
        format: Format::Human,
        report: Some(Format::Junit),
        folds: false,
    })
}
