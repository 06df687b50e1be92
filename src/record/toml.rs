//! TOML front matter into the same arena, by the `toml_edit` crate, which knows
//! the bytes of every key and value.
//!
//! TOML has no alias, tag or empty value, so little of what `events` guards
//! against can be written in it. A date is the text that it is written as.

use super::build::{Builder, Stop};
use super::tree::{Lost, NodeKind, Style};
use super::{Fault, Problem, syntax};
use crate::source::Span;
use std::ops::Range;
use toml_edit::{Document, Item, Key, TableLike, Value};

pub(super) fn parse(builder: &mut Builder<'_>, range: Span) {
    let file = builder.file.clone();
    let text = file.slice(range);
    let reader = Reader { base: range.start };
    let stop = match Document::parse(text) {
        Ok(document) if document.is_empty() => return,
        Ok(document) => {
            let span = Span::new(range.start, range.start + short(text.trim_end().len()));
            match reader.pairs(builder, document.as_table(), span) {
                Ok(()) => return builder.document_end(),
                Err(stop) => stop,
            }
        }
        Err(error) => {
            let at = error.span().map_or(range, |at| reader.span(&at));
            let at = if at.is_empty() { syntax::visible(&file, range, at.start.min(range.end)) } else { at };
            let message = error.message().lines().next().unwrap_or_default();
            let problem = Problem::new(Fault::TomlSyntax, at, format!("not TOML: {message}"));
            Stop { problem, retry: false }
        }
    };
    let lines = builder.file.lines();
    let span = Span::new(stop.problem.span.start.min(range.end), range.end);
    builder.lost.push(Lost {
        span,
        first_line: lines.line(span.start),
        last_line: lines.line(span.end.saturating_sub(1).max(span.start)),
    });
    builder.problems.push(stop.problem);
    builder.abandon(span.start);
}

