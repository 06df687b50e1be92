//! Which continuous integration system a run is part of, and what that system
//! says of the change: what it is to be compared with, what was checked out,
//! how its log is read.
//!
//! Everything comes from the environment that `cli` hands in. Nothing here
//! reads it, calls a service or decides what is judged; a variable that anybody
//! can set chooses a format and names a base, never a verdict.

mod azure;
mod bitbucket;
mod github;
mod gitlab;
mod jenkins;

use crate::output::Format;
use std::collections::BTreeMap;

/// Environment variables by name, as far as [`variables`] lists them.
pub type Environment = BTreeMap<String, String>;

/// A system that runs checks on changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// GitHub Actions.
    Github,
    /// `GitLab` CI/CD.
    Gitlab,
    /// Azure Pipelines.
    Azure,
    /// Bitbucket Pipelines.
    Bitbucket,
    /// Jenkins.
    Jenkins,
}

/// What a system says of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ci {
    /// The system.
    pub system: System,
    /// What the change is to be compared with; none where the run is about no
    /// change, such as a push or a timer.
    pub base: Option<Base>,
    /// The last commit of the change itself, or the commit that is checked;
    /// full id.
    pub head: Option<String>,
    /// The format for standard output: what the system's log makes most of.
    pub format: Format,
    /// The format of a file that the system shows beside a change.
    pub report: Option<Format>,
    /// Whether the log has sections that a reader can fold.
    pub folds: bool,
}

/// What a change is to be compared with: whatever of it the system tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// The branch that the change is to enter, without `refs/heads/`.
    pub branch: Option<String>,
    /// The commit to compare with; full id.
    pub commit: Option<String>,
    /// A merge of the change into that branch, made for the check: where this
    /// commit is checked out, its first parent is the base.
    pub merge: Option<String>,
}

impl Base {
    /// Nothing, where nothing is told of it.
    fn known(self) -> Option<Self> {
        (self != Self::default()).then_some(self)
    }
}

/// Every system, in the order in which they are asked. Jenkins comes last: its
/// one sign is an address that somebody may have set elsewhere.
const SYSTEMS: [System; 5] =
    [System::Github, System::Gitlab, System::Azure, System::Bitbucket, System::Jenkins];

impl System {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Github => "GitHub Actions",
            Self::Gitlab => "GitLab CI/CD",
            Self::Azure => "Azure Pipelines",
            Self::Bitbucket => "Bitbucket Pipelines",
            Self::Jenkins => "Jenkins",
        }
    }

    const fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Github => github::VARIABLES,
            Self::Gitlab => gitlab::VARIABLES,
            Self::Azure => azure::VARIABLES,
            Self::Bitbucket => bitbucket::VARIABLES,
            Self::Jenkins => jenkins::VARIABLES,
        }
    }

    fn read(self, environment: &Environment) -> Option<Ci> {
        match self {
            Self::Github => github::read(environment),
            Self::Gitlab => gitlab::read(environment),
            Self::Azure => azure::read(environment),
            Self::Bitbucket => bitbucket::read(environment),
            Self::Jenkins => jenkins::read(environment),
        }
    }
}

/// The names of all variables that are looked at.
pub fn variables() -> impl Iterator<Item = &'static str> {
    SYSTEMS.into_iter().flat_map(|system| system.variables().iter().copied())
}

/// The system that this environment belongs to; none on somebody's machine.
pub fn detect(environment: &Environment) -> Option<Ci> {
    SYSTEMS.into_iter().find_map(|system| system.read(environment))
}

/// What the change of this run is to be compared with; none where the run is
/// about no change or no system is recognised.
pub fn base_of(environment: &Environment) -> Option<Base> {
    detect(environment)?.base
}

/// A variable that is set to something.
fn set<'e>(environment: &'e Environment, name: &str) -> Option<&'e str> {
    environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
}

/// The same as owned text.
fn told(environment: &Environment, name: &str) -> Option<String> {
    set(environment, name).map(str::to_owned)
}

/// A branch without `refs/heads/`, which some systems write before it.
fn branch(environment: &Environment, name: &str) -> Option<String> {
    set(environment, name).map(|value| value.strip_prefix("refs/heads/").unwrap_or(value).to_owned())
}

#[cfg(test)]
mod tests;
