//! From the text of an expression to its CEL syntax tree, and from a node of
//! that tree back to the bytes it was written in.
//!
//! The `cel` crate parses. It bounds brackets only, so chains that it would
//! follow by recursion are counted here first. It keeps the places of nodes to
//! itself when the text is sound; they are asked for only when a fault is
//! shown, by parsing the text once more with a bracket too many behind it: the
//! nodes before it get the same numbers, and an error carries their places.

use super::env::ExprError;
use cel::common::ast::{Expr, IdedExpr, SourceInfo, operators};
use cel::parser::pratt_parser::{Lexer, TokenKind};
use cel::parser::{ParseError, PrattParser};
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

/// Bytes of one expression.
const TEXT_BYTES: usize = 16 << 10;
/// Words, signs and literals of one expression.
const TOKENS: usize = 2_000;
/// Brackets inside brackets, and `? :` in one expression.
const NESTING: usize = 32;
/// Signs that the parser chains by recursion: dots, signs of arithmetic and
/// comparison, negations. Its tree is as deep as the longest chain.
const LINKS: usize = 500;
/// Levels that are followed to find the bytes of a node; a checked node has
/// fewer.
const REACH: usize = 100;
/// Errors of syntax that are told at once.
const SYNTAX_ERRORS: u32 = 8;

/// The text of an expression, and where its nodes stand.
pub(super) struct Source<'t> {
    text: &'t str,
    places: OnceCell<Option<Arc<SourceInfo>>>,
}

/// Parses an expression.
pub(super) fn parse(text: &str) -> Result<IdedExpr, Vec<ExprError>> {
    within_limits(text).map_err(|error| vec![error])?;
    match parser().parse(text) {
        Ok(tree) => Ok(tree),
        Err(errors) => {
            let mut told: Vec<_> = errors.errors.iter().map(|error| explained(text, error)).collect();
            // The parser reports what its own recovery stumbles over again.
            told.dedup_by(|later, earlier| later.span == earlier.span);
            Err(told)
        }
    }
}

fn parser() -> PrattParser {
    PrattParser::new().max_recursion_depth(96).error_recovery_limit(SYNTAX_ERRORS)
}

fn within_limits(text: &str) -> Result<(), ExprError> {
    let refuse = |span: Range<usize>, message: String| {
        let help = Some("split it: several rules, or a fact, read better".to_owned());
        Err(ExprError { span: on_borders(text, span), message, help })
    };
    if text.len() > TEXT_BYTES {
        return refuse(0..text.len(), format!("the expression is longer than {TEXT_BYTES} bytes"));
    }
    let (mut tokens, mut open, mut choices, mut links) = (0, 0_usize, 0, 0);
    for (kind, span) in tokens_from(text, 0) {
        tokens += 1;
        match kind {
            TokenKind::TokLeftParen | TokenKind::TokLeftBracket | TokenKind::TokLeftBrace => open += 1,
            TokenKind::TokRightParen | TokenKind::TokRightBracket | TokenKind::TokRightBrace => {
                open = open.saturating_sub(1);
            }
            TokenKind::TokQuestion => choices += 1,
            TokenKind::TokDot
            | TokenKind::TokPlus
            | TokenKind::TokMinus
            | TokenKind::TokAsterisk
            | TokenKind::TokSlash
            | TokenKind::TokPercent
            | TokenKind::TokExclamation
            | TokenKind::TokIn
            | TokenKind::TokEqualEqual
            | TokenKind::TokExclamationEqual
            | TokenKind::TokLess
            | TokenKind::TokLessEqual
            | TokenKind::TokGreater
            | TokenKind::TokGreaterEqual => links += 1,
            _ => {}
        }
        if open > NESTING {
            return refuse(
                span,
                format!("the expression has more than {NESTING} brackets inside each other"),
            );
        }
        if choices > NESTING {
            return refuse(span, format!("the expression has more than {NESTING} choices"));
        }
        if tokens > TOKENS {
            return refuse(span, format!("the expression has more than {TOKENS} words and signs"));
        }
        if links > LINKS {
            return refuse(span, format!("the expression has more than {LINKS} dots and operators"));
        }
    }
    Ok(())
}

