//! Unsaved texts over the files of a snapshot, and texts that are held so that
//! no file is read twice: what an editor judges after each keystroke.
//!
//! It watches nothing: whoever holds a snapshot takes a new one when files
//! change behind it.

use super::{Entry, ReadBytes, ReadProblem, Snapshot, decode};
use crate::source::{RepoPath, SourceFile};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

impl Snapshot {
    /// The same, with every text that is read held in memory.
    #[must_use]
    pub fn held(self) -> Self {
        let Self { origin, entries, problems, bytes, limits } = self;
        let bytes = Box::new(Held { bytes, texts: Mutex::default() });
        Self { origin, entries, problems, bytes, limits }
    }

    /// `base` with the texts of `open` in the place of its files, and beside
    /// them where it has none. A text for something that is no file (a link), or
    /// for a file that lies there and is not listed (an ignored one), changes
    /// nothing: what no check sees, no editor shows as seen.
    #[must_use]
    pub fn with_overlay(base: &Arc<Self>, open: &BTreeMap<RepoPath, Arc<SourceFile>>) -> Self {
        let mut entries = base.entries.clone();
        let mut texts = BTreeMap::new();
        for (path, file) in open {
            let counts = match base.entries.get(path) {
                Some(entry) => *entry == Entry::File,
                None => base.bytes.bytes(path, 0) == Err(ReadProblem::NotThere),
            };
            if counts {
                entries.insert(path.clone(), Entry::File);
                texts.insert(path.clone(), file.clone());
            }
        }
        Self {
            origin: base.origin.clone(),
            entries,
            problems: base.problems.clone(),
            bytes: Box::new(Overlay { base: base.clone(), texts }),
            limits: base.limits,
        }
    }
}

type Text = Result<Arc<SourceFile>, ReadProblem>;

struct Held {
    bytes: Box<dyn ReadBytes>,
    texts: Mutex<HashMap<RepoPath, Text>>,
}

impl ReadBytes for Held {
    fn bytes(&self, path: &RepoPath, limit: u64) -> Result<Vec<u8>, ReadProblem> {
        self.bytes.bytes(path, limit)
    }

    fn held(&self, path: &RepoPath, limit: u64) -> Option<Text> {
        let texts = || self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = texts().get(path) {
            return Some(text.clone());
        }
        // Read without the lock, so that files are read side by side.
        let text = self.bytes.bytes(path, limit).and_then(decode);
        let text = text.map(|text| SourceFile::new(path.clone(), text));
        texts().insert(path.clone(), text.clone());
        Some(text)
    }
}

struct Overlay {
    base: Arc<Snapshot>,
    texts: BTreeMap<RepoPath, Arc<SourceFile>>,
}

impl ReadBytes for Overlay {
    fn bytes(&self, path: &RepoPath, limit: u64) -> Result<Vec<u8>, ReadProblem> {
        match self.texts.get(path) {
            Some(file) if file.text().len() as u64 > limit => {
                Err(ReadProblem::TooLarge { bytes: file.text().len() as u64, limit })
            }
            Some(file) => Ok(file.text().as_bytes().to_vec()),
            None => self.base.bytes(path),
        }
    }

    fn held(&self, path: &RepoPath, limit: u64) -> Option<Text> {
        let Some(file) = self.texts.get(path) else { return Some(self.base.text(path)) };
        let bytes = file.text().len() as u64;
        Some(match file.text().bytes().position(|byte| byte == 0) {
            _ if bytes > limit => Err(ReadProblem::TooLarge { bytes, limit }),
            Some(at) => Err(ReadProblem::Nul { at }),
            None => Ok(file.clone()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{ReadProblem, Snapshot};
    use crate::budget::Limits;
    use crate::source::{RepoPath, SourceFile};
    use std::collections::BTreeMap;
    use std::sync::Arc;

    fn open(path: &str, text: &str) -> BTreeMap<RepoPath, Arc<SourceFile>> {
        BTreeMap::from([(path.into(), SourceFile::new(path.into(), text))])
    }

    #[test]
    fn an_open_text_stands_for_its_file_and_the_others_are_read_once() {
        let home = tempfile::tempdir().expect("a folder");
        for (name, text) in
            [("a.yaml", "id: A"), ("b.yaml", "id: B"), ("c.yaml", "id: C"), (".gitignore", "c.yaml")]
        {
            std::fs::write(home.path().join(name), text).expect("written");
        }
        let base = Snapshot::of_work_tree(home.path(), [], Limits::STANDARD).expect("listed");
        let base = Arc::new(base.held());
        let texts = open("a.yaml", "id: unsaved");
        let snapshot = Snapshot::with_overlay(&base, &texts);
        let text =
            |snapshot: &Snapshot, path: &str| snapshot.text(&path.into()).map(|file| file.text().to_string());
        assert_eq!(text(&snapshot, "a.yaml").as_deref(), Ok("id: unsaved"));
        assert_eq!(text(&base, "a.yaml").as_deref(), Ok("id: A"));
        assert_eq!(text(&snapshot, "b.yaml").as_deref(), Ok("id: B"));
        std::fs::write(home.path().join("b.yaml"), "id: later").expect("written");
        assert_eq!(text(&snapshot, "b.yaml").as_deref(), Ok("id: B"));
        let new = Snapshot::with_overlay(&base, &open("new/d.yaml", "id: D"));
        assert_eq!(text(&new, "new/d.yaml").as_deref(), Ok("id: D"));
        let ignored = Snapshot::with_overlay(&base, &open("c.yaml", "id: shown"));
        assert_eq!(
            text(&ignored, "c.yaml"),
            Err(ReadProblem::NotThere),
            "git ignores it, so no check sees it"
        );
        let nul = Snapshot::with_overlay(&base, &open("a.yaml", "a\0b"));
        assert_eq!(text(&nul, "a.yaml"), Err(ReadProblem::Nul { at: 1 }));
    }
}
