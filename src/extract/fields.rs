//! The fields of one record: the sources of each in their order, and what two
//! of them disagree about.

use super::dates;
use super::layout::{Layout, Plan};
use super::markdown::Words;
use super::names::Name;
use super::normalise::Aside;
use super::out::{Origin, Out, Pair, get, put};
use super::sheet::Sheet;
use super::sources::{as_id, ascii, badge, caught, is_history, of_heading, part_of};
use super::units::{Entry, Found, Unit};
use super::{Ask, GitDay};
use crate::escape::cut;
use crate::kind::{Shape, scalar};
use crate::record::{Fault, NodeId, NodeKind, Problem, Style, Tree};
use crate::settings::KeyPlace;
use crate::source::Span;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A record as it was found.
pub(super) struct Resolved {
    pub(super) pairs: Vec<Pair>,
    pub(super) origins: BTreeMap<String, Origin>,
    pub(super) problems: Vec<Problem>,
}

/// One source's value.
struct Candidate {
    origin: Origin,
    key: Span,
    value: Found,
}

impl Layout {
    /// The fields of a part of a file; `None` where it is an empty row or a
    /// template.
    pub(super) fn resolve(&self, sheet: &Sheet<'_>, unit: &Unit<'_>, git: Ask<'_>) -> Option<Resolved> {
        let mut found = Resolved { pairs: Vec::new(), origins: BTreeMap::new(), problems: Vec::new() };
        let mut aside = Aside::default();
        for (number, plan) in self.plans.iter().enumerate() {
            // A row without a column for it, and nothing else that gives it.
            let has_column = unit.columns.as_ref().is_none_or(|columns| columns[number]);
            if !has_column && plan.is_bare() {
                continue;
            }
            self.field(plan, sheet, unit, git, &mut found, &mut aside);
        }
        let stands = |pair: &Pair| !pair.value.span().is_empty();
        if self.splits() && !found.pairs.iter().any(stands) {
            return None;
        }
        for (path, value) in aside.more {
            if get(&found.pairs, &path).is_none() && self.kind.field(&path).is_some() {
                let span = value.span();
                found.add(&path, Span::at(span.start), value, Origin::Within(path.clone(), span));
            }
        }
        found.problems.extend(aside.problems);
        self.derive(unit, &mut found);
        // In the order of the file; what has no place in it comes last.
        found.pairs.sort_by_key(|pair| {
            let span = pair.value.span();
            (span.is_empty() && pair.key.is_empty(), span.start)
        });
        Some(found)
    }

    fn field(
        &self,
        plan: &Plan,
        sheet: &Sheet<'_>,
        unit: &Unit<'_>,
        git: Ask<'_>,
        found: &mut Resolved,
        aside: &mut Aside,
    ) {
        let mut first: Option<(Out, Origin)> = None;
        let value = |candidate: &Candidate, aside: &mut Aside| {
            self.value(&plan.path, &plan.field, &candidate.value, sheet.file, aside)
        };
        for candidate in self.candidates(plan, sheet, unit) {
            match &first {
                None => {
                    let Some(mut out) = value(&candidate, aside) else { continue };
                    self.date_by_column(plan, &candidate.origin, &mut out, aside);
                    found.add(&plan.path, candidate.key, out.clone(), candidate.origin.clone());
                    first = Some((out, candidate.origin));
                }
                Some((out, origin)) => {
                    // What the second one has beside it counts for nothing.
                    let Some(other) = value(&candidate, &mut Aside::default()) else { continue };
                    found.problems.extend(disagreement(
                        &plan.path,
                        (out, origin),
                        (&other, &candidate.origin),
                    ));
                }
            }
        }
        if first.is_some() {
            return;
        }
        if let Some((out, key, origin)) = self.fallback(plan, sheet, unit, git, aside) {
            found.add(&plan.path, key, out, origin);
        }
    }

    /// What the file says about a field, the source that counts first before
    /// the others.
    fn candidates(&self, plan: &Plan, sheet: &Sheet<'_>, unit: &Unit<'_>) -> Vec<Candidate> {
        let mut found: Vec<Candidate> =
            self.from.iter().filter_map(|place| self.keyed(plan, unit, *place, &plan.keys)).collect();
        if found.is_empty() {
            let each = plan.or_keys.iter().flat_map(|key| self.from.iter().map(move |place| (key, place)));
            found.extend(
                each.into_iter()
                    .find_map(|(key, place)| self.keyed(plan, unit, *place, std::slice::from_ref(key))),
            );
        }
        if sheet.is_markdown() {
            let words = |words: Words| Found::Words(words);
            if let Some((column, cell)) =
                plan.history.as_ref().and_then(|column| self.newest(column, sheet, unit))
            {
                let origin = Origin::History(column, cell.span);
                found.push(Candidate { origin, key: cell.span, value: words(cell) });
            }
            if let Some(badge) = plan.badge.as_ref().and_then(|label| badge(label, self.page(sheet), unit)) {
                found.push(Candidate {
                    origin: Origin::Badge(badge.span),
                    key: badge.span,
                    value: words(badge),
                });
            }
            if let Some(caught) =
                plan.text.as_ref().and_then(|pattern| caught(pattern, sheet, self.page(sheet), unit.section))
            {
                let origin = Origin::Caught("the text", caught.span);
                found.push(Candidate { origin, key: caught.span, value: words(caught) });
            }
        }
        found
    }

