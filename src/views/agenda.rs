//! The inputs of the next review, filled from what the records say since the
//! last one. An input on which they are silent is left blank, and marked so.

use super::read::{Reading, as_texts, cell, day, id, items, part, spoken, texts, title, word};
use crate::escape::Raw;
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

/// What the records say since the last review.
pub(super) struct Notes<'r> {
    pub(super) reading: &'r Reading,
    pub(super) since: Option<NaiveDate>,
    pub(super) today: NaiveDate,
    last: Option<&'r Record>,
}

impl Notes<'_> {
    pub(super) fn is_new(&self, on: Option<NaiveDate>) -> bool {
        on.is_some_and(|on| on <= self.today && self.since.is_none_or(|since| on > since))
    }

    pub(super) fn since_words(&self) -> String {
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

    pub(super) fn hidden(&self, section: &mut Section, kinds: &[&str]) {
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
        let rows = named.into_iter().map(|named| {
            let Some(action) = inventory.find("action", named.unescaped()) else {
                let mut row = vec![Cell::Text(named), Cell::text("is not in the register any more")];
                row.resize(7, Cell::Nothing);
                return row;
            };
            vec![
                Cell::Text(named),
                Cell::Text(title(action)),
                Cell::maybe(self.reading.owner(action)),
                spoken(action, "status"),
                cell(action, "due"),
                cell(action, "completed"),
                spoken(action, "verification.result"),
            ]
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
                    && part(&decision, "no_action_because").as_text().is_none()
                    && part(&decision, "kind").as_text().as_deref() != Some("none");
                if open.is_empty() && !unanswered {
                    continue;
                }
                let own = part(&decision, "id").as_text().unwrap_or_default();
                rows.push(vec![
                    Cell::text(format!("{}/{own}", review.key.id.unescaped())),
                    cell(review, "date"),
                    Cell::maybe(part(&decision, "text").as_text().map(Raw::from)),
                    Cell::maybe(part(&decision, "owner").as_text().map(Raw::from)),
                    Cell::day(part(&decision, "due").as_day()),
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
