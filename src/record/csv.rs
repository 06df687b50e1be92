//! A CSV register into the same arena: a list of records, one for each row,
//! whose fields are named by the header.
//!
//! The reader is our own (RFC 4180, with `,`, `;` or a tab between cells):
//! what is wanted of every cell is the exact bytes it takes, which no library
//! gives. A header with dots (`target.value`) makes parts; a cell of a field
//! that is a list is divided at semicolons. Empty cells say nothing.

use super::build::{Builder, Stop};
use super::tree::{Lost, NONE, NodeKind, Style, Tree};
use super::{Fault, Problem};
use crate::budget::Limits;
use crate::source::{SourceFile, Span};
use std::sync::Arc;

/// Levels of parts that a header can name.
const LEVELS: usize = 4;

/// How a CSV file is laid out, where that is known from elsewhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Way {
    /// What stands between cells.
    pub separator: Option<u8>,
    /// Lines before the header.
    pub above: u32,
    /// Whether dots in the header are part of a column's name.
    pub flat: bool,
}

/// Reads a whole CSV file. `is_list` says which fields, by dotted path, hold
/// lists. Never fails: what is wrong is among the tree's problems.
pub fn parse(file: &Arc<SourceFile>, limits: &Limits, is_list: &dyn Fn(&str) -> bool) -> Tree {
    parse_as(file, limits, Way::default(), is_list)
}

/// Reads a whole CSV file that is laid out in a known way.
pub fn parse_as(file: &Arc<SourceFile>, limits: &Limits, way: Way, is_list: &dyn Fn(&str) -> bool) -> Tree {
    let mut builder = Builder::new(file, limits);
    let text: &str = file.text();
    let mut start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    for _ in 0..way.above {
        let rest = text.get(start..).unwrap_or_default();
        start += rest.find('\n').map_or(rest.len(), |end| end + 1);
    }
    let separator = way.separator.unwrap_or_else(|| separator(text.get(start..).unwrap_or_default()));
    let mut rows = Rows { text, at: start, separator };
    if let Err(stop) = read(&mut builder, &mut rows, way.flat, is_list) {
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let span = Span::new(stop.problem.span.start, end);
        let (first, last) = (file.lines().line(span.start), file.lines().line(end.saturating_sub(1)));
        builder.lost.push(Lost { span, first_line: first, last_line: last });
        builder.problems.push(stop.problem);
        builder.abandon(span.start);
    }
    builder.finish()
}

/// The separator that the header has most of; a comma where it has none.
fn separator(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    // Of equals the last: the comma is the standard's.
    let cells = |separator: u8| header.split(char::from(separator)).count();
    [b'\t', b';', b','].into_iter().max_by_key(|separator| cells(*separator)).unwrap_or(b',')
}

/// A cell: the bytes it takes, and its text where that is not those bytes.
struct Cell {
    span: Span,
    style: Style,
    text: Option<String>,
}

struct Rows<'t> {
    text: &'t str,
    at: usize,
    separator: u8,
}

impl Rows<'_> {
    /// The cells of the next row that holds anything.
    fn next(&mut self) -> Result<Option<Vec<Cell>>, Stop> {
        while self.at < self.text.len() {
            let mut cells = Vec::new();
            loop {
                cells.push(self.cell()?);
                if self.peek() != Some(self.separator) {
                    break;
                }
                self.at += 1;
            }
            self.line_end();
            if cells.iter().any(|cell| !cell.span.is_empty()) {
                return Ok(Some(cells));
            }
        }
        Ok(None)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn line_end(&mut self) {
        if self.peek() == Some(b'\r') {
            self.at += 1;
        }
        if self.peek() == Some(b'\n') {
            self.at += 1;
        }
    }

    fn cell(&mut self) -> Result<Cell, Stop> {
        let separator = self.separator;
        let bytes = self.text.as_bytes();
        let blank = |byte: u8| byte == b' ' || (byte == b'\t' && separator != b'\t');
        while self.peek().is_some_and(blank) {
            self.at += 1;
        }
        let start = self.at;
        if self.peek() == Some(b'"') {
            return self.quoted(start);
        }
        let ends = |byte: u8| byte == separator || matches!(byte, b'\n' | b'\r');
        while self.peek().is_some_and(|byte| !ends(byte)) {
            self.at += 1;
        }
        let mut end = self.at;
        while end > start && blank(bytes[end - 1]) {
            end -= 1;
        }
        Ok(Cell { span: span(start, end), style: Style::Plain, text: None })
    }

    /// A cell in quotes; a quote inside it is doubled.
    fn quoted(&mut self, start: usize) -> Result<Cell, Stop> {
        let mut text = String::new();
        self.at += 1;
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(quote) = rest.find('"') else {
                let problem = Problem::new(
                    Fault::CsvSyntax,
                    span(start, start + 1),
                    "a quote is opened and not closed",
                );
                return Err(Stop { problem, retry: false });
            };
            text.push_str(&rest[..quote]);
            self.at += quote + 1;
            if self.peek() != Some(b'"') {
                break;
            }
            text.push('"');
            self.at += 1;
        }
        let end = self.at;
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
        match self.peek() {
            None | Some(b'\n' | b'\r') => {}
            Some(byte) if byte == self.separator => {}
            Some(_) => {
                let message = "text follows the closing quote of a cell";
                let problem = Problem::new(Fault::CsvSyntax, span(start, end), message);
                return Err(Stop { problem, retry: false });
            }
        }
        Ok(Cell { span: span(start, end), style: Style::Double, text: Some(text) })
    }
}

