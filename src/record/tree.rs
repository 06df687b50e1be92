//! The tree of one text: an arena of small nodes over the source bytes.
//!
//! Scalars are slices of the source, unless they had to be unescaped or
//! folded. The tree keeps what was written, not what it means.

use super::build::Builder;
use super::{Problem, json, salvage, toml};
use crate::budget::Limits;
use crate::expr::Text;
use crate::source::{SourceFile, Span};
use std::sync::Arc;

/// Which grammar a text follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// YAML 1.2.
    Yaml,
    /// JSON, strictly.
    Json,
    /// TOML, as the front matter of pages has it.
    Toml,
}

/// A node of one tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    /// Its number in the tree.
    pub fn index(self) -> u32 {
        self.0
    }
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// Text, in one of the ways of writing it.
    Scalar(Style),
    /// A list.
    Sequence,
    /// Keys and values.
    Mapping,
    /// Something is written here that cannot be read; a problem says what.
    Broken,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
    /// As a block behind `|` or `>`.
    Block,
}

/// Lines that could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The bytes of what is lost: a list item, a field or a document.
    pub span: Span,
    /// First line, from 1.
    pub first_line: u32,
    /// Last line, from 1.
    pub last_line: u32,
}

pub(super) const NONE: u32 = u32::MAX;
/// A collection of which something is lost: what is not there may be unread.
pub(super) const INCOMPLETE: u8 = 1;
/// A key that stands more than once in its mapping.
pub(super) const DUPLICATE: u8 = 2;
/// A key that is no field (`<<`, a list), reported and passed over.
pub(super) const PASSED_OVER: u8 = 4;

#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) flags: u8,
    pub(super) start: u32,
    pub(super) end: u32,
    /// First child of a collection; index into the side table of texts of a
    /// scalar; `NONE` for a scalar that is its source.
    pub(super) first: u32,
    pub(super) next: u32,
}

/// Text of a scalar that is not the bytes of its own node.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextAt {
    /// In the buffer of unescaped texts, else in the source (an alias).
    pub(super) unescaped: bool,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// A parsed text.
#[derive(Debug)]
pub struct Tree {
    pub(super) file: Arc<SourceFile>,
    pub(super) nodes: Vec<Node>,
    pub(super) texts: Vec<TextAt>,
    pub(super) unescaped: Arc<str>,
    pub(super) roots: Vec<NodeId>,
    pub(super) comments: Vec<Span>,
    pub(super) problems: Vec<Problem>,
    pub(super) lost: Vec<Lost>,
}

/// Parses the bytes `range` of `file`. Never fails: what is wrong is among the
/// tree's problems, and what could be read around it is in the tree.
pub fn parse(file: &Arc<SourceFile>, range: Span, syntax: Syntax, limits: &Limits) -> Tree {
    let text = file.slice(range);
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let start = range.start.saturating_add(u32::try_from(mark).unwrap_or(0));
    let range = Span::new(start, range.end.max(start));
    let mut builder = Builder::new(file, limits);
    match syntax {
        Syntax::Yaml => salvage::parse(&mut builder, range),
        Syntax::Json => json::parse(&mut builder, range),
        Syntax::Toml => toml::parse(&mut builder, range),
    }
    builder.finish()
}

impl Tree {
    /// The file it was read from.
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// One node for each document that holds anything.
    pub fn roots(&self) -> &[NodeId] {
        &self.roots
    }

