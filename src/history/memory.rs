//! A main line in memory: for rule examples and literate tests.

use super::{Authorship, FileChange, Gap, Line, Step};
use crate::escape::Raw;
use crate::source::RepoPath;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One commit: all its files.
#[derive(Clone, Debug)]
pub struct MemoryCommit {
    /// Who and what.
    pub by: Authorship,
    /// The day it arrived.
    pub arrived: NaiveDate,
    /// Authors of merged commits, by the file they touched.
    pub side: Vec<(RepoPath, Authorship)>,
    /// Every file after it.
    pub files: BTreeMap<RepoPath, Vec<u8>>,
}

/// Commits, oldest first.
#[derive(Clone, Debug, Default)]
pub struct MemoryLine {
    commits: Vec<MemoryCommit>,
}

impl MemoryLine {
    /// A line of these commits, oldest first.
    pub fn new(commits: Vec<MemoryCommit>) -> Self {
        Self { commits }
    }
}

impl MemoryCommit {
    /// A commit by `name` on `day`; its id is made from `number`.
    pub fn new(number: usize, name: &str, email: &str, day: NaiveDate, summary: &str) -> Self {
        let by = Authorship {
            commit: format!("{number:040x}").into(),
            name: Raw::from(name),
            email: Raw::from(email),
            authored: Some(day),
            summary: Raw::from(summary),
        };
        Self { by, arrived: day, side: Vec::new(), files: BTreeMap::new() }
    }
}

impl Line for MemoryLine {
    fn steps(&self) -> Result<Vec<Step>, Gap> {
        Ok(self
            .commits
            .iter()
            .map(|commit| Step {
                by: commit.by.clone(),
                committed: Some(commit.arrived),
                arrived: Some(commit.arrived),
                side: Vec::new(),
                is_commit: true,
            })
            .collect())
    }

    fn changes(&self, index: usize, keep: &dyn Fn(&RepoPath) -> bool) -> Result<Vec<FileChange>, Gap> {
        let none = BTreeMap::new();
        let before = index.checked_sub(1).map_or(&none, |before| &self.commits[before].files);
        let after = &self.commits[index].files;
        let mut paths: Vec<_> = before.keys().chain(after.keys()).filter(|path| keep(path)).collect();
        paths.sort();
        paths.dedup();
        Ok(paths
            .into_iter()
            .filter(|path| before.get(*path) != after.get(*path))
            .map(|path| FileChange {
                path: path.clone(),
                new: after.contains_key(path).then(|| Arc::from(format!("{index}:{}", path.shown()))),
            })
            .collect())
    }

    fn side(&self, index: usize, paths: &[RepoPath]) -> Result<Vec<(RepoPath, Authorship)>, Gap> {
        Ok(self.commits[index].side.iter().filter(|(path, _)| paths.contains(path)).cloned().collect())
    }

    fn bytes(&self, content: &str) -> Result<Option<Vec<u8>>, Gap> {
        let bytes = content.split_once(':').and_then(|(index, path)| {
            self.commits.get(index.parse::<usize>().ok()?)?.files.get(&RepoPath::from(path))
        });
        Ok(bytes.cloned())
    }
}
