//! How large packed objects are, told before libgit2 reads them.
//!
//! In a chain of deltas some kilobytes can stand for gigabytes, in the object
//! or in one that it is made from. libgit2's look at a header walks the whole
//! chain for every object and does not see the second case. Here the head of
//! each entry is looked at once; of a delta its first bytes are inflated, which
//! state the size of its result.
//!
//! It never says *absent* and reads no content. Where a pack is not as git
//! writes it, nothing is known, and libgit2 is asked as before.

#![expect(clippy::disallowed_methods, reason = "git reads its own folder here")]

use super::inflate::inflate;
use super::{Oid, files};
use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Bytes of all indexes that are held in memory.
const INDEX_BYTES: u64 = 256 << 20;
/// Bytes in which the head of an entry ends: three numbers and the tables of
/// the compressed data.
const HEAD_BYTES: usize = 512;
/// Bytes that are read at once: what lies near in a history lies near in a pack.
const WINDOW_BYTES: u64 = 4 << 10;
/// Links of a chain that are followed; git makes fifty.
const CHAIN: usize = 4096;
/// Bytes of a delta in which its two sizes stand.
const SIZES_BYTES: usize = 20;

/// What an object takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    /// Its bytes.
    pub(super) own: u64,
    /// The bytes of the largest object in its chain of deltas.
    pub(super) largest: u64,
}

/// The packs of a repository; none where not all of them can be told about.
#[derive(Default)]
pub(super) struct PackSizes {
    packs: Vec<Pack>,
}

impl PackSizes {
    /// Looks over the packs of these object folders.
    pub(super) fn of(folders: &[PathBuf]) -> Self {
        Self { packs: packs(folders).unwrap_or_default() }
    }

    /// The most that any pack says; `None` where none has it, or one that has
    /// it cannot be told about.
    pub(super) fn get(&self, id: Oid) -> Option<Sizes> {
        let mut most: Option<Sizes> = None;
        for pack in &self.packs {
            let Some(offset) = pack.index.offset(id) else { continue };
            let sizes = pack.sizes(offset)?;
            let before = most.unwrap_or(sizes);
            most = Some(Sizes { own: before.own.max(sizes.own), largest: before.largest.max(sizes.largest) });
        }
        most
    }
}

/// All packs, or nothing: libgit2 may read an object from any of them.
fn packs(folders: &[PathBuf]) -> Option<Vec<Pack>> {
    let (mut packs, mut left) = (Vec::new(), INDEX_BYTES);
    for folder in folders {
        for (path, _) in files::entries(&folder.join("pack")).ok()? {
            if path.file_name().is_some_and(|name| name == "multi-pack-index") {
                return None;
            }
            if path.extension().is_some_and(|end| end == "idx") {
                let index = files::read(&path, left).ok()??;
                left -= index.len() as u64;
                packs.push(Pack::open(&path, index)?);
            }
        }
    }
    Some(packs)
}

struct Pack {
    index: Index,
    reading: Mutex<Reading>,
}

/// The open file, and what is known of its entries by offset.
struct Reading {
    file: File,
    /// A part of the file, and where it begins.
    window: Vec<u8>,
    start: u64,
    known: HashMap<u64, Sizes>,
}

/// The head of an entry.
struct Head {
    size: u64,
    base: Option<Base>,
}

enum Base {
    At(u64),
    Named(Oid),
}

impl Pack {
    fn open(index_path: &Path, index: Vec<u8>) -> Option<Self> {
        let file = File::open(index_path.with_extension("pack")).ok()?;
        let reading = Mutex::new(Reading { file, window: Vec::new(), start: 0, known: HashMap::new() });
        Some(Self { index: Index::new(index)?, reading })
    }

    /// Follows a chain of deltas to what is known, and back.
    fn sizes(&self, offset: u64) -> Option<Sizes> {
        // What is in the map was worked out to the end before it was put there.
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let mut chain = Vec::new();
        let mut next = Some(offset);
        let mut largest = 0;
        while let Some(at) = next {
            if let Some(known) = reading.known.get(&at) {
                largest = known.largest;
                break;
            }
            if chain.len() == CHAIN {
                return None;
            }
            let head = reading.head(at)?;
            chain.push((at, head.size));
            next = match head.base {
                None => None,
                Some(Base::At(back)) => Some(at.checked_sub(back).filter(|base| *base < at)?),
                Some(Base::Named(id)) => Some(self.index.offset(id)?),
            };
        }
        for (at, own) in chain.into_iter().rev() {
            largest = largest.max(own);
            reading.known.insert(at, Sizes { own, largest });
        }
        reading.known.get(&offset).copied()
    }
}

impl Reading {
    fn head(&mut self, offset: u64) -> Option<Head> {
        if self.held(offset).is_none_or(|held| held.len() < HEAD_BYTES) {
            self.start = offset.saturating_sub(WINDOW_BYTES / 2);
            self.window.clear();
            self.file.seek(SeekFrom::Start(self.start)).ok()?;
            (&mut self.file).take(WINDOW_BYTES).read_to_end(&mut self.window).ok()?;
        }
        head(self.held(offset)?)
    }

