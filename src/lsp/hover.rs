//! On hovering: the record that an id names, and the rules that say something
//! about a place.

use super::diagnostics::Teller;
use super::isms::Seen;
use super::{navigation, page};
use crate::source::{SourceFile, Span};
use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind};
use std::collections::BTreeSet;

/// What is told at an offset.
pub(super) fn at(teller: &Teller<'_>, seen: Option<&Seen>, file: &SourceFile, offset: u32) -> Option<Hover> {
    let mut pages = Vec::new();
    let mut span: Option<Span> = None;
    if let Some((seen, named)) = seen.and_then(|seen| Some((seen, navigation::named(seen, file, offset)?))) {
        let records = navigation::records(&seen.inventory, &named.kinds, &named.id);
        pages.extend(records.into_iter().map(|record| page::record(record, &seen.history)));
        if !pages.is_empty() {
            span = Some(named.span);
        }
    }
    let touches = |span: Span| span.start <= offset && offset <= span.end;
    let places = seen.into_iter().flat_map(|seen| &seen.findings).filter_map(|finding| {
        let place = finding.place.as_ref().filter(|place| place.file.path() == file.path())?;
        touches(place.span).then_some((finding, place.span))
    });
    let mut told = BTreeSet::new();
    for (finding, at) in places {
        if told.insert(finding.rule.clone())
            && let Some(page) = page::of(&finding.rule, seen)
        {
            pages.push(page);
            span = span.or(Some(at));
        }
    }
    let value = (!pages.is_empty()).then(|| pages.join("\n---\n\n"))?;
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value });
    Some(Hover { contents, range: span.map(|span| teller.range(file, span)) })
}
