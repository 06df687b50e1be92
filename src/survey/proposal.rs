//! The entry of `mapping` for a group, and the evidence in sentences.

use super::cues::document_type;
use super::fields::{Known, Names};
use super::group::{Group, Only, suffix};
use super::layouts::{Candidate, Shape};
use super::{cues, dates};
use crate::kind::{Kind, Kinds};
use crate::source::RepoPath;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Names that are told of a group.
const MOST_TOLD: usize = 6;

/// How sure a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sure {
    /// Several columns or keys say so.
    Sure,
    /// One column or key does, or the form of the ids.
    Likely,
    /// Only names of files, folders or headings do.
    Guess,
}

/// What an entry is made of.
pub(super) struct Entry<'e> {
    pub(super) glob: &'e str,
    pub(super) only: &'e Only,
    pub(super) kind: &'e Kind,
    pub(super) shape: &'e Shape,
    pub(super) members: &'e [Candidate<'e>],
}

/// `isms.yaml` with the entries of all groups.
pub fn text_of(groups: &[Group], level: &str) -> String {
    let mut text = format!(
        "# Proposed by `ismslint init --propose`: look at each entry before it is used.\nlevel: {level}\n"
    );
    if !groups.is_empty() {
        text.push_str("mapping:\n");
    }
    for line in groups.iter().flat_map(|group| &group.lines) {
        let _ = writeln!(text, "  {line}");
    }
    text
}

/// The group, and beside objectives in a table that also tell where they
/// stand, the measurements.
pub(super) fn groups(entry: &Entry<'_>, files: &[&RepoPath], kinds: &Kinds) -> Vec<Group> {
    let names: BTreeSet<&String> = entry.members.iter().flat_map(|member| &member.names).collect();
    let known = Known::of(entry.kind, entry.shape.preset(), &names.iter().copied());
    let given: Vec<BTreeMap<String, String>> = entry
        .members
        .iter()
        .map(|member| {
            known.assign(&Names {
                names: &member.names,
                rows: &member.rows,
                is_page: matches!(entry.shape, Shape::Page(_)),
            })
        })
        .collect();
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    for (field, names) in known.lines(&given, &names) {
        fields.insert(field, list(&names));
    }
    let mut evidence = vec![by_what(entry), counted_names(entry, &given)];
    identity(entry, &given, files, &mut fields);
    if &*entry.kind.name == "document" {
        of_document(entry, &given, &mut fields, &mut evidence);
    }
    let current = entry
        .members
        .iter()
        .flat_map(|member| &member.names)
        .find(|name| ["current", "actual", "current value"].contains(&&*crate::extract::bare_name(name)));
    let is_objective =
        &*entry.kind.name == "objective" && !given.iter().any(|given| given.contains_key("metric"));
    let slug = fields.get("id").filter(|id| id.contains("slug")).cloned();
    let measured = current.zip(slug).filter(|_| is_objective);
    if let Some((_, slug)) = &measured {
        fields.insert("metric".to_owned(), slug.clone());
    }
    let values = entry.members.iter().zip(&given).flat_map(|(member, given)| {
        let dated = given.iter().filter(|(field, _)| known.is_date(field)).map(|(_, name)| name);
        dated.flat_map(|name| member.values(name)).collect::<Vec<String>>()
    });
    let values: Vec<String> = values.collect();
    let dates = dates::dates(values.iter().map(String::as_str), &known.presets);
    if let Some(either) = &dates.either {
        evidence.push(format!(
            "dates such as `{either}` could have the day or the month first: declare it by `dates: [\"DD/MM/YYYY\"]` or `dates: [\"MM/DD/YYYY\"]`"
        ));
    }
    if known.presets.contains(&"spanish") && values.iter().any(|value| value.contains('/')) {
        evidence.push(
            "the preset `spanish` reads dates with the day first: take it out if yours have the month first"
                .to_owned(),
        );
    }
    let lines = lines(entry, &entry.kind.name, &known.presets, &fields, &dates.formats);
    let group = |kind, evidence, lines| Group {
        kind,
        shape: entry.shape.clone(),
        files: files.iter().map(|file| (*file).clone()).collect(),
        sure: sure(entry),
        evidence,
        lines,
    };
    let kind = entry.members.first().map_or("", |member| member.fit.kind);
    let mut groups = vec![group(kind, evidence, lines)];
    if let Some(((current, slug), _)) = measured.zip(kinds.get("measurement")) {
        let fields = BTreeMap::from([
            ("metric".to_owned(), slug),
            ("value".to_owned(), list(std::slice::from_ref(current))),
        ]);
        let lines = self::lines(entry, "measurement", &[], &fields, &[]);
        let evidence = vec![format!("the column `{current}` says where each objective stands")];
        groups.push(group("measurement", evidence, lines));
    }
    groups
}

