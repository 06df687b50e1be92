//! From parser events to the arena, with the spans made exact.
//!
//! The parser gives a block collection no end, a block scalar no header and an
//! indentless list a start behind its first hyphen; all three are mended here.

use super::tree::text_at;
use super::tree::{
    DUPLICATE, INCOMPLETE, Lost, NONE, Node, NodeId, NodeKind, PASSED_OVER, Style, TextAt, Tree,
};
use super::{Fault, Problem, syntax};
use crate::budget::Limits;
use crate::escape::Raw;
use crate::source::{SourceFile, Span};
use granit_parser::{Event, Options, Parser, ScalarStyle, StructureStyle, Tag};
use std::collections::HashMap;
use std::sync::Arc;

/// Why reading a stretch of text ended early.
pub(super) struct Stop {
    pub(super) problem: Problem,
    /// Whether a smaller stretch may fare better.
    pub(super) retry: bool,
}

struct Open {
    node: NodeId,
    last_child: Option<NodeId>,
    block: bool,
}

/// How far a builder had got, to go back to.
pub(super) struct Mark {
    nodes: usize,
    texts: usize,
    unescaped: usize,
    roots: usize,
    comments: usize,
    problems: usize,
    anchors: usize,
}

pub(super) struct Builder<'t> {
    pub(super) file: Arc<SourceFile>,
    pub(super) limits: &'t Limits,
    nodes: Vec<Node>,
    texts: Vec<TextAt>,
    unescaped: String,
    pub(super) roots: Vec<NodeId>,
    comments: Vec<Span>,
    pub(super) problems: Vec<Problem>,
    pub(super) lost: Vec<Lost>,
    open: Vec<Open>,
    root: Option<NodeId>,
    last: Option<NodeId>,
    /// End of the last token that is not a comment.
    last_end: u32,
    documents: usize,
    /// Anchors of the document by name, and the order they came in. They
    /// outlive a stretch of text when a document is read piece by piece.
    anchors: HashMap<Box<str>, NodeId>,
    anchor_order: Vec<Box<str>>,
    /// Whether stretches are pieces of one document.
    pub(super) in_pieces: bool,
}

impl<'t> Builder<'t> {
    pub(super) fn new(file: &Arc<SourceFile>, limits: &'t Limits) -> Self {
        Self {
            file: file.clone(),
            limits,
            nodes: Vec::new(),
            texts: Vec::new(),
            unescaped: String::new(),
            roots: Vec::new(),
            comments: Vec::new(),
            problems: Vec::new(),
            lost: Vec::new(),
            open: Vec::new(),
            root: None,
            last: None,
            last_end: 0,
            documents: 0,
            anchors: HashMap::new(),
            anchor_order: Vec::new(),
            in_pieces: false,
        }
    }

