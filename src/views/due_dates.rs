//! Every day that a record sets, or that an interval sets for it, and that is
//! still to be kept: one list for the records of every kind.
//!
//! What a record writes comes before what an interval computes; of a written
//! day and a computed one for the same thing the earlier counts.

use super::read::{Reading, day, items, part, title, word};
use crate::escape::Raw;
use crate::expr::{Duration, Value};
use crate::facts::COMMON_INTERVAL;
use crate::inventory::Record;
use crate::sheet::Gap;
use chrono::NaiveDate;

/// One day to be kept.
pub(super) struct Deadline {
    pub(super) on: NaiveDate,
    pub(super) what: &'static str,
    pub(super) kind: String,
    pub(super) id: Raw,
    pub(super) title: Raw,
    pub(super) owner: Option<Raw>,
    /// Whose day it is: the field, or whose interval.
    pub(super) basis: String,
}

impl Deadline {
    pub(super) fn order(&self) -> (NaiveDate, &str, &Raw, &str) {
        (self.on, &self.kind, &self.id, self.what)
    }
}

/// An open record that sets no day: kind, id, title, owner.
pub(super) type Undated = (String, Raw, Raw, Option<Raw>);

/// All that was found.
#[derive(Default)]
pub(super) struct Deadlines {
    pub(super) dated: Vec<Deadline>,
    pub(super) undated: Vec<Undated>,
    pub(super) gaps: Vec<Gap>,
}

/// Everything that has a day to be kept.
pub(super) fn deadlines(reading: &Reading) -> Deadlines {
    let mut all = Gathering { reading, found: Deadlines::default() };
    all.actions();
    all.nonconformities();
    all.objectives();
    all.reviewed();
    all.meetings();
    all.recurring();
    all.controls_and_waivers();
    all.metrics();
    all.found.gaps.extend(reading.hidden(&[]));
    all.found
}

struct Gathering<'r> {
    reading: &'r Reading,
    found: Deadlines,
}

