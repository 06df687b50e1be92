//! Front matter that is not where it should be: without its opening line,
//! behind a heading, or in a fenced block near the top.

use super::markdown::Page;
use crate::source::{SourceFile, Span};
use regex::Regex;
use std::sync::LazyLock;

/// Lines from the top in which it may begin.
const LINES: u32 = 40;
/// Lines that it may have.
const LONGEST: usize = 100;

fn is_pair(line: &str) -> bool {
    static PAIR: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[A-Za-z_][A-Za-z0-9_ -]{0,40}:(?:\s|$)").ok());
    PAIR.as_ref().is_some_and(|pattern| pattern.is_match(line))
}

/// The bytes of the keys, and where the text behind them begins.
pub(super) fn find(file: &SourceFile, page: &Page) -> Option<(Span, u32)> {
    between_lines(file.text()).or_else(|| fenced(file, page))
}

fn fenced(file: &SourceFile, page: &Page) -> Option<(Span, u32)> {
    let block = *page.fenced.first()?;
    let inner = file.slice(block);
    let first = inner.lines().map(str::trim_end).find(|line| !line.is_empty() && *line != "---")?;
    if !is_pair(first) || file.lines().line(block.start) > LINES {
        return None;
    }
    let start = inner.find(first).unwrap_or(0);
    let end = inner[start..].find("\n---").map_or(inner.len(), |end| start + end + 1);
    let behind = file.text()[block.end as usize..].find('\n').unwrap_or(0);
    Some((within(block.start as usize, start, end), block.end + u32::try_from(behind).ok()?))
}

/// Keys up to a line of hyphens, from the first line or from one behind a
/// heading.
fn between_lines(text: &str) -> Option<(Span, u32)> {
    let mut at = 0;
    let mut start = None;
    let mut seen = 0;
    for line in text.split_inclusive('\n').take(LONGEST) {
        let words = line.trim_end();
        match start {
            Some(from) if words == "---" => {
                return Some((within(0, from, at), u32::try_from(at + line.len()).ok()?));
            }
            Some(_) => {}
            None if words == "---" => {
                let next = text[at + line.len()..].lines().next().unwrap_or_default();
                start = is_pair(next).then_some(at + line.len());
                start?;
            }
            None if is_pair(words) && seen == 0 => start = Some(at),
            None if words.is_empty() || words.starts_with('#') => {}
            None => return None,
        }
        seen += usize::from(!words.is_empty());
        at += line.len();
    }
    None
}

fn within(base: usize, start: usize, end: usize) -> Span {
    let short = |at: usize| u32::try_from(base + at).unwrap_or(u32::MAX);
    Span::new(short(start), short(end))
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::extract::markdown::page;
    use crate::source::{SourceFile, Span};

    #[test]
    fn only_what_looks_like_keys_is_taken() {
        for (text, fields, body) in [
            ("owner: ana\nnext review: x\n---\n# A\n", Some("owner: ana\nnext review: x\n"), "# A\n"),
            ("# A\n\n---\nowner: ana\n---\nText\n", Some("owner: ana\n"), "Text\n"),
            ("# A\n\n```yaml\n---\nowner: ana\n---\n```\nText\n", Some("owner: ana\n"), "\nText\n"),
            ("# A\n\n```\nowner: ana\n```\nText\n", Some("owner: ana\n"), "\nText\n"),
            ("# A\n\nText\n---\nowner: ana\n---\n", None, ""),
            ("# A\n```sh\nls\n```\n", None, ""),
            ("Note: a sentence.\n\nAnd more.\n", None, ""),
        ] {
            let file = SourceFile::new("a.md".into(), text);
            let whole = Span::new(0, u32::try_from(text.len()).expect("small"));
            let found = find(&file, &page(&file, whole));
            assert_eq!(found.map(|(span, _)| file.slice(span)), fields, "{text}");
            if let Some((_, at)) = found {
                assert_eq!(&text[at as usize..], body, "{text}");
            }
        }
    }
}
