//! The editor: a language server that says what a check would say, while its
//! author types.
//!
//! Open documents are laid over the work tree, the whole ISMS is judged as a
//! check judges it, and each finding is shown at its place; what `explain` and
//! `history` tell is told on hovering. It writes no file: what it proposes, the
//! editor does. Where the files lie, and what day it is, comes from a
//! [`Ground`]; below the command line nothing asks the machine.
//!
//! Judging waits while messages wait, so that a burst of keystrokes costs one
//! judgement. The history is read beside it, in a thread of its own.

mod actions;
mod answers;
mod client;
mod completion;
mod cursor;
mod diagnostics;
mod documents;
mod hover;
mod insertion;
mod isms;
mod navigation;
mod page;
mod position;
mod serve;
mod session;
mod transport;
mod uri;

pub use serve::serve;
pub use transport::over;

use crate::catalogue::Policy;
use crate::history::{Followed, Gap};
use crate::snapshot::Snapshot;
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::path::Path;
use std::sync::Arc;

/// What the server stands on: where an ISMS is found, and the day.
pub trait Ground: Send + Sync {
    /// The ISMS that a folder belongs to: the nearest `isms.yaml` upward, else
    /// the repository, else the folder itself.
    ///
    /// # Errors
    /// In one sentence, when there is no such folder.
    fn site(&self, folder: &Path) -> Result<Arc<dyn Site>, String>;

    /// Today in a time zone.
    fn today(&self, zone: Tz) -> NaiveDate;
}

/// One ISMS on disk.
pub trait Site: Send + Sync {
    /// Its folder, with no link in the path.
    fn folder(&self) -> &Path;

    /// Whether its settings file is there.
    fn has_settings(&self) -> bool;

    /// Whether it lies in a repository.
    fn is_in_repository(&self) -> bool;

    /// Its files as they are now.
    ///
    /// # Errors
    /// When the folder cannot be opened.
    fn snapshot(&self) -> Result<Snapshot, String>;

    /// What `HEAD` stands for now: another text when it has moved.
    fn head(&self) -> String;

    /// The main line behind `HEAD`, followed to its end.
    ///
    /// # Errors
    /// Where evidence is missing.
    fn follow(&self, policy: &Policy, zone: Tz) -> Result<Followed, Gap>;
}
