//! `suggest`: proposed improvement actions from what the check finds, shown, or
//! with `--write` put into files of their own.
//!
//! Only new files are written, each in one step, into a folder from which the
//! checker is known to read the record back as it was meant.

mod draw;
mod place;

use super::args::CheckArgs;
use super::create::create;
use super::ground::Ground;
use super::repository::Place;
use super::view_args::{SuggestArgs, SuggestFormatArg};
use super::world::World;
use crate::check::{self, Silencing};
use crate::escape::{Raw, plain};
use crate::facts::Context;
use crate::report::Exit;
use crate::settings::nearest_help;
use crate::sheet::{Page, Section, Table};
use crate::suggest::{Signal, Suggestions, signals, suggest, year_before};
use crate::views::{Reading, UNREGISTERED, unregistered};
use place::Home;
use serde_json::json;
use std::path::Path;

/// Shows the proposals, or writes them.
pub(super) fn run(args: &SuggestArgs, world: &mut World<'_>) -> Exit {
    match suggested(args, world) {
        Ok(exit) | Err(exit) => exit,
    }
}

/// What a run comes to, before it is shown.
struct Outcome {
    reading: Reading,
    commit: Option<String>,
    found: Suggestions,
    unregistered: Table,
    /// Settings that rules wait for.
    notices: Vec<Raw>,
    /// What was looked for.
    signals: Vec<Signal>,
}

fn suggested(args: &SuggestArgs, world: &mut World<'_>) -> Result<Exit, Exit> {
    let wanted = wanted(args, world)?;
    let check = CheckArgs {
        rev: args.rev.clone(),
        as_of: args.as_of,
        no_history: args.no_history,
        color: args.color,
        select: wanted.iter().flat_map(|signal| signal.rules.clone()).collect(),
        ..CheckArgs::of_folder(args.root.clone())
    };
    let Ground { place, snapshot, commit, policy, as_of, history } = Ground::of(&check, world)?;
    let judged = check::judge(&snapshot, &policy, history.clone(), as_of);
    let context = Context::new(judged.inventory.clone(), history, policy.settings.clone(), as_of);
    let reading = Reading::new(context);
    // What a waiver covers is decided; what the baseline holds is not.
    let assessment = check::silence(judged, &policy, as_of, &Silencing::default());
    let kind = policy.kinds.get("action").ok_or(Exit::Internal)?;
    let found = suggest(&reading, &assessment, &wanted, kind);
    let since = args.since.unwrap_or_else(|| year_before(as_of));
    let unregistered = unregistered(&reading, since, as_of);
    let notices = assessment.notices;
    let commit = commit.map(|commit| commit.to_string());
    let outcome = Outcome { reading, commit, found, unregistered, notices, signals: wanted };
    if args.write {
        let home = Home::of(&outcome.reading, &policy, &snapshot);
        return write(&outcome, &home, &place, world);
    }
    let exit = if outcome.found.undetermined.is_empty() { Exit::Clean } else { Exit::Incomplete };
    Ok(show(args, &outcome, since, world).or(exit))
}

/// The signals that were asked for; all, where none was named.
fn wanted(args: &SuggestArgs, world: &mut World<'_>) -> Result<Vec<Signal>, Exit> {
    let all = signals().map_err(|why| {
        world.say(&why);
        Exit::Internal
    })?;
    let known: Vec<&str> = all.iter().map(|signal| signal.id.as_str()).collect();
    if let Some(unknown) = args.signals.iter().find(|named| !known.contains(&named.as_str())) {
        let help = nearest_help(unknown, &known);
        return Err(world.refuse(&format!("there is no signal `{unknown}`: {help}")));
    }
    let is_wanted = |signal: &Signal| args.signals.is_empty() || args.signals.contains(&signal.id);
    Ok(all.into_iter().filter(is_wanted).collect())
}

fn show(args: &SuggestArgs, outcome: &Outcome, since: chrono::NaiveDate, world: &mut World<'_>) -> Exit {
    let rest = rest(outcome, since);
    let text = match args.format {
        SuggestFormatArg::Human => draw::human(outcome, &rest, world.style(args.color, true)),
        SuggestFormatArg::Markdown => draw::markdown(outcome, &rest),
        SuggestFormatArg::Json => crate::escape::json(&json!({
            "format": 1, "view": "suggest", "as_of": outcome.reading.today(), "commit": outcome.commit,
            "complete": outcome.found.undetermined.is_empty(),
            "proposals": outcome.found.proposals, "under_way": outcome.found.under_way,
            "unregistered": outcome.unregistered, "undetermined": outcome.found.undetermined,
            "notices": outcome.notices,
        })),
    };
    world.print(&text)
}

/// What stands behind the proposals.
fn rest(outcome: &Outcome, since: chrono::NaiveDate) -> Page {
    let mut section = Section::new("rest", format!("Improved since {since}, and never registered"));
    section.observe(UNREGISTERED);
    section.tables.push(outcome.unregistered.clone());
    let mut told = Section::new("limits", "What this rests on");
    told.undetermined.clone_from(&outcome.found.undetermined);
    for notice in &outcome.notices {
        told.observe(notice.clone());
    }
    let looked: Vec<&str> = outcome.signals.iter().map(|signal| signal.id.as_str()).collect();
    let rules: usize = outcome.signals.iter().map(|signal| signal.rules.len()).sum();
    told.observe(format!(
        "{rules} rules were looked at, whatever the level in isms.yaml, for these signals: {}. What a waiver covers or \
         isms.yaml switches off is not proposed.",
        looked.join(", ")
    ));
    Page { sections: vec![section, told], ..Page::default() }
}

/// Writes a file for each proposal.
fn write(outcome: &Outcome, home: &Home<'_>, place: &Place, world: &mut World<'_>) -> Result<Exit, Exit> {
    let Some(root) = &place.folder else {
        return Err(world.refuse("a bare repository has no file to write"));
    };
    let mut files = Vec::new();
    for proposal in &outcome.found.proposals {
        let text = draw::file(proposal);
        let path = home.path(proposal, &text).map_err(|why| world.refuse(&why))?;
        files.push((path, text));
    }
    let mut told = String::new();
    for (path, text) in &files {
        match create(root, Path::new(path), text) {
            Ok(true) => told.push_str(&format!("wrote {}\n", plain(path))),
            Ok(false) => {
                world.print(&told);
                return Err(world.refuse(&format!("{path} was not written: something has this name")));
            }
            Err(error) => {
                world.print(&told);
                world.say(&format!("{path} was not written: {error}"));
                return Err(Exit::Output);
            }
        }
    }
    let last = match files.len() {
        0 => "nothing to propose, so nothing was written\n".to_owned(),
        count => format!(
            "{count} proposed, each to be filled in where its file says so. `ismslint check` names what is missing.\n"
        ),
    };
    Ok(world.print(&(told + &last)))
}
