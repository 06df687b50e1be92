//! A record as it was found, before it is a tree: values with the bytes they
//! stand in, and where each came from.

use crate::record::{Assembly, NodeId, NodeKind, Style};
use crate::settings::{FilePart, GitDate, KeyPlace};
use crate::source::Span;
use serde_yaml::Location;

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Out {
    Scalar {
        style: Style,
        span: Span,
        text: String,
    },
    List {
        span: Span,
        items: Vec<Self>,
    },
    Map {
        span: Span,
        pairs: Vec<Pair>,
        incomplete: bool,
    },
    /// It is there and cannot be told.
    Broken(Span),
}

/// A field and its value.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) key: Span,
    pub(super) value: Out,
}

/// Where the value of a field came from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// A key, with its name as the file has it.
    Key {
        /// In which place of the file.
        place: KeyPlace,
        /// The key, or the name of the column.
        name: String,
        /// Its bytes, or those of the cell.
        span: Span,
    },
    /// The newest row of the change history: its column and bytes.
    History(String, Span),
    /// A badge.
    Badge(Span),
    /// What a pattern caught in the text or a heading.
    Caught(&'static str, Span),
    /// A part of the file's path.
    Path(FilePart),
    /// What a pattern caught in the file's path.
    PathPattern,
    /// Git.
    Git(GitDate),
    /// Put together from these keys, the first of them here.
    Slug(String, Span),
    /// It stands in the value of another field.
    Within(String, Span),
    /// Worked out from other fields.
    Derived(String),
    /// The default of a selection, at this location in the settings.
    Default(Location),
    /// The default of a preset.
    Preset(&'static str),
}

impl Out {
    pub(super) fn plain(span: Span, text: impl Into<String>) -> Self {
        Self::Scalar { style: Style::Plain, span, text: text.into() }
    }

    pub(super) const fn span(&self) -> Span {
        match self {
            Self::Scalar { span, .. }
            | Self::List { span, .. }
            | Self::Map { span, .. }
            | Self::Broken(span) => *span,
        }
    }

    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Scalar { text, .. } = self { Some(text) } else { None }
    }

    /// All of its texts, for comparing two of them.
    pub(super) fn meaning(&self) -> String {
        match self {
            Self::Scalar { text, .. } => super::names::fold(text),
            Self::List { items, .. } => items.iter().map(Self::meaning).collect::<Vec<_>>().join(", "),
            Self::Map { pairs, .. } => {
                let shown = pairs.iter().map(|pair| format!("{}: {}", pair.name, pair.value.meaning()));
                shown.collect::<Vec<_>>().join(", ")
            }
            Self::Broken(_) => String::new(),
        }
    }

    pub(super) fn write(&self, into: &mut Assembly<'_>) {
        match self {
            Self::Scalar { style, span, text } => into.scalar(*style, *span, text),
            Self::Broken(span) => into.broken(*span),
            Self::List { span, items } => {
                into.open(NodeKind::Sequence, span.start);
                for item in items {
                    item.write(into);
                }
                into.close(span.end);
            }
            Self::Map { span, pairs, incomplete } => {
                let node = write_map(into, *span, pairs);
                if let Some(node) = node.filter(|_| *incomplete) {
                    into.mark_incomplete(node);
                }
            }
        }
    }
}

/// Writes fields as a mapping.
pub(super) fn write_map(into: &mut Assembly<'_>, span: Span, pairs: &[Pair]) -> Option<NodeId> {
    let node = into.open(NodeKind::Mapping, span.start);
    for pair in pairs {
        into.scalar(Style::Plain, pair.key, &pair.name);
        pair.value.write(into);
    }
    into.close(span.end);
    node
}

/// The value at a dotted path.
pub(super) fn get<'p>(pairs: &'p [Pair], path: &str) -> Option<&'p Out> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let value = &pairs.iter().find(|pair| pair.name == name)?.value;
    match (rest, value) {
        (None, value) => Some(value),
        (Some(rest), Out::Map { pairs, .. }) => get(pairs, rest),
        _ => None,
    }
}

/// Puts a value at a dotted path, where nothing is yet.
pub(super) fn put(pairs: &mut Vec<Pair>, path: &str, key: Span, value: Out) {
    let Some((name, rest)) = path.split_once('.') else {
        if !pairs.iter().any(|pair| pair.name == path) {
            pairs.push(Pair { name: path.to_owned(), key, value });
        }
        return;
    };
    let at = pairs.iter().position(|pair| pair.name == name).unwrap_or_else(|| {
        let value = Out::Map { span: value.span(), pairs: Vec::new(), incomplete: false };
        pairs.push(Pair { name: name.to_owned(), key, value });
        pairs.len() - 1
    });
    if let Some(Pair { value: Out::Map { span, pairs, .. }, .. }) = pairs.get_mut(at) {
        let inner = value.span();
        if !inner.is_empty() {
            let known = *span;
            *span = if known.is_empty() {
                inner
            } else {
                Span::new(known.start.min(inner.start), known.end.max(inner.end))
            };
        }
        put(pairs, rest, key, value);
    }
}
