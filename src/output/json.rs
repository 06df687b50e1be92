//! The canonical result: everything in the report, versioned, with positions.
//! Its schema is `schemas/report.schema.json`.

use super::from_repository_root;
use crate::change::Comparison;
use crate::check::{RuleResult, Undetermined, Waived};
use crate::escape::{Raw, json};
use crate::finding::{CommitEvidence, Finding, RecordKey, Standing};
use crate::report::{HistoryState, Report};
use crate::source::Place;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The version of this format. A field may be added within a version; one that
/// goes away or changes its meaning makes a new one.
const FORMAT: u32 = 1;

pub(super) fn render(report: &Report) -> String {
    json(&View::new(report))
}

#[derive(Serialize)]
struct View<'r> {
    format: u32,
    tool: Tool,
    verdict: &'static str,
    complete: bool,
    exit: u8,
    counts: Counts,
    subject: Subject<'r>,
    policy: Policy<'r>,
    history: History<'r>,
    records: &'r BTreeMap<Arc<str>, usize>,
    rules: Vec<Rule<'r>>,
    findings: Vec<FindingView<'r>>,
    waived: Vec<WaivedView<'r>>,
    baselined: Vec<FindingView<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<ChangeView<'r>>,
    unrecognised: Vec<Raw>,
    not_examined: Vec<Reason<'r>>,
    notices: &'r [Raw],
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Counts {
    errors: usize,
    warnings: usize,
    notices: usize,
    waived: usize,
    baselined: usize,
    undetermined_rules: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    introduced: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    existing: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mended: Option<usize>,
}

#[derive(Serialize)]
struct Subject<'r> {
    state: &'static str,
    commit: Option<&'r str>,
    branch: Option<&'r str>,
    uncommitted: bool,
    root: &'r str,
    as_of: String,
    as_of_given: bool,
    time_zone: &'r str,
    files: usize,
}

#[derive(Serialize)]
struct Policy<'r> {
    catalogue: &'r str,
    level: &'r str,
    settings: bool,
    digest: &'r str,
}

#[derive(Serialize)]
struct History<'r> {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'r str>,
}

#[derive(Serialize)]
struct Rule<'r> {
    id: &'r str,
    title: &'r Raw,
    severity: &'static str,
    basis: Option<&'static str>,
    clauses: Vec<Clause>,
    subjects: usize,
    conforms: usize,
    fails: usize,
    waived: usize,
    baselined: usize,
    elsewhere: usize,
    not_applicable: Vec<Reason<'r>>,
    undetermined: Vec<Reason<'r>>,
    off: Option<&'r Raw>,
}

#[derive(Serialize)]
struct Clause {
    #[serde(rename = "2022")]
    now: String,
    #[serde(rename = "2013")]
    then: Option<String>,
}

#[derive(Serialize)]
struct Reason<'r> {
    why: &'r Raw,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'r Raw>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subjects: Option<usize>,
}

#[derive(Serialize)]
struct FindingView<'r> {
    rule: &'r str,
    severity: &'static str,
    fingerprint: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    record: Option<&'r RecordKey>,
    place: Option<PlaceView>,
    message: &'r Raw,
    why: &'r Raw,
    fix: &'r Raw,
    related: Vec<RelatedView<'r>>,
    commits: &'r [CommitEvidence],
}

#[derive(Serialize)]
struct RelatedView<'r> {
    label: &'r Raw,
    place: PlaceView,
}

#[derive(Serialize)]
struct PlaceView {
    path: Raw,
    start: PositionView,
    end: PositionView,
    quoted: Raw,
}

/// Lines and columns count from 1; a column is a character, `byte` an offset
/// from 0. The end is just behind the last character.
#[derive(Serialize)]
struct PositionView {
    line: u32,
    column: u32,
    byte: u32,
}

#[derive(Serialize)]
struct WaivedView<'r> {
    waiver: &'r Raw,
    reason: &'r Raw,
    finding: FindingView<'r>,
}

