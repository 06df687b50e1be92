//! Where a new action belongs: a folder from which the checker reads records of
//! that kind, by the settings of the repository.

use crate::catalogue::Policy;
use crate::history::History;
use crate::inventory;
use crate::snapshot::Snapshot;
use crate::source::RepoPath;
use crate::suggest::Proposal;
use crate::views::Reading;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The folders that may hold a new action, the likeliest first.
pub(super) struct Home<'p> {
    folders: Vec<String>,
    policy: &'p Policy,
    taken: &'p Snapshot,
}

impl<'p> Home<'p> {
    /// Folders in which actions stand one by one, then those of the kind's name.
    pub(super) fn of(reading: &Reading, policy: &'p Policy, snapshot: &'p Snapshot) -> Self {
        let mut files: BTreeMap<RepoPath, usize> = BTreeMap::new();
        for (_, action) in reading.of_kind("action") {
            *files.entry(action.place.file.path().clone()).or_default() += 1;
        }
        let mut used: BTreeMap<String, usize> = BTreeMap::new();
        for path in files.iter().filter(|(_, actions)| **actions == 1).map(|(path, _)| path) {
            if let Some(folder) = path.parent() {
                *used.entry(folder.shown()).or_default() += 1;
            }
        }
        let mut used: Vec<(String, usize)> = used.into_iter().collect();
        used.sort_by(|(one, few), (other, many)| many.cmp(few).then_with(|| one.cmp(other)));
        let named = policy.kinds.get("action").map(|kind| kind.folders.clone()).unwrap_or_default();
        let named = named.iter().map(ToString::to_string);
        Self {
            folders: used.into_iter().map(|(folder, _)| folder).chain(named).collect(),
            policy,
            taken: snapshot,
        }
    }

    /// The path of the record's file.
    ///
    /// # Errors
    /// Where no folder would be read as it is written, or its name is taken.
    pub(super) fn path(&self, proposal: &Proposal, text: &str) -> Result<String, String> {
        let id = proposal.record.get("id").and_then(serde_json::Value::as_str).unwrap_or_default();
        if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            || id.starts_with('.')
        {
            return Err(format!("the next free id `{id}` makes no name of a file: copy the record by hand"));
        }
        let paths = self.folders.iter().map(|folder| match folder.as_str() {
            "" => format!("{id}.yaml"),
            folder => format!("{folder}/{id}.yaml"),
        });
        let path = paths.into_iter().find(|path| self.reads_back(path, text, id)).ok_or_else(|| {
            format!(
                "no folder of this repository holds actions as files of their own (tried {}): copy the records by hand",
                self.folders.join(", ")
            )
        })?;
        if self.taken.entries().contains_key(&RepoPath::from(path.as_str())) {
            return Err(format!("{path} is there and stays as it is"));
        }
        Ok(path)
    }

    /// Whether the file, alone, is read as one action with this id and without
    /// a fault.
    fn reads_back(&self, path: &str, text: &str, id: &str) -> bool {
        let files = BTreeMap::from([(RepoPath::from(path), text.as_bytes().to_vec())]);
        let history = Arc::new(History::not_read());
        let read = inventory::load(&Snapshot::of_files(files), &self.policy.placing, &history);
        let [record] = read.records() else { return false };
        read.problems.is_empty() && &*record.kind.name == "action" && record.key.id.unescaped() == id
    }
}
