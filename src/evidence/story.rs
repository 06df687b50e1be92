//! The chain of one action: its input, the decision behind it, the change that
//! it made, the check of its effect, and the number before and after.

use super::Period;
use super::time::ended;
use crate::escape::Raw;
use crate::history::{Evidence, Series, What};
use crate::inventory::Record;
use crate::sheet::{Cell, natural, shown};
use crate::views::read::{as_texts, day, items, number, part, texts, title, word};
use crate::views::{Course, Reading};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The links of a chain, in their order.
pub(super) const LINKS: [&str; 5] = ["input", "decision", "change", "effect checked", "number after"];

/// One chain.
pub(super) struct Story {
    pub(super) action: Raw,
    pub(super) title: Raw,
    pub(super) input: Cell,
    pub(super) decision: Cell,
    pub(super) change: Cell,
    pub(super) verified: Cell,
    pub(super) number: Cell,
}

impl Story {
    /// The first link that is missing, by its place in [`LINKS`]. What could
    /// not be determined is not missing.
    pub(super) fn broken_at(&self) -> Option<usize> {
        let links = [&self.input, &self.decision, &self.change, &self.verified, &self.number];
        links.iter().position(|link| **link == Cell::Nothing)
    }
}

/// The chains of the actions that were completed or checked in a period, by id.
pub(super) fn stories(reading: &Reading, period: Period, until: NaiveDate) -> Vec<Story> {
    let actions = reading.of_kind("action").into_iter().filter(|(_, action)| {
        let declined =
            matches!(word(action, "status").as_deref(), Some("declined" | "deferred" | "cancelled"));
        !declined && (period.has(ended(reading, action)) || period.has(day(action, "verification.on")))
    });
    let index = Index::of(reading);
    let mut stories: Vec<Story> = actions
        .map(|(at, action)| Story {
            action: action.key.id.clone(),
            title: title(action),
            input: index.input(action),
            decision: index.decision(action),
            change: change(&index, action, until),
            verified: verified(action),
            number: number_after(reading, at, action, until),
        })
        .collect();
    stories.sort_by_cached_key(|story| natural(story.action.unescaped()));
    stories
}

/// What chains are looked up in, gathered once for all of them.
struct Index<'r> {
    reading: &'r Reading,
    /// The first record with an id, whatever its kind.
    records: BTreeMap<&'r str, &'r Record>,
    /// Who decided on an action: a decision of a review that names it, a
    /// disposition that led to it, a nonconformity or a risk that names it.
    decisions: BTreeMap<String, BTreeSet<Raw>>,
    /// The records that the history knows, by id.
    histories: BTreeMap<&'r str, Vec<&'r Series>>,
}

impl<'r> Index<'r> {
    fn of(reading: &'r Reading) -> Self {
        let mut records = BTreeMap::new();
        for record in reading.context.inventory.records() {
            records.entry(record.key.id.unescaped()).or_insert(record);
        }
        let mut histories: BTreeMap<&str, Vec<&Series>> = BTreeMap::new();
        for (key, series) in &reading.context.history.series {
            histories.entry(key.id.unescaped()).or_default().push(series);
        }
        let mut index = Self { reading, records, decisions: BTreeMap::new(), histories };
        index.reviews();
        index.dispositions();
        for (kind, what) in [("nonconformity", "corrective action of"), ("risk", "treatment of")] {
            for (_, record) in reading.of_kind(kind) {
                for action in texts(record, "actions") {
                    index.decided(action.unescaped(), format!("{what} {}", record.key.id.unescaped()));
                }
            }
        }
        index
    }

    fn decided(&mut self, action: &str, by: String) {
        self.decisions.entry(action.to_owned()).or_default().insert(Raw::from(by));
    }

    fn reviews(&mut self) {
        for (_, review) in self.reading.of_kind("review") {
            for decision in items(review, "decisions") {
                let own = part(&decision, "id").as_text().unwrap_or_default();
                for action in as_texts(&part(&decision, "actions")) {
                    self.decided(action.unescaped(), format!("{}/{own}", review.key.id.unescaped()));
                }
            }
        }
    }

    fn dispositions(&mut self) {
        for kind in ["incident", "feedback", "exercise"] {
            for (_, record) in self.reading.of_kind(kind) {
                if let Some(action) = word(record, "disposition.ref") {
                    self.decided(&action, format!("disposition of {}", record.key.id.unescaped()));
                }
            }
        }
        for (_, audit) in self.reading.of_kind("audit") {
            for finding in items(audit, "findings") {
                if let Some(action) = part(&finding, "disposition.ref").as_text() {
                    let own = part(&finding, "id").as_text().unwrap_or_default();
                    self.decided(&action, format!("disposition of {}/{own}", audit.key.id.unescaped()));
                }
            }
        }
    }

    /// What gave rise to it: the kind of its source, and the record that it names.
    fn input(&self, action: &Record) -> Cell {
        let kind = word(action, "source.kind").map(|kind| kind.replace('_', " "));
        let Some(named) = word(action, "source.ref") else {
            return Cell::maybe(kind.map(Raw::from));
        };
        let record = self.records.get(named.as_str());
        let name = record.map(|record| format!(": {}", title(record).unescaped())).unwrap_or_default();
        let kind = kind.map(|kind| format!("{kind} ")).unwrap_or_default();
        Cell::text(format!("{kind}{named}{name}"))
    }

