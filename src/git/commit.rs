//! Commits, read from their raw bytes.
//!
//! Parents are those that the commit's own header names; dates are those that
//! stand there, or none: a broken date never becomes a plausible one. Whether
//! a signature is valid is not examined, only whether there is one.

use super::store::{corrupt, verify};
use super::{ObjectKind, ObjectProblem, Oid, Store};
use crate::escape::Raw;
use std::sync::Arc;

/// Bytes of a message that are kept.
const MESSAGE_BYTES: usize = 64 << 10;
/// Bytes of a name or an address that are kept.
const NAME_BYTES: usize = 1 << 10;
/// 1990-01-01, before any version control that was converted to git.
const EARLIEST: i64 = 631_152_000;
/// The end of the year 9999.
const LATEST: i64 = 253_402_300_799;
/// Fourteen hours in minutes: no zone is further from UTC.
const FURTHEST_ZONE: i32 = 14 * 60;

/// A moment as a commit states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    /// Seconds since 1970-01-01 00:00 UTC.
    pub seconds: i64,
    /// The writer's offset from UTC in minutes, east positive.
    pub offset_minutes: i32,
}

/// Who, and when: both are claims of whoever made the commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The name.
    pub name: Raw,
    /// The address.
    pub email: Raw,
    /// The date; `None` where it is missing, not a number, outside 1990 to
    /// 9999, or further than 14 hours from UTC.
    pub when: Option<Instant>,
}

/// One commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id; the content was hashed and agrees.
    pub id: Oid,
    /// The root folder.
    pub tree: Oid,
    /// The parents, the main line first.
    pub parents: Vec<Oid>,
    /// Who wrote the change.
    pub author: Signature,
    /// Who made the commit.
    pub committer: Signature,
    /// The message, its first 64 KiB.
    pub message: Raw,
    /// Whether it carries a signature (not whether that is valid).
    pub signed: bool,
}

impl Commit {
    /// First line of the message.
    pub fn summary(&self) -> Raw {
        Raw::from(self.message.unescaped().trim_start().lines().next().unwrap_or_default())
    }

    /// Bytes that it holds in memory, about.
    pub(super) fn weight(&self) -> u64 {
        (self.message.unescaped().len() + self.parents.len() * Oid::BYTES + 512) as u64
    }
}

impl Store {
    /// Reads a commit and hashes it again.
    pub fn commit(&self, id: Oid) -> Result<Arc<Commit>, ObjectProblem> {
        let object = self.object(id, ObjectKind::Commit, self.limits.object_bytes)?;
        verify(id, ObjectKind::Commit, object.data())?;
        parse(id, object.data()).map(Arc::new)
    }
}

/// Parses a commit's bytes: `tree`, then `parent`s, then named lines up to the
/// first empty one, then the message.
fn parse(id: Oid, data: &[u8]) -> Result<Commit, ObjectProblem> {
    let mut lines = Lines(data);
    let tree = lines
        .next()
        .and_then(|line| line.strip_prefix(b"tree "))
        .and_then(Oid::from_hex)
        .ok_or_else(|| corrupt(id, "it does not begin with a tree"))?;
    let mut parents = Vec::new();
    let mut line = lines.next();
    while let Some(hex) = line.and_then(|line| line.strip_prefix(b"parent ")) {
        parents.push(Oid::from_hex(hex).ok_or_else(|| corrupt(id, "a parent is not an object id"))?);
        line = lines.next();
    }
    let (mut author, mut committer, mut encoding, mut signed) = (None, None, None, false);
    while let Some(text) = line.filter(|line| !line.is_empty()) {
        let (key, value) = split_at_space(text);
        match key {
            b"author" => author = author.or(Some(value)),
            b"committer" => committer = committer.or(Some(value)),
            b"encoding" => encoding = encoding.or(Some(value)),
            b"gpgsig" | b"gpgsig-sha256" => signed = true,
            // Continuation lines of a signature begin with a space: no key.
            _ => {}
        }
        line = lines.next();
    }
    let latin1 = encoding.is_some_and(is_latin1);
    Ok(Commit {
        id,
        tree,
        parents,
        author: signature(author.unwrap_or_default(), latin1),
        committer: signature(committer.unwrap_or_default(), latin1),
        message: text(lines.0, latin1, MESSAGE_BYTES),
        signed,
    })
}

