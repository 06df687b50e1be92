//! Cells that keep their type, and rows of them under headings.

use crate::escape::Raw;
use chrono::NaiveDate;
use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// One value in a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// The records say nothing here.
    Nothing,
    /// Text, from a record or of ours.
    Text(Raw),
    /// A measured or computed number.
    Number(f64),
    /// How many.
    Count(usize),
    /// A day.
    Day(NaiveDate),
    /// Several texts.
    List(Vec<Raw>),
    /// What could not be determined, with the reason.
    Unknown(Raw),
}

impl Cell {
    /// Text of ours or from a record.
    pub fn text(text: impl Into<Raw>) -> Self {
        Self::Text(text.into())
    }

    /// Text where there is one.
    pub fn maybe(text: Option<Raw>) -> Self {
        text.map_or(Self::Nothing, Self::Text)
    }

    /// A day where there is one.
    pub fn day(day: Option<NaiveDate>) -> Self {
        day.map_or(Self::Nothing, Self::Day)
    }

    /// A number where there is one.
    pub fn number(number: Option<f64>) -> Self {
        number.map_or(Self::Nothing, Self::Number)
    }

    /// The cell as plain text, escaped for no sink.
    pub fn plain(&self) -> Raw {
        match self {
            Self::Nothing => Raw::default(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => Raw::from(shown(*number)),
            Self::Count(count) => Raw::from(count.to_string()),
            Self::Day(day) => Raw::from(day.to_string()),
            Self::List(items) => Raw::from(items.iter().map(Raw::unescaped).collect::<Vec<_>>().join(", ")),
            Self::Unknown(why) => Raw::from(format!("not determined: {}", why.unescaped())),
        }
    }

    /// Whether it stands on the right of its column.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Count(_))
    }
}

/// A number as people write it: no more than six digits behind the point, and
/// no zeros at their end.
pub fn shown(number: f64) -> String {
    let rounded = format!("{number:.6}");
    let short = rounded.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_none(),
            Self::Text(text) => text.serialize(serializer),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Count(count) => serializer.serialize_u64(*count as u64),
            Self::Day(day) => serializer.collect_str(day),
            Self::List(items) => items.serialize(serializer),
            Self::Unknown(why) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("undetermined", why)?;
                map.end()
            }
        }
    }
}

/// A column: its name for programs and its heading for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// For programs.
    pub key: Cow<'static, str>,
    /// For people.
    pub title: Cow<'static, str>,
}

/// Rows under headings.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its name for programs.
    pub key: &'static str,
    /// What the rows are.
    pub caption: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each as long as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// What no row means.
    pub empty: String,
    /// Columns that a narrow terminal can do without, the dearest first.
    pub aside: Vec<Cow<'static, str>>,
}

impl Table {
    /// An empty table.
    pub fn new(
        key: &'static str,
        caption: impl Into<String>,
        columns: &[(&'static str, &'static str)],
    ) -> Self {
        let columns = columns.iter();
        let columns =
            columns.map(|(key, title)| Column { key: (*key).into(), title: (*title).into() }).collect();
        let (rows, aside) = (Vec::new(), Vec::new());
        Self { key, caption: caption.into(), columns, rows, empty: "none".to_owned(), aside }
    }

    /// The same with one more column on the right, of a name that is computed.
    #[must_use]
    pub fn column(mut self, key: impl Into<String>, title: impl Into<String>) -> Self {
        self.columns.push(Column { key: key.into().into(), title: title.into().into() });
        self
    }

    /// The same with words for no row.
    #[must_use]
    pub fn or(mut self, empty: impl Into<String>) -> Self {
        self.empty = empty.into();
        self
    }

    /// The same, where a narrow terminal may leave these columns out.
    #[must_use]
    pub fn aside(mut self, columns: &'static [&'static str]) -> Self {
        self.aside = columns.iter().map(|column| Cow::from(*column)).collect();
        self
    }

    /// The same with these rows.
    #[must_use]
    pub fn with(mut self, rows: impl IntoIterator<Item = Vec<Cell>>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// Orders the rows by their cells, from left to right; `ACT-9` stands before
    /// `ACT-10`.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.rows.sort_by_cached_key(|row| {
            row.iter().map(|cell| natural(cell.plain().unescaped())).collect::<Vec<_>>()
        });
        self
    }
}

/// Text with its numbers filled up, so that they compare as numbers; the text
/// itself decides where that makes no difference.
pub fn natural(text: &str) -> (String, String) {
    let mut key = String::new();
    let mut digits = String::new();
    for character in text.chars().chain([' ']) {
        if character.is_ascii_digit() {
            digits.push(character);
            continue;
        }
        if !digits.is_empty() {
            key.push_str(&format!("{digits:0>20}"));
            digits.clear();
        }
        key.push(character);
    }
    (key, text.to_owned())
}

struct Row<'t>(&'t [Column], &'t [Cell]);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (column, cell) in self.0.iter().zip(self.1) {
            map.serialize_entry(&column.key, cell)?;
        }
        map.end()
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows: Vec<Row<'_>> = self.rows.iter().map(|row| Row(&self.columns, row)).collect();
        let mut table = serializer.serialize_struct("Table", 5)?;
        table.serialize_field("key", self.key)?;
        table.serialize_field("caption", &self.caption)?;
        table.serialize_field("columns", &self.columns)?;
        table.serialize_field("rows", &rows)?;
        table.serialize_field("empty", &self.empty)?;
        table.end()
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Table, shown};
    use crate::escape::Raw;

    #[test]
    fn numbers_are_written_as_people_do() {
        for (number, text) in
            [(2.0, "2"), (0.1 + 0.2, "0.3"), (-0.0, "0"), (1e6, "1000000"), (-5.25, "-5.25")]
        {
            assert_eq!(shown(number), text);
        }
    }

    #[test]
    fn a_row_is_a_mapping_by_column() {
        let table = Table::new("t", "T", &[("id", "Id"), ("n", "N"), ("why", "Why")]).with([vec![
            Cell::text("ACT-1"),
            Cell::Count(2),
            Cell::Unknown(Raw::from("shallow")),
        ]]);
        let json = serde_json::to_value(&table).expect("serialises");
        assert_eq!(
            json["rows"],
            serde_json::json!([{"id": "ACT-1", "n": 2, "why": {"undetermined": "shallow"}}])
        );
    }
}
