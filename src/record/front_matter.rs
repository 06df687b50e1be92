//! Where the fields of a Markdown file end and its text begins.
//!
//! The grammar is exact: the file begins (behind a byte order mark) with a line
//! of three hyphens, and the next line of three hyphens or three dots closes
//! it; for TOML both are lines of three plus signs. Anything that only looks like front matter is a problem, never ignored.

use super::{Fault, Problem, Syntax};
use crate::source::{SourceFile, Span};

/// A Markdown file in its two parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrontMatter {
    /// The text between the two fences.
    pub fields: Span,
    /// Its language.
    pub syntax: Syntax,
    /// What follows the closing fence.
    pub body: Span,
}

/// Finds the front matter of a file.
///
/// `None` for a file that has none: it begins with something else.
///
/// # Errors
/// Front matter that is not closed, and front matter in another language
/// (`;;;`, `---json`).
pub fn split(file: &SourceFile) -> Result<Option<FrontMatter>, Problem> {
    parts(file, false)
}

/// As [`split`], for a page of another program: as the programs that such pages
/// are written for do, blanks behind a fence are passed over.
///
/// # Errors
/// As [`split`].
pub fn split_foreign(file: &SourceFile) -> Result<Option<FrontMatter>, Problem> {
    parts(file, true)
}

fn parts(file: &SourceFile, blanks: bool) -> Result<Option<FrontMatter>, Problem> {
    let text: &str = file.text();
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lines = lines(text, mark);
    let Some((_, opening, fields)) = lines.next() else { return Ok(None) };
    let fence = opening.trim_end();
    let at = span(mark, mark + opening.len());
    let syntax = if fence == "+++" { Syntax::Toml } else { Syntax::Yaml };
    if !matches!(fence, "---" | "+++") || (fence.len() != opening.len() && !blanks) {
        return match looks_like(fence) {
            Some(what) => Err(Problem::new(Fault::FrontMatterNotYaml, at, what)),
            None => Ok(None),
        };
    }
    for (start, line, next) in lines {
        let line = if blanks { line.trim_end() } else { line };
        if line == fence || (line == "..." && syntax == Syntax::Yaml) {
            return Ok(Some(FrontMatter {
                fields: span(fields, start),
                syntax,
                body: span(next, text.len()),
            }));
        }
    }
    Err(Problem::new(Fault::FrontMatterNotClosed, at, "the front matter that begins here is not closed"))
}

/// What a first line is that some programs take for front matter.
fn looks_like(fence: &str) -> Option<String> {
    let rest = fence.strip_prefix("---");
    match rest {
        Some("") => Some("blanks follow the three hyphens that open the front matter".to_owned()),
        Some(rest) if rest.trim_start().starts_with(|first: char| first.is_ascii_alphabetic()) => {
            Some(format!("front matter in another language ({fence}) is not read"))
        }
        _ if fence == "+++" => {
            Some("blanks follow the three plus signs that open the front matter".to_owned())
        }
        _ if fence == ";;;" => Some(format!("front matter between {fence} is not read")),
        _ => None,
    }
}

/// Start, text without its end, and start of the next, for each line.
fn lines(text: &str, from: usize) -> impl Iterator<Item = (usize, &str, usize)> {
    let mut at = from;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let start = at;
        at += rest.find('\n').map_or(rest.len(), |end| end + 1);
        let line = &text[start..at];
        let line = line.strip_suffix('\n').unwrap_or(line);
        Some((start, line.strip_suffix('\r').unwrap_or(line), at))
    })
}

fn span(start: usize, end: usize) -> Span {
    let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(start), offset(end))
}

#[cfg(test)]
mod tests {
    use super::{Fault, split, split_foreign};
    use crate::source::SourceFile;

    type Parts<'t> = Option<(&'t str, &'t str)>;

    #[test]
    fn only_the_exact_form_is_front_matter() {
        let cases: &[(&str, Result<Parts<'_>, Fault>, &str)] = &[
            ("---\nid: A\n---\nbody\n", Ok(Some(("id: A\n", "body\n"))), "plain"),
            ("---\r\nid: A\r\n---\r\nbody", Ok(Some(("id: A\r\n", "body"))), "CRLF"),
            ("\u{feff}---\nid: A\n---\n", Ok(Some(("id: A\n", ""))), "byte order mark"),
            ("---\nid: A\n...\nbody", Ok(Some(("id: A\n", "body"))), "closed by dots"),
            ("---\n---\n", Ok(Some(("", ""))), "empty"),
            ("---\na: |\n  ---\n---\nb", Ok(Some(("a: |\n  ---\n", "b"))), "hyphens inside a text"),
            ("---\nid: A\n---", Ok(Some(("id: A\n", ""))), "no line end behind"),
            ("---\na: 1\n---\nx\n---\ny\n", Ok(Some(("a: 1\n", "x\n---\ny\n"))), "a rule in the body"),
            ("# Policy\n---\n", Ok(None), "none"),
            ("", Ok(None), "empty file"),
            ("\n---\nid: A\n---\n", Ok(None), "not at the first byte: a rule, not front matter"),
            ("----\nid\n----\n", Ok(None), "four hyphens are a rule"),
            ("---\nid: A\n", Err(Fault::FrontMatterNotClosed), "never closed"),
            ("---\nid: A\n --- \n", Err(Fault::FrontMatterNotClosed), "closing line with blanks"),
            ("--- \nid: A\n---\n", Err(Fault::FrontMatterNotYaml), "opening line with a blank"),
            ("---json\n{}\n---\n", Err(Fault::FrontMatterNotYaml), "another language"),
            ("--- js\n---\n", Err(Fault::FrontMatterNotYaml), "another language, spaced"),
            ("+++\nid = 1\n+++\nx", Ok(Some(("id = 1\n", "x"))), "TOML"),
            ("+++\nid = 1\n---\n...\n", Err(Fault::FrontMatterNotClosed), "TOML that is not closed"),
            ("+++ \nid = 1\n+++\n", Err(Fault::FrontMatterNotYaml), "TOML with a blank"),
            (";;;\n{}\n;;;\n", Err(Fault::FrontMatterNotYaml), "JSON"),
        ];
        for (text, wanted, what) in cases {
            let file = SourceFile::new("a.md".into(), *text);
            let found = split(&file);
            let shown = found
                .as_ref()
                .map(|parts| parts.map(|parts| (file.slice(parts.fields), file.slice(parts.body))))
                .map_err(|problem| problem.fault);
            assert_eq!(shown, *wanted, "{what}");
        }
    }

    #[test]
    fn a_foreign_page_may_have_blanks_behind_its_fences() {
        for text in ["--- \nid: A\n---\nbody", "---\nid: A\n---\t \nbody", "---  \r\nid: A\r\n--- \r\nbody"] {
            let file = SourceFile::new("a.md".into(), text);
            let parts = split_foreign(&file).expect("is front matter").expect("has some");
            assert_eq!(
                (file.slice(parts.fields).trim_end(), file.slice(parts.body)),
                ("id: A", "body"),
                "{text}"
            );
            assert!(split(&file).is_err(), "{text}");
        }
        for text in ["---\nid: A\n --- \n", "---json \n{}\n---\n"] {
            assert!(split_foreign(&SourceFile::new("a.md".into(), text)).is_err(), "{text}");
        }
    }
}
