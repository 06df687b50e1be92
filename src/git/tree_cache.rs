//! Folders that were parsed, kept for a while.

use super::Oid;
use super::tree::Tree;
use std::collections::HashMap;
use std::sync::Arc;

/// Parsed trees, in two generations: when the young one is full it becomes the
/// old one, and what was not asked for since is dropped. Along a history the
/// parent's trees of one step are the child's of the next.
#[derive(Default)]
pub(super) struct TreeCache {
    young: HashMap<Oid, Arc<Tree>>,
    old: HashMap<Oid, Arc<Tree>>,
    weight: usize,
}

impl TreeCache {
    /// Bytes of one generation.
    const GENERATION: usize = 24 << 20;

    pub(super) fn get(&mut self, id: Oid) -> Option<Arc<Tree>> {
        if let Some(tree) = self.young.get(&id) {
            return Some(Arc::clone(tree));
        }
        let tree = self.old.remove(&id)?;
        self.put(id, Arc::clone(&tree));
        Some(tree)
    }

    pub(super) fn put(&mut self, id: Oid, tree: Arc<Tree>) {
        self.weight += tree.weight();
        if self.weight > Self::GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.weight = tree.weight();
        }
        self.young.insert(id, tree);
    }
}
