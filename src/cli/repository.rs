//! Where the ISMS lies, and which state of it is to be judged.

use super::args::CheckArgs;
use super::world::World;
use crate::budget::Limits;
use crate::catalogue::Policy;
use crate::ci::Base;
use crate::git::{self, GitDir, Head, Oid, Store, index};
use crate::history::{Authors, Gap, History, Line, Repository, Step, build};
use crate::settings::FILE_NAME;
use crate::snapshot::{Snapshot, lock};
use crate::source::RepoPath;
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// What to do where there is no repository.
const NO_REPOSITORY: &str = "keep the ISMS in a git repository, or judge it without history (`--no-history`)";

/// An ISMS in its repository.
pub(super) struct Place {
    /// The folder of the ISMS on disk; none in a bare repository.
    pub(super) folder: Option<PathBuf>,
    /// The same from the repository's root; empty where they are one.
    pub(super) root: RepoPath,
    /// The repository, or why there is none.
    pub(super) git: Result<Git, String>,
}

/// A repository that could be opened.
pub(super) struct Git {
    dir: GitDir,
    store: Arc<Mutex<Store>>,
    pub(super) head: Head,
}

impl Place {
    /// Finds the ISMS that the arguments mean.
    pub(super) fn find(args: &CheckArgs, world: &World<'_>) -> Result<Self, String> {
        if let Some(dir) = &args.git_dir {
            let dir = git::bare(&world.folder.join(dir)).map_err(|problem| problem.to_string())?;
            let git = Git::open(dir)?;
            return Ok(Self { folder: None, root: RepoPath::new(""), git: Ok(git) });
        }
        let start = match &args.root {
            Some(root) => world.folder.join(root),
            None => world.folder.clone(),
        };
        Self::at(&start, args.root.is_some())
    }

    /// The ISMS in a folder; where it is not `given` as its root, upward from it.
    pub(super) fn at(start: &Path, given: bool) -> Result<Self, String> {
        let start = start.canonicalize().map_err(|error| format!("{}: {error}", start.display()))?;
        if !start.is_dir() {
            return Err(format!("{} is no folder", start.display()));
        }
        let (git, top) = match git::locate(&start) {
            Ok(Some(dir)) => {
                let top = dir.work_root.clone();
                (Git::open(dir), top)
            }
            Ok(None) => (Err("the folder lies in no git repository".to_owned()), None),
            Err(problem) => (Err(problem.to_string()), None),
        };
        let folder = if given { start } else { isms_folder(&start, top.as_deref()) };
        let root = top.as_deref().and_then(|top| folder.strip_prefix(top).ok()).unwrap_or(Path::new(""));
        let root = RepoPath::new(root.as_os_str().as_bytes());
        Ok(Self { folder: Some(folder), root, git })
    }

    /// The state to judge, and the commit it belongs to.
    pub(super) fn snapshot(
        &self,
        args: &CheckArgs,
        world: &World<'_>,
    ) -> Result<(Snapshot, Option<Oid>), String> {
        let limits = Limits::STANDARD;
        if args.rev.is_some() || args.staged || self.folder.is_none() {
            let git = self.git.as_ref().map_err(Clone::clone)?;
            if args.staged {
                let entries = git.index(named_index(world).as_deref())?;
                return Ok((
                    Snapshot::of_index(git.store.clone(), &entries, &self.root, limits),
                    git.head_commit(),
                ));
            }
            let name = args.rev.as_deref().unwrap_or("HEAD");
            let commit = lock(&git.store).resolve(name).map_err(|problem| problem.to_string())?;
            let snapshot = Snapshot::of_commit(git.store.clone(), commit, &self.root, limits);
            return snapshot.map(|snapshot| (snapshot, Some(commit))).map_err(|problem| problem.to_string());
        }
        let snapshot = self.work_tree(named_index(world).as_deref())?;
        Ok((snapshot, self.git.as_ref().ok().and_then(Git::head_commit)))
    }

