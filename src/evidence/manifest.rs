//! The manifest: what a pack was made from and by, and what anybody needs to
//! make it again. It is the last file of a pack and holds the digests of the
//! others but of the statement, which holds that of the manifest.

use super::{FileUsed, Output, Period, STATEMENT, Sample, Subject};
use crate::escape::Raw;
use crate::git::{self, Instant};
use crate::output::verdict;
use crate::report::HistoryState;
use crate::source::hex;
use chrono::{DateTime, FixedOffset};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

#[derive(Serialize)]
struct Manifest<'s> {
    format: u32,
    what: &'static str,
    tool: Tool,
    rules_digest: &'s str,
    settings_digest: Option<&'s str>,
    policy_digest: &'s str,
    subject: What<'s>,
    as_of: AsOf<'s>,
    period: Period,
    period_before: Option<Period>,
    compared_with: Compared<'s>,
    history: History<'s>,
    results: Results<'s>,
    files: &'s [FileUsed],
    commits: Vec<CommitUsed<'s>>,
    waivers: Vec<WaiverUsed<'s>>,
    over_time: bool,
    sample: Option<&'s Sample>,
    outputs: Vec<Digested<'s>>,
    signed: &'static str,
    statement: &'static str,
    rerun: String,
    verify: String,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct What<'s> {
    state: &'static str,
    dirty: bool,
    commit: &'s str,
    tree: &'s str,
    root: &'s str,
}

#[derive(Serialize)]
struct AsOf<'s> {
    day: String,
    source: &'static str,
    time_zone: &'s str,
}

#[derive(Serialize)]
struct Compared<'s> {
    commit: Option<&'s str>,
    tree: Option<&'s str>,
    why_not: Option<&'s Raw>,
}

#[derive(Serialize)]
struct History<'s> {
    complete: bool,
    steps: Option<usize>,
    why: Option<&'s str>,
    remedy: Option<&'s str>,
}

#[derive(Serialize)]
struct Results<'s> {
    verdict: &'static str,
    words: String,
    complete: bool,
    rules: usize,
    subjects: usize,
    conforms: usize,
    fails: usize,
    waived: usize,
    not_applicable: usize,
    undetermined: usize,
    findings: Vec<&'s str>,
}

#[derive(Serialize)]
struct CommitUsed<'s> {
    id: &'s str,
    author: String,
    authored: Option<String>,
    committer: String,
    committed: Option<String>,
    arrived: Option<String>,
    signed: bool,
    summary: Raw,
}

#[derive(Serialize)]
struct WaiverUsed<'s> {
    waiver: &'s Raw,
    rule: &'s str,
    record: Option<&'s crate::finding::RecordKey>,
    fingerprint: &'s str,
    reason: &'s Raw,
}

#[derive(Serialize)]
struct Digested<'s> {
    name: &'s str,
    size: usize,
    sha256: String,
}

/// SHA-256 in hexadecimal.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The manifest of these outputs.
pub(super) fn write(subject: &Subject, outputs: &[Output]) -> String {
    let report = &subject.now.report;
    let then = subject.then.as_ref();
    let sum = |of: fn(&crate::check::RuleResult) -> usize| report.assessment.rules.iter().map(of).sum();
    let root =
        if subject.root.is_empty() { String::new() } else { format!(" --root {}", quoted(&subject.root)) };
    let manifest = Manifest {
        format: 1,
        what: "evidence pack of ismslint",
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        rules_digest: &subject.rules_digest,
        settings_digest: subject.settings_digest.as_deref(),
        policy_digest: &report.provenance.policy_digest,
        subject: What {
            state: "commit",
            dirty: false,
            commit: &subject.now.commit,
            tree: &subject.now.tree,
            root: &subject.root,
        },
        as_of: AsOf {
            day: subject.as_of.to_string(),
            source: if subject.as_of == subject.period.to { "the last day of the period" } else { "given" },
            time_zone: &subject.time_zone,
        },
        period: subject.period,
        period_before: subject.period.before(),
        compared_with: Compared {
            commit: then.ok().map(|then| then.commit.as_str()),
            tree: then.ok().map(|then| then.tree.as_str()),
            why_not: then.err().map(|gap| &gap.why),
        },
        history: history(&report.provenance.history),
        results: Results {
            verdict: report.verdict().word(),
            words: verdict(report),
            complete: report.complete(),
            rules: report.assessment.rules.len(),
            subjects: sum(|rule| rule.subjects),
            conforms: sum(|rule| rule.conforms),
            fails: sum(|rule| rule.fails),
            waived: sum(|rule| rule.waived),
            not_applicable: sum(crate::check::RuleResult::not_applicable_count),
            undetermined: sum(crate::check::RuleResult::undetermined_count),
            findings: report.assessment.findings.iter().map(|finding| finding.fingerprint.as_str()).collect(),
        },
        files: &subject.files,
        commits: commits(subject),
        waivers: report
            .assessment
            .waived
            .iter()
            .map(|waived| WaiverUsed {
                waiver: &waived.waiver,
                rule: &waived.finding.rule,
                record: waived.finding.record.as_ref(),
                fingerprint: waived.finding.fingerprint.as_str(),
                reason: &waived.reason,
            })
            .collect(),
        over_time: subject.over_time.is_some(),
        sample: subject.sample.as_ref(),
        outputs: outputs
            .iter()
            .map(|(name, bytes)| Digested { name, size: bytes.len(), sha256: digest(bytes) })
            .collect(),
        signed: "not signed: this manifest is as trustworthy as the way it came; the digest that was printed when it was made tells a changed one",
        statement: STATEMENT,
        rerun: format!(
            "ismslint evidence{root} --rev {} --period {} --as-of {}{} --out DIR",
            subject.now.commit,
            subject.period,
            subject.as_of,
            options(subject)
        ),
        verify: "ismslint verify PACK --repo CLONE".to_owned(),
    };
    crate::escape::json(&manifest)
}

