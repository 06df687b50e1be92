//! The known id that a misspelt one most likely means, without comparing it
//! with all that there are.
//!
//! A slip leaves the text before it or the text behind it as it was. So the ids
//! of a kind are kept in the order of their beginnings and in that of their
//! ends, and a word is compared with those that stand beside it in either.

use super::Record;
use crate::kind::words;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Neighbours on each side, in each of the two orders.
const NEIGHBOURS: usize = 8;
/// Up to this many ids are all compared.
const FEW: usize = 64;

/// The ids of all records, by kind.
pub(super) struct Alike(BTreeMap<Arc<str>, Ids>);

/// The ids of one kind: in the order of the records, and their places in it by
/// what they begin and end with.
struct Ids {
    all: Vec<String>,
    by_start: Vec<usize>,
    by_end: Vec<usize>,
}

impl Alike {
    pub(super) fn of(records: &[Record]) -> Self {
        let mut kinds: BTreeMap<Arc<str>, Vec<String>> = BTreeMap::new();
        for record in records.iter().filter(|record| record.identified) {
            kinds.entry(record.kind.name.clone()).or_default().push(record.key.id.unescaped().to_owned());
        }
        Self(kinds.into_iter().map(|(kind, ids)| (kind, Ids::new(ids))).collect())
    }

    /// The id of one of `kinds` (of any, where there are none) most like `id`.
    pub(super) fn nearest(&self, kinds: &[Arc<str>], id: &str) -> Option<&str> {
        let wanted = self.0.iter().filter(|(kind, _)| kinds.is_empty() || kinds.contains(kind));
        words::nearest(id, wanted.flat_map(|(_, ids)| ids.beside(id)))
    }
}

impl Ids {
    fn new(all: Vec<String>) -> Self {
        let mut by_start: Vec<usize> = (0..all.len()).collect();
        let mut by_end = by_start.clone();
        by_start.sort_by(|one, other| all[*one].cmp(&all[*other]));
        by_end.sort_by(|one, other| all[*one].bytes().rev().cmp(all[*other].bytes().rev()));
        Self { all, by_start, by_end }
    }

    /// The ids worth comparing with `id`, in the order of the records.
    fn beside(&self, id: &str) -> impl Iterator<Item = &str> {
        let mut beside: Vec<usize> = if self.all.len() <= FEW {
            (0..self.all.len()).collect()
        } else {
            let before = |at: &usize| self.all[*at].as_str() < id;
            let starts = around(&self.by_start, self.by_start.partition_point(before));
            let before = |at: &usize| self.all[*at].bytes().rev().lt(id.bytes().rev());
            let ends = around(&self.by_end, self.by_end.partition_point(before));
            starts.iter().chain(ends).copied().collect()
        };
        beside.sort_unstable();
        beside.dedup();
        beside.into_iter().map(|at| self.all[at].as_str())
    }
}

fn around(order: &[usize], at: usize) -> &[usize] {
    &order[at.saturating_sub(NEIGHBOURS)..(at + NEIGHBOURS).min(order.len())]
}

#[cfg(test)]
mod tests {
    use super::Ids;
    use crate::kind::words;

    #[test]
    fn a_slip_anywhere_in_an_id_is_found_among_many() {
        let ids = Ids::new((0..5_000).map(|number| format!("ACTION-OF-{number:04}-A")).collect());
        let cases = [
            ("ACTION-OF-1234", "ACTION-OF-1234-A", "the end is missing"),
            ("CTION-OF-1234-A", "ACTION-OF-1234-A", "the first letter is missing"),
            ("ACTOIN-OF-1234-A", "ACTION-OF-1234-A", "two letters are swapped"),
            ("ACTION-OF-1234-B", "ACTION-OF-1234-A", "the last letter is wrong"),
        ];
        for (written, meant, what) in cases {
            assert_eq!(words::nearest(written, ids.beside(written)), Some(meant), "{what}");
            assert!(ids.beside(written).count() <= 32, "{what}");
        }
        assert_eq!(words::nearest("SUPPLIER", ids.beside("SUPPLIER")), None);
    }
}
