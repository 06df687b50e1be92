//! The findings and the open work of a pack as OSCAL 1.2.1, for tools that
//! exchange it: assessment results, and a plan of action and milestones.
//!
//! Ids are of version 5, from record ids and fingerprints, so that equal
//! records keep their ids. No clause is called satisfied: OSCAL has no word for
//! "no rule found anything", and conclusions stay with people.

use super::Subject;
use crate::escape::{Raw, plain, uri_path};
use crate::evidence::time::is_settled;
use crate::finding::Finding;
use crate::inventory::Record;
use crate::rule::Citation;
use crate::source::RepoPath;
use crate::views::read::{day, text, texts, title, word};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const VERSION: &str = "1.2.1";
/// The namespace of our own properties.
const NAMESPACE: &str = "https://github.com/ismslint/ismslint/oscal";

/// The id of something, by its stable name.
fn id(name: &str) -> String {
    let base = Uuid::new_v5(&Uuid::NAMESPACE_URL, NAMESPACE.as_bytes());
    Uuid::new_v5(&base, name.as_bytes()).to_string()
}

/// Ids of a document: where one name comes twice (two records with one id,
/// which is a fault that is told elsewhere), the later ones are numbered.
#[derive(Default)]
struct Ids(BTreeMap<String, usize>);

impl Ids {
    fn of(&mut self, name: &str) -> String {
        let count = self.0.entry(name.to_owned()).or_default();
        *count += 1;
        if *count == 1 { id(name) } else { id(&format!("{name}#{count}")) }
    }
}

/// The first moment of a day, which OSCAL wants with a zone.
fn moment(day: NaiveDate) -> String {
    format!("{day}T00:00:00Z")
}

/// Text of one line that is not empty and has no space at its ends.
fn line(raw: &Raw, otherwise: &str) -> String {
    let shown = plain(raw.unescaped());
    let shown = shown.trim();
    if shown.is_empty() { otherwise.to_owned() } else { shown.to_owned() }
}

fn property(name: &str, value: &Raw) -> Value {
    json!({"name": name, "ns": NAMESPACE, "value": line(value, "none")})
}

fn metadata(subject: &Subject, what: &str) -> Value {
    json!({
        "title": format!("{what}, {}", subject.period),
        "last-modified": moment(subject.as_of),
        "version": subject.now.commit,
        "oscal-version": VERSION,
        "remarks": super::NOTE,
    })
}

/// An id of a clause or control as OSCAL takes it: it begins with a letter and
/// has no space.
fn control_id(citation: &Citation) -> String {
    let number = citation.to_string().replace(' ', ".");
    match number.strip_prefix("A.") {
        Some(control) => format!("a-{control}"),
        None => format!("cl-{number}"),
    }
}

/// The assessment results: an observation for each finding, and each clause on
/// which rules found something.
pub(super) fn results(subject: &Subject) -> String {
    let report = &subject.now.report;
    let seed = format!("{}/{}/{}", subject.now.commit, subject.period, subject.as_of);
    let rules = report.assessment.rules.iter().filter(|result| result.off.is_none());
    let judged: BTreeSet<String> = rules.flat_map(|result| &result.rule.clauses).map(control_id).collect();
    let selected: Vec<Value> = judged.iter().map(|id| json!({"control-id": id})).collect();
    let selection =
        if selected.is_empty() { json!({"include-all": {}}) } else { json!({"include-controls": selected}) };
    let plan = id(&format!("plan/{seed}"));
    let mut result = json!({
        "uuid": id(&format!("result/{seed}")),
        "title": format!("Check as of {}", subject.as_of),
        "description": format!("{}. {}", crate::output::verdict(report), super::NOTE),
        "start": moment(subject.as_of),
        "end": moment(subject.as_of),
        "reviewed-controls": {"control-selections": [selection]},
    });
    let mut ids = Ids::default();
    let observed: Vec<(&Finding, String)> = report
        .assessment
        .findings
        .iter()
        .map(|finding| (finding, ids.of(&format!("observation/{}", finding.fingerprint.as_str()))))
        .collect();
    let observations: Vec<Value> =
        observed.iter().map(|(finding, id)| observation(subject, finding, id)).collect();
    if !observations.is_empty() {
        result["observations"] = Value::Array(observations);
    }
    let findings = findings(subject, &observed);
    if !findings.is_empty() {
        result["findings"] = Value::Array(findings);
    }
    crate::escape::json(&json!({"assessment-results": {
        "uuid": id(&format!("assessment-results/{seed}")),
        "metadata": metadata(subject, "Assessment results"),
        "import-ap": {"href": format!("#{plan}")},
        "results": [result],
        "back-matter": {"resources": [{
            "uuid": plan,
            "title": "The rules that were applied",
            "description": format!("ismslint {}, rules with SHA-256 {}", env!("CARGO_PKG_VERSION"), subject.rules_digest),
        }]},
    }}))
}

