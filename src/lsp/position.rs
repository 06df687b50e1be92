//! Places of the protocol: lines and columns from 0, in the unit that the
//! client counts in. UTF-16 where it does not say.

use crate::source::{LineIndex, SourceFile, Span};
use lsp_types::{Position, PositionEncodingKind, Range};

/// The unit of columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: what every client understands.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    /// Of what a client offers, the first that it prefers and we know.
    pub(super) fn chosen(offered: Option<&[PositionEncodingKind]>) -> Self {
        let known = |kind: &PositionEncodingKind| {
            [Self::Utf8, Self::Utf16, Self::Utf32].into_iter().find(|own| own.kind() == *kind)
        };
        offered.into_iter().flatten().find_map(known).unwrap_or_default()
    }

    /// Its name in the protocol.
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn width(self, character: char) -> usize {
        match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// The byte offset of a position; behind the end of a line the line's end,
/// behind the last line the text's. A position inside a character is before it.
pub(super) fn offset(text: &str, lines: &LineIndex, at: Position, encoding: Encoding) -> usize {
    if at.line >= lines.count() {
        return text.len();
    }
    let line = at.line + 1;
    let (start, mut column) = (lines.start_of(line, text) as usize, 0);
    let content = lines.text_of(line, text);
    for (offset, character) in content.char_indices() {
        column += encoding.width(character);
        if column > at.character as usize {
            return start + offset;
        }
    }
    start + content.len()
}

/// The position of a byte offset. A byte order mark takes a column in an open
/// document, which is counted as the client has it, and none in a file, whose
/// mark the client takes off.
pub(super) fn position(file: &SourceFile, offset: u32, encoding: Encoding, is_open: bool) -> Position {
    let at = file.position(offset);
    let mark = '\u{feff}';
    let marked = at.line == 1 && file.text().starts_with(mark) && offset as usize >= mark.len_utf8();
    let column = match encoding {
        Encoding::Utf8 => {
            let start = file.lines().start_of(at.line, file.text()) as usize;
            let end = file.text().floor_char_boundary(offset as usize).max(start);
            let hidden = if marked { mark.len_utf8() } else { 0 };
            u32::try_from(end - start - hidden).unwrap_or(u32::MAX)
        }
        Encoding::Utf16 => at.utf16_column - 1,
        Encoding::Utf32 => at.column - 1,
    };
    let shown = if marked && is_open { encoding.width(mark) } else { 0 };
    Position::new(at.line - 1, column.saturating_add(u32::try_from(shown).unwrap_or(0)))
}

/// The range of a span.
pub(super) fn range(file: &SourceFile, span: Span, encoding: Encoding, is_open: bool) -> Range {
    Range::new(
        position(file, span.start, encoding, is_open),
        position(file, span.end.max(span.start), encoding, is_open),
    )
}

#[cfg(test)]
mod tests {
    use super::{Encoding, offset, position};
    use crate::source::SourceFile;
    use lsp_types::Position;

    #[test]
    fn places_go_there_and_back_in_every_unit() {
        // An emoji of two units, a letter with a combining mark, and all line ends.
        let text = "id: 😀x\r\ntitle: e\u{301}e\rlast: 漢\n";
        let file = SourceFile::new("a.yaml".into(), text);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            for (at, character) in text.char_indices().filter(|(_, c)| !matches!(c, '\r' | '\n')) {
                let small = u32::try_from(at).expect("small");
                let there = position(&file, small, encoding, true);
                assert_eq!(offset(text, file.lines(), there, encoding), at, "{character} {encoding:?}");
            }
        }
        let x = u32::try_from(text.find('x').expect("there")).expect("small");
        assert_eq!(position(&file, x, Encoding::Utf8, true), Position::new(0, 8));
        assert_eq!(position(&file, x, Encoding::Utf16, true), Position::new(0, 6));
        assert_eq!(position(&file, x, Encoding::Utf32, true), Position::new(0, 5));
    }

    #[test]
    fn positions_outside_of_the_text_are_its_ends() {
        let text = "a😀\nb";
        let file = SourceFile::new("a.yaml".into(), text);
        let at = |line, column| offset(text, file.lines(), Position::new(line, column), Encoding::Utf16);
        assert_eq!(at(0, 2), 1, "inside a pair is before it");
        assert_eq!(at(0, 99), 5);
        assert_eq!(at(1, 99), 7);
        assert_eq!(at(u32::MAX, u32::MAX), 7);
    }

    #[test]
    fn a_byte_order_mark_counts_as_the_client_sees_it() {
        let file = SourceFile::new("a.yaml".into(), "\u{feff}id: A");
        assert_eq!(position(&file, 7, Encoding::Utf16, false), Position::new(0, 4));
        assert_eq!(position(&file, 7, Encoding::Utf16, true), Position::new(0, 5));
        assert_eq!(position(&file, 7, Encoding::Utf8, true), Position::new(0, 7));
    }
}
