//! Sentences that more than one output says, so that all say the same.

use crate::change::Comparison;
use crate::check::RuleResult;
use crate::escape::Raw;
use crate::finding::Standing;
use crate::report::{Counts, HistoryState, Report, Verdict};
use crate::rule::Citation;
use std::collections::BTreeMap;

/// "1 error", "2 errors": how many of something there are.
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The verdict in a sentence without a final stop.
pub fn verdict(report: &Report) -> String {
    let open = undetermined_rules(report).count();
    let mut rest = String::new();
    for (count, word) in
        [(report.assessment.waived.len(), "waived"), (report.assessment.baselined.len(), "in the baseline")]
    {
        if count > 0 {
            rest.push_str(&format!(", {count} {word}"));
        }
    }
    let undetermined = match open {
        0 => String::new(),
        open => format!(", {} undetermined", counted(open, "rule")),
    };
    if report.verdict() == Verdict::NothingRecognised {
        return "nothing was recognised as a record, so nothing was judged".to_owned();
    }
    if let Some(change) = &report.change {
        return format!("{}{rest}{undetermined}", of_change(report, change));
    }
    let counts = report.counts();
    match report.verdict() {
        Verdict::Clean if open == 0 && counts == Counts::default() => format!("no findings{rest}"),
        _ => format!("{}{rest}{undetermined}", told(counts)),
    }
}

fn told(counts: Counts) -> String {
    format!(
        "{}, {}, {}",
        counted(counts.errors, "error"),
        counted(counts.warnings, "warning"),
        counted(counts.notices, "notice")
    )
}

/// What a change brings in, what was there, and what it mends.
fn of_change(report: &Report, change: &Comparison) -> String {
    let total = |counts: Counts| counts.errors + counts.warnings + counts.notices;
    let introduced = report.counts_of(|standing| standing == Standing::Introduced);
    let existing = total(report.counts_of(|standing| matches!(standing, Standing::Existing { .. })));
    let open = total(report.counts_of(|standing| standing == Standing::Open));
    let brought = match total(introduced) {
        0 => "nothing".to_owned(),
        _ => told(introduced),
    };
    let open =
        if open > 0 { format!(", {} of unknown age", counted(open, "finding")) } else { String::new() };
    format!("{brought} introduced{open}, {existing} there before, {} mended", change.resolved.len())
}

/// What to do next where nothing was recognised: somebody has only begun, or
/// their files are laid out in another way.
pub(super) fn next_step(report: &Report) -> Option<String> {
    if report.verdict() != Verdict::NothingRecognised {
        return None;
    }
    let begin = "`ismslint init` writes first records to go on from. A folder or a file named for a kind of record \
                 holds them, such as objectives/phishing.yaml or actions.yaml; `ismslint schema` lists the kinds";
    Some(if report.assessment.unrecognised.is_empty() {
        begin.to_owned()
    } else {
        format!(
            "`ismslint config show --why FILE` says why a file gave no record, and a few lines under `mapping` in \
             isms.yaml make records of files of any layout. To begin anew, {begin}"
        )
    })
}

/// Rules that could not judge every subject.
pub(super) fn undetermined_rules(report: &Report) -> impl Iterator<Item = &RuleResult> {
    report.assessment.rules.iter().filter(|rule| !rule.undetermined.is_empty())
}

/// Why something could not be determined, and what to do about it.
type Reason<'r> = (&'r Raw, Option<&'r Raw>);

/// What could not be determined: for each reason the rules that wait, as
/// `RULE (3 of 7)`; none where whole files were not examined.
pub(super) fn reasons(report: &Report) -> BTreeMap<Reason<'_>, Vec<String>> {
    let mut reasons: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for result in undetermined_rules(report) {
        for (reason, count) in &result.undetermined {
            let told = format!("{} ({} of {})", result.rule.id, count, result.subjects);
            reasons.entry((&reason.why, reason.remedy.as_ref())).or_default().push(told);
        }
    }
    for missing in &report.assessment.not_examined {
        reasons.entry((&missing.why, missing.remedy.as_ref())).or_default();
    }
    reasons
}

/// Clauses of both editions, each under its full name.
pub(super) fn clause_tags(clauses: &[Citation]) -> Vec<String> {
    let now = clauses.iter().map(|clause| format!("ISO/IEC 27001:2022 {clause}"));
    let then = clauses.iter().filter_map(|clause| clause.in_2013());
    now.chain(then.map(|clause| format!("ISO/IEC 27001:2013 {clause}"))).collect()
}

/// How many rules looked at how many records in which history.
pub(super) fn population(report: &Report) -> String {
    let records: usize = report.assessment.records.values().sum();
    let kinds = report.assessment.records.len();
    let rules =
        report.assessment.rules.iter().filter(|rule| rule.off.is_none() && rule.rule.basis.is_some()).count();
    let history = match &report.provenance.history {
        HistoryState::Complete { steps } => format!("{} of history", counted(*steps, "step")),
        HistoryState::Incomplete { .. } => "history incomplete".to_owned(),
        HistoryState::NotRead => "history not read".to_owned(),
    };
    format!(
        "{} of {} in {}, {}, {history}",
        counted(records, "record"),
        counted(kinds, "kind"),
        counted(report.assessment.files, "file"),
        counted(rules, "rule"),
    )
}

/// What was judged, in one line.
pub(super) fn subject(report: &Report) -> String {
    let origin = &report.provenance;
    let commit = origin.commit.as_deref().map(|id| id.get(..10).unwrap_or(id));
    let mut words = match (origin.state, commit) {
        (crate::report::State::Commit, Some(commit)) => format!("commit {commit}"),
        (state, Some(commit)) => format!("{} at {commit}", state.words()),
        (state, None) => state.words().to_owned(),
    };
    if origin.uncommitted {
        words.push_str(" with uncommitted changes");
    }
    format!("{words}, as of {}, catalogue {}, level {}", origin.as_of, origin.catalogue, origin.level)
}
