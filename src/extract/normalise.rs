//! A value as it is written, to the value that the kind's schema wants: dates
//! as declared, words of another vocabulary, numbers with their units. What is
//! not understood stays as it is written, and the schema says so.

use super::cadence::cadence;
use super::dates::{self, Reading};
use super::layout::Layout;
use super::names::{fold, without_remark};
use super::out::{Out, Pair};
use super::quantity::quantity;
use super::units::Found;
use crate::kind::{Field, Shape, Structure, scalar};
use crate::record::{Fault, NodeId, NodeKind, Problem, Style, Tree};
use crate::source::{SourceFile, Span};
use regex::Regex;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// What was found on the way.
#[derive(Default)]
pub(super) struct Aside {
    pub(super) problems: Vec<Problem>,
    /// Values of other fields that stood in this one: path, value.
    pub(super) more: Vec<(String, Out)>,
}

/// A text, the bytes it stands in, and how YAML has it.
pub(super) struct Raw<'t> {
    file: &'t SourceFile,
    span: Span,
    pub(super) text: &'t str,
    style: Option<Style>,
}

impl Raw<'_> {
    /// The bytes of a part of the text; all where the two differ.
    pub(super) fn part(&self, range: Range<usize>) -> Span {
        if self.file.slice(self.span) != self.text {
            return self.span;
        }
        let short = |at: usize| self.span.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        Span::new(short(range.start), short(range.end))
    }

    fn trimmed(&self) -> Range<usize> {
        let start = self.text.len() - self.text.trim_start().len();
        start..start + self.text.trim().len()
    }

    /// A text that stays what it is. Where no YAML reader meets it, no remark
    /// on what another one would make of it is due.
    #[expect(clippy::unnecessary_wraps, reason = "reads as the other values do")]
    fn as_written(&self) -> Option<Out> {
        let at = self.trimmed();
        let style = self.style.unwrap_or(Style::Double);
        let (span, text) = match self.style {
            Some(_) => (self.span, self.text.to_owned()),
            None => (self.part(at.clone()), self.text[at].to_owned()),
        };
        Some(Out::Scalar { style, span, text })
    }
}

impl Layout {
    /// The value of a field; `None` where it says nothing.
    pub(super) fn value(
        &self,
        path: &str,
        field: &Field,
        found: &Found,
        file: &SourceFile,
        aside: &mut Aside,
    ) -> Option<Out> {
        match found {
            Found::Node(tree, node) => self.node(path, field, tree, *node, aside),
            Found::Words(words) => {
                let raw = Raw { file, span: words.span, text: &words.text, style: None };
                self.scalar(path, field, &raw, aside)
            }
        }
    }

    /// A node of a tree. The recursion follows the tree, whose depth is limited.
    fn node(
        &self,
        path: &str,
        field: &Field,
        tree: &Arc<Tree>,
        node: NodeId,
        aside: &mut Aside,
    ) -> Option<Out> {
        let span = tree.span(node);
        match (tree.kind(node), &field.shape) {
            (NodeKind::Broken, _) => Some(Out::Broken(span)),
            (NodeKind::Scalar(_), _) if tree.is_blank(node) => None,
            (NodeKind::Scalar(style), _) => {
                let raw = Raw { file: tree.file(), span, text: tree.text(node), style: Some(style) };
                self.scalar(path, field, &raw, aside)
            }
            (NodeKind::Sequence, Shape::List(item)) => {
                let items = tree.items(node).filter_map(|value| self.node(path, item, tree, value, aside));
                Some(Out::List { span, items: items.collect() })
            }
            (NodeKind::Mapping, Shape::Struct(structure)) => {
                Some(self.mapping(path, Some(structure), field, tree, node, aside))
            }
            (NodeKind::Mapping, Shape::Map(inner)) => {
                Some(self.mapping(path, None, inner, tree, node, aside))
            }
            // Several words for one text: two owners.
            (NodeKind::Sequence, Shape::Text) => {
                let items = tree.items(node).filter_map(|value| self.node(path, field, tree, value, aside));
                let texts: Option<Vec<String>> = items.map(|item| item.text().map(str::to_owned)).collect();
                match texts {
                    Some(texts) if texts.is_empty() => None,
                    Some(texts) => Some(Out::Scalar { style: Style::Double, span, text: texts.join(", ") }),
                    None => self.node(path, &Field { shape: Shape::Any, ..field.clone() }, tree, node, aside),
                }
            }
            // Of another type than the schema wants, which says so.
            (NodeKind::Sequence, _) => {
                let any = Field { shape: Shape::Any, ..field.clone() };
                let items = tree.items(node).filter_map(|value| self.node(path, &any, tree, value, aside));
                Some(Out::List { span, items: items.collect() })
            }
            (NodeKind::Mapping, _) => {
                let any = Field { shape: Shape::Any, ..field.clone() };
                Some(self.mapping(path, None, &any, tree, node, aside))
            }
        }
    }

