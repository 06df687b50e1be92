//! A main line that was followed for a while: where one history is wanted again
//! and again, or one after another, its steps are read once.

use super::build::{Log, Past};
use super::{Gap, History, Line, ReadImages, Step};
use crate::snapshot::Snapshot;

/// A main line that was followed to its end, or to one of its steps: an editor
/// lays over it again and again what is not committed, and a replay goes on from
/// one moment to the next.
pub struct Followed {
    steps: Vec<Step>,
    /// How many of the steps were followed.
    done: usize,
    past: Past,
}

impl Followed {
    /// Follows `line` to its end.
    ///
    /// # Errors
    /// Where evidence is missing.
    pub fn new(line: &dyn Line, reader: &dyn ReadImages) -> Result<Self, Gap> {
        let mut followed = Self::begin(line)?;
        followed.advance(line, reader, followed.steps.len())?;
        Ok(followed)
    }

    /// Stands before the first step of `line`.
    ///
    /// # Errors
    /// When the line cannot be followed to its beginning.
    pub fn begin(line: &dyn Line) -> Result<Self, Gap> {
        Ok(Self { steps: line.steps()?, done: 0, past: Past::default() })
    }

    /// Follows the same line on, until it stands behind `end` steps; a step that
    /// was passed stays passed.
    ///
    /// # Errors
    /// Where evidence is missing; what is followed then is of no use.
    pub fn advance(&mut self, line: &dyn Line, reader: &dyn ReadImages, end: usize) -> Result<(), Gap> {
        let end = end.min(self.steps.len());
        if end <= self.done {
            return Ok(());
        }
        let mut log = Log { reader, windows: true, past: std::mem::take(&mut self.past) };
        log.follow(line, &mut self.steps, self.done, end)?;
        self.past = log.past;
        self.done = end;
        Ok(())
    }

    /// How many steps were followed.
    pub fn steps(&self) -> usize {
        self.done
    }

    /// The history with what `snapshot` holds otherwise as its last step: the
    /// same as [`build`](super::build()) gives. `reader` reads as the one before did.
    pub fn with(&self, reader: &dyn ReadImages, snapshot: &Snapshot, pending: Step) -> History {
        let log = Log { reader, windows: true, past: self.past.clone() };
        log.ended(self.steps[..self.done].to_vec(), Some((snapshot, pending)))
    }
}
