//! Fields that a mapping works out from others where nothing gives them.

use super::fields::Resolved;
use super::layout::Layout;
use super::names::fold;
use super::out::{Origin, Out, get};
use super::units::Unit;
use crate::expr::{Value, printed};
use crate::kind::{date::date, scalar};
use crate::settings::{Derivation, Matrix};
use crate::source::Span;

/// What working out a field came to.
enum Worked {
    Out(String),
    /// A field that it needs cannot be told.
    Unknown,
    /// A field that it needs is not there, or is no number, date or word of
    /// the table.
    Nothing,
}

impl Layout {
    pub(super) fn derive(&self, unit: &Unit<'_>, found: &mut Resolved) {
        for (path, derivation) in &self.selection.derive {
            if get(&found.pairs, path).is_some() || self.kind.field(path).is_none() {
                continue;
            }
            let (worked, from) = work_out(&derivation.value, found);
            let nowhere = Span::at(unit.span.start);
            let value = match worked {
                Worked::Out(text) => Out::plain(nowhere, text),
                Worked::Unknown => Out::Broken(nowhere),
                Worked::Nothing => continue,
            };
            found.add(path, nowhere, value, Origin::Derived(from));
        }
    }
}

fn work_out(derivation: &Derivation, found: &Resolved) -> (Worked, String) {
    let Derivation { add, product, sum, matrix, when, value } = derivation;
    if let [start, span] = add.as_slice() {
        return (after(found, start, span), add.join(" + "));
    }
    if !product.is_empty() {
        return (numbers(found, product, |one, other| one * other), product.join(" * "));
    }
    if !sum.is_empty() {
        return (numbers(found, sum, |one, other| one + other), sum.join(" + "));
    }
    if let Some(matrix) = matrix {
        return (looked_up(found, matrix), format!("{} and {}", matrix.rows, matrix.columns));
    }
    match (when, value) {
        (Some(when), Some(value)) => {
            let worked = match get(&found.pairs, when) {
                Some(Out::Broken(_)) => Worked::Unknown,
                Some(_) => Worked::Out(value.clone()),
                None => Worked::Nothing,
            };
            (worked, when.clone())
        }
        _ => (Worked::Nothing, String::new()),
    }
}

/// The text of a field.
fn text<'f>(found: &'f Resolved, path: &str) -> Result<&'f str, Worked> {
    match get(&found.pairs, path) {
        Some(Out::Scalar { text, .. }) => Ok(text),
        Some(_) => Err(Worked::Unknown),
        None => Err(Worked::Nothing),
    }
}

fn after(found: &Resolved, start: &str, span: &str) -> Worked {
    match (text(found, start), text(found, span)) {
        (Ok(start), Ok(span)) => match (date(start), scalar::duration(span)) {
            (Some(start), Some(span)) => {
                span.after(start).map_or(Worked::Nothing, |day| Worked::Out(day.to_string()))
            }
            // The schema says what is wrong with them.
            _ => Worked::Unknown,
        },
        (Err(Worked::Nothing), _) | (_, Err(Worked::Nothing)) => Worked::Nothing,
        _ => Worked::Unknown,
    }
}

fn numbers(found: &Resolved, of: &[String], join: fn(f64, f64) -> f64) -> Worked {
    let mut result: Option<f64> = None;
    for path in of {
        let number = match text(found, path) {
            Ok(text) => scalar::number(text),
            Err(worked) => return worked,
        };
        let Some(number) = number else { return Worked::Unknown };
        result = Some(result.map_or(number, |result| join(result, number)));
    }
    match result.filter(|result| result.is_finite()) {
        Some(result) => Worked::Out(printed(&Value::Number(result))),
        None => Worked::Nothing,
    }
}

fn looked_up(found: &Resolved, matrix: &Matrix) -> Worked {
    let (row, column) = match (text(found, &matrix.rows), text(found, &matrix.columns)) {
        (Ok(row), Ok(column)) => (fold(row), fold(column)),
        (Err(Worked::Nothing), _) | (_, Err(Worked::Nothing)) => return Worked::Nothing,
        _ => return Worked::Unknown,
    };
    let cells = matrix.cells.iter().find(|(name, _)| fold(name) == row).map(|(_, cells)| cells);
    let cell = cells.and_then(|cells| cells.iter().find(|(name, _)| fold(name) == column));
    cell.map_or(Worked::Unknown, |(_, word)| Worked::Out(word.clone()))
}
