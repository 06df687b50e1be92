//! Proposals as text: for a terminal, as Markdown, and as the file of a record.

use super::super::{page, yaml};
use super::Outcome;
use crate::escape::{Raw, markdown as md, markdown_code, plain, terminal};
use crate::output::Style;
use crate::sheet::{self, Page};
use crate::suggest::{Proposal, Subject};

/// What marks what only people know, as in the records of `init`.
const FILL_IN: &str = "# fill in, each without the mark in front of it:";

/// The record as the file of its own.
pub(super) fn file(proposal: &Proposal) -> String {
    let rules = rules(proposal).join(", ");
    let mut lines = vec![format!("# Proposed from {rules}. Ask first:")];
    lines.extend(proposal.questions.iter().map(|question| format!("# {question}")));
    lines.extend(record(proposal));
    lines.join("\n") + "\n"
}

/// The record, line by line.
fn record(proposal: &Proposal) -> Vec<String> {
    let mut lines = yaml::lines(&proposal.record);
    lines.push(FILL_IN.to_owned());
    lines.extend(proposal.blank.iter().map(|blank| format!("# {}: {}", blank.field, blank.what)));
    lines
}

/// The record as an item of a register.
fn item(proposal: &Proposal) -> Vec<String> {
    let marks = std::iter::once("- ").chain(std::iter::repeat("  "));
    marks.zip(record(proposal)).map(|(mark, line)| format!("{mark}{line}")).collect()
}

fn rules(proposal: &Proposal) -> Vec<&str> {
    let mut rules: Vec<&str> = proposal.reasons.iter().map(|reason| &*reason.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

fn about(outcome: &Outcome) -> String {
    let count = match outcome.found.proposals.len() {
        0 => "nothing to propose".to_owned(),
        1 => "1 improvement action proposed".to_owned(),
        count => format!("{count} improvement actions proposed"),
    };
    format!("{count}, as of {}; nothing was written", outcome.reading.today())
}

fn named(subject: &Subject) -> Raw {
    let (id, title) = (subject.id.unescaped(), subject.title.unescaped());
    let title = if title == id { String::new() } else { format!(" {title}") };
    Raw::from(format!("{} {id}{title}", subject.kind))
}

pub(super) fn human(outcome: &Outcome, rest: &Page, style: Style) -> String {
    let mut page = page::Page::new(style);
    page.heading("Proposed improvement actions");
    page.paragraph(0, &about(outcome));
    for proposal in &outcome.found.proposals {
        page.heading(&terminal(&proposal.title));
        for reason in &proposal.reasons {
            let at = reason.file.as_ref().zip(reason.line);
            let at = at.map(|(file, line)| format!(" ({}:{line})", terminal(file))).unwrap_or_default();
            page.labelled("Found", &format!("{}: {}{at}", plain(&reason.rule), terminal(&reason.message)));
        }
        for subject in &proposal.records {
            page.labelled("About", &terminal(&named(subject)));
        }
        for question in &proposal.questions {
            page.labelled("Ask", &plain(question));
        }
        page.labelled("Register", "in a list of actions; `--write` puts it into a file of its own:");
        for line in item(proposal) {
            page.line(2, &plain(&line));
        }
    }
    if !outcome.found.under_way.is_empty() {
        page.heading("Under way already");
        for known in &outcome.found.under_way {
            let actions: Vec<String> = known.actions.iter().map(|action| terminal(&action.id)).collect();
            page.paragraph(2, &format!("{}: {}", terminal(&known.title), actions.join(", ")));
        }
    }
    let rest = rest.sections.iter().map(|section| sheet::human_section(section, style.width, style.colour));
    page.finish() + &rest.collect::<String>()
}

pub(super) fn markdown(outcome: &Outcome, rest: &Page) -> String {
    let mut text = format!("# Proposed improvement actions\n\n{}\n", about(outcome));
    for proposal in &outcome.found.proposals {
        text.push_str(&format!("\n## {}\n\n", md(&proposal.title)));
        for reason in &proposal.reasons {
            let at = reason.file.as_ref().zip(reason.line);
            let at = at.map(|(file, line)| format!(" ({}:{line})", md(file))).unwrap_or_default();
            text.push_str(&format!(
                "- {}: {}{at}\n",
                markdown_code(&Raw::from(&*reason.rule)),
                md(&reason.message)
            ));
        }
        let subjects: Vec<String> = proposal.records.iter().map(|subject| md(&named(subject))).collect();
        if !subjects.is_empty() {
            text.push_str(&format!("\nAbout: {}\n", subjects.join("; ")));
        }
        text.push_str("\nAsk for the cause:\n\n");
        for question in &proposal.questions {
            text.push_str(&format!("- {question}\n"));
        }
        text.push_str(&fenced(&item(proposal)));
    }
    if !outcome.found.under_way.is_empty() {
        text.push_str("\n## Under way already\n\n");
        for known in &outcome.found.under_way {
            let actions: Vec<String> = known.actions.iter().map(|action| md(&action.id)).collect();
            text.push_str(&format!("- {}: {}\n", md(&known.title), actions.join(", ")));
        }
    }
    for section in &rest.sections {
        text.push_str(&sheet::markdown_section(section).replacen("### ", "\n## ", 1));
    }
    text
}

/// Lines as a block of YAML, with a fence that none of them can end.
fn fenced(lines: &[String]) -> String {
    let longest = lines.iter().map(|line| run_of_ticks(line)).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let lines: Vec<String> = lines.iter().map(|line| plain(line)).collect();
    format!("\n{fence}yaml\n{}\n{fence}\n", lines.join("\n"))
}

fn run_of_ticks(line: &str) -> usize {
    line.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
