//! Waivers: records that silence a rule for named records until a day.

use super::{Finding, RuleResult, Silencing, Waived};
use crate::catalogue::Policy;
use crate::escape::Raw;
use crate::expr::Value;
use crate::finding::{RecordKey, Standing};
use crate::inventory::{Inventory, Record};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// What the waivers leave, and what they did.
pub(super) struct Applied {
    /// Findings that no waiver covers.
    pub(super) kept: Vec<Finding>,
    /// Those that one covers.
    pub(super) waived: Vec<Waived>,
    /// The waivers that silenced something.
    pub(super) used: BTreeSet<RecordKey>,
    /// The waivers that would have silenced what the change itself brings in.
    pub(super) refused: BTreeSet<RecordKey>,
}

/// Takes the findings that a waiver in force covers out of the list, and moves
/// them to *waived* in the counts.
pub(super) fn apply(
    inventory: &Inventory,
    policy: &Policy,
    as_of: NaiveDate,
    findings: Vec<Finding>,
    rules: &mut [RuleResult],
    silencing: &Silencing<'_>,
) -> Applied {
    let waivers = InForce::all(inventory, as_of);
    let mut counts: BTreeMap<_, &mut RuleResult> =
        rules.iter_mut().map(|result| (result.rule.id.clone(), result)).collect();
    let mut applied =
        Applied { kept: Vec::new(), waived: Vec::new(), used: BTreeSet::new(), refused: BTreeSet::new() };
    for finding in findings {
        let waivable = policy.known.get(&finding.rule).copied().unwrap_or_default();
        let Some(waiver) = waivers.covering(&finding).filter(|_| waivable) else {
            applied.kept.push(finding);
            continue;
        };
        if finding.standing == Standing::Introduced && silencing.distrusted.contains(&waiver.key) {
            applied.refused.insert(waiver.key.clone());
            applied.kept.push(finding);
            continue;
        }
        if let Some(result) = counts.get_mut(&finding.rule) {
            result.fails -= 1;
            result.waived += 1;
        }
        applied.used.insert(waiver.key.clone());
        applied.waived.push(Waived { finding, waiver: waiver.key.id.clone(), reason: waiver.reason.clone() });
    }
    applied
}

/// The waivers that are complete, approved and not expired, by the rule and
/// the record they name. Of several the first one silences.
struct InForce {
    waivers: Vec<Waiver>,
    named: BTreeMap<String, BTreeMap<String, usize>>,
}

struct Waiver {
    key: RecordKey,
    reason: Raw,
}

impl InForce {
    fn all(inventory: &Inventory, as_of: NaiveDate) -> Self {
        let mut all = Self { waivers: Vec::new(), named: BTreeMap::new() };
        for record in inventory.of_kind("waiver") {
            if let Some((rule, records, waiver)) = in_force(record, as_of) {
                let at = all.waivers.len();
                all.waivers.push(waiver);
                let of_rule = all.named.entry(rule).or_default();
                for named in records {
                    of_rule.entry(named).or_insert(at);
                }
            }
        }
        all
    }

    /// A record is named by its id or as `kind/id`; the whole set as `isms`.
    fn covering(&self, finding: &Finding) -> Option<&Waiver> {
        let of_rule = self.named.get(&*finding.rule)?;
        let of = |named: &str| of_rule.get(named).copied();
        let at = match &finding.record {
            None => of("isms"),
            Some(key) => {
                let id = key.id.unescaped();
                let by_kind = of(&format!("{}/{id}", key.kind));
                of(id).into_iter().chain(by_kind).min()
            }
        };
        self.waivers.get(at?)
    }
}

/// The rule, the records and the waiver itself, when it holds on the day.
pub(super) fn in_force_on(record: &Record, as_of: NaiveDate) -> bool {
    in_force(record, as_of).is_some()
}

fn in_force(record: &Record, as_of: NaiveDate) -> Option<(String, Vec<String>, Waiver)> {
    let text = |name| record.text(name).map(|text| text.as_str().to_owned());
    let Value::Date(expires) = record.get("expires") else { return None };
    let Value::Date(approved) = record.path(&["approved", "on"]) else { return None };
    let Value::Text(_) = record.path(&["approved", "by"]) else { return None };
    text("owner")?;
    let Value::List(records) = record.get("records") else { return None };
    let records = records.iter().filter_map(|record| match record {
        Value::Text(id) => Some(id.as_str().to_owned()),
        _ => None,
    });
    let waiver = Waiver { key: record.key.clone(), reason: Raw::from(text("reason")?) };
    // Inclusive: it holds on the day it expires.
    (approved <= as_of && as_of <= expires).then_some((text("rule")?, records.collect(), waiver))
}
