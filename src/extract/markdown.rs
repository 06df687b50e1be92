//! A Markdown text as what a mapping asks for: headings, tables, tasks, badges,
//! and which bytes are code, comments or HTML and count for nothing.

use super::names::Name;
use crate::source::{SourceFile, Span};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// Some text with the bytes it stands in, and what it says without its marks.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub(super) span: Span,
    pub(super) text: String,
}

pub(super) struct Heading {
    pub(super) level: u8,
    /// The whole block.
    pub(super) block: Span,
    pub(super) words: Words,
}

pub(super) struct Row {
    pub(super) span: Span,
    pub(super) cells: Vec<Words>,
}

pub(super) struct Table {
    pub(super) span: Span,
    pub(super) header: Vec<Words>,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Task {
    pub(super) done: bool,
    pub(super) marker: Span,
    pub(super) words: Words,
}

pub(super) struct Badge {
    pub(super) span: Span,
    pub(super) alt: String,
    pub(super) url: String,
}

/// A page, in the order of the text.
#[derive(Default)]
pub(super) struct Page {
    pub(super) headings: Vec<Heading>,
    pub(super) tables: Vec<Table>,
    pub(super) tasks: Vec<Task>,
    pub(super) badges: Vec<Badge>,
    /// Texts of fenced blocks.
    pub(super) fenced: Vec<Span>,
    /// What is no prose: code, comments, HTML, tables and headings.
    masked: Vec<Span>,
}

/// What is being read.
#[derive(Default)]
struct Open {
    heading: Option<u8>,
    in_table: bool,
    row: Option<Row>,
    /// The text of a heading, cell or task.
    words: Option<Words>,
    task: Option<(bool, Span)>,
    badge: Option<Badge>,
    in_code: bool,
    /// The text of a fenced block.
    fenced: Option<Span>,
}

/// Reads the bytes `body` of a file.
pub(super) fn page(file: &SourceFile, body: Span) -> Page {
    let mut page = Page::default();
    let mut open = Open::default();
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH;
    for (event, range) in Parser::new_ext(file.slice(body), options).into_offset_iter() {
        page.take(file, &mut open, event, at(body, range));
    }
    page.masked = merged(page.masked);
    page
}

fn at(body: Span, range: Range<usize>) -> Span {
    let offset = |at: usize| body.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
    Span::new(offset(range.start), offset(range.end))
}

const fn level(level: HeadingLevel) -> u8 {
    level as u8
}

impl Page {
    fn take(&mut self, file: &SourceFile, open: &mut Open, event: Event<'_>, span: Span) {
        match event {
            Event::Start(Tag::Heading { level: of, .. }) => {
                open.heading = Some(level(of));
                open.words = Some(Words { span: Span::at(span.end), text: String::new() });
            }
            Event::End(TagEnd::Heading(_)) => {
                if let (Some(level), Some(words)) = (open.heading.take(), open.words.take()) {
                    self.headings.push(Heading { level, block: span, words: tidy(&words) });
                    self.masked.push(span);
                }
            }
            Event::Start(Tag::Table(_)) => {
                open.in_table = true;
                self.masked.push(span);
                self.tables.push(Table { span, header: Vec::new(), rows: Vec::new() });
            }
            Event::End(TagEnd::Table) => open.in_table = false,
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                let text = file.slice(span).trim_end().len();
                let end = span.start.saturating_add(u32::try_from(text).unwrap_or(0));
                open.row = Some(Row { span: Span::new(span.start, end), cells: Vec::new() });
            }
            Event::End(TagEnd::TableHead) => {
                if let (Some(row), Some(table)) = (open.row.take(), self.tables.last_mut()) {
                    table.header = row.cells;
                }
            }
            Event::End(TagEnd::TableRow) => {
                if let (Some(row), Some(table)) = (open.row.take(), self.tables.last_mut()) {
                    table.rows.push(row);
                }
            }
            Event::Start(Tag::TableCell) => {
                open.words = Some(Words { span: inner(file, span), text: String::new() });
            }
            Event::End(TagEnd::TableCell) => {
                if let (Some(words), Some(row)) = (open.words.take(), open.row.as_mut()) {
                    let text = words.text.trim().to_owned();
                    row.cells.push(Words { span: words.span, text });
                }
            }
            Event::TaskListMarker(done) => {
                self.end_task(open);
                open.task = Some((done, span));
                open.words = Some(Words { span: Span::at(span.end), text: String::new() });
            }
            Event::Start(Tag::List(_)) | Event::End(TagEnd::Item | TagEnd::Paragraph) => self.end_task(open),
            Event::Start(Tag::Image { dest_url, .. }) => {
                open.badge = Some(Badge { span, alt: String::new(), url: dest_url.to_string() });
            }
            Event::End(TagEnd::Image) => self.badges.extend(open.badge.take()),
            Event::Start(Tag::CodeBlock(kind)) => {
                self.masked.push(span);
                open.in_code = true;
                open.fenced = matches!(kind, CodeBlockKind::Fenced(_)).then_some(Span::at(u32::MAX));
            }
            Event::End(TagEnd::CodeBlock) => {
                open.in_code = false;
                self.fenced.extend(open.fenced.take().filter(|block| block.start != u32::MAX));
            }
            Event::Start(Tag::HtmlBlock) | Event::Html(_) => self.masked.push(span),
            Event::InlineHtml(html) => {
                if html.starts_with("<br") {
                    open.push("\n", None);
                } else {
                    self.masked.push(span);
                }
            }
            Event::Text(text) => {
                if let Some(fenced) = &mut open.fenced {
                    *fenced = Span::new(fenced.start.min(span.start), span.end);
                } else if !open.in_code {
                    open.push(&text, Some(span));
                }
            }
            Event::Code(text) => open.push(&text, Some(span)),
            Event::SoftBreak | Event::HardBreak => open.push(" ", None),
            _ => {}
        }
    }

