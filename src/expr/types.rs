//! The types that an expression is checked against.
//!
//! A type knows which values a field can hold, and whether it can be absent:
//! that is what lets the checker refuse a misspelt field, a status that does
//! not exist, and a comparison with something that may not be there.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// What an expression yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// True or false.
    Bool,
    /// A number; whole numbers and decimals are one type.
    Number,
    /// Any text.
    Text,
    /// Text from a closed vocabulary: comparing it with a word outside the
    /// vocabulary is an error at load.
    OneOf(Arc<[Arc<str>]>),
    /// A calendar day.
    Date,
    /// A span of calendar time (`6 months`): added to and subtracted from
    /// dates, never compared with another span.
    Duration,
    /// A list of one type.
    List(Box<Type>),
    /// A record, a part of one, or a fact with fields.
    Struct(Arc<StructType>),
}

/// The fields of a structure.
#[derive(Debug, PartialEq, Eq)]
pub struct StructType {
    /// How a message names it: `action`, `objective.target`.
    pub name: Arc<str>,
    /// The fields, by name. A field's place in this map is its index in
    /// [`super::FieldRef`].
    pub fields: BTreeMap<Arc<str>, FieldType>,
}

/// One field of a structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldType {
    /// Its type.
    pub ty: Type,
    /// Whether it can be absent: then it is used only where `has()` guards it.
    pub optional: bool,
    /// One sentence for readers, with the unit where there is one.
    pub doc: Arc<str>,
}

impl StructType {
    /// Index and type of a field.
    pub fn field(&self, name: &str) -> Option<(usize, &FieldType)> {
        self.fields.iter().enumerate().find(|(_, (known, _))| &***known == name).map(|(at, (_, ty))| (at, ty))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("true or false"),
            Self::Number => f.write_str("a number"),
            Self::Text => f.write_str("text"),
            Self::OneOf(words) => write!(f, "one of {}", words.join(", ")),
            Self::Date => f.write_str("a date"),
            Self::Duration => f.write_str("a duration"),
            Self::List(item) => write!(f, "a list (each item {item})"),
            Self::Struct(ty) => write!(f, "a structure ({})", ty.name),
        }
    }
}
