//! A number with what people write around it in one cell: a comparator, a
//! unit, and the day or period that it is for. `<5% by 2026-12-31`, `4.2%
//! (2026-Q1)`.

use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// The parts of such a text; ranges are bytes of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Quantity {
    /// The number in the notation of a record.
    pub(super) number: String,
    pub(super) number_at: Range<usize>,
    /// The word of the vocabulary for the comparator.
    pub(super) operator: Option<(&'static str, Range<usize>)>,
    pub(super) unit: Option<Range<usize>>,
    /// The day by which it is to be reached.
    pub(super) by: Option<Range<usize>>,
    /// The day or period that it is for.
    pub(super) of: Option<Range<usize>>,
}

/// Comparators, by how they are written.
const OPERATORS: [(&str, &str); 15] = [
    ("<=", "lte"),
    (">=", "gte"),
    ("≤", "lte"),
    ("≥", "gte"),
    ("<", "lt"),
    (">", "gt"),
    ("=", "eq"),
    ("at least", "gte"),
    ("at most", "lte"),
    ("less than", "lt"),
    ("more than", "gt"),
    ("under", "lt"),
    ("below", "lt"),
    ("above", "gt"),
    ("over", "gt"),
];

fn pattern() -> Option<&'static Regex> {
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let operators: Vec<String> = OPERATORS.iter().map(|(written, _)| regex::escape(written)).collect();
        let number = r"[-+]?[0-9][0-9  ,.']*";
        let unit = r"%|[\p{L}$€£][\p{L}/ $€£]*?";
        let tail = r"(?:(?:by|until|bis|para|before)\s+(?P<by>[^()]+)|\((?P<of>[^()]+)\))";
        Regex::new(&format!(
            r"^(?i:(?P<op>{})\s*)?(?P<number>{number})\s*(?P<unit>{unit})?\s*{tail}?$",
            operators.join("|")
        ))
        .ok()
    });
    PATTERN.as_ref()
}

/// Reads a quantity that is all of `text`.
pub(super) fn quantity(text: &str) -> Option<Quantity> {
    let found = pattern()?.captures(text)?;
    let written = found.name("number")?;
    let trimmed = written.as_str().trim_end_matches([' ', ',', '.', '\'', '\u{202f}', '\u{a0}']);
    let operator = found.name("op").and_then(|op| {
        let lower = op.as_str().to_lowercase();
        let (_, word) = OPERATORS.iter().find(|(written, _)| *written == lower)?;
        Some((*word, op.range()))
    });
    let part = |name| found.name(name).map(|part: regex::Match<'_>| trim(text, part.range()));
    Some(Quantity {
        number: plain_number(trimmed)?,
        number_at: written.start()..written.start() + trimmed.len(),
        operator,
        unit: part("unit"),
        by: part("by"),
        of: part("of"),
    })
}

fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

/// A number without what groups its digits. `1,234` can be read in two ways
/// and is read in none.
fn plain_number(written: &str) -> Option<String> {
    let ungrouped = written.replace([' ', '\'', '\u{202f}', '\u{a0}'], "");
    let (commas, points) = (ungrouped.matches(',').count(), ungrouped.matches('.').count());
    let number = match (commas, points) {
        (0, 0 | 1) => ungrouped,
        (1, 0) if ungrouped.len() - ungrouped.find(',')? != 4 => ungrouped.replace(',', "."),
        (_, 1) if ungrouped.rfind(',') < ungrouped.find('.') => ungrouped.replace(',', ""),
        (1, 1..) if ungrouped.rfind('.') < ungrouped.find(',') => {
            ungrouped.replace('.', "").replace(',', ".")
        }
        (2.., 0) => ungrouped.replace(',', ""),
        _ => return None,
    };
    let value: f64 = number.parse().ok()?;
    value.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::quantity;

    #[test]
    fn the_parts_of_a_cell_are_told_apart() {
        let shown = |text: &str| {
            let found = quantity(text)?;
            let part =
                |range: Option<std::ops::Range<usize>>| range.map_or("-", |range| &text[range]).to_owned();
            let operator = found.operator.as_ref().map_or("-", |(word, _)| word);
            Some(format!(
                "{operator} {} {} {} {}",
                found.number,
                part(found.unit),
                part(found.by),
                part(found.of)
            ))
        };
        for (text, wanted) in [
            ("<5% by 2026-12-31", Some("lt 5 % 2026-12-31 -")),
            ("5.8% (2025-12)", Some("- 5.8 % - 2025-12")),
            ("4.2% (2026-Q1)", Some("- 4.2 % - 2026-Q1")),
            ("≥ 99.5 %", Some("gte 99.5 % - -")),
            ("at least 12 days until 30.06.2026", Some("gte 12 days 30.06.2026 -")),
            ("-3", Some("- -3 - - -")),
            ("4,5 %", Some("- 4.5 % - -")),
            ("1 234 567", Some("- 1234567 - - -")),
            ("1,234.5", Some("- 1234.5 - - -")),
            ("1.234,5", Some("- 1234.5 - - -")),
            ("1,234", None),
            ("≥99.5% uptime; <3s response", None),
            ("none", None),
            ("", None),
        ] {
            assert_eq!(shown(text).as_deref(), wanted, "{text}");
        }
    }
}
