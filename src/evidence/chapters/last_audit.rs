//! What the last external and the last internal audit found, and what became
//! of it.

use super::View;
use crate::escape::Raw;
use crate::inventory::Record;
use crate::sheet::{Cell, Section, Table};
use crate::views::read::{cell, day, items, part, spoken, texts, title, word};

/// Types of audits by others.
pub(crate) const EXTERNAL: [&str; 4] = ["external", "certification", "surveillance", "recertification"];

const COLUMNS: [(&str, &str); 11] = [
    ("finding", "Finding"),
    ("type", "Type"),
    ("about", "Clause or control"),
    ("statement", "Statement"),
    ("decision", "Decision"),
    ("led_to", "Led to"),
    ("status", "Its status"),
    ("closed", "Closed"),
    ("actions", "Actions"),
    ("verified", "Verified"),
    ("effect", "Effect"),
];

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section = Section::new("last_audit", "Findings of the last audits, and what became of them")
        .of(&["9.2.2", "10.2"]);
    view.gaps(&mut section, &["audit", "nonconformity", "action"], false);
    for (key, name, external) in [("external", "external", true), ("internal", "internal", false)] {
        let audits = view.now.of_kind("audit").into_iter().filter(|(_, audit)| {
            let ty = word(audit, "type");
            let of_type = ty
                .as_deref()
                .is_some_and(|ty| if external { EXTERNAL.contains(&ty) } else { ty == "internal" });
            of_type && day(audit, "held").is_some_and(|held| held <= view.end())
        });
        let last = audits.max_by_key(|(at, audit)| (day(audit, "held"), *at));
        let Some((_, audit)) = last else {
            section.observe(format!("No {name} audit is recorded until {}.", view.end()));
            continue;
        };
        let held = day(audit, "held").map(|held| held.to_string()).unwrap_or_default();
        let caption = format!("{} of {held}", title(audit).unescaped());
        let rows =
            items(audit, "findings").iter().map(|finding| row(view, audit, finding)).collect::<Vec<_>>();
        section.tables.push(Table::new(key, caption, &COLUMNS).or("the audit records no finding").with(rows));
    }
    section
}

fn row(view: &View<'_>, audit: &Record, finding: &std::sync::Arc<dyn crate::expr::Object>) -> Vec<Cell> {
    let text = |path: &str| part(finding, path).as_text().map(Raw::from);
    let spaced =
        |path: &str| Cell::maybe(part(finding, path).as_text().map(|word| Raw::from(word.replace('_', " "))));
    let inventory = &view.now.context.inventory;
    let led_to = text("disposition.ref");
    let nonconformity = led_to.as_ref().and_then(|id| inventory.find("nonconformity", id.unescaped()));
    let action = led_to.as_ref().and_then(|id| inventory.find("action", id.unescaped()));
    let actions = match (nonconformity, action) {
        (Some(nonconformity), _) => texts(nonconformity, "actions"),
        (None, Some(action)) => vec![action.key.id.clone()],
        _ => Vec::new(),
    };
    let found: Vec<&Record> =
        actions.iter().filter_map(|id| inventory.find("action", id.unescaped())).collect();
    let verified: Vec<Raw> = found
        .iter()
        .filter_map(|action| day(action, "verification.on"))
        .map(|on| Raw::from(on.to_string()))
        .collect();
    let effect: Vec<Raw> = found
        .iter()
        .filter_map(|action| word(action, "verification.result"))
        .map(|word| Raw::from(word.replace('_', " ")))
        .collect();
    let led = nonconformity.or(action);
    let own = text("id").map(|id| Raw::from(format!("{}/{}", audit.key.id.unescaped(), id.unescaped())));
    let list = |items: Vec<Raw>| if items.is_empty() { Cell::Nothing } else { Cell::List(items) };
    vec![
        Cell::maybe(own),
        spaced("type"),
        Cell::maybe(text("clause").or_else(|| text("control"))),
        Cell::maybe(text("statement")),
        spaced("disposition.decision"),
        Cell::maybe(led_to),
        led.map_or(Cell::Nothing, |record| spoken(record, "status")),
        nonconformity.map_or(Cell::Nothing, |record| cell(record, "closed.on")),
        list(actions),
        list(verified),
        list(effect),
    ]
}
