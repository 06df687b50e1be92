//! A tree under other names: keys renamed, fields added, for files that were
//! laid out for something else. Values keep their places in the file.

use super::tree::{NONE, Node, NodeId, NodeKind, PASSED_OVER, Style, TextAt, Tree};
use std::sync::Arc;

impl Tree {
    /// The tree with the keys of its first root renamed (old name, new name;
    /// one key can get several) and fields added (name, value). Keys that are neither renamed to nor
    /// `known` are passed over: they belong to whatever the file was made for.
    /// Without a root there is one of the added fields alone.
    ///
    /// An added field stands at the beginning of the root, with no bytes of its
    /// own.
    #[must_use]
    pub fn mapped(
        &self,
        renamed: &[(String, String)],
        added: &[(String, String)],
        known: &dyn Fn(&str) -> bool,
    ) -> Self {
        let mut mapped = Mapping {
            tree: Self {
                file: self.file.clone(),
                nodes: self.nodes.clone(),
                texts: self.texts.clone(),
                unescaped: self.unescaped.clone(),
                roots: self.roots.clone(),
                comments: self.comments.clone(),
                problems: self.problems.clone(),
                lost: self.lost.clone(),
            },
            texts: self.unescaped.to_string(),
        };
        let root = mapped.root();
        let keys: Vec<(NodeId, NodeId)> =
            self.roots.first().map(|root| self.entries(*root).collect()).unwrap_or_default();
        for (key, value) in keys {
            let name = self.text(key);
            let mut targets = renamed.iter().filter(|(from, _)| from == name).map(|(_, to)| to);
            if let Some(to) = targets.next() {
                mapped.retitle(key, to);
                // One key can be two fields: the day of the approval and of the
                // review.
                for to in targets {
                    mapped.copy(root, to, value);
                }
            } else if !known(name)
                || renamed.iter().any(|(_, to)| to == name)
                || added.iter().any(|(to, _)| to == name)
            {
                mapped.tree.nodes[key.0 as usize].flags |= PASSED_OVER;
            }
        }
        for (name, value) in added {
            mapped.add(root, name, value);
        }
        mapped.tree.unescaped = Arc::from(mapped.texts);
        mapped.tree
    }
}

struct Mapping {
    tree: Tree,
    texts: String,
}

impl Mapping {
    fn root(&mut self) -> NodeId {
        match self.tree.roots.first() {
            Some(root) if self.tree.kind(*root) == NodeKind::Mapping => *root,
            _ => {
                let root = self.push(Node {
                    kind: NodeKind::Mapping,
                    flags: 0,
                    start: 0,
                    end: 0,
                    first: NONE,
                    next: NONE,
                });
                self.tree.roots.insert(0, root);
                root
            }
        }
    }

    fn push(&mut self, node: Node) -> NodeId {
        let id = NodeId(u32::try_from(self.tree.nodes.len()).unwrap_or(NONE));
        self.tree.nodes.push(node);
        id
    }

    /// Index of a text in the side table.
    fn text(&mut self, text: &str) -> u32 {
        let short = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let start = short(self.texts.len());
        self.texts.push_str(text);
        let at = short(self.tree.texts.len());
        self.tree.texts.push(TextAt { unescaped: true, start, end: short(self.texts.len()) });
        at
    }

    fn retitle(&mut self, key: NodeId, name: &str) {
        let text = self.text(name);
        let node = &mut self.tree.nodes[key.0 as usize];
        node.kind = NodeKind::Scalar(Style::Plain);
        node.first = text;
    }

    /// Puts an entry before the others whose value is that of another.
    fn copy(&mut self, root: NodeId, name: &str, value: NodeId) {
        let first = self.tree.nodes[root.0 as usize].first;
        let start = self.tree.nodes[root.0 as usize].start;
        let original = self.tree.nodes[value.0 as usize];
        let value = self.push(Node { next: first, ..original });
        let name = self.text(name);
        let kind = NodeKind::Scalar(Style::Plain);
        let key = self.push(Node { kind, flags: 0, start, end: start, first: name, next: value.0 });
        self.tree.nodes[root.0 as usize].first = key.0;
    }

    /// Puts an entry before the others.
    fn add(&mut self, root: NodeId, name: &str, value: &str) {
        let start = self.tree.nodes[root.0 as usize].start;
        let first = self.tree.nodes[root.0 as usize].first;
        let scalar = |first, next| Node {
            kind: NodeKind::Scalar(Style::Plain),
            flags: 0,
            start,
            end: start,
            first,
            next,
        };
        let (name, text) = (self.text(name), self.text(value));
        let value = self.push(scalar(text, first));
        let key = self.push(scalar(name, value.0));
        self.tree.nodes[root.0 as usize].first = key.0;
    }
}
