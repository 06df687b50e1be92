//! What is wrong with the keys of a mapping.

use super::build::Builder;
use super::tree::{DUPLICATE, INCOMPLETE, NONE, Node, NodeId, NodeKind, PASSED_OVER, Style, text_at};
use super::{Fault, Problem};
use crate::source::Span;

impl Builder<'_> {
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
        Problem::new(Fault::DuplicateKey, span(later), message).related(span(first), "first written here")
    }
}
