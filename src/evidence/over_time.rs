//! Compliance over time: the ISMS as it stood at each quarter end, judged by the
//! policy of today, clause by clause.
//!
//! It holds the verdicts and draws them; it replays nothing itself. A moment
//! before `history_from` is *not judged*, one whose files cannot be had is *not
//! determined*; neither is ever a zero.

use super::chapters;
use crate::clause::{Citation, clauses, controls};
use crate::escape::Raw;
use crate::output::{Format, Style, render};
use crate::report::Report;
use crate::sheet::{Cell, Chart, Gap, Line, Page, Point, Section, Shape, Table, csv_rows};
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

/// As a page of its own.
pub fn page(over_time: &OverTime) -> Page {
    Page {
        title: "Compliance over time".to_owned(),
        about: Raw::from(format!(
            "{} moments, judged by the policy of {}",
            over_time.moments.len(),
            over_time.policy_of
        )),
        sections: vec![section(over_time)],
    }
}

/// As a chapter.
pub(super) fn section(over_time: &OverTime) -> Section {
    let mut section = Section::new("over_time", "Compliance over time").of(&["9.1", "10.1"]);
    section.observe(format!(
        "The ISMS as it stood at each quarter end, judged by the policy of commit {} ({}): rules, settings and kinds of that commit, not those of then. A point shows what today's policy would have said, not what anybody was told at the time.",
        over_time.policy_of, over_time.policy_digest
    ));
    if let Some(from) = over_time.history_from {
        section.observe(format!(
            "A moment before {from} is not judged (`history_from` in isms.yaml), which is not the same as nothing found."
        ));
    }
    section.undetermined.extend(over_time.undetermined.clone());
    for moment in &over_time.moments {
        if let Outcome::Undetermined(why) = &moment.outcome {
            section.missing(format!("{}: {}", moment.name, why.unescaped()), None);
        }
    }
    section.charts = vec![share(over_time), findings(over_time)];
    section.tables = vec![points(over_time), by_clause(over_time)];
    section
}

/// One line or bar of a chart, by moment.
fn line(over_time: &OverTime, name: &str, of: impl Fn(&Verdicts) -> Option<f64>) -> Line {
    let points = over_time.moments.iter().map(|moment| Point {
        label: Raw::from(moment.name.as_str()),
        value: moment.verdicts().and_then(&of),
        mark: moment.verdicts().is_none().then(|| moment.instead()),
    });
    Line { name: Raw::from(name), points: points.collect() }
}

fn share(over_time: &OverTime) -> Chart {
    let percent = |verdicts: &Verdicts| match chapters::percent(verdicts.all.conforms, verdicts.all.judged())
    {
        Cell::Number(percent) => Some(percent),
        _ => None,
    };
    Chart {
        key: Raw::from("conforming"),
        title: Raw::from("Subjects that conform, of those with a verdict"),
        shape: Shape::Line,
        unit: Some(Raw::from("%")),
        target: None,
        lines: vec![line(over_time, "conforming", percent)],
    }
}

fn findings(over_time: &OverTime) -> Chart {
    let count = |count: usize| u32::try_from(count).ok().map(f64::from);
    Chart {
        key: Raw::from("findings"),
        title: Raw::from("Findings by severity"),
        shape: Shape::Bars,
        unit: None,
        target: None,
        lines: vec![
            line(over_time, "errors", |verdicts| count(verdicts.errors)),
            line(over_time, "warnings", |verdicts| count(verdicts.warnings)),
            line(over_time, "notices", |verdicts| count(verdicts.notices)),
        ],
    }
}

