//! What a file of unknown layout has to offer: its keys by place, tables,
//! headings, tasks and lists, for whoever proposes a mapping.
//!
//! It decides nothing: no kind, no field, and not which of it are records.

use super::inline;
use super::markdown::{Page, Table, Words};
use super::names::{self, fold, without_remark};
use super::sheet::Sheet;
use super::tables;
use super::units::Found;
use crate::record::{NodeId, NodeKind, Tree};
use crate::settings::{CsvRows, KeyPlace};
use crate::source::Span;
use std::collections::BTreeSet;

/// Lines from the top of a page in which keys are looked for; as the reader of
/// records does.
const TOP_LINES: usize = 60;
/// Tables, headings and rows that are looked at in one file.
const MOST: usize = 200;
/// Levels in which lists of YAML and JSON are looked for.
const LEVELS: usize = 3;

/// A key and its value as text.
#[derive(Clone, Debug)]
pub struct Key {
    /// Where it stands.
    pub place: KeyPlace,
    /// As it is written.
    pub name: String,
    /// Empty for a list or a group.
    pub value: String,
}

/// Rows under the names of columns.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// The heading above.
    pub heading: Option<String>,
    /// The columns.
    pub columns: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
}

/// A heading and the keys below it.
#[derive(Clone, Debug)]
pub struct Section {
    /// From 1.
    pub level: u8,
    /// What it says.
    pub text: String,
    /// Keys in lines and tables below it, up to the next heading of its level.
    pub keys: Vec<Key>,
}

/// A file as it was seen.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// Keys of the file as a whole.
    pub keys: Vec<Key>,
    /// Its tables.
    pub tables: Vec<Rows>,
    /// Its headings.
    pub sections: Vec<Section>,
    /// For each task the heading above it.
    pub tasks: Vec<Option<String>>,
    /// What the badges say.
    pub badges: Vec<String>,
    /// Lists of mappings in YAML and JSON: dotted path, and their items.
    pub lists: Vec<(String, Rows)>,
}

/// Whether a written name is the one that is asked for: case, punctuation and
/// a remark in parentheses do not count.
pub fn is_name(written: &str, asked: &str) -> bool {
    names::Name::new(written).fits(&names::Name::new(asked)).is_some()
}

/// A name in the form in which names are compared, without its remark.
pub fn bare_name(written: &str) -> String {
    fold(without_remark(written.trim()))
}

/// A name without its remark, as a mapping asks for it.
pub fn plain_name(written: &str) -> String {
    without_remark(written.trim()).to_owned()
}

impl Sheet<'_> {
    /// What the file has.
    pub fn observe(&self) -> Observed {
        let mut seen = Observed::default();
        if let Some(root) = self.tree.roots().first() {
            seen.keys.extend(of_mapping(&self.tree, *root, KeyPlace::Keys));
            lists(&self.tree, *root, String::new(), LEVELS, &mut seen.lists);
        }
        if !self.is_markdown() {
            return seen;
        }
        let loose = self.loose();
        if let Some((tree, _)) = loose
            && let Some(root) = tree.roots().first()
        {
            seen.keys.extend(of_mapping(tree, *root, KeyPlace::Loose));
        }
        let page = self.page(loose.is_some());
        let mut text = self.text();
        if let Some((_, start)) = loose {
            text.start = *start;
        }
        seen.keys.extend(self.lines(page, text, TOP_LINES));
        seen.keys.extend(pairs_of_tables(page.tables_in(text)));
        seen.tables = page.tables.iter().take(MOST).map(|table| of_table(page, table)).collect();
        for number in 0..page.headings.len().min(MOST) {
            let heading = &page.headings[number];
            let section = page.section(number, text.end);
            let mut keys = self.lines(page, section, TOP_LINES);
            keys.extend(pairs_of_tables(page.tables_in(section)));
            seen.sections.push(Section { level: heading.level, text: heading.words.text.clone(), keys });
        }
        let above = |at: u32| page.heading_before(at).map(|at| page.headings[at].words.text.clone());
        seen.tasks = page.tasks.iter().take(MOST).map(|task| above(task.marker.start)).collect();
        seen.badges = page.badges.iter().take(MOST).map(|badge| badge.alt.clone()).collect();
        seen
    }

    /// The rows of a CSV file that is written in this way.
    pub fn observe_rows(&self, way: &CsvRows) -> Rows {
        let tree = self.rows(way);
        tree.roots().first().map_or_else(Rows::default, |root| of_list(&tree, *root))
    }

    fn lines(&self, page: &Page, section: Span, lines: usize) -> Vec<Key> {
        let found = inline::pairs(self.file, page, section, lines).into_iter();
        found
            .map(|pair| Key { place: KeyPlace::Inline, name: pair.key.text, value: pair.value.text })
            .collect()
    }
}

fn text_of(tree: &Tree, node: NodeId) -> String {
    match tree.kind(node) {
        NodeKind::Scalar(_) => tree.text(node).trim().to_owned(),
        _ => String::new(),
    }
}

fn of_mapping(tree: &Tree, node: NodeId, place: KeyPlace) -> Vec<Key> {
    let entries = tree.entries(node).take(MOST);
    entries
        .map(|(key, value)| Key {
            place,
            name: tree.text(key).trim().to_owned(),
            value: text_of(tree, value),
        })
        .collect()
}

/// The keys and values of tables of two columns, and of those of one row.
fn pairs_of_tables(tables: &[Table]) -> Vec<Key> {
    let entries = tables.iter().take(MOST).flat_map(|table| tables::of_table(table, KeyPlace::Table));
    let key = |entry: super::units::Entry| match entry.value {
        Found::Words(words) => {
            Some(Key { place: KeyPlace::Table, name: entry.name.written.clone(), value: words.text })
        }
        Found::Node(..) => None,
    };
    entries.filter_map(key).collect()
}

fn of_table(page: &Page, table: &Table) -> Rows {
    let texts = |cells: &[Words]| cells.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>();
    let heading = page.heading_before(table.span.start).map(|at| page.headings[at].words.text.clone());
    let rows = table.rows.iter().take(MOST).map(|row| texts(&row.cells)).collect();
    Rows { heading, columns: texts(&table.header), rows }
}

/// A list of mappings as rows: the columns are the keys of all.
fn of_list(tree: &Tree, list: NodeId) -> Rows {
    let mut columns: Vec<String> = Vec::new();
    let mut known = BTreeSet::new();
    let mut rows = Vec::new();
    for item in tree.items(list).take(MOST) {
        for (key, _) in tree.entries(item) {
            if known.insert(tree.text(key)) {
                columns.push(tree.text(key).to_owned());
            }
        }
    }
    for item in tree.items(list).take(MOST) {
        let cell = |name: &String| tree.get(item, name).map(|value| text_of(tree, value)).unwrap_or_default();
        rows.push(columns.iter().map(cell).collect());
    }
    Rows { heading: None, columns, rows }
}

fn lists(tree: &Tree, node: NodeId, path: String, levels: usize, found: &mut Vec<(String, Rows)>) {
    match tree.kind(node) {
        NodeKind::Sequence
            if tree.items(node).next().is_some_and(|item| tree.kind(item) == NodeKind::Mapping) =>
        {
            found.push((path, of_list(tree, node)));
        }
        NodeKind::Mapping if levels > 0 && found.len() < MOST => {
            for (key, value) in tree.entries(node).take(MOST) {
                let key = tree.text(key);
                let below = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
                // A dot in a name would divide it.
                if !key.contains('.') {
                    lists(tree, value, below, levels - 1, found);
                }
            }
        }
        _ => {}
    }
}
