//! Folders as git stores them, read at byte level and kept for a while.
//!
//! A tree that is not in git's order is refused: the comparison in `changes`
//! rests on that order, and git writes no other.

use super::store::{corrupt, verify};
use super::{ObjectKind, ObjectProblem, Oid, Store};
use crate::source::{RepoPath, common_ends};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

/// What an entry of a folder is. As git does, old spellings of the file mode
/// are taken for one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A file.
    File,
    /// A file that can be executed.
    Executable,
    /// A symbolic link: the blob holds its target. Never followed.
    Symlink,
    /// Another repository's commit. Never entered.
    Submodule,
    /// A folder.
    Folder,
}

impl Mode {
    /// The number as git prints it, in octal: `100644`.
    pub const fn octal(self) -> &'static str {
        match self {
            Self::File => "100644",
            Self::Executable => "100755",
            Self::Symlink => "120000",
            Self::Submodule => "160000",
            Self::Folder => "040000",
        }
    }

    pub(super) const fn from_bits(bits: u32) -> Self {
        match bits & 0o170_000 {
            0o100_000 if bits & 0o100 != 0 => Self::Executable,
            0o100_000 => Self::File,
            0o120_000 => Self::Symlink,
            0o040_000 => Self::Folder,
            _ => Self::Submodule,
        }
    }
}

/// What a path is in one commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// Its mode.
    pub mode: Mode,
    /// Its object.
    pub id: Oid,
}

/// One folder, parsed.
#[derive(Debug)]
pub(super) struct Tree {
    data: Box<[u8]>,
    slots: Vec<Slot>,
}

/// Where an entry stands in the bytes: name from `name` to `id - 1`, id at `id`.
#[derive(Clone, Debug)]
struct Slot {
    mode: Mode,
    name: u32,
    id: u32,
}

/// One entry of a parsed folder.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named<'t> {
    pub(super) name: &'t [u8],
    pub(super) entry: Entry,
}

impl Named<'_> {
    pub(super) fn is_folder(&self) -> bool {
        self.entry.mode == Mode::Folder
    }

    /// Git's order: a folder sorts as if its name ended with `/`.
    pub(super) fn order(&self, other: &Named<'_>) -> Ordering {
        order((self.name, self.is_folder()), (other.name, other.is_folder()))
    }
}

fn order(one: (&[u8], bool), other: (&[u8], bool)) -> Ordering {
    let common = one.0.len().min(other.0.len());
    let next =
        |(name, folder): (&[u8], bool)| name.get(common).copied().unwrap_or(if folder { b'/' } else { 0 });
    one.0[..common].cmp(&other.0[..common]).then_with(|| next(one).cmp(&next(other))).then_with(|| {
        // Equal up to here: the same name, or `a/` against `a` and a slash,
        // which no name contains.
        one.0.len().cmp(&other.0.len())
    })
}

impl Slot {
    fn end(&self) -> usize {
        self.id as usize + Oid::BYTES
    }

    fn name_in<'d>(&self, data: &'d [u8]) -> &'d [u8] {
        &data[self.name as usize..self.id as usize - 1]
    }

    fn order(&self, other: &Self, data: &[u8]) -> Ordering {
        let named = |slot: &Self| (slot.name_in(data), slot.mode == Mode::Folder);
        order(named(self), named(other))
    }
}

/// What is wrong with the bytes of a tree.
type Fault = &'static str;

/// Reads the entries from `at` to the end of `data`, behind those in `slots`.
fn read_slots(data: &[u8], mut at: usize, slots: &mut Vec<Slot>) -> Result<(), Fault> {
    let mut previous = slots.last().map(|slot| (slot.name_in(data), slot.mode == Mode::Folder));
    while at < data.len() {
        let rest = &data[at..];
        let space = rest.iter().take(8).position(|byte| *byte == b' ').ok_or("an entry has no mode")?;
        let mode = Mode::from_bits(octal(&rest[..space]).ok_or("a mode is not octal")?);
        let nul = rest.iter().position(|byte| *byte == 0).ok_or("a name has no end")?;
        let name = rest.get(space + 1..nul).ok_or("an entry has no name")?;
        if name.is_empty() || name == b"." || name == b".." || name.contains(&b'/') {
            return Err("a name is empty, `.`, `..` or a path");
        }
        if rest.len() < nul + 1 + Oid::BYTES {
            return Err("it ends within an entry");
        }
        let this = (name, mode == Mode::Folder);
        if previous.is_some_and(|previous| order(previous, this) != Ordering::Less) {
            return Err("its entries are not in order");
        }
        previous = Some(this);
        let offset = |from: usize| u32::try_from(at + from).map_err(|_| "it is too long");
        slots.push(Slot { mode, name: offset(space + 1)?, id: offset(nul + 1)? });
        at += nul + 1 + Oid::BYTES;
    }
    Ok(())
}