    pub(super) fn finish(mut self) -> Tree {
        self.problems.sort_by_key(|problem| (problem.span, problem.fault));
        self.comments.sort_unstable();
        self.lost.sort_unstable_by_key(|lost| lost.span);
        Tree {
            file: self.file,
            nodes: self.nodes,
            texts: self.texts,
            unescaped: self.unescaped.into(),
            roots: self.roots,
            comments: self.comments,
            problems: self.problems,
            lost: self.lost,
        }
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            nodes: self.nodes.len(),
            texts: self.texts.len(),
            unescaped: self.unescaped.len(),
            roots: self.roots.len(),
            comments: self.comments.len(),
            problems: self.problems.len(),
            anchors: self.anchor_order.len(),
        }
    }

    /// Forgets everything since `mark`.
    pub(super) fn back_to(&mut self, mark: &Mark) {
        self.nodes.truncate(mark.nodes);
        self.texts.truncate(mark.texts);
        self.unescaped.truncate(mark.unescaped);
        self.roots.truncate(mark.roots);
        self.comments.truncate(mark.comments);
        self.problems.truncate(mark.problems);
        for name in self.anchor_order.drain(mark.anchors.min(self.anchor_order.len())..) {
            self.anchors.remove(&name);
        }
        self.open.clear();
        self.root = None;
        self.last = None;
    }

    /// Forgets the anchors: a new document begins.
    pub(super) fn forget_anchors(&mut self) {
        self.anchors.clear();
        self.anchor_order.clear();
    }

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

    pub(super) fn count_document(&mut self, span: Span) -> Result<(), Stop> {
        self.documents += 1;
        if self.documents > self.limits.documents {
            let message = format!("the file has more than {} documents", self.limits.documents);
            return Err(Stop { problem: Problem::new(Fault::LimitExceeded, span, message), retry: false });
        }
        Ok(())
    }

    pub(super) fn document_end(&mut self) {
        let root = self.root.take().filter(|root| {
            let node = &self.nodes[root.0 as usize];
            !(node.kind == NodeKind::Scalar(Style::Plain) && node.start == node.end)
        });
        self.roots.extend(root);
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

    /// Adds a scalar; its text goes to the side table unless it is the very
    /// bytes of the source.
    pub(super) fn scalar(&mut self, style: Style, span: Span, value: &str) -> Result<NodeId, Stop> {
        let own = match style {
            Style::Plain => span,
            Style::Single | Style::Double => Span::new(span.start + 1, span.end.saturating_sub(1)),
            Style::Block => Span::at(span.start),
        };
        let mut first = NONE;
        if style == Style::Block || self.file.slice(own) != value {
            let start = u32::try_from(self.unescaped.len()).unwrap_or(u32::MAX);
            self.unescaped.push_str(value);
            let end = u32::try_from(self.unescaped.len()).unwrap_or(u32::MAX);
            first = self.side_text(TextAt { unescaped: true, start, end });
        }
        self.last_end = span.end;
        self.add(NodeKind::Scalar(style), span, first)
    }

    fn side_text(&mut self, at: TextAt) -> u32 {
        self.texts.push(at);
        u32::try_from(self.texts.len() - 1).unwrap_or(NONE)
    }

    fn add(&mut self, kind: NodeKind, span: Span, first: u32) -> Result<NodeId, Stop> {
        if self.nodes.len() >= self.limits.nodes {
            let message = format!("the file has more than {} values", self.limits.nodes);
            return Err(Stop { problem: Problem::new(Fault::LimitExceeded, span, message), retry: false });
        }
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(NONE));
        self.nodes.push(Node { kind, flags: 0, start: span.start, end: span.end, first, next: NONE });
        self.attach(id);
        self.last = Some(id);
        Ok(id)
    }

    /// Makes a node the next child of the innermost open collection.
    fn attach(&mut self, id: NodeId) {
        let Some(top) = self.open.last_mut() else {
            self.root = Some(id);
            return;
        };
        match top.last_child.replace(id) {
            Some(before) => self.nodes[before.0 as usize].next = id.0,
            None => self.nodes[top.node.0 as usize].first = id.0,
        }
    }

    pub(super) fn open(&mut self, kind: NodeKind, start: u32, block: bool) -> Result<NodeId, Stop> {
        if self.open.len() >= self.limits.depth {
            return Err(syntax::too_deep(Span::at(start), self.limits));
        }
        let node = self.add(kind, Span::at(start), NONE)?;
        self.open.push(Open { node, last_child: None, block });
        self.last_end = if block { start } else { start + 1 };
        Ok(node)
    }

    /// Closes the innermost collection; `end` counts for flow style only.
    pub(super) fn close(&mut self, end: u32) {
        let Some(closed) = self.open.pop() else { return };
        let at = closed.node.0 as usize;
        if closed.block {
            if let Some(last) = closed.last_child {
                self.nodes[at].end = self.nodes[last.0 as usize].end;
                if self.nodes[at].kind == NodeKind::Mapping {
                    self.nodes[at].start = self.nodes[self.nodes[at].first as usize].start;
                }
            }
        } else {
            self.nodes[at].end = end;
            self.last_end = end;
        }
        if self.nodes[at].kind == NodeKind::Mapping {
            self.check_keys(closed.node);
        }
    }

    /// An alias is the value of its anchor when that is a scalar.
    fn alias(&mut self, span: Span) -> Result<(), Stop> {
        let name = self.file.slice(span).trim_start_matches('*');
        let target = self.anchors.get(name).map(|node| self.nodes[node.0 as usize]);
        match target {
            Some(node) if matches!(node.kind, NodeKind::Scalar(_)) => {
                let first = self.side_text(text_at(&node, &self.texts));
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

    fn text(&self, node: &Node) -> &str {
        let at = text_at(node, &self.texts);
        let source: &str = if at.unescaped { &self.unescaped } else { self.file.text() };
        source.get(at.start as usize..at.end as usize).unwrap_or_default()
    }

    /// Keys that are none, are too long, merge, or stand twice.
    pub(super) fn check_keys(&mut self, mapping: NodeId) {
        let mut found = Vec::new();
        let mut flags = Vec::new();
        let mut keys = Vec::new();
        let mut next = self.nodes[mapping.0 as usize].first;
        while let Some(node) = self.nodes.get(next as usize) {
            let span = Span::new(node.start, node.end);
            let text = self.text(node);
            if node.flags & PASSED_OVER != 0 {
                // Reported when the piece was read that it came in.
            } else if !matches!(node.kind, NodeKind::Scalar(_)) {
                if node.kind != NodeKind::Broken {
                    found.push(Problem::new(Fault::KeyNotText, span, "a list or a mapping is used as a key"));
                }
                flags.push((next, PASSED_OVER));
            } else if text == "<<" && node.kind == NodeKind::Scalar(Style::Plain) {
                found.push(Problem::new(
                    Fault::MergeKey,
                    span,
                    "the merge key << is not allowed in a record",
                ));
                flags.push((next, PASSED_OVER));
                flags.push((mapping.0, INCOMPLETE));
            } else if text.len() > self.limits.key_bytes {
                let message = format!("a key is longer than {} bytes", self.limits.key_bytes);
                found.push(Problem::new(Fault::LimitExceeded, span, message));
                flags.push((next, PASSED_OVER));
            } else {
                keys.push((text, next));
            }
            next = self.nodes.get(node.next as usize).map_or(NONE, |value| value.next);
        }
        keys.sort_unstable();
        for same in keys.chunk_by(|(a, _), (b, _)| a == b).filter(|same| same.len() > 1) {
            flags.extend(same.iter().map(|(_, key)| (*key, DUPLICATE)));
            for (key, later) in &same[1..] {
                found.push(self.duplicate(key, same[0].1, *later));
            }
        }
        self.problems.extend(found);
        for (node, flag) in flags {
            self.nodes[node as usize].flags |= flag;
        }
    }

    fn duplicate(&self, key: &str, first: u32, later: u32) -> Problem {
        let span = |node: u32| Span::new(self.nodes[node as usize].start, self.nodes[node as usize].end);
        let line = self.file.lines().line(span(first).start);
        let message = format!("`{key}` is written twice: also in line {line}");
        Problem::new(Fault::DuplicateKey, span(later), Raw::from(message))
            .related(span(first), "first written here")
    }

    /// Joins pieces that were read one by one into a collection.
    pub(super) fn join(&mut self, kind: NodeKind, children: &[NodeId], complete: bool) -> Option<NodeId> {
        let (first, last) = (children.first()?, children.last()?);
        let span = Span::new(self.nodes[first.0 as usize].start, self.nodes[last.0 as usize].end);
        self.open.clear();
        let id = self.add(kind, span, first.0).ok()?;
        for pair in children.windows(2) {
            self.nodes[pair[0].0 as usize].next = pair[1].0;
        }
        self.nodes[last.0 as usize].next = NONE;
        if !complete {
            self.nodes[id.0 as usize].flags |= INCOMPLETE;
        }
        if kind == NodeKind::Mapping {
            self.check_keys(id);
        }
        Some(id)
    }

    /// A stand-in for a value that could not be read.
    pub(super) fn broken(&mut self, span: Span) -> Option<NodeId> {
        self.open.clear();
        self.add(NodeKind::Broken, span, NONE).ok()
    }

    pub(super) fn is_incomplete(&self, id: NodeId) -> bool {
        self.nodes[id.0 as usize].flags & INCOMPLETE != 0
    }

    pub(super) fn mark_incomplete(&mut self, id: NodeId) {
        self.nodes[id.0 as usize].flags |= INCOMPLETE;
    }

    /// Ends a text that broke off at `end`: what is open is closed there, as
    /// incomplete, without the child that was being read.
    pub(super) fn abandon(&mut self, end: u32) {
        while let Some(open) = self.open.pop() {
            let at = open.node.0 as usize;
            let (kind, children) = self.children(open.node);
            // Complete children only: pairs in a mapping, and nothing open.
            let keep = if kind == NodeKind::Mapping { children.len() & !1 } else { children.len() };
            match keep.checked_sub(1) {
                Some(last) => self.nodes[children[last].0 as usize].next = NONE,
                None => self.nodes[at].first = NONE,
            }
            self.nodes[at].end = end;
            self.nodes[at].flags |= INCOMPLETE;
            if kind == NodeKind::Mapping {
                self.check_keys(open.node);
            }
        }
        self.document_end();
    }

    /// Kind and children of a node that was read as a piece.
    pub(super) fn children(&self, id: NodeId) -> (NodeKind, Vec<NodeId>) {
        let node = &self.nodes[id.0 as usize];
        let mut children = Vec::new();
        if matches!(node.kind, NodeKind::Sequence | NodeKind::Mapping) {
            let mut next = node.first;
            while let Some(child) = self.nodes.get(next as usize) {
                children.push(NodeId(next));
                next = child.next;
            }
        }
        (node.kind, children)
    }
}
