//! Growing the arena: scalars and collections in the order of the text, going
//! back when a stretch of text fails, joining stretches that were read apart.
//!
//! The grammars that feed it are `events` (YAML) and `json`.

use super::tree::{INCOMPLETE, Lost, NONE, Node, NodeId, NodeKind, Style, TextAt, Tree};
use super::{Fault, Problem, syntax};
use crate::budget::Limits;
use crate::source::{SourceFile, Span};
use std::collections::HashMap;
use std::sync::Arc;

/// Why reading a stretch of text ended early.
pub(super) struct Stop {
    pub(super) problem: Problem,
    /// Whether a smaller stretch may fare better.
    pub(super) retry: bool,
}

pub(super) struct Open {
    pub(super) node: NodeId,
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
    pub(super) nodes: Vec<Node>,
    pub(super) texts: Vec<TextAt>,
    pub(super) unescaped: String,
    pub(super) roots: Vec<NodeId>,
    pub(super) comments: Vec<Span>,
    pub(super) problems: Vec<Problem>,
    pub(super) lost: Vec<Lost>,
    pub(super) open: Vec<Open>,
    pub(super) root: Option<NodeId>,
    pub(super) last: Option<NodeId>,
    /// End of the last token that is not a comment.
    pub(super) last_end: u32,
    documents: usize,
    /// Anchors of the document by name, and the order they came in. They
    /// outlive a stretch of text when a document is read piece by piece.
    pub(super) anchors: HashMap<Box<str>, NodeId>,
    pub(super) anchor_order: Vec<Box<str>>,
    /// Bytes that the aliases met so far stand for. They count when a stretch
    /// is read again, too: the limit is one on work.
    pub(super) alias_bytes: usize,
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
            alias_bytes: 0,
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

    pub(super) fn side_text(&mut self, at: TextAt) -> u32 {
        self.texts.push(at);
        u32::try_from(self.texts.len() - 1).unwrap_or(NONE)
    }

    pub(super) fn add(&mut self, kind: NodeKind, span: Span, first: u32) -> Result<NodeId, Stop> {
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