    /// The part of the window from `offset` on.
    fn held(&self, offset: u64) -> Option<&[u8]> {
        self.window.get(usize::try_from(offset.checked_sub(self.start)?).ok()?..)
    }
}

/// Type and size, the base of a delta, and the size of its result.
fn head(mut bytes: &[u8]) -> Option<Head> {
    let first = take(&mut bytes)?;
    let mut size = u64::from(first & 0x0f);
    if first & 0x80 != 0 {
        size |= number(&mut bytes)?.checked_mul(16)?;
    }
    let base = match first >> 4 & 7 {
        1..=4 => return Some(Head { size, base: None }),
        6 => Base::At(distance(&mut bytes)?),
        7 => {
            let (id, rest) = bytes.split_at_checked(Oid::BYTES)?;
            bytes = rest;
            Base::Named(Oid::from_bytes(id)?)
        }
        _ => return None,
    };
    let begin = inflate(bytes, SIZES_BYTES).ok()?.bytes;
    let mut sizes = begin.as_slice();
    number(&mut sizes)?;
    Some(Head { size: number(&mut sizes)?, base: Some(base) })
}

fn take(bytes: &mut &[u8]) -> Option<u8> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(*first)
}

/// Seven bits a byte, the lowest first.
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    // Nine times seven bits fit.
    for shift in (0..63).step_by(7) {
        let byte = take(bytes)?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// How far back the base of a delta lies: the highest bits first, each longer
/// form beginning where the shorter one ends.
fn distance(bytes: &mut &[u8]) -> Option<u64> {
    let mut byte = take(bytes)?;
    let mut value = u64::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = take(bytes)?;
        value = value.checked_add(1)?.checked_mul(128)? | u64::from(byte & 0x7f);
    }
    Some(value)
}

/// The index of a pack, version 2: fan-out, ids in order, checksums, offsets.
struct Index {
    bytes: Vec<u8>,
    count: usize,
}

impl Index {
    const FAN_OUT: usize = 8;
    const IDS: usize = Self::FAN_OUT + 256 * 4;

    /// `None` for another version, and where an id could be found in two places.
    fn new(bytes: Vec<u8>) -> Option<Self> {
        if !bytes.starts_with(b"\xfftOc\0\0\0\x02") {
            return None;
        }
        let count = usize::try_from(be32(&bytes, Self::IDS - 4)?).ok()?;
        let index = Self { bytes, count };
        let ids = index.ids()?;
        let sorted = ids.chunks_exact(Oid::BYTES).is_sorted_by(|one, other| one < other);
        // The fan-out says how many ids begin with at most this byte.
        let told = (0..=255_u8).all(|first| {
            let before = index.fan_out(usize::from(first));
            before.is_some_and(|before| index.count_up_to(ids, first) == before)
        });
        (sorted && told).then_some(index)
    }

    fn ids(&self) -> Option<&[u8]> {
        self.bytes.get(Self::IDS..Self::IDS + self.count.checked_mul(Oid::BYTES)?)
    }

    fn fan_out(&self, first: usize) -> Option<usize> {
        usize::try_from(be32(&self.bytes, Self::FAN_OUT + first * 4)?).ok()
    }

    fn count_up_to(&self, ids: &[u8], first: u8) -> usize {
        partition(0, self.count, |at| ids[at * Oid::BYTES] <= first)
    }

    fn offset(&self, id: Oid) -> Option<u64> {
        let ids = self.ids()?;
        let first = usize::from(id.as_bytes()[0]);
        let from = first.checked_sub(1).map_or(Some(0), |before| self.fan_out(before))?;
        let wanted = beginning(id.as_bytes(), 0);
        let at = partition(from, self.fan_out(first)?, |at| {
            // The first eight bytes nearly always decide, without a call.
            beginning(ids, at)
                .cmp(&wanted)
                .then_with(|| ids[at * Oid::BYTES..(at + 1) * Oid::BYTES].cmp(&id.as_bytes()[..]))
                .is_lt()
        });
        (ids.get(at * Oid::BYTES..(at + 1) * Oid::BYTES)? == id.as_bytes()).then_some(())?;
        let offsets = Self::IDS + self.count * (Oid::BYTES + 4);
        let short = be32(&self.bytes, offsets + at * 4)?;
        if short >> 31 == 0 {
            return Some(u64::from(short));
        }
        let long = offsets + self.count * 4 + usize::try_from(short & 0x7fff_ffff).ok()? * 8;
        Some(u64::from(be32(&self.bytes, long)?) << 32 | u64::from(be32(&self.bytes, long + 4)?))
    }
}

