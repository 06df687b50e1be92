//! Sources beside keys: the change history, badges, patterns in text and
//! headings, and the file's path.

use super::markdown::{Page, Table, Words, plain};
use super::names::{Name, fold};
use super::sheet::Sheet;
use super::units::Unit;
use crate::settings::FilePart;
use crate::source::{RepoPath, Span};
use regex::Regex;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Words in a heading or a header by which a change history is known.
const HISTORY: [&str; 15] = [
    "author",
    "change",
    "changes",
    "history",
    "revision",
    "revisions",
    "version",
    "versions",
    "historie",
    "änderung",
    "änderungen",
    "änderungshistorie",
    "cambios",
    "historial",
    "revisión",
];

/// Whether a table tells the changes of a page.
pub(super) fn is_history(table: &Table, page: &Page) -> bool {
    let says = |text: &str| fold(text).split(' ').any(|word| HISTORY.contains(&word));
    let heading = page.heading_before(table.span.start);
    heading.is_some_and(|at| says(&page.headings[at].words.text))
        || table.header.iter().any(|cell| says(&cell.text))
}

/// The value of the badge with this label: `![Status: Approved](…)`, or an
/// address as `…/badge/Status-Approved-green`.
pub(super) fn badge(label: &Name, page: &Page, unit: &Unit<'_>) -> Option<Words> {
    page.badges_in(unit.section).iter().find_map(|badge| {
        let by_alt = badge.alt.split_once(':').map(|(name, value)| (name.to_owned(), value.to_owned()));
        let by_url = badge.url.split_once("/badge/").and_then(|(_, path)| {
            let path = path.split(['?', '#']).next()?;
            let path =
                path.replace("--", "\u{1}").replace("__", "\u{2}").replace(['_'], " ").replace("%20", " ");
            let mut parts = path.split('-').map(|part| part.replace('\u{1}', "-").replace('\u{2}', "_"));
            Some((parts.next()?, parts.next()?))
        });
        let (_, value) =
            by_alt.into_iter().chain(by_url).find(|(name, _)| Name::new(name).fits(label).is_some())?;
        Some(Words { span: badge.span, text: value.trim().to_owned() })
    })
}

/// What a pattern catches in the prose of a part of a page.
pub(super) fn caught(pattern: &Regex, sheet: &Sheet<'_>, page: &Page, section: Span) -> Option<Words> {
    let text = sheet.file.slice(section);
    let short = |at: usize| section.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
    pattern.captures_iter(text).find_map(|found| {
        let part = found.get(1).or_else(|| found.get(0))?;
        let span = Span::new(short(part.start()), short(part.end()));
        let prose = page.is_prose(span.start);
        prose.then(|| Words { span, text: plain(part.as_str()) })
    })
}

/// What a pattern catches in a heading.
pub(super) fn of_heading(pattern: &Regex, heading: &Words, sheet: &Sheet<'_>) -> Option<Words> {
    let found = pattern.captures(&heading.text)?;
    let part = found.get(1).or_else(|| found.get(0))?;
    let at = sheet.file.slice(heading.span).find(part.as_str()).filter(|_| !part.is_empty());
    let span = at.map_or(heading.span, |at| {
        let start = heading.span.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        Span::new(start, start.saturating_add(u32::try_from(part.len()).unwrap_or(u32::MAX)))
    });
    Some(Words { span, text: part.as_str().trim().to_owned() })
}

pub(super) fn part_of(path: &RepoPath, part: FilePart) -> String {
    match part {
        FilePart::Stem => String::from_utf8_lossy(path.stem()).into_owned(),
        FilePart::Folder => path
            .parent()
            .map(|folder| String::from_utf8_lossy(folder.file_name()).into_owned())
            .unwrap_or_default(),
        FilePart::Path => path.shown(),
    }
}

/// A path as an id: without blanks.
pub(super) fn as_id(part: String) -> String {
    if part.contains(char::is_whitespace) {
        part.split_whitespace().collect::<Vec<_>>().join("-")
    } else {
        part
    }
}

/// A text as a part of an id.
pub(super) fn ascii(text: &str) -> String {
    // Without the marks of letters, so that no letter is lost.
    let marks = |letter: &char| !is_combining_mark(*letter);
    let text: String = text.nfd().filter(marks).collect::<String>().replace('ß', "ss");
    let words: Vec<&str> =
        text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-").to_ascii_lowercase()
}