impl Candidate<'_> {
    fn values(&self, name: &str) -> Vec<String> {
        Names { names: &self.names, rows: &self.rows, is_page: false }
            .values(name)
            .map(str::to_owned)
            .collect()
    }
}

/// Where id and title come from.
fn identity(
    entry: &Entry<'_>,
    given: &[BTreeMap<String, String>],
    files: &[&RepoPath],
    fields: &mut BTreeMap<String, String>,
) {
    let all = |field: &str| given.iter().all(|given| given.contains_key(field));
    match entry.shape {
        Shape::Page(preset) => {
            if !all("id") {
                let file = of_file(files);
                let keys: BTreeSet<&String> = given.iter().filter_map(|given| given.get("id")).collect();
                let keys: Vec<String> = keys.into_iter().cloned().collect();
                let source = if keys.is_empty() {
                    format!("{{{file}}}")
                } else {
                    format!("{{key: {}, {file}}}", list(&keys))
                };
                fields.insert("id".to_owned(), source);
            }
            if !all("title") && *preset == "last-reviewed-on" {
                fields.insert("title".to_owned(), "{key: title, heading: \"(.+)\"}".to_owned());
            }
        }
        Shape::Headings(_, letters) => {
            fields
                .insert("id".to_owned(), format!("{{heading: {}}}", quoted(&format!("^({letters}[0-9]+)"))));
            let title = format!("^{letters}[0-9]+[^\\p{{L}}\\p{{N}}]*(.+)");
            fields.insert("title".to_owned(), format!("{{heading: {}}}", quoted(&title)));
        }
        Shape::Tasks(_) => {
            fields.insert("id".to_owned(), "{slug: task}".to_owned());
            fields.insert("title".to_owned(), "task".to_owned());
            fields.insert("status".to_owned(), "done".to_owned());
        }
        Shape::Table(_) | Shape::Csv(..) | Shape::List(_) => {
            let titles: BTreeSet<&String> = given.iter().filter_map(|given| given.get("title")).collect();
            let measured = &*entry.kind.name == "measurement";
            if let Some(title) = titles.into_iter().next().filter(|_| !all("id") && !measured) {
                fields.insert("id".to_owned(), format!("{{slug: {}}}", list(std::slice::from_ref(title))));
            }
            if measured && !all("period") {
                fields
                    .insert("period".to_owned(), "{path: \"([0-9]{4}-[0-9]{2}(?:-[0-9]{2})?)\"}".to_owned());
            }
        }
    }
}

/// The part of the path that tells the files apart.
fn of_file(files: &[&RepoPath]) -> String {
    let shown: Vec<String> = files.iter().map(|file| file.shown()).collect();
    let end = shown.first().map(|shown| suffix(shown).to_owned()).unwrap_or_default();
    let unique = |name: &dyn Fn(&str) -> String| {
        let names: BTreeSet<String> = shown.iter().map(|path| name(path)).collect();
        names.len() == shown.len() && !names.contains("")
    };
    let stem = |path: &str| path.rsplit('/').next().unwrap_or(path).trim_end_matches(&end).to_owned();
    let index = |path: &str| ["index.", "README.", "readme."].contains(&&*stem(path));
    let folder = |path: &str| path.rsplit('/').nth(1).unwrap_or_default().to_owned();
    if unique(&folder) && shown.iter().any(|path| index(path) || shown.len() > 1 && !unique(&stem)) {
        return "file: folder".to_owned();
    }
    match () {
        () if end.contains('.') => {
            format!("path: {}", quoted(&format!("([^/]+)\\.{}$", end.replace('.', "\\."))))
        }
        () if unique(&stem) => "file: stem".to_owned(),
        () => format!("path: {}", quoted(&format!("(.+)\\.{end}$"))),
    }
}

