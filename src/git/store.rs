//! The object store: bytes by id, bounded before they are read.
//!
//! It is opened on an object folder, not on a repository, so configuration,
//! includes, grafts, replacements and commit graphs have no hold on it. What
//! an object *means* is read by the modules beside this one.

use super::loose::Loose;
use super::objects::survey;
use super::refs::RefStorage;
use super::tree::TreeCache;
use super::{GitDir, GitProblem, ObjectKind, ObjectProblem, Oid, config, files};
use crate::budget::Limits;
use crate::escape::plain;
use git2::{ErrorCode, ObjectType, Odb, OdbObject};
use sha1_checked::{Digest, Sha1};
use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, Once};

/// Bytes of the `shallow` file.
const SHALLOW_BYTES: u64 = 16 << 20;

/// An open object store with its references. Can be shared between threads;
/// libgit2 serves one at a time.
pub struct Store {
    odb: Odb<'static>,
    pub(super) place: GitDir,
    pub(super) limits: Limits,
    pub(super) ref_storage: RefStorage,
    pub(super) shallow: BTreeSet<Oid>,
    pub(super) trees: Mutex<TreeCache>,
    folders: Vec<PathBuf>,
    partial: bool,
    loose: HashMap<Oid, PathBuf>,
    entries: AtomicU64,
}

/// The content of an object, wherever it came from.
pub(super) enum Content<'s> {
    Loose(Vec<u8>),
    Packed(OdbObject<'s>),
}

impl Content<'_> {
    pub(super) fn data(&self) -> &[u8] {
        match self {
            Self::Loose(bytes) => bytes,
            Self::Packed(object) => object.data(),
        }
    }

    fn into_vec(self) -> Vec<u8> {
        match self {
            Self::Loose(bytes) => bytes,
            Self::Packed(object) => object.data().to_vec(),
        }
    }
}

impl Store {
    /// Opens the objects of a repository. Fails where nothing could be read
    /// reliably; a history that is merely cut short opens, and says so later.
    pub fn open(place: &GitDir, limits: Limits) -> Result<Self, GitProblem> {
        let format = config::read(&place.common_dir)?;
        if let Some(format) = format.foreign_objects() {
            return Err(GitProblem::ObjectFormat { path: place.common_dir.clone(), format });
        }
        let objects = place.common_dir.join("objects");
        let seen = survey(&objects)?;
        Ok(Self {
            odb: open_odb(&objects)?,
            ref_storage: format.ref_storage(),
            shallow: read_shallow(&place.common_dir)?,
            place: place.clone(),
            limits,
            trees: Mutex::new(TreeCache::default()),
            folders: seen.folders,
            partial: seen.partial,
            loose: seen.loose,
            entries: AtomicU64::new(0),
        })
    }

    /// Where the repository lies.
    pub fn place(&self) -> &GitDir {
        &self.place
    }

    /// Whether objects were left out of this clone on purpose (`--filter`).
    pub fn is_partial(&self) -> bool {
        self.partial
    }

    /// Whether the clone has a boundary behind which commits were not fetched.
    pub fn is_shallow(&self) -> bool {
        !self.shallow.is_empty()
    }

    /// Object folders outside of the repository that it draws on.
    pub fn alternates(&self) -> &[PathBuf] {
        self.folders.get(1..).unwrap_or_default()
    }

    /// The content of a file. Not hashed again: see [`Store::verified_blob`].
    pub fn blob(&self, id: Oid) -> Result<Vec<u8>, ObjectProblem> {
        Ok(self.object(id, ObjectKind::Blob, self.limits.blob_bytes)?.into_vec())
    }

    /// The content of a file, with proof that it is what its id says: for what
    /// is judged or cited.
    pub fn verified_blob(&self, id: Oid) -> Result<Vec<u8>, ObjectProblem> {
        verified_blob(id, self.blob(id)?)
    }

    /// Whether the object is there, whatever it is.
    pub fn has(&self, id: Oid) -> bool {
        self.loose.contains_key(&id) || self.odb.exists(raw(id))
    }