impl Tree {
    /// Parses `mode name NUL id` entries; the error says what is wrong.
    pub(super) fn parse(data: &[u8]) -> Result<Self, Fault> {
        let mut slots = Vec::with_capacity(data.len() / 32);
        read_slots(data, 0, &mut slots)?;
        Ok(Self { data: data.into(), slots })
    }

    /// The same tree for less where it is mostly like another one, as along a
    /// history: the entries that both begin and end with are taken over, and
    /// only those between are parsed.
    pub(super) fn parse_beside(data: &[u8], known: &Self) -> Result<Self, Fault> {
        Self::taken_over(data, known).map_or_else(|| Self::parse(data), Ok)
    }

    /// `None` where the parts do not fit together, whatever the reason.
    fn taken_over(data: &[u8], known: &Self) -> Option<Self> {
        let (prefix, suffix) = common_ends(&known.data, data);
        let first = known.slots.partition_point(|slot| slot.end() <= prefix);
        let last = known.first_behind(known.data.len() - suffix).max(first);
        // The entries from `last` on stand in both at the same distance from the end.
        let behind = known.data.len() - known.start(last);
        let window = data.get(..data.len().checked_sub(behind)?)?;
        let mut slots = Vec::with_capacity(known.slots.len() + 1);
        slots.extend_from_slice(&known.slots[..first]);
        read_slots(window, known.start(first), &mut slots).ok()?;
        let seam = slots.len();
        let moved = |at: u32| u32::try_from(data.len() - (known.data.len() - at as usize)).ok();
        for slot in &known.slots[last..] {
            slots.push(Slot { mode: slot.mode, name: moved(slot.name)?, id: moved(slot.id)? });
        }
        let at_seam = seam.checked_sub(1).and_then(|before| slots.get(before)).zip(slots.get(seam));
        let in_order = at_seam.is_none_or(|(one, other)| one.order(other, data) == Ordering::Less);
        in_order.then(|| Self { data: data.into(), slots })
    }

    /// How many entries two folders begin with and end with in common, by their
    /// bytes: what lies between need not differ.
    pub(super) fn common_ends(&self, other: &Self) -> (usize, usize) {
        let (prefix, suffix) = common_ends(&self.data, &other.data);
        let first = self.slots.partition_point(|slot| slot.end() <= prefix);
        let last = self.first_behind(self.data.len() - suffix).max(first);
        // An entry may begin where the other folder has the middle of one; from
        // the first common beginning on, both are read alike.
        let distances =
            self.slots.iter().enumerate().skip(last).map(|(at, _)| self.data.len() - self.start(at));
        let aligned = distances.enumerate().find(|(_, distance)| {
            other.data.len().checked_sub(*distance).is_some_and(|start| {
                let at = other.first_behind(start);
                at >= first && at < other.slots.len() && other.start(at) == start
            })
        });
        (first, aligned.map_or(0, |(skipped, _)| self.slots.len() - last - skipped))
    }

    /// Where the entry of that number begins; the end for the one behind the last.
    fn start(&self, index: usize) -> usize {
        index.checked_sub(1).and_then(|before| self.slots.get(before)).map_or(0, Slot::end)
    }

    /// The first entry that begins at `offset` or behind it.
    fn first_behind(&self, offset: usize) -> usize {
        // The end of one entry is the beginning of the next.
        if offset == 0 { 0 } else { self.slots.partition_point(|slot| slot.end() < offset) + 1 }
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<Named<'_>> {
        self.slots.get(index).map(|slot| self.named(slot))
    }

    fn named(&self, slot: &Slot) -> Named<'_> {
        let id = Oid::from_bytes(&self.data[slot.id as usize..slot.end()]).expect("twenty bytes were sliced");
        Named { name: slot.name_in(&self.data), entry: Entry { mode: slot.mode, id } }
    }

    /// The entry of that name; where a damaged tree has a file and a folder of
    /// one name, the kind decides.
    fn find(&self, name: &[u8], folder: bool) -> Option<Entry> {
        let search = |slot: &Slot| {
            let found = self.named(slot);
            order((found.name, found.is_folder()), (name, folder))
        };
        let index = self.slots.binary_search_by(search).ok()?;
        self.get(index).map(|named| named.entry)
    }

    fn weight(&self) -> usize {
        self.data.len() + self.slots.len() * size_of::<Slot>() + 128
    }
}

