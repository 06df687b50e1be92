//! The files that records name as evidence: whether each is in the snapshot,
//! and its digest where a record says which one it had.
//!
//! A path that leads out of the root by `..` is not looked for: nothing is said
//! of it. What a missing file is worth stands in the rules.

use super::Record;
use crate::snapshot::Snapshot;
use crate::source::{RepoPath, hex};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A file that a record names as evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedFile {
    /// Whether the snapshot lists it: a file, or a folder that holds one.
    pub there: bool,
    /// Its SHA-256 in hexadecimal, where a record gives one and it can be read.
    pub sha256: Option<String>,
}

/// The path as the snapshot lists it; `None` where it leads out of the root.
pub fn listed_path(written: &str) -> Option<RepoPath> {
    let path = written.trim().trim_start_matches("./").trim_end_matches('/');
    let inside = !path.is_empty() && !path.starts_with('/') && !path.split('/').any(|part| part == "..");
    inside.then(|| RepoPath::from(path))
}

/// Every file that a record names as evidence, looked up once.
pub(super) fn named_files(records: &[Record], snapshot: &Snapshot) -> BTreeMap<RepoPath, NamedFile> {
    let mut files: BTreeMap<RepoPath, NamedFile> = BTreeMap::new();
    for item in records.iter().flat_map(|record| record.get("evidence").as_items().to_vec()) {
        let Some(path) = item.field("path").as_text().as_deref().and_then(listed_path) else { continue };
        let known = files
            .entry(path.clone())
            .or_insert_with(|| NamedFile { there: place(&path, snapshot).is_some(), sha256: None });
        if known.there && known.sha256.is_none() && item.field("sha256").as_text().is_some() {
            let bytes = place(&path, snapshot).and_then(|path| snapshot.bytes(&path).ok());
            known.sha256 = bytes.map(|bytes| hex(&Sha256::digest(&bytes)));
        }
    }
    files
}

/// Where the path is listed: below the root of the ISMS, or, where that is a
/// folder of a larger repository, written from the root of the repository.
fn place(path: &RepoPath, snapshot: &Snapshot) -> Option<RepoPath> {
    let parts: Vec<&[u8]> = path.parts().collect();
    let from = |first: usize| parts[first..].iter().fold(RepoPath::from(""), |path, part| path.join(part));
    let mut ways = (0..parts.len().min(FOLDERS)).map(from);
    ways.find(|path| snapshot.has_file(path) || holds_something(snapshot, path))
}

/// So many folders deep may the ISMS lie in a repository.
const FOLDERS: usize = 6;

/// Whether something is listed below a folder.
fn holds_something(snapshot: &Snapshot, folder: &RepoPath) -> bool {
    let first = folder.join("");
    let mut behind = snapshot.entries().range(first..).map(|(path, _)| path);
    behind.find(|path| *path != folder).is_some_and(|path| path.below(folder).is_some())
}

#[cfg(test)]
mod tests {
    use super::listed_path;

    #[test]
    fn paths_that_lead_out_of_the_root_are_not_looked_for() {
        let cases = [
            ("evidence/a.pdf", Some("evidence/a.pdf")),
            ("./evidence/", Some("evidence")),
            ("../other/a.pdf", None),
            ("a/../../b", None),
            ("/etc/passwd", None),
            (" ", None),
        ];
        for (written, path) in cases {
            assert_eq!(listed_path(written).map(|path| path.shown()), path.map(str::to_owned), "{written}");
        }
    }
}
