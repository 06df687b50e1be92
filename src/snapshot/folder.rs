//! The work tree: files on disk below one folder.
//!
//! `.gitignore` files decide which untracked files count, never whether a
//! tracked one does. The user's own global ignore list has no say: it would
//! make two machines judge differently.

use super::{Entry, ListingProblem, Origin, ReadBytes, ReadProblem, Snapshot};
use crate::budget::Limits;
use crate::source::RepoPath;
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use ignore::WalkBuilder;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

impl Snapshot {
    /// The work tree below `root`. `tracked` are the paths (below `root`) that
    /// git's index lists; they count even where an ignore file names them.
    ///
    /// # Errors
    /// When the folder itself cannot be opened.
    pub fn of_work_tree(
        root: &Path,
        tracked: impl IntoIterator<Item = RepoPath>,
        limits: Limits,
    ) -> Result<Self, ReadProblem> {
        let dir = Dir::open_ambient_dir(root, ambient_authority()).map_err(|error| unreadable(&error))?;
        let mut listing = Listing { entries: BTreeMap::new(), problems: Vec::new(), limit: limits.files };
        listing.walk(root);
        for path in tracked {
            listing.add_tracked(&dir, path);
        }
        let Listing { entries, problems, .. } = listing;
        Ok(Self::new(Origin::WorkTree, entries, problems, Box::new(Folder(dir)), limits))
    }
}

/// What git reads on its way through a folder.
const IGNORED: [&str; 2] = [".gitignore", ".git/info/exclude"];

const NOT_READ: &str =
    "its list of ignored files is no regular file, or a very large one: what it hides is not known";

/// Whether a list of ignored files can be read to its end, or is not there. A
/// pipe would be waited for, and a device has no end.
fn can_be_read(list: &Path) -> bool {
    list.metadata().map_or(true, |found| {
        found.is_dir() || (found.is_file() && found.len() <= Limits::STANDARD.policy_bytes)
    })
}

struct Listing {
    entries: BTreeMap<RepoPath, Entry>,
    problems: Vec<ListingProblem>,
    limit: usize,
}

impl Listing {
    fn walk(&mut self, root: &Path) {
        let above =
            root.ancestors().skip(1).all(|folder| IGNORED.iter().all(|name| can_be_read(&folder.join(name))));
        let here = can_be_read(&root.join(".gitignore"));
        let exclude = can_be_read(&root.join(".git/info/exclude"));
        for (path, readable) in [(".gitignore", here), (".git/info/exclude", exclude), ("..", above)] {
            if !readable {
                self.problems.push(ListingProblem { path: Some(path.into()), what: NOT_READ.to_owned() });
            }
        }
        let unread = Arc::new(Mutex::new(Vec::new()));
        let met = unread.clone();
        let walk = WalkBuilder::new(root)
            .git_ignore(here)
            .git_exclude(exclude && above)
            .parents(above)
            .hidden(false)
            // Only what git ignores is left out, not what a search tool does.
            .ignore(false)
            .git_global(false)
            .require_git(false)
            .follow_links(false)
            .same_file_system(true)
            .filter_entry(move |entry| {
                let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
                if is_dir && !IGNORED.iter().all(|name| can_be_read(&entry.path().join(name))) {
                    // Its list would be read on the way in.
                    met.lock().unwrap_or_else(PoisonError::into_inner).push(entry.path().to_path_buf());
                    return false;
                }
                entry.file_name() != ".git"
            })
            .build();
        let mut nested: Option<PathBuf> = None;
        for found in walk {
            let entry = match found {
                Ok(entry) => entry,
                Err(error) => {
                    self.problems.push(unlisted(root, &error));
                    continue;
                }
            };
            if nested.as_ref().is_some_and(|nested| entry.path().starts_with(nested)) {
                continue;
            }
            let mut kind = entry.file_type().map_or(Entry::Special, entry_kind);
            if entry.file_type().is_some_and(|kind| kind.is_dir()) {
                // What lies in a repository of its own is not of this one.
                if entry.depth() == 0 || entry.path().join(".git").symlink_metadata().is_err() {
                    continue;
                }
                nested = Some(entry.path().to_path_buf());
                kind = Entry::Submodule;
            }
            let Ok(relative) = entry.path().strip_prefix(root) else { continue };
            if !self.add(RepoPath::new(relative.as_os_str().as_bytes()), kind) {
                return;
            }
        }
        for folder in unread.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let path = folder.strip_prefix(root).ok().map(|path| RepoPath::new(path.as_os_str().as_bytes()));
            self.problems.push(ListingProblem { path, what: NOT_READ.to_owned() });
        }
    }

    /// False once the limit is met.
    fn add(&mut self, path: RepoPath, entry: Entry) -> bool {
        if self.entries.len() >= self.limit {
            let what = format!("more than {} files: the rest is not examined", self.limit);
            self.problems.push(ListingProblem { path: None, what });
            return false;
        }
        self.entries.insert(path, entry);
        true
    }

    fn add_tracked(&mut self, dir: &Dir, path: RepoPath) {
        if self.entries.contains_key(&path) {
            return;
        }
        // A tracked file that is gone from the disk is a deletion, not a problem.
        if let Ok(metadata) = dir.symlink_metadata(OsStr::from_bytes(path.as_bytes())) {
            let kind = metadata.file_type();
            if !kind.is_dir() {
                let entry = match () {
                    () if kind.is_file() => Entry::File,
                    () if kind.is_symlink() => Entry::Link,
                    () => Entry::Special,
                };
                self.add(path, entry);
            } else if !self.has_below(&path) {
                // A submodule that was not checked out: an empty folder.
                self.add(path, Entry::Submodule);
            }
        }
    }

    fn has_below(&self, folder: &RepoPath) -> bool {
        let first = self.entries.range(folder.join("")..).next();
        first.is_some_and(|(path, _)| path.below(folder).is_some())
    }
}

