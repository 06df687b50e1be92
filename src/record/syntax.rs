//! The parser's errors in the words of people who write records.

use super::build::Stop;
use super::{Fault, Problem};
use crate::budget::Limits;
use crate::source::{SourceFile, Span};
use granit_parser::{ErrorKind, ScanError};

/// The error as a problem of its own place; `range` is what was being parsed.
pub(super) fn stop(file: &SourceFile, range: Span, error: &ScanError, limits: &Limits) -> Stop {
    let offset = error.marker().byte_offset().and_then(|byte| u32::try_from(byte).ok()).unwrap_or(0);
    let offset = range.start.saturating_add(offset).min(range.end);
    let span = visible(file, range, offset);
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return too_deep(span, limits);
    }
    if matches!(error.kind(), ErrorKind::TooManyComments) {
        let problem = Problem::new(Fault::LimitExceeded, span, "too many comments stand in one place");
        return Stop { problem, retry: true };
    }
    let (fault, message, help) = words(error.kind());
    let message = if message.is_empty() { format!("not YAML: {}", error.kind()) } else { message.to_owned() };
    let span = if fault == Fault::TabIndentation { tabs(file, range, offset).unwrap_or(span) } else { span };
    let mut problem = Problem::new(fault, span, message);
    if !help.is_empty() {
        problem = problem.help(help);
    }
    Stop { problem, retry: true }
}

pub(super) fn too_deep(span: Span, limits: &Limits) -> Stop {
    let message = format!("lists and mappings are nested more than {} levels deep", limits.depth);
    Stop { problem: Problem::new(Fault::LimitExceeded, span, message), retry: true }
}

/// An alias costs its writer two bytes, and everyone who copies its value all
/// that it stands for.
pub(super) fn too_many_aliases(span: Span, limits: &Limits) -> Stop {
    let message = format!("the aliases of the file stand for more than {} bytes", limits.alias_bytes);
    let problem = Problem::new(Fault::LimitExceeded, span, message);
    Stop { problem: problem.help("write the values out, or make them shorter"), retry: false }
}

