//! What a check says: one fault of one record, at one place.
//!
//! A finding holds byte places, not lines, and raw text, not escaped text: the
//! outputs compute and escape. It knows no rule file and no git; a rule is its
//! id here, a commit its text.

mod fingerprint;

pub use fingerprint::Fingerprint;

use crate::escape::Raw;
use crate::source::Place;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How much a finding weighs. Ordered: a notice is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A common interval or habit is not kept.
    Notice,
    /// An auditor will ask.
    Warning,
    /// A requirement, or the proof of one, is missing.
    Error,
}

impl Severity {
    /// All, the heaviest first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];

    /// The word for it in every output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Which record: kind and id. The id of a measurement is `METRIC/PERIOD`, of a
/// part of another record (an audit's finding) `PARENT/PART`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct RecordKey {
    /// The kind, as its schema is named: `action`.
    pub kind: Arc<str>,
    /// The id, as it is written.
    pub id: Raw,
}

/// A second place that belongs to a finding: the other side of a conflict.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What it is, in at most eight words.
    pub label: Raw,
}

/// A commit that a finding rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct CommitEvidence {
    /// The full object id, in hexadecimal.
    pub id: Arc<str>,
    /// Author, as `Name <address>`: a claim of whoever made the commit.
    pub author: Raw,
    /// The author's date (a claim too), `YYYY-MM-DD` in the declared zone.
    pub authored: Arc<str>,
    /// The day the change arrived on the main line, `YYYY-MM-DD`.
    pub arrived: Arc<str>,
    /// First line of the message.
    pub summary: Raw,
}

impl CommitEvidence {
    /// The id as people write it: ten digits; what is no id as it is.
    pub fn short_id(&self) -> &str {
        self.id.get(..10).filter(|_| self.id.len() == 40).unwrap_or(&self.id)
    }
}

/// How a finding stands to the change that is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// No change is judged: the ISMS as it stands is.
    #[default]
    Whole,
    /// The change brought it in.
    Introduced,
    /// It was there before the change.
    Existing {
        /// The day on which its record was last changed before, as far as the
        /// history tells.
        since: Option<NaiveDate>,
    },
    /// The state before the change could not be read.
    Open,
}

/// One fault.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Id of the rule (or of the structure check) that says so.
    pub rule: Arc<str>,
    /// Severity after the repository's settings.
    pub severity: Severity,
    /// The record, where the fault is one record's.
    pub record: Option<RecordKey>,
    /// Where to change something; `None` for the repository as a whole.
    pub place: Option<Place>,
    /// What is wrong with this record: one line, no final stop.
    pub message: Raw,
    /// Why it matters.
    pub why: Raw,
    /// What to do today.
    pub fix: Raw,
    /// The other places.
    pub related: Vec<Related>,
    /// Commits that show it, oldest first.
    pub commits: Vec<CommitEvidence>,
    /// Parts of its texts that are values of fields marked `x-sensitive`, the
    /// longest first: public outputs leave them out.
    pub withheld: Vec<Raw>,
    /// Identity across moves, renames and rewording.
    pub fingerprint: Fingerprint,
    /// How it stands to the change that is judged.
    pub standing: Standing,
}

impl Finding {
    /// The one order of findings in every output: by file and place, then
    /// heavier first, then rule, record and fingerprint.
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        let key = |finding: &Self| {
            (
                finding.place.clone(),
                std::cmp::Reverse(finding.severity),
                finding.rule.clone(),
                finding.record.clone(),
                finding.message.clone(),
                finding.fingerprint.clone(),
            )
        };
        key(self).cmp(&key(other))
    }
}
