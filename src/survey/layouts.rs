//! The layouts of one file: everything in it that could be a record.

use super::cues::{self, Fit, kind_of, kind_of_page};
use super::fields::{Known, Names, is_change_history, is_id};
use super::files::Seen;
use crate::extract::{Key, Rows, Section};
use crate::kind::Kinds;
use crate::settings::{Encoding, KeyPlace};
use std::collections::BTreeMap;

/// How records lie in a file; what files of one group have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// The file is one record, with keys as this preset reads them.
    Page(&'static str),
    /// Rows of a Markdown table; the column that tells them apart, folded.
    Table(String),
    /// Rows of a CSV file: separator, line of the header, encoding.
    Csv(Option<char>, Option<u32>, &'static str),
    /// Headings of a level that begin with this.
    Headings(u8, String),
    /// Tasks below a heading.
    Tasks(Option<String>),
    /// A list of YAML or JSON at a path.
    List(String),
}

/// Something that could be records.
pub(super) struct Candidate<'s> {
    pub(super) seen: &'s Seen,
    pub(super) shape: Shape,
    pub(super) fit: Fit,
    pub(super) names: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    pub(super) given: BTreeMap<String, String>,
}

impl Shape {
    /// The preset that such files build on.
    pub(super) fn preset(&self) -> Option<&'static str> {
        match self {
            Self::Page(preset) => Some(preset),
            Self::Table(_) | Self::Headings(..) | Self::List(_) => Some("markdown-register"),
            Self::Csv(..) => Some("csv-register"),
            Self::Tasks(_) => None,
        }
    }
}

/// Fields that show that somebody keeps a page under control.
const CONTROLLED: [&str; 9] = [
    "owner",
    "approver",
    "approved",
    "effective",
    "reviewed",
    "review_interval",
    "next_review",
    "version",
    "classification",
];

/// Everything in a file that could be records.
pub(super) fn candidates<'s>(seen: &'s Seen, kinds: &Kinds) -> Vec<Candidate<'s>> {
    let path = path_words(&seen.shown);
    let making = Making { seen, kinds, path };
    if let Some((way, rows)) = &seen.csv {
        let encoding = match way.encoding {
            Encoding::Utf8 => "utf-8",
            Encoding::Windows1252 => "windows-1252",
            Encoding::Utf16 => "utf-16",
        };
        let shape = Shape::Csv(way.separator, way.header_row, encoding);
        return making.register(shape, rows).into_iter().collect();
    }
    let mut found = Vec::new();
    for rows in &seen.observed.tables {
        let tells = rows.columns.first().map(|name| crate::extract::bare_name(name)).unwrap_or_default();
        if rows.columns.len() > 2 && !rows.rows.is_empty() && !is_change_history(&rows.columns) {
            found.extend(making.register(Shape::Table(tells), rows));
        }
    }
    for (list, rows) in &seen.observed.lists {
        found.extend(making.register(Shape::List(list.clone()), rows));
    }
    let sections = making.sections();
    let by_heading = !sections.is_empty();
    found.extend(sections);
    found.extend(making.tasks());
    if !by_heading {
        let has_table = found.iter().any(|found| matches!(found.shape, Shape::Table(_)));
        found.extend(making.page(has_table));
    }
    found
}

/// Words of the path, the file's name first.
fn path_words(shown: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for part in shown.rsplit('/') {
        words.extend(cues::words(part.split('.').next().unwrap_or(part)));
    }
    words
}

struct Making<'s, 'k> {
    seen: &'s Seen,
    kinds: &'k Kinds,
    path: Vec<String>,
}