    /// The first key of a place that has one of these names and a value.
    fn keyed(&self, plan: &Plan, unit: &Unit<'_>, place: KeyPlace, keys: &[Name]) -> Option<Candidate> {
        let entries = || unit.entries.iter().filter(|entry| entry.place == place);
        let says = |entry: &&Entry| match &entry.value {
            Found::Words(words) => {
                !self.says_nothing(&words.text) && (!plan.by_own_name || is_simple(&plan.field.shape))
            }
            Found::Node(tree, node) => {
                let is_text = matches!(tree.kind(*node), NodeKind::Scalar(_));
                // A column whose cells cannot be the field is not the field.
                let is_other = plan.by_own_name && unit.columns.is_some() && !is_simple(&plan.field.shape);
                !(tree.is_blank(*node) || is_text && (is_other || self.says_nothing(tree.text(*node))))
            }
        };
        for asked in keys {
            let fitting = entries().filter_map(|entry| Some((entry.name.fits(asked)?, entry)));
            if let Some((_, entry)) = fitting.filter(|(_, entry)| says(entry)).min_by_key(|(rank, _)| *rank) {
                let origin = Origin::Key { place, name: entry.name.written.clone(), span: entry.key };
                return Some(Candidate { origin, key: entry.key, value: entry.value.clone() });
            }
            let is_path = asked.written.contains(['.', '[']);
            if let Some(candidate) = entries().filter(|_| is_path).find_map(|entry| nested(entry, asked)) {
                return Some(candidate);
            }
        }
        None
    }

    /// A cell of the row of the change history that has the latest day.
    fn newest(&self, column: &Name, sheet: &Sheet<'_>, unit: &Unit<'_>) -> Option<(String, Words)> {
        let page = self.page(sheet);
        page.tables_in(unit.section).iter().filter(|table| is_history(table, page)).find_map(|table| {
            let at = table.header.iter().position(|cell| Name::new(&cell.text).fits(column).is_some())?;
            let day = |cells: &[Words]| {
                cells.iter().find_map(|cell| dates::read(&cell.text, &self.formats)).map(dates::Reading::day)
            };
            let dated = table
                .rows
                .iter()
                .enumerate()
                .filter_map(|(number, row)| Some((day(&row.cells)?, Reverse(number), row)));
            let (_, _, row) = dated.max_by_key(|(day, number, _)| (*day, *number))?;
            Some((table.header[at].text.clone(), row.cells.get(at)?.clone()))
        })
    }

    /// What stands in for a field that the file does not give.
    fn fallback(
        &self,
        plan: &Plan,
        sheet: &Sheet<'_>,
        unit: &Unit<'_>,
        git: Ask<'_>,
        aside: &mut Aside,
    ) -> Option<(Out, Span, Origin)> {
        let nowhere = Span::at(unit.span.start);
        let source = &plan.source;
        let mut value = |words: Words| {
            let span = words.span;
            Some((self.value(&plan.path, &plan.field, &Found::Words(words), sheet.file, aside)?, span))
        };
        if let (Some(pattern), Some(heading)) = (&plan.heading, unit.heading)
            && let Some(words) = of_heading(pattern, heading, sheet)
            && let Some((out, span)) = value(words)
        {
            return Some((out, span, Origin::Caught("the heading", span)));
        }
        let mut given = |text: String| value(Words { span: nowhere, text }).map(|(out, _)| out);
        if let Some(part) = source.file
            && let Some(out) = given(as_id(part_of(sheet.file.path(), part)))
        {
            return Some((out, nowhere, Origin::Path(part)));
        }
        if let Some(pattern) = &plan.path_pattern {
            let path = sheet.file.path().shown();
            let caught = pattern.captures(&path).and_then(|found| found.get(1).or_else(|| found.get(0)));
            if let Some(out) = caught.and_then(|caught| given(caught.as_str().to_owned())) {
                return Some((out, nowhere, Origin::PathPattern));
            }
        }
        if let Some(which) = source.git {
            match git?(which, &self.selection.bots) {
                GitDay::On(day) => {
                    return Some((Out::plain(nowhere, day.to_string()), nowhere, Origin::Git(which)));
                }
                GitDay::Unknown => return Some((Out::Broken(nowhere), nowhere, Origin::Git(which))),
                GitDay::Never => {}
            }
        }
        if let Some((slug, names, span)) = self.slug(plan, unit) {
            let out = Out::Scalar { style: Style::Double, span, text: slug };
            return Some((out, span, Origin::Slug(names, span)));
        }
        let default = source.default.as_ref()?;
        let origin = source.preset.map_or(Origin::Default(default.defined), Origin::Preset);
        Some((given(default.value.clone())?, nowhere, origin))
    }

