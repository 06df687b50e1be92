//! Rows for a spreadsheet: RFC 4180, and no cell that a spreadsheet would
//! compute.

use super::{Cell, Page, Section, Table};
use crate::escape::plain;

/// The tables of a page as one: the columns of all of them side by side, and
/// before them the section and the table that a row belongs to. What could not
/// be determined is a row of its own.
pub fn csv(page: &Page) -> String {
    let tables = || page.sections.iter().flat_map(|section| &section.tables);
    let mut keys: Vec<&str> = vec!["section", "table"];
    for column in tables().flat_map(|table| &table.columns) {
        if !keys.contains(&&*column.key) {
            keys.push(&column.key);
        }
    }
    keys.push("undetermined");
    let mut all = Vec::new();
    for section in &page.sections {
        for table in &section.tables {
            all.extend(table.rows.iter().map(|cells| placed(&keys, section, table, cells)));
        }
        for gap in &section.undetermined {
            let mut cells = vec![Cell::Nothing; keys.len()];
            cells[0] = Cell::text(section.key);
            if let Some(last) = cells.last_mut() {
                *last = Cell::Text(gap.why.clone());
            }
            all.push(cells);
        }
    }
    rows(&keys, &all)
}

fn placed(keys: &[&str], section: &Section, table: &Table, cells: &[Cell]) -> Vec<Cell> {
    let cell = |key: &&str| match *key {
        "section" => Cell::text(section.key),
        "table" => Cell::text(table.key),
        key => {
            let at = table.columns.iter().position(|column| column.key == key);
            at.and_then(|at| cells.get(at)).cloned().unwrap_or(Cell::Nothing)
        }
    };
    keys.iter().map(cell).collect()
}

/// Rows under a header.
pub fn rows(header: &[&str], rows: &[Vec<Cell>]) -> String {
    let header: Vec<Cell> = header.iter().map(|name| Cell::text(*name)).collect();
    let rows = rows.iter().map(|cells| row(cells));
    std::iter::once(row(&header)).chain(rows).collect()
}

fn row(cells: &[Cell]) -> String {
    cells.iter().map(cell).collect::<Vec<_>>().join(",") + "\r\n"
}

/// One cell. A number stays a number; text that a spreadsheet would take for a
/// formula gets an apostrophe before it, and control characters become visible.
pub fn cell(cell: &Cell) -> String {
    let raw = cell.plain();
    let mut text = plain(raw.unescaped());
    let begins = raw.unescaped().trim_start_matches([' ', '\u{a0}', '\u{feff}', '\n']).chars().next();
    // Beside the ASCII signs the wide ones, which some spreadsheets read alike.
    let active = begins.is_some_and(|first| "=+-@\t\r＝＋－＠".contains(first));
    if active && !cell.is_number() {
        text.insert(0, '\'');
    }
    if text.contains(['"', ',', ';', '\t', '\'']) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, cell};

    #[test]
    fn nothing_is_left_to_compute() {
        let cases = [
            ("plain", "plain"),
            ("=1+1", "\"'=1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\\u{d}=1\""),
            (" =1", "\"' =1\""),
            ("\n=1", "\"'\\u{a}=1\""),
            ("＝1", "\"'＝1\""),
            ("a,\"b\"", "\"a,\"\"b\"\"\""),
            ("1;=2", "\"1;=2\""),
        ];
        for (text, shown) in cases {
            assert_eq!(cell(&Cell::text(text)), shown, "{text:?}");
        }
        assert_eq!(cell(&Cell::Number(-5.0)), "-5");
    }
}
