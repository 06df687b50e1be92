//! From findings to proposed improvement actions: what keeps coming back, got
//! worse without a word, is late in heaps or stands still, each as a record
//! that is ready to be registered but for what only people know.
//!
//! Rules judge and a table of signals ([`signals()`]) says what belongs
//! together; nothing is judged here. It asks for causes and names none, and
//! writes nothing: the same records and the same day give the same proposals.

mod group;
mod id;
mod signals;

pub use group::Subject;
pub use signals::{By, Signal, signals};

use crate::check::Assessment;
use crate::escape::Raw;
use crate::finding::Finding;
use crate::kind::Kind;
use crate::output;
use crate::sheet::Gap;
use crate::views::Reading;
use chrono::NaiveDate;
use group::Group;
use id::Ids;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Findings that the words of a record tell one by one.
const TOLD: usize = 4;

/// Something that was found, as a proposal tells it.
#[derive(Clone, Debug, Serialize)]
pub struct Reason {
    /// The rule that says so.
    pub rule: Arc<str>,
    /// What it says.
    pub message: Raw,
    /// The file, from the root of the ISMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Raw>,
    /// The line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// A proposed improvement action.
#[derive(Clone, Debug, Serialize)]
pub struct Proposal {
    /// The signal that it comes from.
    pub signal: String,
    /// What to do, in one line.
    pub title: Raw,
    /// What was found.
    pub reasons: Vec<Reason>,
    /// The records that it is about.
    pub records: Vec<Subject>,
    /// What to ask for the cause.
    pub questions: Vec<String>,
    /// The record to register, by the schema of actions.
    pub record: Value,
    /// Its fields that are left for people, and what belongs there.
    pub blank: Vec<Blank>,
}

/// A field that only people can fill in.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Blank {
    /// The field.
    pub field: &'static str,
    /// What belongs there.
    pub what: &'static str,
}

/// A signal that open actions answer already.
#[derive(Clone, Debug, Serialize)]
pub struct UnderWay {
    /// The signal.
    pub signal: String,
    /// What would have been proposed.
    pub title: Raw,
    /// The open actions about it.
    pub actions: Vec<Subject>,
}

/// What comes of the findings.
#[derive(Clone, Debug, Serialize)]
pub struct Suggestions {
    /// What is proposed, in the order of the signals.
    pub proposals: Vec<Proposal>,
    /// What open actions answer already.
    pub under_way: Vec<UnderWay>,
    /// What could not be determined.
    pub undetermined: Vec<Gap>,
}

/// What only people know of a proposed action.
const BLANK: [Blank; 5] = [
    Blank { field: "owner", what: "who answers for it" },
    Blank { field: "due", what: "YYYY-MM-DD" },
    Blank { field: "root_cause", what: "what the questions led to" },
    Blank { field: "plan", what: "the steps" },
    Blank {
        field: "verification",
        what: "{ due: YYYY-MM-DD, criteria: by what it would show that it worked }",
    },
];

/// The proposals for what an assessment by the rules of the signals found;
/// `action` is the kind of the records to be.
pub fn suggest(reading: &Reading, assessment: &Assessment, signals: &[Signal], action: &Kind) -> Suggestions {
    let findings: Vec<Finding> = assessment.findings.iter().cloned().map(output::masked).collect();
    let mut ids = Ids::of(reading);
    let mut found = Suggestions { proposals: Vec::new(), under_way: Vec::new(), undetermined: Vec::new() };
    for signal in signals {
        for group in group::groups(reading, signal, &findings) {
            let title = title(&group);
            let actions = group::under_way(reading, &group.subjects);
            if actions.is_empty() {
                found.proposals.push(proposal(reading, &group, title, &mut ids, action));
            } else {
                found.under_way.push(UnderWay { signal: signal.id.clone(), title, actions });
            }
        }
    }
    found.undetermined = undetermined(reading, assessment);
    found
}

fn title(group: &Group<'_>) -> Raw {
    Raw::from(group.signal.title.replace("{what}", group.what.unescaped()))
}

