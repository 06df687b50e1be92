//! Compliance over time: the ISMS as it stood at each quarter end, judged by the
//! policy of today, clause by clause.
//!
//! It holds the verdicts; it replays nothing itself. A moment
//! before `history_from` is *not judged*, one whose files cannot be had is *not
//! determined*; neither is ever a zero.

mod drawn;

pub(super) use drawn::section;
pub use drawn::{csv, page};

use crate::clause::{Citation, clauses, controls};
use crate::escape::Raw;
use crate::output::{Format, Style, render};
use crate::report::Report;
use crate::sheet::{Cell, Gap};
use crate::source::hex;
use crate::views::judging;
use chrono::{Datelike, Months, NaiveDate};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The most moments that are judged: a century of quarters.
const MOST: usize = 400;

/// The name of the file of a pack.
pub const OVER_TIME: &str = "compliance-over-time.csv";

/// What a point that was not judged is called.
const NOT_JUDGED: &str = "not judged";

/// What a point that could not be judged is called.
const NOT_DETERMINED: &str = "not determined";

/// The assessments of a repository's life.
#[derive(Clone, Debug, Serialize)]
pub struct OverTime {
    /// The commit whose rules and settings judge every moment.
    pub policy_of: String,
    /// Their digest.
    pub policy_digest: String,
    /// Before this day nothing is judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history_from: Option<NaiveDate>,
    /// Why there are fewer moments than there should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undetermined: Option<Gap>,
    /// The moments, oldest first.
    pub moments: Vec<Moment>,
}

/// One moment.
#[derive(Clone, Debug, Serialize)]
pub struct Moment {
    /// `2026 Q1`; of a day that ends no quarter the day.
    pub name: String,
    /// The day of judgement.
    pub as_of: NaiveDate,
    /// The last commit of the main line that had arrived by then.
    pub commit: Option<String>,
    /// By whose policy: said at each point, because it is not that of then.
    pub judged_by: &'static str,
    /// How the settings of then stand to those of today.
    pub settings_then: &'static str,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of judging a moment.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was judged.
    Judged(Box<Verdicts>),
    /// It lies before the day from which the settings want to be judged.
    NotJudged(Raw),
    /// It could not be read.
    Undetermined(Raw),
}

/// The verdicts of one moment.
#[derive(Clone, Debug, Serialize)]
pub struct Verdicts {
    /// The verdict over all, as `check` gives it.
    pub verdict: &'static str,
    /// Whether every subject of every rule got a verdict.
    pub complete: bool,
    /// How many records there were.
    pub records: usize,
    /// Findings by severity.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notices.
    pub notices: usize,
    /// The verdicts of all rules.
    #[serde(flatten)]
    pub all: Tally,
    /// SHA-256 of what `check --format json` prints of this commit and day on no
    /// branch, where the settings were the same.
    pub report_sha256: String,
    /// By clause; a rule that cites several counts in each.
    pub clauses: Vec<OfClause>,
}

/// Subjects by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Looked at.
    pub subjects: usize,
    /// That conform.
    pub conforms: usize,
    /// That fail.
    pub fails: usize,
    /// That fail and are waived.
    pub waived: usize,
    /// That the rules are not about.
    pub not_applicable: usize,
    /// Without a verdict.
    pub undetermined: usize,
}

/// The verdicts of the rules that cite one clause.
#[derive(Clone, Debug, Serialize)]
pub struct OfClause {
    /// Its number.
    pub clause: String,
    /// What it is about.
    pub topic: &'static str,
    /// How many rules judge it.
    pub rules: usize,
    /// Their verdicts.
    #[serde(flatten)]
    pub tally: Tally,
}

impl Tally {
    fn of<'r>(rules: impl IntoIterator<Item = &'r crate::check::RuleResult>) -> Self {
        rules.into_iter().fold(Self::default(), |sum, rule| Self {
            subjects: sum.subjects + rule.subjects,
            conforms: sum.conforms + rule.conforms,
            fails: sum.fails + rule.fails,
            waived: sum.waived + rule.waived,
            not_applicable: sum.not_applicable + rule.not_applicable_count(),
            undetermined: sum.undetermined + rule.undetermined_count(),
        })
    }

    /// Subjects that got a verdict of their own.
    fn judged(self) -> usize {
        self.conforms + self.fails + self.waived
    }

    /// How it stands in a table: those that conform, of those that were judged.
    fn cell(self) -> Cell {
        let open = if self.undetermined > 0 { format!(" + {} ?", self.undetermined) } else { String::new() };
        match (self.judged(), self.undetermined) {
            (0, 0) => Cell::Nothing,
            (0, open) => Cell::text(format!("{open} ?")),
            (judged, _) => Cell::text(format!("{}/{judged}{open}", self.conforms)),
        }
    }
}