fn octal(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0, |value, digit| match digit {
        b'0'..=b'7' => Some(value << 3 | u32::from(digit - b'0')),
        _ => None,
    })
}

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

    fn get(&mut self, id: Oid) -> Option<Arc<Tree>> {
        if let Some(tree) = self.young.get(&id) {
            return Some(Arc::clone(tree));
        }
        let tree = self.old.remove(&id)?;
        self.put(id, Arc::clone(&tree));
        Some(tree)
    }

    fn put(&mut self, id: Oid, tree: Arc<Tree>) {
        self.weight += tree.weight();
        if self.weight > Self::GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.weight = tree.weight();
        }
        self.young.insert(id, tree);
    }
}

impl Store {
    /// A parsed folder; its entries count against the budget of the run.
    pub(super) fn tree(&self, id: Oid) -> Result<Arc<Tree>, ObjectProblem> {
        self.tree_beside(id, None)
    }

    /// The same; one that is `like` it, where there is one, makes it cheaper.
    pub(super) fn tree_beside(&self, id: Oid, like: Option<&Tree>) -> Result<Arc<Tree>, ObjectProblem> {
        // A panic elsewhere cannot leave the cache half-written.
        let cached = self.trees.lock().unwrap_or_else(PoisonError::into_inner).get(id);
        let tree = match cached {
            Some(tree) => tree,
            None => self.load_tree(id, like, false)?,
        };
        self.spend_entries(tree.len())?;
        Ok(tree)
    }

    fn load_tree(&self, id: Oid, like: Option<&Tree>, verified: bool) -> Result<Arc<Tree>, ObjectProblem> {
        let object = self.object(id, ObjectKind::Tree, self.limits.object_bytes)?;
        if verified {
            verify(id, ObjectKind::Tree, object.data())?;
        }
        let tree = match like {
            Some(like) => Tree::parse_beside(object.data(), like),
            None => Tree::parse(object.data()),
        };
        let tree = Arc::new(tree.map_err(|why| corrupt(id, why))?);
        self.trees.lock().unwrap_or_else(PoisonError::into_inner).put(id, Arc::clone(&tree));
        Ok(tree)
    }

    /// What `path` is below the folder `tree`; `None` where there is nothing.
    /// The empty path is the folder itself.
    pub fn entry_at(&self, tree: Oid, path: &RepoPath) -> Result<Option<Entry>, ObjectProblem> {
        walk_to(tree, path, |id| self.tree(id))
    }

    /// The same, with every folder on the way hashed again: proof, together
    /// with a commit, that the commit holds this very object at `path`.
    pub fn verified_entry_at(&self, tree: Oid, path: &RepoPath) -> Result<Option<Entry>, ObjectProblem> {
        walk_to(tree, path, |id| {
            let tree = self.load_tree(id, None, true)?;
            self.spend_entries(tree.len())?;
            Ok(tree)
        })
    }

    /// The folder at `path`; `None` where it is missing or no folder.
    pub(super) fn folder_at(&self, tree: Oid, path: &RepoPath) -> Result<Option<Oid>, ObjectProblem> {
        let found = self.entry_at(tree, path)?;
        Ok(found.filter(|entry| entry.mode == Mode::Folder).map(|entry| entry.id))
    }
}

/// From a folder down to `path`, one part after another.
fn walk_to(
    tree: Oid,
    path: &RepoPath,
    load: impl Fn(Oid) -> Result<Arc<Tree>, ObjectProblem>,
) -> Result<Option<Entry>, ObjectProblem> {
    let mut here = Entry { mode: Mode::Folder, id: tree };
    if path.as_bytes().is_empty() {
        return Ok(Some(here));
    }
    for name in path.parts() {
        if here.mode != Mode::Folder {
            return Ok(None);
        }
        let folder = load(here.id)?;
        match folder.find(name, true).or_else(|| folder.find(name, false)) {
            Some(entry) => here = entry,
            None => return Ok(None),
        }
    }
    Ok(Some(here))
}

#[cfg(test)]
mod tests {
    use super::{Mode, Tree};

