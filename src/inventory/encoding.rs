//! Bytes as text where a mapping says that they are no UTF-8. Spans are those
//! of the text; lines and columns are the same in both.

use crate::settings::Encoding;
use crate::snapshot::{self, ReadProblem};
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The text of a file.
///
/// # Errors
/// As [`snapshot::decode`]; and UTF-16 without a byte order mark, or broken.
pub fn decode(encoding: Encoding, bytes: Vec<u8>) -> Result<String, ReadProblem> {
    let (read, bytes) = match encoding {
        Encoding::Utf8 => return snapshot::decode(bytes),
        // A file that was saved anew may have become UTF-8.
        Encoding::Windows1252 if std::str::from_utf8(&bytes).is_ok() => return snapshot::decode(bytes),
        Encoding::Windows1252 => (WINDOWS_1252, bytes.as_slice()),
        Encoding::Utf16 if bytes.starts_with(b"\xff\xfe") => (UTF_16LE, &bytes[2..]),
        Encoding::Utf16 if bytes.starts_with(b"\xfe\xff") => (UTF_16BE, &bytes[2..]),
        Encoding::Utf16 => return snapshot::decode(bytes),
    };
    let (text, is_broken) = read.decode_without_bom_handling(bytes);
    if is_broken {
        return Err(ReadProblem::Utf16);
    }
    snapshot::decode(text.into_owned().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::{Encoding, decode};

    #[test]
    fn declared_encodings_are_read() {
        let utf16 = b"\xff\xfea\0\xe4\0".to_vec();
        for (encoding, bytes, wanted) in [
            (Encoding::Windows1252, b"Ma\xdfnahme \x80".to_vec(), Some("Maßnahme €")),
            (Encoding::Windows1252, "Maßnahme".as_bytes().to_vec(), Some("Maßnahme")),
            (Encoding::Utf16, utf16.clone(), Some("aä")),
            (Encoding::Utf16, b"plain".to_vec(), Some("plain")),
            (Encoding::Utf16, b"\xff\xfe\x00\xd8".to_vec(), None),
            (Encoding::Utf8, utf16, None),
        ] {
            assert_eq!(decode(encoding, bytes).ok().as_deref(), wanted, "{encoding:?}");
        }
    }
}
