//! One name or a list of names, as settings may be written either way.

use serde::Deserialize;
use serde::de::{self, SeqAccess, Visitor};

/// Names in the order in which they are tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl Names {
    /// A single name.
    pub fn one(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }

    /// The names.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: de::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(NamesVisitor)
    }
}

struct NamesVisitor;

impl<'de> Visitor<'de> for NamesVisitor {
    type Value = Names;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text, or a list of texts")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Names, E> {
        Ok(Names::one(name))
    }

    fn visit_bool<E: de::Error>(self, word: bool) -> Result<Names, E> {
        Ok(Names(vec![word.to_string()]))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Names, E> {
        Ok(Names(vec![number.to_string()]))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Names, E> {
        Ok(Names(vec![number.to_string()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Names, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = items.next_element::<String>()? {
            names.push(name);
        }
        Ok(Names(names))
    }
}