/// The tokens from a byte on, without blanks and comments.
pub(super) fn tokens_from(text: &str, start: usize) -> impl Iterator<Item = (TokenKind, Range<usize>)> {
    let mut lexer = Lexer::new(text.get(start..).unwrap_or_default());
    std::iter::from_fn(move || {
        loop {
            let token = lexer.lex();
            match token.kind {
                TokenKind::TokEnd => return None,
                TokenKind::TokWhitespace | TokenKind::TokComment => {}
                kind => return Some((kind, token.start + start..token.end + start)),
            }
        }
    })
}

/// The span inside the text and on character borders.
fn on_borders(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    start..text.ceil_char_boundary(span.end.min(text.len())).max(start)
}

/// A parser's error in our words.
fn explained(text: &str, error: &ParseError) -> ExprError {
    let span = on_borders(text, span_of(text, error));
    let token = text.get(span.clone()).unwrap_or_default();
    let (message, help) = match (token, error.msg.as_str()) {
        ("=", _) => ("`=` is not an operator".to_owned(), Some("write `==` to compare")),
        ("&", _) => ("`&` is not an operator".to_owned(), Some("write `&&` for *and*")),
        ("|", _) => ("`|` is not an operator".to_owned(), Some("write `||` for *or*")),
        ("and" | "AND", _) => (format!("`{token}` is not an operator"), Some("write `&&`")),
        ("or" | "OR", _) => (format!("`{token}` is not an operator"), Some("write `||`")),
        ("not" | "NOT", _) => (format!("`{token}` is not an operator"), Some("write `!`, or `!(a in b)`")),
        ("if" | "else", _) => {
            (format!("`{token}` is not part of the language"), Some("write `condition ? first : second`"))
        }
        (_, "invalid argument to has() macro") => {
            ("`has` asks about a field".to_owned(), Some("name one with its record: `has(record.due)`"))
        }
        (_, "argument must be a simple name") => {
            ("the first argument names the item".to_owned(), Some("write `list.all(item, condition)`"))
        }
        (_, "unexpected character") => (format!("`{token}` does not belong in an expression"), None),
        (_, "unterminated string literal") => {
            ("the text is not closed".to_owned(), Some("add the closing quote"))
        }
        ("", _) => {
            ("the expression ends too early".to_owned(), Some("a value or a closing bracket is missing"))
        }
        (_, other) if other.starts_with("Syntax error") || other == "unexpected token" => {
            (format!("`{token}` is not expected here"), None)
        }
        (_, other) => (other.to_owned(), None),
    };
    ExprError { span, message, help: help.map(str::to_owned) }
}

/// Where a parser's error points: its token, or line and column.
fn span_of(text: &str, error: &ParseError) -> Range<usize> {
    let token = error.source_info.as_ref().and_then(|info| info.offset_for(error.expr_id));
    if let (Some((start, end)), true) = (token, error.expr_id > 0) {
        return start as usize..end as usize;
    }
    let (Ok(line), Ok(column)) = (usize::try_from(error.pos.0), usize::try_from(error.pos.1)) else {
        return 0..text.len();
    };
    if line == 0 {
        return 0..text.len();
    }
    let before: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let start = (before + column.saturating_sub(1)).min(text.len());
    let end =
        tokens_from(text, text.floor_char_boundary(start)).next().map_or(text.len(), |(_, span)| span.end);
    start..end
}