impl Verdicts {
    /// The verdicts of a report.
    pub fn of(report: &Report) -> Self {
        let rules = &report.assessment.rules;
        let counts = report.counts();
        let json = render(report, Format::Json, Style::default());
        let of_clause = |citation: Citation| {
            let judging = judging(rules, citation);
            (!judging.is_empty()).then(|| OfClause {
                clause: citation.to_string(),
                topic: citation.topic(),
                rules: judging.len(),
                tally: Tally::of(judging),
            })
        };
        Self {
            verdict: report.verdict().word(),
            complete: report.complete(),
            records: report.assessment.records.values().sum(),
            errors: counts.errors,
            warnings: counts.warnings,
            notices: counts.notices,
            all: Tally::of(rules),
            report_sha256: hex(&Sha256::digest(json.as_bytes())),
            clauses: clauses().chain(controls()).filter_map(of_clause).collect(),
        }
    }
}

impl Moment {
    fn verdicts(&self) -> Option<&Verdicts> {
        match &self.outcome {
            Outcome::Judged(verdicts) => Some(verdicts),
            Outcome::NotJudged(_) | Outcome::Undetermined(_) => None,
        }
    }

    /// What stands in the place of verdicts.
    fn instead(&self) -> &'static str {
        match &self.outcome {
            Outcome::Judged(verdicts) => verdicts.verdict,
            Outcome::NotJudged(_) => NOT_JUDGED,
            Outcome::Undetermined(_) => NOT_DETERMINED,
        }
    }
}

/// The last days of the quarters from one day to another, and the last day of
/// all; no more than a century of them, the newest.
pub fn moments(first: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
    let mut days = vec![last];
    let mut end = last;
    while days.len() < MOST {
        // The last day of the quarter before the one that `end` lies in, or of
        // its own where `end` is not its last.
        let behind = end.month0() / 3 * 3;
        let begin = end.with_day(1).and_then(|day| day.with_month0(behind));
        let Some(before) = begin.and_then(|day| day.pred_opt()).filter(|before| *before >= first) else {
            break;
        };
        days.push(before);
        end = before;
    }
    days.retain(|day| *day >= first);
    days.reverse();
    days
}

/// `2026 Q1` for the last day of a quarter, else the day.
pub fn name(day: NaiveDate) -> String {
    let next = day.succ_opt().filter(|next| next.day() == 1 && next.month0().is_multiple_of(3));
    match next.and_then(|next| next.checked_sub_months(Months::new(3))) {
        Some(begin) => format!("{} Q{}", begin.year(), begin.month0() / 3 + 1),
        None => day.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{moments, name};
    use chrono::NaiveDate;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn quarter_ends_and_the_last_day() {
        let days = |first, last| -> Vec<String> {
            moments(day(first), day(last)).iter().map(ToString::to_string).collect()
        };
        assert_eq!(
            days("2025-05-02", "2026-02-03"),
            ["2025-06-30", "2025-09-30", "2025-12-31", "2026-02-03"]
        );
        assert_eq!(days("2025-06-30", "2025-09-30"), ["2025-06-30", "2025-09-30"]);
        assert_eq!(days("2025-07-01", "2025-07-01"), ["2025-07-01"]);
        assert_eq!(days("2025-07-02", "2025-07-01"), Vec::<String>::new());
        assert_eq!(moments(NaiveDate::MIN, day("2026-01-01")).len(), 400);
    }

    #[test]
    fn quarters_have_names() {
        for (of, named) in
            [("2026-03-31", "2026 Q1"), ("2025-12-31", "2025 Q4"), ("2026-03-30", "2026-03-30")]
        {
            assert_eq!(name(day(of)), named);
        }
    }
}
