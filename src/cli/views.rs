//! `due`, `register`, `trend`, `agenda`, `coverage` and `rules matrix`: the
//! records as people ask for them.

use super::args::CheckArgs;
use super::ground::Ground;
use super::view_args::{
    AgendaArgs, CoverageArgs, DueArgs, MatrixArgs, RegisterArgs, TrendArgs, ViewArgs, ViewFormatArg,
};
use super::world::World;
use crate::budget::Limits;
use crate::escape::Raw;
use crate::facts::Context;
use crate::inventory;
use crate::kind::words::nearest;
use crate::report::Exit;
use crate::settings;
use crate::sheet::{Page, csv, human, markdown};
use crate::source::{RepoPath, SourceFile};
use crate::views::{self, Meeting, NumberMap, Reading, Wanted, clause_matrix};
use chrono::NaiveDate;
use serde_json::json;
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
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

/// The statement of applicability against another framework.
pub(super) fn coverage(args: &CoverageArgs, world: &mut World<'_>) -> Exit {
    let map = match args.map.as_deref().map(|path| number_map(path, world)).transpose() {
        Ok(map) => map,
        Err(why) => return world.refuse(&why),
    };
    let named = args.against.as_deref().or(map.as_ref().map(|map| map.framework.as_str()));
    if let (Some(named), Some(map)) = (named, &map)
        && *named != map.framework
    {
        let why = format!("`--against {named}`, and the map is of `{}`: name the same", map.framework);
        return world.refuse(&why);
    }
    show("coverage", &args.view, world, |reading, world| match named {
        None => Ok(views::frameworks(reading)),
        Some(named) => views::coverage(reading, named, map.as_ref())
            .map_err(|known| world.refuse(&unknown("framework", named, &known))),
    })
}

/// A published map, from a file that the user names.
fn number_map(path: &Path, world: &World<'_>) -> Result<NumberMap, String> {
    let shown = path.display();
    let limit = Limits::STANDARD.policy_bytes;
    let file = std::fs::File::open(world.folder.join(path)).map_err(|error| format!("{shown}: {error}"))?;
    if !file.metadata().is_ok_and(|about| about.is_file()) {
        return Err(format!("{shown}: it is no regular file"));
    }
    let mut text = String::new();
    file.take(limit + 1).read_to_string(&mut text).map_err(|error| format!("{shown}: {error}"))?;
    if text.len() as u64 > limit {
        return Err(format!("{shown}: it is larger than {limit} bytes"));
    }
    let file = SourceFile::new(RepoPath::new(path.as_os_str().as_bytes()), text);
    settings::from_yaml(&file).map_err(|mistake| {
        let line = file.position(mistake.place.span.start).line;
        format!(
            "{shown}:{line}: {}; a map has `framework`, `source`, `version`, `licence` and `numbers: {{NUMBER: [clauses and controls]}}`",
            mistake.message.unescaped()
        )
    })
}

/// The clauses of the standard, and which rules judge them here.
pub(super) fn matrix(args: &MatrixArgs, world: &mut World<'_>) -> Exit {
    let check = CheckArgs::of_view(&args.view);
    let report = match super::check::report(&check, world) {
        Ok(report) => report,
        Err(exit) => return exit,
    };
    let as_of = report.provenance.as_of;
    let mut section = clause_matrix(&report.assessment.rules);
    let level = &report.provenance.level;
    section.observe(format!("Counted are the rules of level {level}, as isms.yaml sets it."));
    let page = Page {
        title: "Which rules judge which clause".to_owned(),
        about: Raw::from(format!("as of {as_of}")),
        sections: vec![section],
    };
    let about =
        About { name: "matrix", as_of, commit: report.provenance.commit.as_deref().map(str::to_owned) };
    draw(&about, &page, &args.view, world)
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
    draw(&About { name, as_of: reading.today(), commit }, &page, args, world)
}

/// What a page is, for programs.
struct About<'a> {
    name: &'a str,
    as_of: NaiveDate,
    commit: Option<String>,
}

fn draw(about: &About<'_>, page: &Page, args: &ViewArgs, world: &mut World<'_>) -> Exit {
    let text = match args.format {
        ViewFormatArg::Human => {
            let style = world.style(args.color, true);
            human(page, style.width, style.colour)
        }
        ViewFormatArg::Markdown => markdown(page),
        ViewFormatArg::Csv => csv(page),
        ViewFormatArg::Json => crate::escape::json(&json!({
            "format": 1, "view": about.name, "as_of": about.as_of, "commit": about.commit,
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
    let Ground { snapshot, commit, policy, as_of, history, .. } = Ground::of(&check, world)?;
    let records = Arc::new(inventory::load(&snapshot, &policy.placing, &history));
    let context = Context::new(records, history, policy.settings.clone(), as_of);
    Ok((Reading::new(context), commit.map(|commit| commit.to_string())))
}
