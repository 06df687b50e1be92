//! Texts that one step changed in the same way: a domain renamed in every
//! link, a new spelling of one word. Nobody reads a document for that, and it
//! is none that changed after its review.
//!
//! What is compared is the smallest text that went and the one that came in
//! its place, wherever in the page. How many alike make a sweep is said by the
//! rules.

use super::touches::body;
use crate::source::{RepoPath, SourceFile, common_ends};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A text that went, and what came in its place.
type Edit<'t> = (&'t str, &'t str);

/// The pages whose text changed as that of other pages did, each with how many
/// of them there are, itself among them.
pub(super) fn alike(pages: &[(RepoPath, Arc<SourceFile>, Arc<SourceFile>)]) -> BTreeMap<RepoPath, u32> {
    let mut by_edits: BTreeMap<BTreeSet<Edit<'_>>, Vec<&RepoPath>> = BTreeMap::new();
    for (path, before, after) in pages {
        let edits = edits(body(before), body(after));
        if !edits.is_empty() {
            by_edits.entry(edits).or_default().push(path);
        }
    }
    let groups = by_edits.into_values().filter(|paths| paths.len() > 1);
    groups
        .flat_map(|paths| {
            let count = u32::try_from(paths.len()).unwrap_or(u32::MAX);
            paths.into_iter().map(move |path| (path.clone(), count))
        })
        .collect()
}

/// The smallest edits from one text to another: word by word in lines that
/// stand against each other, else the stretch between their common ends.
fn edits<'t>(before: &'t str, after: &'t str) -> BTreeSet<Edit<'t>> {
    let (mut old, mut new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    trim(&mut old, &mut new);
    let mut edits = BTreeSet::new();
    if old.len() != new.len() {
        let stretch = |text: &'t str, lines: &[&'t str]| match (lines.first(), lines.last()) {
            (Some(first), Some(last)) => {
                let base = text.as_ptr() as usize;
                let start = first.as_ptr() as usize - base;
                let end = last.as_ptr() as usize - base + last.len();
                text.get(start..end).unwrap_or_default().trim()
            }
            _ => "",
        };
        edits.insert((stretch(before, &old), stretch(after, &new)));
        return edits;
    }
    for (old, new) in old.into_iter().zip(new).filter(|(old, new)| old != new) {
        let (was, is): (Vec<&str>, Vec<&str>) =
            (old.split_whitespace().collect(), new.split_whitespace().collect());
        if was.len() == is.len() {
            edits.extend(
                was.into_iter().zip(is).filter(|(was, is)| was != is).map(|(was, is)| inner(was, is)),
            );
        } else {
            edits.insert(inner(old.trim(), new.trim()));
        }
    }
    edits
}

/// Takes the lines away that both begin and end with.
fn trim(old: &mut Vec<&str>, new: &mut Vec<&str>) {
    let same = |(old, new): &(&&str, &&str)| old == new;
    let first = old.iter().zip(new.iter()).take_while(same).count();
    old.drain(..first);
    new.drain(..first);
    let last = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    old.truncate(old.len() - last);
    new.truncate(new.len() - last);
}

/// What is left of two texts without what both begin and end with.
fn inner<'t>(was: &'t str, is: &'t str) -> Edit<'t> {
    let (first, last) = common_ends(was.as_bytes(), is.as_bytes());
    let middle = |text: &'t str| {
        let start = text.floor_char_boundary(first);
        let end = text.ceil_char_boundary(text.len() - last);
        text.get(start..end.max(start)).unwrap_or_default()
    };
    (middle(was), middle(is))
}

#[cfg(test)]
mod tests {
    use super::alike;
    use crate::source::{RepoPath, SourceFile};

    #[test]
    fn the_same_edit_in_several_pages_is_seen() {
        let page = |name: &str, before: &str, after: &str| {
            let file = |text: &str| SourceFile::new(name.into(), format!("---\nid: {name}\n---\n{text}"));
            (RepoPath::from(name), file(before), file(after))
        };
        let pages = [
            page("a.md", "See [x](https://old.example/x/).\nMore.\n", "See [x](/x/).\nMore.\n"),
            page(
                "b.md",
                "One\n[y](https://old.example/y) and [z](https://old.example/z)\n",
                "One\n[y](/y) and [z](/z)\n",
            ),
            page("c.md", "Nobody shares.\n", "Somebody shares.\n"),
            page("d.md", "[w](https://old.example/w) is read.\n", "[w](/w) is read by all.\n"),
            page("e.md", "E\n", "E\n\nFooter\n"),
            page("f.md", "F\nF\n", "F\nF\n\nFooter\n"),
            page("g.md", "wraps\nhere\n", "wraps here\n"),
        ];
        let found: Vec<(String, u32)> =
            alike(&pages).into_iter().map(|(path, count)| (path.shown(), count)).collect();
        let of = |name: &str| (name.to_owned(), 2);
        assert_eq!(found, [of("a.md"), of("b.md"), of("e.md"), of("f.md")]);
    }
}
