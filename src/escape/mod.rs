//! Text from a repository, and the only ways to print it.
//!
//! Whatever a record, a file name, a commit or a repository's own rule says is
//! [`Raw`]: hostile until a sink has escaped it. `Raw` has no `Display`, so the
//! compiler refuses to print it; each sink takes it through the function that
//! is named for it. JSON needs none: its serialiser escapes.

mod sinks;

pub use sinks::{
    command_data, command_property, html, json, markdown, markdown_code, plain, terminal, uri_path, xml,
};

use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// Text that came out of a repository and was not escaped for any sink.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Raw(Arc<str>);

impl Raw {
    /// Marks `text` as raw.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text, for comparing, hashing and measuring; never for printing.
    pub fn unescaped(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Raw {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}
impl From<String> for Raw {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

/// For test failures and `dbg!`: quoted, control characters escaped.
impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// JSON and other serde formats escape for themselves.
impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The text, or its first `most` characters and a mark that there are more. To
/// be escaped as the whole would be.
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
    }
}