    fn mapping(
        &self,
        path: &str,
        structure: Option<&Arc<Structure>>,
        other: &Field,
        tree: &Arc<Tree>,
        node: NodeId,
        aside: &mut Aside,
    ) -> Out {
        let any = Field { shape: Shape::Any, ..other.clone() };
        let mut pairs = Vec::new();
        for (key, value) in tree.entries(node) {
            let name = tree.text(key);
            let known = structure.map(|structure| structure.fields.get(name));
            let field = known.map_or(other, |field| field.unwrap_or(&any));
            let inner = format!("{path}.{name}");
            let value = if tree.is_duplicate(key) {
                Some(Out::Broken(tree.span(value)))
            } else {
                self.node(&inner, field, tree, value, aside)
            };
            pairs.extend(value.map(|value| Pair { name: name.to_owned(), key: tree.span(key), value }));
        }
        Out::Map { span: tree.span(node), pairs, incomplete: tree.is_incomplete(node) }
    }

    /// Whether a text says that nothing is known, or what belongs here.
    pub(super) fn says_nothing(&self, text: &str) -> bool {
        let text = text.trim();
        let between = |open: char, close: char| text.starts_with(open) && text.ends_with(close);
        text.is_empty()
            || self.blanks.contains(&text.to_lowercase())
            || between('<', '>')
            || (text.starts_with("{{") && text.ends_with("}}"))
            || (between('[', ']') && text.matches('[').count() == 1)
    }

    pub(super) fn scalar(&self, path: &str, field: &Field, raw: &Raw<'_>, aside: &mut Aside) -> Option<Out> {
        if self.says_nothing(raw.text) {
            return None;
        }
        let at = raw.trimmed();
        let text = &raw.text[at.clone()];
        let plain = |text: String| Some(Out::plain(raw.part(at.clone()), text));
        if let Some(word) = self.word(path, &field.shape, text) {
            return plain(word);
        }
        match &field.shape {
            Shape::Date => match dates::read(text, &self.formats) {
                Some(reading) => {
                    let span = raw.part(at.clone());
                    aside.problems.extend(in_part(path, text, reading, span));
                    plain(reading.day().to_string())
                }
                None => raw.as_written(),
            },
            Shape::Duration => cadence(text).map_or_else(|| raw.as_written(), plain),
            Shape::Period if scalar::period(text).is_some() => plain(text.to_owned()),
            Shape::Period => match dates::read(text, &self.formats) {
                Some(reading) => plain(reading.period()),
                None => raw.as_written(),
            },
            Shape::Number { .. } if scalar::number(text).is_some() => plain(text.to_owned()),
            Shape::Number { .. } => match quantity(text) {
                Some(found) => Some(self.number(path, &found, raw, &at, aside)),
                None => raw.as_written(),
            },
            Shape::Bool => match &*fold(text) {
                "true" | "yes" | "y" | "ja" | "sí" => plain("true".to_owned()),
                "false" | "no" | "n" | "nein" => plain("false".to_owned()),
                _ => raw.as_written(),
            },
            Shape::List(item) => Some(self.list(path, item, raw, aside)),
            Shape::Struct(structure) => {
                self.parts(path, structure, raw, &at, aside).or_else(|| raw.as_written())
            }
            Shape::Id => {
                let id = reference(raw).or_else(|| file_name(raw, &at)).filter(|_| field.refs.is_some());
                id.map_or_else(|| raw.as_written(), |(id, span)| Some(Out::plain(span, id)))
            }
            Shape::Text if field.person => {
                let person = [text, without_remark(text)].into_iter().find_map(|name| self.person(name));
                person.map_or_else(|| raw.as_written(), |person| plain(person.to_owned()))
            }
            Shape::OneOf(_) | Shape::Text | Shape::Map(_) | Shape::Any => raw.as_written(),
        }
    }

    fn person(&self, name: &str) -> Option<&str> {
        let folded = fold(name);
        self.people.iter().find(|(known, _)| *known == folded).map(|(_, person)| person.as_str())
    }

