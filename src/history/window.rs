//! The changed window of a register: the records between the common beginning
//! and the common end of two versions, widened to record borders.
//!
//! A register of 500 records that changes in one place a thousand times costs
//! a thousand small parses instead of a thousand large ones. Whenever a window
//! cannot be told for certain there is none, and the whole file is parsed.

use super::image::Image;
use crate::source::{Span, common_ends};

/// The part of each version that may differ in records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// In the version before.
    pub old: Span,
    /// In the version after.
    pub new: Span,
}

impl Window {
    /// The window between two versions of a plain register whose dashes stand
    /// in column `indent`; `records` are those of the old version.
    pub(super) fn between(old: &str, new: &str, indent: usize, records: &[Image]) -> Option<Self> {
        // On character borders of both texts: both are UTF-8, and equal bytes up
        // to a border of one are a border of the other.
        let (prefix, suffix) = common_ends(old.as_bytes(), new.as_bytes());
        let first = line_start(old, records.first()?.span.start as usize);
        // The record that holds the last common byte: what follows a record may
        // be a new field of it.
        let borders = || records.iter().map(|record| line_start(old, record.span.start as usize));
        if !borders().all(|border| is_border(&old[border..], indent)) {
            return None;
        }
        let start = borders().rfind(|start| *start < prefix && *start >= first)?;
        let behind = old.len() - suffix;
        let is_common_border = |border: usize| {
            // Lies in the common end, so it stands in the new version too.
            let in_new = new.len() - (old.len() - border);
            in_new > 0 && new.as_bytes()[in_new - 1] == b'\n' && is_border(&new[in_new..], indent)
        };
        let end = borders()
            .find(|border| *border > start && *border >= behind && is_common_border(*border))
            .unwrap_or(old.len());
        let new_end = new.len() - (old.len() - end);
        (start <= new_end).then_some(Self { old: span(start, end), new: span(start, new_end) })
    }
}

fn line_start(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
}

/// Whether a record begins here: the register's indent and a dash.
fn is_border(text: &str, indent: usize) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > indent + 1
        && bytes[..indent].iter().all(|byte| *byte == b' ')
        && bytes[indent] == b'-'
        && matches!(bytes[indent + 1], b' ' | b'\n' | b'\r')
}

fn span(start: usize, end: usize) -> Span {
    let short = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(short(start), short(end))
}
