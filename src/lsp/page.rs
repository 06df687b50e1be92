//! Pages in Markdown: a rule as `explain` shows it, a check of form, a record
//! with the last of its life.

use super::isms::Seen;
use crate::catalogue::Applied;
use crate::escape::{Raw, cut, markdown, markdown_code};
use crate::expr::{Value, printed};
use crate::history::{Change, History, What};
use crate::inventory::{Record, TEXT};
use crate::record::Fault;
use crate::rule::told::{basis, cited, needed, spoken, subjects};
use crate::settings::Level;

/// How many changes of a record are told.
const CHANGES: usize = 5;
/// Characters of a value that are shown.
const VALUE: usize = 80;

/// Text as Markdown shows it as it is.
fn md(text: &str) -> String {
    markdown(&Raw::from(text))
}

fn code(text: &str) -> String {
    markdown_code(&Raw::from(text))
}

/// The page of the rule or check of form with this name.
pub(super) fn of(name: &str, seen: Option<&Seen>) -> Option<String> {
    if let Some(page) = Fault::pages().iter().find(|page| page.name == name) {
        return Some(format!(
            "### {}\n\n{}, {}: a check of form, before any rule\n\n**Why it matters.** {}\n\n**What to do.** {}\n",
            md(page.title),
            code(page.name),
            page.severity.word(),
            md(page.why),
            md(page.fix)
        ));
    }
    seen?.policy.rules.iter().find(|applied| *applied.rule.id == *name).map(rule)
}

fn rule(applied: &Applied) -> String {
    let (rule, words) = (&applied.rule, applied.rule.words());
    let mut page = format!("### {}\n\n{}: {}\n", md(&rule.title), code(&rule.id), applied.severity.word());
    page.push_str(&format!("\n**What it rests on.** {}: {}\n\n", rule.basis.word(), md(basis(rule.basis))));
    for clause in &rule.clauses {
        page.push_str(&format!("- {}: {}\n", md(&clause.to_string()), md(&cited(*clause))));
    }
    page.push_str(&format!("\n**What it looks at.** {}\n\n", md(&subjects(&rule.each, words.over))));
    for (name, is) in &words.lets {
        page.push_str(&format!("- {} is {}\n", md(name), code(is)));
    }
    if let Some(when) = words.when {
        page.push_str(&format!("- where {}\n", code(when)));
    }
    page.push_str(&format!("- holds if {}\n", code(words.assert)));
    for need in &rule.needs {
        page.push_str(&format!("- needs {}\n", md(needed(*need))));
    }
    page.push_str(&format!("\n**Why it matters.** {}\n", md(&spoken(words.why))));
    page.push_str(&format!("\n**What to do.** {}\n", md(&spoken(words.fix))));
    if !rule.params.is_empty() {
        page.push_str("\n**Parameters.**\n\n");
        for param in &rule.params {
            page.push_str(&format!(
                "- {}: {}. {}\n",
                md(&param.name),
                code(&printed(&param.value)),
                md(&param.doc)
            ));
        }
    }
    let level = match rule.level {
        Level::Essential => "essential",
        Level::Full => "full",
    };
    let waivable = if rule.waivable { "A waiver can silence it" } else { "No waiver can silence it" };
    page.push_str(&format!(
        "\n{waivable}. It belongs to level {level}, since catalogue {}.\n",
        md(&rule.since)
    ));
    page.push_str(&format!("\nExamples: {}\n", code(&format!("ismslint explain {}", rule.id))));
    page
}

/// A record: what it is, whose, and what changed last.
pub(super) fn record(record: &Record, history: &History) -> String {
    let text = |name: &str| record.text(name).map(|text| text.as_str().to_owned());
    let title = text("title").map(|title| format!(" {}", md(&title))).unwrap_or_default();
    let kind = md(&record.kind.title);
    let mut page = format!("**{}**{title} ({kind})\n", code(record.key.id.unescaped()));
    let standing: Vec<String> = ["status", "owner", "due"]
        .into_iter()
        .filter(|name| record.kind.structure.fields.contains_key(*name))
        .map(|name| {
            let value = record.place_of(name);
            let written = printed(&record.get(name));
            let has = !value.span.is_empty() && !matches!(record.get(name), Value::Absent);
            format!("{name}: {}", if has { md(&written) } else { "not written".to_owned() })
        })
        .collect();
    if !standing.is_empty() {
        page.push_str(&format!("\n{}\n", standing.join(" · ")));
    }
    let Some(series) = history.series(&record.key) else { return page };
    page.push_str("\n**Last changes**\n\n");
    for change in series.changes.iter().rev().take(CHANGES) {
        page.push_str(&told(change, history));
    }
    if series.changes.len() > CHANGES {
        let earlier = series.changes.len() - CHANGES;
        page.push_str(&format!(
            "\n{earlier} earlier: {}\n",
            code(&format!("ismslint history {}", record.key.id.unescaped()))
        ));
    }
    page
}

fn told(change: &Change, history: &History) -> String {
    let Some(step) = history.step(change.step) else { return String::new() };
    let day = step.arrived.map_or_else(|| "unknown day".to_owned(), |day| day.to_string());
    let by = if step.is_commit {
        format!(" by {}", markdown(&step.author_of(&change.path).name))
    } else {
        ", not committed yet".to_owned()
    };
    let what = match &change.what {
        What::Created => "created".to_owned(),
        What::Deleted => "deleted".to_owned(),
        What::Renamed(from) => format!("renamed from {}", markdown(&from.id)),
        What::Changed => {
            let value = |value: &Option<std::sync::Arc<str>>| {
                value.as_deref().map_or_else(|| "not written".to_owned(), |value| md(&cut(value, VALUE)))
            };
            let moved = change.fields.iter().map(|field| match &*field.field {
                TEXT => "the text changed".to_owned(),
                name => format!("{}: {} → {}", md(name), value(&field.old), value(&field.new)),
            });
            moved.collect::<Vec<_>>().join("; ")
        }
    };
    format!("- {day}{by}: {what}\n")
}
