//! Objects in files of their own, not yet packed.

use super::inflate::{Inflated, inflate};
use super::store::corrupt;
use super::{ObjectKind, ObjectProblem, Oid, files};
use std::path::Path;

/// Bytes in which the header (`blob 12`, NUL) must end.
const HEADER_BYTES: usize = 64;

/// A loose object's file, opened as far as its header.
pub(super) struct Loose {
    id: Oid,
    file: Vec<u8>,
    /// What it says to be.
    pub(super) kind: ObjectKind,
    /// Its size in bytes.
    pub(super) size: u64,
    header: usize,
}

impl Loose {
    /// Reads the file (bounded by `file_bytes`) and the header in it.
    pub(super) fn open(id: Oid, path: &Path, file_bytes: u64) -> Result<Self, ObjectProblem> {
        let file = files::read(path, file_bytes)
            .map_err(|problem| corrupt(id, problem.to_string()))?
            .ok_or(ObjectProblem::Missing { id })?;
        let begin = inflate(&file, HEADER_BYTES).map_err(|why| corrupt(id, why))?;
        let (kind, size, header) =
            parse_header(&begin.bytes).ok_or_else(|| corrupt(id, "its header names no type and size"))?;
        Ok(Self { id, file, kind, size, header })
    }

    /// The content; its size was compared with a limit before.
    pub(super) fn content(&self) -> Result<Vec<u8>, ObjectProblem> {
        let damaged = |why| corrupt(self.id, why);
        let size = usize::try_from(self.size).map_err(|_| damaged("it is too long"))?;
        let bound = size.saturating_add(self.header);
        let Inflated { mut bytes, whole } = inflate(&self.file, bound).map_err(damaged)?;
        if !whole || bytes.len() != bound {
            return Err(damaged("its header states another size"));
        }
        bytes.drain(..self.header);
        Ok(bytes)
    }
}

/// Kind, size, and the length of `kind size NUL`.
fn parse_header(bytes: &[u8]) -> Option<(ObjectKind, u64, usize)> {
    let end = bytes.iter().take(HEADER_BYTES).position(|byte| *byte == 0)?;
    let (word, size) = std::str::from_utf8(bytes.get(..end)?).ok()?.split_once(' ')?;
    let kinds = [ObjectKind::Blob, ObjectKind::Tree, ObjectKind::Commit, ObjectKind::Tag];
    let kind = kinds.into_iter().find(|kind| kind.word() == word)?;
    let digits = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_digit());
    let size = size.parse().ok().filter(|_| digits)?;
    Some((kind, size, end + 1))
}

#[cfg(test)]
mod tests {
    use super::{ObjectKind, parse_header};

    #[test]
    fn headers() {
        assert_eq!(parse_header(b"tree 12\0rest"), Some((ObjectKind::Tree, 12, 8)));
        for (bytes, why) in [
            (&b"tree 12"[..], "no end"),
            (b"twig 12\0", "unknown type"),
            (b"tree +12\0", "a sign"),
            (b"tree \0", "no size"),
            (b"tree 99999999999999999999\0", "overflow"),
            (b"\0", "nothing"),
        ] {
            assert_eq!(parse_header(bytes), None, "{why}");
        }
    }
}
