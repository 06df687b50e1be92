//! Where the value of a field came from, in words.

use super::why::{at, short};
use crate::extract::Origin;
use crate::settings::{FilePart, GitDate, KeyPlace, Settings};
use crate::source::Span;

/// The bytes that a value came from.
pub(super) const fn span_of(origin: &Origin) -> Option<Span> {
    match origin {
        Origin::Key { span, .. }
        | Origin::History(_, span)
        | Origin::Badge(span)
        | Origin::Caught(_, span)
        | Origin::Slug(_, span)
        | Origin::Within(_, span) => Some(*span),
        _ => None,
    }
}

/// Which source a value came from; nothing for a key of the field's own name.
pub(super) fn source(field: &str, origin: &Origin, settings: &Settings) -> String {
    match origin {
        Origin::Key { place: KeyPlace::Keys, name, .. } if name == field => String::new(),
        Origin::Key { place, name, .. } => {
            let name = short(name);
            match place {
                KeyPlace::Keys => format!("key `{name}`"),
                KeyPlace::Loose => format!("key `{name}` of misplaced front matter"),
                KeyPlace::Inline => format!("line `{name}`"),
                KeyPlace::Table => format!("table row `{name}`"),
                KeyPlace::Footer => format!("footer `{name}`"),
            }
        }
        Origin::History(column, _) => format!("change history, column `{}`", short(column)),
        Origin::Badge(_) => "a badge".to_owned(),
        Origin::Caught(what, _) => format!("a pattern in {what}"),
        Origin::Path(part) => format!("the path: {}", part_of(*part)),
        Origin::PathPattern => "a pattern in the path".to_owned(),
        Origin::Git(which) => format!("git: {}", day_of(*which)),
        Origin::Slug(keys, _) => format!("put together from {keys}"),
        Origin::Within(..) => "within the value of another field".to_owned(),
        Origin::Derived(from) => format!("worked out: {from}"),
        Origin::Default(location) => format!("default of {}", at(settings, *location)),
        Origin::Preset(name) => format!("default of the preset {name}"),
    }
}

const fn day_of(which: GitDate) -> &'static str {
    match which {
        GitDate::FirstCommit => "first commit",
        GitDate::LastCommit => "last commit",
        GitDate::LastContentCommit => "last commit that changed the text",
    }
}

const fn part_of(part: FilePart) -> &'static str {
    match part {
        FilePart::Stem => "the file's name without its ending",
        FilePart::Folder => "the name of its folder",
        FilePart::Path => "the whole of it",
    }
}
