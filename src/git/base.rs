//! Where two histories meet.

use super::{Commit, Completeness, Oid, Store};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

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

    /// The commit that stood before the change that leads from `named` to
    /// `head`: `named` itself where the change was made on top of it, else where
    /// both lines meet. Of several meeting points (criss-cross merges) the one
    /// committed last. `None` for unrelated histories.
    pub fn before_change(&self, named: Oid, head: Oid) -> Result<Option<Oid>, Completeness> {
        // A clone of depth 2 shows that much, and no more.
        if self.is_ancestor(named, head)? {
            return Ok(Some(named));
        }
        let mut latest: Option<(Option<i64>, Oid)> = None;
        for id in self.merge_bases(named, head)? {
            let when = self.commit(id)?.committer.when.map(|instant| instant.seconds);
            latest = latest.max(Some((when, id)));
        }
        Ok(latest.map(|(_, id)| id))
    }

    /// The commits that `head` has and `base` has not, parents before children.
    pub fn commits_between(&self, base: Oid, head: Oid) -> Result<Vec<Arc<Commit>>, Completeness> {
        let mut graph = Graph { store: self, parents: HashMap::new() };
        let known = graph.reachable([base])?;
        let mut between = Vec::new();
        let mut seen = HashSet::from([head]);
        // A commit, and whether its parents were looked at.
        let mut waiting = vec![(head, false)];
        while let Some((id, done)) = waiting.pop() {
            if known.contains(&id) {
                continue;
            }
            if done {
                between.push(self.commit(id)?);
                continue;
            }
            waiting.push((id, true));
            let parents = graph.parents_of(id)?;
            waiting.extend(
                parents.into_iter().filter(|parent| seen.insert(*parent)).map(|parent| (parent, false)),
            );
        }
        Ok(between)
    }

    /// Whether `ancestor` is `commit` or one of the commits before it. A gap in
    /// the history matters only where it may hide the answer.
    pub fn is_ancestor(&self, ancestor: Oid, commit: Oid) -> Result<bool, Completeness> {
        let mut graph = Graph { store: self, parents: HashMap::new() };
        let mut seen = HashSet::from([commit]);
        let mut waiting = vec![commit];
        let mut gap = None;
        while let Some(id) = waiting.pop() {
            if id == ancestor {
                return Ok(true);
            }
            match graph.parents_of(id) {
                Ok(parents) => waiting.extend(parents.into_iter().filter(|parent| seen.insert(*parent))),
                Err(found) => gap = gap.or(Some(found)),
            }
        }
        gap.map_or(Ok(false), Err)
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
