//! The words of a record: the text of a document below its front matter, and
//! free texts in fields. What is code, a link's address, HTML or a comment is
//! no word of it.
//!
//! Found here are shapes only: numbers that are given as clauses, and marks
//! that a template leaves. Whether one is a fault stands in the rules.

use super::{Context, Item, optional, structure, text};
use crate::clause::{Edition, topic_of};
use crate::expr::{Text, Type, Value};
use crate::inventory::Record;
use crate::kind::Shape;
use crate::source::{Place, Span};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use regex::Regex;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// Fields that hold the number of a clause and nothing else.
const NUMBERS: &[&str] = &["findings.clause", "requirement", "satisfies", "scope.clauses"];

/// A stretch of the file's text, blanked where it is no prose; offsets are
/// those of the file.
struct Passage {
    start: u32,
    words: String,
}

/// The text with everything blanked that is no prose, byte for byte; a line
/// feed ends each block.
fn prose(markdown: &str) -> String {
    let mut words = vec![b' '; markdown.len()];
    let mut code = false;
    for (event, range) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_)) => code = true,
            Event::End(end) => {
                code &= end != TagEnd::CodeBlock;
                if ends_block(end) {
                    end_block(&mut words, &range);
                }
            }
            Event::Text(_) if !code => {
                if let (Some(to), Some(from)) = (words.get_mut(range.clone()), markdown.get(range)) {
                    to.copy_from_slice(from.as_bytes());
                }
            }
            _ => {}
        }
    }
    // Whole runs of text were copied, and blanks are ASCII.
    String::from_utf8(words).unwrap_or_default()
}

const fn ends_block(end: TagEnd) -> bool {
    matches!(
        end,
        TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableCell | TagEnd::TableRow
    )
}

/// Marks the end of a block on its last blank byte, if it has one at its end.
fn end_block(words: &mut [u8], block: &Range<usize>) {
    for at in [block.end, block.end.saturating_sub(1)] {
        if let Some(byte) = words.get_mut(at)
            && matches!(byte, b' ' | b'\n')
        {
            *byte = b'\n';
            return;
        }
    }
}

fn passages(record: &Record) -> Vec<Passage> {
    let mut passages = Vec::new();
    if let Some(body) = record.body {
        passages.push(Passage { start: body.start, words: prose(record.place.file.slice(body)) });
    }
    let (tree, node) = record.node();
    record.kind.visit(tree, node, &mut |_, field, scalar| {
        if matches!(field.shape, Shape::Text) && !field.person && field.refs.is_none() {
            let span = tree.span(scalar);
            passages.push(Passage { start: span.start, words: tree.file().slice(span).replace('\n', " ") });
        }
    });
    passages
}

fn place(record: &Record, start: u32, range: Range<usize>) -> Place {
    let at = |offset: usize| start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
    Place { file: record.place.file.clone(), span: Span::new(at(range.start), at(range.end)) }
}

pub(super) fn placeholders_type() -> Type {
    Type::List(Box::new(structure(
        "placeholder",
        &[
            (
                "shape",
                Type::Text,
                false,
                "`braces` for {{…}}, `brackets` for […], `word` for a word in capitals.",
            ),
            ("text", Type::Text, false, "As it stands."),
            ("inner", Type::Text, false, "What stands between the brackets, or the word."),
        ],
    )))
}

static MARK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\{\{([^{}\n]{1,80})\}\}|\[([^\[\]\n]{1,80})\]|\b([A-Z]{2,20})\b").expect("a valid pattern")
});

/// Marks in the text of a document that a template may have left.
pub(super) fn placeholders(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let Some(body) = record.body else { return Value::List(Arc::from([])) };
    let words = prose(record.place.file.slice(body));
    let items = MARK.captures_iter(&words).filter_map(|found| {
        let whole = found.get(0)?;
        let shapes = ["braces", "brackets", "word"];
        let (shape, inner) =
            shapes.iter().enumerate().find_map(|(at, shape)| Some((shape, found.get(at + 1)?)))?;
        let fields = vec![
            ("shape", text(shape)),
            ("text", text(whole.as_str())),
            ("inner", text(inner.as_str().trim())),
        ];
        Some(Item::value(
            fields,
            Some(place(record, body.start, whole.range())),
            Some(Text::from(whole.as_str())),
        ))
    });
    Value::List(items.collect())
}

