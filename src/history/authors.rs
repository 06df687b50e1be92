//! Who wrote a change that is not on the main line yet.

use super::Authorship;
use super::repository::authorship;
use crate::git::{Completeness, Oid, Store};
use crate::snapshot::lock;
use crate::source::RepoPath;
use chrono_tz::Tz;
use std::collections::BTreeSet;
use std::sync::Mutex;

/// The commits of a change.
#[derive(Clone, Debug, Default)]
pub struct Authors {
    /// Files below the root with the commits that touched them, oldest first.
    pub by_file: Vec<(RepoPath, Authorship)>,
    /// The last commit: a merge commit, where the change is looked at as one.
    pub last: Option<Authorship>,
    /// The addresses of all authors and committers, in lower case.
    pub addresses: BTreeSet<String>,
}

/// Who wrote the commits that `head` has and `base` has not. Merges bring what
/// others wrote, and are nobody's work but their own.
///
/// # Errors
/// Where the clone does not hold all of those commits.
pub fn authors(
    store: &Mutex<Store>,
    base: Oid,
    head: Oid,
    root: &RepoPath,
    zone: Tz,
) -> Result<Authors, Completeness> {
    let store = lock(store);
    let mut authors = Authors::default();
    for commit in store.commits_between(base, head)? {
        let by = authorship(&commit, zone);
        for person in [&commit.author, &commit.committer] {
            authors.addresses.insert(person.email.unescaped().to_lowercase());
        }
        if let [parent] = commit.parents[..] {
            let parent = store.commit(parent)?;
            for change in store.changes(Some(parent.tree), Some(commit.tree), root, &|_| true)? {
                if let Some(path) = change.path.below(root) {
                    authors.by_file.push((path, by.clone()));
                }
            }
        }
        authors.last = Some(by);
    }
    Ok(authors)
}
