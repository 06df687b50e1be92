//! What can be written at a place: the fields of a kind, the words of a
//! vocabulary, people, and the ids of the records that a field may refer to.
//!
//! A text that is being written is seldom whole. So a mark is put where the
//! cursor is, the text is read with it as any text is, and the mark is looked
//! for among the records.

use super::cursor::{self, Spot};
use super::isms::Seen;
use super::navigation::word;
use crate::budget::Limits;
use crate::escape::plain;
use crate::inventory::{Record, records_of};
use crate::kind::{Field, Refs, Shape};
use crate::source::{SourceFile, Span};
use lsp_types::{CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, Range, TextEdit};

/// No author writes this.
const MARK: &str = "xismslintcursorx";

/// What can be written.
pub(super) struct Offer {
    label: String,
    insert: String,
    detail: String,
    doc: String,
    kind: CompletionItemKind,
    /// What comes first.
    rank: u8,
}

/// What can be written at an offset, and the bytes that it stands for.
pub(super) fn at(seen: &Seen, file: &SourceFile, offset: u32) -> (Vec<Offer>, Span) {
    let text = file.text();
    let place = word(text, offset as usize);
    for form in forms(file, place) {
        let marked =
            format!("{}{form}{}", &text[..place.start as usize], &text[behind(text, place, &form)..]);
        let marked = SourceFile::new(file.path().clone(), marked);
        let records = records_of(&marked, &seen.policy.placing, &Limits::STANDARD);
        if let Some(spot) = cursor::at(records.iter(), place.start + 1)
            && spot.text().contains(MARK)
        {
            let offers = offers(seen, &spot, &form);
            if !offers.is_empty() {
                return (offers, place);
            }
        }
    }
    (Vec::new(), place)
}

/// The ways in which the text at the cursor could go on, the likeliest first: as
/// a value, or as the name of a field that has no value yet.
fn forms(file: &SourceFile, place: Span) -> Vec<String> {
    let text = file.text();
    let value = MARK.to_owned();
    if file.path().extension() == "json" {
        return vec![value, format!("{MARK}\": 0")];
    }
    let line = text[..place.start as usize].rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let rest = text[place.end as usize..].lines().next().unwrap_or_default().trim();
    let name = format!("{MARK}: ");
    if !rest.is_empty() && !rest.starts_with('#') {
        return vec![value];
    }
    if text[line..place.start as usize].trim().is_empty() { vec![name, value] } else { vec![value, name] }
}

/// Where the text goes on behind the mark: the name of a JSON field takes its
/// closing quote along.
fn behind(text: &str, place: Span, form: &str) -> usize {
    let end = place.end as usize;
    if form.ends_with("\": 0") && text[end..].starts_with('"') { end + 1 } else { end }
}

fn offers(seen: &Seen, spot: &Spot<'_>, form: &str) -> Vec<Offer> {
    if spot.is_key {
        return names(spot, form != MARK);
    }
    let Some(field) = spot.field else { return Vec::new() };
    // An item of a list of structures is a name that waits for its colon.
    if let Shape::Struct(structure) = &field.shape {
        return structure.fields.iter().map(|(name, field)| self::name(name, field, true)).collect();
    }
    values(seen, spot.record, spot, field)
}

fn names(spot: &Spot<'_>, with_colon: bool) -> Vec<Offer> {
    let Some(structure) = spot.structure else { return Vec::new() };
    let (tree, _) = spot.record.node();
    let written = |name: &str| tree.get(spot.mapping, name).is_some();
    let open = structure.fields.iter().filter(|(name, _)| !written(name));
    open.map(|(name, field)| self::name(name, field, with_colon)).collect()
}