fn points(over_time: &OverTime) -> Table {
    let columns = [
        ("name", "Quarter"),
        ("as_of", "As of"),
        ("verdict", "Verdict"),
        ("errors", "Errors"),
        ("warnings", "Warnings"),
        ("notices", "Notices"),
        ("records", "Records"),
        ("conforms", "Conform"),
        ("fails", "Fail"),
        ("waived", "Waived"),
        ("not_applicable", "Not applicable"),
        ("undetermined", "Not determined"),
        ("judged_by", "Judged by"),
        ("settings_then", "Settings then"),
        ("commit", "Commit"),
    ];
    let rows = over_time.moments.iter().map(|moment| {
        let count = |of: fn(&Verdicts) -> usize| {
            moment
                .verdicts()
                .map_or_else(|| Cell::text(moment.instead()), |verdicts| Cell::Count(of(verdicts)))
        };
        let commit = moment.commit.as_deref().map(|commit| Raw::from(commit.get(..10).unwrap_or(commit)));
        vec![
            Cell::text(moment.name.as_str()),
            Cell::Day(moment.as_of),
            Cell::text(moment.instead()),
            count(|verdicts| verdicts.errors),
            count(|verdicts| verdicts.warnings),
            count(|verdicts| verdicts.notices),
            count(|verdicts| verdicts.records),
            count(|verdicts| verdicts.all.conforms),
            count(|verdicts| verdicts.all.fails),
            count(|verdicts| verdicts.all.waived),
            count(|verdicts| verdicts.all.not_applicable),
            count(|verdicts| verdicts.all.undetermined),
            Cell::text(moment.judged_by),
            Cell::text(moment.settings_then),
            Cell::maybe(commit),
        ]
    });
    Table::new("moments", "The verdicts of each moment", &columns)
        .or("there is no moment to judge")
        .aside(&[
            "errors",
            "fails",
            "judged_by",
            "warnings",
            "conforms",
            "notices",
            "undetermined",
            "waived",
            "not_applicable",
            "commit",
            "settings_then",
            "records",
        ])
        .with(rows)
}

/// Clauses down, moments across.
fn by_clause(over_time: &OverTime) -> Table {
    let mut table = Table::new(
        "by_clause",
        "By clause: subjects that conform, of those with a verdict (+ those without one)",
        &[("clause", "Clause"), ("topic", "About")],
    )
    .or("no rule of this run judges a clause");
    for moment in &over_time.moments {
        table = table.column(moment.as_of.to_string(), moment.name.as_str());
    }
    // The newest are the dearest.
    table.aside = over_time.moments.iter().rev().map(|moment| moment.as_of.to_string().into()).collect();
    let mut known: Vec<(&str, &'static str)> = Vec::new();
    for of in over_time.moments.iter().filter_map(Moment::verdicts).flat_map(|verdicts| &verdicts.clauses) {
        if !known.contains(&(&of.clause, of.topic)) {
            known.push((&of.clause, of.topic));
        }
    }
    let rows = known.into_iter().map(|(clause, topic)| {
        let cells = over_time.moments.iter().map(|moment| match moment.verdicts() {
            None => Cell::text(moment.instead()),
            Some(verdicts) => {
                let of = verdicts.clauses.iter().find(|of| of.clause == clause);
                of.map_or(Cell::Nothing, |of| of.tally.cell())
            }
        });
        [Cell::text(clause), Cell::text(topic)].into_iter().chain(cells).collect()
    });
    table.with(rows)
}

/// Every moment and clause in a row of its own; the clause `all` has the
/// verdicts of all rules.
pub fn csv(over_time: &OverTime) -> String {
    let header = [
        "quarter",
        "as_of",
        "commit",
        "judged_by",
        "policy_digest",
        "settings_then",
        "state",
        "clause",
        "about",
        "rules",
        "subjects",
        "conforms",
        "fails",
        "waived",
        "not_applicable",
        "undetermined",
        "why",
    ];
    let mut rows = Vec::new();
    for moment in &over_time.moments {
        let lead = [
            Cell::text(moment.name.as_str()),
            Cell::Day(moment.as_of),
            Cell::maybe(moment.commit.as_deref().map(Raw::from)),
            Cell::text(moment.judged_by),
            Cell::text(over_time.policy_digest.as_str()),
            Cell::text(moment.settings_then),
        ];
        let mut add = |cells: Vec<Cell>| rows.push(lead.iter().cloned().chain(cells).collect::<Vec<_>>());
        match &moment.outcome {
            Outcome::Judged(verdicts) => {
                let row = |clause: &str, topic: Cell, rules: Cell, tally: Tally| {
                    let numbers = [
                        tally.subjects,
                        tally.conforms,
                        tally.fails,
                        tally.waived,
                        tally.not_applicable,
                        tally.undetermined,
                    ];
                    let lead = [Cell::text("judged"), Cell::text(clause), topic, rules];
                    lead.into_iter().chain(numbers.map(Cell::Count)).chain([Cell::Nothing]).collect()
                };
                add(row("all", Cell::Nothing, Cell::Nothing, verdicts.all));
                for of in &verdicts.clauses {
                    add(row(&of.clause, Cell::text(of.topic), Cell::Count(of.rules), of.tally));
                }
            }
            Outcome::NotJudged(why) | Outcome::Undetermined(why) => {
                let mut cells = vec![Cell::text(moment.instead()), Cell::text("all")];
                cells.resize(header.len() - lead.len() - 1, Cell::Nothing);
                cells.push(Cell::Text(why.clone()));
                add(cells);
            }
        }
    }
    csv_rows(&header, &rows)
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
