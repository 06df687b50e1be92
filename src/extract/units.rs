//! One file to the parts that become records, each with the keys and values
//! that were found in it.

use super::inline;
use super::layout::{Layout, Plan};
use super::markdown::{Heading, Page, Words};
use super::names::Name;
use super::sheet::Sheet;
use super::tables::{has_columns, names, of_row, of_table};
use crate::record::{Fault, NodeId, NodeKind, Problem, Tree};
use crate::settings::{KeyPlace, Split, TableRows};
use crate::source::Span;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Lines from the top of a page in which keys are looked for.
const TOP_LINES: usize = 60;

/// A value as it was found.
#[derive(Clone)]
pub(super) enum Found {
    /// A node of a tree.
    Node(Arc<Tree>, NodeId),
    /// Some text.
    Words(Words),
}

/// A key and its value.
pub(super) struct Entry {
    pub(super) place: KeyPlace,
    pub(super) name: Arc<Name>,
    pub(super) key: Span,
    pub(super) value: Found,
}

/// A part of a file that becomes a record.
pub(super) struct Unit<'s> {
    pub(super) span: Span,
    pub(super) entries: Vec<Entry>,
    /// The heading that it stands under.
    pub(super) heading: Option<&'s Words>,
    /// The text of a document.
    pub(super) body: Option<Span>,
    /// What belongs to it in the page.
    pub(super) section: Span,
    /// Whether a key that is not found may all the same be written.
    pub(super) incomplete: bool,
    /// For a row: which fields its columns can give, by the number of the plan.
    pub(super) columns: Option<Arc<Vec<bool>>>,
}

/// The parts of a file.
pub(super) struct Units<'s> {
    pub(super) parts: Vec<Unit<'s>>,
    /// Trees with problems of their own.
    pub(super) trees: Vec<Arc<Tree>>,
    pub(super) problems: Vec<Problem>,
}

impl Layout {
    pub(super) fn units<'s>(&self, sheet: &'s Sheet<'_>) -> Units<'s> {
        let mut units = Units { parts: Vec::new(), trees: Vec::new(), problems: Vec::new() };
        match self.split() {
            None => self.whole(sheet, &mut units),
            Some(Split { table: Some(rows), .. }) => self.table_rows(sheet, rows, &mut units),
            Some(Split { csv: Some(rows), .. }) => {
                let tree = Arc::new(sheet.rows(rows));
                units.trees.push(tree.clone());
                self.csv_rows(&tree, &mut units);
            }
            Some(Split { list: Some(path), .. }) => self.list_items(sheet, path, &mut units),
            Some(Split { headings: Some(_), .. }) => self.sections(sheet, &mut units),
            Some(Split { tasks: Some(tasks), .. }) => {
                self.tasks(sheet, tasks.under.as_deref().map(Name::new).as_ref(), &mut units);
            }
            Some(_) => {}
        }
        units
    }

