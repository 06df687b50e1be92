//! Tables as keys and values: rows under the names of columns, and tables whose
//! rows are a name and a value.

use super::markdown::{Row, Table, Words};
use super::names::Name;
use super::units::{Entry, Found};
use crate::settings::KeyPlace;
use std::sync::Arc;

/// A table of names and values: two columns, or one row below their names.
pub(super) fn of_table(table: &Table, place: KeyPlace) -> Vec<Entry> {
    if table.header.len() != 2 {
        let [row] = table.rows.as_slice() else { return Vec::new() };
        return of_row(&names(&table.header), row, place);
    }
    let rows = std::iter::once(&table.header).chain(table.rows.iter().map(|row| &row.cells));
    let entry = |cells: &Vec<Words>| match cells.as_slice() {
        [name, value, ..] => Some(Entry {
            place,
            name: Arc::new(Name::new(name.text.trim_end_matches(':'))),
            key: name.span,
            value: Found::Words(value.clone()),
        }),
        _ => None,
    };
    rows.filter_map(entry).collect()
}

/// The columns of a table, as names.
pub(super) fn names(header: &[Words]) -> Vec<Arc<Name>> {
    header.iter().map(|cell| Arc::new(Name::new(&cell.text))).collect()
}

pub(super) fn of_row(header: &[Arc<Name>], row: &Row, place: KeyPlace) -> Vec<Entry> {
    let cells = header.iter().zip(&row.cells);
    let entry = |(name, cell): (&Arc<Name>, &Words)| Entry {
        place,
        name: name.clone(),
        key: cell.span,
        value: Found::Words(cell.clone()),
    };
    cells.map(entry).collect()
}

/// Whether a table has all of these columns.
pub(super) fn has_columns<'n>(table: &Table, mut columns: impl Iterator<Item = &'n str>) -> bool {
    let header: Vec<Name> = table.header.iter().map(|cell| Name::new(&cell.text)).collect();
    columns.all(|column| {
        let asked = Name::new(column);
        header.iter().any(|name| name.fits(&asked).is_some())
    })
}
