//! Rows of cells as one CSV text that the reader of records takes, and back
//! from a place in that text to the cell that it came from.

use crate::source::{SourceFile, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The value of a cell.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) text: String,
    /// Whether it is an error of the spreadsheet, such as `#REF!`.
    pub(super) is_error: bool,
}

/// A sheet as it was read.
pub(super) struct Grid {
    name: String,
    rows: Vec<(u32, Vec<String>)>,
    /// Cells that hold an error: row, column, which.
    pub(super) errors: Vec<(u32, u32, String)>,
}

/// The text of a register, and what its places are called.
pub(super) struct Register {
    pub(super) text: String,
    /// For each cell of a sheet where it begins in the text; none for a file
    /// that is text itself.
    cells: Vec<(u32, u32, u32)>,
    sheet: Option<String>,
}

impl Grid {
    pub(super) fn of_sheet(name: &str, cells: BTreeMap<u32, Vec<(u32, Cell)>>) -> Self {
        let mut errors = Vec::new();
        let mut rows = Vec::new();
        for (number, cells) in cells {
            let mut row: Vec<String> = Vec::new();
            for (column, cell) in cells {
                let at = column as usize;
                if row.len() <= at {
                    row.resize(at + 1, String::new());
                }
                if cell.is_error {
                    errors.push((number, column, cell.text));
                } else {
                    row[at] = cell.text;
                }
            }
            rows.push((number, row));
        }
        Self { name: name.to_owned(), rows, errors }
    }

    /// The rows, from the first that has a value.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[String]> {
        self.rows.iter().map(|(_, row)| row.as_slice())
    }

    /// Where the row of a sheet stands among those that have a value.
    pub(super) fn position(&self, number: u32) -> Option<usize> {
        self.rows.iter().position(|(row, _)| row + 1 == number)
    }

    /// The rows from a header on as CSV: rows are as long as the header.
    pub(super) fn register(&self, header: usize) -> Register {
        let mut text = String::new();
        let mut cells = Vec::new();
        let width = self.rows.get(header).map_or(0, |(_, row)| row.len());
        for (number, row) in self.rows.iter().skip(header) {
            for column in 0..width.max(row.len()) {
                if column > 0 {
                    text.push(',');
                }
                let start = u32::try_from(text.len()).unwrap_or(u32::MAX);
                cells.push((start, *number, u32::try_from(column).unwrap_or(u32::MAX)));
                let value = row.get(column).map_or("", String::as_str);
                if value.contains([',', '"', '\n', '\r']) || value.starts_with(' ') {
                    text.push_str(&format!("\"{}\"", value.replace('"', "\"\"")));
                } else {
                    text.push_str(value);
                }
            }
            text.push('\n');
        }
        Register { text, cells, sheet: Some(self.name.clone()) }
    }

    /// What a cell is called.
    pub(super) fn called(&self, row: u32, column: u32) -> String {
        called(&self.name, row, column)
    }
}

impl Register {
    /// A file that is text itself.
    pub(super) fn of_text(text: String) -> Self {
        Self { text, cells: Vec::new(), sheet: None }
    }

    /// What a place is called: `Sheet1!C4`, or `risks.csv:4:12`.
    pub(super) fn called(&self, file: &str, source: &Arc<SourceFile>, span: Span) -> String {
        let Some(sheet) = &self.sheet else {
            let at = source.position(span.start);
            return format!("{file}:{}:{}", at.line, at.column);
        };
        let before = self.cells.partition_point(|(start, ..)| *start <= span.start);
        match before.checked_sub(1).and_then(|at| self.cells.get(at)) {
            Some((_, row, column)) => called(sheet, *row, *column),
            None => sheet.clone(),
        }
    }
}

fn called(sheet: &str, row: u32, column: u32) -> String {
    let plain = sheet.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    let sheet = if plain { sheet.to_owned() } else { format!("'{}'", sheet.replace('\'', "''")) };
    format!("{sheet}!{}{}", letters(column), row.saturating_add(1))
}

/// The letters of a column, counted from 0.
fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = column;
    loop {
        letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or(0)));
        match (left / 26).checked_sub(1) {
            Some(next) => left = next,
            None => break,
        }
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn columns_have_letters() {
        for (column, wanted) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (1023, "AMJ")] {
            assert_eq!(letters(column), wanted);
        }
    }
}
