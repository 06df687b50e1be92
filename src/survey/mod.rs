//! What an existing repository has, and the mapping that would make records of
//! it: layouts recognised by their keys and columns, a kind for each group of
//! files, and the evidence for both.
//!
//! It proposes and judges nothing, writes nothing, and reads only through a
//! snapshot, within counted limits. What is only a guess says so. Dates whose
//! day and month could be either are never guessed.

mod cues;
mod dates;
mod fields;
mod files;
mod group;
mod layouts;
mod proposal;

pub use files::{encoding_of, header_of, way_of};
pub use group::Group;
pub use layouts::Shape;
pub use proposal::{Sure, register, text_of};

use crate::inventory::Placing;
use crate::kind::Kinds;
use crate::snapshot::{ReadProblem, Snapshot};
use crate::source::RepoPath;

/// Files that are looked at.
pub const MOST_FILES: usize = 5_000;
/// Bytes of one file that is looked at.
pub const MOST_BYTES: u64 = 1 << 20;
/// Bytes that are looked at in all.
pub const MOST_IN_ALL: u64 = 128 << 20;

/// Why a file became part of no group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passed {
    /// It is a record already, laid out as the checker expects.
    Native,
    /// Nothing in it looks like a record.
    Nothing,
    /// It looks like a record, and there is no name for what would take it
    /// without taking others.
    NoPattern,
    /// It could not be read.
    Unread(ReadProblem),
    /// It is larger than what is looked at.
    TooLarge,
    /// Enough was looked at before it.
    Enough,
}

/// What a survey came to.
#[derive(Default)]
pub struct Survey {
    /// Groups of files of one layout, in the order of their files.
    pub groups: Vec<Group>,
    /// The other files, each with the reason.
    pub passed: Vec<(RepoPath, Passed)>,
    /// How many files were looked at.
    pub looked_at: usize,
}

/// Looks at every file of a snapshot that could hold records. What `placing`
/// reads already stays as it is.
pub fn survey(snapshot: &Snapshot, placing: &Placing, kinds: &Kinds) -> Survey {
    let mut survey = Survey::default();
    let mut seen = Vec::new();
    let mut bytes = 0;
    for path in files::candidates(snapshot) {
        if survey.looked_at >= MOST_FILES || bytes >= MOST_IN_ALL {
            survey.passed.push((path, Passed::Enough));
            continue;
        }
        survey.looked_at += 1;
        match files::look(snapshot, placing, &path) {
            Ok(file) => {
                bytes += file.bytes;
                seen.push(file);
            }
            Err(passed) => survey.passed.push((path, passed)),
        }
    }
    group::group(&seen, kinds, &mut survey);
    survey.passed.sort_by(|one, other| one.0.cmp(&other.0));
    survey
}
