//! From names to commits: HEAD, branches, tags, remote branches.
//!
//! References are read from their files; no reflog, no replacement, and no
//! revision expression: a name from a command line or a CI system reaches no
//! parser but this.

use super::{GitProblem, ObjectKind, ObjectProblem, Oid, RefProblem, Store, files};
use crate::escape::{Raw, plain};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Bytes of one reference file.
const REF_BYTES: u64 = 8192;
/// Bytes of `packed-refs`.
const PACKED_BYTES: u64 = 256 << 20;
/// Symbolic references, or tags of tags, behind one another.
const CHAIN: usize = 5;
/// References that are listed to find the nearest name.
const LISTED: usize = 10_000;
/// Generations that `~` counts back, and marks behind one name.
const FARTHEST: usize = 10_000;
/// Where a short name may stand.
const SHORT: [&str; 3] = ["refs/heads/", "refs/tags/", "refs/remotes/"];

/// How a repository stores its references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RefStorage {
    /// Loose files and `packed-refs`.
    Files,
    /// Something else, named here (escaped).
    Foreign(String),
}

/// What `HEAD` is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// On a branch without a commit: the history is complete, and empty.
    Unborn {
        /// The branch's short name.
        branch: Raw,
    },
    /// At a commit.
    Commit {
        /// Which.
        id: Oid,
        /// The branch's short name; `None` when detached.
        branch: Option<Raw>,
    },
    /// It cannot be read; a full commit id still can be used.
    Unreadable {
        /// Why, with the remedy.
        why: String,
    },
}

/// What a reference file or a line of `packed-refs` holds.
enum Value {
    Id(Oid),
    Symbolic(String),
}

impl Store {
    /// Reads `HEAD`. It does not look whether the commit is there.
    pub fn head(&self) -> Head {
        match self.read_head() {
            Ok(head) => head,
            Err(why) => Head::Unreadable { why },
        }
    }

    fn read_head(&self) -> Result<Head, String> {
        self.readable_refs()?;
        let path = self.place.git_dir.join("HEAD");
        let value = read_loose(&path).map_err(|problem| problem.to_string())?;
        let name = match value.ok_or("there is no HEAD")? {
            Value::Id(id) => return Ok(Head::Commit { id, branch: None }),
            Value::Symbolic(name) => name,
        };
        let branch = Raw::from(name.strip_prefix("refs/heads/").unwrap_or(&name));
        Ok(match self.lookup(&name)? {
            Some(id) => Head::Commit { id, branch: Some(branch) },
            None => match self.short_names().map_err(|problem| problem.to_string())?.first() {
                None => Head::Unborn { branch },
                // A history that is there would count as one of nothing.
                Some(other) => {
                    let (branch, other) = (plain(branch.unescaped()), plain(other));
                    return Err(format!(
                        "HEAD is on `{branch}`, which has no commit, and there is `{other}`"
                    ));
                }
            },
        })
    }

    /// The commit that a name stands for: a full id, `HEAD`, a full reference
    /// name, or the short name of a branch, tag or remote branch. Annotated
    /// tags are followed. The commit is there when this succeeds.
    /// `~2` and `^2` behind a name lead to its ancestors, as in git.
    pub fn resolve(&self, name: &str) -> Result<Oid, RefProblem> {
        let end = name.find(['~', '^']).unwrap_or(name.len());
        let (named, steps) = name.split_at(end);
        let mut commit = self.resolve_name(named)?;
        for (parent, times) in ancestry(steps).ok_or_else(|| RefProblem::NotAName { name: plain(name) })? {
            for _ in 0..times {
                let none = || RefProblem::NoParent { name: plain(name), commit };
                commit = *self.commit(commit)?.parents.get(parent).ok_or_else(none)?;
            }
        }
        if steps.is_empty() { Ok(commit) } else { self.peel(commit) }
    }

    fn resolve_name(&self, name: &str) -> Result<Oid, RefProblem> {
        if let Some(id) = Oid::from_hex(name.as_bytes()) {
            return self.peel(id);
        }
        if name == "HEAD" || name == "@" {
            return match self.head() {
                Head::Commit { id, .. } => self.peel(id),
                Head::Unborn { .. } => Err(RefProblem::Unborn),
                Head::Unreadable { why } => Err(RefProblem::Unreadable { why }),
            };
        }
        if !is_ref_name(name) {
            return Err(RefProblem::NotAName { name: plain(name) });
        }
        let unreadable = |why| RefProblem::Unreadable { why };
        self.readable_refs().map_err(unreadable)?;
        let mut found: Option<(String, Oid)> = None;
        for full in full_names(name) {
            let Some(id) = self.lookup(&full).map_err(unreadable)? else { continue };
            let commit = self.peel(id)?;
            match &found {
                Some((first, other)) if *other != commit => {
                    let both = [plain(first), plain(&full)];
                    return Err(RefProblem::Ambiguous { name: plain(name), both });
                }
                Some(_) => {}
                None => found = Some((full, commit)),
            }
        }
        found.map(|(_, commit)| commit).ok_or_else(|| self.unknown(name))
    }

