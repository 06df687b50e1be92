//! From the YAML parser's events to the arena, with the spans made exact.
//!
//! The parser gives a block collection no end, a block scalar no header and an
//! indentless list a start behind its first hyphen; all three are mended here
//! and in `build`.

use super::build::{Builder, Stop};
use super::tree::{NONE, NodeKind, Style, text_at};
use super::{Fault, Problem, syntax};
use crate::source::Span;
use granit_parser::{Event, Options, Parser, ScalarStyle, StructureStyle, Tag};

impl Builder<'_> {
    /// Reads a stretch of YAML; each document in it becomes a root.
    pub(super) fn yaml(&mut self, range: Span) -> Result<(), Stop> {
        let file = self.file.clone();
        let mut parser = Parser::new_from_str_with_options(file.slice(range), self.options());
        self.last_end = range.start;
        while let Some(next) = parser.next_event() {
            let (event, at) = next.map_err(|error| syntax::stop(&file, range, &error, self.limits))?;
            let bytes = at.byte_range().unwrap_or_default();
            let offset = |byte: usize| range.start.saturating_add(u32::try_from(byte).unwrap_or(u32::MAX));
            let span = Span::new(offset(bytes.start), offset(bytes.end));
            let tag = at.tag_span().and_then(|tag| tag.byte_range());
            let tag = tag.map(|tag| Span::new(offset(tag.start), offset(tag.end)));
            self.event(event, span, tag)?;
        }
        Ok(())
    }

    fn options(&self) -> Options {
        granit_parser::options! {
            emit_unresolved_aliases: true,
            emit_anchor_events: true,
            max_buffered_comment_events: self.limits.nodes,
            simple_key_max_lookahead: self.limits.key_bytes,
            flow_nesting_limit: self.limits.depth + 1,
            block_nesting_limit: self.limits.depth + 1,
        }
    }

    fn event(&mut self, event: Event<'_>, span: Span, tag: Option<Span>) -> Result<(), Stop> {
        match event {
            Event::DocumentStart(..) => self.document_start(span)?,
            Event::DocumentEnd => self.document_end(),
            Event::Comment(..) => self.comments.push(span),
            Event::Scalar(value, style, _, resolved) => {
                self.refuse_tag(resolved.as_deref(), span, tag);
                self.yaml_scalar(&value, style, span)?;
            }
            Event::SequenceStart(style, _, resolved) => {
                self.refuse_tag(resolved.as_deref(), span, tag);
                let block = style == StructureStyle::Block;
                let start = if block { self.first_hyphen(span.start) } else { span.start };
                self.open(NodeKind::Sequence, start, block)?;
            }
            Event::MappingStart(style, _, resolved) => {
                self.refuse_tag(resolved.as_deref(), span, tag);
                self.open(NodeKind::Mapping, span.start, style == StructureStyle::Block)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span.end),
            Event::Anchor(_, name) => {
                if let Some(node) = self.last {
                    self.anchor_order.push(name.as_ref().into());
                    self.anchors.insert(name.as_ref().into(), node);
                }
            }
            Event::Alias(_) => self.alias(span)?,
            Event::UnresolvedAlias(_) => self.alias(span)?,
            _ => {}
        }
        Ok(())
    }

    fn document_start(&mut self, span: Span) -> Result<(), Stop> {
        self.root = None;
        self.last_end = span.end;
        if self.in_pieces {
            return Ok(());
        }
        self.forget_anchors();
        self.count_document(span)
    }

    /// Where the first `-` of a block list stands; below a key, the parser is
    /// behind it when the list is not indented.
    fn first_hyphen(&self, start: u32) -> u32 {
        let below_key =
            self.open.last().is_some_and(|top| self.nodes[top.node.0 as usize].kind == NodeKind::Mapping);
        if !below_key {
            return start;
        }
        let at = self.skip(self.last_end, start, b":?");
        if self.file.text().as_bytes().get(at as usize) == Some(&b'-') { at } else { start }
    }

    /// Passes over white space, comments, anchors, tags and `indicators`.
    fn skip(&self, from: u32, until: u32, indicators: &[u8]) -> u32 {
        let bytes = self.file.text().as_bytes();
        let until = (until as usize).min(bytes.len());
        let mut at = from as usize;
        while at < until {
            let rest = &bytes[at..until];
            let length = |stop: fn(&u8) -> bool| rest.iter().position(stop).unwrap_or(rest.len());
            at += match bytes[at] {
                b' ' | b'\t' | b'\r' | b'\n' => 1,
                b'#' => length(|byte| matches!(byte, b'\r' | b'\n')),
                b'&' | b'!' => length(u8::is_ascii_whitespace),
                byte if indicators.contains(&byte) => 1,
                _ => break,
            };
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    fn refuse_tag(&mut self, tag: Option<&Tag>, span: Span, tag_span: Option<Span>) {
        if tag.is_some() {
            let span = tag_span.unwrap_or(span);
            let message = format!("the tag {} is not allowed in a record", self.file.slice(span));
            self.problems.push(Problem::new(Fault::TagNotAllowed, span, message));
        }
    }

    fn yaml_scalar(&mut self, value: &str, style: ScalarStyle, span: Span) -> Result<(), Stop> {
        let (style, span) = match style {
            ScalarStyle::Plain => (Style::Plain, span),
            ScalarStyle::SingleQuoted => (Style::Single, span),
            ScalarStyle::DoubleQuoted => (Style::Double, span),
            ScalarStyle::Literal | ScalarStyle::Folded => (Style::Block, self.block_span(span)),
        };
        // The parser reads a value that is left empty as `~`.
        let value = if span.is_empty() { "" } else { value };
        self.scalar(style, span, value)?;
        Ok(())
    }

    /// A block scalar from its `|` or `>` to the end of its last line.
    fn block_span(&self, content: Span) -> Span {
        let text = self.file.text();
        let start = self.skip(self.last_end, content.start, b":-?");
        let header = Span::new(start, content.end.max(start));
        let first_line = self.file.slice(header).find(['\r', '\n']).map_or(header.len() as usize, |at| at);
        let mut end = content.end as usize;
        loop {
            // Line ends and lines of spaces behind the text are not of it.
            let kept = text.get(..end).unwrap_or_default();
            let line = kept.rfind(['\r', '\n']).map_or(0, |at| at + 1);
            if line <= start as usize || !kept[line..].trim_end_matches(' ').is_empty() {
                break;
            }
            end = if kept[..line].ends_with("\r\n") { line - 2 } else { line - 1 };
        }
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        Span::new(start, end.max(start.saturating_add(u32::try_from(first_line).unwrap_or(0))))
    }

    /// An alias is the value of its anchor when that is a scalar.
    fn alias(&mut self, span: Span) -> Result<(), Stop> {
        let name = self.file.slice(span).trim_start_matches('*');
        let target = self.anchors.get(name).map(|node| self.nodes[node.0 as usize]);
        match target {
            Some(node) if matches!(node.kind, NodeKind::Scalar(_)) => {
                let at = text_at(&node, &self.texts);
                self.alias_bytes = self.alias_bytes.saturating_add((at.end - at.start) as usize);
                if self.alias_bytes > self.limits.alias_bytes {
                    return Err(syntax::too_many_aliases(span, self.limits));
                }
                let first = self.side_text(at);
                self.add(node.kind, span, first)?;
            }
            Some(node) => {
                let message = format!("the alias *{name} stands for a list or a mapping");
                let problem = Problem::new(Fault::AliasToACollection, span, message);
                self.problems.push(problem.related(Span::at(node.start), "what it stands for"));
                self.add(NodeKind::Broken, span, NONE)?;
            }
            None => {
                let message = format!("the alias *{name} has no anchor &{name} before it");
                self.problems.push(Problem::new(Fault::AnchorNotDefined, span, message));
                self.add(NodeKind::Broken, span, NONE)?;
            }
        }
        self.last_end = span.end;
        Ok(())
    }
}