    /// An id made of the values of keys.
    fn slug(&self, plan: &Plan, unit: &Unit<'_>) -> Option<(String, String, Span)> {
        let mut parts = Vec::new();
        let mut names = Vec::new();
        let mut place = None;
        for key in &plan.slug {
            let candidate = self
                .from
                .iter()
                .find_map(|place| self.keyed(plan, unit, *place, std::slice::from_ref(key)))?;
            let (text, span) = match &candidate.value {
                Found::Words(words) => (words.text.clone(), words.span),
                Found::Node(tree, node) => (tree.text(*node).to_owned(), tree.span(*node)),
            };
            place.get_or_insert(span);
            parts.push(ascii(&text));
            names.push(key.written.clone());
        }
        let slug = parts.join("-");
        scalar::is_id(&slug).then_some(())?;
        Some((slug, names.join(", "), place?))
    }
}

impl Resolved {
    pub(super) fn add(&mut self, path: &str, key: Span, value: Out, origin: Origin) {
        put(&mut self.pairs, path, key, value);
        let name = path.split('.').next().unwrap_or(path);
        self.origins.entry(name.to_owned()).or_insert(origin);
    }
}

/// Whether a value of this shape can be one text in a line or a cell.
fn is_simple(shape: &Shape) -> bool {
    match shape {
        Shape::List(item) => is_simple(&item.shape) && !matches!(item.shape, Shape::Struct(_)),
        Shape::Struct(structure) => {
            let has = |name: &str| structure.fields.contains_key(name);
            has("value") || (has("on") && has("by"))
        }
        Shape::Map(_) | Shape::Any => false,
        _ => true,
    }
}

/// A key inside of others, or an item of a list: `sign_off.by`,
/// `revisions[-1].date`.
fn nested(entry: &Entry, asked: &Name) -> Option<Candidate> {
    let mut steps = asked.written.split('.');
    let (first, items) = step(steps.next()?);
    let Found::Node(tree, node) = &entry.value else { return None };
    if entry.name.written != first {
        return None;
    }
    let mut at = (entry.key, item_of(tree, *node, items)?);
    for (name, items) in steps.map(step) {
        let (key, value) = tree.entry(at.1, name)?;
        at = (tree.span(key), item_of(tree, value, items)?);
    }
    let (span, value) = at;
    if tree.is_blank(value) {
        return None;
    }
    let origin = Origin::Key { place: entry.place, name: asked.written.clone(), span };
    Some(Candidate { origin, key: span, value: Found::Node(tree.clone(), value) })
}

/// A step of a path: a name, and the number of an item in brackets behind it.
fn step(written: &str) -> (&str, Option<i32>) {
    let number = written.strip_suffix(']').and_then(|rest| {
        let (name, number) = rest.rsplit_once('[')?;
        Some((name, number.parse::<i32>().ok()?))
    });
    number.map_or((written, None), |(name, number)| (name, Some(number)))
}

/// The item of a list with a number, which counts from the end where it is
/// negative; the node itself without one.
fn item_of(tree: &Tree, node: NodeId, number: Option<i32>) -> Option<NodeId> {
    let Some(number) = number else { return Some(node) };
    let items: Vec<NodeId> = tree.items(node).collect();
    let place = number.unsigned_abs() as usize;
    let at = if number < 0 { items.len().checked_sub(place)? } else { place };
    items.get(at).copied()
}

/// A place of the file in words.
fn place_words(origin: &Origin) -> String {
    match origin {
        Origin::Key { place, .. } => match place {
            KeyPlace::Keys | KeyPlace::Loose => "its keys",
            KeyPlace::Inline => "a line of the text",
            KeyPlace::Table => "a table",
            KeyPlace::Footer => "the footer",
        }
        .to_owned(),
        Origin::History(..) => "the change history".to_owned(),
        Origin::Badge(_) => "a badge".to_owned(),
        Origin::Caught(what, _) => (*what).to_owned(),
        _ => "another place".to_owned(),
    }
}

/// Two sources of one field that say different things.
fn disagreement(path: &str, first: (&Out, &Origin), other: (&Out, &Origin)) -> Option<Problem> {
    if first.0.meaning() == other.0.meaning() {
        return None;
    }
    let shown = |out: &Out| {
        out.text().map_or_else(|| "something else".to_owned(), |text| format!("`{}`", cut(text, 60)))
    };
    let message = format!(
        "`{path}` is {} in {}, and {} in {}, which counts first",
        shown(other.0),
        place_words(other.1),
        shown(first.0),
        place_words(first.1)
    );
    let problem = Problem::new(Fault::SourcesDisagree, other.0.span(), message);
    Some(problem.related(first.0.span(), "what counts"))
}