    /// The files on disk; tracked are those of the index, or of the one that
    /// stands in its place.
    pub(super) fn work_tree(&self, index: Option<&Path>) -> Result<Snapshot, String> {
        let folder = self.folder.as_deref().ok_or("a bare repository has no files")?;
        let tracked: Vec<RepoPath> = match &self.git {
            // An index that cannot be read hides nothing: it only adds files
            // that an ignore list names.
            Ok(git) => git
                .index(index)
                .map(|entries| entries.into_iter().filter_map(|entry| entry.path.below(&self.root)).collect())
                .unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        Snapshot::of_work_tree(folder, tracked, Limits::STANDARD).map_err(|problem| problem.to_string())
    }

    /// The main line behind HEAD; none before the first commit.
    pub(super) fn line(&self, zone: Tz) -> Result<Option<Repository>, Gap> {
        let gap = |why: &str, remedy: &str| Gap { why: why.into(), remedy: remedy.into() };
        let git = self.git.as_ref().map_err(|why| gap(why, NO_REPOSITORY))?;
        match &git.head {
            Head::Commit { id, .. } => {
                Ok(Some(Repository::new(git.store.clone(), *id, self.root.clone(), zone)))
            }
            Head::Unborn { .. } => Ok(None),
            Head::Unreadable { why } => {
                Err(gap(why, "`ismslint check --rev` with the full id gives the whole history"))
            }
        }
    }

    /// The history behind a snapshot that belongs to `commit`.
    pub(super) fn history(
        &self,
        policy: &Policy,
        snapshot: &Snapshot,
        commit: Option<Oid>,
        zone: Tz,
        as_of: NaiveDate,
    ) -> History {
        let git = match &self.git {
            Ok(git) => git,
            Err(why) => return History::incomplete(why.as_str(), NO_REPOSITORY),
        };
        let reader = policy.reader(Limits::STANDARD);
        let pending = Some((snapshot, Step::pending(as_of)));
        match (commit, &git.head) {
            (Some(commit), _) => {
                let line = Repository::new(git.store.clone(), commit, self.root.clone(), zone);
                build(&line, &reader, pending)
            }
            // Nothing committed yet: a complete history of nothing.
            (None, Head::Unborn { .. }) => build(&Nothing, &reader, pending),
            (None, Head::Unreadable { why }) => {
                let remedy = "name the commit: `--rev` with its full id gives the whole history";
                History::incomplete(why.as_str(), remedy)
            }
            (None, Head::Commit { .. }) => History::incomplete("HEAD names no commit", NO_REPOSITORY),
        }
    }

    /// What a CI system names as the base, as it can be had in this clone: the
    /// first parent of the merge that was made for the check, else the commit,
    /// else the branch as it was fetched.
    pub(super) fn named_by(&self, base: &Base) -> Result<String, String> {
        let git = self.git.as_ref().map_err(Clone::clone)?;
        let store = lock(&git.store);
        let merged = git.head_commit().filter(|head| {
            let is_merge = || store.commit(*head).is_ok_and(|commit| commit.parents.len() > 1);
            base.merge.as_deref() == Some(head.to_string().as_str()) && is_merge()
        });
        if merged.is_some() {
            return Ok("HEAD^1".to_owned());
        }
        let fetched = base.branch.iter().flat_map(|branch| [format!("origin/{branch}"), branch.clone()]);
        let names: Vec<String> = base.commit.iter().cloned().chain(fetched).collect();
        let found = names.iter().find(|name| store.resolve(name).is_ok());
        found.cloned().ok_or_else(|| {
            let named = names.last().map_or("", String::as_str);
            format!("`--base auto`: none of {} is in this clone; {}", names.join(", "), fetch(named))
        })
    }

    /// The commit before the change that `--base` names.
    pub(super) fn before(&self, named: &str, head: Option<Oid>) -> Result<Oid, String> {
        let git = self.git.as_ref().map_err(Clone::clone)?;
        let head = head.ok_or("`--base` compares with a commit, and nothing is committed here yet")?;
        let store = lock(&git.store);
        let named_commit = store
            .resolve(named)
            .map_err(|problem| format!("`--base {named}`: {problem}; {}", fetch(named)))?;
        match store.before_change(named_commit, head) {
            Ok(Some(base)) => Ok(base),
            Ok(None) => Err(format!("`--base {named}`: it has no commit in common with {head}")),
            Err(gap) => {
                Err(format!("`--base {named}`: where it meets {head} cannot be told from this clone: {gap}"))
            }
        }
    }

    /// A commit of the repository as a snapshot.
    pub(super) fn snapshot_of(&self, commit: Oid) -> Result<Snapshot, String> {
        let git = self.git.as_ref().map_err(Clone::clone)?;
        Snapshot::of_commit(git.store.clone(), commit, &self.root, Limits::STANDARD)
            .map_err(|problem| problem.to_string())
    }

    /// Who wrote the commits of a change, by the files they touched; `None`
    /// where this clone does not tell.
    pub(super) fn authors(&self, base: Oid, head: Oid, zone: Tz) -> Option<Authors> {
        let store = &self.git.as_ref().ok()?.store;
        crate::history::authors(store, base, head, &self.root, zone).ok()
    }

    /// The history behind a commit, and as its last step what a snapshot holds
    /// otherwise.
    pub(super) fn history_and_change(
        &self,
        policy: &Policy,
        snapshot: &Snapshot,
        base: Oid,
        change: Step,
        zone: Tz,
    ) -> History {
        let git = match &self.git {
            Ok(git) => git,
            Err(why) => return History::incomplete(why.as_str(), NO_REPOSITORY),
        };
        let line = Repository::new(git.store.clone(), base, self.root.clone(), zone);
        build(&line, &policy.reader(Limits::STANDARD), Some((snapshot, change)))
    }

    /// The history behind a commit alone.
    pub(super) fn history_of(&self, policy: &Policy, commit: Oid, zone: Tz) -> History {
        let git = match &self.git {
            Ok(git) => git,
            Err(why) => return History::incomplete(why.as_str(), NO_REPOSITORY),
        };
        let line = Repository::new(git.store.clone(), commit, self.root.clone(), zone);
        build(&line, &policy.reader(Limits::STANDARD), None)
    }

    /// The objects of the repository.
    pub(super) fn store(&self) -> Result<Arc<Mutex<Store>>, String> {
        self.git.as_ref().map(|git| git.store.clone()).map_err(Clone::clone)
    }

    /// The branch that HEAD names.
    pub(super) fn branch(&self) -> Option<String> {
        match &self.git.as_ref().ok()?.head {
            Head::Commit { branch, .. } => branch.as_ref().map(|branch| branch.unescaped().to_owned()),
            _ => None,
        }
    }
}

impl Git {
    fn open(dir: GitDir) -> Result<Self, String> {
        let store = Store::open(&dir, Limits::STANDARD).map_err(|problem| problem.to_string())?;
        let head = store.head();
        Ok(Self { dir, store: Arc::new(Mutex::new(store)), head })
    }