fn observation(subject: &Subject, finding: &Finding, id: &str) -> Value {
    let mut props = vec![
        property("rule", &Raw::from(&*finding.rule)),
        property("severity", &Raw::from(finding.severity.word())),
        property("fingerprint", &Raw::from(finding.fingerprint.as_str())),
    ];
    if let Some(key) = &finding.record {
        props.push(property("record", &Raw::from(format!("{}/{}", key.kind, key.id.unescaped()))));
    }
    let mut observation = json!({
        "uuid": id,
        "title": line(&Raw::from(&*finding.rule), "rule"),
        "description": line(&finding.message, "a finding"),
        "props": props,
        "methods": ["EXAMINE"],
        "types": ["finding"],
        "collected": moment(subject.as_of),
        "remarks": line(&finding.fix, "none"),
    });
    if let Some(place) = &finding.place {
        let path = RepoPath::from(subject.root.as_str()).join(place.file.path().as_bytes());
        let row = place.file.position(place.span.start).line;
        observation["relevant-evidence"] =
            json!([{"href": uri_path(path.as_bytes()), "description": format!("line {row} of the file")}]);
    }
    observation
}

/// The clauses on which something was found.
fn findings(subject: &Subject, observed: &[(&Finding, String)]) -> Vec<Value> {
    let mut by_clause: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for result in &subject.now.report.assessment.rules {
        let of_rule = || observed.iter().filter(|(finding, _)| finding.rule == result.rule.id);
        for clause in &result.rule.clauses {
            by_clause.entry(control_id(clause)).or_default().extend(of_rule().map(|(_, id)| id.as_str()));
        }
    }
    by_clause.retain(|_, ids| !ids.is_empty());
    let finding = |(clause, mut ids): (String, Vec<&str>)| {
        // One rule may cite several letters of a clause.
        let mut seen = BTreeSet::new();
        ids.retain(|id| seen.insert(*id));
        let related: Vec<Value> = ids.iter().map(|id| json!({"observation-uuid": id})).collect();
        json!({
            "uuid": id(&format!("finding/{}/{}/{clause}", subject.now.commit, subject.as_of)),
            "title": format!("Findings on {clause}"),
            "description": format!("Findings of rules that cite {clause}: {}", related.len()),
            "target": {
                "type": "objective-id",
                "target-id": clause,
                "status": {"state": "not-satisfied", "reason": "fail"},
            },
            "related-observations": related,
        })
    };
    by_clause.into_iter().map(finding).collect()
}