/// What lies between a commit and what was judged.
#[derive(Serialize)]
struct ChangeView<'r> {
    base: &'r str,
    named: &'r str,
    introduced: SeverityCounts,
    existing: SeverityCounts,
    unknown: SeverityCounts,
    existing_blocks: bool,
    policy: Vec<PolicyView<'r>>,
    records: Vec<RecordView<'r>>,
    entered: Vec<Raw>,
    resolved: Vec<ResolvedView<'r>>,
    unread: Vec<Raw>,
    remarks: &'r [Raw],
}

#[derive(Serialize)]
struct SeverityCounts {
    errors: usize,
    warnings: usize,
    notices: usize,
}

#[derive(Serialize)]
struct PolicyView<'r> {
    path: Raw,
    what: &'r Raw,
    counts: &'static str,
}

#[derive(Serialize)]
struct RecordView<'r> {
    record: &'r RecordKey,
    deed: &'static str,
    how: &'r Raw,
}

#[derive(Serialize)]
struct ResolvedView<'r> {
    rule: &'r str,
    severity: &'static str,
    fingerprint: &'r str,
    record: Option<&'r RecordKey>,
    message: &'r Raw,
}

impl<'r> View<'r> {
    fn new(report: &'r Report) -> Self {
        let origin = &report.provenance;
        let assessment = &report.assessment;
        let counts = report.counts();
        Self {
            format: FORMAT,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            verdict: report.verdict().word(),
            complete: report.complete(),
            exit: report.exit().code(),
            counts: Counts {
                errors: counts.errors,
                warnings: counts.warnings,
                notices: counts.notices,
                waived: assessment.waived.len(),
                baselined: assessment.baselined.len(),
                undetermined_rules: super::words::undetermined_rules(report).count(),
                introduced: total(report, |standing| standing == Standing::Introduced),
                existing: total(report, |standing| matches!(standing, Standing::Existing { .. })),
                mended: report.change.as_ref().map(|compared| compared.resolved.len()),
            },
            subject: Subject {
                state: origin.state.words(),
                commit: origin.commit.as_deref(),
                branch: origin.branch.as_deref(),
                uncommitted: origin.uncommitted,
                root: &origin.root,
                as_of: origin.as_of.to_string(),
                as_of_given: origin.as_of_given,
                time_zone: &origin.time_zone,
                files: assessment.files,
            },
            policy: Policy {
                catalogue: &origin.catalogue,
                level: &origin.level,
                settings: origin.settings,
                digest: &origin.policy_digest,
            },
            history: history(&origin.history),
            records: &assessment.records,
            rules: assessment.rules.iter().map(rule).collect(),
            findings: assessment.findings.iter().map(|found| finding(report, found)).collect(),
            waived: assessment.waived.iter().map(|silenced| waived(report, silenced)).collect(),
            baselined: assessment.baselined.iter().map(|found| finding(report, found)).collect(),
            change: report.change.as_ref().map(|compared| change(report, compared)),
            unrecognised: assessment
                .unrecognised
                .iter()
                .map(|path| from_repository_root(report, path))
                .collect(),
            not_examined: assessment.not_examined.iter().map(|missing| reason(missing, None)).collect(),
            notices: &assessment.notices,
        }
    }
}

/// Findings that stand to the change like this; none where no change is judged.
fn total(report: &Report, wanted: fn(Standing) -> bool) -> Option<usize> {
    let counts = report.counts_of(wanted);
    report.change.as_ref().map(|_| counts.errors + counts.warnings + counts.notices)
}

