//! What is wrong with a record under its schema, in words for its author and
//! at the place to change.

use super::locate::{Locator, Spot};
use super::node::nearest;
use super::scalar;
use super::shape::{Field, Shape, Structure};
use super::view::{Records, Seen};
use super::{date, words};
use crate::record::{Fault, NodeId, NodeKind, Problem, Tree};
use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ValidationError, Validator};
use std::sync::Arc;

/// Suggestions are worked out for this many unknown fields of a record.
const SUGGESTIONS: usize = 50;

/// All problems of one record, in the order of the text.
pub(super) fn check(
    tree: &Tree,
    node: NodeId,
    structure: &Arc<Structure>,
    validator: &Validator<Records>,
) -> Vec<Problem> {
    let shape = Shape::Struct(structure.clone());
    let mut found = Vec::new();
    if tree.kind(node) == NodeKind::Broken {
        return found;
    }
    if tree.kind(node) != NodeKind::Mapping {
        let message = format!("a record ({}) consists of fields", structure.ty.name);
        found.push(
            Problem::new(Fault::WrongType, tree.span(node), message).help("write `field: value` lines"),
        );
        return found;
    }
    remarks(tree, node, &shape, &mut found);
    let mut locator = Locator::new(tree, node, &shape);
    for error in validator.iter_errors(Seen::Node(tree, node, &shape)) {
        explain(tree, &mut locator, &error, &mut found);
    }
    found.sort_by_key(|problem| (problem.span, problem.fault));
    found.dedup();
    found
}

/// Notes the plain scalars that other readers take for something else. The
/// recursion follows the shape, whose depth is limited.
fn remarks(tree: &Tree, node: NodeId, shape: &Shape, found: &mut Vec<Problem>) {
    match shape {
        Shape::Text | Shape::Id if tree.is_plain(node) => {
            let text = tree.text(node);
            if let Some(what) = scalar::ambiguity(text) {
                let message = format!("`{text}` is text here, and {what} to other programs");
                let help = match text {
                    "~" => "leave the field out, or put the text in quotes".to_owned(),
                    _ => format!("put it in quotes: \"{text}\""),
                };
                found.push(Problem::new(Fault::AmbiguousScalar, tree.span(node), message).help(help));
            }
        }
        Shape::Number { .. } if tree.is_plain(node) => {
            let text = tree.text(node);
            let digits = text.trim_start_matches(['-', '+']);
            if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
            {
                let message =
                    format!("`{text}` is read as a decimal number here, and as an octal one elsewhere");
                let help = "remove the leading zeros";
                found.push(Problem::new(Fault::AmbiguousScalar, tree.span(node), message).help(help));
            }
        }
        Shape::List(item) => tree.items(node).for_each(|value| remarks(tree, value, &item.shape, found)),
        Shape::Map(field) => {
            tree.entries(node).for_each(|(_, value)| remarks(tree, value, &field.shape, found));
        }
        Shape::Struct(structure) => {
            for (key, value) in tree.entries(node) {
                if let Some(field) = structure.fields.get(tree.text(key)) {
                    remarks(tree, value, &field.shape, found);
                }
            }
        }
        _ => {}
    }
}

fn explain<'t>(
    tree: &'t Tree,
    locator: &mut Locator<'t>,
    error: &ValidationError<'_>,
    found: &mut Vec<Problem>,
) {
    let Some(spot) = locator.find(error.instance_path()) else { return };
    if tree.kind(spot.node) == NodeKind::Broken {
        return;
    }
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            for (count, name) in unexpected.iter().enumerate() {
                let Some(inner) = locator.member(&spot, name) else { continue };
                found.push(unknown_field(
                    tree,
                    &spot,
                    inner.key.unwrap_or(inner.node),
                    name,
                    count < SUGGESTIONS,
                ));
            }
        }
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            found.extend(missing(tree, &spot, &[name]));
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let names: Option<Vec<&str>> = context.iter().flatten().map(required_name).collect();
            match names {
                Some(names) if !names.is_empty() => found.extend(missing(tree, &spot, &names)),
                _ => found.push(generic(tree, &spot, error)),
            }
        }
        Kind::Enum { .. } => found.push(not_allowed(tree, &spot)),
        Kind::Type { .. } => found.push(wrong_type(tree, &spot)),
        Kind::Format { format } => found.push(wrong_format(tree, &spot, format)),
        Kind::MinItems { .. } | Kind::MinLength { .. } => {
            let message = format!("{} is empty", spot.shown());
            found.push(Problem::new(Fault::RequiredFieldMissing, nearest_span(tree, &spot), message));
        }
        _ => found.push(generic(tree, &spot, error)),
    }
}

fn required_name<'e>(error: &'e ValidationError<'_>) -> Option<&'e str> {
    match error.kind() {
        Kind::Required { property } => property.as_str(),
        _ => None,
    }
}

fn nearest_span(tree: &Tree, spot: &Spot<'_>) -> crate::source::Span {
    let span = tree.span(spot.node);
    if span.is_empty() { tree.span(spot.key.unwrap_or(spot.node)) } else { span }
}

