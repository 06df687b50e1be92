//! `due`, `register`, `trend` and `agenda`: the records as people ask for them.

use super::args::CheckArgs;
use super::progress::Waiting;
use super::repository::Place;
use super::view_args::{AgendaArgs, DueArgs, RegisterArgs, TrendArgs, ViewArgs, ViewFormatArg};
use super::world::World;
use crate::catalogue::{Choice, Policy};
use crate::escape::Raw;
use crate::facts::Context;
use crate::history::History;
use crate::inventory;
use crate::kind::words::nearest;
use crate::report::Exit;
use crate::sheet::{Page, csv, human, markdown};
use crate::views::{self, Meeting, Reading, Wanted};
use chrono_tz::Tz;
use serde_json::json;
use std::sync::Arc;

/// What falls due.
pub(super) fn due(args: &DueArgs, world: &mut World<'_>) -> Exit {
    show("due", &args.view, world, |reading, world| {
        let people = &reading.context.settings.profile;
        let owner = args
            .owner
            .as_deref()
            .map(|named| Raw::from(people.person(named).map_or(named, |person| person.id.as_str())));
        let is_known = args.owner.as_deref().is_some_and(|named| people.person(named).is_some());
        let wanted = Wanted { within: args.within, owner: owner.clone() };
        match views::due(reading, &wanted) {
            Ok(page) => Ok(page),
            // A person who owns nothing is no mistake; a name that nobody has is.
            Err(_) if is_known => Ok(views::nothing_due(reading, &wanted)),
            Err(owners) => {
                let named = args.owner.as_deref().unwrap_or_default();
                Err(world.refuse(&unknown("owner", named, &owners)))
            }
        }
    })
}

/// Every open action.
pub(super) fn register(args: &RegisterArgs, world: &mut World<'_>) -> Exit {
    show("register", &args.view, world, |reading, _| Ok(views::register(reading)))
}

/// The metrics against their targets.
pub(super) fn trend(args: &TrendArgs, world: &mut World<'_>) -> Exit {
    show("trend", &args.view, world, |reading, world| {
        let wanted = args.metric.as_deref();
        views::trend(reading, wanted)
            .map_err(|known| world.refuse(&unknown("metric", wanted.unwrap_or_default(), &known)))
    })
}

/// The inputs of the next review.
pub(super) fn agenda(args: &AgendaArgs, world: &mut World<'_>) -> Exit {
    let meeting = if args.quarterly { Meeting::Quarterly } else { Meeting::Management };
    show("agenda", &args.view, world, |reading, _| Ok(views::agenda(reading, meeting)))
}

fn unknown(what: &str, named: &str, known: &[Raw]) -> String {
    let near = nearest(named, known.iter().map(Raw::unescaped));
    let known: Vec<&str> = known.iter().take(12).map(Raw::unescaped).collect();
    match near {
        Some(near) => format!("there is no {what} `{named}`: did you mean `{near}`?"),
        None if known.is_empty() => format!("there is no {what} `{named}`, and no other either"),
        None => format!("there is no {what} `{named}`; there are {}", known.join(", ")),
    }
}

fn show(
    name: &str,
    args: &ViewArgs,
    world: &mut World<'_>,
    page: impl FnOnce(&Reading, &mut World<'_>) -> Result<Page, Exit>,
) -> Exit {
    let (reading, commit) = match reading(args, world) {
        Ok(reading) => reading,
        Err(exit) => return exit,
    };
    let page = match page(&reading, world) {
        Ok(page) => page,
        Err(exit) => return exit,
    };
    let text = match args.format {
        ViewFormatArg::Human => {
            let style = world.style(args.color, true);
            human(&page, style.width, style.colour)
        }
        ViewFormatArg::Markdown => markdown(&page),
        ViewFormatArg::Csv => csv(&page),
        ViewFormatArg::Json => crate::escape::json(&json!({
            "format": 1, "view": name, "as_of": reading.today(), "commit": commit,
            "complete": page.is_complete(), "page": page,
        })),
    };
    let exit = if page.is_complete() { Exit::Clean } else { Exit::Incomplete };
    world.print(&text).or(exit)
}

/// The records, their history and the day; what is wrong with usage or settings
/// has been told.
fn reading(args: &ViewArgs, world: &mut World<'_>) -> Result<(Reading, Option<String>), Exit> {
    let check = CheckArgs::of_view(args);
    let place = Place::find(&check, world).map_err(|why| world.refuse(&why))?;
    let (snapshot, commit) = place.snapshot(&check, world).map_err(|why| world.refuse(&why))?;
    let (policy, _) = world.told(Policy::of_snapshot(&snapshot, &Choice::default()), args.color)?;
    let zone = policy.settings.profile.time_zone.unwrap_or(Tz::UTC);
    let as_of = args.as_of.unwrap_or_else(|| world.today(zone));
    let history = if args.no_history {
        History::not_read()
    } else {
        let _waiting = Waiting::for_the("the history", world.variable("PRE_COMMIT").is_some());
        place.history(&policy, &snapshot, commit, zone, as_of)
    };
    let history = Arc::new(history);
    let records = Arc::new(inventory::load(&snapshot, &policy.placing, &history));
    let context = Context::new(records, history, policy.settings.clone(), as_of);
    Ok((Reading::new(context), commit.map(|commit| commit.to_string())))
}