/// A folder or file that the walk could not look at, by its path from the root.
fn unlisted(root: &Path, error: &ignore::Error) -> ListingProblem {
    let mut inner = error;
    let mut path = None;
    loop {
        inner = match inner {
            ignore::Error::WithPath { path: at, err } => {
                path = at.strip_prefix(root).ok().map(|at| RepoPath::new(at.as_os_str().as_bytes()));
                err
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => err,
            _ => break,
        };
    }
    // The text of the walk's own errors names the folder of this machine.
    let what = inner.io_error().map_or_else(
        || "it cannot be listed".to_owned(),
        |error| format!("it cannot be listed: {}", std::io::Error::from(error.kind())),
    );
    ListingProblem { path, what }
}

fn entry_kind(kind: std::fs::FileType) -> Entry {
    if kind.is_file() {
        Entry::File
    } else if kind.is_symlink() {
        Entry::Link
    } else {
        Entry::Special
    }
}

/// Reads below a folder that was opened once: a path that leads out of it,
/// through whatever link, is refused by `cap-std`.
struct Folder(Dir);

impl ReadBytes for Folder {
    fn bytes(&self, path: &RepoPath, limit: u64) -> Result<Vec<u8>, ReadProblem> {
        let name = OsStr::from_bytes(path.as_bytes());
        // Before opening: to open a pipe would wait for its writer.
        let before = self.0.symlink_metadata(name).map_err(|error| unreadable(&error))?;
        if before.is_symlink() {
            return Err(ReadProblem::Link);
        }
        if !before.is_file() {
            return Err(ReadProblem::Special);
        }
        if before.len() > limit {
            return Err(ReadProblem::TooLarge { bytes: before.len(), limit });
        }
        let file = self.0.open(name).map_err(|error| unreadable(&error))?;
        let mut bytes = Vec::new();
        // A file that grows while it is read still meets the limit.
        file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        if bytes.len() as u64 > limit {
            return Err(ReadProblem::TooLarge { bytes: bytes.len() as u64, limit });
        }
        Ok(bytes)
    }
}

fn unreadable(error: &std::io::Error) -> ReadProblem {
    match error.kind() {
        std::io::ErrorKind::NotFound => ReadProblem::NotThere,
        _ => ReadProblem::Unreadable(error.to_string()),
    }
}
