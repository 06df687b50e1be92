//! `rules`: the catalogue as a whole, and the trial of its examples.

use super::args::{PageFormatArg, RulesListArgs, RulesTestArgs};
use super::explain;
use super::page::Page;
use super::world::World;
use crate::catalogue::built_in;
use crate::escape::{plain, terminal};
use crate::kind::Kinds;
use crate::report::Exit;
use crate::rule::Rule;
use crate::settings::{Level, nearest_help};
use crate::trial::{self, Outcome, Trial};
use serde_json::json;
use std::fmt::Write as _;

/// Lists the rules, the starter level first.
pub(super) fn list(args: &RulesListArgs, world: &mut World<'_>) -> Exit {
    let rules = match built_in() {
        Ok(rules) => rules,
        Err(mistakes) => return world.mistaken(&mistakes, args.color),
    };
    let clauses = |rule: &Rule| rule.clauses.iter().map(ToString::to_string).collect::<Vec<_>>();
    if args.format == PageFormatArg::Json {
        let view = |rule: &Rule| {
            json!({
                "id": rule.id, "title": rule.title, "severity": rule.severity, "basis": rule.basis,
                "clauses": clauses(rule), "level": rule.level, "since": rule.since,
            })
        };
        return world.print(&crate::escape::json(
            &json!({"format": 1, "rules": rules.iter().map(view).collect::<Vec<_>>()}),
        ));
    }
    let mut page = Page::new(world.style(args.color, true));
    for level in [Level::Essential, Level::Full] {
        let mut of_level: Vec<&Rule> = rules.iter().filter(|rule| rule.level == level).collect();
        if of_level.is_empty() {
            continue;
        }
        of_level.sort_by_key(|rule| (std::cmp::Reverse(rule.severity), rule.id.clone()));
        page.heading(&format!("level {}: {} rules", explain::level(level), of_level.len()));
        for rule in of_level {
            let clauses = match clauses(rule) {
                none if none.is_empty() => "no clause".to_owned(),
                some => some.join(", "),
            };
            let basis = rule.basis.word();
            page.line(2, &format!("{:<8} {basis:<12} {} ({clauses})", rule.severity.word(), rule.id));
            page.paragraph(24, &rule.title);
        }
    }
    world.print(&page.finish())
}

/// Tries rules on their examples.
pub(super) fn test(args: &RulesTestArgs, world: &mut World<'_>) -> Exit {
    let rules = match built_in() {
        Ok(rules) => rules,
        Err(mistakes) => return world.mistaken(&mistakes, args.color),
    };
    let known: Vec<&str> = rules.iter().map(|rule| &*rule.id).collect();
    if let Some(unknown) = args.rules.iter().find(|id| !known.contains(&id.as_str())) {
        return world.refuse(&format!("there is no rule `{unknown}`: {}", nearest_help(unknown, &known)));
    }
    let wanted: Vec<&Rule> = rules
        .iter()
        .filter(|rule| args.rules.is_empty() || args.rules.iter().any(|id| **id == *rule.id))
        .collect();
    let kinds = Kinds::embedded();
    let mistakes: Vec<_> = wanted.iter().flat_map(|rule| rule.mistakes(&kinds)).collect();
    if !mistakes.is_empty() {
        return world.mistaken(&mistakes, args.color);
    }
    let (mut text, mut tried, mut wrong) = (String::new(), 0, 0);
    for rule in &wanted {
        let trials = trial::examples(rule);
        tried += trials.len();
        wrong += trials.iter().filter(|trial| !trial.outcome.is_right()).count();
        draw(&mut text, rule, &trials);
    }
    let _ = writeln!(text, "{tried} examples of {} rules tried: {wrong} at fault", wanted.len());
    let printed = world.print(&text);
    printed.or(if wrong == 0 { Exit::Clean } else { Exit::Findings })
}

fn draw(text: &mut String, rule: &Rule, trials: &[Trial]) {
    let _ = writeln!(text, "{}", rule.id);
    for trial in trials {
        let _ = writeln!(text, "  {:<9}  {}", trial.outcome.to_string(), trial.name);
        if let Outcome::Faulty(faults) = &trial.outcome {
            for fault in faults {
                let _ = writeln!(text, "             {}", plain(fault));
            }
        }
        if matches!(trial.outcome, Outcome::Noisy | Outcome::Faulty(_)) {
            for finding in &trial.findings {
                let _ = writeln!(text, "             found: {}", terminal(&finding.message));
            }
        }
    }
}