fn proposal(reading: &Reading, group: &Group<'_>, title: Raw, ids: &mut Ids, action: &Kind) -> Proposal {
    let record = record(reading, group, &title, ids, action);
    Proposal {
        signal: group.signal.id.clone(),
        title,
        reasons: group.findings.iter().map(|finding| reason(finding)).collect(),
        records: group.subjects.clone(),
        questions: group.signal.questions.clone(),
        record,
        blank: BLANK.to_vec(),
    }
}

fn reason(finding: &Finding) -> Reason {
    let place = finding.place.as_ref();
    Reason {
        rule: finding.rule.clone(),
        message: finding.message.clone(),
        file: place.map(|place| Raw::from(place.file.path().shown())),
        line: place.map(|place| place.file.position(place.span.start).line),
    }
}

/// The record to be: what the records say already; what only people know is
/// left out of it.
fn record(reading: &Reading, group: &Group<'_>, title: &Raw, ids: &mut Ids, action: &Kind) -> Value {
    let links = links(group, action);
    let is_corrective = links.contains_key("nonconformity");
    let ty = if group.signal.ty == "corrective" && !is_corrective { "improvement" } else { &group.signal.ty };
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("id", json!(ids.next()));
    put("title", json!(title));
    put("type", json!(ty));
    put("source", source(reading, group));
    put("issue", json!(issue(&group.findings)));
    put("serves", json!(group.signal.serves));
    put("raised", json!(reading.today()));
    put("status", json!("proposed"));
    if let [metric] = links.get("metric").map_or(&[][..], Vec::as_slice) {
        put("expected", json!({"metric": metric}));
    }
    if !links.is_empty() {
        put("links", json!(links));
    }
    Value::Object(fields)
}

/// Of one record, that record; of several, that they were seen together.
fn source(reading: &Reading, group: &Group<'_>) -> Value {
    match group.subjects.first() {
        Some(first) if group.signal.by == By::Record => {
            json!({"kind": group::source_kind(reading, first), "ref": first.id})
        }
        _ => json!({"kind": "monitoring"}),
    }
}

/// What was found, in words; the first few where there are many.
fn issue(findings: &[&Finding]) -> String {
    let told: Vec<&str> = findings.iter().take(TOLD).map(|finding| finding.message.unescaped()).collect();
    let more = findings.len().saturating_sub(TOLD);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!("{}{more}", told.join("; "))
}

/// The records by kind, as far as the schema of actions can link them.
fn links(group: &Group<'_>, action: &Kind) -> BTreeMap<Arc<str>, Vec<Raw>> {
    let known = action.field("links").and_then(|field| field.structure());
    let mut links: BTreeMap<Arc<str>, BTreeSet<(String, String)>> = BTreeMap::new();
    for subject in &group.subjects {
        let id = subject.id.unescaped();
        // A part is linked by the record that it is part of.
        let id = id.split('/').next().unwrap_or(id);
        if known.is_some_and(|known| known.fields.contains_key(&*subject.kind)) {
            links.entry(subject.kind.clone()).or_default().insert(crate::sheet::natural(id));
        }
    }
    let ids = |ids: BTreeSet<(String, String)>| ids.into_iter().map(|(_, id)| Raw::from(id)).collect();
    links.into_iter().map(|(kind, found)| (kind, ids(found))).collect()
}

/// What the rules of the signals could not judge, and what hides ids.
fn undetermined(reading: &Reading, assessment: &Assessment) -> Vec<Gap> {
    let mut gaps: BTreeMap<(Raw, Option<Raw>), usize> = BTreeMap::new();
    for rule in assessment.rules.iter().filter(|rule| rule.off.is_none()) {
        for missing in rule.undetermined.keys() {
            *gaps.entry((missing.why.clone(), missing.remedy.clone())).or_default() += 1;
        }
    }
    let told = gaps.into_iter().map(|((why, remedy), rules)| {
        let rules = if rules == 1 { "1 rule".to_owned() } else { format!("{rules} rules") };
        Gap { why: Raw::from(format!("{} ({rules})", why.unescaped())), remedy }
    });
    let hidden = reading.hidden(&["action"]).into_iter().chain(reading.history_gap());
    told.chain(hidden).collect()
}

/// A year before a day: how far back it is looked for what was improved.
pub fn year_before(day: NaiveDate) -> NaiveDate {
    day.checked_sub_months(chrono::Months::new(12)).unwrap_or(day)
}
