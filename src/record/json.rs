//! A strict JSON reader into the same arena (RFC 8259).
//!
//! The YAML parser would take comments, single quotes and trailing commas for
//! granted; here each of them is a problem at its place. It does not recurse.

use super::build::{Builder, Stop};
use super::tree::{Lost, NodeKind, Style};
use super::{Fault, Problem};
use crate::source::Span;

pub(super) fn parse(builder: &mut Builder<'_>, range: Span) {
    let file = builder.file.clone();
    let mut reader = Reader { text: file.slice(range), base: range.start, at: 0, builder };
    let Err(stop) = reader.document() else { return };
    let lines = builder.file.lines();
    let span = Span::new(stop.problem.span.start, range.end);
    builder.lost.push(Lost {
        span,
        first_line: lines.line(span.start),
        last_line: lines.line(span.end.saturating_sub(1).max(span.start)),
    });
    builder.problems.push(stop.problem);
    // The items before the fault are whole and stay.
    builder.abandon(span.start);
}

struct Reader<'r, 't> {
    text: &'r str,
    base: u32,
    at: usize,
    builder: &'r mut Builder<'t>,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    CommaOrEnd,
}

impl Reader<'_, '_> {
    fn document(&mut self) -> Result<(), Stop> {
        self.blanks();
        if self.peek().is_none() {
            return Ok(());
        }
        // One bool for each open collection: whether it is an object.
        let mut open: Vec<bool> = Vec::new();
        let mut next = Next::Value;
        loop {
            self.blanks();
            let in_object = open.last().copied().unwrap_or(false);
            next = match (next, self.peek()) {
                (Next::ValueOrEnd, Some(b']')) | (Next::KeyOrEnd, Some(b'}')) => self.end(&mut open),
                (Next::CommaOrEnd, Some(b']')) if !in_object => self.end(&mut open),
                (Next::CommaOrEnd, Some(b'}')) if in_object => self.end(&mut open),
                (Next::CommaOrEnd, Some(b',')) => {
                    self.at += 1;
                    if in_object { Next::Key } else { Next::Value }
                }
                (Next::Key | Next::KeyOrEnd, Some(b'"')) => {
                    self.string()?;
                    self.blanks();
                    if self.peek() != Some(b':') {
                        return Err(self.unexpected("a colon is missing behind a field name"));
                    }
                    self.at += 1;
                    Next::Value
                }
                (Next::Value | Next::ValueOrEnd, Some(b'[')) => {
                    self.builder.open(NodeKind::Sequence, self.offset(self.at), false)?;
                    self.at += 1;
                    open.push(false);
                    Next::ValueOrEnd
                }
                (Next::Value | Next::ValueOrEnd, Some(b'{')) => {
                    self.builder.open(NodeKind::Mapping, self.offset(self.at), false)?;
                    self.at += 1;
                    open.push(true);
                    Next::KeyOrEnd
                }
                (Next::Value | Next::ValueOrEnd, Some(_)) => {
                    self.scalar()?;
                    Next::CommaOrEnd
                }
                (Next::Key, Some(b'}')) | (Next::Key | Next::KeyOrEnd | Next::CommaOrEnd, _) | (_, None) => {
                    return Err(self.misplaced(next, in_object));
                }
            };
            if open.is_empty() && next == Next::CommaOrEnd {
                break;
            }
        }
        self.builder.document_end();
        self.blanks();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("a JSON file holds one value; something follows it")),
        }
    }

    fn end(&mut self, open: &mut Vec<bool>) -> Next {
        self.at += 1;
        open.pop();
        self.builder.close(self.offset(self.at));
        Next::CommaOrEnd
    }

    fn misplaced(&self, next: Next, in_object: bool) -> Stop {
        self.unexpected(match (next, self.peek()) {
            (_, None) => "the file ends before the value is complete",
            (Next::Key, Some(b'}')) => "a comma stands before a closing bracket",
            (Next::Key | Next::KeyOrEnd, _) => "a field name in double quotes is missing",
            (_, Some(b']' | b'}')) => "a bracket does not fit the one that is open",
            _ if in_object => "a comma or } is missing",
            _ => "a comma or ] is missing",
        })
    }

    fn scalar(&mut self) -> Result<(), Stop> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b']') => {
                Err(self.unexpected("a comma stands before a closing bracket, or a value is missing"))
            }
            Some(b'\'') => Err(self.unexpected("single quotes are not JSON")),
            _ => self.literal(),
        }
    }

    /// A number, `true`, `false` or `null`.
    fn literal(&mut self) -> Result<(), Stop> {
        let rest = &self.text[self.at..];
        let length =
            rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-._".contains(byte)).count();
        let word = &rest[..length];
        if matches!(word, "true" | "false" | "null") || is_number(word) {
            let span = Span::new(self.offset(self.at), self.offset(self.at + length));
            self.builder.scalar(Style::Plain, span, word)?;
            self.at += length;
            return Ok(());
        }
        Err(self.unexpected(match word {
            "NaN" | "Infinity" | "-Infinity" => "NaN and Infinity are not JSON numbers",
            "" => "a value is missing or begins with a character that JSON does not know",
            word if word.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) => {
                "this is not a JSON number"
            }
            _ => "text needs double quotes in JSON",
        }))
    }

    /// A string, from its opening quote.
    fn string(&mut self) -> Result<(), Stop> {
        let start = self.at;
        let mut at = start + 1;
        let mut value = String::new();
        let mut copied = at;
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(at) {
                None => return Err(self.fault(start, "a quote is opened and not closed")),
                Some(b'"') => break,
                Some(b'\\') => {
                    value.push_str(&self.text[copied..at]);
                    let (character, length) = escape(&bytes[at + 1..])
                        .ok_or_else(|| self.fault(at, "a backslash begins no JSON escape"))?;
                    value.push(character);
                    at += 1 + length;
                    copied = at;
                }
                Some(0..=0x1f) => {
                    return Err(self.fault(at, "a control character or line end stands in a string"));
                }
                Some(_) => at += 1,
            }
        }
        let span = Span::new(self.offset(start), self.offset(at + 1));
        if value.is_empty() {
            self.builder.scalar(Style::Double, span, &self.text[copied..at])?;
        } else {
            value.push_str(&self.text[copied..at]);
            self.builder.scalar(Style::Double, span, &value)?;
        }
        self.at = at + 1;
        Ok(())
    }

    fn blanks(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn offset(&self, at: usize) -> u32 {
        self.base.saturating_add(u32::try_from(at).unwrap_or(u32::MAX))
    }

    fn unexpected(&self, message: &'static str) -> Stop {
        let is_comment = self.text[self.at..].starts_with(['/', '#']);
        self.fault(self.at, if is_comment { "comments are not JSON" } else { message })
    }

    fn fault(&self, at: usize, message: &'static str) -> Stop {
        let length = self.text[at..].chars().next().map_or(0, char::len_utf8);
        let span = Span::new(self.offset(at), self.offset(at + length));
        Stop { problem: Problem::new(Fault::JsonSyntax, span, message), retry: false }
    }
}

/// The character that an escape stands for, and the bytes behind its `\`.
fn escape(rest: &[u8]) -> Option<(char, usize)> {
    let simple = match rest.first()? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let high = hex(rest.get(1..5)?)?;
            if !(0xd800..0xdc00).contains(&high) {
                return char::from_u32(high).map(|character| (character, 5));
            }
            let low =
                rest.get(5..7).filter(|escape| *escape == b"\\u").and_then(|_| hex(rest.get(7..11)?))?;
            let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
            return char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + low).map(|character| (character, 11));
        }
        _ => return None,
    };
    Some((simple, 1))
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, digit| Some(value * 16 + char::from(*digit).to_digit(16)?))
}

/// The number grammar of RFC 8259, section 6.
fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let word = word.strip_prefix('-').unwrap_or(word);
    let (number, exponent) = match word.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        None => (word, "0"),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    digits(whole) && (whole == "0" || !whole.starts_with('0')) && digits(fraction) && digits(exponent)
}
