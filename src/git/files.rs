//! Reading the plain files of a git folder: regular files only, never through a
//! symbolic link, never more than a limit. A pipe or device in the place of
//! `HEAD` is reported, not opened, so it cannot hang the check.

#![expect(clippy::disallowed_methods, reason = "git reads its own folder here, and nowhere else")]

use super::GitProblem;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The bytes of a regular file; `None` where there is nothing of that name.
pub(super) fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, GitProblem> {
    let Some(found) = look(path)? else { return Ok(None) };
    require_file(path, &found)?;
    if found.len() > limit {
        let why = format!("it has {} bytes; at most {limit} are read", found.len());
        return Err(GitProblem::unreadable(path, why));
    }
    let fault = |error: io::Error| GitProblem::unreadable(path, error.kind().to_string());
    let file = File::open(path).map_err(fault)?;
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes).map_err(fault)?;
    Ok(Some(bytes))
}

/// What stands at `path` itself, links not followed; `None` for nothing.
pub(super) fn look(path: &Path) -> Result<Option<Metadata>, GitProblem> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(GitProblem::unreadable(path, error.kind().to_string())),
    }
}

/// Refuses everything but a regular file.
pub(super) fn require_file(path: &Path, found: &Metadata) -> Result<(), GitProblem> {
    if found.is_file() {
        return Ok(());
    }
    let why = format!("it is {}, where git keeps a regular file", kind(found));
    Err(GitProblem::unreadable(path, why))
}

/// Refuses everything but a folder that is no link.
pub(super) fn require_folder(path: &Path) -> Result<(), GitProblem> {
    match look(path)? {
        Some(found) if found.is_dir() => Ok(()),
        Some(found) => {
            let why = format!("it is {}, where git keeps a folder", kind(&found));
            Err(GitProblem::unreadable(path, why))
        }
        None => Err(GitProblem::unreadable(path, "there is no such folder")),
    }
}

fn kind(found: &Metadata) -> &'static str {
    if found.is_symlink() {
        "a symbolic link"
    } else if found.is_dir() {
        "a folder"
    } else if found.is_file() {
        "a file"
    } else {
        "a pipe, socket or device"
    }
}

/// The entries of a folder, sorted by name, links not followed; none where
/// there is no such folder.
pub(super) fn entries(folder: &Path) -> Result<Vec<(PathBuf, Metadata)>, GitProblem> {
    let fault = |error: io::Error| GitProblem::unreadable(folder, error.kind().to_string());
    let listing = match fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fault(error)),
    };
    let mut found = Vec::new();
    for entry in listing {
        let path = entry.map_err(fault)?.path();
        // An entry that went away since the listing (a running `git gc`) is none.
        if let Some(metadata) = look(&path)? {
            found.push((path, metadata));
        }
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(found)
}

/// The real path, every link resolved.
pub(super) fn real(path: &Path) -> Result<PathBuf, GitProblem> {
    fs::canonicalize(path).map_err(|error| GitProblem::unreadable(path, error.kind().to_string()))
}
