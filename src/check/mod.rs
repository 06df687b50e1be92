//! Judging: every rule over every subject, to one of five verdicts: *conforms*,
//! *fails*, *waived*, *not applicable (why)* or *undetermined (why)*.
//!
//! [`assess`] is a pure function of a snapshot, a policy, a history and a day.
//! It reads no clock, no environment and no file but through the snapshot.

mod assessment;
pub mod baseline;
mod form;
mod judge;
mod silence;
mod waivers;
mod withheld;

pub use assessment::{Assessment, RuleInfo, RuleResult, Undetermined, Waived};
pub use baseline::Baseline;
pub use silence::{Silencing, silence};
pub(crate) use silence::{add, plain};
pub(crate) use withheld::is_withheld;

use crate::catalogue::Policy;
use crate::escape::Raw;
use crate::facts::Context;
use crate::finding::Finding;
use crate::history::History;
use crate::inventory::{self, Inventory};
use crate::rule::Need;
use crate::snapshot::Snapshot;
use chrono::NaiveDate;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A snapshot that was judged, before anything is silenced.
pub struct Judged {
    /// Everything that fails is in it.
    pub assessment: Assessment,
    /// The records.
    pub inventory: Arc<Inventory>,
    /// The history that was the evidence.
    pub history: Arc<History>,
}

/// Judges a snapshot by a policy, with a history as evidence, as of a day, and
/// takes out what its waivers cover.
pub fn assess(snapshot: &Snapshot, policy: &Policy, history: Arc<History>, as_of: NaiveDate) -> Assessment {
    silence(judge(snapshot, policy, history, as_of), policy, as_of, &Silencing::default())
}

/// As [`assess`], with nothing silenced yet.
pub fn judge(snapshot: &Snapshot, policy: &Policy, history: Arc<History>, as_of: NaiveDate) -> Judged {
    let inventory = inventory::load(snapshot, &policy.placing, &history);
    judge_read(inventory, snapshot, policy, history, as_of)
}

/// As [`judge`], with the records of the snapshot as they were read before.
pub fn judge_read(
    inventory: Inventory,
    snapshot: &Snapshot,
    policy: &Policy,
    history: Arc<History>,
    as_of: NaiveDate,
) -> Judged {
    let inventory = Arc::new(inventory);
    let context = Context::new(inventory.clone(), history.clone(), policy.settings.clone(), as_of);
    let (mut rules, mut findings) = form::check(&inventory);
    let judged: Vec<(RuleResult, Vec<Finding>)> =
        policy.rules.par_iter().map(|applied| judge::judge(applied, &context)).collect();
    for (result, found) in judged {
        rules.push(result);
        findings.extend(found);
    }
    let sensitive = withheld::Sensitive::of(&inventory, &context.history, policy);
    for finding in &mut findings {
        sensitive.mark(finding);
    }
    let mut assessment = Assessment {
        rules,
        findings,
        waived: Vec::new(),
        baselined: Vec::new(),
        records: population(&inventory),
        files: inventory.files,
        unrecognised: inventory.unrecognised.clone(),
        not_examined: not_examined(snapshot, &inventory),
        notices: notices(policy),
    };
    assessment.sort();
    Judged { assessment, inventory, history }
}

fn population(inventory: &Inventory) -> BTreeMap<Arc<str>, usize> {
    let mut records = BTreeMap::new();
    for record in inventory.records() {
        *records.entry(record.kind.name.clone()).or_default() += 1;
    }
    records
}

/// What nobody looked at. A file that was not read is a finding as well.
fn not_examined(snapshot: &Snapshot, inventory: &Inventory) -> Vec<Undetermined> {
    let listing = snapshot.problems().iter().map(|problem| Undetermined {
        why: Raw::from(match &problem.path {
            Some(path) => format!("{}: {}", path.shown(), problem.what),
            None => problem.what.clone(),
        }),
        remedy: None,
    });
    let files = inventory.unread.iter().map(|(path, _, problem)| Undetermined {
        why: Raw::from(format!("{} was not read: {problem}", path.shown())),
        remedy: None,
    });
    listing.chain(files).collect()
}

/// Settings that are not set, and how many rules wait for each.
fn notices(policy: &Policy) -> Vec<Raw> {
    let mut notices = Vec::new();
    if policy.settings.file.is_none() {
        let text =
            "there is no isms.yaml: level essential, the newest catalogue and the common intervals are used";
        notices.push(Raw::from(text));
    }
    for (need, count) in waiting(policy) {
        let rules = if count == 1 { "1 rule waits".to_owned() } else { format!("{count} rules wait") };
        notices.push(Raw::from(format!("{rules} for `{}` in isms.yaml", need.word())));
    }
    notices
}

/// How many rules wait for each setting that is not set.
pub fn waiting(policy: &Policy) -> BTreeMap<Need, usize> {
    let mut waiting: BTreeMap<Need, usize> = BTreeMap::new();
    for applied in policy.rules.iter().filter(|applied| applied.off.is_none()) {
        for need in applied.rule.needs.iter().filter(|need| judge::is_unset(**need, &policy.settings)) {
            *waiting.entry(*need).or_default() += 1;
        }
    }
    waiting
}