    fn unknown(&self, name: &str) -> RefProblem {
        let known = self.short_names().unwrap_or_default();
        let near = known
            .iter()
            .map(|known| (strsim::damerau_levenshtein(name, known), known))
            .min()
            .filter(|(distance, known)| *distance <= 2.max(known.len() / 4));
        RefProblem::Unknown { name: plain(name), nearest: near.map(|(_, known)| plain(known)) }
    }

    fn readable_refs(&self) -> Result<(), String> {
        match &self.ref_storage {
            RefStorage::Files => Ok(()),
            RefStorage::Foreign(format) => Err(format!(
                "references are stored as `{format}`, which is not read; give the full commit id \
                 (`git rev-parse HEAD`)"
            )),
        }
    }

    /// Follows symbolic references to an id; `None` for a name that is not there.
    fn lookup(&self, name: &str) -> Result<Option<Oid>, String> {
        let mut name = name.to_owned();
        for _ in 0..CHAIN {
            if !is_ref_name(&name) || !name.starts_with("refs/") {
                return Err(format!("`{}` is not a valid reference name", plain(&name)));
            }
            match self.read_ref(&name).map_err(|problem| problem.to_string())? {
                None => return Ok(None),
                Some(Value::Id(id)) => return Ok(Some(id)),
                Some(Value::Symbolic(next)) => name = next,
            }
        }
        Err(format!("symbolic references are chained more than {CHAIN} deep at `{}`", plain(&name)))
    }

    /// One reference: its own file, else its line in `packed-refs`.
    fn read_ref(&self, name: &str) -> Result<Option<Value>, GitProblem> {
        let mut path = self.place.common_dir.clone();
        let mut parts = name.split('/').peekable();
        while let Some(part) = parts.next() {
            path.push(part);
            let is_last = parts.peek().is_none();
            match files::look(&path)? {
                // A link among the folders would lead out of the repository.
                Some(found) if !is_last && found.is_symlink() => files::require_folder(&path)?,
                Some(found) if is_last && found.is_dir() => break,
                Some(_) if is_last => return read_loose(&path),
                Some(_) => {}
                None => break,
            }
        }
        let packed = self.packed_refs()?;
        let found = packed_lines(&packed).find(|(_, packed_name)| *packed_name == name.as_bytes());
        Ok(found.map(|(id, _)| Value::Id(id)))
    }

    fn packed_refs(&self) -> Result<Vec<u8>, GitProblem> {
        let path = self.place.common_dir.join("packed-refs");
        Ok(files::read(&path, PACKED_BYTES)?.unwrap_or_default())
    }

    /// The short names of branches, tags and remote branches, some thousands at most.
    fn short_names(&self) -> Result<BTreeSet<String>, GitProblem> {
        let mut names = BTreeSet::new();
        let packed = self.packed_refs()?;
        for (_, name) in packed_lines(&packed).take(LISTED) {
            names.extend(std::str::from_utf8(name).ok().and_then(short_name));
        }
        let common = &self.place.common_dir;
        let mut waiting: Vec<PathBuf> = SHORT.iter().map(|folder| common.join(folder)).collect();
        while let Some(folder) = waiting.pop() {
            for (path, found) in files::entries(&folder)? {
                if names.len() >= LISTED || waiting.len() >= LISTED {
                    return Ok(names);
                }
                if found.is_dir() {
                    waiting.push(path);
                } else {
                    let name = path.strip_prefix(common).ok().and_then(Path::to_str);
                    names.extend(name.and_then(short_name));
                }
            }
        }
        Ok(names)
    }

    /// Follows annotated tags to a commit.
    fn peel(&self, id: Oid) -> Result<Oid, RefProblem> {
        let mut id = id;
        for _ in 0..CHAIN {
            match self.kind_of(id)? {
                ObjectKind::Commit => return Ok(id),
                ObjectKind::Tag => id = self.tagged(id)?,
                found => {
                    return Err(ObjectProblem::WrongType { id, wanted: ObjectKind::Commit, found }.into());
                }
            }
        }
        Err(ObjectProblem::Limit { what: "tags of tags", limit: CHAIN as u64 }.into())
    }

    fn tagged(&self, id: Oid) -> Result<Oid, ObjectProblem> {
        let object = self.object(id, ObjectKind::Tag, self.limits.object_bytes)?;
        super::store::verify(id, ObjectKind::Tag, object.data())?;
        let first = object.data().split(|byte| *byte == b'\n').next().unwrap_or_default();
        first
            .strip_prefix(b"object ")
            .and_then(Oid::from_hex)
            .ok_or_else(|| super::store::corrupt(id, "the tag names no object"))
    }
}