/// Lines ended by LF; what is left of an unended one is the last.
struct Lines<'a>(&'a [u8]);

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let end = self.0.iter().position(|byte| *byte == b'\n');
        let (line, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest.get(1..).unwrap_or_default();
        Some(line)
    }
}

fn split_at_space(line: &[u8]) -> (&[u8], &[u8]) {
    match line.iter().position(|byte| *byte == b' ') {
        Some(space) => (&line[..space], &line[space + 1..]),
        None => (line, &[]),
    }
}

/// `Name <address> seconds zone`. As git has it, the address ends at the first
/// `>`, and the date stands behind the last.
fn signature(line: &[u8], latin1: bool) -> Signature {
    let open = line.iter().position(|byte| *byte == b'<');
    let (name, rest) = open.map_or((line, &[][..]), |open| (&line[..open], &line[open + 1..]));
    let close = rest.iter().position(|byte| *byte == b'>');
    let email = close.map_or(rest, |close| &rest[..close]);
    let last = rest.iter().rposition(|byte| *byte == b'>');
    Signature {
        name: text(name.trim_ascii(), latin1, NAME_BYTES),
        email: text(email.trim_ascii(), latin1, NAME_BYTES),
        when: last.and_then(|last| instant(&rest[last + 1..])),
    }
}

/// ` 1700000000 +0100`, or nothing.
fn instant(text: &[u8]) -> Option<Instant> {
    let text = std::str::from_utf8(text).ok()?;
    let (seconds, zone) = text.trim_ascii().split_once(' ')?;
    let seconds: i64 = digits(seconds)?.parse().ok()?;
    let (sign, zone) = match zone.trim_ascii().split_at_checked(1)? {
        ("+", zone) => (1, zone),
        ("-", zone) => (-1, zone),
        _ => return None,
    };
    let zone: i32 = digits(zone).filter(|zone| zone.len() == 4)?.parse().ok()?;
    let offset_minutes = sign * (zone / 100 * 60 + zone % 100);
    let plausible = (EARLIEST..=LATEST).contains(&seconds)
        && seconds + i64::from(offset_minutes) * 60 <= LATEST
        && zone % 100 < 60
        && offset_minutes.abs() <= FURTHEST_ZONE;
    plausible.then_some(Instant { seconds, offset_minutes })
}

/// `parse` alone would take a sign.
fn digits(text: &str) -> Option<&str> {
    let only = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    only.then_some(text)
}

fn is_latin1(encoding: &[u8]) -> bool {
    ["iso-8859-1", "iso8859-1", "latin1", "latin-1"]
        .iter()
        .any(|name| encoding.trim_ascii().eq_ignore_ascii_case(name.as_bytes()))
}

/// At most `limit` bytes as text; what is not UTF-8 becomes U+FFFD.
fn text(bytes: &[u8], latin1: bool, limit: usize) -> Raw {
    let kept = &bytes[..bytes.len().min(limit)];
    if latin1 {
        return Raw::from(kept.iter().map(|byte| char::from(*byte)).collect::<String>());
    }
    Raw::from(String::from_utf8_lossy(kept).into_owned())
}

#[cfg(test)]
mod tests {
    use super::{Instant, parse, signature};
    use crate::git::Oid;

    const TREE: &str = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n";

    fn id() -> Oid {
        Oid::from_bytes(&[7; 20]).expect("twenty")
    }

