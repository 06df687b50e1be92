//! `rules`: the catalogue as a whole, with what a repository adds to it, and the
//! trial of its examples.

use super::args::{CheckArgs, ColorArg, ListFormatArg, RulesListArgs, RulesTestArgs};
use super::explain;
use super::page::Page;
use super::repository::Place;
use super::world::World;
use crate::catalogue::Own;
use crate::escape::{plain, terminal};
use crate::kind::Kinds;
use crate::report::Exit;
use crate::rule::Rule;
use crate::settings::{self, Level, nearest_help};
use crate::trial::{self, Outcome, Trial};
use serde_json::json;
use std::fmt::Write as _;
use std::path::PathBuf;

/// What the repository adds, its kinds and all rules that there are here; what
/// is wrong with them has been told.
fn here(
    root: Option<PathBuf>,
    color: ColorArg,
    world: &mut World<'_>,
) -> Result<(Own, Kinds, Vec<Rule>), Exit> {
    let check = CheckArgs::of_folder(root);
    let place = Place::find(&check, world).map_err(|why| world.refuse(&why))?;
    let (snapshot, _) = place.snapshot(&check, world).map_err(|why| world.refuse(&why))?;
    let all = settings::of(&snapshot).and_then(|settings| {
        let own = Own::of(&snapshot, &settings)?;
        let kinds = own.kinds()?;
        let rules = own.catalogue(&kinds)?;
        Ok((own, kinds, rules))
    });
    world.told(all, color)
}

/// Lists the rules, the starter level first.
pub(super) fn list(args: &RulesListArgs, world: &mut World<'_>) -> Exit {
    let (own, _, rules) = match here(args.root.clone(), args.color, world) {
        Ok(here) => here,
        Err(exit) => return exit,
    };
    if args.format == ListFormatArg::Markdown {
        return world.print(&super::reference::markdown(&rules));
    }
    let file = |rule: &Rule| own.has(rule).then(|| rule.file.path().shown());
    let clauses = |rule: &Rule| rule.clauses.iter().map(ToString::to_string).collect::<Vec<_>>();
    if args.format == ListFormatArg::Json {
        let view = |rule: &Rule| {
            json!({
                "id": rule.id, "title": rule.title, "severity": rule.severity, "basis": rule.basis,
                "clauses": clauses(rule), "level": rule.level, "since": rule.since, "file": file(rule),
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
            let file = file(rule).map_or_else(String::new, |path| format!(", own: {}", plain(&path)));
            let (severity, id) = (rule.severity.word(), plain(&rule.id));
            page.line(2, &format!("{severity:<8} {basis:<12} {id} ({clauses}{file})"));
            page.paragraph(24, &plain(&rule.title));
        }
    }
    world.print(&page.finish())
}

/// Tries rules on their examples.
pub(super) fn test(args: &RulesTestArgs, world: &mut World<'_>) -> Exit {
    let (_, kinds, rules) = match here(args.root.clone(), args.color, world) {
        Ok(here) => here,
        Err(exit) => return exit,
    };
    let known: Vec<&str> = rules.iter().map(|rule| &*rule.id).collect();
    if let Some(unknown) = args.rules.iter().find(|id| !known.contains(&id.as_str())) {
        return world.refuse(&format!("there is no rule `{unknown}`: {}", nearest_help(unknown, &known)));
    }
    let wanted: Vec<&Rule> = rules
        .iter()
        .filter(|rule| args.rules.is_empty() || args.rules.iter().any(|id| **id == *rule.id))
        .collect();
    let mistakes: Vec<_> = wanted.iter().flat_map(|rule| rule.mistakes(&kinds)).collect();
    if !mistakes.is_empty() {
        return world.mistaken(&mistakes, args.color);
    }
    let (mut text, mut tried, mut wrong) = (String::new(), 0, 0);
    for rule in &wanted {
        let trials = match world.told(trial::examples(rule, &kinds), args.color) {
            Ok(trials) => trials,
            Err(exit) => return exit,
        };
        tried += trials.len();
        wrong += trials.iter().filter(|trial| !trial.outcome.is_right()).count();
        draw(&mut text, rule, &trials);
    }
    let _ = writeln!(text, "{tried} examples of {} rules tried: {wrong} at fault", wanted.len());
    let printed = world.print(&text);
    printed.or(if wrong == 0 { Exit::Clean } else { Exit::Findings })
}

fn draw(text: &mut String, rule: &Rule, trials: &[Trial]) {
    let _ = writeln!(text, "{}", plain(&rule.id));
    for trial in trials {
        let _ = writeln!(text, "  {:<9}  {}", trial.outcome.to_string(), plain(&trial.name));
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
