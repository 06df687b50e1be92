//! Files of one layout and kind together: the pattern that names them, what
//! keeps others out, and the evidence.

use super::files::Seen;
use super::layouts::{Candidate, Shape, candidates};
use super::proposal::{self, Entry};
use super::{Passed, Survey};
use crate::extract::{bare_name, is_name};
use crate::kind::Kinds;
use crate::settings::KeyPlace;
use crate::source::RepoPath;
use globset::Glob;
use std::collections::{BTreeMap, BTreeSet};

/// Files that are named one by one where no pattern tells them from others.
const MOST_NAMED: usize = 12;
/// Keys whose value tells what a page is.
const TELLING: [&str; 5] = ["layout", "type", "policy", "kind", "category"];

/// Files of one layout, and what is proposed for them.
#[derive(Clone, Debug)]
pub struct Group {
    /// The kind of the records.
    pub kind: &'static str,
    /// How they lie in the files.
    pub shape: Shape,
    /// The files.
    pub files: Vec<RepoPath>,
    /// How sure it is.
    pub sure: proposal::Sure,
    /// Sentences on what was found.
    pub evidence: Vec<String>,
    /// The entry of `mapping`, in YAML, each line without its end.
    pub lines: Vec<String>,
}

/// What keeps other files out.
#[derive(Clone, Debug)]
pub(super) enum Only {
    Nothing,
    Value(String, String),
    Has(String),
}

/// Groups everything that was seen, and names what is in no group.
pub(super) fn group(seen: &[Seen], kinds: &Kinds, survey: &mut Survey) {
    let mut groups: BTreeMap<(String, Shape, &'static str), Vec<Candidate<'_>>> = BTreeMap::new();
    let mut without: BTreeMap<&RepoPath, Passed> = BTreeMap::new();
    for file in seen {
        if file.native {
            without.insert(&file.path, Passed::Native);
            continue;
        }
        let found = candidates(file, kinds);
        if found.is_empty() {
            without.insert(&file.path, Passed::Nothing);
        }
        for found in found {
            let key = (suffix(&file.shown).to_owned(), found.shape.clone(), found.fit.kind);
            groups.entry(key).or_default().push(found);
        }
    }
    let mut made: Vec<Group> = Vec::new();
    for ((_, shape, kind), members) in groups {
        let Some(kind_of) = kinds.get(kind) else { continue };
        for members in by_place(&shape, members) {
            let files: BTreeSet<&RepoPath> = members.iter().map(|member| &member.seen.path).collect();
            let files: Vec<&RepoPath> = files.into_iter().collect();
            match pattern(&shape, &members, &files, seen) {
                Some((glob, only)) => {
                    // A condition that not all of them meet leaves some out.
                    let (members, left): (Vec<_>, Vec<_>) =
                        members.into_iter().partition(|member| only.takes(member.seen));
                    let files: Vec<&RepoPath> = files
                        .into_iter()
                        .filter(|file| members.iter().any(|member| member.seen.path == **file))
                        .collect();
                    for member in left {
                        without.insert(&member.seen.path, Passed::NoPattern);
                    }
                    let entry =
                        Entry { glob: &glob, only: &only, kind: kind_of, shape: &shape, members: &members };
                    made.extend(proposal::groups(&entry, &files, kinds));
                }
                None => {
                    for file in files {
                        without.insert(file, Passed::NoPattern);
                    }
                }
            }
        }
    }
    made.sort_by(|one, other| {
        (&one.files, &one.shape, one.kind).cmp(&(&other.files, &other.shape, other.kind))
    });
    let taken: BTreeSet<&RepoPath> = made.iter().flat_map(|group| &group.files).collect();
    without.retain(|path, _| !taken.contains(path));
    survey.passed.extend(without.into_iter().map(|(path, why)| (path.clone(), why)));
    survey.groups = made;
}

/// Registers are grouped by folder: two of one kind seldom have the same
/// columns. Pages of one layout may lie anywhere.
fn by_place<'s>(shape: &Shape, members: Vec<Candidate<'s>>) -> Vec<Vec<Candidate<'s>>> {
    if matches!(shape, Shape::Page(_)) {
        return vec![members];
    }
    let mut places: BTreeMap<(Option<RepoPath>, String), Vec<Candidate<'s>>> = BTreeMap::new();
    for member in members {
        let id = member.given.get("id").map(|name| bare_name(name)).unwrap_or_default();
        places.entry((member.seen.path.parent(), id)).or_default().push(member);
    }
    places.into_values().collect()
}

/// How the name of a file ends: `html.md.erb`, `md`.
pub(super) fn suffix(shown: &str) -> &str {
    let name = shown.rsplit('/').next().unwrap_or(shown);
    match name.find(".md.").or_else(|| name.find(".html.md")) {
        Some(_) => name.split_once('.').map_or("", |(_, suffix)| suffix),
        None => name.rsplit_once('.').map_or("", |(_, suffix)| suffix),
    }
}