impl Gathering<'_> {
    fn add(&mut self, record: &Record, on: Option<NaiveDate>, what: &'static str, basis: &str) {
        let Some(on) = on else { return };
        self.found.dated.push(Deadline {
            on,
            what,
            kind: record.kind.name.to_string(),
            id: record.key.id.clone(),
            title: title(record),
            owner: self.reading.owner(record),
            basis: basis.to_owned(),
        });
    }

    /// The day at a path; a value that cannot be read is a gap, a missing one is
    /// listed as such.
    fn written(&mut self, record: &Record, path: &str, what: &'static str) {
        match record.path(&path.split('.').collect::<Vec<_>>()) {
            Value::Date(on) => self.add(record, Some(on), what, path),
            Value::Unknown(why) => self.found.gaps.push(Gap {
                why: Raw::from(format!("{} {}: {why}", record.kind.name, record.key.id.unescaped())),
                remedy: None,
            }),
            _ => self.found.undated.push((
                record.kind.name.to_string(),
                record.key.id.clone(),
                title(record),
                self.reading.owner(record),
            )),
        }
    }

    fn actions(&mut self) {
        for (_, action) in self.reading.of_kind("action") {
            let status = word(action, "status");
            if self.reading.is_open(action) {
                self.written(action, "due", "action");
            } else if matches!(status.as_deref(), Some("completed" | "verified"))
                && day(action, "verification.on").is_none()
            {
                self.add(action, day(action, "verification.due"), "verification", "verification.due");
            }
        }
    }

    fn nonconformities(&mut self) {
        for (_, nonconformity) in self.reading.of_kind("nonconformity") {
            let status = word(nonconformity, "status");
            if !matches!(status.as_deref(), Some("closed" | "declined")) {
                self.written(nonconformity, "due", "nonconformity");
            }
        }
    }

    fn objectives(&mut self) {
        for (_, objective) in self.reading.of_kind("objective") {
            let status = word(objective, "status");
            if matches!(status.as_deref(), Some("achieved" | "not_achieved" | "superseded" | "cancelled")) {
                continue;
            }
            self.written(objective, "due", "objective");
            for milestone in items(objective, "milestones") {
                if !matches!(part(&milestone, "done"), Value::Bool(true)) {
                    self.add(objective, part(&milestone, "on").as_day(), "milestone", "milestones.on");
                }
            }
        }
    }

    /// Documents, risks and the context: reviewed by their interval.
    fn reviewed(&mut self) {
        for kind in ["document", "risk", "context"] {
            for (at, record) in self.reading.of_kind(kind) {
                let status = word(record, "status");
                if matches!(status.as_deref(), Some("draft" | "retired" | "closed")) {
                    continue;
                }
                let promised = day(record, "next_review");
                let computed = self.reading.fact(at, "review_due").as_day();
                let source = self.reading.fact(at, "review_interval_source").as_text().unwrap_or_default();
                match (promised, computed) {
                    (Some(promised), computed) if computed.is_none_or(|computed| promised <= computed) => {
                        self.add(record, Some(promised), "review", "next_review");
                    }
                    (_, Some(_)) => self.add(record, computed, "review", &source),
                    _ => self.written(record, "next_review", "review"),
                }
                self.add(
                    record,
                    day(record, "accepted.until"),
                    "acceptance of the risk ends",
                    "accepted.until",
                );
            }
        }
    }

    /// Audits, reviews and exercises: planned ones that were not held, and the
    /// next ones.
    fn meetings(&mut self) {
        let today = self.reading.today();
        let later = |kind: &str, ty: Option<String>, held: &str, than: NaiveDate| {
            let records = self.reading.of_kind(kind).into_iter();
            records.filter(|(_, record)| ty.is_none() || word(record, "type") == ty).any(|(_, record)| {
                day(record, held).or_else(|| day(record, "planned")).is_some_and(|day| day > than)
            })
        };
        let mut planned = Vec::new();
        for (kind, held) in [("audit", "held"), ("review", "date"), ("exercise", "held")] {
            for (_, record) in self.reading.of_kind(kind) {
                match day(record, held).filter(|held| *held <= today) {
                    None => planned.push((
                        record,
                        day(record, "planned").or_else(|| day(record, held)),
                        "to be held",
                        "planned",
                    )),
                    Some(last) if !later(kind, word(record, "type"), held, last) => {
                        planned.push((record, day(record, "next"), "the next one", "next"));
                    }
                    Some(_) => {}
                }
            }
        }
        for (_, review) in self.reading.of_kind("review") {
            for decision in items(review, "decisions") {
                let owed = part(&decision, "due").as_day();
                let actions = super::read::as_texts(&part(&decision, "actions"));
                if owed.is_some()
                    && actions.is_empty()
                    && part(&decision, "no_action_because").as_text().is_none()
                {
                    planned.push((review, owed, "decision without an action", "decisions.due"));
                }
            }
        }
        for (record, on, what, basis) in planned {
            self.add(record, on, what, basis);
        }
        self.cycles();
        self.programme();
    }

    /// The management review and the internal audit by their interval.
    fn cycles(&mut self) {
        let cycles = [("management_review", "management review"), ("internal_audit", "internal audit")];
        for (fact, what) in cycles {
            let cycle = self.reading.isms(fact);
            let Some(on) = cycle.field("due").as_day() else { continue };
            self.found.dated.push(Deadline {
                on,
                what: "the next one, at the latest",
                kind: what.to_owned(),
                id: Raw::from("isms"),
                title: Raw::from(format!("The next {what}")),
                owner: None,
                basis: cycle.field("interval_source").as_text().unwrap_or_default(),
            });
        }
        if let Some(certification) = &self.reading.context.settings.profile.certification
            && let Some(on) = certification.next_audit
        {
            self.found.dated.push(Deadline {
                on,
                what: "audit by the certification body",
                kind: "certification".to_owned(),
                id: Raw::from("isms"),
                title: Raw::from("The next audit of the certificate"),
                owner: None,
                basis: "certification.next_audit in isms.yaml".to_owned(),
            });
        }
    }

    /// Audits that a programme plans and no record shows as held.
    fn programme(&mut self) {
        let audits = self.reading.of_kind("audit");
        let mut open = Vec::new();
        for (_, programme) in self.reading.of_kind("audit_programme") {
            for planned in items(programme, "audits") {
                let Some(on) = part(&planned, "planned").as_day() else { continue };
                let is_its_own = |audit: &Record| {
                    word(audit, "programme").as_deref() == Some(programme.key.id.unescaped())
                };
                let recorded = audits.iter().any(|(_, audit)| {
                    is_its_own(audit)
                        && (day(audit, "planned") == Some(on)
                            || day(audit, "held").is_some_and(|held| held >= on))
                });
                if !recorded {
                    open.push((programme, on));
                }
            }
        }
        for (programme, on) in open {
            self.add(programme, Some(on), "audit of the programme", "audits.planned");
        }
    }

    /// Suppliers and trainings.
    fn recurring(&mut self) {
        let kinds = [("supplier", "assessed", "assessment"), ("training", "held", "training")];
        for (kind, last, what) in kinds {
            for (_, record) in self.reading.of_kind(kind) {
                if matches!(word(record, "status").as_deref(), Some("ended" | "cancelled" | "prospective")) {
                    continue;
                }
                if let Some(next) = day(record, "next") {
                    self.add(record, Some(next), what, "next");
                    continue;
                }
                let (interval, whose) = match record.get("interval") {
                    Value::Duration(own) => (own, "its own interval"),
                    _ => (COMMON_INTERVAL, "the common interval, as none is set"),
                };
                match day(record, last) {
                    Some(last) => self.add(record, after(interval, last), what, whose),
                    None => self.written(record, last, what),
                }
            }
        }
    }

    fn controls_and_waivers(&mut self) {
        for (_, control) in self.reading.of_kind("control") {
            if matches!(
                word(control, "implementation").as_deref(),
                Some("not_started" | "planned" | "in_progress")
            ) {
                self.add(control, day(control, "planned_for"), "implementation", "planned_for");
            }
            self.add(control, day(control, "tested.next"), "test", "tested.next");
        }
        for (_, waiver) in self.reading.of_kind("waiver") {
            self.written(waiver, "expires", "waiver expires");
        }
    }

    /// The end of the period that a metric's frequency measures next.
    fn metrics(&mut self) {
        let today = self.reading.today();
        for (at, metric) in self.reading.of_kind("metric") {
            let Value::Duration(frequency) = metric.get("frequency") else { continue };
            let retired = day(metric, "retired").is_some_and(|day| day <= today);
            if retired || word(metric, "derived").is_some() {
                continue;
            }
            let last = self.reading.fact(at, "last_measurement").field("to").as_day();
            match last.or_else(|| day(metric, "since")) {
                Some(last) => self.add(metric, after(frequency, last), "measurement", "frequency"),
                None => self.written(metric, "since", "measurement"),
            }
        }
    }
}

fn after(interval: Duration, day: NaiveDate) -> Option<NaiveDate> {
    interval.after(day)
}