/// What else was asked for, as it is typed.
fn options(subject: &Subject) -> String {
    let over_time = if subject.over_time.is_some() { " --over-time" } else { "" };
    let sample = subject.sample.as_ref();
    let sample =
        sample.map(|sample| format!(" --sample {} --seed {}", sample.asked, quoted(sample.seed.unescaped())));
    format!("{over_time}{}", sample.unwrap_or_default())
}

/// A word as a shell takes it for one, however it is spelt.
fn quoted(path: &str) -> String {
    let plain = !path.is_empty()
        && !path.starts_with('-')
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
    if plain { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

fn history(state: &HistoryState) -> History<'_> {
    match state {
        HistoryState::Complete { steps } => {
            History { complete: true, steps: Some(*steps), why: None, remedy: None }
        }
        HistoryState::Incomplete { why, remedy } => {
            History { complete: false, steps: None, why: Some(why), remedy: Some(remedy) }
        }
        HistoryState::NotRead => {
            History { complete: false, steps: None, why: Some("not read"), remedy: None }
        }
    }
}

/// The commits that changed a record in the period or the one before, and those
/// that findings cite; each with when it arrived on the main line.
fn commits(subject: &Subject) -> Vec<CommitUsed<'_>> {
    let history = &subject.now.reading.context.history;
    let periods = [Some(subject.period), subject.period.before()];
    let mut used: BTreeSet<(Option<String>, String)> = BTreeSet::new();
    for change in history.series.values().flat_map(|series| &series.changes) {
        let Some(step) = history.step(change.step).filter(|step| step.is_commit) else { continue };
        if periods.iter().flatten().any(|period| period.has(step.arrived)) {
            let arrived = step.arrived.map(|day| day.to_string());
            used.insert((arrived.clone(), step.by.commit.to_string()));
            used.insert((arrived, step.author_of(&change.path).commit.to_string()));
        }
    }
    for commit in subject.now.report.assessment.findings.iter().flat_map(|finding| &finding.commits) {
        used.insert((Some(commit.arrived.to_string()), commit.id.to_string()));
    }
    let found = used.into_iter().filter_map(|(arrived, id)| Some((arrived, subject.commits.get(&id)?)));
    let mut seen = BTreeSet::new();
    found
        .filter(|(_, commit)| seen.insert(commit.id))
        .map(|(arrived, commit)| used_commit(subject, commit, arrived))
        .collect()
}

fn used_commit<'s>(subject: &'s Subject, commit: &'s git::Commit, arrived: Option<String>) -> CommitUsed<'s> {
    let person = |who: &git::Signature| format!("{} <{}>", who.name.unescaped(), who.email.unescaped());
    let id = commit.id.to_string();
    CommitUsed {
        id: subject.commits.get_key_value(&id).map_or("", |(id, _)| id),
        author: person(&commit.author),
        authored: commit.author.when.and_then(written),
        committer: person(&commit.committer),
        committed: commit.committer.when.and_then(written),
        arrived,
        signed: commit.signed,
        summary: commit.summary(),
    }
}

/// An instant as the commit writes it, with its offset.
fn written(instant: Instant) -> Option<String> {
    let offset = FixedOffset::east_opt(instant.offset_minutes.checked_mul(60)?)?;
    Some(DateTime::from_timestamp(instant.seconds, 0)?.with_timezone(&offset).to_rfc3339())
}