/// A name as a glob that matches it alone.
fn literal(name: &str) -> String {
    let mut glob = String::new();
    for letter in name.chars() {
        if "*?[]{},!\\".contains(letter) {
            glob.push_str(&format!("[{letter}]"));
        } else {
            glob.push(letter);
        }
    }
    glob
}

/// The pattern for a group's files and the condition that keeps others out.
fn pattern(
    shape: &Shape,
    members: &[Candidate<'_>],
    files: &[&RepoPath],
    seen: &[Seen],
) -> Option<(String, Only)> {
    let shown: Vec<String> = files.iter().map(|file| file.shown()).collect();
    if let [one] = shown.as_slice() {
        return Some((literal(one), Only::Nothing));
    }
    let folders: Vec<Vec<&str>> = shown
        .iter()
        .map(|path| path.split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev().collect())
        .collect();
    let first = folders.first()?;
    let common = (0..first.len())
        .take_while(|at| folders.iter().all(|folder| folder.get(*at) == first.get(*at)))
        .count();
    let above: Vec<String> = first[..common].iter().map(|part| literal(part) + "/").collect();
    let above = above.concat();
    let deep = folders.iter().any(|folder| folder.len() > common);
    let names: BTreeSet<&str> = shown.iter().filter_map(|path| path.rsplit('/').next()).collect();
    let last = match names.iter().next() {
        Some(only) if names.len() == 1 => literal(only),
        _ => format!("*.{}", literal(suffix(shown.first()?))),
    };
    let glob = format!("{above}{}{last}", if deep { "**/" } else { "" });
    if !matches!(shape, Shape::Page(_) | Shape::Csv(..)) {
        return Some((glob, Only::Nothing));
    }
    let matcher = Glob::new(&glob).ok()?.compile_matcher();
    let own: BTreeSet<&RepoPath> = files.iter().copied().collect();
    let others: Vec<&Seen> =
        seen.iter().filter(|seen| matcher.is_match(&seen.shown) && !own.contains(&seen.path)).collect();
    if let Some(only) = condition(members, &others) {
        return Some((glob, only));
    }
    if let Some(name) = most_have(members, &others) {
        return Some((glob, Only::Has(name)));
    }
    let braces = format!("{{{}}}", shown.iter().map(|path| literal(path)).collect::<Vec<_>>().join(","));
    (shown.len() <= MOST_NAMED && braces.len() < 1000).then_some((braces, Only::Nothing))
}

/// What all members have and none of the others.
fn condition(members: &[Candidate<'_>], others: &[&Seen]) -> Option<Only> {
    if others.is_empty() {
        return Some(Only::Nothing);
    }
    let first = members.first()?;
    for name in TELLING {
        let value = |seen| value_of(seen, name);
        let Some(wanted) = value(first.seen).filter(|wanted| !wanted.is_empty()) else { continue };
        let same = members.iter().all(|member| value(member.seen) == Some(wanted));
        if same && others.iter().all(|other| value(other) != Some(wanted)) {
            return Some(Only::Value(name.to_owned(), wanted.to_owned()));
        }
    }
    let mapped = |name: &&String| first.given.values().any(|given| given == *name);
    let tells = |name: &&String| {
        members.iter().all(|member| member.names.iter().any(|known| is_name(known, name)))
            && !others.iter().any(|other| has_name(other, name))
    };
    let mut names = first.names.iter().filter(mapped).chain(&first.names);
    names.find(tells).map(|name| Only::Has(name.clone()))
}

/// The key that gives a field, that nearly all members have and nearly none of
/// the others: what is left out is named.
fn most_have(members: &[Candidate<'_>], others: &[&Seen]) -> Option<String> {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    members
        .iter()
        .flat_map(|member| member.given.values())
        .for_each(|name| *counts.entry(name).or_default() += 1);
    let most = |(name, count): &(&String, usize)| {
        let wrong = others.iter().filter(|other| has_name(other, name)).count();
        *count * 5 >= members.len() * 4 && wrong * 20 <= *count
    };
    let best = counts.into_iter().filter(most).max_by_key(|(name, count)| (*count, std::cmp::Reverse(*name)));
    best.map(|(name, _)| name.clone())
}

/// The value of a key of the front matter.
fn value_of<'s>(seen: &'s Seen, name: &str) -> Option<&'s str> {
    let key = seen.observed.keys.iter().find(|key| key.name == name && key.place == KeyPlace::Keys)?;
    Some(&key.value)
}

/// Whether a file has a key or column of this name.
fn has_name(seen: &Seen, name: &str) -> bool {
    let rows = seen.csv.iter().flat_map(|(_, rows)| &rows.columns);
    let mut names = seen.observed.keys.iter().map(|key| &key.name).chain(rows);
    names.any(|known| is_name(known, name))
}

impl Only {
    fn takes(&self, seen: &Seen) -> bool {
        match self {
            Self::Nothing => true,
            Self::Value(key, value) => {
                seen.observed.keys.iter().any(|found| found.name == *key && found.value == *value)
            }
            Self::Has(name) => has_name(seen, name),
        }
    }
}
