//! SARIF 2.1.0, as GitHub code scanning and other readers take it.
//!
//! Waived findings are left out, because GitHub shows suppressed results as
//! open; the JSON report has them. Messages are plain text: what SARIF would
//! read as a link in them is broken. Rules carry no security score, which would
//! file gaps of a management system under vulnerabilities.

mod line_hash;
mod log;

use super::change;
use super::words::{clause_tags, undetermined_rules, verdict};
use super::{at_the_isms, path_from_repository_root};
use crate::check::{RuleInfo, RuleResult};
use crate::escape::{Raw, cut, json, terminal, uri_path};
use crate::finding::{Finding, Severity, Standing};
use crate::report::{Report, Verdict};
use crate::source::{Place, RepoPath};
use log::{
    ArtifactLocation, Automation, Configuration, Driver, Invocation, Location, Log, Message, Notification,
    PhysicalLocation, Region, ResultProperties, Rule, RuleProperties, RuleReference, Run, RunProperties,
    SarifResult, Tool,
};
use std::collections::BTreeMap;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The key under which code scanning looks for a fingerprint.
const LINE_HASH: &str = "primaryLocationLineHash";
/// Our own, which survives moves and rewording.
const OWN_FINGERPRINT: &str = "ismslint/v1";
/// What code scanning takes: results of a run, related places of a result,
/// characters of a description, tags of a rule.
const MOST_RESULTS: usize = 25_000;
const MOST_RELATED: usize = 100;
const MOST_CHARACTERS: usize = 1_024;
const MOST_TAGS: usize = 20;

pub(super) fn render(report: &Report) -> String {
    let rules = &report.assessment.rules;
    let index: BTreeMap<&str, usize> =
        rules.iter().enumerate().map(|(at, result)| (&*result.rule.id, at)).collect();
    let (findings, left_out) = within_limit(report);
    let mut hashes = Hashes::default();
    let results = findings.into_iter().map(|finding| result(report, finding, &index, &mut hashes)).collect();
    let origin = &report.provenance;
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: env!("CARGO_PKG_NAME"),
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: rules.iter().map(rule).collect(),
            },
        },
        // One category for each ISMS of a repository.
        automation_details: Automation { id: format!("ismslint/{}", folder(&origin.root)) },
        invocations: [Invocation {
            execution_successful: report.complete() && report.verdict() != Verdict::NothingRecognised,
            exit_code: report.exit().code(),
            tool_execution_notifications: undetermined(report, &index, left_out),
            tool_configuration_notifications: configuration(report),
        }],
        column_kind: "unicodeCodePoints",
        newline_sequences: ["\r\n", "\n", "\r"],
        results,
        properties: RunProperties {
            verdict: report.verdict().word(),
            commit: origin.commit.as_deref().map(str::to_owned),
            as_of: origin.as_of.to_string(),
            policy_digest: origin.policy_digest.clone(),
            waived: report.assessment.waived.len(),
        },
    };
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run] };
    json(&log)
}

/// Remarks on how the check was made, and what the change does to that.
fn configuration(report: &Report) -> Vec<Notification> {
    let changed = report.change.iter().flat_map(|compared| change::policy(report, compared));
    let changed = changed.map(|line| notification("warning", text(&line), None));
    let notices = report.assessment.notices.iter().map(|notice| notification("note", text(notice), None));
    changed.chain(notices).collect()
}

/// Text of a message: nothing in it is active, and nothing is a link.
fn text(raw: &Raw) -> String {
    terminal(raw).replace("](", "] (")
}

fn folder(root: &str) -> String {
    if root.is_empty() { String::new() } else { format!("{}/", uri_path(root.as_bytes())) }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Notice => "note",
    }
}

/// The findings that fit, the heaviest kept, and how many did not.
fn within_limit(report: &Report) -> (Vec<&Finding>, usize) {
    let mut findings: Vec<&Finding> = report.assessment.findings.iter().collect();
    let left_out = findings.len().saturating_sub(MOST_RESULTS);
    if left_out > 0 {
        // Stable: within a severity the order of the report stays.
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings.truncate(MOST_RESULTS);
    }
    (findings, left_out)
}

fn rule(result: &RuleResult) -> Rule {
    let RuleInfo { id, title, severity, basis, clauses, why, fix } = &result.rule;
    let mut tags: Vec<String> = basis.iter().map(|basis| basis.word().to_owned()).collect();
    tags.extend(clause_tags(clauses));
    tags.truncate(MOST_TAGS);
    Rule {
        id: id.to_string(),
        name: name(id),
        short_description: Message { text: sentence(&text(title)) },
        full_description: Message { text: cut(&text(why), MOST_CHARACTERS - 2).into_owned() },
        help: Message { text: format!("{}\n\nWhy: {}", text(fix), text(why)) },
        default_configuration: Configuration { enabled: result.off.is_none(), level: level(*severity) },
        properties: RuleProperties {
            tags,
            problem_severity: match severity {
                Severity::Notice => "recommendation",
                other => level(*other),
            },
        },
    }
}

/// The id as one word: `OpenRecordDeleted`.
fn name(id: &str) -> String {
    id.split('-')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
        .collect()
}