fn name(name: &str, field: &Field, with_colon: bool) -> Offer {
    let holds_lines = matches!(field.shape, Shape::Struct(_) | Shape::List(_) | Shape::Map(_));
    let colon = match (with_colon, holds_lines) {
        (false, _) => "",
        (true, true) => ":",
        (true, false) => ": ",
    };
    Offer {
        label: name.to_owned(),
        insert: format!("{name}{colon}"),
        detail: if field.required { "required".to_owned() } else { String::new() },
        doc: field.description.to_string(),
        kind: CompletionItemKind::FIELD,
        rank: u8::from(!field.required),
    }
}

fn value(label: &str, detail: &str, kind: CompletionItemKind) -> Offer {
    let (label, detail) = (label.to_owned(), plain(detail));
    Offer { insert: label.clone(), label, detail, doc: String::new(), kind, rank: 0 }
}

fn values(seen: &Seen, record: &Record, spot: &Spot<'_>, field: &Field) -> Vec<Offer> {
    if let Some(refs) = &field.refs {
        return ids(seen, record, refs);
    }
    if field.person {
        let people = seen.policy.settings.profile.people.iter();
        let name =
            |id: &str, name: Option<&str>| value(id, name.unwrap_or_default(), CompletionItemKind::VALUE);
        let all = people.flat_map(|person| {
            let roles = person.roles.iter().map(move |role| name(role, Some(&person.id)));
            std::iter::once(name(&person.id, person.name.as_deref())).chain(roles)
        });
        return once_each(all.collect());
    }
    let (tree, node) = record.node();
    let is_rule = &*record.kind.name == "waiver" && tree.get(node, "rule") == Some(spot.node);
    if is_rule {
        let waivable = seen.policy.known.iter().filter(|(_, waivable)| **waivable);
        return waivable.map(|(rule, _)| value(rule, "", CompletionItemKind::ENUM_MEMBER)).collect();
    }
    match &field.shape {
        Shape::OneOf(vocabulary) => {
            let words = vocabulary.words.iter().enumerate();
            let offer = |(at, word): (usize, &std::sync::Arc<str>)| Offer {
                rank: u8::try_from(at).unwrap_or(u8::MAX),
                ..value(word, "", CompletionItemKind::ENUM_MEMBER)
            };
            words.map(offer).collect()
        }
        Shape::Bool => ["true", "false"].map(|word| value(word, "", CompletionItemKind::VALUE)).into(),
        Shape::Date => vec![value(&seen.as_of.to_string(), "today", CompletionItemKind::VALUE)],
        _ => Vec::new(),
    }
}

/// The ids of the records that a field may refer to, but for its own record's.
fn ids(seen: &Seen, record: &Record, refs: &Refs) -> Vec<Offer> {
    let wanted = |kind: &str| match refs {
        Refs::Any => true,
        Refs::Kinds(kinds) => kinds.iter().any(|wanted| **wanted == *kind),
    };
    let others = seen.inventory.records().iter().filter(|other| {
        let id = other.key.id.unescaped();
        other.identified
            && !id.contains(char::is_control)
            && wanted(&other.kind.name)
            && (other.key.kind != record.key.kind || other.key.id != record.key.id)
    });
    let offers = others.map(|other| {
        let title = other.text("title").map(|title| title.as_str().to_owned()).unwrap_or_default();
        value(other.key.id.unescaped(), &title, CompletionItemKind::REFERENCE)
    });
    once_each(offers.collect())
}

fn once_each(mut offers: Vec<Offer>) -> Vec<Offer> {
    offers.sort_by(|one, other| one.label.cmp(&other.label));
    offers.dedup_by(|one, other| one.label == other.label);
    offers
}

impl Offer {
    /// What the author sees.
    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// As the protocol has it.
    pub(super) fn item(self, range: Range) -> CompletionItem {
        let Self { label, insert, detail, doc, kind, rank } = self;
        CompletionItem {
            sort_text: Some(format!("{rank:03}{label}")),
            filter_text: Some(label.clone()),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(range, insert))),
            detail: (!detail.is_empty()).then_some(detail),
            documentation: (!doc.is_empty()).then_some(Documentation::String(doc)),
            kind: Some(kind),
            label,
            ..CompletionItem::default()
        }
    }
}