fn short(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn key(builder: &mut Builder<'_>, name: &str, at: Span) -> Result<(), Stop> {
    let quoted = builder.file.slice(at).starts_with(['"', '\'']) && at.end - at.start > 1;
    builder.scalar(if quoted { Style::Double } else { Style::Plain }, at, name).map(drop)
}

/// Where the text stands in its file.
struct Reader {
    base: u32,
}

impl Reader {
    fn span(&self, at: &Range<usize>) -> Span {
        let offset = |at: usize| self.base.saturating_add(short(at));
        Span::new(offset(at.start), offset(at.end))
    }

    /// Keys and values of a table of any form. The recursion follows the text,
    /// whose depth the crate limits.
    fn pairs(&self, builder: &mut Builder<'_>, table: &dyn TableLike, span: Span) -> Result<(), Stop> {
        builder.open(NodeKind::Mapping, span.start, false)?;
        let mut keys: Vec<(&str, Option<Span>)> = Vec::new();
        for (name, _) in table.iter() {
            keys.push((name, table.key(name).and_then(Key::span).map(|at| self.span(&at))));
        }
        // In the order of the text: a table of its own may stand before another.
        keys.sort_by_key(|(_, at)| at.map_or(span.start, |at| at.start));
        for (name, at) in keys {
            let Some(item) = table.get(name) else { continue };
            key(builder, name, at.unwrap_or(Span::at(span.start)))?;
            self.item(builder, item, at.unwrap_or(span))?;
        }
        builder.close(span.end);
        Ok(())
    }

    fn item(&self, builder: &mut Builder<'_>, item: &Item, key: Span) -> Result<(), Stop> {
        let span = item.span().map_or(key, |at| self.span(&at));
        match item {
            Item::None => builder.scalar(Style::Plain, Span::at(key.end), "").map(drop),
            Item::Value(value) => self.value(builder, value, span),
            Item::Table(table) => self.pairs(builder, table, span),
            Item::ArrayOfTables(tables) => {
                builder.open(NodeKind::Sequence, span.start, false)?;
                for table in tables {
                    let span = table.span().map_or(span, |at| self.span(&at));
                    self.pairs(builder, table, span)?;
                }
                builder.close(span.end);
                Ok(())
            }
        }
    }

    fn value(&self, builder: &mut Builder<'_>, value: &Value, span: Span) -> Result<(), Stop> {
        match value {
            Value::Array(items) => {
                builder.open(NodeKind::Sequence, span.start, false)?;
                for item in items {
                    let at = item.span().map_or(span, |at| self.span(&at));
                    self.value(builder, item, at)?;
                }
                builder.close(span.end);
                Ok(())
            }
            Value::InlineTable(table) => self.pairs(builder, table, span),
            Value::String(text) => {
                let long = builder.file.slice(span).starts_with("\"\"\"")
                    || builder.file.slice(span).starts_with("'''")
                    || span.end - span.start < 2;
                let style = if long { Style::Block } else { Style::Double };
                builder.scalar(style, span, text.value()).map(drop)
            }
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
                let text = builder.file.slice(span).to_owned();
                builder.scalar(Style::Plain, span, &text).map(drop)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::budget::Limits;
    use crate::record::{Fault, NodeId, NodeKind, Syntax, Tree, parse};
    use crate::source::{SourceFile, Span};

    fn tree(text: &str) -> Tree {
        let file = SourceFile::new("a.md".into(), text);
        let end = u32::try_from(text.len()).expect("small");
        parse(&file, Span::new(0, end), Syntax::Toml, &Limits::STANDARD)
    }

    fn shown(tree: &Tree, node: NodeId) -> String {
        match tree.kind(node) {
            NodeKind::Mapping => {
                let pairs = tree
                    .entries(node)
                    .map(|(key, value)| format!("{}={}", tree.text(key), shown(tree, value)));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
            }
            NodeKind::Sequence => {
                format!("[{}]", tree.items(node).map(|item| shown(tree, item)).collect::<Vec<_>>().join(","))
            }
            NodeKind::Broken => "broken".to_owned(),
            NodeKind::Scalar(_) => {
                format!("{}@{}", tree.text(node), tree.file().slice(tree.span(node)))
            }
        }
    }

    #[test]
    fn each_value_knows_its_bytes() {
        let cases = [
            ("id = \"P-1\"\n", "{id=P-1@\"P-1\"}"),
            ("on = 2026-01-12\n", "{on=2026-01-12@2026-01-12}"),
            ("at = 2026-01-12T10:00:00Z\n", "{at=2026-01-12T10:00:00Z@2026-01-12T10:00:00Z}"),
            ("n = 1_000\nb = true\n", "{n=1_000@1_000,b=true@true}"),
            ("t = ['a', \"b\\n\"]\n", "{t=[a@'a',b\n@\"b\\n\"]}"),
            ("t = \"\"\"\nlong\n\"\"\"\n", "{t=long\n@\"\"\"\nlong\n\"\"\"}"),
            ("[extra]\nowner = \"ana\"\n", "{extra={owner=ana@\"ana\"}}"),
            ("a.b = \"c\"\n", "{a={b=c@\"c\"}}"),
            ("r = { v = 1 }\n", "{r={v=1@1}}"),
            (
                "[[rev]]\nd = 2025-01-01\n[[rev]]\nd = 2026-01-01\n",
                "{rev=[{d=2025-01-01@2025-01-01},{d=2026-01-01@2026-01-01}]}",
            ),
            ("\"odd key\" = \"x\"\n", "{odd key=x@\"x\"}"),
            ("", ""),
            ("# only a comment\n", ""),
        ];
        for (text, wanted) in cases {
            let tree = tree(text);
            assert_eq!(tree.problems(), [], "{text}");
            assert_eq!(
                tree.roots().first().map(|root| shown(&tree, *root)).unwrap_or_default(),
                wanted,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_toml_is_told_at_its_place() {
        for (text, at) in [("id = \n", "="), ("id: x\n", "x"), ("a = 1\na = 2\n", "a"), ("a = [1\n", "1")] {
            let tree = tree(text);
            assert_eq!(tree.problems().len(), 1, "{text}");
            let problem = &tree.problems()[0];
            assert_eq!(problem.fault, Fault::TomlSyntax, "{text}: {problem:?}");
            assert_eq!(tree.file().slice(problem.span), at, "{text}");
            assert_eq!(tree.lost().len(), 1, "{text}");
        }
        let deep = format!("a = {}{}\n", "[".repeat(70_000), "]".repeat(70_000));
        assert_eq!(tree(&deep).problems().len(), 1);
    }
}
