//! Several fields in one text: a number with its unit, comparator and day, or a
//! day or a person where both have a field.

use super::dates;
use super::layout::{Layout, Plan};
use super::normalise::{Aside, Raw, in_part};
use super::out::{Origin, Out, Pair};
use super::quantity::{Quantity, quantity};
use crate::kind::Structure;
use crate::record::Style;
use crate::source::Span;
use std::ops::Range;

impl Layout {
    /// A part of a record that is written as one text: a number with what
    /// belongs to it, or a day or a person where both have a field.
    pub(super) fn parts(
        &self,
        path: &str,
        structure: &Structure,
        raw: &Raw<'_>,
        at: &Range<usize>,
        aside: &mut Aside,
    ) -> Option<Out> {
        let text = &raw.text[at.clone()];
        let has = |name: &str| structure.fields.contains_key(name);
        let mut pairs = Vec::new();
        let mut add = |name: &str, value: Out| {
            pairs.push(Pair { name: name.to_owned(), key: Span::at(value.span().start), value });
        };
        if has("value") {
            let found = quantity(text)?;
            let part = |range: &Range<usize>| raw.part(at.start + range.start..at.start + range.end);
            add("value", Out::plain(part(&found.number_at), found.number.clone()));
            if let Some((word, range)) = found.operator.as_ref().filter(|_| has("operator")) {
                add("operator", Out::plain(part(range), *word));
            }
            if let Some(range) = found.unit.as_ref().filter(|_| has("unit")) {
                let unit = text[range.clone()].to_owned();
                add("unit", Out::Scalar { style: Style::Double, span: part(range), text: unit });
            }
            let day = |range: &Range<usize>| dates::read(&text[range.clone()], &self.formats);
            if let Some((range, reading)) =
                found.of.as_ref().filter(|_| has("on")).and_then(|of| Some((of, day(of)?)))
            {
                let inner = format!("{path}.on");
                aside.problems.extend(in_part(&inner, &text[range.clone()], reading, part(range)));
                add("on", Out::plain(part(range), reading.day().to_string()));
            }
            if let Some((range, reading)) = found.by.as_ref().and_then(|by| Some((by, day(by)?))) {
                aside.problems.extend(in_part("due", &text[range.clone()], reading, part(range)));
                aside.more.push(("due".to_owned(), Out::plain(part(range), reading.day().to_string())));
            }
        } else if has("on") && has("by") {
            if let Some(reading) = dates::read(text, &self.formats) {
                add("on", Out::plain(raw.part(at.clone()), reading.day().to_string()));
            } else {
                let field = structure.fields.get("by")?;
                add("by", self.scalar(&format!("{path}.by"), field, raw, aside)?);
            }
        } else {
            return None;
        }
        Some(Out::Map { span: raw.part(at.clone()), pairs, incomplete: false })
    }

    /// The day that stands in the name of a column, `Baseline (2024-12)`, for
    /// a value that brings none.
    pub(super) fn date_by_column(&self, plan: &Plan, origin: &Origin, out: &mut Out, aside: &mut Aside) {
        let (Origin::Key { name, .. }, Out::Map { span, pairs, .. }) = (origin, out) else { return };
        let has = |structure: &Structure, field: &str| structure.fields.contains_key(field);
        let dated =
            plan.field.structure().is_some_and(|structure| has(structure, "value") && has(structure, "on"));
        let remark =
            name.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(remark, _)| remark.trim());
        if dated
            && !pairs.iter().any(|pair| pair.name == "on")
            && let Some(remark) = remark
            && let Some(reading) = dates::read(remark, &self.formats)
        {
            aside.problems.extend(in_part(&format!("{}.on", plan.path), remark, reading, *span));
            let value = Out::plain(*span, reading.day().to_string());
            pairs.push(Pair { name: "on".to_owned(), key: Span::at(span.start), value });
        }
    }

    /// The number of a text; the period that it is for is another field's.
    pub(super) fn number(
        &self,
        path: &str,
        found: &Quantity,
        raw: &Raw<'_>,
        at: &Range<usize>,
        aside: &mut Aside,
    ) -> Out {
        let text = &raw.text[at.clone()];
        let part = |range: &Range<usize>| raw.part(at.start + range.start..at.start + range.end);
        if let Some(of) = &found.of
            && path == "value"
            && self.kind.field("period").is_some()
            && let Some(reading) = dates::read(&text[of.clone()], &self.formats)
        {
            aside.more.push(("period".to_owned(), Out::plain(part(of), reading.period())));
        }
        Out::plain(part(&found.number_at), found.number.clone())
    }
}