fn of_document(
    entry: &Entry<'_>,
    given: &[BTreeMap<String, String>],
    fields: &mut BTreeMap<String, String>,
    evidence: &mut Vec<String>,
) {
    let updated = given.iter().filter_map(|given| given.get("reviewed"));
    let mut updated = updated
        .filter(|name| cues::words(name).iter().any(|word| word.starts_with("updat") || word == "modified"));
    if let Some(name) = updated.next() {
        evidence.push(format!(
            "`{name}` stands in for the day of the review, which is a guess: an update is no review"
        ));
    }
    if given.iter().all(|given| given.contains_key("type")) {
        return;
    }
    let titles = entry.members.iter().map(|member| {
        let title = member.given.get("title").and_then(|name| member.values(name).into_iter().next());
        title.or_else(|| member.seen.observed.sections.first().map(|section| section.text.clone()))
    });
    let titles = titles.map(|title| title.map(|title| cues::words(&title)).unwrap_or_default());
    let paths = entry.members.iter().map(|member| cues::words(&member.seen.shown.replace('/', " ")));
    let keys = match entry.only {
        Only::Value(key, value) => cues::words(&format!("{key} {value}")),
        _ => Vec::new(),
    };
    let of_each: Vec<Option<&str>> = titles
        .zip(paths)
        .map(|(title, path)| {
            document_type(&keys).or_else(|| document_type(&title)).or_else(|| document_type(&path))
        })
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    of_each.iter().flatten().for_each(|ty| *counts.entry(ty).or_default() += 1);
    let most = counts.into_iter().max_by_key(|(ty, count)| (*count, std::cmp::Reverse(*ty)));
    if let Some((ty, count)) = most.filter(|(_, count)| count * 2 >= of_each.len()) {
        fields.insert("type".to_owned(), format!("{{default: {ty}}}"));
        let all = of_each.len();
        evidence.push(format!("`type: {ty}` is a guess: the names of {count} of {all} say so"));
    }
}

/// The entry, line by line.
fn lines(
    entry: &Entry<'_>,
    kind: &str,
    presets: &[&str],
    fields: &BTreeMap<String, String>,
    dates: &[&str],
) -> Vec<String> {
    let mut lines = vec![format!("- files: {}", quoted(entry.glob)), format!("  kind: {kind}")];
    match presets {
        [] => {}
        [one] => lines.push(format!("  preset: {one}")),
        many => lines.push(format!("  preset: [{}]", many.join(", "))),
    }
    match entry.only {
        Only::Nothing => {}
        Only::Value(key, value) => lines.push(format!("  if: {{{}: {}}}", quoted(key), quoted(value))),
        Only::Has(name) => lines.push(format!("  where: {{has: [{}]}}", quoted(name))),
    }
    lines.extend(split(entry).map(|split| format!("  split: {split}")));
    if matches!(entry.shape, Shape::Headings(..)) {
        lines.push("  from: [inline, table]".to_owned());
    }
    if !fields.is_empty() {
        lines.push("  fields:".to_owned());
        lines.extend(fields.iter().map(|(field, source)| format!("    {field}: {source}")));
    }
    if !dates.is_empty() {
        let dates: Vec<String> = dates.iter().map(|way| quoted(way)).collect();
        lines.push(format!("  dates: [{}]", dates.join(", ")));
    }
    if matches!(entry.shape, Shape::Tasks(_)) {
        lines.push("  words: {status: {\"true\": completed, \"false\": planned}}".to_owned());
    }
    lines
}

fn split(entry: &Entry<'_>) -> Option<String> {
    Some(match entry.shape {
        Shape::Page(_) => return None,
        Shape::Table(_) => format!("{{table: {{columns: {}}}}}", list_of(&columns(entry))),
        Shape::Csv(separator, header_row, encoding) => {
            let separator =
                separator.map(|separator| format!("separator: {}", quoted(&separator.to_string())));
            let header_row = header_row.map(|row| format!("header_row: {row}"));
            let encoding = (*encoding != "utf-8").then(|| format!("encoding: {encoding}"));
            let parts: Vec<String> = [separator, header_row, encoding].into_iter().flatten().collect();
            format!("{{csv: {{{}}}}}", parts.join(", "))
        }
        Shape::Headings(level, letters) => {
            format!("{{headings: {{level: {level}, pattern: {}}}}}", quoted(&format!("^{letters}[0-9]")))
        }
        Shape::Tasks(None) => "{tasks: {}}".to_owned(),
        Shape::Tasks(Some(heading)) => format!("{{tasks: {{under: {}}}}}", quoted(heading)),
        Shape::List(path) => format!("{{list: {}}}", quoted(path)),
    })
}

