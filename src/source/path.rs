//! Paths as git keeps them: bytes, relative, with forward slashes.
//!
//! A name may be anything but NUL and `/`. It is never printed as it is; the
//! sinks in `escape` do that through [`RepoPath::shown`].

use std::fmt;
use std::sync::Arc;

/// A path relative to the root of a snapshot, `/` between its parts, in bytes.
///
/// Ordered by bytes, so that a listing is the same on every machine.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Arc<[u8]>);

impl RepoPath {
    /// Takes bytes as they stand in a tree, an index or a directory.
    pub fn new(bytes: impl AsRef<[u8]>) -> Self {
        Self(Arc::from(bytes.as_ref()))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path as text, where it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The path as text for a reader: bytes that are not UTF-8 as `%XX`, and
    /// `%` itself as `%25` in such a path. Control characters are left to the
    /// sink.
    pub fn shown(&self) -> String {
        if let Some(text) = self.as_str() {
            return text.to_owned();
        }
        let mut shown = String::new();
        for chunk in self.0.utf8_chunks() {
            shown.push_str(&chunk.valid().replace('%', "%25"));
            for byte in chunk.invalid() {
                shown.push_str(&format!("%{byte:02X}"));
            }
        }
        shown
    }

    /// The parts between the slashes.
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.0.split(|byte| *byte == b'/')
    }

    /// The last part.
    pub fn file_name(&self) -> &[u8] {
        self.parts().next_back().unwrap_or_default()
    }

    /// The last part up to its last dot.
    pub fn stem(&self) -> &[u8] {
        let name = self.file_name();
        match name.iter().rposition(|byte| *byte == b'.') {
            Some(dot) if dot > 0 => &name[..dot],
            _ => name,
        }
    }

    /// What follows the last dot of the last part, in lower case; empty where
    /// there is none.
    pub fn extension(&self) -> String {
        let name = self.file_name();
        match name.iter().rposition(|byte| *byte == b'.') {
            Some(dot) if dot > 0 => String::from_utf8_lossy(&name[dot + 1..]).to_ascii_lowercase(),
            _ => String::new(),
        }
    }

    /// The folder that holds it; `None` at the root.
    pub fn parent(&self) -> Option<Self> {
        let slash = self.0.iter().rposition(|byte| *byte == b'/')?;
        Some(Self::new(&self.0[..slash]))
    }

    /// `self/name`; `name` alone where `self` is empty (the root).
    #[must_use]
    pub fn join(&self, name: impl AsRef<[u8]>) -> Self {
        let name = name.as_ref();
        if self.0.is_empty() {
            return Self::new(name);
        }
        let mut bytes = self.0.to_vec();
        bytes.push(b'/');
        bytes.extend_from_slice(name);
        Self(bytes.into())
    }

    /// The rest of the path below `folder`; the whole path where `folder` is
    /// empty; `None` where it lies elsewhere.
    pub fn below(&self, folder: &Self) -> Option<Self> {
        if folder.0.is_empty() {
            return Some(self.clone());
        }
        let rest = self.0.strip_prefix(folder.as_bytes())?.strip_prefix(b"/")?;
        Some(Self::new(rest))
    }
}

impl From<&str> for RepoPath {
    fn from(path: &str) -> Self {
        Self::new(path.as_bytes())
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::RepoPath;

    #[test]
    fn parts_of_a_path() {
        let path = RepoPath::from("isms/policies/access.v2.MD");
        assert_eq!(path.file_name(), b"access.v2.MD");
        assert_eq!(path.stem(), b"access.v2");
        assert_eq!(path.extension(), "md");
        assert_eq!(path.parent(), Some("isms/policies".into()));
        assert_eq!(path.below(&"isms".into()), Some("policies/access.v2.MD".into()));
        assert_eq!(path.below(&"ism".into()), None);
        assert_eq!(RepoPath::from(".gitignore").extension(), "");
    }

    #[test]
    fn a_name_that_is_not_utf8_is_shown_without_loss() {
        assert_eq!(RepoPath::new(b"a\xff%.yaml").shown(), "a%FF%25.yaml");
        assert_eq!(RepoPath::from("50%.yaml").shown(), "50%.yaml");
    }
}
