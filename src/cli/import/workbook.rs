//! One sheet of an .xlsx file as rows of text: values only, no formula is
//! worked out. What the file says of its own size is not believed; everything
//! is counted before it is kept.

use super::grid::{Cell, Grid};
use crate::kind::words::nearest;
use calamine::{DataRef, Reader, Xlsx};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Parts of the file.
const MOST_PARTS: usize = 2_000;
/// Bytes of all parts, unpacked.
const MOST_UNPACKED: u64 = 64 << 20;
/// Texts that the sheets share.
const MOST_SHARED: u64 = 2_000_000;
/// Cells with a value.
const MOST_CELLS: usize = 1_000_000;
/// Columns.
const MOST_COLUMNS: u32 = 1_024;
/// Bytes of all values: cells can share one long text.
const MOST_TEXT: usize = 32 << 20;

/// The rows of a sheet, the first one where none is named.
///
/// # Errors
/// What the file is instead of a workbook, or which limit it meets.
pub(super) fn read(bytes: &[u8], sheet: Option<&str>) -> Result<Grid, String> {
    measured(bytes)?;
    // The parts of a hostile file can contradict each other in ways that the
    // library does not expect.
    catch_unwind(AssertUnwindSafe(|| rows(bytes, sheet)))
        .unwrap_or_else(|_| Err("its parts contradict each other".to_owned()))
}

/// Unpacks every part once, and keeps none: sizes that are declared may lie.
fn measured(bytes: &[u8]) -> Result<(), String> {
    let not_zip = |error: zip::result::ZipError| format!("it is no .xlsx file: {error}");
    let mut parts = zip::ZipArchive::new(Cursor::new(bytes)).map_err(not_zip)?;
    if parts.len() > MOST_PARTS {
        return Err(format!("it has {} parts, and at most {MOST_PARTS} are read", parts.len()));
    }
    let mut left = MOST_UNPACKED;
    for at in 0..parts.len() {
        let part = parts.by_index(at).map_err(not_zip)?;
        let shares = part.name().map_err(not_zip)?.to_ascii_lowercase().ends_with("sharedstrings.xml");
        let mut part = part.take(left.saturating_add(1));
        let broken = |error: std::io::Error| format!("one of its parts is broken: {error}");
        let unpacked = if shares {
            let mut text = Vec::new();
            let unpacked = part.read_to_end(&mut text).map_err(broken)?;
            // The library makes room for as many as are declared.
            if declared(&text).any(|count| count > MOST_SHARED) {
                return Err(format!("it declares more than {MOST_SHARED} shared texts"));
            }
            unpacked as u64
        } else {
            std::io::copy(&mut part, &mut std::io::sink()).map_err(broken)?
        };
        left = left
            .checked_sub(unpacked)
            .ok_or_else(|| format!("it unpacks to more than {MOST_UNPACKED} bytes"))?;
    }
    Ok(())
}

/// The numbers of shared texts that a part declares.
fn declared(text: &[u8]) -> impl Iterator<Item = u64> {
    let name = b"uniqueCount";
    let places = text.windows(name.len()).enumerate().filter(move |(_, window)| *window == name);
    places.map(|(at, _)| {
        let behind = text[at + name.len()..].iter().skip_while(|byte| !byte.is_ascii_digit()).take(20);
        let digits = behind.take_while(|byte| byte.is_ascii_digit());
        digits.fold(0, |number: u64, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    })
}

fn rows(bytes: &[u8], sheet: Option<&str>) -> Result<Grid, String> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| format!("it is no workbook: {error}"))?;
    let names = book.sheet_names();
    let name = match sheet {
        None => names.first().cloned().ok_or("it has no sheet")?,
        Some(asked) => names.iter().find(|name| *name == asked).cloned().ok_or_else(|| {
            let near = nearest(asked, names.iter().map(String::as_str));
            let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            format!("it has no sheet `{asked}`{near} Its sheets are {}", names.join(", "))
        })?,
    };
    let broken = |error| format!("the sheet `{name}` cannot be read: {error}");
    let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
    let mut rows: BTreeMap<u32, Vec<(u32, Cell)>> = BTreeMap::new();
    let (mut count, mut text) = (0, 0);
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        let Some(value) = value(cell.get_value()) else { continue };
        count += 1;
        text += value.text.len();
        if count > MOST_CELLS || text > MOST_TEXT {
            return Err(format!(
                "the sheet `{name}` has more than {MOST_CELLS} cells or {MOST_TEXT} bytes of values"
            ));
        }
        if column >= MOST_COLUMNS {
            return Err(format!("the sheet `{name}` has more than {MOST_COLUMNS} columns"));
        }
        rows.entry(row).or_default().push((column, value));
    }
    Ok(Grid::of_sheet(&name, rows))
}

fn value(data: &DataRef<'_>) -> Option<Cell> {
    let text = match data {
        DataRef::Empty => return None,
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(is) => is.to_string(),
        DataRef::DateTime(instant) if instant.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = instant.to_ymd_hms_milli();
            match (hour, minute, second) {
                (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
                _ => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"),
            }
        }
        DataRef::DateTime(span) => span.as_f64().to_string(),
        DataRef::Error(error) => return Some(Cell { text: error.to_string(), is_error: true }),
    };
    (!text.trim().is_empty()).then(|| Cell { text: text.trim().to_owned(), is_error: false })
}
