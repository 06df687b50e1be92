//! The fingerprint by which GitHub code scanning follows an alert from commit to
//! commit: a hash over the hundred characters from the start of a line.
//!
//! GitHub computes it where a report has none, and warns where the two differ,
//! so it has to be exactly theirs: UTF-16 units, blanks and tabs left out, every
//! kind of line end read as LF, 0xFFFF behind the last character and zeros from
//! there, in arithmetic modulo 2⁶⁴; then a colon, and how often the file had
//! that hash up to this line.

use std::collections::HashMap;

/// Characters under the hash.
const WINDOW: usize = 100;
const FACTOR: u64 = 37;
/// What stands behind the last character.
const END: u16 = 0xffff;

/// The fingerprints of all lines of `text`, in order.
pub(super) fn of_lines(text: &str) -> Vec<String> {
    let (units, starts) = normalised(text);
    let highest = FACTOR.wrapping_pow(u32::try_from(WINDOW).unwrap_or(u32::MAX));
    let mut seen: HashMap<u64, u32> = HashMap::new();
    let mut hashes = Vec::with_capacity(starts.len());
    let mut starts = starts.into_iter().peekable();
    let mut hash = 0_u64;
    let unit = |at: usize| units.get(at).copied().map_or(0, u64::from);
    for at in 0..units.len() + WINDOW {
        // Here the hash covers what lies up to a window before.
        if at.checked_sub(WINDOW).is_some_and(|start| starts.next_if_eq(&start).is_some()) {
            let times = seen.entry(hash).or_insert(0_u32);
            *times += 1;
            hashes.push(format!("{hash:x}:{times}"));
        }
        let leaving = at.checked_sub(WINDOW).map_or(0, unit);
        hash = hash.wrapping_mul(FACTOR).wrapping_add(unit(at)).wrapping_sub(highest.wrapping_mul(leaving));
    }
    hashes
}

/// The characters that count, and where among them each line starts.
fn normalised(text: &str) -> (Vec<u16>, Vec<usize>) {
    const LF: u16 = b'\n' as u16;
    const CR: u16 = b'\r' as u16;
    const TAB: u16 = b'\t' as u16;
    const SPACE: u16 = b' ' as u16;
    let mut units = Vec::with_capacity(text.len() + 1);
    let mut starts = Vec::new();
    let mut line_start = true;
    let mut behind_cr = false;
    for unit in text.encode_utf16().chain([END]) {
        let skipped = unit == SPACE || unit == TAB || (behind_cr && unit == LF);
        behind_cr = unit == CR;
        if skipped {
            continue;
        }
        let unit = if unit == CR { LF } else { unit };
        if line_start {
            starts.push(units.len());
        }
        line_start = unit == LF;
        units.push(unit);
    }
    (units, starts)
}

#[cfg(test)]
mod tests {
    use super::of_lines;

    /// Each computed by a program that follows the definition without a rolling
    /// hash: for each line the polynomial over its hundred characters.
    #[test]
    fn known_lines_have_known_hashes() {
        let long = format!("{}\nz\n", "y".repeat(150));
        let cases: [(&str, &str, &[&str]); 10] = [
            ("empty", "", &["c129715d7a2bc9a3:1"]),
            ("one line", "hello", &["872468d6b4240487:1"]),
            ("LF", "a: 1\nb: 2\n", &["132b7ee912c57691:1", "5d56533273a3bbdb:1", "c129715d7a2bc9a3:1"]),
            (
                "CRLF is LF",
                "a: 1\r\nb: 2\r\n",
                &["132b7ee912c57691:1", "5d56533273a3bbdb:1", "c129715d7a2bc9a3:1"],
            ),
            (
                "a lone CR",
                "a: 1\rb: 2\r",
                &["132b7ee912c57691:1", "5d56533273a3bbdb:1", "c129715d7a2bc9a3:1"],
            ),
            (
                "blanks do not count",
                " a:\t1 \n  b:2\n",
                &["132b7ee912c57691:1", "5d56533273a3bbdb:1", "c129715d7a2bc9a3:1"],
            ),
            ("beyond the window", &long, &["cadd4b5b9d92c51c:1", "95de0951c928fa27:1", "c129715d7a2bc9a3:1"]),
            (
                "two units and a byte order mark",
                "\u{feff}# 😀 ä漢\n",
                &["ba5dfd95a12aa6a6:1", "c129715d7a2bc9a3:1"],
            ),
            (
                "blank lines",
                "\n \n\t\n",
                &["4e5d562094661a0d:1", "5b5d4caf73a13177:1", "3c5bef55b72b93c9:1", "c129715d7a2bc9a3:1"],
            ),
            ("CR, blank, LF", "a\r \nb", &["67c066a59e652f5e:1", "cc4c43d77869440f:1", "8ee5a81e681643c1:1"]),
        ];
        for (what, text, hashes) in cases {
            assert_eq!(of_lines(text), hashes, "{what}");
        }
    }

    #[test]
    fn equal_lines_are_numbered_until_the_end_of_the_file_comes_into_the_window() {
        let hashes = of_lines(&"x\n".repeat(103));
        assert_eq!(hashes.len(), 104);
        assert_eq!(hashes[4], "c0fe7b2700d6c254:5");
        assert_eq!(hashes[102], "828973aa50c68d6d:1");
        assert_eq!(hashes[103], "c129715d7a2bc9a3:1");
    }
}
