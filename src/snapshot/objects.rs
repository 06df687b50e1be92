//! Snapshots out of the object store: a commit, or the index.
//!
//! What is judged is hashed again as it is read.

use super::{Entry, ListingProblem, Origin, ReadBytes, ReadProblem, Snapshot, decode};
use crate::budget::Limits;
use crate::git::index::IndexEntry;
use crate::git::{Mode, ObjectProblem, Oid, Store, verified_blob};
use crate::source::{RepoPath, SourceFile};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// Texts of files by their objects, shared by the snapshots of several commits:
/// what one commit has as the other is read, hashed and decoded once.
#[derive(Default)]
pub struct Texts {
    held: Mutex<HashMap<(RepoPath, Oid), Arc<SourceFile>>>,
}

impl Snapshot {
    /// The files of a commit below `root`, with their paths from there.
    ///
    /// # Errors
    /// When the commit or its folders cannot be read.
    pub fn of_commit(
        store: Arc<Mutex<Store>>,
        commit: Oid,
        root: &RepoPath,
        limits: Limits,
    ) -> Result<Self, ObjectProblem> {
        Self::of_commit_with(store, commit, root, limits, None)
    }

    /// As [`Self::of_commit`], with the texts that snapshots of other commits
    /// have read. Those that this commit does not have are forgotten.
    ///
    /// # Errors
    /// When the commit or its folders cannot be read.
    pub fn of_commit_sharing(
        store: Arc<Mutex<Store>>,
        commit: Oid,
        root: &RepoPath,
        limits: Limits,
        texts: &Arc<Texts>,
    ) -> Result<Self, ObjectProblem> {
        Self::of_commit_with(store, commit, root, limits, Some(texts.clone()))
    }

    fn of_commit_with(
        store: Arc<Mutex<Store>>,
        commit: Oid,
        root: &RepoPath,
        limits: Limits,
        texts: Option<Arc<Texts>>,
    ) -> Result<Self, ObjectProblem> {
        let files = {
            let store = lock(&store);
            let commit = store.commit(commit)?;
            store.tree_files(commit.tree, root)?
        };
        let files = files.into_iter().map(|file| (file.path, file.entry.mode, file.entry.id));
        Ok(Self::of_objects(
            store,
            Origin::Commit(commit.to_string().into()),
            files,
            root,
            Vec::new(),
            limits,
            texts,
        ))
    }

    /// What the index stages below `root`. A path in conflict is listed as a
    /// problem: no single content is staged for it.
    pub fn of_index(
        store: Arc<Mutex<Store>>,
        entries: &[IndexEntry],
        root: &RepoPath,
        limits: Limits,
    ) -> Self {
        let mut problems: Vec<ListingProblem> = Vec::new();
        let mut files = Vec::new();
        for entry in entries.iter().filter(|entry| !entry.intent_to_add) {
            if entry.stage == 0 {
                files.push((entry.path.clone(), entry.entry.mode, entry.entry.id));
            } else if problems.last().is_none_or(|problem| problem.path.as_ref() != Some(&entry.path)) {
                let what = "it is in conflict, so no content is staged for it".to_owned();
                problems.push(ListingProblem { path: Some(entry.path.clone()), what });
            }
        }
        Self::of_objects(store, Origin::Index, files.into_iter(), root, problems, limits, None)
    }

    fn of_objects(
        store: Arc<Mutex<Store>>,
        origin: Origin,
        files: impl Iterator<Item = (RepoPath, Mode, Oid)>,
        root: &RepoPath,
        mut problems: Vec<ListingProblem>,
        limits: Limits,
        texts: Option<Arc<Texts>>,
    ) -> Self {
        let mut entries = BTreeMap::new();
        let mut ids = BTreeMap::new();
        for (path, mode, id) in files {
            let Some(path) = path.below(root) else { continue };
            if entries.len() >= limits.files {
                let what = format!("more than {} files: the rest is not examined", limits.files);
                problems.push(ListingProblem { path: None, what });
                break;
            }
            entries.insert(path.clone(), entry(mode));
            ids.insert(path, id);
        }
        if let Some(texts) = &texts {
            texts.lock().retain(|(path, id), _| ids.get(path) == Some(id));
        }
        Self::new(origin, entries, problems, Box::new(Objects { store, ids, texts }), limits)
    }
}

fn entry(mode: Mode) -> Entry {
    match mode {
        Mode::File | Mode::Executable => Entry::File,
        Mode::Symlink => Entry::Link,
        Mode::Submodule => Entry::Submodule,
        Mode::Folder => Entry::Special,
    }
}

struct Objects {
    store: Arc<Mutex<Store>>,
    ids: BTreeMap<RepoPath, Oid>,
    texts: Option<Arc<Texts>>,
}

impl Texts {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(RepoPath, Oid), Arc<SourceFile>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReadBytes for Objects {
    fn held(&self, path: &RepoPath, limit: u64) -> Option<Result<Arc<SourceFile>, ReadProblem>> {
        let texts = self.texts.as_ref()?;
        let key = (path.clone(), *self.ids.get(path)?);
        if let Some(file) = texts.lock().get(&key) {
            return Some(Ok(file.clone()));
        }
        let read = self.bytes(path, limit).and_then(decode);
        Some(read.map(|text| {
            let file = SourceFile::new(path.clone(), text);
            texts.lock().insert(key, file.clone());
            file
        }))
    }

    fn bytes(&self, path: &RepoPath, limit: u64) -> Result<Vec<u8>, ReadProblem> {
        let id = *self.ids.get(path).ok_or(ReadProblem::NotThere)?;
        // Hashed beside other readers: the store is one reader's at a time.
        let read = lock(&self.store).blob(id);
        let bytes = read.and_then(|bytes| verified_blob(id, bytes)).map_err(|problem| match problem {
            ObjectProblem::Missing { id } => ReadProblem::Missing { object: id.to_string() },
            ObjectProblem::TooLarge { bytes, limit, .. } => ReadProblem::TooLarge { bytes, limit },
            other => ReadProblem::Unreadable(other.to_string()),
        })?;
        if bytes.len() as u64 > limit {
            return Err(ReadProblem::TooLarge { bytes: bytes.len() as u64, limit });
        }
        Ok(bytes)
    }
}

/// A thread that panicked while it held the store left it readable: reading
/// changes nothing in it but caches.
pub fn lock(store: &Mutex<Store>) -> std::sync::MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}