pub(super) fn citations_type() -> Type {
    Type::List(Box::new(structure(
        "citation",
        &[
            ("number", Type::Text, false, "The number that is given as a clause: `10.1`."),
            (
                "exists",
                Type::Bool,
                false,
                "Whether ISO/IEC 27001 has such a clause, in the edition of the record's day.",
            ),
            ("topic", Type::Text, true, "Our words for what that clause is about."),
            ("edition", Type::Text, false, "The edition that was looked into: 2013 or 2022."),
            ("sentence", Type::Text, false, "The sentence around it, in lower case."),
            ("other_standard", Type::Text, true, "Another ISO or IEC standard that the sentence names."),
        ],
    )))
}

/// A number behind the word clause, or behind the name of the standard; further
/// ones joined to it count too.
static CITED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:(?:sub-?)?clauses?|27001(?:\s?:\s?20[0-9]{2})?)[\s,(]*(?:(?:sub-?)?clauses?\s*)?([0-9]{1,2}\.[0-9]{1,2}(?:\.[0-9]{1,2})?(?:(?:\s*(?:,|and|or|to|-|–)\s*)+[0-9]{1,2}\.[0-9]{1,2}(?:\.[0-9]{1,2})?)*)",
    )
    .expect("a valid pattern")
});
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[0-9]{1,2}\.[0-9]{1,2}(?:\.[0-9]{1,2})?").expect("a valid pattern"));
static STANDARD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:ISO|IEC)(?:\s?/\s?(?:IEC|TS|TR))?[\s-]*([0-9]{4,5})").expect("a valid pattern")
});
static END: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[.!?;]\s|\n").expect("a valid pattern"));

/// Numbers that a record gives as clauses of the standard.
pub(super) fn citations(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let mut items = Vec::new();
    let edition = edition(context, record);
    // A citation has a number; most passages have none.
    let numbered = |passage: &Passage| passage.words.bytes().any(|byte| byte.is_ascii_digit());
    for passage in passages(record).into_iter().filter(numbered) {
        for sentence in sentences(&passage.words) {
            in_sentence(record, edition, &passage, sentence, &mut items);
        }
    }
    numbers(record, edition, &mut items);
    Value::List(items.into())
}

/// Bytes of a sentence at most; a longer one is cut between words, so that a
/// text without a full stop costs no more than one with.
const SENTENCE: usize = 600;

/// The sentences of a passage, as ranges of it.
fn sentences(words: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for end in END.find_iter(words).map(|end| end.end()).chain([words.len()]) {
        while end - start > SENTENCE {
            let most = words.floor_char_boundary(start + SENTENCE);
            let blank = words[start..most].rfind(' ').filter(|blank| *blank > 0);
            let cut = blank.map_or(most, |blank| start + blank);
            sentences.push(start..cut);
            start = cut;
        }
        sentences.push(start..end);
        start = end;
    }
    sentences
}

fn in_sentence(
    record: &Record,
    edition: Edition,
    passage: &Passage,
    range: Range<usize>,
    items: &mut Vec<Value>,
) {
    let sentence = &passage.words[range.clone()];
    let mut cited = CITED.captures_iter(sentence).filter_map(|found| found.get(1)).peekable();
    if cited.peek().is_none() {
        return;
    }
    let mut named = STANDARD.captures_iter(sentence);
    let other = named.find(|named| named.get(1).is_none_or(|number| number.as_str() != "27001"));
    let other = other.and_then(|named| named.get(0)).map(|named| Text::from(named.as_str()));
    // An edition that the sentence names is meant, whatever the day.
    let edition = if sentence.contains("27001:2013") {
        Edition::Of2013
    } else if sentence.contains("27001:2022") {
        Edition::Of2022
    } else {
        edition
    };
    let lower = Text::from(sentence.trim().to_lowercase());
    for numbers in cited {
        for number in NUMBER.find_iter(numbers.as_str()) {
            let at = range.start + numbers.start() + number.start();
            let place = place(record, passage.start, at..at + number.len());
            let identity = Text::from(format!("{}#{}", number.as_str(), items.len()));
            items.push(citation(number.as_str(), edition, &lower, other.clone(), place, identity));
        }
    }
}