    /// A file that is one record.
    fn whole<'s>(&self, sheet: &'s Sheet<'_>, units: &mut Units<'s>) {
        let tree = &sheet.tree;
        let mut unit = Unit {
            span: Span::new(0, sheet.end()),
            entries: Vec::new(),
            heading: None,
            body: sheet.body,
            section: sheet.text(),
            incomplete: false,
            columns: None,
        };
        units.trees.push(tree.clone());
        if let Some(root) = tree.roots().first() {
            unit.span = tree.span(*root);
            unit.incomplete = tree.is_incomplete(*root);
            unit.entries.extend(of_mapping(tree, *root, KeyPlace::Keys));
        } else if !sheet.is_markdown() {
            return;
        }
        if sheet.is_markdown()
            && (sheet.body.is_none() || self.from.iter().any(|place| *place != KeyPlace::Keys))
        {
            // Without front matter the page is the record.
            let page = self.page(sheet);
            unit.heading = page.headings.first().map(|heading| &heading.words);
            unit.body = Some(sheet.text());
            if let Some((tree, body)) = sheet.loose().filter(|_| self.from.contains(&KeyPlace::Loose)) {
                units.trees.push(tree.clone());
                if let Some(root) = tree.roots().first() {
                    unit.entries.extend(of_mapping(tree, *root, KeyPlace::Loose));
                }
                unit.section.start = *body;
                unit.body = Some(unit.section);
            }
            self.prose(sheet, unit.section, TOP_LINES, &mut unit.entries);
        } else if self.plans.iter().any(|plan| plan.heading.is_some()) && sheet.is_markdown() {
            unit.heading = self.page(sheet).headings.first().map(|heading| &heading.words);
        }
        units.parts.push(unit);
    }

    /// Keys of lines and tables of a part of a page.
    fn prose(&self, sheet: &Sheet<'_>, section: Span, lines: usize, entries: &mut Vec<Entry>) {
        let page = self.page(sheet);
        let is_footer = |number: &usize| {
            let text = &page.headings[*number].words.text;
            self.footer.iter().any(|name| name.is_in(text))
        };
        let reads_footer = self.from.contains(&KeyPlace::Footer);
        let mut headings = page.headings_in(section).filter(|_| reads_footer);
        let footer = headings.rfind(is_footer).map(|number| page.section(number, section.end));
        let in_footer = |at: u32| footer.is_some_and(|footer| footer.start <= at && at < footer.end);
        for place in &self.from {
            match place {
                KeyPlace::Inline => entries.extend(pairs(sheet, page, section, lines, *place, &in_footer)),
                KeyPlace::Table => {
                    for table in page.tables_in(section).iter().filter(|table| !in_footer(table.span.start)) {
                        entries.extend(of_table(table, *place));
                    }
                }
                KeyPlace::Footer => {
                    let Some(footer) = footer else { continue };
                    entries.extend(pairs(sheet, page, footer, usize::MAX, *place, &|_| false));
                    for table in page.tables_in(footer) {
                        entries.extend(of_table(table, *place));
                    }
                }
                KeyPlace::Keys | KeyPlace::Loose => {}
            }
        }
    }

    fn table_rows<'s>(&self, sheet: &'s Sheet<'_>, wanted: &TableRows, units: &mut Units<'s>) {
        if !sheet.is_markdown() {
            return;
        }
        let page = self.page(sheet);
        let under = wanted.under.as_deref().map(|name| page.under(&Name::new(name)));
        for table in &page.tables {
            let heading = page.heading_before(table.span.start);
            let fits = under.as_ref().is_none_or(|under| heading.is_some_and(|at| under[at]))
                && has_columns(table, wanted.columns.iter());
            if !fits {
                continue;
            }
            let header = names(&table.header);
            let columns = self.columns(&header);
            for row in table.rows.iter().filter(|row| row.cells.iter().any(|cell| !cell.text.is_empty())) {
                units.parts.push(Unit {
                    span: row.span,
                    entries: of_row(&header, row, KeyPlace::Keys),
                    heading: heading.map(|at| &page.headings[at].words),
                    body: None,
                    section: row.span,
                    incomplete: false,
                    columns: Some(columns.clone()),
                });
            }
        }
    }

    /// Which fields these columns can give.
    fn columns(&self, header: &[Arc<Name>]) -> Arc<Vec<bool>> {
        let gives = |plan: &Plan| {
            let mut asked = plan.keys.iter().chain(&plan.or_keys);
            asked.any(|asked| header.iter().any(|name| name.fits(asked).is_some()))
        };
        Arc::new(self.plans.iter().map(gives).collect())
    }

    fn csv_rows(&self, tree: &Arc<Tree>, units: &mut Units<'_>) {
        // All rows have one header: its names are made once, and the cell is
        // the place.
        let mut header: BTreeMap<u32, Arc<Name>> = BTreeMap::new();
        let mut columns = None;
        for item in tree.roots().first().into_iter().flat_map(|root| tree.items(*root)) {
            let entries: Vec<Entry> = tree
                .entries(item)
                .map(|(key, value)| {
                    let name = || Arc::new(Name::new(tree.text(key)));
                    let name = header.entry(tree.span(key).start).or_insert_with(name).clone();
                    let place = KeyPlace::Keys;
                    Entry { place, name, key: tree.span(value), value: Found::Node(tree.clone(), value) }
                })
                .collect();
            let is_new = columns.as_ref().is_none_or(|(known, _)| *known != header.len());
            if is_new {
                let names: Vec<Arc<Name>> = header.values().cloned().collect();
                columns = Some((header.len(), self.columns(&names)));
            }
            let span = tree.span(item);
            units.parts.push(Unit {
                span,
                entries,
                heading: None,
                body: None,
                section: span,
                incomplete: tree.is_incomplete(item),
                columns: columns.as_ref().map(|(_, columns)| columns.clone()),
            });
        }
    }

    fn list_items(&self, sheet: &Sheet<'_>, path: &str, units: &mut Units<'_>) {
        let tree = &sheet.tree;
        units.trees.push(tree.clone());
        let Some(root) = tree.roots().first().copied() else { return };
        let names = path.split('.').filter(|name| !name.is_empty());
        let list = names.into_iter().try_fold(root, |node, name| tree.get(node, name));
        for item in list.into_iter().flat_map(|list| tree.items(list)) {
            match tree.kind(item) {
                NodeKind::Mapping => units.parts.push(of_item(tree, item)),
                NodeKind::Broken => {}
                _ => {
                    let message = format!(
                        "a record of kind `{}` has fields, and this is something else",
                        self.kind.name
                    );
                    units.problems.push(Problem::new(Fault::NotARecord, tree.span(item), message));
                }
            }
        }
    }

    fn sections<'s>(&self, sheet: &'s Sheet<'_>, units: &mut Units<'s>) {
        let wanted = self.split().and_then(|split| split.headings.as_ref());
        let Some(wanted) = wanted.filter(|_| sheet.is_markdown()) else { return };
        let page = self.page(sheet);
        let under = wanted.under.as_deref().map(Name::new);
        let under = under.as_ref().map(|name| (name, page.under(name)));
        let is_record = |(number, heading): &(usize, &Heading)| {
            wanted.level.is_none_or(|level| heading.level == level)
                && self.heading.as_ref().is_none_or(|pattern| pattern.is_match(&heading.words.text))
                && under
                    .as_ref()
                    .is_none_or(|(name, under)| under[*number] && !name.is_in(&heading.words.text))
        };
        for (number, heading) in page.headings.iter().enumerate().filter(is_record) {
            let section = page.section(number, sheet.text().end);
            let mut entries = Vec::new();
            self.prose(sheet, section, usize::MAX, &mut entries);
            units.parts.push(Unit {
                span: Span::new(heading.block.start, section.end),
                entries,
                heading: Some(&heading.words),
                body: self.kind.markdown.then_some(section),
                section,
                incomplete: false,
                columns: None,
            });
        }
    }

    fn tasks<'s>(&self, sheet: &'s Sheet<'_>, under: Option<&Name>, units: &mut Units<'s>) {
        let page = self.page(sheet);
        let under = under.map(|name| page.under(name));
        for task in &page.tasks {
            let heading = page.heading_before(task.marker.start);
            if under.as_ref().is_some_and(|under| !heading.is_some_and(|at| under[at])) {
                continue;
            }
            let mut entries = Vec::new();
            let entry = |name: &str, words: Words| Entry {
                place: KeyPlace::Keys,
                name: Arc::new(Name::new(name)),
                key: words.span,
                value: Found::Words(words),
            };
            let (text, remark) = remark(sheet, &task.words);
            entries.push(entry("done", Words { span: task.marker, text: task.done.to_string() }));
            entries.push(entry("task", text));
            entries.extend(remark.into_iter().map(|(name, words)| entry(&name, words)));
            let span = Span::new(task.marker.start, task.words.span.end);
            units.parts.push(Unit {
                span,
                entries,
                heading: heading.map(|at| &page.headings[at].words),
                body: None,
                section: span,
                incomplete: false,
                columns: None,
            });
        }
    }
}