    fn tree(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut data = Vec::new();
        for (mode, name) in entries {
            data.extend_from_slice(mode.as_bytes());
            data.push(b' ');
            data.extend_from_slice(name);
            data.push(0);
            data.extend_from_slice(&[9; 20]);
        }
        data
    }

    #[test]
    fn trees_that_git_writes_are_read() {
        let entries: [(&str, &[u8]); 6] = [
            ("100644", b"a"),
            ("100644", b"a.b"),
            ("40000", b"a-folder"),
            ("40000", b"b"),
            ("100755", b"b0"),
            ("160000", b"c\xff"),
        ];
        let mut sorted = entries;
        sorted.swap(1, 2);
        let data = tree(&sorted);
        let read = Tree::parse(&data).expect("in order");
        assert_eq!(read.len(), 6);
        assert_eq!(read.find(b"b", true).map(|entry| entry.mode), Some(Mode::Folder));
        assert_eq!(read.find(b"b", false), None);
        assert_eq!(read.find(b"b0", false).map(|entry| entry.mode), Some(Mode::Executable));
        assert!(Tree::parse(b"").is_ok(), "the empty tree");
    }

    #[test]
    fn damaged_trees_are_refused() {
        let cases: [(Vec<u8>, &str); 9] = [
            (tree(&[("100644", b"b"), ("100644", b"a")]), "out of order"),
            (tree(&[("100644", b"a"), ("100644", b"a")]), "twice"),
            (tree(&[("40000", b"a"), ("100644", b"a.b")]), "a folder sorts as with a slash"),
            (tree(&[("100644", b"..")]), "parent folder"),
            (tree(&[("100644", b"a/b")]), "a path"),
            (tree(&[("100644", b"")]), "no name"),
            (tree(&[("10064x", b"a")]), "mode not octal"),
            (tree(&[("100644", b"a")])[..20].to_vec(), "cut short"),
            (b"100644".to_vec(), "only a mode"),
        ];
        for (data, why) in cases {
            assert!(Tree::parse(&data).is_err(), "{why}");
        }
    }

    #[test]
    fn a_tree_beside_another_is_read_as_alone() {
        let plain: Vec<Vec<u8>> =
            ["a", "b", "ba", "bb", "c", "d"].map(|name| tree(&[("100644", name.as_bytes())])).into();
        let mut cases = vec![(Vec::new(), "empty")];
        for bits in 0..1_u32 << plain.len() {
            let kept = plain.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
            cases.push((kept.flat_map(|(_, entry)| entry.clone()).collect(), "some of the entries"));
        }
        cases.push((tree(&[("40000", b"a"), ("100755", b"b")]), "other modes"));
        cases.push((tree(&[("100644", b"a"), ("100644", b"a")]), "twice"));
        cases.push((tree(&[("100644", b"c"), ("100644", b"a"), ("100644", b"d")]), "out of order"));
        cases.push((tree(&[("100644", b"b"), ("100644", b"c")])[..40].to_vec(), "cut short"));
        let mut changed = plain.concat();
        changed[30] = b'0';
        cases.push((changed, "another id, with bytes like a mode"));
        for (known, from) in &cases {
            let Ok(known) = Tree::parse(known) else { continue };
            for (data, to) in &cases {
                let alone = Tree::parse(data).map(|tree| format!("{tree:?}"));
                let beside = Tree::parse_beside(data, &known).map(|tree| format!("{tree:?}"));
                assert_eq!(beside, alone, "from {from} to {to}");
                let Ok(tree) = Tree::parse(data) else { continue };
                let (first, behind) = known.common_ends(&tree);
                assert!(first + behind <= known.len().min(tree.len()), "from {from} to {to}");
                let ends = |tree: &Tree| {
                    let all: Vec<_> = (0..tree.len())
                        .filter_map(|at| tree.get(at))
                        .map(|named| format!("{named:?}"))
                        .collect();
                    (all[..first].to_vec(), all[all.len() - behind..].to_vec())
                };
                assert_eq!(ends(&known), ends(&tree), "from {from} to {to}");
            }
        }
    }

    #[test]
    fn modes_as_git_takes_them() {
        for (bits, mode) in [
            (0o100_644, Mode::File),
            (0o100_664, Mode::File),
            (0o100_755, Mode::Executable),
            (0o120_000, Mode::Symlink),
            (0o160_000, Mode::Submodule),
            (0o040_000, Mode::Folder),
        ] {
            assert_eq!(Mode::from_bits(bits), mode, "{bits:o}");
        }
    }
}