impl<'s> Making<'s, '_> {
    fn words(&self, heading: Option<&String>) -> Vec<String> {
        let of_heading = heading.map(|heading| cues::words(heading)).unwrap_or_default();
        of_heading.into_iter().chain(self.path.iter().cloned()).collect()
    }

    /// Rows under columns: an id or a title, and something that only a kind of
    /// record has.
    fn register(&self, shape: Shape, rows: &Rows) -> Option<Candidate<'s>> {
        let ids: Vec<&str> =
            rows.rows.iter().flatten().map(String::as_str).filter(|cell| is_id(cell)).collect();
        let fit = kind_of(&rows.columns, &ids, &self.words(rows.heading.as_ref()))?;
        if fit.by_content == 0 || (fit.kind == "document" && !matches!(shape, Shape::List(_))) {
            return None;
        }
        let found = self.candidate(shape, fit, rows.columns.clone(), rows.rows.clone())?;
        let tells = |field: &str| found.given.contains_key(field);
        let is_measured = found.fit.kind == "measurement";
        let enough =
            if is_measured { tells("metric") && tells("value") } else { tells("id") || tells("title") };
        let weak = found.fit.by_content < 2 && found.fit.word.is_none() && found.given.len() < 4;
        (enough && !weak).then_some(found)
    }

    fn candidate(
        &self,
        shape: Shape,
        fit: Fit,
        names: Vec<String>,
        rows: Vec<Vec<String>>,
    ) -> Option<Candidate<'s>> {
        let kind = self.kinds.get(fit.kind)?;
        let known = Known::of(kind, shape.preset(), &names.iter());
        let is_page = matches!(shape, Shape::Page(_));
        let given = known.assign(&Names { names: &names, rows: &rows, is_page });
        let shape = match shape {
            // What tells rows apart holds files of one layout together.
            Shape::Table(first) => {
                let tells = given.get("id").or_else(|| given.get("title"));
                Shape::Table(tells.map_or(first, |name| crate::extract::bare_name(name)))
            }
            other => other,
        };
        Some(Candidate { seen: self.seen, shape, fit, names, rows, given })
    }

    /// A page with keys, or a YAML or JSON file that is one record.
    fn page(&self, has_table: bool) -> Option<Candidate<'s>> {
        let is_matter = |key: &&Key| matches!(key.place, KeyPlace::Keys | KeyPlace::Loose);
        let matter: Vec<&Key> = self.seen.observed.keys.iter().filter(is_matter).collect();
        let of_lines = |key: &&Key| !is_matter(key) && (!has_table || key.place == KeyPlace::Inline);
        let lines: Vec<&Key> = self.seen.observed.keys.iter().filter(of_lines).collect();
        let title = self.seen.observed.sections.first().map(|section| &section.text);
        let of_matter = self.keys(&matter, title, 1);
        let of_lines = self.keys(&lines, title, 2);
        match (of_matter, of_lines) {
            (Some(matter), Some(lines)) if lines.given.len() > matter.given.len() => Some(lines),
            (Some(matter), _) => Some(matter),
            (None, lines) => lines,
        }
    }

    fn keys(&self, keys: &[&Key], title: Option<&String>, least: usize) -> Option<Candidate<'s>> {
        let names: Vec<String> = keys.iter().map(|key| key.name.clone()).collect();
        let row: Vec<String> = keys.iter().map(|key| key.value.clone()).collect();
        let is_matter = least == 1;
        let title_key = keys.iter().find(|key| key.name.eq_ignore_ascii_case("title")).map(|key| &key.value);
        let words = self.words(title_key.or(title));
        let ids: Vec<&str> = row.iter().map(String::as_str).filter(|value| is_id(value)).collect();
        let folder = self.seen.shown.rsplit('/').nth(1).map(cues::words).unwrap_or_default();
        let fit = kind_of_page(&names, &ids, &words, &folder)?;
        let has = |name: &str| names.iter().any(|known| crate::extract::is_name(known, name));
        let reviewed = has("last_reviewed_on") || (has("last_reviewed_at") && has("owner_slack"));
        let base = match (is_matter, reviewed) {
            (true, true) => "last-reviewed-on",
            (true, false) => "front-matter",
            (false, _) => "bold-header",
        };
        let found = self.candidate(Shape::Page(base), fit, names, vec![row])?;
        let controlled = CONTROLLED.iter().filter(|field| found.given.contains_key(**field)).count();
        let by_name = is_matter && found.given.contains_key("title") && found.fit.by_content == 0;
        let enough = if found.fit.kind == "document" {
            controlled >= least || by_name
        } else {
            found.given.len() > least || by_name
        };
        enough.then_some(found)
    }

    /// Headings that begin with an id and have keys below them.
    fn sections(&self) -> Vec<Candidate<'s>> {
        let mut groups: BTreeMap<(u8, String), Vec<&Section>> = BTreeMap::new();
        for section in &self.seen.observed.sections {
            let id =
                section.text.split([':', ' ']).next().unwrap_or_default().trim_end_matches(['.', '–', '—']);
            if is_id(id) && !section.keys.is_empty() {
                let letters = id.trim_end_matches(|letter: char| letter.is_ascii_digit());
                groups.entry((section.level, letters.to_owned())).or_default().push(section);
            }
        }
        let make = |((level, letters), sections): (_, Vec<&Section>)| {
            let mut names: Vec<String> = Vec::new();
            for key in sections.iter().flat_map(|section| &section.keys) {
                if !names.contains(&key.name) {
                    names.push(key.name.clone());
                }
            }
            let row = |section: &&Section| -> Vec<String> {
                let value = |name: &String| section.keys.iter().find(|key| key.name == *name);
                names
                    .iter()
                    .map(|name| value(name).map(|key| key.value.clone()).unwrap_or_default())
                    .collect()
            };
            let rows: Vec<Vec<String>> = sections.iter().map(row).collect();
            let ids: Vec<&str> =
                sections.iter().filter_map(|section| section.text.split([':', ' ']).next()).collect();
            let title = self.seen.observed.sections.first().map(|section| &section.text);
            let fit = kind_of(&names, &ids, &self.words(title))?;
            self.candidate(Shape::Headings(level, letters), fit, names, rows)
        };
        groups.into_iter().filter_map(make).collect()
    }

    /// Tasks below a heading, or in a file, that is named for actions.
    fn tasks(&self) -> Vec<Candidate<'s>> {
        let mut under: BTreeMap<Option<String>, usize> = BTreeMap::new();
        for heading in &self.seen.observed.tasks {
            *under.entry(heading.clone()).or_default() += 1;
        }
        let make = |(heading, tasks): (Option<String>, usize)| {
            let by = |words: &[String]| kind_of(&[], &[], words).filter(|fit| fit.kind == "action");
            let of_heading = heading.as_ref().and_then(|heading| by(&cues::words(heading)));
            let only = under_one(&self.seen.observed.tasks);
            let fit = of_heading.or_else(|| by(&self.path).filter(|_| only))?;
            let names = vec!["task".to_owned(), "done".to_owned()];
            self.candidate(Shape::Tasks(heading), fit, names, vec![Vec::new(); tasks])
        };
        under.into_iter().filter_map(make).collect()
    }
}

fn under_one(tasks: &[Option<String>]) -> bool {
    tasks.windows(2).all(|two| two[0] == two[1])
}
