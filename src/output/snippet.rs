//! The few source lines around a place, escaped and cut, for people.
//!
//! Only the window is handed to the renderer: cost does not grow with the
//! file, a line of a megabyte stays readable, and nothing that a terminal acts
//! on gets through.

use crate::escape::plain;
use crate::source::{Place, Position};
use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// Lines of context on each side.
const CONTEXT: u32 = 1;
/// Lines of a long value that are shown.
const MOST_LINES: u32 = 5;
/// Characters of a line that are shown.
const MOST_COLUMNS: usize = 160;

/// A window of a source file, ready to print.
pub(super) struct Snippet {
    name: String,
    text: String,
    first_line: u32,
    position: Position,
    span: (usize, usize),
}

impl Snippet {
    /// The lines around `place`; `name` is the file's name, escaped.
    pub(super) fn new(place: &Place, name: String) -> Self {
        let file = &place.file;
        let lines = file.lines();
        let position = file.position(place.span.start);
        let last =
            file.position(place.span.end.max(place.span.start)).line.min(position.line + MOST_LINES - 1);
        let first_line = position.line.saturating_sub(CONTEXT).max(1);
        let last_line = (last + CONTEXT).min(lines.count());
        let mut window = Window { text: String::new(), start: None, end: 0 };
        for line in first_line..=last_line {
            let from = lines.start_of(line, file.text());
            let text = lines.text_of(line, file.text());
            // Behind the last line end nothing is left to show.
            if line > position.line && line == lines.count() && text.is_empty() {
                break;
            }
            window.add(text, from, place);
        }
        let start = window.start.unwrap_or(window.text.len());
        let span = (start, window.end.saturating_sub(start));
        Self { name, text: window.text, first_line, position, span }
    }

    /// The marked part of the window: offset and length in bytes.
    pub(super) fn span(&self) -> (usize, usize) {
        self.span
    }
}

struct Window {
    text: String,
    start: Option<usize>,
    end: usize,
}

impl Window {
    /// Adds one line that begins at byte `from` of the file: cut around the
    /// place, each character escaped, the place's borders carried along.
    fn add(&mut self, line: &str, from: u32, place: &Place) {
        let (start, end) = (place.span.start.saturating_sub(from), place.span.end.saturating_sub(from));
        let holds_start = place.span.start >= from && start as usize <= line.len();
        let characters = line.chars().count();
        let ahead =
            if holds_start { line[..line.floor_char_boundary(start as usize)].chars().count() } else { 0 };
        let skipped = if characters > MOST_COLUMNS { ahead.saturating_sub(MOST_COLUMNS / 2) } else { 0 };
        if skipped > 0 {
            self.text.push('…');
        }
        let mut shown = 0;
        let mut at = 0_usize;
        for (index, character) in line.chars().enumerate() {
            let inside = index >= skipped && shown < MOST_COLUMNS;
            if place.span.start >= from && at == start as usize {
                self.start.get_or_insert(self.text.len());
            }
            if inside {
                let mut one = [0; 4];
                self.text.push_str(&plain(character.encode_utf8(&mut one)));
                shown += 1;
            }
            at += character.len_utf8();
            if place.span.end > from && at <= end as usize {
                self.end = self.text.len();
            }
        }
        if holds_start && at <= start as usize {
            self.start.get_or_insert(self.text.len());
            self.end = self.end.max(self.text.len());
        }
        if characters > skipped + MOST_COLUMNS {
            self.text.push('…');
        }
        // What only a whole line makes active is broken here: `##[`, `::`.
        self.break_commands();
        self.text.push('\n');
    }

    fn break_commands(&mut self) {
        let line = self.text.rfind('\n').map_or(0, |at| at + 1);
        for opener in ["##[", "##vso["] {
            while let Some(found) = self.text[line..].find(opener) {
                let at = line + found + 1;
                // A narrow no-break space keeps the length of the mark right
                // enough and the command from being one.
                self.text.insert(at, '\u{202f}');
                for edge in [self.start.as_mut(), Some(&mut self.end)].into_iter().flatten() {
                    if *edge >= at {
                        *edge += '\u{202f}'.len_utf8();
                    }
                }
            }
        }
    }
}

impl SourceCode for Snippet {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // The heading asks without context for the position of the mark; the
        // body asks with context and gets the window.
        let heading = before == 0 && after == 0;
        let (data, at, line, column) = if heading {
            let data = self.text.get(span.offset()..span.offset() + span.len()).unwrap_or_default();
            (data, *span, self.position.line - 1, self.position.column - 1)
        } else {
            (self.text.as_str(), (0, self.text.len()).into(), self.first_line - 1, 0)
        };
        let lines = data.lines().count();
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            data.as_bytes(),
            at,
            line as usize,
            column as usize,
            lines,
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::Snippet;
    use crate::source::{Place, SourceFile, Span};

    fn window(text: &str, marked: &str) -> (String, String) {
        let start = u32::try_from(text.find(marked).expect("in the text")).expect("small");
        let span = Span::new(start, start + u32::try_from(marked.len()).expect("small"));
        let snippet =
            Snippet::new(&Place { file: SourceFile::new("a.yaml".into(), text), span }, "a.yaml".into());
        let (at, len) = snippet.span();
        (snippet.text.clone(), snippet.text[at..at + len].to_owned())
    }

    #[test]
    fn the_mark_lies_on_the_quoted_text() {
        let (text, marked) = window("a: 1\r\nb: ä漢x\r\nc: 3\nd: 4\n", "漢x");
        assert_eq!(text, "a: 1\nb: ä漢x\nc: 3\n");
        assert_eq!(marked, "漢x");
    }

    #[test]
    fn what_a_terminal_acts_on_is_shown_and_the_mark_follows() {
        let (text, marked) = window("title: \u{1b}[31mred due: 1\n", "due: 1");
        assert_eq!(text, "title: \\u{1b}[31mred due: 1\n");
        assert_eq!(marked, "due: 1");
        let (text, marked) = window("t: ##[error]x y\n", "x y");
        assert!(!text.contains("##["));
        assert_eq!(marked, "x y");
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let long = format!("text: {} here {}\n", "x".repeat(5_000), "y".repeat(5_000));
        let (text, marked) = window(&long, "here");
        assert_eq!(marked, "here");
        assert!(text.chars().count() < 200, "{}", text.chars().count());
    }

    #[test]
    fn a_place_at_the_end_of_the_file() {
        let file = SourceFile::new("a.yaml".into(), "a: 1");
        let snippet = Snippet::new(&Place { file, span: Span::at(4) }, "a.yaml".into());
        assert_eq!(snippet.span(), (4, 0));
    }
}