    fn end_task(&mut self, open: &mut Open) {
        if let (Some((done, marker)), Some(words)) = (open.task.take(), open.words.take()) {
            self.tasks.push(Task { done, marker, words: tidy(&words) });
        }
    }

    /// Whether the bytes at an offset are prose.
    pub(super) fn is_prose(&self, offset: u32) -> bool {
        let before = self.masked.partition_point(|masked| masked.start <= offset);
        before.checked_sub(1).is_none_or(|at| self.masked[at].end <= offset)
    }

    /// The last heading before an offset.
    pub(super) fn heading_before(&self, offset: u32) -> Option<usize> {
        self.headings.partition_point(|heading| heading.block.start <= offset).checked_sub(1)
    }

    /// For each heading whether it, or one above it, says `name`.
    pub(super) fn under(&self, name: &Name) -> Vec<bool> {
        let mut above: Vec<(u8, bool)> = Vec::new();
        let mut under = Vec::with_capacity(self.headings.len());
        for heading in &self.headings {
            above.retain(|(level, _)| *level < heading.level);
            let is_under = above.last().is_some_and(|(_, under)| *under) || name.is_in(&heading.words.text);
            above.push((heading.level, is_under));
            under.push(is_under);
        }
        under
    }

    /// What stands below the heading with this number, up to the next one of
    /// its level.
    pub(super) fn section(&self, number: usize, end: u32) -> Span {
        let Some((heading, behind)) = self.headings.get(number..).and_then(<[Heading]>::split_first) else {
            return Span::at(end);
        };
        let next = behind.iter().find(|next| next.level <= heading.level);
        Span::new(heading.block.end, next.map_or(end, |next| next.block.start).min(end))
    }

    /// The numbers of the headings in a part of the page.
    pub(super) fn headings_in(&self, section: Span) -> Range<usize> {
        let number = |at: u32| self.headings.partition_point(|heading| heading.block.start < at);
        number(section.start)..number(section.end)
    }

    /// The tables of a part of the page.
    pub(super) fn tables_in(&self, section: Span) -> &[Table] {
        inside(&self.tables, section, |table| table.span.start)
    }

    /// The badges of a part of the page.
    pub(super) fn badges_in(&self, section: Span) -> &[Badge] {
        inside(&self.badges, section, |badge| badge.span.start)
    }
}

