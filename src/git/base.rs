//! Where two histories meet.

use super::{Completeness, Oid, Store};
use std::collections::{BTreeSet, HashMap, HashSet};

impl Store {
    /// The best common ancestors of two commits: common ancestors that no other
    /// one descends from. Sorted by id; several for criss-cross merges, none
    /// for unrelated histories. Fails where a gap in the history leaves it open.
    pub fn merge_bases(&self, one: Oid, other: Oid) -> Result<Vec<Oid>, Completeness> {
        let mut graph = Graph { store: self, parents: HashMap::new() };
        let ours = graph.reachable([one])?;
        let mut meeting = BTreeSet::new();
        let mut seen = HashSet::from([other]);
        let mut waiting = vec![other];
        while let Some(id) = waiting.pop() {
            if ours.contains(&id) {
                meeting.insert(id);
                continue;
            }
            for parent in graph.parents_of(id)? {
                if seen.insert(parent) {
                    waiting.push(parent);
                }
            }
        }
        if meeting.len() > 1 {
            // The second line may reach an ancestor by a way around a better base.
            let above = meeting.iter().map(|id| graph.parents_of(*id)).collect::<Result<Vec<_>, _>>()?;
            let below = graph.reachable(above.into_iter().flatten())?;
            meeting.retain(|id| !below.contains(id));
        }
        Ok(meeting.into_iter().collect())
    }

    /// Whether `ancestor` is `commit` or one of the commits before it.
    pub fn is_ancestor(&self, ancestor: Oid, commit: Oid) -> Result<bool, Completeness> {
        let mut graph = Graph { store: self, parents: HashMap::new() };
        match graph.reachable([commit]) {
            Ok(reached) => Ok(reached.contains(&ancestor)),
            Err(gap) if !graph.parents.contains_key(&ancestor) => Err(gap),
            Err(_) => Ok(true),
        }
    }
}

/// The parents of the commits that were read.
struct Graph<'s> {
    store: &'s Store,
    parents: HashMap<Oid, Vec<Oid>>,
}

impl Graph<'_> {
    fn parents_of(&mut self, id: Oid) -> Result<Vec<Oid>, Completeness> {
        if let Some(known) = self.parents.get(&id) {
            return Ok(known.clone());
        }
        let limit = self.store.limits.commits;
        if self.parents.len() >= limit {
            return Err(Completeness::Limit { what: "commits", limit: limit as u64 });
        }
        let commit = self.store.commit(id)?;
        self.parents.insert(id, commit.parents.clone());
        if !commit.parents.is_empty() && self.store.shallow.contains(&id) {
            return Err(Completeness::Shallow { boundary: id });
        }
        Ok(commit.parents.clone())
    }

    /// Everything reachable, the tips included.
    fn reachable(&mut self, tips: impl IntoIterator<Item = Oid>) -> Result<HashSet<Oid>, Completeness> {
        let mut waiting: Vec<Oid> = tips.into_iter().collect();
        let mut reached: HashSet<Oid> = waiting.iter().copied().collect();
        while let Some(id) = waiting.pop() {
            for parent in self.parents_of(id)? {
                if reached.insert(parent) {
                    waiting.push(parent);
                }
            }
        }
        Ok(reached)
    }
}