    /// Reads an object of the wanted kind, its size checked first: in a chain of
    /// deltas some kilobytes can stand for gigabytes, so no cheaper bound holds.
    pub(super) fn object(
        &self,
        id: Oid,
        wanted: ObjectKind,
        limit: u64,
    ) -> Result<Content<'_>, ObjectProblem> {
        let allow = |found: ObjectKind, bytes: u64| {
            if found != wanted {
                Err(ObjectProblem::WrongType { id, wanted, found })
            } else if bytes > limit {
                Err(ObjectProblem::TooLarge { id, bytes, limit })
            } else {
                Ok(())
            }
        };
        if let Some(loose) = self.loose(id)? {
            allow(loose.kind, loose.size)?;
            return loose.content().map(Content::Loose);
        }
        let (found, bytes) = self.packed_header(id)?;
        allow(found, bytes)?;
        let object = self.odb.read(raw(id)).map_err(|error| fault(id, &error))?;
        if kind(object.kind()) == Some(wanted) && object.len() as u64 <= limit {
            Ok(Content::Packed(object))
        } else {
            Err(corrupt(id, "its header and its content differ"))
        }
    }

    /// The kind of an object.
    pub(super) fn kind_of(&self, id: Oid) -> Result<ObjectKind, ObjectProblem> {
        match self.loose(id)? {
            Some(loose) => Ok(loose.kind),
            None => self.packed_header(id).map(|(kind, _)| kind),
        }
    }

    fn loose(&self, id: Oid) -> Result<Option<Loose>, ObjectProblem> {
        // Compression may add a little to what cannot be compressed.
        let file_bytes = self.limits.blob_bytes.max(self.limits.object_bytes).saturating_add(1 << 20);
        self.loose.get(&id).map(|path| Loose::open(id, path, file_bytes)).transpose()
    }

    fn packed_header(&self, id: Oid) -> Result<(ObjectKind, u64), ObjectProblem> {
        let header = guarded(|| self.odb.read_header(raw(id)));
        let header = header.ok_or_else(|| corrupt(id, "its header names no type of object"))?;
        let (bytes, found) = header.map_err(|error| fault(id, &error))?;
        let found = kind(found).ok_or_else(|| corrupt(id, "no known type of object"))?;
        Ok((found, bytes as u64))
    }

    /// Counts entries of trees against the budget of the run.
    pub(super) fn spend_entries(&self, count: usize) -> Result<(), ObjectProblem> {
        let count = count as u64;
        let before = self.entries.fetch_add(count, Ordering::Relaxed);
        if before.saturating_add(count) > self.limits.tree_entries {
            let limit = self.limits.tree_entries;
            return Err(ObjectProblem::Limit { what: "entries of folders along the history", limit });
        }
        Ok(())
    }
}

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic of this moment is expected, and becomes a problem of an
/// object: for who tells of panics.
pub fn is_guarded() -> bool {
    GUARDED.get()
}

/// `git2` unwraps the type of an object that a damaged pack or index gives as
/// none that there is, and has no other way to ask for it.
fn guarded<T>(ask: impl FnOnce() -> T) -> Option<T> {
    GUARDED.set(true);
    let answer = catch_unwind(AssertUnwindSafe(ask)).ok();
    GUARDED.set(false);
    answer
}

/// Settings of libgit2 that hold for the whole process: no object cache (ours
/// of parsed trees fits better), no hashing on every read (what is cited is
/// hashed by [`verify`]).
fn open_odb(objects: &Path) -> Result<Odb<'static>, GitProblem> {
    static SETTINGS: Once = Once::new();
    SETTINGS.call_once(|| {
        git2::opts::enable_caching(false);
        git2::opts::strict_hash_verification(false);
    });
    let unreadable = |error: git2::Error| GitProblem::unreadable(objects, plain(error.message()));
    let path = objects
        .to_str()
        .ok_or_else(|| GitProblem::unreadable(objects, "its path is not UTF-8; move the clone"))?;
    let odb = Odb::new().map_err(unreadable)?;
    odb.add_disk_alternate(path).map_err(unreadable)?;
    Ok(odb)
}

/// The commits whose parents were not fetched.
fn read_shallow(common_dir: &Path) -> Result<BTreeSet<Oid>, GitProblem> {
    let file = common_dir.join("shallow");
    let Some(bytes) = files::read(&file, SHALLOW_BYTES)? else { return Ok(BTreeSet::new()) };
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            Oid::from_hex(line)
                .ok_or_else(|| GitProblem::unreadable(&file, "a line in it is not an object id"))
        })
        .collect()
}

/// The bytes of a blob, hashed again: for those who read under a lock and hash
/// beside others.
///
/// # Errors
/// Where they are not what the id stands for.
pub fn verified_blob(id: Oid, bytes: Vec<u8>) -> Result<Vec<u8>, ObjectProblem> {
    verify(id, ObjectKind::Blob, &bytes)?;
    Ok(bytes)
}

/// Hashes the object again, with the test for crafted SHA-1 collisions.
pub(super) fn verify(id: Oid, kind: ObjectKind, data: &[u8]) -> Result<(), ObjectProblem> {
    match hash(kind, data) {
        None => Err(corrupt(id, "its content is a crafted SHA-1 collision")),
        Some(found) if found != id => Err(corrupt(id, "its content has another hash")),
        Some(_) => Ok(()),
    }
}

/// The id that content has; `None` for a crafted collision.
pub(super) fn hash(kind: ObjectKind, data: &[u8]) -> Option<Oid> {
    let mut hasher = Sha1::new();
    hasher.update(format!("{} {}\0", kind.word(), data.len()));
    hasher.update(data);
    let result = hasher.try_finalize();
    if result.has_collision() { None } else { Oid::from_bytes(result.hash()) }
}

fn raw(id: Oid) -> git2::Oid {
    git2::Oid::from_bytes(id.as_bytes()).expect("twenty bytes are an id")
}

fn kind(kind: ObjectType) -> Option<ObjectKind> {
    match kind {
        ObjectType::Blob => Some(ObjectKind::Blob),
        ObjectType::Tree => Some(ObjectKind::Tree),
        ObjectType::Commit => Some(ObjectKind::Commit),
        ObjectType::Tag => Some(ObjectKind::Tag),
        ObjectType::Any => None,
    }
}

fn fault(id: Oid, error: &git2::Error) -> ObjectProblem {
    match error.code() {
        ErrorCode::NotFound => ObjectProblem::Missing { id },
        _ => corrupt(id, plain(error.message())),
    }
}

pub(super) fn corrupt(id: Oid, why: impl Into<String>) -> ObjectProblem {
    ObjectProblem::Corrupt { id, why: why.into() }
}