fn span(start: usize, end: usize) -> Span {
    let short = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(short(start), short(end))
}

/// A column of the header: the parts of its name.
struct Column {
    names: Vec<String>,
    span: Span,
    is_list: bool,
}

fn read(
    builder: &mut Builder<'_>,
    rows: &mut Rows<'_>,
    flat: bool,
    is_list: &dyn Fn(&str) -> bool,
) -> Result<(), Stop> {
    let Some(header) = rows.next()? else { return Ok(()) };
    let start = header.first().map_or(0, |cell| cell.span.start);
    let columns = columns(builder, &header, flat, is_list);
    builder.open(NodeKind::Sequence, start, false)?;
    let mut end = start;
    while let Some(cells) = rows.next()? {
        let row = Span::new(cells[0].span.start, cells.last().map_or(0, |cell| cell.span.end));
        end = row.end;
        ragged(builder, &cells, &columns, row);
        builder.open(NodeKind::Mapping, row.start, false)?;
        let shifted = cells.len() > columns.len();
        fields(builder, &columns, &cells, shifted, 0, &[])?;
        builder.close(row.end);
    }
    builder.close(end);
    builder.document_end();
    Ok(())
}

/// The columns that are read; one whose name stands twice is read once.
fn columns(
    builder: &mut Builder<'_>,
    header: &[Cell],
    flat: bool,
    is_list: &dyn Fn(&str) -> bool,
) -> Vec<Option<Column>> {
    let file = builder.file.clone();
    let mut known: Vec<String> = Vec::new();
    let mut columns = Vec::new();
    for cell in header {
        let name = cell.text.as_deref().unwrap_or_else(|| file.slice(cell.span)).trim().to_owned();
        let names: Vec<String> =
            if flat { vec![name.clone()] } else { name.split('.').map(str::to_owned).collect() };
        if known.contains(&name) {
            let message = format!("the column `{name}` stands twice in the header");
            builder.problems.push(Problem::new(Fault::DuplicateKey, cell.span, message));
        }
        let read = !name.is_empty() && names.len() <= LEVELS && !known.contains(&name);
        columns.push(read.then(|| Column { names, span: cell.span, is_list: is_list(&name) }));
        known.push(name);
    }
    columns
}

/// A row with more or fewer cells than the header: nobody can tell which cell
/// belongs to which column.
fn ragged(builder: &mut Builder<'_>, cells: &[Cell], columns: &[Option<Column>], row: Span) {
    let (found, wanted) = (cells.len(), columns.len());
    if found == wanted {
        return;
    }
    let at = cells.get(wanted).map_or(row, |extra| if extra.span.is_empty() { row } else { extra.span });
    let message = format!("the row has {found} cells, and the header {wanted}");
    builder.problems.push(Problem::new(Fault::RaggedRow, at, message));
}

/// The fields below the parts that `above` names, at `level` of the columns'
/// names. Of a row with too many cells the first one alone is known: one of the
/// others was parted, and what stands behind it belongs to another column. The recursion is as deep as a header's dots, which are limited.
fn fields(
    builder: &mut Builder<'_>,
    columns: &[Option<Column>],
    cells: &[Cell],
    shifted: bool,
    level: usize,
    above: &[String],
) -> Result<(), Stop> {
    let mut done: Vec<&str> = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let Some(column) = column.as_ref().filter(|column| column.names.starts_with(above)) else { continue };
        let (Some(name), Some(cell)) = (column.names.get(level), cells.get(at)) else { continue };
        if column.names.len() == level + 1 {
            builder.scalar(Style::Plain, column.span, name)?;
            if shifted && at > 0 && !cell.span.is_empty() {
                builder.add(NodeKind::Broken, cell.span, NONE).map(drop)?;
            } else {
                value(builder, column, cell)?;
            }
        } else if !done.contains(&name.as_str()) {
            done.push(name);
            let part = [above, std::slice::from_ref(name)].concat();
            let filled = |(at, column): (usize, &Option<Column>)| {
                column.as_ref().is_some_and(|column| column.names.starts_with(&part))
                    && cells.get(at).is_some_and(|cell| !cell.span.is_empty())
            };
            if columns.iter().enumerate().any(filled) {
                builder.scalar(Style::Plain, column.span, name)?;
                builder.open(NodeKind::Mapping, cell.span.start, false)?;
                fields(builder, columns, cells, shifted, level + 1, &part)?;
                builder.close(cell.span.end);
            }
        }
    }
    Ok(())
}

