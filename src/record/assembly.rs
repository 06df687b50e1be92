//! A tree put together from values that were found one by one in a text, for
//! layouts that are neither YAML nor JSON. Each value brings the bytes it was
//! found in; its text may be another, where it was translated.

use super::build::{Builder, Stop};
use super::tree::{INCOMPLETE, NodeId, NodeKind, Style, Tree};
use super::{Lost, Problem};
use crate::budget::Limits;
use crate::source::{SourceFile, Span};
use std::sync::Arc;

/// A tree under construction. Once a limit is met nothing is added any more,
/// and the limit is among the problems.
pub struct Assembly<'l> {
    builder: Builder<'l>,
    full: bool,
}

impl<'l> Assembly<'l> {
    /// A tree of values of `file`.
    pub fn new(file: &Arc<SourceFile>, limits: &'l Limits) -> Self {
        Self { builder: Builder::new(file, limits), full: false }
    }

    fn held<T>(&mut self, added: Result<T, Stop>) -> Option<T> {
        match added {
            Ok(added) => Some(added),
            Err(stop) => {
                if !self.full {
                    self.builder.problems.push(stop.problem);
                }
                self.full = true;
                None
            }
        }
    }

    /// Whether a limit was met.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Adds a scalar: its text, and the bytes it stands for.
    pub fn scalar(&mut self, style: Style, span: Span, text: &str) {
        if !self.full {
            let added = self.builder.scalar(style, span, text).map(drop);
            self.held(added);
        }
    }

    /// Adds something that is there and cannot be told.
    pub fn broken(&mut self, span: Span) {
        if !self.full {
            let added = self.builder.add(NodeKind::Broken, span, super::tree::NONE).map(drop);
            self.held(added);
        }
    }

    /// Opens a list or a mapping; [`Self::close`] closes it.
    pub fn open(&mut self, kind: NodeKind, start: u32) -> Option<NodeId> {
        if self.full {
            return None;
        }
        let opened = self.builder.open(kind, start, false);
        self.held(opened)
    }

    /// Closes the innermost open list or mapping.
    pub fn close(&mut self, end: u32) {
        if !self.full {
            self.builder.close(end);
        }
    }

    /// Marks a mapping: what is not in it may all the same be written.
    pub fn mark_incomplete(&mut self, node: NodeId) {
        self.builder.nodes[node.0 as usize].flags |= INCOMPLETE;
    }

    /// Ends a record, which becomes a root of the tree.
    pub fn end_record(&mut self) {
        if self.full {
            // What is open was begun before the limit was met.
            let end = self.builder.last_end;
            self.builder.abandon(end);
        } else {
            self.builder.document_end();
        }
    }

    /// The tree, with what is wrong with the text that it was found in.
    pub fn finish(mut self, problems: &[Problem], lost: &[Lost]) -> Tree {
        self.builder.problems.extend_from_slice(problems);
        self.builder.lost.extend_from_slice(lost);
        self.builder.finish()
    }
}
