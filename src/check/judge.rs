//! One rule over all its subjects.

use super::{RuleInfo, RuleResult, Undetermined};
use crate::budget::Limits;
use crate::catalogue::Applied;
use crate::escape::Raw;
use crate::expr::{FieldRef, Object, Steps, Value};
use crate::facts::{Context, Visible};
use crate::finding::{CommitEvidence, Finding, Fingerprint, RecordKey, Related, Standing};
use crate::history::Evidence;
use crate::inventory::Record;
use crate::rule::{Body, Each, Failure, Need, Outcome, Rule};
use crate::settings::{Mistake, Settings};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The verdicts of a rule, and its findings.
pub(super) fn judge(applied: &Applied, context: &Arc<Context>) -> (RuleResult, Vec<Finding>) {
    let mut judging = Judging {
        applied,
        rule: &applied.rule,
        severity: applied.severity,
        context,
        history: applied.rule.needs(Need::History),
        result: RuleResult::new(info(applied)),
        findings: Vec::new(),
    };
    if let Some(reason) = &applied.off {
        judging.result.off = Some(reason.clone());
        return (judging.result, judging.findings);
    }
    match &applied.rule.each {
        Each::Isms => judging.subjects(None, &[None]),
        Each::Kinds(kinds) => {
            for kind in kinds {
                judging.kind(kind);
            }
        }
        Each::Record => {
            for kind in context.inventory.kinds() {
                judging.kind(kind);
            }
        }
    }
    (judging.result, judging.findings)
}

fn info(applied: &Applied) -> RuleInfo {
    let rule = &applied.rule;
    RuleInfo {
        id: rule.id.clone(),
        title: Raw::new(rule.title.clone()),
        severity: applied.severity,
        basis: Some(rule.basis),
        clauses: rule.clauses.clone(),
        why: Raw::from(rule.why()),
        fix: Raw::from(rule.fix()),
    }
}

/// Whether a setting that a rule needs is not there.
pub(super) fn is_unset(need: Need, settings: &Settings) -> bool {
    let profile = &settings.profile;
    match need {
        Need::History => false,
        Need::People => profile.people.is_empty(),
        Need::Areas => profile.areas.is_empty(),
        Need::Started => profile.started.is_none(),
        Need::Certification => profile.certification.is_none(),
        Need::Risk => profile.risk.is_none(),
    }
}

struct Judging<'r> {
    applied: &'r Applied,
    rule: &'r Rule,
    severity: crate::finding::Severity,
    context: &'r Arc<Context>,
    history: bool,
    result: RuleResult,
    findings: Vec<Finding>,
}

