//! What to do when a text does not parse: read the rest of it all the same.
//!
//! A failed text is cut where its own structure says so: at the lines that
//! begin a document, then at the items of its outer list or the fields of its
//! outer mapping, then inside the piece that is broken. Each piece is parsed
//! by itself, with the spans of the file. Every cut goes one level down, and
//! there are four levels, so the cost is a few parses of the whole text.

use super::build::Builder;
use super::tree::{Lost, NodeId, NodeKind};
use super::{Fault, Problem};
use crate::source::Span;

/// Levels below a document: list, fields of an item, list in a field, fields.
const LEVELS: u32 = 4;

pub(super) fn parse(builder: &mut Builder<'_>, range: Span) {
    let mark = builder.mark();
    let Err(stop) = builder.yaml(range) else { return };
    if !stop.retry {
        let gone = lost(builder, Span::new(stop.problem.span.start, range.end));
        builder.lost.push(gone);
        builder.problems.push(stop.problem);
        return;
    }
    builder.back_to(&mark);
    builder.forget_anchors();
    builder.in_pieces = true;
    for document in documents(builder, range) {
        builder.forget_anchors();
        if let Err(stop) = builder.count_document(Span::at(document.start)) {
            let gone = lost(builder, Span::new(document.start, range.end));
            builder.lost.push(gone);
            builder.problems.push(stop.problem);
            return;
        }
        let mark = builder.mark();
        let Err(stop) = builder.yaml(document) else { continue };
        builder.back_to(&mark);
        let reports = builder.problems.len();
        let root = split(builder, after_marker(builder, document), LEVELS);
        if builder.problems.len() == reports {
            // No piece fails by itself: the fault lies between them.
            builder.problems.push(stop.problem);
        }
        if let Some(root) = root {
            builder.mark_incomplete(root);
            builder.roots.push(root);
        } else {
            let gone = lost(builder, document);
            builder.lost.push(gone);
        }
    }
}

fn lost(builder: &Builder<'_>, span: Span) -> Lost {
    let lines = builder.file.lines();
    let text = builder.file.slice(span).trim_end();
    let end = span.start.saturating_add(u32::try_from(text.len()).unwrap_or(0));
    let span = Span::new(span.start, end);
    let last = lines.line(end.saturating_sub(1).max(span.start));
    Lost { span, first_line: lines.line(span.start), last_line: last }
}

/// One line of the stretch being cut.
struct Line {
    start: u32,
    /// Offset of its first character that is not a space.
    content: u32,
    end: u32,
}

fn lines(builder: &Builder<'_>, range: Span) -> Vec<Line> {
    let text = builder.file.text();
    let index = builder.file.lines();
    let mut found = Vec::new();
    let mut start = range.start;
    let mut number = index.line(start);
    while start < range.end {
        number += 1;
        let end = index.start_of(number, text).min(range.end);
        let line = builder.file.slice(Span::new(start, end));
        let spaces = line.len() - line.trim_start_matches(' ').len();
        let content = start.saturating_add(u32::try_from(spaces).unwrap_or(0));
        found.push(Line { start, content, end });
        start = end.max(start + 1);
    }
    found
}

/// Cuts at the lines that begin a document. Directives and comments before
/// the first `---` stay with what follows.
fn documents(builder: &Builder<'_>, range: Span) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut start = range.start;
    let mut has_content = false;
    for line in lines(builder, range) {
        let text = builder.file.slice(Span::new(line.start, line.end));
        if is_marker(text) && has_content {
            found.push(Span::new(start, line.start));
            start = line.start;
            has_content = false;
        }
        let text = text.trim();
        has_content |= !text.is_empty() && !text.starts_with(['#', '%']);
    }
    found.push(Span::new(start, range.end));
    found
}

