//! A mistake in `isms.yaml` or in a rule file: the run ends with exit code 2.

use crate::escape::Raw;
use crate::kind::words;
use crate::source::Place;

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
