//! The identity of a finding: by content, never by path, line or wording.
//!
//! So a finding stays the same one when its file moves, its register is sorted
//! or its message is reworded, and waivers, baselines and pull-request
//! comparison can hold on to it.

use super::RecordKey;
use crate::source::hex;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;

/// `v1:` and 16 hexadecimal digits of SHA-256 over rule, kind, id and field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Fingerprint(Arc<str>);

impl Fingerprint {
    /// The identity of `rule` failing for `record` at `detail`: the field or
    /// item (`measurements/2026-Q1`), empty for the record as a whole.
    pub fn new(rule: &str, record: Option<&RecordKey>, detail: &str) -> Self {
        let mut hash = Sha256::new();
        let (kind, id) = record.map_or(("", ""), |key| (&*key.kind, key.id.unescaped()));
        for part in [rule, kind, id, detail] {
            // The length before each part keeps ("ab", "c") and ("a", "bc") apart.
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        Self(format!("v1:{}", hex(&hash.finalize()[..8])).into())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, RecordKey};

    #[test]
    fn the_fingerprint_is_a_promise_across_versions() {
        let key = RecordKey { kind: "action".into(), id: "ACT-1".into() };
        let print = Fingerprint::new("action-overdue-without-rationale", Some(&key), "due");
        assert_eq!(print.as_str(), "v1:04d88be7a3a56868");
        assert_ne!(print, Fingerprint::new("action-overdue-without-rationale", Some(&key), ""));
    }
}
