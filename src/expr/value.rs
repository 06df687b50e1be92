//! The values that an expression computes with.
//!
//! Two values are not values of any field: [`Value::Absent`] (nothing is
//! written there: `has()` is false) and [`Value::Unknown`] (something should be
//! there and cannot be read: the verdict becomes *undetermined*).

use crate::source::Place;
use chrono::NaiveDate;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A value during evaluation. Cheap to clone.
#[derive(Clone)]
pub enum Value {
    /// Evidence that should be there and is not; the text says what is missing.
    Unknown(Arc<str>),
    /// Nothing is written there.
    Absent,
    /// True or false.
    Bool(bool),
    /// A finite number.
    Number(f64),
    /// Text.
    Text(Text),
    /// A day.
    Date(NaiveDate),
    /// A span of calendar time.
    Duration(Duration),
    /// A list.
    List(Arc<[Value]>),
    /// A record, a part of one, or a fact with fields.
    Struct(Arc<dyn Object>),
}

/// Text that shares the buffer it was read from.
#[derive(Clone)]
pub struct Text {
    source: Arc<str>,
    start: u32,
    end: u32,
}

impl Text {
    /// A part of `source`, in bytes; the whole where the range does not fit.
    pub fn slice(source: &Arc<str>, start: u32, end: u32) -> Self {
        if source.get(start as usize..end as usize).is_some() {
            return Self { source: source.clone(), start, end };
        }
        Self::from(source.clone())
    }

    /// A part of this text, in bytes of [`Self::as_str`], on the same buffer; the
    /// whole where the range does not fit.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Self {
        let bound = |at: usize| u32::try_from(at).ok().and_then(|at| self.start.checked_add(at));
        match (self.as_str().get(range.clone()), bound(range.start), bound(range.end)) {
            (Some(_), Some(start), Some(end)) => Self { source: self.source.clone(), start, end },
            _ => self.clone(),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.source.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

impl From<Arc<str>> for Text {
    fn from(source: Arc<str>) -> Self {
        let end = u32::try_from(source.len()).unwrap_or(u32::MAX);
        Self { source, start: 0, end }
    }
}
impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::from(Arc::<str>::from(text))
    }
}
impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::from(Arc::<str>::from(text))
    }
}

/// A span of calendar time: months and days are kept apart, because a month
/// has no fixed number of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duration {
    /// Whole months.
    pub months: i32,
    /// Days on top.
    pub days: i32,
}

/// Which field of a structure: its name, and its index in the
/// [`super::StructType`] that the expression was checked against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRef {
    /// The name.
    pub name: Arc<str>,
    /// Index among the type's fields in their order by name.
    pub index: usize,
}

impl FieldRef {
    /// The field of this name, looked up by it alone.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), index: usize::MAX }
    }
}

/// What a value is, for those who compute facts and draw pages.
impl Value {
    /// Its text, where it is one.
    pub fn as_text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.as_str().to_owned()),
            _ => None,
        }
    }

    /// Its day, where it is one.
    pub fn as_day(&self) -> Option<NaiveDate> {
        match self {
            Self::Date(day) => Some(*day),
            _ => None,
        }
    }

    /// Its number, where it is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Its items; none where it is no list.
    pub fn as_items(&self) -> Arc<[Self]> {
        match self {
            Self::List(items) => items.clone(),
            _ => Arc::from([]),
        }
    }

    /// The value of a field. What is unknown stays so; what has no fields has
    /// none of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        match self {
            Self::Struct(object) => object.get(&FieldRef::named(name)),
            Self::Unknown(why) => Self::Unknown(why.clone()),
            _ => Self::Absent,
        }
    }
}

/// Something with fields: a record, a part of one, an event of its history.
pub trait Object: Send + Sync {
    /// The value of a field; [`Value::Absent`] where nothing is written.
    fn get(&self, field: &FieldRef) -> Value;

    /// Where the object stands, when it stands in a file.
    fn place(&self) -> Option<Place> {
        None
    }

    /// Where a finding about `field` points: the value, or for a missing field
    /// the nearest thing that is there.
    fn place_of(&self, field: &str) -> Option<Place> {
        let _ = field;
        self.place()
    }

    /// What tells this item from its neighbours, for fingerprints: `2026-Q1`.
    fn identity(&self) -> Option<Text> {
        None
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(why) => write!(f, "unknown ({why:?})"),
            Self::Absent => f.write_str("absent"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(value) => write!(f, "{:?}", value.as_str()),
            Self::Date(value) => write!(f, "{value}"),
            Self::Duration(value) => write!(f, "{value:?}"),
            Self::List(items) => f.debug_list().entries(items.iter()).finish(),
            Self::Struct(_) => f.write_str("{…}"),
        }
    }
}
