//! An assessment with its provenance: what was judged, by which rules, as of
//! when, and what that comes to. The outputs are drawn from this and nothing
//! else; it computes no verdict of its own but the one over all.

mod exit;

pub use exit::Exit;

use crate::change::Comparison;
use crate::check::Assessment;
use crate::finding::{Finding, Severity, Standing};
use crate::sheet::Section;
use chrono::NaiveDate;
use std::sync::Arc;

/// What was judged, and by what.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    /// Which state of the repository.
    pub state: State,
    /// The commit that HEAD (or `--rev`) names; full id.
    pub commit: Option<Arc<str>>,
    /// The branch that HEAD names, where it names one.
    pub branch: Option<Arc<str>>,
    /// Whether files differ from that commit.
    pub uncommitted: bool,
    /// The ISMS root below the repository root; empty where they are the same.
    pub root: String,
    /// The day of judgement.
    pub as_of: NaiveDate,
    /// Whether the day was given, not read from the clock.
    pub as_of_given: bool,
    /// The declared time zone.
    pub time_zone: String,
    /// Whether there is an `isms.yaml`.
    pub settings: bool,
    /// The catalogue of this build.
    pub catalogue: String,
    /// `essential` or `full`.
    pub level: String,
    /// SHA-256 over rules and settings, in hexadecimal.
    pub policy_digest: String,
    /// What the history says of itself.
    pub history: HistoryState,
}

/// Which state of the repository was judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Files on disk.
    #[default]
    WorkTree,
    /// What is staged.
    Index,
    /// A commit.
    Commit,
    /// Files in memory.
    Memory,
}

impl State {
    /// The words for it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::WorkTree => "work tree",
            Self::Index => "index",
            Self::Commit => "commit",
            Self::Memory => "memory",
        }
    }
}

/// How much history there was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum HistoryState {
    /// All of it, in so many steps of the main line.
    Complete {
        /// Steps of the main line.
        steps: usize,
    },
    /// Not all of it.
    Incomplete {
        /// What is missing.
        why: String,
        /// What to do.
        remedy: String,
    },
    /// Not asked for.
    #[default]
    NotRead,
}

/// What a run comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing blocks, everything was determined.
    Clean,
    /// Findings at or above the threshold.
    Findings,
    /// Nothing blocks, but something could not be determined.
    Incomplete,
    /// There is no record at all.
    NothingRecognised,
}

impl Verdict {
    /// The word for it in JSON and other machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Findings => "findings",
            Self::Incomplete => "incomplete",
            Self::NothingRecognised => "nothing-recognised",
        }
    }
}

/// From which severity on a finding blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// This severity and those above.
    Severity(Severity),
    /// None.
    Never,
}

impl FailOn {
    /// Whether a finding of this severity blocks.
    pub fn blocks(self, severity: Severity) -> bool {
        match self {
            Self::Severity(least) => severity >= least,
            Self::Never => false,
        }
    }
}

/// A whole run.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was judged, by what.
    pub provenance: Provenance,
    /// What was found.
    pub assessment: Assessment,
    /// What lies between a commit and what was judged, where a change is
    /// judged (`--base`).
    pub change: Option<Comparison>,
    /// What is to be looked at next, for a page that people read: how metrics
    /// stand, what falls due. Empty where no such page was asked for.
    pub outlook: Vec<Section>,
    /// The threshold.
    pub fail_on: FailOn,
    /// Whether what could not be determined only warns (`--incomplete warn`).
    pub incomplete_warns: bool,
}

/// Findings by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notices.
    pub notices: usize,
}

impl Report {
    /// Findings by severity, waived ones left out.
    pub fn counts(&self) -> Counts {
        let of =
            |severity| self.assessment.findings.iter().filter(|finding| finding.severity == severity).count();
        Counts { errors: of(Severity::Error), warnings: of(Severity::Warning), notices: of(Severity::Notice) }
    }

    /// Findings by severity, of those that stand to the change like this.
    pub fn counts_of(&self, wanted: fn(Standing) -> bool) -> Counts {
        let of = |severity| {
            let found = self.assessment.findings.iter();
            found.filter(|finding| finding.severity == severity && wanted(finding.standing)).count()
        };
        Counts { errors: of(Severity::Error), warnings: of(Severity::Warning), notices: of(Severity::Notice) }
    }

    /// Whether a finding fails the run: by its severity, and where a change is
    /// judged by whether the change brought it in.
    pub fn blocks(&self, finding: &Finding) -> bool {
        let counts = match (finding.standing, &self.change) {
            (Standing::Existing { .. }, Some(change)) => change.existing_blocks,
            (Standing::Open, _) => false,
            _ => true,
        };
        counts && self.fail_on.blocks(finding.severity)
    }

    /// Whether every subject of every rule got a verdict, and every file was
    /// looked at.
    pub fn complete(&self) -> bool {
        self.change.as_ref().is_none_or(|change| change.unread.is_empty())
            && self.assessment.not_examined.is_empty()
            && self.assessment.rules.iter().all(|rule| rule.undetermined.is_empty())
    }

    /// Whether what is undetermined could have blocked. With `--fail-on never`
    /// everything counts: nobody asked to be told less.
    fn undetermined_matters(&self) -> bool {
        let reaches = |severity| self.fail_on == FailOn::Never || self.fail_on.blocks(severity);
        let open = |finding: &Finding| finding.standing == Standing::Open && reaches(finding.severity);
        !self.assessment.not_examined.is_empty()
            || self.assessment.findings.iter().any(open)
            || self
                .assessment
                .rules
                .iter()
                .any(|rule| !rule.undetermined.is_empty() && reaches(rule.rule.severity))
    }

    /// What the run comes to.
    pub fn verdict(&self) -> Verdict {
        if self.assessment.findings.iter().any(|finding| self.blocks(finding)) {
            Verdict::Findings
        } else if self.assessment.records.is_empty() {
            Verdict::NothingRecognised
        } else if self.undetermined_matters() {
            Verdict::Incomplete
        } else {
            Verdict::Clean
        }
    }

    /// The exit code of the verdict.
    pub fn exit(&self) -> Exit {
        match self.verdict() {
            Verdict::Clean => Exit::Clean,
            Verdict::Findings => Exit::Findings,
            Verdict::NothingRecognised => Exit::Incomplete,
            Verdict::Incomplete if self.incomplete_warns => Exit::Clean,
            Verdict::Incomplete => Exit::Incomplete,
        }
    }
}
