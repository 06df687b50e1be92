//! Findings that belong together: by record, by owner, or all of a signal; with
//! the records behind them and the open actions that are already about them.

use super::signals::{By, Signal};
use crate::escape::Raw;
use crate::expr::{Object, Value};
use crate::finding::Finding;
use crate::inventory::Record;
use crate::sheet::natural;
use crate::source::Place;
use crate::views::Reading;
use crate::views::read::{items, part, text, title};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A record that a proposal is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Subject {
    /// Its kind.
    pub kind: Arc<str>,
    /// Its id; of a part `PARENT/PART`.
    pub id: Raw,
    /// Its title, or the words of the part.
    pub title: Raw,
}

/// Findings of one signal that belong together.
pub(super) struct Group<'a> {
    pub(super) signal: &'a Signal,
    /// The record, the owner, or what the finding says.
    pub(super) what: Raw,
    /// What it is about; the first is what the findings point at.
    pub(super) subjects: Vec<Subject>,
    pub(super) findings: Vec<&'a Finding>,
}

/// The groups of a signal that are large enough.
pub(super) fn groups<'a>(reading: &Reading, signal: &'a Signal, findings: &'a [Finding]) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<(String, String), Group<'a>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| signal.rules.iter().any(|rule| **rule == *finding.rule)) {
        let subjects = subjects(reading, finding);
        let first = subjects.first();
        let what = match signal.by {
            By::Record => match (first, &finding.record) {
                (Some(first), Some(_)) => first.title.clone(),
                _ => lead(&finding.message),
            },
            By::Owner => owner(reading, finding).unwrap_or_else(|| Raw::from("nobody")),
            By::All => Raw::default(),
        };
        let key = match (signal.by, first, &finding.record) {
            (By::Record, Some(first), Some(_)) => first.id.unescaped().to_owned(),
            (By::Record, ..) => finding.message.unescaped().to_owned(),
            _ => what.unescaped().to_owned(),
        };
        let new = || Group { signal, what, subjects: Vec::new(), findings: Vec::new() };
        let group = groups.entry(natural(&key)).or_insert_with(new);
        group.findings.push(finding);
        for subject in subjects {
            if !group.subjects.contains(&subject) {
                group.subjects.push(subject);
            }
        }
    }
    groups.into_values().filter(|group| group.findings.len() >= signal.least).collect()
}

/// What a finding about the whole set is about: its message up to the first
/// stop within the sentence.
fn lead(message: &Raw) -> Raw {
    let text = message.unescaped();
    let end = text.find(['(', ':', ';', ',']).unwrap_or(text.len());
    Raw::from(text[..end].trim())
}

fn record<'r>(reading: &'r Reading, finding: &Finding) -> Option<&'r Record> {
    finding.record.as_ref().and_then(|key| reading.context.inventory.by_key(key))
}

/// Who answers for what was found; of a measurement, for its metric.
fn owner(reading: &Reading, finding: &Finding) -> Option<Raw> {
    let record = record(reading, finding)?;
    reading.owner(record).or_else(|| metric(reading, record).and_then(|metric| reading.owner(metric)))
}

fn metric<'r>(reading: &'r Reading, record: &Record) -> Option<&'r Record> {
    let id = (&*record.kind.name == "measurement").then(|| record.get("metric").as_text()).flatten()?;
    reading.context.inventory.find("metric", &id)
}

/// The records behind a finding: its own, and those whose ids its message names.
fn subjects(reading: &Reading, finding: &Finding) -> Vec<Subject> {
    let mut subjects = Vec::new();
    if let Some(own) = record(reading, finding) {
        let own = metric(reading, own).unwrap_or(own);
        subjects.push(match finding.place.as_ref().and_then(|place| part_at(own, place)) {
            Some(found) => found,
            None => subject(own),
        });
    }
    subjects.extend(named(reading, finding.message.unescaped()));
    let mut known = BTreeSet::new();
    subjects.retain(|subject| known.insert((subject.kind.clone(), subject.id.clone())));
    subjects
}

fn subject(record: &Record) -> Subject {
    Subject { kind: record.kind.name.clone(), id: record.key.id.clone(), title: title(record) }
}

/// The part with an id of its own that a place lies in: an audit's finding, a
/// review's decision.
fn part_at(record: &Record, place: &Place) -> Option<Subject> {
    let parts = ["findings", "decisions"].into_iter().flat_map(|list| items(record, list));
    let at = parts.into_iter().find(|item| holds(item, place))?;
    let own = part(&at, "id").as_text()?;
    let words = ["statement", "text"].into_iter().find_map(|field| part(&at, field).as_text());
    Some(Subject {
        kind: record.kind.name.clone(),
        id: Raw::from(format!("{}/{own}", record.key.id.unescaped())),
        title: words.map_or_else(|| title(record), Raw::from),
    })
}