    /// The word of the vocabulary that a text stands for.
    fn word(&self, path: &str, shape: &Shape, text: &str) -> Option<String> {
        let ends = [" (", " - ", " – ", " — ", ": ", ", ", "\n"];
        let short = ends.iter().filter_map(|end| text.find(end)).min().map_or(text, |end| &text[..end]);
        let fits = |word: &str| match shape {
            Shape::OneOf(vocabulary) => vocabulary.word(word).map(ToString::to_string),
            Shape::Duration => cadence(word),
            _ => Some(word.to_owned()),
        };
        for text in [text, short] {
            let folded = fold(text);
            let everywhere =
                self.words.get("*").filter(|_| matches!(shape, Shape::OneOf(_) | Shape::Duration));
            for words in self.words.get(path).into_iter().chain(everywhere) {
                let means = words.iter().find(|(word, _)| *word == folded).map(|(_, means)| means);
                if let Some(word) = means.into_iter().flatten().find_map(|word| fits(word)) {
                    return Some(word);
                }
            }
            if let Shape::OneOf(vocabulary) = shape {
                let known = vocabulary.words.iter().chain(vocabulary.aliases.keys());
                if let Some(word) = known.into_iter().find(|word| fold(word) == folded) {
                    return vocabulary.word(word).map(ToString::to_string);
                }
            }
        }
        None
    }

    fn list(&self, path: &str, item: &Field, raw: &Raw<'_>, aside: &mut Aside) -> Out {
        let parts: Vec<Range<usize>> = match &self.selection.separator {
            Some(separator) => {
                pieces(raw.text, |text| text.find(separator.as_str()).map(|at| (at, separator.len())))
            }
            None => pieces(raw.text, |text| text.find([',', ';', '\n']).map(|at| (at, 1))),
        };
        let exact = raw.file.slice(raw.span) == raw.text;
        let mut items = Vec::new();
        for part in parts {
            let text = &raw.text[part.clone()];
            // A link has its address beside its text.
            let place = exact.then(|| raw.part(part)).or_else(|| within(raw, text)).unwrap_or(raw.span);
            let piece = Raw { file: raw.file, span: place, text, style: None };
            items.extend(self.scalar(path, item, &piece, aside));
        }
        Out::List { span: raw.span, items }
    }
}

pub(super) fn in_part(path: &str, text: &str, reading: Reading, span: Span) -> Option<Problem> {
    let Reading::Part(_, last) = reading else { return None };
    let message = format!("`{path}` is `{text}`, which is read as its last day, {last}");
    Some(Problem::new(Fault::DateInPart, span, message))
}

/// The pieces between separators, without blanks around them.
fn pieces(text: &str, next: impl Fn(&str) -> Option<(usize, usize)>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at <= text.len() {
        let rest = &text[at..];
        let (end, skip) = next(rest).unwrap_or((rest.len(), 1));
        let piece = &rest[..end];
        let start = at + (piece.len() - piece.trim_start().len());
        found.push(start..start + piece.trim().len());
        at += end + skip.max(1);
    }
    found
}

/// Where a piece stands among the bytes of its cell.
fn within(raw: &Raw<'_>, piece: &str) -> Option<Span> {
    let at = raw.file.slice(raw.span).find(piece).filter(|_| !piece.is_empty())?;
    let short = |at: usize| raw.span.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
    Some(Span::new(short(at), short(at + piece.len())))
}

/// The id that the path of a file stands for: its name without the ending.
fn file_name(raw: &Raw<'_>, at: &Range<usize>) -> Option<(String, Span)> {
    let path = &raw.text[at.clone()];
    let (stem, ending) = path.rsplit_once('.')?;
    let id = stem.rsplit('/').next()?;
    let known = matches!(ending, "md" | "markdown" | "yaml" | "yml" | "json");
    (known && scalar::is_id(id)).then(|| (id.to_owned(), raw.part(at.clone())))
}

/// The id that a link stands for: its text where that can be one, else the
/// name of the file, or the anchor, that it leads to.
fn reference(raw: &Raw<'_>) -> Option<(String, Span)> {
    static LINK: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\[(?P<text>[^\]]*)\]\((?P<to>[^)\s]+)[^)]*\)").ok());
    let source = raw.file.slice(raw.span);
    let link = LINK.as_ref()?.captures(source)?;
    let (text, to) = (link.name("text")?, link.name("to")?);
    let short = |at: usize| raw.span.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
    let place = |part: regex::Match<'_>| Span::new(short(part.start()), short(part.end()));
    if scalar::is_id(text.as_str().trim()) {
        return Some((text.as_str().trim().to_owned(), place(text)));
    }
    let (path, anchor) = to.as_str().split_once('#').unwrap_or((to.as_str(), ""));
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let id = if stem.is_empty() { anchor } else { stem };
    scalar::is_id(id).then(|| (id.to_owned(), place(to)))
}
