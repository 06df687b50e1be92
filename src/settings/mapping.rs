//! The mapping: how files that were never written for this checker become
//! records, in a few lines of `isms.yaml`.
//!
//! These are the words of the settings; what they do stands in `extract`.

use super::names::Names;
use serde::Deserialize;
use serde::de::{self, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde_yaml::Spanned;
use std::collections::{BTreeMap, BTreeSet};

/// Files of one layout, and where each field of the record comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Glob of paths below the ISMS root.
    pub files: Spanned<String>,
    /// The kind of record that the files hold.
    pub kind: Spanned<String>,
    /// Layouts that come with the checker and that this one builds on.
    pub preset: Option<Spanned<Names>>,
    /// Only files whose keys have these values, compared as text.
    #[serde(default, rename = "if")]
    pub condition: BTreeMap<String, String>,
    /// Only files that look like this.
    #[serde(default, rename = "where")]
    pub looks: Looks,
    /// The places of a file that hold keys, the one that counts first.
    #[serde(default)]
    pub from: Vec<KeyPlace>,
    /// How one file holds many records.
    pub split: Option<Spanned<Split>>,
    /// Where the fields come from. A field that is not named here comes from
    /// the key of its own name.
    #[serde(default)]
    pub fields: BTreeMap<String, Spanned<FieldSource>>,
    /// How dates are written beside `YYYY-MM-DD`, tried in this order.
    #[serde(default)]
    pub dates: Vec<Spanned<String>>,
    /// By field (`*` for every one): words of the files, and the words of the
    /// vocabulary that they stand for.
    #[serde(default)]
    pub words: BTreeMap<String, Spanned<BTreeMap<String, Names>>>,
    /// Those of `words` that no preset brought, by field and word.
    #[serde(skip)]
    pub own_words: BTreeSet<(String, String)>,
    /// Roles, handles and channels, and the people that they stand for.
    #[serde(default)]
    pub people: BTreeMap<String, String>,
    /// Words that stand where nothing is known.
    #[serde(default)]
    pub blank: Names,
    /// What parts the items of a list that is written in one cell.
    pub separator: Option<String>,
    /// Headings of the section at a page's end that repeats its keys.
    #[serde(default)]
    pub footer: Names,
    /// Fields that are worked out from others where nothing gives them.
    #[serde(default)]
    pub derive: BTreeMap<String, Spanned<Derivation>>,
    /// Parts of names or addresses of authors whose commits do not count for
    /// the dates that git gives.
    #[serde(default)]
    pub bots: Names,
}

/// What a file has to look like to be taken.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Looks {
    /// Keys that it has to have, with any value.
    pub has: Names,
    /// A heading that it has to have.
    pub heading: Option<String>,
    /// Columns that one of its tables has to have.
    pub columns: Names,
}

/// A place of a file that holds keys and values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyPlace {
    /// The front matter of Markdown, the keys of YAML and JSON, the columns
    /// of a row.
    Keys,
    /// Front matter without its opening line, behind a heading, or in a fenced
    /// block near the top.
    Loose,
    /// Lines such as `**Owner:** Ana`.
    Inline,
    /// A table of two columns, name and value.
    Table,
    /// Lines and tables of the section at the end that repeats the keys.
    Footer,
}

/// How one file holds many records: one of these.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Split {
    /// Each row of a Markdown table.
    pub table: Option<TableRows>,
    /// Each row of a CSV file.
    pub csv: Option<CsvRows>,
    /// Each heading with the text below it.
    pub headings: Option<Headings>,
    /// Each item of the YAML or JSON list at this dotted path.
    pub list: Option<String>,
    /// Each item of a task list.
    pub tasks: Option<Tasks>,
}

/// Which tables of a page hold records.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TableRows {
    /// The heading above them.
    pub under: Option<String>,
    /// Columns that they have to have.
    pub columns: Names,
}

/// How a CSV file is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CsvRows {
    /// What stands between cells; without it what the header has most of.
    pub separator: Option<char>,
    /// The line with the names of the columns, from 1.
    pub header_row: Option<u32>,
    /// How the bytes are to be read.
    pub encoding: Encoding,
}

