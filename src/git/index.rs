//! The index: what is staged for the next commit. It is read, never written or
//! refreshed, and says nothing about the work tree.

use super::files::{look, require_file};
use super::{Entry, GitProblem, Mode, Oid};
use crate::budget::Limits;
use crate::escape::plain;
use crate::source::RepoPath;
use std::path::Path;

/// Bits of the extended flags of an entry.
const INTENT_TO_ADD: u16 = 1 << 13;
const SKIP_WORKTREE: u16 = 1 << 14;

/// One path in the index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexEntry {
    /// From the root of the repository.
    pub path: RepoPath,
    /// 0; in a conflict 1 for the common ancestor, 2 for ours, 3 for theirs.
    pub stage: u8,
    /// What is staged.
    pub entry: Entry,
    /// A sparse checkout leaves it out of the work tree: it is not deleted.
    pub skip_worktree: bool,
    /// `git add -N`: the path is announced, its content not yet staged.
    pub intent_to_add: bool,
}

/// Reads the index of a git folder, or the file that git names in its place
/// (hooks get `GIT_INDEX_FILE`). Sorted by path and stage; empty where there is
/// no index, as in a new repository.
pub fn read(
    git_dir: &Path,
    in_its_place: Option<&Path>,
    limits: &Limits,
) -> Result<Vec<IndexEntry>, GitProblem> {
    let own = git_dir.join("index");
    let path = in_its_place.unwrap_or(&own);
    let Some(found) = look(path)? else { return Ok(Vec::new()) };
    require_file(path, &found)?;
    if found.len() > limits.index_bytes {
        let why = format!("it has {} bytes; at most {} are read", found.len(), limits.index_bytes);
        return Err(GitProblem::unreadable(path, why));
    }
    let unreadable = |error: git2::Error| {
        let why = format!(
            "{}; if it is a sparse or split index, `git update-index --no-split-index` and \
             `git sparse-checkout disable` write a plain one",
            plain(error.message())
        );
        GitProblem::unreadable(path, why)
    };
    let index = git2::Index::open(path).map_err(unreadable)?;
    let mut entries = Vec::with_capacity(index.len());
    for found in index.iter() {
        entries.push(entry(&found).ok_or_else(|| {
            GitProblem::unreadable(path, "an entry in it leads out of the work tree or is a folder")
        })?);
    }
    entries.sort_unstable();
    Ok(entries)
}

/// `None` for what git itself never stages.
fn entry(found: &git2::IndexEntry) -> Option<IndexEntry> {
    let path = RepoPath::new(&found.path);
    let inside = path.parts().all(|part| !matches!(part, b"" | b"." | b"..") && !is_dot_git(part));
    let mode = Mode::from_bits(found.mode);
    if !inside || mode == Mode::Folder {
        return None;
    }
    Some(IndexEntry {
        path,
        stage: u8::try_from((found.flags >> 12) & 3).ok()?,
        entry: Entry { mode, id: Oid::from_bytes(found.id.as_bytes())? },
        skip_worktree: found.flags_extended & SKIP_WORKTREE != 0,
        intent_to_add: found.flags_extended & INTENT_TO_ADD != 0,
    })
}

fn is_dot_git(part: &[u8]) -> bool {
    part.eq_ignore_ascii_case(b".git")
}
