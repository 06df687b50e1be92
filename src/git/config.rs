//! Two keys of a repository's `config`: how objects are named and how
//! references are stored. Nothing else in it is read, and no include followed.

use super::refs::RefStorage;
use super::{GitProblem, files};
use crate::escape::plain;
use std::path::Path;

/// Bytes of the file.
const CONFIG_BYTES: u64 = 4 << 20;

/// The storage formats that a repository declares.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Format {
    objects: Option<String>,
    refs: Option<String>,
}

impl Format {
    /// The object format, escaped, where it is not the one that is read.
    pub(super) fn foreign_objects(&self) -> Option<String> {
        self.objects.as_deref().filter(|format| !format.eq_ignore_ascii_case("sha1")).map(plain)
    }

    /// How references are stored.
    pub(super) fn ref_storage(&self) -> RefStorage {
        match self.refs.as_deref() {
            None => RefStorage::Files,
            Some(format) if format.eq_ignore_ascii_case("files") => RefStorage::Files,
            Some(format) => RefStorage::Foreign(plain(format)),
        }
    }
}

/// Reads the two keys; a repository without the file has the defaults.
pub(super) fn read(common_dir: &Path) -> Result<Format, GitProblem> {
    let bytes = files::read(&common_dir.join("config"), CONFIG_BYTES)?.unwrap_or_default();
    Ok(scan(&String::from_utf8_lossy(&bytes)))
}

fn scan(text: &str) -> Format {
    let mut format = Format::default();
    let mut in_extensions = false;
    for line in text.lines() {
        let mut rest = line.trim();
        if let Some((section, behind)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            in_extensions = section.trim().eq_ignore_ascii_case("extensions");
            rest = behind.trim();
        }
        let Some((key, value)) = rest.split_once('=') else { continue };
        let value = value.split(['#', ';']).next().unwrap_or_default();
        let value = value.trim().trim_matches('"').to_owned();
        match key.trim().to_ascii_lowercase().as_str() {
            "objectformat" if in_extensions => format.objects = Some(value),
            "refstorage" if in_extensions => format.refs = Some(value),
            _ => {}
        }
    }
    format
}

#[cfg(test)]
mod tests {
    use super::{Format, scan};

    #[test]
    fn the_two_keys_in_their_spellings() {
        let cases = [
            ("", None, None, "no file"),
            ("[core]\n\tbare = false\n", None, None, "none of them"),
            ("[extensions]\n\tobjectformat = sha256\n", Some("sha256"), None, "as git writes it"),
            ("[Extensions] objectFormat=\"SHA256\" ; x", Some("SHA256"), None, "on the section's line"),
            ("[core]\nobjectformat = sha256\n", None, None, "in another section"),
            ("[extensions]\nrefstorage = reftable\n[core]\nrefstorage = x", None, Some("reftable"), "refs"),
            ("# [extensions]\n; objectformat = sha256\n", None, None, "comments"),
        ];
        for (text, objects, refs, why) in cases {
            let expected = Format { objects: objects.map(Into::into), refs: refs.map(Into::into) };
            assert_eq!(scan(text), expected, "{why}");
        }
    }
}
