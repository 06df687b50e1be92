//! Message texts with placeholders: `"{record.title} is due {record.due}"`.
//!
//! What comes out is [`Raw`]: it holds text of the repository, and no sink has
//! escaped it.

use super::env::{Env, ExprError};
use super::eval::{EvalError, Steps};
use super::presence::Presence;
use super::print::printed;
use super::program::{Expected, Program};
use super::syntax::tokens_from;
use super::value::Value;
use crate::escape::Raw;
use cel::parser::pratt_parser::TokenKind;

/// Characters of one value in a message.
const VALUE_CHARACTERS: usize = 200;
/// Placeholders in one text.
const PLACEHOLDERS: usize = 50;

/// A text with placeholders, checked.
#[derive(Debug)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Literal(String),
    Value(Program),
}

impl Template {
    /// Checks a text whose `{…}` are expressions; `{{` and `}}` stand for
    /// braces. `assumed` is what is known where the message is shown.
    ///
    /// # Errors
    /// Every fault of every placeholder, with spans in bytes of `text`.
    pub fn compile(text: &str, env: &Env, assumed: &Presence) -> Result<Self, Vec<ExprError>> {
        let (mut parts, mut faults, mut placeholders) = (Vec::new(), Vec::new(), 0);
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let brace = rest.find(['{', '}']).unwrap_or(rest.len());
            push(&mut parts, &rest[..brace]);
            at += brace;
            let brace = &rest[brace..];
            if brace.starts_with("{{") || brace.starts_with("}}") {
                push(&mut parts, &brace[..1]);
                at += 2;
            } else if brace.starts_with('}') {
                faults.push(fault(at..at + 1, "a brace closes nothing", "write `}}` for a brace"));
                at += 1;
            } else if brace.starts_with('{') {
                placeholders += 1;
                let Some(end) = closing(text, at + 1).filter(|_| placeholders <= PLACEHOLDERS) else {
                    let message = "the placeholder is not closed, or there are too many";
                    faults.push(fault(at..at + 1, message, "close it with `}`; write `{{` for a brace"));
                    break;
                };
                match Program::compile(&text[at + 1..end], env, Expected::Printable, assumed) {
                    Ok(program) => parts.push(Part::Value(program)),
                    Err(errors) => faults.extend(errors.into_iter().map(|error| error.shifted(at + 1))),
                }
                at = end + 1;
            }
        }
        if faults.is_empty() { Ok(Self { parts }) } else { Err(faults) }
    }

    /// The text with `…` for each placeholder: what it says of any subject.
    pub fn outline(text: &str) -> String {
        let (mut outline, mut at) = (String::new(), 0);
        while let Some(brace) = text[at..].find(['{', '}']) {
            outline.push_str(&text[at..at + brace]);
            at += brace;
            if text[at..].starts_with("{{") || text[at..].starts_with("}}") {
                outline.push_str(&text[at..=at]);
                at += 2;
            } else {
                outline.push('…');
                let end = if text[at..].starts_with('{') { closing(text, at + 1) } else { Some(at) };
                at = end.map_or(text.len(), |end| end + 1);
            }
        }
        outline + &text[at..]
    }

    /// The text for `variables`. Each value is on one line and cut at 200
    /// characters; an unknown one says why it is unknown.
    ///
    /// # Errors
    /// As [`Program::eval`].
    pub fn render(&self, variables: &[Value], steps: &mut Steps) -> Result<Raw, EvalError> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Value(program) => push_short(&mut text, &printed(&program.eval(variables, steps)?)),
            }
        }
        Ok(Raw::from(text))
    }
}

fn push(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        _ if text.is_empty() => {}
        Some(Part::Literal(literal)) => literal.push_str(text),
        _ => parts.push(Part::Literal(text.to_owned())),
    }
}

/// The brace that closes a placeholder; one inside a quoted text does not.
fn closing(text: &str, start: usize) -> Option<usize> {
    let token = tokens_from(text, start).find(|(kind, _)| *kind == TokenKind::TokRightBrace);
    token.map(|(_, span)| span.start)
}

/// Runs of blanks and line ends become one space each. A space at an edge is
/// the rule's own (`" (" + title + ")"`) and stays; a line end there goes.
fn push_short(text: &mut String, value: &str) {
    let mut folded = String::new();
    let mut length = 0;
    for character in value.trim_matches(|c: char| c.is_whitespace() && c != ' ').chars() {
        let character = if character.is_whitespace() { ' ' } else { character };
        if character == ' ' && folded.ends_with(' ') {
            continue;
        }
        if length == VALUE_CHARACTERS {
            folded.truncate(folded.trim_end().len());
            folded.push('…');
            break;
        }
        folded.push(character);
        length += 1;
    }
    text.push_str(&folded);
}

fn fault(span: std::ops::Range<usize>, message: &str, help: &str) -> ExprError {
    ExprError { span, message: message.to_owned(), help: Some(help.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[test]
    fn an_outline_leaves_the_places_open() {
        let cases = [
            ("Close it.", "Close it."),
            ("`changes: [{{on: {today}, by: …}}]`", "`changes: [{on: …, by: …}]`"),
            ("{listed(x, \"}\")} and {y}", "… and …"),
            ("never {closed", "never …"),
            ("stray } here", "stray … here"),
            ("{", "…"),
        ];
        for (text, outline) in cases {
            assert_eq!(Template::outline(text), outline);
        }
    }
}