    fn decision(&self, action: &Record) -> Cell {
        let found = self.decisions.get(action.key.id.unescaped());
        found.map_or(Cell::Nothing, |found| Cell::List(found.iter().cloned().collect()))
    }
}

/// The commits that changed what the action says it changed; where it names
/// nothing, the one that recorded it as done.
fn change(index: &Index<'_>, action: &Record, until: NaiveDate) -> Cell {
    let history = &index.reading.context.history;
    match &history.evidence {
        Evidence::Complete => {}
        Evidence::Incomplete { why, .. } => return Cell::Unknown(Raw::new(why.clone())),
        Evidence::NotRead => return Cell::Unknown(Raw::from("the history was not read")),
    }
    let named: BTreeSet<Raw> =
        texts(action, "changed_documents").into_iter().chain(texts(action, "trained")).collect();
    let raised = day(action, "raised");
    let mut commits = Vec::new();
    for id in &named {
        let series = index.histories.get(id.unescaped()).into_iter().flatten();
        let changes = series.flat_map(|series| &series.changes).filter(|change| change.what != What::Deleted);
        for change in changes {
            let Some(step) = history.step(change.step) else { continue };
            let within =
                step.arrived.is_some_and(|on| raised.is_none_or(|raised| on >= raised) && on <= until);
            if within {
                let commit = &step.author_of(&change.path).commit;
                commits.push(format!("{} {}", id.unescaped(), commit.get(..10).unwrap_or(commit)));
            }
        }
    }
    if commits.is_empty() && named.is_empty() {
        commits.extend(completing(index.reading, action));
    }
    commits.dedup();
    let commits: Vec<Raw> = commits.into_iter().map(Raw::from).collect();
    if commits.is_empty() { Cell::Nothing } else { Cell::List(commits) }
}

/// The commit that set the action's status to what it is now.
fn completing(reading: &Reading, action: &Record) -> Option<String> {
    let moves = reading.moves(action);
    let done = |new: Option<&str>| matches!(new, Some("completed" | "verified"));
    let first =
        moves.iter().find(|moved| &*moved.field.field == "status" && done(moved.field.new.as_deref()))?;
    let commit = &first.step.by.commit;
    Some(format!("recorded as done in {}", commit.get(..10).unwrap_or(commit)))
}

fn verified(action: &Record) -> Cell {
    let Some(on) = day(action, "verification.on") else { return Cell::Nothing };
    let result = word(action, "verification.result")
        .map_or_else(String::new, |result| format!("{}, ", result.replace('_', " ")));
    Cell::text(format!("{result}{on}"))
}

/// What the action writes as its outcome; else its metric around completion:
/// the one that it names, or those of the risks and objectives that it serves.
fn number_after(reading: &Reading, at: usize, action: &Record, until: NaiveDate) -> Cell {
    let named = word(action, "outcome.metric").or_else(|| word(action, "expected.metric"));
    if let Some(after) = number(action, "outcome.after") {
        let name = named.unwrap_or_else(|| "outcome".to_owned());
        return Cell::text(moved(&name, number(action, "outcome.before"), after));
    }
    let Some(done) = ended(reading, action) else { return Cell::Nothing };
    let inventory = &reading.context.inventory;
    let source = word(action, "source.ref").filter(|id| inventory.find("metric", id).is_some());
    let own = named.or(source).map(Raw::from).into_iter().chain(reading.linked(at, "metric"));
    let mut metrics: Vec<(Raw, Option<Raw>)> = own.map(|metric| (metric, None)).collect();
    if metrics.is_empty() {
        for kind in ["risk", "objective"] {
            for served in reading.linked(at, kind) {
                let Some(record) = inventory.find(kind, served.unescaped()) else { continue };
                let of = texts(record, "metrics").into_iter().chain(word(record, "metric").map(Raw::from));
                metrics.extend(of.map(|metric| (metric, Some(served.clone()))));
            }
        }
    }
    metrics.sort();
    metrics.dedup_by(|one, other| one.0 == other.0);
    let numbers = metrics.into_iter().filter_map(|(metric, through)| {
        let record = inventory.find("metric", metric.unescaped())?;
        let course = Course::of(reading, record, until);
        let before = course.steps.iter().rfind(|step| step.until < done);
        let after = course.steps.iter().find(|step| step.until >= done)?;
        let through = through.map(|through| format!(", through {}", through.unescaped())).unwrap_or_default();
        let moved = moved(metric.unescaped(), before.map(|step| step.value), after.value);
        Some(Raw::from(format!("{moved} ({}{through})", after.period.unescaped())))
    });
    let numbers: Vec<Raw> = numbers.collect();
    if numbers.is_empty() { Cell::Nothing } else { Cell::List(numbers) }
}

fn moved(metric: &str, before: Option<f64>, after: f64) -> String {
    let before = before.map_or_else(|| "?".to_owned(), shown);
    format!("{metric}: {before} → {}", shown(after))
}
