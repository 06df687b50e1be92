//! Waivers: records that silence a rule for named records until a day.

use super::{Finding, RuleResult, Waived};
use crate::catalogue::Policy;
use crate::escape::Raw;
use crate::expr::Value;
use crate::inventory::{Inventory, Record};
use chrono::NaiveDate;

/// Takes the findings that a waiver in force covers out of the list, and moves
/// them to *waived* in the counts.
pub(super) fn apply(
    inventory: &Inventory,
    policy: &Policy,
    as_of: NaiveDate,
    findings: Vec<Finding>,
    rules: &mut [RuleResult],
) -> (Vec<Finding>, Vec<Waived>) {
    let waivers: Vec<InForce> =
        inventory.of_kind("waiver").filter_map(|record| InForce::of(record, as_of)).collect();
    let waivable =
        |id: &str| policy.rules.iter().any(|applied| *applied.rule.id == *id && applied.rule.waivable);
    let mut kept = Vec::new();
    let mut waived = Vec::new();
    for finding in findings {
        match waivers.iter().find(|waiver| waiver.covers(&finding) && waivable(&finding.rule)) {
            None => kept.push(finding),
            Some(waiver) => {
                if let Some(result) = rules.iter_mut().find(|result| result.rule.id == finding.rule) {
                    result.fails -= 1;
                    result.waived += 1;
                }
                waived.push(Waived { finding, waiver: waiver.id.clone(), reason: waiver.reason.clone() });
            }
        }
    }
    (kept, waived)
}

/// A waiver that is complete, approved and not expired.
struct InForce {
    id: Raw,
    rule: String,
    records: Vec<String>,
    reason: Raw,
}

impl InForce {
    fn of(record: &Record, as_of: NaiveDate) -> Option<Self> {
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
        // Inclusive: it holds on the day it expires.
        (approved <= as_of && as_of <= expires).then_some(Self {
            id: record.key.id.clone(),
            rule: text("rule")?,
            records: records.collect(),
            reason: Raw::from(text("reason")?),
        })
    }

    /// A record is named by its id or as `kind/id`; the whole set as `isms`.
    fn covers(&self, finding: &Finding) -> bool {
        self.rule == *finding.rule
            && self.records.iter().any(|named| match &finding.record {
                None => named == "isms",
                Some(key) => {
                    let id = key.id.unescaped();
                    named == id || named.split_once('/') == Some((&*key.kind, id))
                }
            })
    }
}
