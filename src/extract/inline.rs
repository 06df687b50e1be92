//! Keys and values in prose: `**Owner:** Ana`, `> Version: 1.2`, several in one
//! line. Lines of code and comments are passed over.

use super::markdown::{Page, Words, plain};
use crate::source::{SourceFile, Span};
use regex::Regex;
use std::sync::LazyLock;

/// A key and its value.
pub(super) struct Pair {
    pub(super) key: Words,
    pub(super) value: Words,
}

/// Signs between two pairs of one line.
const BETWEEN: [&str; 4] = [" | ", " · ", " • ", " ‖ "];
/// Bytes of a line in which keys are looked for.
const LINE: usize = 4096;
/// Characters and words of a key that is not in bold.
const KEY_CHARACTERS: usize = 40;
const KEY_WORDS: usize = 5;

fn bold() -> Option<&'static Regex> {
    static BOLD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:\*\*|__)(?P<key>[^*:|\n]{1,60}?)\s*(?::\s*(?:\*\*|__)|(?:\*\*|__)\s*:)").ok()
    });
    BOLD.as_ref()
}

/// The pairs in the lines of `range`, up to `lines` of them.
pub(super) fn pairs(file: &SourceFile, page: &Page, range: Span, lines: usize) -> Vec<Pair> {
    let mut found = Vec::new();
    let mut start = range.start;
    for line in file.slice(range).split_inclusive('\n').take(lines) {
        let end = start.saturating_add(u32::try_from(line.len()).unwrap_or(u32::MAX));
        if line.len() <= LINE && page.is_prose(start.saturating_add(lead(line))) {
            of_line(file, Span::new(start, end), &mut found);
        }
        start = end;
    }
    found
}

/// Bytes of blanks and marks before the words of a line.
fn lead(line: &str) -> u32 {
    let words = line.trim_start_matches([' ', '\t', '>']);
    let item = ["- ", "* ", "+ "].iter().find_map(|mark| words.strip_prefix(mark)).unwrap_or(words);
    u32::try_from(line.len() - item.trim_start().len()).unwrap_or(0)
}

/// The pairs of one line.
pub(super) fn of_line(file: &SourceFile, line: Span, found: &mut Vec<Pair>) {
    let Some(bold) = bold() else { return };
    let text = file.slice(line);
    let skipped = lead(text) as usize;
    let keys: Vec<_> =
        bold.captures_iter(text).filter_map(|keys| Some((keys.get(0)?, keys.name("key")?))).collect();
    if keys.is_empty() {
        return plain_pairs(text, line.start, skipped, found);
    }
    for (number, (whole, key)) in keys.iter().enumerate() {
        let end = keys.get(number + 1).map_or(text.len(), |(next, _)| next.start());
        found.push(Pair {
            key: Words {
                span: within(line.start, key.start(), key.end()),
                text: key.as_str().trim().to_owned(),
            },
            value: value(text, line.start, whole.end(), end),
        });
    }
}

fn plain_pairs(text: &str, start: u32, skipped: usize, found: &mut Vec<Pair>) {
    let mut at = skipped;
    while at < text.len() {
        let rest = &text[at..];
        let next = BETWEEN.iter().filter_map(|sign| Some((rest.find(sign)?, sign.len()))).min();
        let piece = &rest[..next.map_or(rest.len(), |(end, _)| end)];
        if let Some((key, behind)) = piece.split_once(':')
            && (behind.is_empty() || behind.starts_with([' ', '\t', '\r', '\n']))
            && is_key(key)
        {
            let lead = key.len() - key.trim_start().len();
            found.push(Pair {
                key: Words {
                    span: within(start, at + lead, at + lead + key.trim().len()),
                    text: key.trim().to_owned(),
                },
                value: value(text, start, at + key.len() + 1, at + piece.len()),
            });
        }
        at += next.map_or(rest.len(), |(end, sign)| end + sign);
    }
}

fn is_key(key: &str) -> bool {
    let words = key.split_whitespace().count();
    (1..=KEY_WORDS).contains(&words)
        && key.chars().count() <= KEY_CHARACTERS
        && !key.contains(['`', '<', '>', '[', ']', '"', '|', '.', ','])
}

fn within(line: u32, start: usize, end: usize) -> Span {
    let short = |at: usize| line.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
    Span::new(short(start), short(end))
}

/// A value without what stands between it and the next key.
fn value(text: &str, line: u32, start: usize, end: usize) -> Words {
    let raw = &text[start..end];
    let mut kept = raw.trim_end();
    loop {
        let shorter = kept
            .trim_end_matches(['|', '·', '•', '‖', '\\'])
            .trim_end_matches(is_symbol)
            .trim_end_matches("<br>")
            .trim_end_matches("<br/>")
            .trim_end_matches("<br />")
            .trim_end();
        if shorter.len() == kept.len() {
            break;
        }
        kept = shorter;
    }
    let trimmed = kept.trim_start();
    let from = start + (kept.len() - trimmed.len());
    Words { span: within(line, from, from + trimmed.len()), text: plain(trimmed) }
}

/// Arrows, signs and emoji.
fn is_symbol(letter: char) -> bool {
    matches!(letter, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::pairs;
    use crate::extract::markdown::page;
    use crate::source::{SourceFile, Span};

    #[test]
    fn pairs_are_found_with_their_bytes() {
        let text = "**Owner:** Ana | **Version**: `1.2`\n> Status: 🟢 Approved\n> **Class:** [Internal](c.md)\n\
                    - 📅 **Reviewed:** 2026-01-02 🔄 **Next review:** 2027-01-02<br>\nCycle: Annual · Doc: P-1\n\
                    Read this: it matters, and see https://example.org: now.\nEmpty:\n\n```\nOwner: nobody\n```\n<!-- Owner: x -->\n";
        let file = SourceFile::new("a.md".into(), text);
        let whole = Span::new(0, u32::try_from(text.len()).expect("small"));
        let found: Vec<(String, String, String)> = pairs(&file, &page(&file, whole), whole, 60)
            .into_iter()
            .map(|pair| (pair.key.text, pair.value.text, file.slice(pair.value.span).to_owned()))
            .collect();
        let wanted = [
            ("Owner", "Ana", "Ana"),
            ("Version", "1.2", "`1.2`"),
            ("Status", "🟢 Approved", "🟢 Approved"),
            ("Class", "Internal", "[Internal](c.md)"),
            ("Reviewed", "2026-01-02", "2026-01-02"),
            ("Next review", "2027-01-02", "2027-01-02"),
            ("Cycle", "Annual", "Annual"),
            ("Doc", "P-1", "P-1"),
            (
                "Read this",
                "it matters, and see https://example.org: now.",
                "it matters, and see https://example.org: now.",
            ),
            ("Empty", "", ""),
        ];
        let found: Vec<(&str, &str, &str)> =
            found.iter().map(|(key, value, bytes)| (key.as_str(), value.as_str(), bytes.as_str())).collect();
        assert_eq!(found, wanted);
    }
}
