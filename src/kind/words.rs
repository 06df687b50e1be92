//! Turns of phrase for messages about values: the nearest known word, what a
//! field wants, and what to write instead.

use super::date;
use super::scalar;
use super::shape::Shape;
use crate::record::{NodeId, NodeKind, Tree};

/// The known word that a misspelt one most likely means.
pub fn nearest<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    if word.len() > 64 {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace([' ', '-', '_'], "");
    let wanted = plain(word);
    let scored = known.map(|candidate| (strsim::jaro_winkler(&wanted, &plain(candidate)), candidate));
    // The first of equals, so that the order of the schema decides.
    let best = scored.fold(None, |best: Option<(f64, &str)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    best.filter(|(score, _)| *score >= 0.85).map(|(_, candidate)| candidate)
}

/// What a field of this shape wants.
pub(super) fn wanted(shape: &Shape) -> &'static str {
    match shape {
        Shape::Text => "text",
        Shape::Id => "an id",
        Shape::Period => "a period",
        Shape::Date => "a date",
        Shape::Duration => "a span of time",
        Shape::OneOf(_) => "one of its words",
        Shape::Number { whole: true } => "a whole number",
        Shape::Number { whole: false } => "a number",
        Shape::Bool => "true or false",
        Shape::List(_) => "a list",
        Shape::Struct(_) | Shape::Map(_) => "a group of fields",
        Shape::Any => "of another type",
    }
}

/// What to write where a value has the wrong type.
pub(super) fn advice(tree: &Tree, node: NodeId, shape: &Shape) -> String {
    let text = tree.text(node).trim();
    let is_scalar = matches!(tree.kind(node), NodeKind::Scalar(_));
    match shape {
        Shape::Number { .. } if is_scalar => number_advice(text, tree.is_plain(node)),
        Shape::Bool if is_scalar && matches!(&*text.to_ascii_lowercase(), "yes" | "y" | "on") => {
            "write true".to_owned()
        }
        Shape::Bool if is_scalar && matches!(&*text.to_ascii_lowercase(), "no" | "n" | "off") => {
            "write false".to_owned()
        }
        Shape::Bool => "write true or false, without quotes".to_owned(),
        Shape::Date if is_scalar => date::advice(text),
        Shape::List(_) if is_scalar && !text.is_empty() && text.len() <= 40 => {
            format!("write it as a list of one: [{text}]")
        }
        Shape::List(_) => "write one item per line, each behind a hyphen and a space".to_owned(),
        Shape::Struct(structure) => {
            let names: Vec<&str> = structure.fields.keys().map(|name| &**name).collect();
            format!("write its fields on the next lines, indented: {}", names.join(", "))
        }
        Shape::Map(_) => "write `name: value` lines below it, indented".to_owned(),
        _ if is_scalar => "fill it in, or leave the field out".to_owned(),
        _ => "write one text; a text of several lines stands behind |".to_owned(),
    }
}

fn number_advice(text: &str, plain: bool) -> String {
    let bare =
        text.trim_end_matches(|last: char| !last.is_ascii_digit()).replace(['_', '\u{202f}', '\u{a0}'], "");
    if !plain && scalar::number(text).is_some() {
        return format!("remove the quotes: {text}");
    }
    if text.ends_with('%') && scalar::number(&bare).is_some() {
        return format!("write the number alone ({bare}); the unit belongs to the metric");
    }
    if text.contains(',') {
        return "write a decimal point, and nothing between the thousands".to_owned();
    }
    if text.contains('_') && scalar::number(&bare).is_some() {
        return format!("write it without underscores: {bare}");
    }
    if scalar::number(&bare).is_some() {
        return format!("write the number alone ({bare}); its unit has a field of its own");
    }
    "write a number, for example 12 or 4.5".to_owned()
}
