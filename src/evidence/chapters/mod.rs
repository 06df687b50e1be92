//! The chapters of a pack: each a file, each from records and history to a
//! section of observations, figures, tables and charts.

mod actions;
mod audits;
mod documents;
mod glance;
mod improved;
mod inputs;
mod last_audit;
mod limits;
mod metrics;
mod nonconformities;
mod objectives;
mod reviews;
mod risks;
mod soa;
mod stories;
mod suppliers;

use super::{Period, Subject, over_time, sample};
use crate::sheet::{Cell, Section};
use crate::views::{Reading, clause_matrix};
use chrono::NaiveDate;

/// All chapters, in the order in which an auditor reads them.
pub(super) fn all(subject: &Subject) -> Vec<Section> {
    let view = View::of(subject);
    let write: [fn(&View<'_>) -> Section; 17] = [
        glance::chapter,
        last_audit::chapter,
        stories::chapter,
        objectives::chapter,
        metrics::chapter,
        actions::chapter,
        nonconformities::chapter,
        audits::chapter,
        reviews::chapter,
        inputs::chapter,
        risks::chapter,
        suppliers::chapter,
        documents::chapter,
        soa::chapter,
        improved::chapter,
        |view| clause_matrix(&view.subject.now.report.assessment.rules),
        limits::chapter,
    ];
    let mut chapters: Vec<Section> = write.iter().map(|write| write(&view)).collect();
    // What was asked for stands before the clauses and the limits.
    let asked =
        [subject.over_time.as_ref().map(over_time::section), subject.sample.as_ref().map(sample::section)];
    let place = chapters.len().saturating_sub(2);
    chapters.splice(place..place, asked.into_iter().flatten());
    chapters
}

/// What every chapter looks at.
pub(super) struct View<'s> {
    pub(super) subject: &'s Subject,
    pub(super) now: &'s Reading,
    pub(super) period: Period,
    pub(super) before: Option<Period>,
}

impl<'s> View<'s> {
    fn of(subject: &'s Subject) -> Self {
        let period = subject.period;
        Self { subject, now: &subject.now.reading, period, before: period.before() }
    }

    /// The last day that is looked at: of the period, or of judgement.
    fn end(&self) -> NaiveDate {
        self.period.to.min(self.subject.as_of)
    }

    /// Adds how many there are in the period and in the one before.
    fn count(
        &self,
        section: &mut Section,
        key: &'static str,
        label: &'static str,
        of: impl Fn(Period) -> usize,
    ) {
        let before = self.before.map_or(Cell::Nothing, |before| Cell::Count(of(before)));
        section.figure(key, label, Cell::Count(of(self.period)), before);
    }

    /// Adds a figure of the last day of the period and of the one before.
    fn at_end(
        &self,
        section: &mut Section,
        key: &'static str,
        label: &'static str,
        of: impl Fn(NaiveDate) -> Cell,
    ) {
        let before = self.before.map_or(Cell::Nothing, |before| of(before.to));
        section.figure(key, label, of(self.end()), before);
    }

    /// Says which records may be hidden, and where the history is missing.
    fn gaps(&self, section: &mut Section, kinds: &[&str], history: bool) {
        section.undetermined.extend(self.now.hidden(kinds));
        if history {
            section.undetermined.extend(self.now.history_gap());
        }
    }
}

/// How many of them are so.
fn how_many<T>(of: &[T], is: impl Fn(&T) -> bool) -> usize {
    of.iter().filter(|item| is(item)).count()
}

/// A share in percent with one digit, where there is something to share.
pub(super) fn percent(part: usize, of: usize) -> Cell {
    let small = |count: usize| u32::try_from(count).ok().map(f64::from);
    match (small(part), small(of)) {
        (Some(part), Some(of)) if of > 0.0 => Cell::Number((part / of * 1000.0).round() / 10.0),
        _ => Cell::Nothing,
    }
}