/// How the bytes of a file are to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Encoding {
    /// As every other file.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// As older spreadsheets write.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// With a byte order mark.
    #[serde(rename = "utf-16")]
    Utf16,
}

/// Which headings begin a record.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Headings {
    /// Their level, from 1.
    pub level: Option<u8>,
    /// What their text matches.
    pub pattern: Option<Spanned<String>>,
    /// The heading above them.
    pub under: Option<String>,
}

/// Which task lists hold records.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tasks {
    /// The heading above them.
    pub under: Option<String>,
}

/// A field that is worked out from others: one of these.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Derivation {
    /// A date and the duration after it.
    pub add: Vec<String>,
    /// The product of numbers.
    pub product: Vec<String>,
    /// The sum of numbers.
    pub sum: Vec<String>,
    /// Looked up in a table.
    pub matrix: Option<Matrix>,
    /// `value`, where this field is filled.
    pub when: Option<String>,
    /// The value where `when` is filled.
    pub value: Option<String>,
}

/// A table from two fields to a word.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matrix {
    /// The field that names the row.
    pub rows: String,
    /// The field that names the column.
    pub columns: String,
    /// By row, by column.
    pub cells: BTreeMap<String, BTreeMap<String, String>>,
}

/// Sources of one field, tried in the order of these members. A text alone, or
/// a list of texts, is `key`.
#[derive(Clone, Debug, Default)]
pub struct FieldSource {
    /// Names of the key, all for the same thing: two places that disagree
    /// about it are a finding.
    pub key: Option<Names>,
    /// Other keys that stand in for it.
    pub or_key: Names,
    /// A column of the newest row of the change history.
    pub history: Option<String>,
    /// The label of a badge.
    pub badge: Option<String>,
    /// What a pattern catches in the text.
    pub text: Option<Spanned<String>>,
    /// What a pattern catches in the heading of the record.
    pub heading: Option<Spanned<String>>,
    /// A part of the file's path.
    pub file: Option<FilePart>,
    /// What a pattern catches in the file's path.
    pub path: Option<Spanned<String>>,
    /// What git knows of the file.
    pub git: Option<GitDate>,
    /// An id made of the values of these keys.
    pub slug: Names,
    /// The value where nothing else gives one.
    pub default: Option<Spanned<String>>,
    /// The preset that it is from.
    pub preset: Option<&'static str>,
}

/// A part of a file's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FilePart {
    /// The file's name without its extension.
    Stem,
    /// The name of the folder that holds it.
    Folder,
    /// The whole path below the root.
    Path,
}

/// A day that git knows of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GitDate {
    /// The day on which it arrived on the main line.
    FirstCommit,
    /// The day of the last commit of the main line that changed it.
    LastCommit,
    /// The same, where more than white space and front matter changed.
    LastContentCommit,
}

/// A source that is written out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Written {
    key: Option<Names>,
    or_key: Names,
    history: Option<String>,
    badge: Option<String>,
    text: Option<Spanned<String>>,
    heading: Option<Spanned<String>>,
    file: Option<FilePart>,
    path: Option<Spanned<String>>,
    git: Option<GitDate>,
    slug: Names,
    default: Option<Spanned<String>>,
}

impl<'de> Deserialize<'de> for FieldSource {
    fn deserialize<D: de::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(SourceVisitor)
    }
}

struct SourceVisitor;

impl<'de> Visitor<'de> for SourceVisitor {
    type Value = FieldSource;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the name of a key, a list of such names, or sources such as `default: …`")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<FieldSource, E> {
        Ok(FieldSource { key: Some(Names::one(name)), ..FieldSource::default() })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<FieldSource, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = items.next_element::<String>()? {
            names.push(name);
        }
        Ok(FieldSource { key: Some(Names(names)), ..FieldSource::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldSource, A::Error> {
        let written = Written::deserialize(MapAccessDeserializer::new(map))?;
        Ok(FieldSource {
            key: written.key,
            or_key: written.or_key,
            history: written.history,
            badge: written.badge,
            text: written.text,
            heading: written.heading,
            file: written.file,
            path: written.path,
            git: written.git,
            slug: written.slug,
            default: written.default,
            preset: None,
        })
    }
}
