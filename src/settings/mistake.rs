//! A mistake in `isms.yaml` or in a rule file: the run ends with exit code 2.

use crate::escape::Raw;
use crate::kind::words;
use crate::snapshot::ReadProblem;
use crate::source::{Place, SourceFile};

/// What is wrong with a settings or rule file, and where.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// The place.
    pub place: Place,
    /// What is wrong, without a final stop.
    pub message: Raw,
    /// What to do; the allowed words and the nearest match.
    pub help: Option<Raw>,
}

impl Mistake {
    /// A mistake at `place`.
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Self { place, message: Raw::from(message.into()), help: None }
    }

    /// A file that has to be read and cannot be.
    pub fn unreadable(name: &str, problem: &ReadProblem) -> Self {
        Self::new(super::whole(&SourceFile::new(name.into(), "")), problem.to_string())
    }

    /// The same with advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(Raw::from(help.into()));
        self
    }
}

/// "did you mean …" for a word that is none of `known`, or the list of those
/// that are where nothing is near.
pub fn nearest_help(word: &str, known: &[&str]) -> String {
    match words::nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? Allowed are {}", known.join(", ")),
        None => format!("allowed are {}", known.join(", ")),
    }
}