/// The character at an offset, or at the end of a text the last one that can
/// be seen: a reader looks for something, not for the empty line behind it.
pub(super) fn visible(file: &SourceFile, range: Span, offset: u32) -> Span {
    let text = file.text();
    let length =
        |at: u32| text.get(at as usize..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    let end = |at: u32| at.saturating_add(u32::try_from(length(at)).unwrap_or(0));
    if offset < range.end && !file.slice(Span::new(offset, end(offset))).trim().is_empty() {
        return Span::new(offset, end(offset));
    }
    let before = file.slice(Span::new(range.start, offset)).trim_end();
    let last = before.chars().next_back().map_or(0, char::len_utf8);
    let at = |bytes: usize| range.start.saturating_add(u32::try_from(bytes).unwrap_or(0));
    Span::new(at(before.len() - last), at(before.len()))
}

/// The tabs that an error is about: the parser names the character behind them.
fn tabs(file: &SourceFile, range: Span, offset: u32) -> Option<Span> {
    let line_end = ['\n', '\r'];
    let before = file.slice(Span::new(range.start, offset));
    let line = before.rfind(line_end).map_or(0, |at| at + 1);
    let text = file.slice(Span::new(range.start, range.end)).get(line..)?;
    let text = &text[..text.find(line_end).unwrap_or(text.len())];
    let near = before.len() - line;
    let last = text.get(..near).and_then(|text| text.rfind('\t')).or_else(|| text.find('\t'))?;
    let first = text[..=last].trim_end_matches('\t').len();
    let end = last + 1 + text[last + 1..].len() - text[last + 1..].trim_start_matches('\t').len();
    let at = |byte: usize| Some(range.start.saturating_add(u32::try_from(line + byte).ok()?));
    Some(Span::new(at(first)?, at(end)?))
}

const QUOTE_COLON: &str = "quote the value if it holds a colon followed by a space: title: \"a: b\"";
const INDENT: &str = "give the fields of one record the same indentation, and nested ones more, with spaces";
const COLON: &str = "write `field: value`, with a colon and a space";

/// Fault, message and help for an error; an empty message is the parser's, an
/// empty help the page's.
fn words(kind: &ErrorKind) -> (Fault, &'static str, &'static str) {
    use ErrorKind as E;
    let syntax = |message, help| (Fault::YamlSyntax, message, help);
    let tab = |message| (Fault::TabIndentation, message, "replace the tab by spaces");
    match kind {
        E::TabInIndentation | E::TabInBlockIndentation | E::TabNotAllowed => {
            tab("a tab is used as indentation")
        }
        E::TabAtBlockScalarStart | E::TabInPlainScalar => tab("a tab stands where the text begins"),
        E::MappingValueNotAllowed | E::InvalidColonPlacement => {
            syntax("a second colon stands in one line", QUOTE_COLON)
        }
        E::SimpleKeyExpected | E::InvalidSimpleKey => {
            syntax("a line has no colon behind its field name", COLON)
        }
        E::ExpectedBlockMappingKey | E::MappingKeyNotAllowed | E::InvalidIndentation => {
            syntax("the indentation does not fit the lines before", INDENT)
        }
        E::ExpectedBlockSequenceEntry | E::BlockSequenceEntryNotAllowed => syntax(
            "a list item does not fit the lines before",
            "give all items of a list the same indentation",
        ),
        E::InvalidBlockEntryWhitespace => syntax("the hyphen of a list item has no space", "write `- item`"),
        E::UnclosedQuotedScalar => {
            syntax("a quote is opened and not closed", "close the quote, or remove it")
        }
        E::InvalidTrailingDoubleQuotedScalar | E::InvalidTrailingSingleQuotedScalar => syntax(
            "text follows a closing quote",
            "quote the whole value; inside double quotes write \\\" for a quote, inside single quotes ''",
        ),
        E::UnknownQuotedScalarEscape | E::InvalidQuotedScalarHexEscape => syntax(
            "a backslash in double quotes begins no known escape",
            "write \\\\ for a backslash, or use single quotes",
        ),
        E::InvalidQuotedScalarIndent | E::DocumentIndicatorInQuotedScalar => syntax(
            "a quoted text goes on in a line that is not indented",
            "close the quote, or indent the lines that belong to it",
        ),
        E::UnclosedFlowCollection { .. }
        | E::UnexpectedEofFlowSequence
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping => {
            syntax("a bracket is opened and not closed", "close it, or quote a text that begins with [ or {")
        }
        E::MismatchedFlowCollectionEnd { .. } | E::MisplacedFlowCollectionEnd => {
            syntax("a bracket does not fit the one that is open", "close [ with ] and { with }")
        }
        E::ExpectedFlowSequenceSeparator | E::ExpectedFlowMappingSeparator => {
            syntax("a comma or a closing bracket is missing", "separate the items by commas")
        }
        E::UnexpectedCharacter { .. } => {
            syntax("a value begins with a character that YAML reserves", "put the value in quotes")
        }
        E::InvalidBlockScalarHeader | E::InvalidBlockScalarIndent | E::ZeroBlockScalarIndent => syntax(
            "a text block does not follow its | or > as it should",
            "put the text on the next lines, all indented alike",
        ),
        E::MissingAnchorOrAliasName => {
            syntax("a value begins with * or & and is no alias or anchor", "put the value in quotes")
        }
        E::ExpectedDocumentStart | E::ExpectedNodeContent | E::InvalidDocumentEnd => {
            syntax("text stands where the record was already complete", INDENT)
        }
        E::CommentInterceptedScalar => {
            syntax("a comment stands inside a text of several lines", "put the comment before the text")
        }
        E::BomInsideDocument => syntax("a byte order mark stands inside the text", "remove it"),
        _ => syntax("", ""),
    }
}