/// The plan of action: nonconformities and actions that are open, or were
/// settled in the period. None where there is neither: OSCAL has no empty plan.
pub(super) fn plan(subject: &Subject) -> Option<String> {
    let reading = &subject.now.reading;
    let (mut items, mut risks, mut ids) = (Vec::new(), Vec::new(), Ids::default());
    for (_, record) in reading.of_kind("nonconformity") {
        if !is_settled(record) || subject.period.has(day(record, "closed.on")) {
            let risk = risk(subject, record, &mut ids);
            items.push(item(record, "nature", risk["uuid"].as_str(), &mut ids));
            risks.push(risk);
        }
    }
    for (_, record) in reading.of_kind("action") {
        if reading.is_open(record) {
            items.push(item(record, "issue", None, &mut ids));
        }
    }
    if items.is_empty() {
        return None;
    }
    let mut plan = json!({
        "uuid": id(&format!("plan-of-action/{}/{}/{}", subject.now.commit, subject.period, subject.as_of)),
        "metadata": metadata(subject, "Plan of action and milestones"),
    });
    if !risks.is_empty() {
        plan["risks"] = Value::Array(risks);
    }
    plan["poam-items"] = Value::Array(items);
    Some(crate::escape::json(&json!({"plan-of-action-and-milestones": plan})))
}

fn name(record: &Record) -> String {
    format!("{}/{}", record.kind.name, record.key.id.unescaped())
}

fn item(record: &Record, described: &str, risk: Option<&str>, ids: &mut Ids) -> Value {
    let mut props = vec![property("record", &Raw::from(name(record)))];
    for (field, called) in [("status", "status"), ("owner", "owner"), ("due", "due")] {
        let value = text(record, field).or_else(|| day(record, field).map(|day| Raw::from(day.to_string())));
        props.extend(value.map(|value| property(called, &value)));
    }
    let mut item = Map::new();
    item.insert("uuid".to_owned(), json!(ids.of(&format!("poam-item/{}", name(record)))));
    item.insert("title".to_owned(), json!(line(&title(record), "without a title")));
    let description = text(record, described).unwrap_or_else(|| title(record));
    item.insert("description".to_owned(), json!(line(&description, "without a description")));
    item.insert("props".to_owned(), Value::Array(props));
    if let Some(risk) = risk {
        item.insert("related-risks".to_owned(), json!([{"risk-uuid": risk}]));
    }
    Value::Object(item)
}

fn risk(subject: &Subject, record: &Record, ids: &mut Ids) -> Value {
    let status = match word(record, "status").as_deref() {
        Some("closed" | "declined") => "closed",
        Some("in_progress") => "remediating",
        _ => "open",
    };
    let cause = text(record, "root_cause.cause").unwrap_or_else(|| Raw::from("no cause is written"));
    let nature = text(record, "nature").unwrap_or_else(|| title(record));
    let mut risk = json!({
        "uuid": ids.of(&format!("risk/{}", name(record))),
        "title": line(&title(record), "without a title"),
        "description": line(&nature, "without a description"),
        "statement": line(&cause, "no cause is written"),
        "status": status,
    });
    if let Some(due) = day(record, "due") {
        risk["deadline"] = json!(moment(due));
    }
    let inventory = &subject.now.reading.context.inventory;
    let actions = texts(record, "actions").into_iter();
    let actions = actions.filter_map(|named| inventory.find("action", named.unescaped()));
    let remediations: Vec<Value> = actions.map(|action| remediation(subject, record, action, ids)).collect();
    if !remediations.is_empty() {
        risk["remediations"] = Value::Array(remediations);
    }
    risk
}

fn remediation(subject: &Subject, of: &Record, action: &Record, ids: &mut Ids) -> Value {
    let seed = format!("{}/{}", name(of), name(action));
    let lifecycle = if subject.now.reading.is_open(action) { "planned" } else { "completed" };
    let mut remediation = json!({
        "uuid": ids.of(&format!("remediation/{seed}")),
        "lifecycle": lifecycle,
        "title": line(&title(action), "without a title"),
        "description": line(&text(action, "plan").unwrap_or_else(|| title(action)), "without a description"),
        "props": [property("record", &Raw::from(name(action)))],
    });
    if let Some(due) = day(action, "due") {
        remediation["tasks"] = json!([{
            "uuid": ids.of(&format!("task/{seed}")),
            "type": "milestone",
            "title": "Due",
            "timing": {"on-date": {"date": moment(due)}},
        }]);
    }
    remediation
}
