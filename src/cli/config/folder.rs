//! What becomes of each file of a folder: which records it gave, or why none.

use super::why::Explained;
use crate::cli::page::Page;
use crate::escape::plain;
use crate::snapshot::Snapshot;
use crate::source::RepoPath;
use serde_json::{Value, json};

/// Records of one file that are named.
const NAMED: usize = 6;

/// A folder and its files.
pub(super) struct Told {
    folder: String,
    files: Vec<Explained>,
}

impl Told {
    pub(super) fn of(
        folder: &RepoPath,
        snapshot: &Snapshot,
        explain: impl Fn(&RepoPath) -> Explained,
    ) -> Self {
        let files = snapshot.entries().keys().filter(|file| file.below(folder).is_some());
        Self { folder: folder.shown(), files: files.map(explain).collect() }
    }

    pub(super) fn view(&self) -> Value {
        let files: Vec<Value> = self.files.iter().map(Explained::view).collect();
        json!({"format": 1, "folder": self.folder, "files": files})
    }

    pub(super) fn draw(&self, mut page: Page) -> Page {
        page.heading(&plain(&self.folder));
        for file in &self.files {
            let word = |value: &Value| plain(value.as_str().unwrap_or("without an id"));
            let mut names: Vec<String> = file
                .records
                .iter()
                .take(NAMED)
                .map(|record| format!("{} {}", word(&record["kind"]), word(&record["id"])))
                .collect();
            if file.records.len() > NAMED {
                names.push(format!("and {} more", file.records.len() - NAMED));
            }
            let why = file.reasons.first().map(|reason| plain(reason)).unwrap_or_default();
            let said = if names.is_empty() { format!("{}: {why}", file.outcome) } else { names.join(", ") };
            page.paragraph(2, &format!("{}: {said}", plain(&file.path)));
        }
        page
    }
}