fn short_name(full: &str) -> Option<String> {
    SHORT.iter().find_map(|folder| full.strip_prefix(folder)).map(str::to_owned)
}

fn full_names(name: &str) -> Vec<String> {
    if name.starts_with("refs/") {
        return vec![name.to_owned()];
    }
    SHORT.iter().map(|folder| format!("{folder}{name}")).collect()
}

/// Whether `name` follows git's rules for reference names (`git help
/// check-ref-format`); then no part of it can climb out of `refs`.
fn is_ref_name(name: &str) -> bool {
    let part_is_fine = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && Path::new(part).extension().is_none_or(|end| end != "lock")
    };
    let forbidden = |character: char| {
        character.is_control() || matches!(character, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\')
    };
    name.len() <= 1024
        && name != "@"
        && !name.starts_with('-')
        && !name.contains("..")
        && !name.contains("@{")
        && !name.contains(forbidden)
        && name.split('/').all(part_is_fine)
}

fn read_loose(path: &Path) -> Result<Option<Value>, GitProblem> {
    let Some(bytes) = files::read(path, REF_BYTES)? else { return Ok(None) };
    let unreadable = |why: &str| GitProblem::unreadable(path, why);
    let text = std::str::from_utf8(&bytes).map_err(|_| unreadable("it is not UTF-8"))?;
    if let Some(target) = text.strip_prefix("ref:") {
        return Ok(Some(Value::Symbolic(target.trim().to_owned())));
    }
    let hex = text.split_ascii_whitespace().next().unwrap_or_default();
    let id = Oid::from_hex(hex.as_bytes())
        .ok_or_else(|| unreadable("it holds neither an object id nor `ref:` and a name"))?;
    Ok(Some(Value::Id(id)))
}

/// Ids and full names; comments and the peeled lines of tags are passed by.
fn packed_lines(bytes: &[u8]) -> impl Iterator<Item = (Oid, &[u8])> {
    bytes.split(|byte| *byte == b'\n').filter_map(|line| {
        let (hex, name) = line.split_at_checked(2 * Oid::BYTES)?;
        Some((Oid::from_hex(hex)?, name.strip_prefix(b" ")?.trim_ascii_end()))
    })
}

/// `~3` and `^2` as (which parent, how many times): `~3` is the first parent
/// three times, `^2` the second parent once.
fn ancestry(steps: &str) -> Option<Vec<(usize, usize)>> {
    let mut moves = Vec::new();
    let mut rest = steps;
    while let Some(mark) = rest.chars().next() {
        rest = &rest[mark.len_utf8()..];
        let digits = rest.len() - rest.trim_start_matches(|digit: char| digit.is_ascii_digit()).len();
        let number: usize = if digits == 0 { 1 } else { rest[..digits].parse().ok()? };
        rest = &rest[digits..];
        match mark {
            '~' if number <= FARTHEST => moves.push((0, number)),
            '^' if number > 0 => moves.push((number - 1, 1)),
            // The commit itself.
            '^' => {}
            _ => return None,
        }
    }
    (moves.len() <= FARTHEST).then_some(moves)
}

#[cfg(test)]
mod tests {
    use super::{is_ref_name, packed_lines};

    #[test]
    fn names_that_are_taken() {
        for name in ["main", "feature/x", "refs/heads/main", "v1.0", "origin/HEAD", "grün"] {
            assert!(is_ref_name(name), "{name}");
        }
        for (name, why) in [
            ("HEAD~1", "expression"),
            ("main@{1}", "reflog"),
            (":/((((", "search"),
            ("main^{/x}", "search"),
            ("../../etc/passwd", "climbs"),
            ("refs/heads/../../HEAD", "climbs inside"),
            ("a//b", "empty part"),
            ("/main", "absolute"),
            ("main/", "open end"),
            ("a.lock", "a lock"),
            (".hidden", "dot"),
            ("a\\b", "backslash"),
            ("a\0b", "NUL"),
            ("", "empty"),
            ("-rf", "an option"),
            ("@", "alias of HEAD"),
        ] {
            assert!(!is_ref_name(name), "{why}");
        }
    }

    #[test]
    fn packed_refs_line_by_line() {
        let id = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        let text =
            format!("# pack-refs with: peeled fully-peeled sorted \n{id} refs/tags/v1\n^{id}\nzz\n{id} r\n");
        let names: Vec<&[u8]> = packed_lines(text.as_bytes()).map(|(_, name)| name).collect();
        assert_eq!(names, [b"refs/tags/v1".as_slice(), b"r"]);
    }
}
