//! `rules`: the catalogue as a whole, and the trial of its examples.

use super::args::RulesTestArgs;
use super::world::World;
use crate::catalogue::built_in;
use crate::escape::{plain, terminal};
use crate::kind::Kinds;
use crate::report::Exit;
use crate::rule::Rule;
use crate::settings::nearest_help;
use crate::trial::{self, Outcome, Trial};
use std::fmt::Write as _;

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
