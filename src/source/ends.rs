//! What two byte strings have in common at their beginning and at their end.

/// Bytes that are compared at once: `memcmp` is many times faster than byte by byte.
const BLOCK: usize = 128;

/// Lengths of the common beginning and of the common end. They do not overlap
/// in either; the beginning is the longest possible.
pub fn common_ends(one: &[u8], other: &[u8]) -> (usize, usize) {
    let most = one.len().min(other.len());
    let prefix = common_prefix(&one[..most], &other[..most]);
    let rest = most - prefix;
    (prefix, common_suffix(&one[one.len() - rest..], &other[other.len() - rest..]))
}

fn common_prefix(one: &[u8], other: &[u8]) -> usize {
    let blocks = one.chunks_exact(BLOCK).zip(other.chunks_exact(BLOCK));
    let at = blocks.take_while(|(one, other)| one == other).count() * BLOCK;
    at + one[at..].iter().zip(&other[at..]).take_while(|(one, other)| one == other).count()
}

fn common_suffix(one: &[u8], other: &[u8]) -> usize {
    let blocks = one.rchunks_exact(BLOCK).zip(other.rchunks_exact(BLOCK));
    let at = blocks.take_while(|(one, other)| one == other).count() * BLOCK;
    let (one, other) = (&one[..one.len() - at], &other[..other.len() - at]);
    at + one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, common_ends};

    #[test]
    fn ends_of_every_length() {
        let long = "x".repeat(3 * BLOCK + 5);
        let cases = [
            ("", "", (0, 0), "nothing"),
            ("a", "", (0, 0), "one is empty"),
            ("abc", "abc", (3, 0), "equal: all of it is the beginning"),
            ("abc", "abcd", (3, 0), "one continues the other"),
            ("bcd", "abcd", (0, 3), "one ends like the other"),
            ("aa", "aaa", (2, 0), "no overlap in the shorter"),
            ("aXb", "aYYb", (1, 1), "a change between"),
        ];
        for (one, other, ends, why) in cases {
            assert_eq!(common_ends(one.as_bytes(), other.as_bytes()), ends, "{why}");
            assert_eq!(common_ends(other.as_bytes(), one.as_bytes()), ends, "{why}, turned");
        }
        for at in 0..long.len() {
            let mut changed = long.clone().into_bytes();
            changed[at] = b'-';
            assert_eq!(common_ends(long.as_bytes(), &changed), (at, long.len() - at - 1), "changed at {at}");
        }
    }
}
