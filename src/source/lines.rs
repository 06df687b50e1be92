//! From byte offsets to lines and columns.
//!
//! A line ends at LF, CRLF or a lone CR, as editors and YAML have it. Columns
//! exist in the two units that readers of our outputs ask for: characters
//! (SARIF, terminals, GitHub) and UTF-16 units (editors).

/// Where an offset lies, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters (Unicode scalar values), from 1.
    pub column: u32,
    /// Column in UTF-16 code units, from 1.
    pub utf16_column: u32,
}

/// Bytes between two counts of a [`LineIndex`].
const STRIDE: usize = 256;

/// The offsets at which the lines of one text begin.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// Units before each multiple of [`STRIDE`] bytes, so that a place far
    /// behind in a file of one line costs no more than any other.
    counts: Vec<Units>,
}

/// How much text there is in the two units of columns.
#[derive(Clone, Copy, Debug, Default)]
struct Units {
    characters: u32,
    utf16: u32,
}

impl Units {
    /// Adds bytes of UTF-8, wherever they are cut: a character counts at its
    /// first byte, and those of four bytes twice in UTF-16.
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.characters += u32::from(byte & 0xc0 != 0x80);
            self.utf16 += u32::from(byte & 0xc0 != 0x80) + u32::from(*byte >= 0xf0);
        }
    }
}

impl LineIndex {
    /// Indexes `text` in one pass.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            let ends = match byte {
                b'\n' => true,
                b'\r' => bytes.get(at + 1) != Some(&b'\n'),
                _ => false,
            };
            if ends {
                starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
            }
        }
        let mut units = Units::default();
        let mut counts = Vec::with_capacity(bytes.len() / STRIDE + 1);
        for chunk in bytes.chunks(STRIDE) {
            counts.push(units);
            units.add(chunk);
        }
        Self { starts, counts }
    }

    /// The units before an offset of the indexed `text`.
    fn units(&self, text: &str, offset: usize) -> Units {
        let chunk = (offset / STRIDE).min(self.counts.len().saturating_sub(1));
        let mut units = self.counts.get(chunk).copied().unwrap_or_default();
        units.add(text.as_bytes().get(chunk * STRIDE..offset).unwrap_or_default());
        units
    }

    /// Number of lines; an empty text has one.
    pub fn count(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }

    /// Line of an offset, from 1.
    pub fn line(&self, offset: u32) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= offset)).unwrap_or(u32::MAX)
    }

    /// Offset of the first byte of `line` (from 1); the text's end behind the last.
    pub fn start_of(&self, line: u32, text: &str) -> u32 {
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.starts.get(line.saturating_sub(1) as usize).copied().unwrap_or(end)
    }

    /// The text of `line` (from 1) without its line end.
    pub fn text_of<'t>(&self, line: u32, text: &'t str) -> &'t str {
        let range = self.start_of(line, text) as usize..self.start_of(line + 1, text) as usize;
        text.get(range).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }

    /// Line and columns of an offset in the indexed `text`. A byte order mark
    /// takes no column.
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let line = self.line(offset);
        let start = self.start_of(line, text) as usize;
        let end = text.floor_char_boundary(offset as usize).max(start);
        let mark = if start == 0 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let (before, at) = (self.units(text, start + mark), self.units(text, end.max(start + mark)));
        Position {
            line,
            column: at.characters - before.characters + 1,
            utf16_column: at.utf16 - before.utf16 + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LineIndex, Position};

    #[test]
    fn positions_in_every_kind_of_line_end() {
        let text = "\u{feff}ab\r\nä😀x\rlast\n";
        let index = LineIndex::new(text);
        assert_eq!(index.count(), 4);
        let at = |what: &str| {
            let offset = u32::try_from(text.find(what).expect("in the text")).expect("small");
            index.position(text, offset)
        };
        assert_eq!(at("b"), Position { line: 1, column: 2, utf16_column: 2 });
        assert_eq!(at("x"), Position { line: 2, column: 3, utf16_column: 4 });
        assert_eq!(at("last"), Position { line: 3, column: 1, utf16_column: 1 });
        assert_eq!(index.text_of(2, text), "ä😀x");
        assert_eq!(index.text_of(9, text), "");
    }

    #[test]
    fn columns_of_a_long_line_are_counted_like_those_of_a_short_one() {
        for text in ["ä😀x漢".repeat(700), format!("\u{feff}{}", "aé".repeat(2_000)), "x\n".repeat(1_500)]
        {
            let index = LineIndex::new(&text);
            for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
                let before = &text[..offset];
                let line = before.rfind('\n').map_or(0, |at| at + 1);
                let before = before[line..].trim_start_matches('\u{feff}');
                let at = index.position(&text, u32::try_from(offset).expect("small"));
                assert_eq!(at.column as usize, before.chars().count() + 1, "{offset}");
                assert_eq!(at.utf16_column as usize, before.encode_utf16().count() + 1, "{offset}");
            }
        }
    }
}
