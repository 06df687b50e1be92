//! Records that got another id in a step: told from a deletion beside a
//! creation by place and content.

use super::image::Fields;
use crate::finding::RecordKey;
use crate::source::RepoPath;
use std::collections::BTreeMap;

/// More pairs than this in one file are not compared: a whole register with
/// new ids is a new register.
const MOST_PAIRS: usize = 10_000;

/// A record on one side of a step.
pub struct Side<'a> {
    /// Kind and id.
    pub key: &'a RecordKey,
    /// The file.
    pub path: &'a RepoPath,
    /// Its fields.
    pub fields: &'a Fields,
}

/// Pairs (old key, new key) of `gone` and `came` that are one record: same kind,
/// same file, and most fields equal; of what is left, same kind and title and
/// most fields equal, as where a file or its folder is named for the id. Each
/// record is in one pair at most, the likest first.
pub fn renamed(gone: &[Side<'_>], came: &[Side<'_>]) -> Vec<(RecordKey, RecordKey)> {
    let (gone, came): (Vec<_>, Vec<_>) = (gone.iter().collect(), came.iter().collect());
    let mut pairs = paired(&gone, &came, |side| Some(side.path.as_bytes()));
    let is_left = |side: &&&Side<'_>| !pairs.iter().any(|(old, new)| old == side.key || new == side.key);
    let left = |sides: &[&Side<'_>]| sides.iter().filter(is_left).copied().count();
    if left(&gone) > 0 && left(&came) > 0 {
        let (gone, came): (Vec<_>, Vec<_>) =
            (gone.iter().filter(is_left).copied().collect(), came.iter().filter(is_left).copied().collect());
        let elsewhere = paired(&gone, &came, |side| value_of(side.fields, "title").map(str::as_bytes));
        pairs.extend(elsewhere);
    }
    pairs
}

/// Pairs among records of one kind and one group.
fn paired<'s>(
    gone: &[&'s Side<'s>],
    came: &[&'s Side<'s>],
    group: impl Fn(&'s Side<'s>) -> Option<&'s [u8]>,
) -> Vec<(RecordKey, RecordKey)> {
    let mut groups: BTreeMap<_, (Vec<&Side<'_>>, Vec<&Side<'_>>)> = BTreeMap::new();
    for side in gone {
        if let Some(group) = group(side) {
            groups.entry((&side.key.kind, group)).or_default().0.push(side);
        }
    }
    for side in came {
        if let Some(group) = group(side) {
            groups.entry((&side.key.kind, group)).or_default().1.push(side);
        }
    }
    let mut pairs = Vec::new();
    for (gone, came) in groups.values() {
        if gone.len().saturating_mul(came.len()) > MOST_PAIRS {
            continue;
        }
        let mut candidates: Vec<_> = gone
            .iter()
            .flat_map(|old| came.iter().map(|new| (likeness(old.fields, new.fields), old.key, new.key)))
            .filter(|(likeness, ..)| *likeness > 0.5)
            .collect();
        candidates.sort_by(|one, other| {
            other.0.total_cmp(&one.0).then_with(|| (one.1, one.2).cmp(&(other.1, other.2)))
        });
        let mut used: Vec<&RecordKey> = Vec::new();
        for (_, old, new) in candidates {
            if !used.contains(&old) && !used.contains(&new) {
                used.extend([old, new]);
                pairs.push((old.clone(), new.clone()));
            }
        }
    }
    pairs
}

/// Share of the fields, without the id, that are equal on both sides.
fn likeness(old: &Fields, new: &Fields) -> f64 {
    let fields = |fields: &Fields| fields.iter().filter(|(path, _)| &**path != "id").count();
    let most = fields(old).max(fields(new));
    if most == 0 {
        return 0.0;
    }
    let equal =
        old.iter().filter(|(path, value)| &**path != "id" && value_of(new, path) == Some(&**value)).count();
    #[expect(clippy::cast_precision_loss, reason = "field counts are small")]
    let share = equal as f64 / most as f64;
    share
}

fn value_of<'f>(fields: &'f Fields, path: &str) -> Option<&'f str> {
    fields.binary_search_by(|(known, _)| (**known).cmp(path)).ok().map(|at| &*fields[at].1)
}