impl<'t> Source<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, places: OnceCell::new() }
    }

    /// The bytes of a node with all that belongs to it.
    pub(super) fn extent(&self, expr: &IdedExpr) -> Range<usize> {
        on_borders(self.text, self.reach(expr, REACH))
    }

    /// The name behind the dot of a selection.
    pub(super) fn field(&self, expr: &IdedExpr) -> Range<usize> {
        let Expr::Select(select) = &expr.expr else { return self.extent(expr) };
        let behind = self.reach(&select.operand, REACH).end;
        let name = tokens_from(self.text, behind)
            .skip_while(|(kind, _)| *kind == TokenKind::TokRightParen)
            .nth(1)
            .filter(|(_, span)| self.text.get(span.clone()) == Some(select.field.as_str()));
        on_borders(self.text, name.map_or_else(|| self.reach(expr, REACH), |(_, span)| span))
    }

    /// The name of a function that is called.
    pub(super) fn function(&self, expr: &IdedExpr) -> Range<usize> {
        let own = self.own(expr);
        let Expr::Call(call) = &expr.expr else { return own };
        let before = self.text.get(..own.start).unwrap_or_default().trim_end();
        match before.strip_suffix(call.func_name.as_str()) {
            Some(rest) if call.target.is_some() => rest.len()..before.len(),
            _ => own,
        }
    }

    /// The text of a node.
    pub(super) fn quoted(&self, expr: &IdedExpr) -> &'t str {
        self.text.get(self.extent(expr)).unwrap_or_default()
    }

    fn own(&self, expr: &IdedExpr) -> Range<usize> {
        let place = self.places().and_then(|places| places.offset_for(expr.id));
        place.map_or(0..self.text.len(), |(start, end)| start as usize..end as usize)
    }

    fn places(&self) -> Option<&SourceInfo> {
        let found = self.places.get_or_init(|| {
            let refused = parser().parse(&format!("{}\n)", self.text)).err()?;
            refused.errors.into_iter().find_map(|error| error.source_info)
        });
        found.as_deref()
    }

    fn reach(&self, expr: &IdedExpr, levels: usize) -> Range<usize> {
        let own = self.own(expr);
        let Some(levels) = levels.checked_sub(1) else { return own };
        let (parts, brackets): (Vec<&IdedExpr>, bool) = match &expr.expr {
            Expr::Select(select) if select.test => (vec![], true),
            Expr::Select(select) => {
                let name = tokens_from(self.text, own.end).next().map_or(own.end, |(_, span)| span.end);
                return self.reach(&select.operand, levels).start.min(own.start)..name;
            }
            Expr::Call(call) => {
                let operator =
                    call.func_name.starts_with(['_', '!', '-', '@']) && call.func_name != operators::INDEX;
                (call.target.as_deref().into_iter().chain(&call.args).collect(), !operator)
            }
            Expr::List(list) => (list.elements.iter().collect(), true),
            Expr::Map(_) | Expr::Struct(_) => (vec![], true),
            Expr::Comprehension(each) => (vec![&each.iter_range], true),
            Expr::Literal(_) if self.text.get(own.clone()) == Some("-") => {
                let number = tokens_from(self.text, own.end).next().map_or(own.end, |(_, span)| span.end);
                return own.start..number;
            }
            _ => (vec![], false),
        };
        let mut reach = own.clone();
        for part in parts {
            let part = self.reach(part, levels);
            reach = reach.start.min(part.start)..reach.end.max(part.end);
        }
        if brackets && let Some(end) = self.closing(own.start) {
            reach.end = reach.end.max(end);
        }
        reach
    }

    /// The end of the bracket that opens at or behind `start`.
    fn closing(&self, start: usize) -> Option<usize> {
        let mut open = 0_usize;
        for (kind, span) in tokens_from(self.text, start) {
            match kind {
                TokenKind::TokLeftParen | TokenKind::TokLeftBracket | TokenKind::TokLeftBrace => open += 1,
                TokenKind::TokRightParen | TokenKind::TokRightBracket | TokenKind::TokRightBrace => {
                    open = open.checked_sub(1)?;
                    if open == 0 {
                        return Some(span.end);
                    }
                }
                _ => {}
            }
        }
        None
    }
}
