//! The inputs of the next review, filled from what the records say since the
//! last one. An input on which they are silent is left blank, and marked so.

use super::read::{
    Reading, as_day, as_texts, as_word, cell, day, id, items, number, part, spoken, texts, title, word,
};
use super::trend::courses;
use crate::escape::Raw;
use crate::expr::Value;
use crate::inventory::Record;
use crate::sheet::{Cell, Page, Section, Table};
use chrono::NaiveDate;

/// Which review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// The management review, since the last one.
    Management,
    /// The quarterly check, since the last review of any type.
    Quarterly,
}

/// The inputs of 9.3.2 by letter: field of a review, and our words for it.
pub const INPUTS: [(&str, &str, &str); 10] = [
    ("9.3.2 a", "prior_actions", "Actions of earlier reviews"),
    ("9.3.2 b", "context_changes", "Changes of the context"),
    ("9.3.2 c", "interested_party_changes", "Changes of what interested parties need"),
    ("9.3.2 d", "nonconformity_trends", "Nonconformities and corrective actions"),
    ("9.3.2 d", "measurement_results", "Results of monitoring and measurement"),
    ("9.3.2 d", "audit_results", "Audit results"),
    ("9.3.2 d", "objectives", "Fulfilment of objectives"),
    ("9.3.2 e", "feedback", "Feedback of interested parties"),
    ("9.3.2 f", "risks", "Risk assessment and treatment"),
    ("9.3.2 g", "opportunities", "Opportunities to improve"),
];

/// The page.
pub fn agenda(reading: &Reading, meeting: Meeting) -> Page {
    let today = reading.today();
    let last = last_review(reading, meeting);
    let since = last.and_then(|review| day(review, "date"));
    let notes = Notes { reading, since, today, last };
    let mut sections: Vec<Section> = INPUTS
        .iter()
        .filter(|(_, field, _)| meeting == Meeting::Management || is_quarterly(field))
        .map(|(clause, field, title)| notes.input(clause, field, title))
        .collect();
    sections.push(notes.decisions());
    let name = match meeting {
        Meeting::Management => "The next management review",
        Meeting::Quarterly => "The next quarterly check",
    };
    let about = match (last, since) {
        (Some(last), Some(since)) => {
            format!("what the records say since {} of {since}, as of {today}", title(last).unescaped())
        }
        _ => format!("no review is recorded: all that the records say, as of {today}"),
    };
    Page { title: name.to_owned(), about: Raw::from(about), sections }
}

/// What a quarterly check looks at: open actions, new inputs, metrics.
fn is_quarterly(field: &str) -> bool {
    !matches!(field, "context_changes" | "interested_party_changes" | "risks")
}

fn last_review(reading: &Reading, meeting: Meeting) -> Option<&Record> {
    let held = reading.of_kind("review").into_iter().filter(|(_, review)| {
        let of_type = meeting == Meeting::Quarterly || word(review, "type").as_deref() == Some("management");
        of_type && day(review, "date").is_some_and(|held| held <= reading.today())
    });
    held.max_by_key(|(at, review)| (day(review, "date"), *at)).map(|(_, review)| review)
}

struct Notes<'r> {
    reading: &'r Reading,
    since: Option<NaiveDate>,
    today: NaiveDate,
    last: Option<&'r Record>,
}