    /// What is wrong, in the order of the text.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The comments, each with its `#` and without its line end.
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// What could not be read, in the order of the text.
    pub fn lost(&self) -> &[Lost] {
        &self.lost
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node at all.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    fn node(&self, id: NodeId) -> Node {
        self.nodes[id.0 as usize]
    }

    /// What a node is.
    pub fn kind(&self, id: NodeId) -> NodeKind {
        self.node(id).kind
    }

    /// The bytes that a value takes: replacing them replaces the value. Quotes
    /// and the header of a block (`|`) are part of it; a value that is left
    /// empty has an empty span behind its colon.
    pub fn span(&self, id: NodeId) -> Span {
        let node = self.node(id);
        Span::new(node.start, node.end)
    }

    /// Text of a scalar: as written when plain, else what stands between the
    /// quotes, unescaped. Empty for anything else.
    pub fn text(&self, id: NodeId) -> &str {
        let at = self.text_at(id);
        let source: &str = if at.unescaped { &self.unescaped } else { self.file.text() };
        source.get(at.start as usize..at.end as usize).unwrap_or_default()
    }

    /// The same as a value that shares the buffer.
    pub fn shared_text(&self, id: NodeId) -> Text {
        let at = self.text_at(id);
        let source = if at.unescaped { &self.unescaped } else { self.file.text() };
        Text::slice(source, at.start, at.end)
    }

    fn text_at(&self, id: NodeId) -> TextAt {
        text_at(&self.node(id), &self.texts)
    }

    /// Whether a scalar is written without quotes.
    pub fn is_plain(&self, id: NodeId) -> bool {
        self.kind(id) == NodeKind::Scalar(Style::Plain)
    }

    /// Whether a node says nothing: left empty, `~`, `null`, or blank text.
    pub fn is_blank(&self, id: NodeId) -> bool {
        match self.kind(id) {
            NodeKind::Scalar(Style::Plain) => {
                matches!(self.text(id), "" | "~" | "null" | "Null" | "NULL")
            }
            NodeKind::Scalar(_) => self.text(id).trim().is_empty(),
            _ => false,
        }
    }

    /// Whether part of a collection could not be read, so that what is not in
    /// it may all the same be written.
    pub fn is_incomplete(&self, id: NodeId) -> bool {
        self.node(id).flags & INCOMPLETE != 0
    }

    /// Whether a key stands more than once in its mapping.
    pub fn is_duplicate(&self, key: NodeId) -> bool {
        self.node(key).flags & DUPLICATE != 0
    }

    /// Keys and values of a mapping; nothing for any other node.
    pub fn entries(&self, id: NodeId) -> Entries<'_> {
        let node = self.node(id);
        let first = if node.kind == NodeKind::Mapping { node.first } else { NONE };
        Entries { tree: self, next: first }
    }

    /// Items of a list; nothing for any other node.
    pub fn items(&self, id: NodeId) -> Items<'_> {
        let node = self.node(id);
        let first = if node.kind == NodeKind::Sequence { node.first } else { NONE };
        Items { tree: self, next: first }
    }

    /// Key and value of the first entry with this key.
    pub fn entry(&self, mapping: NodeId, key: &str) -> Option<(NodeId, NodeId)> {
        self.entries(mapping).find(|(node, _)| self.is_text(*node, key))
    }

    /// Whether a scalar's text is `text`: the most frequent question of all, so
    /// lengths are compared first and no slice is checked for its borders.
    fn is_text(&self, id: NodeId, text: &str) -> bool {
        let at = self.text_at(id);
        if at.end.saturating_sub(at.start) as usize != text.len() {
            return false;
        }
        let source: &str = if at.unescaped { &self.unescaped } else { self.file.text() };
        source.as_bytes().get(at.start as usize..at.end as usize) == Some(text.as_bytes())
    }

    /// Value of the first entry with this key.
    pub fn get(&self, mapping: NodeId, key: &str) -> Option<NodeId> {
        self.entry(mapping, key).map(|(_, value)| value)
    }
}

pub(super) fn text_at(node: &Node, texts: &[TextAt]) -> TextAt {
    match (node.kind, texts.get(node.first as usize)) {
        (NodeKind::Scalar(_), Some(at)) => *at,
        (NodeKind::Scalar(Style::Plain), None) => {
            TextAt { unescaped: false, start: node.start, end: node.end }
        }
        (NodeKind::Scalar(Style::Single | Style::Double), None) => {
            TextAt { unescaped: false, start: node.start + 1, end: node.end.saturating_sub(1) }
        }
        _ => TextAt { unescaped: false, start: 0, end: 0 },
    }
}

/// Keys and values in the order of the text.
pub struct Entries<'t> {
    tree: &'t Tree,
    next: u32,
}

impl Iterator for Entries<'_> {
    type Item = (NodeId, NodeId);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let key = self.tree.nodes.get(self.next as usize)?;
            let at = NodeId(self.next);
            let value = NodeId(key.next);
            self.next = self.tree.nodes.get(key.next as usize)?.next;
            if key.flags & PASSED_OVER == 0 {
                return Some((at, value));
            }
        }
    }
}

/// Items in the order of the text.
pub struct Items<'t> {
    tree: &'t Tree,
    next: u32,
}

impl Iterator for Items<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let node = self.tree.nodes.get(self.next as usize)?;
        let at = NodeId(self.next);
        self.next = node.next;
        Some(at)
    }
}
