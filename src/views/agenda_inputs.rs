//! The inputs d to g of a review: nonconformities, measurements, audits,
//! objectives, feedback, risks and opportunities.

use super::agenda::Notes;
use super::read::{self, cell, day, id, items, number, part, spoken, title, word};
use super::trend::{Reach, courses};
use crate::escape::Raw;
use crate::expr::Value;
use crate::inventory::Record;
use crate::sheet::{Cell, Section, Table};

impl Notes<'_> {
    pub(super) fn nonconformities(&self, section: &mut Section) {
        self.hidden(section, &["nonconformity"]);
        let all = self.reading.of_kind("nonconformity");
        let closed = |record: &Record| day(record, "closed.on");
        let is_open =
            |record: &Record| !matches!(word(record, "status").as_deref(), Some("closed" | "declined"));
        let opened = all.iter().filter(|(_, record)| self.is_new(day(record, "detected.on"))).count();
        let ended = all.iter().filter(|(_, record)| self.is_new(closed(record))).count();
        let open = all.iter().filter(|(_, record)| is_open(record)).count();
        let words = self.since_words();
        let rows = all
            .iter()
            .filter(|(_, record)| {
                is_open(record) || self.is_new(day(record, "detected.on")) || self.is_new(closed(record))
            })
            .map(|(_, record)| {
                vec![
                    id(record),
                    Cell::Text(title(record)),
                    spoken(record, "grade"),
                    spoken(record, "root_cause.category"),
                    cell(record, "detected.on"),
                    spoken(record, "status"),
                    cell(record, "due"),
                ]
            });
        let columns = [
            ("id", "Id"),
            ("title", "Title"),
            ("grade", "Grade"),
            ("cause", "Cause"),
            ("detected", "Detected"),
            ("status", "Status"),
            ("due", "Due"),
        ];
        let table = Table::new("nonconformities", "Open, new or closed", &columns).with(rows);
        if !table.rows.is_empty() {
            section.observe(format!("{opened} raised and {ended} closed {words}, {open} open"));
        }
        section.tables.push(table);
    }

    pub(super) fn measurements(&self, section: &mut Section) {
        self.hidden(section, &["metric", "measurement"]);
        let courses = courses(self.reading, self.today);
        let rows = courses.iter().filter_map(|course| {
            let last = course.last().filter(|last| self.is_new(Some(last.until)))?;
            let reach = course.reach(last.value).map(|reach| match reach {
                Reach::Reached => Raw::from("yes"),
                Reach::Missed => Raw::from("no"),
            });
            Some(vec![
                id(course.metric),
                Cell::Text(title(course.metric)),
                Cell::Text(last.period.clone()),
                Cell::Number(last.value),
                Cell::number(self.since.and_then(|since| course.change_since(since))),
                Cell::number(course.target),
                Cell::maybe(reach),
                Cell::maybe(last.mark().map(Raw::from)),
            ])
        });
        let columns = [
            ("id", "Metric"),
            ("title", "Title"),
            ("period", "Period"),
            ("value", "Value"),
            ("change", "Change"),
            ("target", "Target"),
            ("reached", "Reached"),
            ("mark", "Mark"),
        ];
        section.tables.push(Table::new("metrics", "Metrics measured", &columns).with(rows));
    }

    pub(super) fn audits(&self, section: &mut Section) {
        self.hidden(section, &["audit"]);
        let mut rows = Vec::new();
        for (_, audit) in self.reading.of_kind("audit") {
            if !self.is_new(day(audit, "held")) {
                continue;
            }
            let findings = items(audit, "findings");
            if findings.is_empty() {
                rows.push(vec![
                    id(audit),
                    Cell::Text(title(audit)),
                    cell(audit, "held"),
                    Cell::Nothing,
                    Cell::text("no finding is recorded"),
                    Cell::Nothing,
                    Cell::Nothing,
                ]);
            }
            rows.extend(findings.iter().map(|finding| {
                let text = |path: &str| {
                    Cell::maybe(part(finding, path).as_text().map(|word| Raw::from(word.replace('_', " "))))
                };
                let statement = part(finding, "statement").as_text().map(Raw::from);
                vec![
                    id(audit),
                    Cell::Text(title(audit)),
                    cell(audit, "held"),
                    text("type"),
                    Cell::maybe(statement),
                    text("disposition.decision"),
                    Cell::maybe(part(finding, "disposition.ref").as_text().map(Raw::from)),
                ]
            }));
        }
        let columns = [
            ("id", "Audit"),
            ("title", "Title"),
            ("held", "Held"),
            ("type", "Finding"),
            ("statement", "Statement"),
            ("decision", "Decision"),
            ("ref", "Led to"),
        ];
        section.tables.push(Table::new("audits", "Audits held, and what they found", &columns).with(rows));
    }

    pub(super) fn objectives(&self, section: &mut Section) {
        self.hidden(section, &["objective"]);
        let rows = self.reading.of_kind("objective").into_iter();
        let rows = rows.filter(|(_, objective)| {
            let ended = matches!(
                word(objective, "status").as_deref(),
                Some("achieved" | "not_achieved" | "superseded" | "cancelled")
            );
            !ended || self.is_new(day(objective, "outcome.on"))
        });
        let rows = rows.map(|(at, objective)| {
            let now = self.reading.fact(at, "metric_value");
            vec![
                id(objective),
                Cell::Text(title(objective)),
                Cell::maybe(self.reading.owner(objective)),
                spoken(objective, "status"),
                Cell::number(number(objective, "baseline.value")),
                read::as_cell(&now),
                Cell::number(number(objective, "target.value")),
                cell(objective, "due"),
                cell(objective, "outcome.explanation"),
            ]
        });
        let columns = [
            ("id", "Id"),
            ("title", "Title"),
            ("owner", "Owner"),
            ("status", "Status"),
            ("baseline", "Baseline"),
            ("now", "Now"),
            ("target", "Target"),
            ("due", "Due"),
            ("outcome", "Outcome"),
        ];
        section.tables.push(Table::new("objectives", "Open, or ended since", &columns).with(rows));
    }

    pub(super) fn feedback(&self, section: &mut Section) {
        self.hidden(section, &["feedback", "incident", "exercise"]);
        let rows = self.reading.of_kind("feedback").into_iter();
        let rows = rows.filter(|(_, record)| self.is_new(day(record, "received"))).map(|(_, record)| {
            vec![
                id(record),
                Cell::Text(title(record)),
                spoken(record, "from"),
                spoken(record, "kind"),
                cell(record, "topic"),
                cell(record, "received"),
                spoken(record, "disposition.decision"),
            ]
        });
        let columns = [
            ("id", "Id"),
            ("title", "Title"),
            ("from", "From"),
            ("kind", "Kind"),
            ("topic", "Topic"),
            ("received", "Received"),
            ("decision", "Decision"),
        ];
        section.tables.push(Table::new("feedback", "Feedback received", &columns).with(rows));
    }

    pub(super) fn risks(&self, section: &mut Section) {
        self.hidden(section, &["risk"]);
        let rows = self.reading.of_kind("risk").into_iter();
        let rows =
            rows.filter(|(_, risk)| word(risk, "status").as_deref() != Some("closed")).map(|(at, risk)| {
                let level = self.reading.fact(at, "level");
                let acceptance = self.reading.fact(at, "acceptance");
                let above = match (&level, &acceptance) {
                    (Value::Number(level), Value::Number(acceptance)) => {
                        Cell::text(if level > acceptance { "above" } else { "accepted" })
                    }
                    _ => Cell::Nothing,
                };
                let steps = items(risk, "levels");
                let stepped = steps.iter().filter(|step| self.is_new(part(step, "on").as_day())).count();
                vec![
                    id(risk),
                    Cell::Text(title(risk)),
                    Cell::maybe(self.reading.owner(risk)),
                    read::as_cell(&level),
                    above,
                    spoken(risk, "treatment"),
                    spoken(risk, "status"),
                    cell(risk, "reviewed"),
                    Cell::text(match (self.is_new(day(risk, "identified")), stepped) {
                        (true, _) => "new",
                        (false, 0) => "",
                        (false, _) => "its level was written again",
                    }),
                ]
            });
        let columns = [
            ("id", "Id"),
            ("title", "Title"),
            ("owner", "Owner"),
            ("level", "Level"),
            ("acceptance", "Against acceptance"),
            ("treatment", "Treatment"),
            ("status", "Status"),
            ("reviewed", "Assessed"),
            ("since", "Since the last review"),
        ];
        section.tables.push(Table::new("risks", "Risks that are not closed", &columns).with(rows));
    }

    /// What was proposed and nobody has decided: improvements, opportunities of
    /// audits, suggestions, incidents and exercises with something to learn.
    pub(super) fn opportunities(&self, section: &mut Section) {
        self.hidden(section, &["action", "audit", "incident", "exercise"]);
        let mut rows = Vec::new();
        for (_, action) in self.reading.of_kind("action") {
            let proposed = word(action, "status").as_deref() == Some("proposed");
            let improvement = word(action, "type").as_deref() == Some("improvement");
            if proposed || (improvement && self.is_new(day(action, "raised"))) {
                rows.push(vec![
                    Cell::text("action"),
                    id(action),
                    Cell::Text(title(action)),
                    cell(action, "raised"),
                    spoken(action, "status"),
                ]);
            }
        }
        for (_, audit) in self.reading.of_kind("audit") {
            let findings = items(audit, "findings").into_iter();
            for finding in
                findings.filter(|finding| part(finding, "type").as_text().as_deref() == Some("opportunity"))
            {
                if self.is_new(day(audit, "held")) {
                    let own = part(&finding, "id").as_text().unwrap_or_default();
                    rows.push(vec![
                        Cell::text("audit"),
                        Cell::text(format!("{}/{own}", audit.key.id.unescaped())),
                        Cell::maybe(part(&finding, "statement").as_text().map(Raw::from)),
                        cell(audit, "held"),
                        Cell::maybe(
                            part(&finding, "disposition.decision")
                                .as_text()
                                .map(|word| Raw::from(word.replace('_', " "))),
                        ),
                    ]);
                }
            }
        }
        for (kind, on) in [("incident", "detected"), ("exercise", "held")] {
            for (_, record) in self.reading.of_kind(kind) {
                if self.is_new(day(record, on)) {
                    rows.push(vec![
                        Cell::text(kind),
                        id(record),
                        Cell::Text(title(record)),
                        cell(record, on),
                        spoken(record, "disposition.decision"),
                    ]);
                }
            }
        }
        let columns =
            [("from", "From"), ("id", "Id"), ("title", "What"), ("on", "On"), ("status", "Where it stands")];
        section.tables.push(Table::new("opportunities", "Proposed, found or learnt", &columns).with(rows));
    }
}