/// The first number of the range of which `before` no longer holds.
fn partition(mut from: usize, mut to: usize, before: impl Fn(usize) -> bool) -> usize {
    while from < to {
        let middle = from + (to - from) / 2;
        if before(middle) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    from
}

/// The first eight bytes of an id in a row of ids.
fn beginning(ids: &[u8], at: usize) -> u64 {
    let bytes = ids[at * Oid::BYTES..].first_chunk().copied();
    bytes.map_or(0, u64::from_be_bytes)
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "packs are written for the test")]

    use super::{PackSizes, Sizes};
    use crate::git::{Oid, inflate::adler32};
    use std::fs;
    use std::path::Path;

    fn id(number: u8) -> Oid {
        Oid::from_bytes(&[number; 20]).expect("twenty bytes")
    }

    /// Type and size as the head of an entry, size in three bytes.
    fn typed(kind: u8, size: u32) -> Vec<u8> {
        let bits = |shift: u32, mask: u32| u8::try_from(size >> shift & mask).expect("seven bits");
        vec![0x80 | kind << 4 | bits(0, 15), 0x80 | bits(4, 127), bits(11, 127)]
    }

    /// The deflated sizes of base and result, each in three bytes, uncompressed.
    fn delta(head: &[u8], result: u32) -> Vec<u8> {
        let bits = |shift: u32| u8::try_from(result >> shift & 127).expect("seven bits");
        let sizes = [0x80, 0x80, 0, 0x80 | bits(0), 0x80 | bits(7), bits(14)];
        let mut entry = typed(if head.len() == 20 { 7 } else { 6 }, 6);
        entry.extend_from_slice(head);
        entry.extend_from_slice(&[0x78, 1, 1, 6, 0, 0xf9, 0xff]);
        entry.extend_from_slice(&sizes);
        entry.extend_from_slice(&adler32(&sizes).to_be_bytes());
        entry
    }

    /// A pack of `entries` and its index, the ids in the order in which they come.
    fn write(folder: &Path, name: &str, entries: &[(u8, Vec<u8>)]) {
        let mut pack = b"PACK\0\0\0\x02\0\0\0\0".to_vec();
        let (mut ids, mut offsets) = (Vec::new(), Vec::new());
        for (number, entry) in entries {
            ids.extend_from_slice(id(*number).as_bytes());
            offsets.extend_from_slice(&u32::try_from(pack.len()).expect("small").to_be_bytes());
            pack.extend_from_slice(entry);
        }
        let mut index = b"\xfftOc\0\0\0\x02".to_vec();
        for first in 0..=255 {
            let count = entries.iter().filter(|(number, _)| *number <= first).count();
            index.extend_from_slice(&u32::try_from(count).expect("small").to_be_bytes());
        }
        index.extend_from_slice(&ids);
        index.extend_from_slice(&vec![0; 4 * entries.len()]);
        index.extend_from_slice(&offsets);
        fs::create_dir_all(folder.join("pack")).expect("a folder");
        fs::write(folder.join("pack").join(format!("{name}.pack")), pack).expect("written");
        fs::write(folder.join("pack").join(format!("{name}.idx")), index).expect("written");
    }

    #[test]
    fn a_chain_takes_what_its_largest_object_takes() {
        let folder = tempfile::tempdir().expect("a folder");
        let base = typed(3, 5000);
        // One byte of distance: the base stands just before.
        let back = u8::try_from(base.len()).expect("small");
        let small = delta(&[back], 40);
        let named = delta(id(2).as_bytes(), 100_000);
        let to_itself = delta(id(4).as_bytes(), 7);
        let entries = [(1, base), (2, small), (3, named), (4, to_itself), (5, vec![0x05])];
        write(folder.path(), "pack-a", &entries);
        let sizes = PackSizes::of(&[folder.path().to_owned()]);
        let cases = [
            (3, Some(Sizes { own: 100_000, largest: 100_000 }), "the result is the largest"),
            (2, Some(Sizes { own: 40, largest: 5000 }), "the base is"),
            (1, Some(Sizes { own: 5000, largest: 5000 }), "no delta, though others are made from it"),
            (4, None, "made from itself"),
            (5, None, "no known type"),
            (9, None, "in no pack"),
        ];
        for (number, expected, why) in cases {
            assert_eq!(sizes.get(id(number)), expected, "{why}");
            assert_eq!(sizes.get(id(number)), expected, "{why}, asked again");
        }
    }

    #[test]
    fn of_several_packs_the_largest_answer_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        write(folder.path(), "pack-a", &[(1, typed(3, 10)), (2, typed(3, 10))]);
        write(folder.path(), "pack-b", &[(1, typed(3, 9000))]);
        let own = |number| PackSizes::of(&[folder.path().to_owned()]).get(id(number)).map(|sizes| sizes.own);
        assert_eq!((own(1), own(2)), (Some(9000), Some(10)));
        write(folder.path(), "pack-c", &[(7, typed(3, 1)), (1, typed(3, 1))]);
        assert_eq!((own(1), own(2)), (None, None), "an index out of order: nothing is known");
        fs::remove_file(folder.path().join("pack/pack-c.idx")).expect("removed");
        assert_eq!(own(2), Some(10));
        fs::write(folder.path().join("pack/multi-pack-index"), "MIDX").expect("written");
        assert_eq!(own(2), None, "an index over the indexes may name any place");
    }
}