fn is_marker(line: &str) -> bool {
    let rest = line.strip_prefix("---").or_else(|| line.strip_prefix("..."));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

/// The document without the line that opens it.
fn after_marker(builder: &Builder<'_>, document: Span) -> Span {
    for line in lines(builder, document) {
        let text = builder.file.slice(Span::new(line.start, line.end));
        if is_marker(text) {
            return Span::new(line.start + 3, document.end);
        }
        if !text.trim().is_empty() && !text.starts_with(['#', '%']) {
            break;
        }
    }
    document
}

/// Reads a stretch in pieces; `None` when nothing of it could be read.
fn split(builder: &mut Builder<'_>, range: Span, levels: u32) -> Option<NodeId> {
    let (pieces, is_list) = pieces(builder, range)?;
    let mut children = Vec::new();
    let mut complete = true;
    for piece in pieces {
        let mark = builder.mark();
        let problem = match read_piece(builder, piece, is_list) {
            Ok((found, whole)) => {
                children.extend(found);
                complete &= whole;
                continue;
            }
            Err(problem) => problem,
        };
        builder.back_to(&mark);
        let before = (builder.problems.len(), builder.lost.len());
        let inner = if levels > 1 { split_piece(builder, piece, is_list, levels - 1) } else { None };
        if inner.is_none() {
            builder.problems.truncate(before.0);
            builder.lost.truncate(before.1);
        }
        if builder.problems.len() == before.0 {
            let gone = lost(builder, piece);
            builder.problems.push(with_lines(problem, gone));
            builder.lost.push(gone);
        }
        complete = false;
        children.extend(inner.into_iter().flatten());
    }
    let kind = if is_list { NodeKind::Sequence } else { NodeKind::Mapping };
    builder.join(kind, &children, complete)
}

fn with_lines(mut problem: Problem, lost: Lost) -> Problem {
    let lines = match (lost.first_line, lost.last_line) {
        (first, last) if first == last => format!("line {first} is not read"),
        (first, last) => format!("lines {first} to {last} are not read"),
    };
    problem.message = format!("{}; {lines}", problem.message.unescaped()).into();
    problem
}

/// The stretches of the items of a list, or of the entries of a mapping.
fn pieces(builder: &Builder<'_>, range: Span) -> Option<(Vec<Span>, bool)> {
    let text = builder.file.text();
    let lines = lines(builder, range);
    let shown = |line: &Line| builder.file.slice(Span::new(line.content, line.end));
    let counts = |line: &&Line| {
        let text = shown(line);
        !text.trim().is_empty() && !text.starts_with('#')
    };
    let first = lines.iter().find(counts)?;
    let is_list = is_item(shown(first));
    let index = builder.file.lines();
    let column = |offset: u32| offset - index.start_of(index.line(offset), text);
    let indent = column(first.content);
    if is_list && !builder.file.slice(Span::new(first.content - indent, first.content)).trim().is_empty() {
        // A list that begins behind another hyphen cannot be cut by lines.
        return None;
    }
    let mut starts: Vec<u32> = Vec::new();
    for line in lines.iter().filter(counts) {
        if column(line.content) == indent && is_item(shown(line)) == is_list {
            // An item keeps its indentation, so that its own lines fit; a
            // field leaves it, and its lines are deeper still.
            starts.push(if is_list { line.start } else { line.content });
        }
    }
    let ends = starts.iter().skip(1).copied().chain([range.end]);
    let spans: Vec<Span> = starts.iter().zip(ends).map(|(start, end)| Span::new(*start, end)).collect();
    Some((spans, is_list))
}

fn is_item(line: &str) -> bool {
    line.strip_prefix('-').is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

/// Parses one piece: the items, or keys and values, that it holds, and whether
/// all of it was understood.
fn read_piece(builder: &mut Builder<'_>, piece: Span, is_list: bool) -> Result<(Vec<NodeId>, bool), Problem> {
    let roots = builder.roots.len();
    builder.yaml(piece).map_err(|stop| stop.problem)?;
    let root = if builder.roots.len() == roots + 1 { builder.roots.pop() } else { None };
    if let Some(root) = root {
        let (kind, children) = builder.children(root);
        if kind == if is_list { NodeKind::Sequence } else { NodeKind::Mapping } {
            return Ok((children, !builder.is_incomplete(root)));
        }
    }
    let end =
        piece.start.saturating_add(u32::try_from(builder.file.slice(piece).trim_end().len()).unwrap_or(0));
    let problem = Problem::new(
        Fault::YamlSyntax,
        Span::new(piece.start, end),
        "a line has no colon behind its field name",
    );
    Err(problem.help("write `field: value`, with a colon and a space"))
}

/// Looks inside a piece that does not parse. An item gives itself; a field
/// gives its key and whatever of its value can be read.
fn split_piece(builder: &mut Builder<'_>, piece: Span, is_list: bool, levels: u32) -> Option<Vec<NodeId>> {
    if is_list {
        let text = builder.file.slice(piece);
        let hyphen = text.find('-')? + 1;
        let start = piece.start.saturating_add(u32::try_from(hyphen).ok()?);
        let rest = builder.file.slice(Span::new(start, piece.end));
        let spaces = u32::try_from(rest.len() - rest.trim_start_matches(' ').len()).ok()?;
        let item = split(builder, Span::new(start + spaces, piece.end), levels)?;
        builder.mark_incomplete(item);
        return Some(vec![item]);
    }
    let line = lines(builder, piece).into_iter().next()?;
    let text = builder.file.slice(Span::new(piece.start, line.end));
    let colon =
        text.match_indices(':').find(|(at, _)| text[at + 1..].chars().next().is_none_or(char::is_whitespace));
    let after = piece.start.saturating_add(u32::try_from(colon?.0 + 1).ok()?);
    let rest_of_line = builder.file.slice(Span::new(after, line.end)).trim();
    let goes_on_below = rest_of_line.is_empty() || rest_of_line.starts_with('#');
    let mark = builder.mark();
    let Ok((entry, _)) = read_piece(builder, Span::new(piece.start, after), false) else {
        builder.back_to(&mark);
        return None;
    };
    let key = *entry.first()?;
    let before = builder.problems.len();
    let value = if goes_on_below { split(builder, Span::new(line.end, piece.end), levels) } else { None };
    if let Some(value) = value {
        return Some(vec![key, value]);
    }
    builder.problems.truncate(before);
    let value = lost(builder, Span::new(after, piece.end)).span;
    let blanks = builder.file.slice(value);
    let blanks = u32::try_from(blanks.len() - blanks.trim_start().len()).ok()?;
    Some(vec![key, builder.broken(Span::new(value.start + blanks, value.end))?])
}