/// Columns that every table of the group has: what tells rows apart, and up to
/// two that speak for the kind.
fn columns(entry: &Entry<'_>) -> Vec<String> {
    let Some(first) = entry.members.first() else { return Vec::new() };
    let in_all = |name: &&String| {
        let has =
            |member: &Candidate<'_>| member.names.iter().any(|known| crate::extract::is_name(known, name));
        entry.members.iter().all(has)
    };
    let tells = first.given.get("id").or_else(|| first.given.get("title"));
    let speaking = first.fit.columns.iter().filter(|name| Some(*name) != tells).take(2);
    tells.into_iter().chain(speaking).filter(in_all).map(|name| crate::extract::plain_name(name)).collect()
}

fn sure(entry: &Entry<'_>) -> Sure {
    match entry.members.iter().map(|member| member.fit.by_content).min() {
        None | Some(0) => Sure::Guess,
        Some(1) => Sure::Likely,
        Some(_) => Sure::Sure,
    }
}

/// Why this kind.
fn by_what(entry: &Entry<'_>) -> String {
    let kind = entry.kind.name.replace('_', " ");
    let columns: BTreeSet<&String> = entry.members.iter().flat_map(|member| &member.fit.columns).collect();
    let columns: Vec<String> = columns.into_iter().take(MOST_TOLD).map(|name| format!("`{name}`")).collect();
    let words: BTreeSet<&String> =
        entry.members.iter().filter_map(|member| member.fit.word.as_ref()).collect();
    let words: Vec<String> = words.into_iter().take(3).map(|word| format!("`{word}`")).collect();
    let by_names = format!("the word {} in names and titles", words.join(", "));
    match (columns.is_empty(), words.is_empty()) {
        (false, false) => format!("{kind}, by {} and {by_names}", columns.join(", ")),
        (false, true) => format!("{kind}, by {}", columns.join(", ")),
        (true, false) if sure(entry) == Sure::Guess => format!("{kind} is a guess, by {by_names} alone"),
        (true, false) => format!("{kind}, by the form of its ids and {by_names}"),
        (true, true) => format!("{kind}, by the form of its ids"),
    }
}

/// How many files, or rows, have which of the names that give fields.
fn counted_names(entry: &Entry<'_>, given: &[BTreeMap<String, String>]) -> String {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    given.iter().flat_map(BTreeMap::values).for_each(|name| *counts.entry(name).or_default() += 1);
    let mut by_count: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (name, count) in counts {
        by_count.entry(count).or_default().push(format!("`{name}`"));
    }
    let (all, what) = (given.len(), if matches!(entry.shape, Shape::Page(_)) { "file" } else { "register" });
    let what = if all == 1 { what.to_owned() } else { format!("{what}s") };
    let told = by_count.into_iter().rev().take(3).map(|(count, names)| {
        let more = names.len().saturating_sub(MOST_TOLD);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let names: Vec<String> = names.into_iter().take(MOST_TOLD).collect();
        format!("{count} of {all} {what} have {}{more}", names.join(", "))
    });
    told.collect::<Vec<_>>().join("; ")
}

/// A text as YAML reads it in any place.
fn quoted(text: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ' ';
    let word = text.starts_with(char::is_alphabetic) && text.chars().all(plain) && !text.ends_with(' ');
    let reserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    if word && !reserved.contains(&&*text.to_lowercase()) {
        return text.to_owned();
    }
    serde_json::Value::from(text).to_string()
}

fn list_of(names: &[String]) -> String {
    format!("[{}]", names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "))
}

/// One name alone, several as a list.
fn list(names: &[String]) -> String {
    match names {
        [one] => quoted(one),
        many => list_of(many),
    }
}

/// The lines of `fields` for a register of a kind with these columns, by the
/// presets that are named, and the columns that give no field.
pub fn register(
    kind: &Kind,
    presets: &[&'static str],
    columns: &[String],
    rows: &[Vec<String>],
) -> (Vec<String>, Vec<String>) {
    let known = Known::by(kind, presets);
    let given = known.assign(&Names { names: columns, rows, is_page: false });
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    for (field, names) in known.lines(std::slice::from_ref(&given), &columns.iter().collect()) {
        fields.insert(field, list(&names));
    }
    let title = given
        .get("title")
        .filter(|_| !given.contains_key("id") && kind.identity.iter().any(|id| **id == *"id"));
    if let Some(title) = title {
        fields.insert("id".to_owned(), format!("{{slug: {}}}", list(std::slice::from_ref(title))));
    }
    let free =
        columns.iter().filter(|name| !name.trim().is_empty() && !given.values().any(|taken| taken == *name));
    (fields.iter().map(|(field, source)| format!("{field}: {source}")).collect(), free.cloned().collect())
}