fn sentence(text: &str) -> String {
    let text = cut(text, MOST_CHARACTERS - 2).into_owned();
    if text.ends_with(['.', '…']) { text } else { format!("{text}.") }
}

fn result(
    report: &Report,
    finding: &Finding,
    index: &BTreeMap<&str, usize>,
    hashes: &mut Hashes,
) -> SarifResult {
    let mut partial_fingerprints = BTreeMap::from([(OWN_FINGERPRINT, finding.fingerprint.to_string())]);
    if let Some(hash) = finding.place.as_ref().and_then(|place| hashes.of(place)) {
        partial_fingerprints.insert(LINE_HASH, hash);
    }
    let related: Vec<Location> = finding
        .related
        .iter()
        .take(MOST_RELATED)
        .enumerate()
        .map(|(at, related)| Location {
            id: Some(at + 1),
            physical: physical(report, &related.place),
            message: Some(Message { text: text(&related.label) }),
        })
        .collect();
    SarifResult {
        rule_id: finding.rule.to_string(),
        rule_index: index.get(&*finding.rule).copied(),
        level: level(finding.severity),
        baseline_state: baseline_state(finding.standing),
        message: Message { text: told(finding, related.len()) },
        locations: [Location { id: None, physical: primary(report, finding), message: None }],
        related_locations: related,
        partial_fingerprints,
        properties: finding
            .record
            .as_ref()
            .map(|key| ResultProperties { kind: key.kind.to_string(), record: text(&key.id) }),
    }
}

/// How a result stands to the change; of one of unknown age nothing is said.
const fn baseline_state(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Introduced => Some("new"),
        Standing::Existing { .. } => Some("unchanged"),
        Standing::Whole | Standing::Open => None,
    }
}

/// The message: its first sentence is the headline of an alert. Related places
/// are links only where the text names their number.
fn told(finding: &Finding, related: usize) -> String {
    let mut told = sentence(&text(&finding.message));
    for (at, related) in finding.related.iter().take(related).enumerate() {
        let label = text(&related.label).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
        told.push_str(&format!("\nSee [{label}]({}).", at + 1));
    }
    told.push_str(&format!("\n{}", text(&finding.fix)));
    for commit in &finding.commits {
        told.push_str(&format!(
            "\nCommit {} of {} by {}, arrived {}: {}",
            commit.id,
            commit.authored,
            text(&commit.author),
            commit.arrived,
            text(&commit.summary)
        ));
    }
    told
}

/// A result must have a place: what is about the whole set gets the settings.
fn primary(report: &Report, finding: &Finding) -> PhysicalLocation {
    match &finding.place {
        Some(place) => physical(report, place),
        None => PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri_path(at_the_isms(report).as_bytes()) },
            region: Region { start_line: 1, start_column: 1, end_line: 1, end_column: 1 },
        },
    }
}

fn physical(report: &Report, place: &Place) -> PhysicalLocation {
    let (start, end) = (place.file.position(place.span.start), place.file.position(place.span.end));
    PhysicalLocation {
        artifact_location: ArtifactLocation {
            uri: uri_path(path_from_repository_root(report, place.file.path()).as_bytes()),
        },
        region: Region {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
        },
    }
}

/// The line hashes of each file, computed once.
#[derive(Default)]
struct Hashes {
    files: BTreeMap<RepoPath, Vec<String>>,
}

impl Hashes {
    fn of(&mut self, place: &Place) -> Option<String> {
        let file = &place.file;
        // A file that was not read has a finding and no text to hash.
        if file.text().is_empty() {
            return None;
        }
        let hashes =
            self.files.entry(file.path().clone()).or_insert_with(|| line_hash::of_lines(file.text()));
        hashes.get(file.position(place.span.start).line.checked_sub(1)? as usize).cloned()
    }
}

/// What could not be judged, and what did not fit, as notifications.
fn undetermined(report: &Report, index: &BTreeMap<&str, usize>, left_out: usize) -> Vec<Notification> {
    let mut notifications = Vec::new();
    for result in undetermined_rules(report) {
        let id = &result.rule.id;
        for (missing, count) in &result.undetermined {
            let remedy =
                missing.remedy.as_ref().map_or_else(String::new, |remedy| format!("; {}", text(remedy)));
            let message = format!(
                "{id}: {count} of {} not determined: {}{remedy}",
                result.subjects,
                text(&missing.why)
            );
            let rule = index.get(&**id).map(|at| RuleReference { id: id.to_string(), index: *at });
            notifications.push(notification(level(result.rule.severity), message, rule));
        }
    }
    for missing in &report.assessment.not_examined {
        let remedy = missing.remedy.as_ref().map_or_else(String::new, |remedy| format!("; {}", text(remedy)));
        notifications.push(notification(
            "error",
            format!("not examined: {}{remedy}", text(&missing.why)),
            None,
        ));
    }
    if report.verdict() == Verdict::NothingRecognised {
        notifications.push(notification("error", verdict(report), None));
    }
    if left_out > 0 {
        let message =
            format!("{left_out} findings are left out here, the lightest: the JSON report has all of them");
        notifications.push(notification("warning", message, None));
    }
    notifications
}

fn notification(level: &'static str, text: String, associated_rule: Option<RuleReference>) -> Notification {
    Notification { level, message: Message { text }, associated_rule }
}