/// Those of some things, in the order of the text, that begin in a section.
fn inside<T>(things: &[T], section: Span, start: impl Fn(&T) -> u32) -> &[T] {
    let first = things.partition_point(|thing| start(thing) < section.start);
    let end = things.partition_point(|thing| start(thing) < section.end);
    things.get(first..end).unwrap_or_default()
}

/// Stretches as few that do not overlap, in their order.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

impl Open {
    fn push(&mut self, text: &str, span: Option<Span>) {
        if let Some(badge) = &mut self.badge {
            badge.alt.push_str(text);
        }
        let Some(words) = &mut self.words else { return };
        words.text.push_str(text);
        // A cell has its bytes from the beginning.
        if let Some(span) = span.filter(|_| self.row.is_none()) {
            words.span = Span::new(words.span.start.min(span.start), span.end.max(words.span.end));
            if words.text.len() == text.len() {
                words.span.start = span.start;
            }
        }
    }
}

fn tidy(words: &Words) -> Words {
    Words { span: words.span, text: words.text.trim().to_owned() }
}

/// The bytes of a cell without its bars and blanks.
fn inner(file: &SourceFile, span: Span) -> Span {
    let text = file.slice(span);
    let ends = |letter: char| letter == '|' || letter.is_whitespace();
    let behind = text.trim_start_matches(ends);
    let within = behind.trim_end_matches(ends);
    let short = |bytes: usize| u32::try_from(bytes).unwrap_or(0);
    let start = span.start + short(text.len() - behind.len());
    // An escaped bar at the end belongs to the text.
    let escaped = u32::from(within.ends_with('\\') && behind.len() > within.len());
    if within.is_empty() {
        return Span::at(span.start + u32::from(text.starts_with(' ')));
    }
    Span::new(start, start + short(within.len()) + escaped)
}

/// What a piece of a line says without its marks.
pub(super) fn plain(text: &str) -> String {
    if !text.contains(['*', '_', '`', '[', '<', '!', '\\', '~', '&']) {
        return text.to_owned();
    }
    let mut words = String::new();
    for event in Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(part) | Event::Code(part) => words.push_str(&part),
            Event::SoftBreak | Event::HardBreak => words.push(' '),
            Event::InlineHtml(html) if html.starts_with("<br") => words.push('\n'),
            _ => {}
        }
    }
    words.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::page;
    use crate::source::{SourceFile, Span};

    #[test]
    fn cells_tasks_and_headings_know_their_bytes() {
        let text = "# One **two**\n\n| ID | A\\|B |\n|---|---|\n| R-1 | `x` [y](z.md)<br>w |\n|| |\n\n- [x] Patch *now*\n  - more\n- [ ] Next\n\n```yaml\na: 1\n```\n";
        let file = SourceFile::new("a.md".into(), text);
        let page = page(&file, Span::new(0, u32::try_from(text.len()).expect("small")));
        assert_eq!(page.headings[0].words.text, "One two");
        let table = &page.tables[0];
        let cells = |cells: &[super::Words]| -> Vec<(String, String)> {
            cells.iter().map(|cell| (file.slice(cell.span).to_owned(), cell.text.clone())).collect()
        };
        assert_eq!(cells(&table.header)[1], ("A\\|B".to_owned(), "A|B".to_owned()));
        assert_eq!(cells(&table.rows[0].cells)[0], ("R-1".to_owned(), "R-1".to_owned()));
        assert_eq!(cells(&table.rows[0].cells)[1], ("`x` [y](z.md)<br>w".to_owned(), "x y\nw".to_owned()));
        assert_eq!(file.slice(table.rows[0].span), "| R-1 | `x` [y](z.md)<br>w |");
        let tasks: Vec<_> = page
            .tasks
            .iter()
            .map(|task| (task.done, task.words.text.as_str(), file.slice(task.words.span)))
            .collect();
        assert_eq!(tasks, [(true, "Patch now", "Patch *now"), (false, "Next", "Next")]);
        assert_eq!(file.slice(page.fenced[0]), "a: 1\n");
        let of = |what: &str| u32::try_from(text.find(what).expect("is there")).expect("small");
        assert!(page.is_prose(of("Next")) && !page.is_prose(of("a: 1")) && !page.is_prose(of("R-1")));
    }
}