fn holds(item: &Arc<dyn Object>, place: &Place) -> bool {
    item.place().is_some_and(|own| {
        own.file.path() == place.file.path()
            && own.span.start <= place.span.start
            && place.span.end <= own.span.end
    })
}

/// Records whose ids stand in a text. Only ids with a digit are looked for: a
/// word alone may be meant as a word.
fn named(reading: &Reading, said: &str) -> Vec<Subject> {
    let inventory = &reading.context.inventory;
    let kinds: Vec<Arc<str>> = inventory.kinds().filter(|kind| &***kind != "measurement").cloned().collect();
    let words = said.split(|c: char| c.is_whitespace() || "(),;:\"'".contains(c));
    let words = words.filter(|word| word.bytes().any(|byte| byte.is_ascii_digit()));
    words.filter_map(|word| kinds.iter().find_map(|kind| inventory.find(kind, word))).map(subject).collect()
}

/// Open actions that are about more than half of the subjects, and are none of
/// them: what they would propose is under way.
pub(super) fn under_way(reading: &Reading, subjects: &[Subject]) -> Vec<Subject> {
    let wanted: BTreeSet<&str> = subjects.iter().map(|subject| subject.id.unescaped()).collect();
    let open = reading
        .of_kind("action")
        .into_iter()
        .filter(|(_, action)| reading.is_open(action) && !wanted.contains(action.key.id.unescaped()));
    let about = open.filter(|(at, action)| {
        let mut named: BTreeSet<String> =
            action.references().iter().map(|reference| reference.id.as_str().to_owned()).collect();
        if let Value::List(referrers) = reading.fact(*at, "referrers") {
            named.extend(referrers.iter().filter_map(|item| item.field("id").as_text()));
        }
        let about = wanted.iter().filter(|id| named.contains(**id) || disposed(reading, id, action)).count();
        about * 2 > wanted.len()
    });
    about.map(|(_, action)| subject(action)).collect()
}

/// Whether the disposition of a part names this action.
fn disposed(reading: &Reading, id: &str, action: &Record) -> bool {
    let Some((parent, own)) = id.split_once('/') else { return false };
    let Some(record) = reading.context.inventory.find("audit", parent) else { return false };
    items(record, "findings").iter().any(|item| {
        part(item, "id").as_text().as_deref() == Some(own)
            && part(item, "disposition.ref").as_text().as_deref() == Some(action.key.id.unescaped())
    })
}

/// The word of the action's schema for where a record comes from.
pub(super) fn source_kind(reading: &Reading, first: &Subject) -> &'static str {
    let id = first.id.unescaped();
    let record = reading.context.inventory.find(&first.kind, id.split('/').next().unwrap_or(id));
    let said = |field: &str| record.and_then(|record| text(record, field));
    let said = |field: &str| said(field).map(|word| word.unescaped().to_owned());
    match &*first.kind {
        "audit" if said("type").as_deref() == Some("internal") => "internal_audit",
        "audit" => "external_audit",
        "nonconformity" => "nonconformity",
        "incident" if said("type").as_deref() == Some("near_miss") => "near_miss",
        "incident" => "incident",
        "exercise" => "exercise",
        "review" => "management_review",
        "risk" => "risk_assessment",
        "supplier" => "supplier",
        "feedback" => match said("from").as_deref() {
            Some("customer") => "customer",
            Some("regulator") => "regulator",
            Some("certification_body") => "certification_body",
            Some("supplier") => "supplier",
            Some("staff") => "staff",
            _ => "observation",
        },
        _ => "monitoring",
    }
}

#[cfg(test)]
mod tests {
    use super::lead;
    use crate::escape::Raw;

    #[test]
    fn the_lead_ends_at_the_first_stop() {
        for (message, shown) in [
            (
                "nonconformities on A.8.13 in 3 audits running (A, B): NC-1",
                "nonconformities on A.8.13 in 3 audits running",
            ),
            ("\"doors\" came up in F-1, F-2", "\"doors\" came up in F-1"),
            ("nothing more", "nothing more"),
            ("", ""),
        ] {
            assert_eq!(lead(&Raw::from(message)), Raw::from(shown));
        }
    }
}
