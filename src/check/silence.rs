//! What findings are left to tell: first the waivers, then the baseline. Rules
//! that are off or have other values were settled before a finding arose, and
//! whether a change introduced it is looked at last, by the report.
//!
//! What silences nothing is told: a waiver of a rule that there is not, one
//! under which nothing fails, a baseline entry that is gone.

use super::baseline::{self, Baseline};
use super::{Assessment, Finding, Judged, RuleResult, form, waivers};
use crate::catalogue::Policy;
use crate::escape::Raw;
use crate::finding::{Fingerprint, RecordKey, Related, Standing};
use crate::history::Evidence;
use crate::inventory::Record;
use crate::record::Fault;
use crate::rule::Need;
use crate::settings::{nearest_help, whole};
use crate::source::Place;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// What silences findings beside the waivers, and which waivers may not.
#[derive(Clone, Debug, Default)]
pub struct Silencing<'s> {
    /// The baseline.
    pub baseline: Option<&'s Baseline>,
    /// Waivers that came with the change they would cover, and that nobody
    /// other than its author is known to have approved.
    pub distrusted: BTreeSet<RecordKey>,
}

/// The assessment that is left to report.
pub fn silence(judged: Judged, policy: &Policy, as_of: NaiveDate, silencing: &Silencing<'_>) -> Assessment {
    let Judged { mut assessment, inventory, history } = judged;
    let findings = std::mem::take(&mut assessment.findings);
    let applied = waivers::apply(&inventory, policy, as_of, findings, &mut assessment.rules, silencing);
    let mut findings = applied.kept;
    assessment.waived = applied.waived;
    for key in &applied.refused {
        let text = format!(
            "waiver {} came with the change, and nobody other than its author is known to have approved it: \
             it silences nothing that the change brings in",
            key.id.unescaped()
        );
        assessment.notices.push(Raw::from(text));
    }
    let found: Vec<Finding> = inventory
        .of_kind("waiver")
        .filter_map(|waiver| {
            names_nothing(waiver, policy).or_else(|| {
                let idle = waivers::in_force_on(waiver, as_of)
                    && !applied.used.contains(&waiver.key)
                    && !applied.refused.contains(&waiver.key);
                (idle && is_settled(waiver, policy, &assessment.rules, &history)).then(|| unused(waiver))
            })
        })
        .collect();
    add(&mut assessment.rules, &mut findings, found, inventory.places_of_kind("waiver").len());
    if let Some(known) = silencing.baseline {
        let (kept, silent, stale) = baseline::apply(known, findings, &mut assessment.rules);
        findings = kept;
        assessment.baselined = silent;
        let stale = baseline::certain(stale, &assessment.rules);
        if !stale.is_empty() {
            let finding = staleness(known, &stale);
            add(&mut assessment.rules, &mut findings, vec![finding], 1);
        }
    }
    assessment.findings = findings;
    assessment.sort();
    assessment
}

/// Adds findings of checks that no rule file makes, with their counts.
pub(crate) fn add(
    rules: &mut Vec<RuleResult>,
    findings: &mut Vec<Finding>,
    found: Vec<Finding>,
    subjects: usize,
) {
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &found {
        *counted.entry(&finding.rule).or_default() += 1;
    }
    for page in Fault::pages() {
        let Some(fails) = counted.get(page.name) else { continue };
        let mut result = RuleResult::new(form::info(page.fault));
        result.fails = *fails;
        result.subjects = subjects.max(*fails);
        result.conforms = result.subjects - fails;
        rules.push(result);
    }
    findings.extend(found);
}

/// A finding of a check that no rule file makes.
pub(crate) fn plain(
    fault: Fault,
    record: Option<&Record>,
    place: Option<Place>,
    detail: &str,
    message: Raw,
) -> Finding {
    let page = fault.page();
    let key = record.map(|record| record.key.clone());
    Finding {
        rule: page.name.into(),
        severity: page.severity,
        fingerprint: Fingerprint::new(page.name, key.as_ref(), detail),
        record: key,
        place,
        message,
        why: Raw::from(page.why),
        fix: Raw::from(page.fix),
        related: Vec::<Related>::new(),
        commits: Vec::new(),
        withheld: Vec::new(),
        standing: Standing::Whole,
    }
}

/// A waiver of a rule that there is not, or that cannot be waived.
fn names_nothing(waiver: &Record, policy: &Policy) -> Option<Finding> {
    let rule = waiver.text("rule")?;
    let id = waiver.key.id.unescaped();
    let is_form = Fault::pages().iter().any(|page| page.name == rule.as_str());
    let (message, fix) = match policy.known.get(rule.as_str()) {
        Some(true) => return None,
        Some(false) => (format!("waiver {id} names {}, which cannot be waived", rule.as_str()), None),
        None if is_form => {
            (format!("waiver {id} names {}, a check of form, which cannot be waived", rule.as_str()), None)
        }
        None => {
            let known: Vec<&str> = policy.known.keys().map(|known| &**known).collect();
            let help = nearest_help(rule.as_str(), &known);
            (format!("waiver {id} names {}, and there is no such rule", rule.as_str()), Some(help))
        }
    };
    let place = waiver.place_of("rule");
    let mut finding = plain(Fault::WaiverOfNothing, Some(waiver), Some(place), "rule", Raw::from(message));
    if let Some(help) = fix {
        finding.fix = Raw::from(format!("Name a rule as the report names it: {help}."));
    }
    Some(finding)
}

fn unused(waiver: &Record) -> Finding {
    let rule = waiver.text("rule");
    let message = format!(
        "waiver {} of {} is in force, and nothing that it names fails",
        waiver.key.id.unescaped(),
        rule.as_ref().map_or("", |rule| rule.as_str())
    );
    let place = waiver.place_of("records");
    plain(Fault::WaiverUnused, Some(waiver), Some(place), "records", Raw::from(message))
}

/// Whether the rule of a waiver was applied and had a verdict on everything.
fn is_settled(
    waiver: &Record,
    policy: &Policy,
    rules: &[RuleResult],
    history: &crate::history::History,
) -> bool {
    let Some(rule) = waiver.text("rule") else { return false };
    let Some(applied) = policy.rules.iter().find(|applied| *applied.rule.id == *rule.as_str()) else {
        return false;
    };
    let seen = !applied.rule.needs(Need::History) || history.evidence == Evidence::Complete;
    let waits = applied.rule.needs.iter().any(|need| super::judge::is_unset(*need, &policy.settings));
    let result = rules.iter().find(|result| result.rule.id == applied.rule.id);
    applied.off.is_none() && seen && !waits && result.is_some_and(|result| result.undetermined.is_empty())
}

fn staleness(baseline: &Baseline, stale: &[baseline::Entry]) -> Finding {
    let place = baseline.file.as_ref().map(whole);
    plain(Fault::BaselineStale, None, place, "", baseline::told(stale))
}
