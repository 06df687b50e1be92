//! Where a new field or a new item is written, so that the text stays what it
//! is: in a block at the column of its neighbours, in braces before the last
//! one.
//!
//! Nothing is written where the layout cannot be told for certain.

use crate::record::{NodeId, NodeKind, Style, Tree};
use crate::source::{SourceFile, Span};

/// A text that is to stand at a place.
pub(super) struct Insertion {
    pub(super) at: Span,
    pub(super) text: String,
}

/// A value to write: in one line, or for a block as a list of one item.
pub(super) enum Written {
    /// As it is; nothing for a value that the author fills in.
    Inline(String),
    /// A list with one item, which is a group of fields: names and values.
    Item(Vec<(&'static str, String)>),
}

/// `name: value` as a new field of a mapping.
pub(super) fn field(tree: &Tree, mapping: NodeId, name: &str, value: &Written) -> Option<Insertion> {
    let file = tree.file();
    let is_json = match &*file.path().extension() {
        "csv" => return None,
        // Front matter in TOML: what is written here is YAML.
        _ if file.text().starts_with("+++") => return None,
        extension => extension == "json",
    };
    let span = tree.span(mapping);
    if file.slice(span).starts_with('{') {
        let value = inline(value, is_json);
        let name = if is_json { format!("\"{name}\"") } else { name.to_owned() };
        return before_the_end(tree, span, tree.entries(mapping).count(), &format!("{name}: {value}"));
    }
    let (first, _) = tree.entries(mapping).find(|(key, _)| !tree.span(*key).is_empty())?;
    let indent = column(file, tree.span(first).start)?;
    let end = after(tree, mapping)?;
    let value = match value {
        Written::Inline(text) => format!(" {text}"),
        Written::Item(_) => format!("{}{indent}  - {}", line_end(file), item(value, false)),
    };
    Some(new_line(file, end, &format!("{indent}{name}:{value}")))
}

/// One more item of a list of groups of fields.
pub(super) fn list_item(tree: &Tree, list: NodeId, value: &Written) -> Option<Insertion> {
    let file = tree.file();
    if file.text().starts_with("+++") {
        return None;
    }
    let span = tree.span(list);
    let is_json = file.path().extension() == "json";
    if file.slice(span).starts_with('[') {
        return before_the_end(tree, span, tree.items(list).count(), &item(value, is_json));
    }
    let last = tree.items(list).last()?;
    let indent = dash(file, tree.span(last).start)?;
    Some(new_line(file, tree.span(last).end, &format!("{indent}- {}", item(value, false))))
}

/// The blanks before the dash of a list item that begins at an offset.
pub(super) fn dash(file: &SourceFile, start: u32) -> Option<String> {
    let before = before(file, start)?;
    let indent = before.trim_end_matches(' ').strip_suffix('-')?;
    indent.chars().all(|c| c == ' ').then(|| indent.to_owned())
}

/// A line of its own behind the one that an offset is in.
pub(super) fn new_line(file: &SourceFile, offset: u32, line: &str) -> Insertion {
    let text = file.text();
    let small = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let offset = text.floor_char_boundary(offset as usize);
    let end = line_end(file);
    // A block ends behind its last line end.
    if offset > 0 && text[..offset].ends_with(['\n', '\r']) {
        return Insertion { at: Span::at(small(offset)), text: format!("{line}{end}") };
    }
    let rest = text[offset..].find(['\n', '\r']).unwrap_or(text.len() - offset);
    Insertion { at: Span::at(small(offset + rest)), text: format!("{end}{line}") }
}

/// How the lines of a file end.
pub(super) fn line_end(file: &SourceFile) -> &'static str {
    if file.text().contains("\r\n") { "\r\n" } else { "\n" }
}

/// A scalar that YAML reads as this text.
pub(super) fn quoted(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let plain = text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(safe);
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

fn inline(value: &Written, is_json: bool) -> String {
    match value {
        Written::Inline(text) if is_json && text.is_empty() => "\"\"".to_owned(),
        Written::Inline(text) => text.clone(),
        Written::Item(_) => format!("[{}]", item(value, is_json)),
    }
}

fn item(value: &Written, is_json: bool) -> String {
    let Written::Item(fields) = value else { return inline(value, is_json) };
    let fields = fields.iter().map(|(name, value)| match (is_json, value.is_empty()) {
        (true, _) => format!("\"{name}\": {}", serde_json::Value::from(value.as_str())),
        (false, true) => format!("{name}: "),
        (false, false) => format!("{name}: {}", quoted(value)),
    });
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

/// Before the closing bracket of a collection in brackets.
fn before_the_end(tree: &Tree, span: Span, count: usize, text: &str) -> Option<Insertion> {
    let written = tree.file().slice(span);
    if !written.ends_with(['}', ']']) {
        return None;
    }
    let content = written[..written.len() - 1].trim_end();
    let comma = if count == 0 || content.ends_with(',') { "" } else { ", " };
    let at = span.start + u32::try_from(content.len()).ok()?;
    Some(Insertion { at: Span::at(at), text: format!("{comma}{text}") })
}

/// The end of the entry that a new field follows: a title or an id on one line,
/// else the last entry.
fn after(tree: &Tree, mapping: NodeId) -> Option<u32> {
    let on_one_line = |value: NodeId| match tree.kind(value) {
        NodeKind::Scalar(Style::Block) => false,
        NodeKind::Scalar(_) => !tree.file().slice(tree.span(value)).contains('\n'),
        _ => false,
    };
    let named = ["title", "id"]
        .into_iter()
        .find_map(|name| tree.get(mapping, name).filter(|value| on_one_line(*value)));
    let ends = |value: NodeId| tree.span(value).end;
    named.map(ends).or_else(|| tree.entries(mapping).map(|(_, value)| ends(value)).max())
}

/// Blanks as wide as what stands before an offset on its line.
fn column(file: &SourceFile, start: u32) -> Option<String> {
    let before = before(file, start)?;
    // The dash of a list, and blanks; anything else is another layout.
    before.chars().all(|c| matches!(c, ' ' | '-')).then(|| " ".repeat(before.len()))
}

fn before(file: &SourceFile, offset: u32) -> Option<&str> {
    let before = file.text().get(..offset as usize)?;
    Some(before[before.rfind(['\n', '\r']).map_or(0, |end| end + 1)..].trim_start_matches('\u{feff}'))
}
