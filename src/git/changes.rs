//! What differs between two commits' folders, file by file.
//!
//! Two sorted lists are merged and only folders that differ are entered, so a
//! step costs what it changed, not what the repository holds. Moves are seen as
//! a file that went and one that came: identity is a record's business.

use super::tree::{Named, Tree};
use super::{Entry, Mode, ObjectProblem, Oid, Store};
use crate::source::RepoPath;
use std::cmp::Ordering;

/// Bytes of one path: the longest that a checkout could hold. It bounds the
/// nesting of folders too.
const PATH_BYTES: usize = 4096;
/// Bytes that paths may take on average, so that a listing has a bound in bytes.
const MEAN_PATH_BYTES: usize = 256;

/// One file that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PathChange {
    /// From the root of the repository.
    pub path: RepoPath,
    /// What it was; `None` where it came.
    pub old: Option<Entry>,
    /// What it is; `None` where it went.
    pub new: Option<Entry>,
}

/// A file of a whole snapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TreeFile {
    /// From the root of the repository.
    pub path: RepoPath,
    /// A file, a link or a submodule; never a folder.
    pub entry: Entry,
}

impl Store {
    /// The files below `prefix` (empty: all) that differ between two root
    /// folders and that `keep`, asked with the path from the root, wants.
    /// `None` stands for nothing at all, as before the first commit. Sorted by
    /// path. Links and submodules are files here, with their mode.
    pub fn changes(
        &self,
        old: Option<Oid>,
        new: Option<Oid>,
        prefix: &RepoPath,
        keep: &dyn Fn(&RepoPath) -> bool,
    ) -> Result<Vec<PathChange>, ObjectProblem> {
        if old == new {
            return Ok(Vec::new());
        }
        let at_prefix = |tree: Option<Oid>| match tree {
            Some(tree) => self.folder_at(tree, prefix),
            None => Ok(None),
        };
        let mut walk =
            Comparison { found: Vec::new(), bytes: 0, waiting: Vec::new(), keep, files: self.limits.files };
        walk.enter(at_prefix(old)?, at_prefix(new)?, prefix.clone());
        while let Some((old, new, folder)) = walk.waiting.pop() {
            let old = old.map(|id| self.tree(id)).transpose()?;
            let new = new.map(|id| self.tree_beside(id, old.as_deref())).transpose()?;
            walk.compare(old.as_deref(), new.as_deref(), &folder)?;
        }
        walk.found.sort_unstable();
        Ok(walk.found)
    }

    /// Every file below `prefix` of a root folder, sorted by path; none where
    /// `prefix` is no folder.
    pub fn tree_files(&self, tree: Oid, prefix: &RepoPath) -> Result<Vec<TreeFile>, ObjectProblem> {
        let all = self.changes(None, Some(tree), prefix, &|_| true)?;
        let file = |change: PathChange| change.new.map(|entry| TreeFile { path: change.path, entry });
        Ok(all.into_iter().filter_map(file).collect())
    }
}

/// A comparison under way: a list of folders still to be entered, no recursion.
struct Comparison<'k> {
    found: Vec<PathChange>,
    bytes: usize,
    waiting: Vec<(Option<Oid>, Option<Oid>, RepoPath)>,
    keep: &'k dyn Fn(&RepoPath) -> bool,
    files: usize,
}

impl Comparison<'_> {
    fn enter(&mut self, old: Option<Oid>, new: Option<Oid>, folder: RepoPath) {
        if old != new {
            self.waiting.push((old, new, folder));
        }
    }

    /// Merges the entries of one folder before and after.
    fn compare<'t>(
        &mut self,
        old: Option<&'t Tree>,
        new: Option<&'t Tree>,
        folder: &RepoPath,
    ) -> Result<(), ObjectProblem> {
        let (first, behind) = old.zip(new).map_or((0, 0), |(old, new)| old.common_ends(new));
        let (mut left, mut right) = (first, first);
        let next = |tree: Option<&'t Tree>, at: usize| {
            tree.filter(|tree| at < tree.len() - behind).and_then(|tree| tree.get(at))
        };
        loop {
            let (was, is) = (next(old, left), next(new, right));
            let order = match (&was, &is) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(was), Some(is)) => was.order(is),
            };
            left += usize::from(order != Ordering::Greater);
            right += usize::from(order != Ordering::Less);
            self.pair(
                was.filter(|_| order != Ordering::Greater),
                is.filter(|_| order != Ordering::Less),
                folder,
            )?;
        }
    }

    /// Takes what one name was and is. Both are folders, or neither is: git's
    /// order keeps a file and a folder of the same name apart.
    fn pair(
        &mut self,
        old: Option<Named<'_>>,
        new: Option<Named<'_>>,
        folder: &RepoPath,
    ) -> Result<(), ObjectProblem> {
        let (was, is) = (old.map(|named| named.entry), new.map(|named| named.entry));
        let Some(named) = new.or(old).filter(|_| was != is) else { return Ok(()) };
        if folder.as_bytes().len() + named.name.len() >= PATH_BYTES {
            return Err(ObjectProblem::Limit { what: "bytes in one path", limit: PATH_BYTES as u64 });
        }
        let path = folder.join(named.name);
        if named.entry.mode == Mode::Folder {
            self.enter(was.map(|entry| entry.id), is.map(|entry| entry.id), path);
            return Ok(());
        }
        if !(self.keep)(&path) {
            return Ok(());
        }
        self.bytes += path.as_bytes().len();
        if self.found.len() >= self.files || self.bytes > self.files.saturating_mul(MEAN_PATH_BYTES) {
            return Err(ObjectProblem::Limit { what: "files in one step", limit: self.files as u64 });
        }
        self.found.push(PathChange { path, old: was, new: is });
        Ok(())
    }
}