impl Notes<'_> {
    fn is_new(&self, on: Option<NaiveDate>) -> bool {
        on.is_some_and(|on| on <= self.today && self.since.is_none_or(|since| on > since))
    }

    fn since_words(&self) -> String {
        self.since.map_or_else(|| "at all".to_owned(), |since| format!("since {since}"))
    }

    fn input(&self, clause: &'static str, field: &'static str, heading: &str) -> Section {
        let mut section = Section::new(field, heading).of(&[clause]);
        match field {
            "prior_actions" => self.prior_actions(&mut section),
            "context_changes" => self.context(&mut section),
            "interested_party_changes" => self.parties(&mut section),
            "nonconformity_trends" => self.nonconformities(&mut section),
            "measurement_results" => self.measurements(&mut section),
            "audit_results" => self.audits(&mut section),
            "objectives" => self.objectives(&mut section),
            "feedback" => self.feedback(&mut section),
            "risks" => self.risks(&mut section),
            _ => self.opportunities(&mut section),
        }
        section.tables.retain(|table| !table.rows.is_empty());
        if section.tables.is_empty() && section.undetermined.is_empty() {
            section.blank =
                Some(Raw::from(format!("to be filled in: the records say nothing {}", self.since_words())));
        }
        section
    }

    fn hidden(&self, section: &mut Section, kinds: &[&str]) {
        section.undetermined.extend(self.reading.hidden(kinds));
    }

    /// Actions that the last review left open or decided, as they stand today.
    fn prior_actions(&self, section: &mut Section) {
        self.hidden(section, &["action", "review"]);
        let Some(last) = self.last else { return };
        let mut named = texts(last, "open_actions");
        named.extend(
            items(last, "decisions").iter().flat_map(|decision| as_texts(&part(decision, "actions"))),
        );
        named.sort();
        named.dedup();
        let inventory = &self.reading.context.inventory;
        let rows = named.into_iter().map(|named| match inventory.find("action", named.unescaped()) {
            Some(action) => vec![
                Cell::Text(named),
                Cell::Text(title(action)),
                Cell::maybe(self.reading.owner(action)),
                spoken(action, "status"),
                cell(action, "due"),
                cell(action, "completed"),
                spoken(action, "verification.result"),
            ],
            None => {
                let mut row = vec![Cell::Text(named), Cell::text("is not in the register any more")];
                row.resize(7, Cell::Nothing);
                row
            }
        });
        let columns = [
            ("id", "Id"),
            ("title", "Title"),
            ("owner", "Owner"),
            ("status", "Status"),
            ("due", "Due"),
            ("completed", "Completed"),
            ("result", "Effect"),
        ];
        let caption = format!("Actions of {}", title(last).unescaped());
        section.tables.push(Table::new("actions", caption, &columns).with(rows));
    }

    fn context(&self, section: &mut Section) {
        self.hidden(section, &["change", "context"]);
        let changes = self.reading.of_kind("change").into_iter();
        let changes = changes.filter(|(_, change)| self.is_new(day(change, "on"))).map(|(_, change)| {
            vec![
                id(change),
                Cell::Text(title(change)),
                spoken(change, "what"),
                cell(change, "on"),
                cell(change, "reassessed"),
            ]
        });
        let columns = [
            ("id", "Id"),
            ("title", "Title"),
            ("what", "What"),
            ("on", "On"),
            ("reassessed", "Reassessed in"),
        ];
        section.tables.push(Table::new("changes", "Changes recorded", &columns).with(changes));
        self.moved(section, |field| !field.starts_with("interested_parties"));
    }

    fn parties(&self, section: &mut Section) {
        self.hidden(section, &["context"]);
        self.moved(section, |field| field.starts_with("interested_parties"));
    }

    /// What the history says of the context since the last review.
    fn moved(&self, section: &mut Section, wanted: fn(&str) -> bool) {
        if let Some(gap) = self.reading.history_gap() {
            section.undetermined.push(gap);
            return;
        }
        if self.reading.without_history() {
            section.observe("the history was not read: what moved in the record of the context is not shown");
        }
        let mut rows = Vec::new();
        for (_, context) in self.reading.of_kind("context") {
            let moves = self.reading.moves(context);
            let new = moves.iter().filter(|moved| self.is_new(moved.on) && wanted(&moved.field.field));
            rows.extend(new.map(|moved| {
                let value = |value: &Option<std::sync::Arc<str>>| Cell::maybe(value.clone().map(Raw::new));
                vec![
                    Cell::day(moved.on),
                    Cell::text(&*moved.field.field),
                    value(&moved.field.old),
                    value(&moved.field.new),
                ]
            }));
        }
        let columns = [("on", "On"), ("field", "Field"), ("old", "Before"), ("new", "After")];
        section.tables.push(Table::new("moved", "Moved in the record of the context", &columns).with(rows));
    }

    fn nonconformities(&self, section: &mut Section) {
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

    fn measurements(&self, section: &mut Section) {
        self.hidden(section, &["metric", "measurement"]);
        let courses = courses(self.reading, self.today);
        let rows = courses.iter().filter_map(|course| {
            let last = course.last().filter(|last| self.is_new(Some(last.until)))?;
            let reach = course.reach(last.value).map(|reach| match reach {
                super::trend::Reach::Reached => Raw::from("yes"),
                super::trend::Reach::Missed => Raw::from("no"),
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

    fn audits(&self, section: &mut Section) {
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
                    Cell::maybe(as_word(&part(finding, path)).map(|word| Raw::from(word.replace('_', " "))))
                };
                let statement = as_word(&part(finding, "statement")).map(Raw::from);
                vec![
                    id(audit),
                    Cell::Text(title(audit)),
                    cell(audit, "held"),
                    text("type"),
                    Cell::maybe(statement),
                    text("disposition.decision"),
                    Cell::maybe(as_word(&part(finding, "disposition.ref")).map(Raw::from)),
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

    fn objectives(&self, section: &mut Section) {
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
                super::read::as_cell(&now),
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

    fn feedback(&self, section: &mut Section) {
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

    fn risks(&self, section: &mut Section) {
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
                let stepped = steps.iter().filter(|step| self.is_new(as_day(&part(step, "on")))).count();
                vec![
                    id(risk),
                    Cell::Text(title(risk)),
                    Cell::maybe(self.reading.owner(risk)),
                    super::read::as_cell(&level),
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
    fn opportunities(&self, section: &mut Section) {
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
                findings.filter(|finding| as_word(&part(finding, "type")).as_deref() == Some("opportunity"))
            {
                if self.is_new(day(audit, "held")) {
                    let own = as_word(&part(&finding, "id")).unwrap_or_default();
                    rows.push(vec![
                        Cell::text("audit"),
                        Cell::text(format!("{}/{own}", audit.key.id.unescaped())),
                        Cell::maybe(as_word(&part(&finding, "statement")).map(Raw::from)),
                        cell(audit, "held"),
                        Cell::maybe(
                            as_word(&part(&finding, "disposition.decision"))
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

    /// What the last review decided and is not done.
    fn decisions(&self) -> Section {
        let mut section = Section::new("decisions", "Decisions carried over").of(&["9.3.3"]);
        section.undetermined.extend(self.reading.hidden(&["review", "action"]));
        let inventory = &self.reading.context.inventory;
        let mut rows = Vec::new();
        for (_, review) in self.reading.of_kind("review") {
            for decision in items(review, "decisions") {
                let actions = as_texts(&part(&decision, "actions"));
                let open: Vec<Raw> = actions
                    .iter()
                    .filter(|named| {
                        inventory
                            .find("action", named.unescaped())
                            .is_none_or(|action| self.reading.is_open(action))
                    })
                    .cloned()
                    .collect();
                let unanswered = actions.is_empty()
                    && as_word(&part(&decision, "no_action_because")).is_none()
                    && as_word(&part(&decision, "kind")).as_deref() != Some("none");
                if open.is_empty() && !unanswered {
                    continue;
                }
                let own = as_word(&part(&decision, "id")).unwrap_or_default();
                rows.push(vec![
                    Cell::text(format!("{}/{own}", review.key.id.unescaped())),
                    cell(review, "date"),
                    Cell::maybe(as_word(&part(&decision, "text")).map(Raw::from)),
                    Cell::maybe(as_word(&part(&decision, "owner")).map(Raw::from)),
                    Cell::day(as_day(&part(&decision, "due"))),
                    if open.is_empty() { Cell::text("no action is named") } else { Cell::List(open) },
                ]);
            }
        }
        rows.sort_by_cached_key(|row| (row[1].plain(), row[0].plain()));
        let columns = [
            ("id", "Decision"),
            ("on", "Decided"),
            ("text", "What"),
            ("owner", "Owner"),
            ("due", "Due"),
            ("open", "Still open"),
        ];
        let table = Table::new("decisions", "Decided, and not done", &columns)
            .or("every decision is carried out")
            .with(rows);
        section.tables.push(table);
        section
    }
}