    #[test]
    fn dates_are_stated_or_absent() {
        let at = |seconds, offset_minutes| Some(Instant { seconds, offset_minutes });
        let cases = [
            ("A <a@b> 1700000000 +0130", at(1_700_000_000, 90), "ordinary"),
            ("A <a@b> 1700000000 -1400", at(1_700_000_000, -840), "furthest zone"),
            ("A <a@b> 631152000 +0000", at(631_152_000, 0), "earliest"),
            ("A <a@b>> 1700000000 +0000", at(1_700_000_000, 0), "a second bracket"),
            ("A <a@b> 631151999 +0000", None, "before 1990"),
            ("A <a@b> 0 +0000", None, "the epoch is a default, not a date"),
            ("A <a@b> 253402300800 +0000", None, "beyond year 9999"),
            ("A <a@b> 253402300799 +0100", None, "beyond year 9999 in its zone"),
            ("A <a@b> 9223372036854775808 +0000", None, "overflows"),
            ("A <a@b> -1 +0000", None, "negative"),
            ("A <a@b> +1700000000 +0000", None, "signed"),
            ("A <a@b> 1700000000 +1401", None, "zone too far"),
            ("A <a@b> 1700000000 +9999", None, "zone absurd"),
            ("A <a@b> 1700000000 +0060", None, "sixty minutes"),
            ("A <a@b> 1700000000 --700", None, "double dash"),
            ("A <a@b> 1700000000 +01", None, "short zone"),
            ("A <a@b> 1700000000", None, "no zone"),
            ("A <a@b> yesterday +0000", None, "not a number"),
            ("A <a@b>", None, "no date"),
            ("A", None, "no address"),
            ("", None, "empty"),
        ];
        for (line, when, why) in cases {
            assert_eq!(signature(line.as_bytes(), false).when, when, "{why}");
        }
    }

    #[test]
    fn names_in_every_encoding() {
        let cases: [(&[u8], bool, &str, &str, &str); 5] = [
            (b" Ana B  <a@b> 1 +0", false, "Ana B", "a@b", "trimmed"),
            (b"A\xff <\xfe> 1 +0", false, "A\u{fffd}", "\u{fffd}", "not UTF-8"),
            (b"J\xf6rg <j@x>", true, "Jörg", "j@x", "declared latin-1"),
            (b"no address", false, "no address", "", "no bracket"),
            (b"A <open", false, "A", "open", "never closed"),
        ];
        for (line, latin1, name, email, why) in cases {
            let found = signature(line, latin1);
            assert_eq!((found.name.unescaped(), found.email.unescaped()), (name, email), "{why}");
        }
    }

    #[test]
    fn a_header_ends_where_the_message_begins() {
        let parent = "parent 1111111111111111111111111111111111111111\n";
        let signed = "gpgsig -----BEGIN\n author forged <f@f> 1 +0\n -----END\n";
        let text = format!("{TREE}{parent}author A <a@b> 1700000000 +0000\n{signed}\n\nparent 2\nauthor X\n");
        let commit = parse(id(), text.as_bytes()).expect("parses");
        assert_eq!(commit.parents.len(), 1, "a parent line in the message is none");
        assert_eq!(commit.author.name.unescaped(), "A");
        assert!(commit.signed);
        assert_eq!(commit.message.unescaped(), "\nparent 2\nauthor X\n");
        assert_eq!(commit.summary().unescaped(), "parent 2");
    }

    #[test]
    fn what_is_no_commit_is_damaged() {
        for (text, why) in [
            (String::new(), "empty"),
            ("tree 12\n".to_owned(), "short id"),
            (format!("{TREE}parent zz\n"), "parent no id"),
            (format!("author A <a> 1 +0\n{TREE}"), "tree not first"),
        ] {
            assert!(parse(id(), text.as_bytes()).is_err(), "{why}");
        }
        assert!(parse(id(), TREE.as_bytes()).expect("bare").author.when.is_none());
    }

    #[test]
    fn a_long_message_is_cut() {
        let text = format!("{TREE}\n{}", "ä".repeat(1 << 20));
        let commit = parse(id(), text.as_bytes()).expect("parses");
        assert_eq!(commit.message.unescaped().len(), 64 << 10);
    }
}
