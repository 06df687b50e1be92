//! Object ids: SHA-1, twenty bytes. Repositories in another object format are
//! refused where they are opened, so no other length exists here.

use std::fmt;

/// The id of a git object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid([u8; Self::BYTES]);

impl Oid {
    /// Length in bytes; twice that in hexadecimal digits.
    pub const BYTES: usize = 20;

    /// Takes the raw bytes of an id; `None` for any other length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Reads exactly forty hexadecimal digits.
    pub fn from_hex(hex: &[u8]) -> Option<Self> {
        if hex.len() != 2 * Self::BYTES {
            return None;
        }
        let mut bytes = [0; Self::BYTES];
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(bytes))
    }

    /// The raw bytes.
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

fn digit(byte: u8) -> Option<u8> {
    let value = char::from(byte).to_digit(16)?;
    u8::try_from(value).ok()
}

/// Forty lower-case hexadecimal digits.
impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut hex = [0; 2 * Self::BYTES];
        for (pair, byte) in hex.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 0xf)];
        }
        f.write_str(std::str::from_utf8(&hex).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::Oid;

    #[test]
    fn only_full_ids_are_ids() {
        let full = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        assert_eq!(Oid::from_hex(full.as_bytes()).map(|id| id.to_string()).as_deref(), Some(full));
        let upper = full.to_uppercase();
        assert_eq!(Oid::from_hex(upper.as_bytes()).map(|id| id.to_string()).as_deref(), Some(full));
        for (hex, why) in [
            ("4b825dc", "abbreviated"),
            ("4b825dc642cb6eb9a060e54bf8d69288fbee490g", "not a digit"),
            ("+b825dc642cb6eb9a060e54bf8d69288fbee4904", "a sign"),
            ("", "empty"),
        ] {
            assert_eq!(Oid::from_hex(hex.as_bytes()), None, "{why}");
        }
    }
}
