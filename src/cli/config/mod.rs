//! `config show`: the settings in force and where each comes from; with `--why`,
//! where the records of one file come from. `config preset`: layouts to build on.
//!
//! It shows and changes nothing.

mod folder;
mod origin;
mod settings;
mod why;

use super::args::{CheckArgs, ConfigShowArgs, PageFormatArg, PresetArgs};
use super::page::Page;
use super::repository::Place;
use super::world::World;
use crate::catalogue::{Choice, Policy};
use crate::history::History;
use crate::report::Exit;
use crate::settings::{PRESETS, nearest_help, preset_text};
use crate::source::RepoPath;
use chrono_tz::Tz;
use serde_json::Value;
use why::Target;

/// Prints a preset, or the names of all.
pub(super) fn preset(args: &PresetArgs, world: &mut World<'_>) -> Exit {
    let Some(name) = &args.name else {
        let about = |text: &str| {
            let lines = text.lines().map_while(|line| line.strip_prefix("# "));
            lines.collect::<Vec<_>>().join(" ")
        };
        let list = PRESETS.map(|(name, text)| format!("{name:<18} {}\n", about(text)));
        return world.print(&list.concat());
    };
    if let Some(text) = preset_text(name) {
        return world.print(text);
    }
    let known = PRESETS.map(|(name, _)| name);
    world.refuse(&format!("there is no preset `{name}`: {}", nearest_help(name, &known)))
}

/// Shows the settings, or what becomes of a file.
pub(super) fn show(args: &ConfigShowArgs, world: &mut World<'_>) -> Exit {
    match shown(args, world) {
        Ok(text) => world.print(&text),
        Err(exit) => exit,
    }
}

fn shown(args: &ConfigShowArgs, world: &mut World<'_>) -> Result<String, Exit> {
    let color = args.shown.color;
    let check = CheckArgs::of_folder(args.shown.root.clone());
    let place = Place::find(&check, world).map_err(|why| world.refuse(&why))?;
    let (snapshot, commit) = place.snapshot(&check, world).map_err(|why| world.refuse(&why))?;
    let (policy, own) = world.told(Policy::of_snapshot(&snapshot, &Choice::default()), color)?;
    let page = Page::new(world.style(color, true));
    let (value, page): (Value, Page) = match &args.why {
        None => {
            let shown = world.told(settings::Shown::of(&policy, &own), color)?;
            (shown.view(), shown.draw(page))
        }
        Some(file) => {
            let target = why::locate(file, &place, &snapshot, world).map_err(|why| world.refuse(&why))?;
            let history = if policy.placing.asks_git() {
                let zone = policy.settings.profile.time_zone.unwrap_or(Tz::UTC);
                place.history(&policy, &snapshot, commit, zone, world.today(zone))
            } else {
                History::not_read()
            };
            let explain = |file: &RepoPath| why::explain(&snapshot, &policy, &history, file);
            match target {
                Target::File(file) => {
                    let explained = explain(&file);
                    (explained.view(), explained.draw(page))
                }
                Target::Folder(folder) => {
                    let told = folder::Told::of(&folder, &snapshot, explain);
                    (told.view(), told.draw(page))
                }
            }
        }
    };
    Ok(match args.shown.format {
        PageFormatArg::Json => crate::escape::json(&value),
        PageFormatArg::Human => page.finish(),
    })
}
