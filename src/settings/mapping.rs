//! The mapping: how files that were never written for this checker become
//! records, in a few lines of `isms.yaml`.

use serde::Deserialize;
use serde_yaml::Spanned;
use std::collections::BTreeMap;

/// Files of one layout, and where each field of the record comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Glob of paths below the ISMS root.
    pub files: Spanned<String>,
    /// The kind of record that each file holds.
    pub kind: Spanned<String>,
    /// Only files whose keys have these values, compared as text.
    #[serde(default, rename = "if")]
    pub condition: BTreeMap<String, String>,
    /// Where the fields come from. A field that is not named here comes from
    /// the key of its own name.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldSource>,
}

/// Sources of one field, tried in this order: keys of the file, the file's
/// path, the default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSource {
    /// A key of the file.
    pub key: Option<String>,
    /// Further keys, tried after it.
    #[serde(default)]
    pub or_key: Vec<String>,
    /// A part of the file's path.
    pub file: Option<FilePart>,
    /// The value where the file has none.
    pub default: Option<Spanned<String>>,
}

/// A part of a file's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FilePart {
    /// The file's name without its extension.
    Stem,
    /// The name of the folder that holds it.
    Folder,
    /// The whole path below the root.
    Path,
}

impl FieldSource {
    /// The keys of the file, in the order in which they are tried.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.key.iter().chain(&self.or_key).map(String::as_str)
    }
}