fn value(builder: &mut Builder<'_>, column: &Column, cell: &Cell) -> Result<(), Stop> {
    let file = builder.file.clone();
    let written = file.slice(cell.span);
    let text = cell.text.as_deref().unwrap_or(written);
    if !column.is_list || text.trim().is_empty() {
        builder.scalar(cell.style, cell.span, text)?;
        return Ok(());
    }
    builder.open(NodeKind::Sequence, cell.span.start, false)?;
    let mut at = cell.span.start + u32::from(cell.style == Style::Double);
    for item in text.split(';') {
        let length = u32::try_from(item.len()).unwrap_or(u32::MAX);
        let lead = u32::try_from(item.len() - item.trim_start().len()).unwrap_or(0);
        let trimmed = item.trim();
        let start = at + lead;
        let end = start + u32::try_from(trimmed.len()).unwrap_or(0);
        let place = Span::new(start, end);
        // Behind a doubled quote the text and its bytes part ways: then the
        // whole cell is the place.
        let place = if file.slice(place) == trimmed { place } else { cell.span };
        if !trimmed.is_empty() {
            let style = if place == cell.span { cell.style } else { Style::Plain };
            builder.scalar(style, place, trimmed)?;
        }
        at = at.saturating_add(length).saturating_add(1);
    }
    builder.close(cell.span.end);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::budget::Limits;
    use crate::record::{Fault, NodeId, Tree};
    use crate::source::SourceFile;

    fn tree(text: &str) -> Tree {
        parse(&SourceFile::new("a.csv".into(), text), &Limits::STANDARD, &|field| field == "risks")
    }

    fn rows(tree: &Tree) -> Vec<NodeId> {
        tree.items(tree.roots()[0]).collect()
    }

    fn at<'t>(tree: &'t Tree, row: NodeId, path: &[&str]) -> (&'t str, String) {
        let node = path.iter().fold(row, |node, name| tree.get(node, name).expect("is there"));
        (tree.text(node), tree.file().slice(tree.span(node)).to_owned())
    }

    #[test]
    fn cells_are_fields_with_their_own_bytes() {
        let text = "\u{feff}id, title ,target.value,target.unit,risks\r\n\
                    OBJ-1,\"Fewer, \"\"bad\"\" clicks\",5,\"%\",RSK-1; RSK-2\r\n\r\nOBJ-2,ä漢, ,,\r\n";
        let tree = tree(text);
        assert_eq!(tree.problems(), []);
        let rows = rows(&tree);
        assert_eq!(rows.len(), 2);
        assert_eq!(
            at(&tree, rows[0], &["title"]),
            ("Fewer, \"bad\" clicks", "\"Fewer, \"\"bad\"\" clicks\"".to_owned())
        );
        assert_eq!(at(&tree, rows[0], &["target", "value"]), ("5", "5".to_owned()));
        assert_eq!(at(&tree, rows[0], &["target", "unit"]), ("%", "\"%\"".to_owned()));
        let risks: Vec<_> = tree
            .items(tree.get(rows[0], "risks").expect("is there"))
            .map(|item| tree.file().slice(tree.span(item)))
            .collect();
        assert_eq!(risks, ["RSK-1", "RSK-2"]);
        assert_eq!(at(&tree, rows[1], &["title"]).1, "ä漢");
        assert!(tree.get(rows[1], "target").is_none(), "empty cells make no part");
    }

    #[test]
    fn what_is_wrong_is_at_its_cell() {
        let cases = [
            ("id,title\nA,x,extra\n", Fault::RaggedRow, "extra"),
            ("id,title\nA\nB,y\n", Fault::RaggedRow, "A"),
            ("id,title\nA,\"open\nB,y\n", Fault::CsvSyntax, "\""),
            ("id,title\nA,\"x\" y\n", Fault::CsvSyntax, "\"x\""),
            ("id;title;id\nA;x;B\n", Fault::DuplicateKey, "id"),
        ];
        for (text, fault, quoted) in cases {
            let tree = tree(text);
            let problem = &tree.problems()[0];
            assert_eq!((problem.fault, tree.file().slice(problem.span)), (fault, quoted), "{text}");
        }
    }

    #[test]
    fn rows_before_an_open_quote_stay() {
        let tree = tree("id,title\nA,x\nB,\"open\nC,y\n");
        assert_eq!(at(&tree, rows(&tree)[0], &["id"]).0, "A");
        assert_eq!(tree.lost().len(), 1);
    }

    #[test]
    fn semicolons_and_tabs_separate_too() {
        for text in ["id;title\nA;x, y\n", "id\ttitle\nA\tx, y\n"] {
            let tree = tree(text);
            assert_eq!(at(&tree, rows(&tree)[0], &["title"]).0, "x, y");
        }
    }
}