/// An item of a list.
fn of_item<'s>(tree: &Arc<Tree>, item: NodeId) -> Unit<'s> {
    let entries = of_mapping(tree, item, KeyPlace::Keys);
    let (span, incomplete) = (tree.span(item), tree.is_incomplete(item));
    Unit { span, entries, heading: None, body: None, section: span, incomplete, columns: None }
}

/// A task, and the pairs in the parentheses at its end: `(owner: ana, due:
/// 2026-12-31)`.
fn remark(sheet: &Sheet<'_>, words: &Words) -> (Words, Vec<(String, Words)>) {
    let text = sheet.file.slice(words.span);
    let inner = text.trim_end().strip_suffix(')').and_then(|text| text.rfind('(').map(|at| (at, text.len())));
    let Some((open, close)) = inner else { return (words.clone(), Vec::new()) };
    let short = |at: usize| words.span.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
    let mut pairs = Vec::new();
    let mut at = open + 1;
    for piece in text[open + 1..close].split(',') {
        let Some((key, value)) = piece.split_once(':') else { return (words.clone(), Vec::new()) };
        let start = at + key.len() + 1 + (value.len() - value.trim_start().len());
        let span = Span::new(short(start), short(start + value.trim().len()));
        pairs.push((key.trim().to_owned(), Words { span, text: value.trim().to_owned() }));
        at += piece.len() + 1;
    }
    let title = text[..open].trim_end();
    let span = Span::new(words.span.start, short(title.len()));
    (Words { span, text: super::markdown::plain(title) }, pairs)
}

fn of_mapping(tree: &Arc<Tree>, node: NodeId, place: KeyPlace) -> Vec<Entry> {
    let entries = tree.entries(node);
    let entry = |(key, value): (NodeId, NodeId)| Entry {
        place,
        name: Arc::new(Name::new(tree.text(key))),
        key: tree.span(key),
        value: Found::Node(tree.clone(), value),
    };
    entries.map(entry).collect()
}

fn pairs(
    sheet: &Sheet<'_>,
    page: &Page,
    range: Span,
    lines: usize,
    place: KeyPlace,
    passed: &dyn Fn(u32) -> bool,
) -> Vec<Entry> {
    let found = inline::pairs(sheet.file, page, range, lines);
    let entry = |pair: inline::Pair| Entry {
        place,
        name: Arc::new(Name::new(&pair.key.text)),
        key: pair.key.span,
        value: Found::Words(pair.value),
    };
    found.into_iter().filter(|pair| !passed(pair.key.span.start)).map(entry).collect()
}