    fn head_commit(&self) -> Option<Oid> {
        match self.head {
            Head::Commit { id, .. } => Some(id),
            _ => None,
        }
    }

    /// The index, or the one that is named in its place.
    fn index(&self, named: Option<&Path>) -> Result<Vec<index::IndexEntry>, String> {
        index::read(&self.dir.git_dir, named, &Limits::STANDARD).map_err(|problem| problem.to_string())
    }
}

/// The index that git names during `git commit -a` and `git commit PATH`.
fn named_index(world: &World<'_>) -> Option<PathBuf> {
    world.variable("GIT_INDEX_FILE").map(|path| world.folder.join(path))
}

/// How to get the commit that a change is compared with.
fn fetch(named: &str) -> String {
    let branch = named.strip_prefix("origin/").unwrap_or(named);
    let by_hand = if branch.contains(['^', '~', '@']) {
        "`git fetch --unshallow` in a clone".to_owned()
    } else {
        format!("`git fetch origin {branch}` in a clone")
    };
    format!(
        "actions/checkout brings it with `fetch-depth: 0`, {by_hand}; a checkout of depth 2 of a merge commit \
         has the commit before it as `--base HEAD^1`"
    )
}

/// The nearest folder upward that holds `isms.yaml`, not above the repository;
/// else the repository's root, else the folder itself.
fn isms_folder(start: &Path, top: Option<&Path>) -> PathBuf {
    let within = |folder: &&Path| top.is_none_or(|top| folder.starts_with(top));
    let marked = |folder: &&Path| folder.join(OsStr::new(FILE_NAME)).symlink_metadata().is_ok();
    let mut folders = start.ancestors().take_while(within);
    match folders.find(marked) {
        Some(folder) => folder.to_path_buf(),
        None => top.unwrap_or(start).to_path_buf(),
    }
}

/// The main line before the first commit.
pub(super) struct Nothing;

impl Line for Nothing {
    fn steps(&self) -> Result<Vec<Step>, Gap> {
        Ok(Vec::new())
    }

    fn changes(
        &self,
        _: usize,
        _: &dyn Fn(&RepoPath) -> bool,
    ) -> Result<Vec<crate::history::FileChange>, Gap> {
        Ok(Vec::new())
    }

    fn side(&self, _: usize, _: &[RepoPath]) -> Result<Vec<(RepoPath, crate::history::Authorship)>, Gap> {
        Ok(Vec::new())
    }

    fn bytes(&self, _: &str) -> Result<Option<Vec<u8>>, Gap> {
        Ok(None)
    }
}
