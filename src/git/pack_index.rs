//! The index of a pack: where in it an object stands. It is taken only where
//! it is in order, so that every search in it ends at the same place.

use super::Oid;

/// The index of a pack, version 2: fan-out, ids in order, checksums, offsets.
pub(super) struct Index {
    bytes: Vec<u8>,
    count: usize,
}

impl Index {
    const FAN_OUT: usize = 8;
    const IDS: usize = Self::FAN_OUT + 256 * 4;

    /// `None` for another version, and where an id could be found in two places.
    pub(super) fn new(bytes: Vec<u8>) -> Option<Self> {
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

    /// Where the entry of an object begins in the pack.
    pub(super) fn offset(&self, id: Oid) -> Option<u64> {
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