fn change<'r>(report: &'r Report, compared: &'r Comparison) -> ChangeView<'r> {
    let counts = |wanted| {
        let counts = report.counts_of(wanted);
        SeverityCounts { errors: counts.errors, warnings: counts.warnings, notices: counts.notices }
    };
    let policy = compared.policy.iter().map(|change| PolicyView {
        path: from_repository_root(report, &change.file),
        what: &change.what,
        counts: change.half.words(),
    });
    let records = compared.records.iter();
    let resolved = compared.resolved.iter().map(|finding| ResolvedView {
        rule: &finding.rule,
        severity: finding.severity.word(),
        fingerprint: finding.fingerprint.as_str(),
        record: finding.record.as_ref(),
        message: &finding.message,
    });
    ChangeView {
        base: &compared.base,
        named: &compared.named,
        introduced: counts(|standing| standing == Standing::Introduced),
        existing: counts(|standing| matches!(standing, Standing::Existing { .. })),
        unknown: counts(|standing| standing == Standing::Open),
        existing_blocks: compared.existing_blocks,
        policy: policy.collect(),
        records: records
            .map(|change| RecordView { record: &change.key, deed: change.deed.word(), how: &change.how })
            .collect(),
        entered: compared.entered.iter().map(|path| from_repository_root(report, path)).collect(),
        resolved: resolved.collect(),
        unread: compared.unread.iter().map(|(path, _)| from_repository_root(report, path)).collect(),
        remarks: &compared.remarks,
    }
}

fn history(state: &HistoryState) -> History<'_> {
    match state {
        HistoryState::Complete { steps } => {
            History { state: "complete", steps: Some(*steps), why: None, remedy: None }
        }
        HistoryState::Incomplete { why, remedy } => {
            History { state: "incomplete", steps: None, why: Some(why), remedy: Some(remedy) }
        }
        HistoryState::NotRead => History { state: "not-read", steps: None, why: None, remedy: None },
    }
}

fn rule(result: &RuleResult) -> Rule<'_> {
    let clauses = result.rule.clauses.iter();
    Rule {
        id: &result.rule.id,
        title: &result.rule.title,
        severity: result.rule.severity.word(),
        basis: result.rule.basis.map(crate::rule::Basis::word),
        clauses: clauses.map(|clause| Clause { now: clause.to_string(), then: clause.in_2013() }).collect(),
        subjects: result.subjects,
        conforms: result.conforms,
        fails: result.fails,
        waived: result.waived,
        baselined: result.baselined,
        elsewhere: result.elsewhere,
        not_applicable: result
            .not_applicable
            .iter()
            .map(|(why, count)| Reason { why, remedy: None, subjects: Some(*count) })
            .collect(),
        undetermined: result
            .undetermined
            .iter()
            .map(|(missing, count)| reason(missing, Some(*count)))
            .collect(),
        off: result.off.as_ref(),
    }
}

fn reason(missing: &Undetermined, subjects: Option<usize>) -> Reason<'_> {
    Reason { why: &missing.why, remedy: missing.remedy.as_ref(), subjects }
}

fn finding<'r>(report: &Report, finding: &'r Finding) -> FindingView<'r> {
    FindingView {
        rule: &finding.rule,
        severity: finding.severity.word(),
        fingerprint: finding.fingerprint.as_str(),
        standing: standing(finding.standing),
        since: match finding.standing {
            Standing::Existing { since } => since.map(|day| day.to_string()),
            _ => None,
        },
        record: finding.record.as_ref(),
        place: finding.place.as_ref().map(|at| place(report, at)),
        message: &finding.message,
        why: &finding.why,
        fix: &finding.fix,
        related: finding
            .related
            .iter()
            .map(|related| RelatedView { label: &related.label, place: place(report, &related.place) })
            .collect(),
        commits: &finding.commits,
    }
}

const fn standing(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Whole => None,
        Standing::Introduced => Some("introduced"),
        Standing::Existing { .. } => Some("existing"),
        Standing::Open => Some("unknown"),
    }
}

fn place(report: &Report, place: &Place) -> PlaceView {
    let position = |byte: u32| {
        let at = place.file.position(byte);
        PositionView { line: at.line, column: at.column, byte }
    };
    PlaceView {
        path: from_repository_root(report, place.file.path()),
        start: position(place.span.start),
        end: position(place.span.end),
        quoted: Raw::from(place.quoted()),
    }
}

fn waived<'r>(report: &Report, waived: &'r Waived) -> WaivedView<'r> {
    WaivedView { waiver: &waived.waiver, reason: &waived.reason, finding: finding(report, &waived.finding) }
}
