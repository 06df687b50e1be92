//! Looking over an object folder before libgit2 opens anything in it: only
//! regular files may stand where libgit2 reads, here and in every alternate.
//! It reads no object.

use super::files::{entries, look, read, real, require_file, require_folder};
use super::{GitProblem, Oid};
use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

/// Levels of alternates that git and libgit2 follow.
const ALTERNATE_DEPTH: usize = 5;
/// Object folders that one repository may draw on.
const ALTERNATES: usize = 64;
/// Bytes of `info/alternates`.
const ALTERNATES_BYTES: u64 = 64 << 10;

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct ObjectFolders {
    /// Every object folder, the repository's own first.
    pub(super) folders: Vec<PathBuf>,
    /// Whether objects were left out of this clone on purpose (`--filter`).
    pub(super) partial: bool,
    /// The file of every loose object.
    pub(super) loose: HashMap<Oid, PathBuf>,
}

/// Looks over `objects` and the alternates behind it.
pub(super) fn survey(objects: &Path) -> Result<ObjectFolders, GitProblem> {
    require_folder(objects)?;
    let mut seen = ObjectFolders::default();
    let mut waiting = vec![(real(objects)?, 0)];
    while let Some((folder, depth)) = waiting.pop() {
        if seen.folders.contains(&folder) {
            continue;
        }
        if seen.folders.len() >= ALTERNATES || depth > ALTERNATE_DEPTH {
            let why = format!(
                "more than {ALTERNATES} alternates, or chained more than {ALTERNATE_DEPTH} deep; \
                 `git repack -a -d` brings the objects home"
            );
            return Err(GitProblem::unreadable(&folder, why));
        }
        survey_one(&folder, &mut seen)?;
        for alternate in alternates(&folder)? {
            waiting.push((alternate, depth + 1));
        }
        seen.folders.push(folder);
    }
    Ok(seen)
}

fn survey_one(folder: &Path, seen: &mut ObjectFolders) -> Result<(), GitProblem> {
    for name in ["pack", "info"] {
        let inner = folder.join(name);
        if look(&inner)?.is_none() {
            continue;
        }
        require_folder(&inner)?;
        for (path, found) in entries(&inner)? {
            require_plain(&path, &found)?;
            seen.partial |= path.extension().is_some_and(|end| end == "promisor");
        }
    }
    for (fan_out, _) in entries(folder)? {
        let Some(begin) = name_of(&fan_out).filter(|name| name.len() == 2) else { continue };
        if !begin.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            continue;
        }
        require_folder(&fan_out)?;
        for (object, found) in entries(&fan_out)? {
            require_file(&object, &found)?;
            let id = name_of(&object).and_then(|rest| Oid::from_hex(format!("{begin}{rest}").as_bytes()));
            if let Some(id) = id {
                seen.loose.entry(id).or_insert(object);
            }
        }
    }
    Ok(())
}

/// Files are regular; a folder may stand only where libgit2 opens nothing
/// (`info/commit-graphs`, `pack/multi-pack-index.d`).
fn require_plain(path: &Path, found: &Metadata) -> Result<(), GitProblem> {
    let opened = path.extension().is_some_and(|end| end == "idx" || end == "pack")
        || path.file_name().is_some_and(|name| {
            ["alternates", "commit-graph", "multi-pack-index"].iter().any(|own| name == *own)
        });
    if found.is_dir() && !opened { Ok(()) } else { require_file(path, found) }
}

fn name_of(path: &Path) -> Option<&str> {
    path.file_name().and_then(|name| name.to_str())
}

/// The folders that `info/alternates` names and that exist. One that is gone
/// shows as missing objects.
fn alternates(objects: &Path) -> Result<Vec<PathBuf>, GitProblem> {
    let file = objects.join("info/alternates");
    let Some(bytes) = read(&file, ALTERNATES_BYTES)? else { return Ok(Vec::new()) };
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| GitProblem::unreadable(&file, "a path in it is not UTF-8"))?;
    let mut found = Vec::new();
    for line in text.split(['\r', '\n']).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        // libgit2 would take any other relative path from the current folder.
        if !line.starts_with('.') && !Path::new(line).is_absolute() {
            return Err(GitProblem::unreadable(&file, "a relative path in it does not begin with `.`"));
        }
        let folder = objects.join(line);
        if folder.is_dir() {
            found.push(real(&folder)?);
        }
    }
    Ok(found)
}