fn unknown_field(tree: &Tree, spot: &Spot<'_>, key: NodeId, name: &str, suggest: bool) -> Problem {
    let owner = spot.owner();
    let problem = Problem::new(Fault::UnknownField, tree.span(key), format!("{owner} has no field `{name}`"));
    let Shape::Struct(structure) = spot.shape else { return problem };
    if !suggest {
        return problem;
    }
    let known = structure.fields.keys().map(|name| &**name);
    match words::nearest(name, known.clone()) {
        Some(near) => problem.help(format!("did you mean `{near}`? A field of your own begins with x-")),
        None if structure.fields.len() <= 12 => {
            let known: Vec<&str> = known.collect();
            problem.help(format!("its fields are {}; a field of your own begins with x-", known.join(", ")))
        }
        None => problem,
    }
}

/// Required fields that are not there: at the record's id, or at the field
/// where it is written and left empty. `None` where something of the record
/// could not be read, so that nobody can say what is missing.
fn missing(tree: &Tree, spot: &Spot<'_>, names: &[&str]) -> Option<Problem> {
    let written = names.iter().find_map(|name| tree.entry(spot.node, name));
    let owner = spot.owner();
    let list = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ");
    if let Some((key, value)) = written.filter(|_| names.len() == 1) {
        let reported = tree.is_duplicate(key) || tree.kind(value) == NodeKind::Broken;
        let message = format!("{list} is empty, and {owner} needs it");
        return (!reported).then(|| Problem::new(Fault::RequiredFieldMissing, tree.span(key), message));
    }
    if tree.is_incomplete(spot.node) {
        return None;
    }
    let help = names.iter().filter_map(|name| {
        let Shape::Struct(structure) = spot.shape else { return None };
        Some(format!("{name}: {}", structure.fields.get(*name)?.description))
    });
    let help = help.collect::<Vec<_>>().join(" ");
    let span = nearest(tree, spot.node, spot.key);
    let problem = Problem::new(Fault::RequiredFieldMissing, span, format!("{owner} has no {list}"));
    Some(if help.is_empty() { problem } else { problem.help(format!("add it. {help}")) })
}

fn not_allowed(tree: &Tree, spot: &Spot<'_>) -> Problem {
    let text = tree.text(spot.node);
    let message = format!("{} cannot be `{text}`", spot.shown());
    let problem = Problem::new(Fault::ValueNotAllowed, nearest_span(tree, spot), message);
    let Shape::OneOf(vocabulary) = spot.shape else { return problem };
    let all = vocabulary.words.iter().chain(vocabulary.aliases.keys()).map(|word| &**word);
    let allowed = vocabulary.words.join(", ");
    match words::nearest(text, all) {
        Some(near) => problem.help(format!("did you mean `{near}`? Allowed are {allowed}")),
        None => problem.help(format!("allowed are {allowed}")),
    }
}

fn wrong_type(tree: &Tree, spot: &Spot<'_>) -> Problem {
    let text = tree.text(spot.node);
    let is_scalar = matches!(tree.kind(spot.node), NodeKind::Scalar(_));
    let wanted = words::wanted(spot.shape);
    let got = match tree.kind(spot.node) {
        NodeKind::Sequence => "a list".to_owned(),
        NodeKind::Mapping => "a group of fields".to_owned(),
        _ if tree.is_blank(spot.node) => "empty".to_owned(),
        _ => format!("`{text}`"),
    };
    let message = format!("{} has to be {wanted} and is {got}", spot.shown());
    let mut span = tree.span(spot.node);
    if !is_scalar || span.is_empty() {
        span = nearest(tree, spot.node, spot.key);
    }
    let fault = match spot.shape {
        Shape::Date if is_scalar => Fault::NotADate,
        _ => Fault::WrongType,
    };
    Problem::new(fault, span, message).help(words::advice(tree, spot.node, spot.shape))
}

fn wrong_format(tree: &Tree, spot: &Spot<'_>, format: &str) -> Problem {
    let text = tree.text(spot.node);
    let span = nearest_span(tree, spot);
    let shown = spot.shown();
    match format {
        "date" => Problem::new(Fault::NotADate, span, format!("{shown} is `{text}`, which is not a date"))
            .help(date::advice(text)),
        "duration" => {
            let problem = Problem::new(
                Fault::NotADuration,
                span,
                format!("{shown} is `{text}`, which is not a span of time"),
            );
            match words::nearest(text, scalar::INTERVALS.iter().map(|(word, _)| *word)) {
                Some(near) => {
                    problem.help(format!("did you mean `{near}`? {}", Fault::NotADuration.page().fix))
                }
                None => problem,
            }
        }
        "period" => {
            Problem::new(Fault::NotAPeriod, span, format!("{shown} is `{text}`, which is not a period"))
        }
        "record-id" => {
            Problem::new(Fault::NotAnId, span, format!("{shown} is `{text}`, which cannot serve as an id"))
        }
        other => Problem::new(Fault::SchemaNotMet, span, format!("{shown} is not a valid {other}")),
    }
}

fn generic(tree: &Tree, spot: &Spot<'_>, error: &ValidationError<'_>) -> Problem {
    let span = match tree.kind(spot.node) {
        NodeKind::Scalar(_) => nearest_span(tree, spot),
        _ => nearest(tree, spot.node, spot.key),
    };
    let message = format!("{} does not meet its schema (`{}`)", spot.shown(), error.kind().keyword());
    let problem = Problem::new(Fault::SchemaNotMet, span, message);
    let described: Option<&Field> = spot.field;
    match described.filter(|field| !field.description.is_empty()) {
        Some(field) => problem.help(format!("what belongs here: {}", field.description)),
        None => problem,
    }
}