impl Judging<'_> {
    fn kind(&mut self, kind: &str) {
        let inventory = &self.context.inventory;
        let subjects: Vec<Option<usize>> = inventory.places_of_kind(kind).iter().copied().map(Some).collect();
        self.subjects(inventory.of_kind(kind).next(), &subjects);
        self.unreadable(kind);
    }

    /// Records that may stand where nothing could be read got no verdict.
    fn unreadable(&mut self, kind: &str) {
        let inventory = &self.context.inventory;
        let unread = inventory.unread.iter().filter(|(_, of, _)| **of == *kind);
        let mut reasons: Vec<String> =
            unread.map(|(path, ..)| format!("{} was not read", path.shown())).collect();
        if inventory.broken_kinds.iter().any(|broken| **broken == *kind) {
            reasons
                .push(format!("a part of the records of kind `{}` cannot be read", kind.replace('_', " ")));
        }
        for why in reasons {
            self.undetermined(
                1,
                Undetermined { why: Raw::from(why), remedy: Some(Raw::from("mend the file")) },
            );
        }
    }

    fn subjects(&mut self, example: Option<&Record>, subjects: &[Option<usize>]) {
        if subjects.is_empty() {
            return;
        }
        if let Some(need) = self.rule.needs.iter().find(|need| is_unset(**need, &self.context.settings)) {
            self.not_applicable(subjects.len(), &format!("needs `{}` in isms.yaml", need.word()));
            return;
        }
        if self.history {
            match &self.context.history.evidence {
                Evidence::Complete => {}
                Evidence::NotRead => {
                    return self.not_applicable(subjects.len(), "the history was not asked for");
                }
                Evidence::Incomplete { why, remedy } => {
                    let missing =
                        Undetermined { why: Raw::new(why.clone()), remedy: Some(Raw::new(remedy.clone())) };
                    return self.undetermined(subjects.len(), missing);
                }
            }
        }
        match &*self.applied.body(example.map(|record| &*record.kind)) {
            Ok(body) => {
                let visible = Visible::on(example.map(|record| &*record.kind.name), self.history);
                for at in subjects {
                    self.one(body, &visible, *at);
                }
            }
            Err(mistakes) => {
                let why = Raw::from(format!("the rule cannot be applied: {}", first(mistakes)));
                self.undetermined(subjects.len(), Undetermined { why, remedy: None });
            }
        }
    }

    fn one(&mut self, body: &Body, visible: &Visible, at: Option<usize>) {
        let record = at.map(|at| &self.context.inventory.records()[at]);
        let mut variables = Vec::with_capacity(6);
        variables.extend(record.map(Record::value));
        variables.push(visible.of(self.context, at));
        variables.push(self.rule.params_value());
        variables.push(Value::Date(self.context.as_of));
        let mut steps = Steps::new(Limits::STANDARD.steps);
        match body.items(&variables, &mut steps) {
            Err(error) => self.failed(&error.to_string()),
            Ok(None) => self.verdict(body, record, None, variables),
            Ok(Some(Value::List(items))) => {
                for item in items.iter() {
                    let object = match item {
                        Value::Struct(object) => Some(object.clone()),
                        _ => None,
                    };
                    let mut variables = variables.clone();
                    variables.push(item.clone());
                    self.verdict(body, record, object.as_deref(), variables);
                }
            }
            Ok(Some(Value::Unknown(why))) => self.unknown(&why),
            // An absent list has no items.
            Ok(Some(_)) => {}
        }
    }

    fn verdict(
        &mut self,
        body: &Body,
        record: Option<&Record>,
        item: Option<&dyn Object>,
        variables: Vec<Value>,
    ) {
        match body.judge(variables, &mut Steps::new(Limits::STANDARD.steps)) {
            Err(error) => self.failed(&error.to_string()),
            Ok(Outcome::NotAbout) => self.not_applicable(1, "the rule is about others"),
            Ok(Outcome::Holds) => {
                self.result.subjects += 1;
                self.result.conforms += 1;
            }
            Ok(Outcome::Unknown(why)) => self.unknown(&why),
            Ok(Outcome::Fails(failure)) => {
                self.result.subjects += 1;
                self.result.fails += 1;
                let finding = self.finding(body, record, item, *failure);
                self.findings.push(finding);
            }
        }
    }

    fn finding(
        &self,
        body: &Body,
        record: Option<&Record>,
        item: Option<&dyn Object>,
        failure: Failure,
    ) -> Finding {
        let key = record.map(|record| record.key.clone()).or_else(|| item.and_then(named_record));
        let place = failure
            .place
            .or_else(|| item.and_then(Object::place))
            .or_else(|| record.map(|record| record.place.clone()));
        let identity = item.and_then(Object::identity);
        let detail = match identity {
            Some(identity) if record.is_some() => format!("{}/{}", body.field(), identity.as_str()),
            _ => body.field(),
        };
        let lasting = record.map(Record::lasting_key).or_else(|| key.clone());
        Finding {
            rule: self.rule.id.clone(),
            severity: self.severity,
            fingerprint: Fingerprint::new(&self.rule.id, lasting.as_ref(), &detail),
            record: key,
            place,
            message: failure.message,
            why: failure.why,
            fix: failure.fix,
            related: failure.related.into_iter().map(|(place, label)| Related { place, label }).collect(),
            commits: commits(&failure.events),
            withheld: Vec::new(),
            standing: Standing::Whole,
        }
    }

    fn not_applicable(&mut self, count: usize, why: &str) {
        self.result.subjects += count;
        *self.result.not_applicable.entry(Raw::from(why)).or_default() += count;
    }

    fn undetermined(&mut self, count: usize, missing: Undetermined) {
        self.result.subjects += count;
        *self.result.undetermined.entry(missing).or_default() += count;
    }

    fn unknown(&mut self, why: &str) {
        self.undetermined(1, Undetermined { why: Raw::from(why), remedy: None });
    }

    fn failed(&mut self, why: &str) {
        self.undetermined(
            1,
            Undetermined { why: Raw::from(format!("the rule could not be evaluated: {why}")), remedy: None },
        );
    }
}

/// The record that an item of the whole set is: one that is gone, by the kind
/// and id it had.
fn named_record(item: &dyn Object) -> Option<RecordKey> {
    let text = |name: &str| item.get(&FieldRef::named(name)).as_text();
    Some(RecordKey { kind: text("kind")?.into(), id: Raw::from(text("id")?) })
}

fn first(mistakes: &[Mistake]) -> String {
    mistakes.first().map_or_else(String::new, |mistake| mistake.message.unescaped().to_owned())
}

/// The commits of a list of events, each once, in their order.
fn commits(events: &Value) -> Vec<CommitEvidence> {
    let Value::List(events) = events else { return Vec::new() };
    let mut commits: Vec<CommitEvidence> = Vec::new();
    let mut known = BTreeSet::new();
    for event in events.iter() {
        let Value::Struct(event) = event else { continue };
        let get = |name: &str| event.get(&FieldRef::named(name));
        let text = |name: &str| match get(name) {
            Value::Text(text) => text.as_str().to_owned(),
            Value::Date(day) => day.to_string(),
            _ => "unknown".to_owned(),
        };
        let commit = CommitEvidence {
            id: text("commit").into(),
            author: Raw::from(text("author")),
            authored: text("authored").into(),
            arrived: text("arrived").into(),
            summary: Raw::from(text("summary")),
        };
        // The id, and for what is not committed yet the day, tell them apart.
        if known.insert((commit.id.clone(), commit.arrived.clone())) {
            commits.push(commit);
        }
    }
    commits
}