/// Fields that hold a number and nothing else.
fn numbers(record: &Record, edition: Edition, items: &mut Vec<Value>) {
    let (tree, node) = record.node();
    record.kind.visit(tree, node, &mut |path, _, scalar| {
        if !NUMBERS.contains(&path) {
            return;
        }
        let written = tree.text(scalar).trim();
        let number = written.split([' ', '(']).next().unwrap_or_default();
        if NUMBER.find(number).is_some_and(|found| found.len() == number.len()) {
            let place = Place { file: tree.file().clone(), span: tree.span(scalar) };
            let identity = Text::from(format!("{path}={number}"));
            items.push(citation(number, edition, &Text::from(""), None, place, identity));
        }
    });
}

fn citation(
    number: &str,
    edition: Edition,
    sentence: &Text,
    other: Option<Text>,
    place: Place,
    identity: Text,
) -> Value {
    let topic = topic_of(number, edition);
    let fields = vec![
        ("number", text(number)),
        ("exists", Value::Bool(topic.is_some())),
        ("topic", optional(topic, text)),
        ("edition", text(if edition == Edition::Of2013 { "2013" } else { "2022" })),
        ("sentence", Value::Text(sentence.clone())),
        ("other_standard", optional(other, Value::Text)),
    ];
    Item::value(fields, Some(place), Some(identity))
}

/// The edition in force on the record's day: a document's last review, else
/// the first thing that the record says happened; today, where it says nothing.
fn edition(context: &Context, record: &Record) -> Edition {
    let day = super::dates::written_on(record).unwrap_or(context.as_of);
    context.settings.profile.edition_on(day)
}

/// Whether Amendment 1 of 2024 counts today.
pub(super) fn amendment_1(context: &Arc<Context>, _: usize) -> Value {
    Value::Bool(context.settings.profile.amendment_1_on(context.as_of))
}

#[cfg(test)]
mod tests {
    use super::{SENTENCE, prose, sentences};

    #[test]
    fn sentences_cover_the_text_and_none_is_long() {
        let long = "clause 10.3 ".repeat(500);
        let cases = [
            ("two", "One. Two", 2),
            ("a number has a full stop and ends nothing", "clause 10.3 says", 1),
            ("blocks", "a\nb", 2),
            ("no full stop at all", &long, long.len() / SENTENCE + 1),
            ("no blank at all", &"ü".repeat(2000), 4000 / SENTENCE + 1),
        ];
        for (name, words, count) in cases {
            let found = sentences(words);
            assert_eq!(found.len(), count, "{name}: {found:?}");
            assert_eq!(found.iter().map(|range| &words[range.clone()]).collect::<String>(), words, "{name}");
            assert!(found.iter().all(|range| range.len() <= SENTENCE), "{name}");
        }
    }

    #[test]
    fn only_words_are_left_and_each_stands_where_it_stood() {
        let cases = [
            ("a paragraph", "TBD and\nmore\n", "TBD and more\n"),
            ("inline code", "see `TBD` here\n", "see       here\n"),
            ("a link", "[text](TBD)\n", " text      \n"),
            ("a bracket", "the [DATE] is\n", "the [DATE] is\n"),
            ("a comment", "<!-- TBD -->\n\nx\n", "             \nx\n"),
            ("a fence", "```\nTBD\n```\nx\n", "            x\n"),
            ("an umlaut", "für *alle*\n", "für  alle \n"),
        ];
        for (name, markdown, words) in cases {
            let found = prose(markdown);
            assert_eq!(found.len(), markdown.len(), "{name}");
            let flat = |text: &str| text.replace('\n', " ");
            assert_eq!(flat(&found), flat(words), "{name}");
        }
    }
}
