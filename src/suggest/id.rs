//! Ids that are free: as the actions that are there are numbered, and never one
//! that any record has or, as far as the history tells, ever had.

use crate::views::Reading;
use std::collections::{BTreeMap, BTreeSet};

/// What is counted in where no action is numbered.
const PREFIX: &str = "ACT-";
/// Digits that are counted in; longer ones are no numbering.
const MOST_DIGITS: usize = 9;

/// Free ids, one after the other.
pub(super) struct Ids {
    taken: BTreeSet<String>,
    prefix: String,
    /// Digits that a number has at least.
    width: usize,
    last: u64,
}

/// The most common way in which ids end in a number.
#[derive(Default)]
struct Way {
    count: usize,
    width: usize,
    last: u64,
}

impl Ids {
    /// The ids after those of the actions that are, or were, there.
    pub(super) fn of(reading: &Reading) -> Self {
        let records = reading.context.inventory.records().iter().map(|record| &record.key);
        let keys = records.chain(reading.context.history.series.keys());
        let keys: BTreeSet<(bool, &str)> =
            keys.map(|key| (&*key.kind == "action", key.id.unescaped())).collect();
        Self::after(keys.into_iter())
    }

    /// The ids after these, each with whether it is an action's.
    fn after<'k>(keys: impl Iterator<Item = (bool, &'k str)>) -> Self {
        let mut ways: BTreeMap<&str, Way> = BTreeMap::new();
        let mut taken = BTreeSet::new();
        for (is_action, id) in keys {
            taken.insert(id.to_owned());
            let prefix = id.trim_end_matches(|c: char| c.is_ascii_digit());
            let digits = &id[prefix.len()..];
            // Where an id is missing the place stands in for it: no numbering.
            let is_name = prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
            if !is_action || prefix.is_empty() || !is_name || digits.is_empty() || digits.len() > MOST_DIGITS
            {
                continue;
            }
            let way = ways.entry(prefix).or_default();
            way.count += 1;
            way.last = way.last.max(digits.parse().unwrap_or(0));
            if digits.starts_with('0') {
                way.width = way.width.max(digits.len());
            }
        }
        let most = ways.into_iter().max_by_key(|(prefix, way)| (way.count, *prefix));
        let (prefix, way) = most.unwrap_or((PREFIX, Way::default()));
        Self { taken, prefix: prefix.to_owned(), width: way.width, last: way.last }
    }

    /// The next free one.
    pub(super) fn next(&mut self) -> String {
        loop {
            self.last += 1;
            let id = format!("{}{:0width$}", self.prefix, self.last, width = self.width);
            if self.taken.insert(id.clone()) {
                return id;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn ids_go_on_as_they_are_numbered() {
        for (known, next) in [
            (&[][..], ["ACT-1", "ACT-2"]),
            (&["ACT-9", "ACT-10"], ["ACT-11", "ACT-12"]),
            (&["A-007", "A-003"], ["A-008", "A-009"]),
            (&["I-2026-01", "I-2026-02", "OLD-77"], ["I-2026-03", "I-2026-04"]),
            (&["7", "8"], ["ACT-1", "ACT-2"]),
            (&["a-99999999999999999999"], ["ACT-1", "ACT-2"]),
            (&["patch-servers"], ["ACT-1", "ACT-2"]),
            (&["actions/ACT-1.yaml:2"], ["ACT-1", "ACT-2"]),
        ] {
            let mut ids = Ids::after(known.iter().map(|id| (true, *id)));
            assert_eq!([ids.next(), ids.next()], next, "{known:?}");
        }
    }

    #[test]
    fn an_id_of_another_kind_is_passed_over() {
        let mut ids = Ids::after([(true, "X-1"), (false, "X-2"), (false, "Y-1"), (false, "Y-2")].into_iter());
        assert_eq!(ids.next(), "X-3");
    }
}
