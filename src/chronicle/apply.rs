//! What a change does to the files.

use super::mistake::Fault;
use super::{Change, Deed, Hunk};
use crate::source::RepoPath;
use std::collections::BTreeMap;

/// The files of one commit.
pub(super) type Files = BTreeMap<RepoPath, Vec<u8>>;

/// How many files or lines are looked through for the nearest one, and how many
/// bytes each may have: comparing costs the product of both lengths.
const LOOKED_THROUGH: usize = 2_000;
const LOOKED_AT: usize = 200;

/// Does `change` to `files`.
pub(super) fn apply(files: &mut Files, change: &Change) -> Result<(), Fault> {
    let path = &change.path;
    match &change.deed {
        Deed::Write(text) => insert(files, path, text.clone().into_bytes()),
        Deed::Append(text) => {
            let Some(file) = files.get_mut(path) else { return Err(missing(files, path)) };
            file.extend_from_slice(text.as_bytes());
            Ok(())
        }
        Deed::Edit(hunks) => {
            let Some(file) = files.get_mut(path) else { return Err(missing(files, path)) };
            // Every file came out of a document, so it is text.
            let mut text = String::from_utf8_lossy(file).into_owned();
            for hunk in hunks {
                text = edited(path, &text, hunk)?;
            }
            *file = text.into_bytes();
            Ok(())
        }
        Deed::Delete { folder } => take(files, path, *folder).map(drop),
        Deed::Move { to, folder } => {
            for (from, bytes) in take(files, path, *folder)? {
                let target = match from.below(path) {
                    Some(rest) if *folder => to.join(rest.as_bytes()),
                    _ => to.clone(),
                };
                if files.contains_key(&target) {
                    return Err(Fault::AlreadyThere(target));
                }
                insert(files, &target, bytes)?;
            }
            Ok(())
        }
    }
}

/// The paths that `change` replaces or removes as a whole, so that nothing of
/// them that was changed elsewhere would survive.
pub(super) fn replaced<'f>(files: &'f Files, change: &'f Change) -> Vec<&'f RepoPath> {
    match &change.deed {
        Deed::Append(_) | Deed::Edit(_) => Vec::new(),
        Deed::Delete { folder: true } | Deed::Move { folder: true, .. } => inside(files, &change.path),
        Deed::Write(_) | Deed::Delete { .. } => vec![&change.path],
        // The moved file takes what changed elsewhere along; its target must be free.
        Deed::Move { .. } => Vec::new(),
    }
}

fn inside<'f>(files: &'f Files, folder: &RepoPath) -> Vec<&'f RepoPath> {
    let first = folder.join("");
    let below = files.range(first.clone()..);
    below.map(|(path, _)| path).take_while(|path| path.as_bytes().starts_with(first.as_bytes())).collect()
}

/// Removes a file, or all files of a folder.
fn take(files: &mut Files, path: &RepoPath, folder: bool) -> Result<Vec<(RepoPath, Vec<u8>)>, Fault> {
    let paths = if folder { inside(files, path).into_iter().cloned().collect() } else { vec![path.clone()] };
    let taken: Vec<_> = paths.into_iter().filter_map(|path| files.remove_entry(&path)).collect();
    if taken.is_empty() { Err(missing(files, path)) } else { Ok(taken) }
}

fn insert(files: &mut Files, path: &RepoPath, bytes: Vec<u8>) -> Result<(), Fault> {
    let mut above = path.parent();
    while let Some(folder) = above {
        if files.contains_key(&folder) {
            return Err(Fault::FileAndFolder(folder));
        }
        above = folder.parent();
    }
    let first = path.join("");
    let next = files.range(first.clone()..).next();
    if next.is_some_and(|(next, _)| next.as_bytes().starts_with(first.as_bytes())) {
        return Err(Fault::FileAndFolder(path.clone()));
    }
    files.insert(path.clone(), bytes);
    Ok(())
}

fn missing(files: &Files, path: &RepoPath) -> Fault {
    let wanted = path.shown();
    let nearest = files
        .keys()
        .filter(|other| other.as_bytes().len().max(wanted.len()) <= LOOKED_AT)
        .take(LOOKED_THROUGH)
        .map(|other| (strsim::levenshtein(&wanted, &other.shown()), other))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance * 3 <= wanted.len());
    Fault::NoSuchFile(path.clone(), nearest.map(|(_, other)| other.clone()))
}

/// `text` with the one place that fits `hunk` replaced.
fn edited(path: &RepoPath, text: &str, hunk: &Hunk) -> Result<String, Fault> {
    // The line end before the first line makes every match one of whole lines.
    let (lines, wanted) = (format!("\n{text}"), format!("\n{}", hunk.old));
    let Some(at) = lines.find(&wanted) else { return Err(not_in_file(path, text, &hunk.old)) };
    if lines.get(at + 1..).is_some_and(|rest| rest.contains(&wanted)) {
        return Err(Fault::NotUnique(path.clone()));
    }
    let (before, rest) = text.split_at(at);
    let behind = rest.strip_prefix(hunk.old.as_str()).unwrap_or_default();
    Ok([before, &hunk.new, behind].concat())
}

fn not_in_file(path: &RepoPath, text: &str, old: &str) -> Fault {
    let there: std::collections::BTreeSet<&str> = text.lines().collect();
    let Some(strange) = old.lines().find(|line| !there.contains(line)) else {
        return Fault::NotInFile(path.clone(), None, None);
    };
    let near = there
        .into_iter()
        .filter(|line| line.len().max(strange.len()) <= LOOKED_AT)
        .take(LOOKED_THROUGH)
        .map(|line| (strsim::levenshtein(line, strange), line))
        .min()
        .filter(|(distance, _)| *distance * 3 <= strange.len());
    let strange = strange.chars().take(LOOKED_AT).collect();
    Fault::NotInFile(path.clone(), Some(strange), near.map(|(_, line)| line.to_owned()))
}
