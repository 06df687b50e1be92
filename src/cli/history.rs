//! `history`: the life of one record, as the field log tells it.

use super::args::{CheckArgs, HistoryArgs};
use super::history_sheet;
use super::over_time::over_time;
use super::page::Page;
use super::progress::Waiting;
use super::repository::Place;
use super::view_args::ViewFormatArg;
use super::world::World;
use crate::catalogue::{Choice, Policy};
use crate::escape::{plain, terminal};
use crate::evidence::{self, OverTime};
use crate::finding::RecordKey;
use crate::git::Head;
use crate::history::{Authorship, Change, Evidence, FieldChange, History, Series, Step, What};
use crate::inventory::TEXT;
use crate::kind::words::nearest;
use crate::report::Exit;
use crate::sheet::{csv, human, markdown};
use chrono_tz::Tz;
use serde_json::{Value, json};
use std::sync::Arc;

/// Shows the record's life, or that of the whole ISMS.
pub(super) fn run(args: &HistoryArgs, world: &mut World<'_>) -> Exit {
    let Some(record) = &args.record else { return of_the_isms(args, world) };
    let (history, policy) = match history(args, world) {
        Ok(read) => read,
        Err(exit) => return exit,
    };
    if let Evidence::Incomplete { why, remedy } = &history.evidence {
        world.say(&format!("the history cannot be shown: {why}; {remedy}"));
        return Exit::Incomplete;
    }
    let lives = named(&history, record);
    if lives.is_empty() {
        let message = unknown(&history, record);
        return world.refuse(&message);
    }
    let text = match args.format {
        ViewFormatArg::Json => {
            let lives = lives.iter().map(|(key, series)| view(&history, key, series));
            crate::escape::json(&json!({"format": 1, "records": lives.collect::<Vec<_>>()}))
        }
        ViewFormatArg::Human => {
            let mut page = Page::new(world.style(args.color, true));
            for (key, series) in lives {
                draw(&mut page, &history, key, series);
            }
            page.finish()
        }
        ViewFormatArg::Markdown => markdown(&history_sheet::page(&history, &policy.kinds, &lives)),
        ViewFormatArg::Csv => csv(&history_sheet::page(&history, &policy.kinds, &lives)),
    };
    world.print(&text)
}

/// The life of the whole ISMS: judged at each quarter end.
fn of_the_isms(args: &HistoryArgs, world: &mut World<'_>) -> Exit {
    let over_time = match replayed(args, world) {
        Ok(over_time) => over_time,
        Err(exit) => return exit,
    };
    let page = evidence::over_time_page(&over_time);
    let text = match args.format {
        ViewFormatArg::Human => {
            let style = world.style(args.color, true);
            human(&page, style.width, style.colour)
        }
        ViewFormatArg::Markdown => markdown(&page),
        ViewFormatArg::Csv => evidence::over_time_csv(&over_time),
        ViewFormatArg::Json => crate::escape::json(&json!({"format": 1, "over_time": over_time})),
    };
    let exit = if page.is_complete() { Exit::Clean } else { Exit::Incomplete };
    world.print(&text).or(exit)
}

fn replayed(args: &HistoryArgs, world: &mut World<'_>) -> Result<OverTime, Exit> {
    let place =
        Place::find(&CheckArgs::of_folder(args.root.clone()), world).map_err(|why| world.refuse(&why))?;
    let head = place.git.as_ref().map(|git| git.head.clone());
    let head = match head {
        Ok(Head::Commit { id, .. }) => id,
        Ok(_) => return Err(world.refuse("HEAD names no commit, so there is no life to be judged")),
        Err(why) => {
            let why = format!("the life of an ISMS is told by its commits: {why}");
            return Err(world.refuse(&why));
        }
    };
    let snapshot = place.snapshot_of(head).map_err(|why| world.refuse(&why))?;
    let (policy, _) = world.told(Policy::of_snapshot(&snapshot, &Choice::default()), args.color)?;
    let zone = policy.settings.profile.time_zone.unwrap_or(Tz::UTC);
    let until = args.as_of.unwrap_or_else(|| world.today(zone));
    let _waiting = Waiting::for_the("the history", world.variable("PRE_COMMIT").is_some());
    over_time(&place, &policy, head, zone, until).map_err(|why| world.refuse(&why))
}

fn history(args: &HistoryArgs, world: &mut World<'_>) -> Result<(History, Policy), Exit> {
    let check = CheckArgs::of_folder(args.root.clone());
    let place = Place::find(&check, world).map_err(|why| world.refuse(&why))?;
    let (snapshot, commit) = place.snapshot(&check, world).map_err(|why| world.refuse(&why))?;
    let (policy, _) = world.told(Policy::of_snapshot(&snapshot, &Choice::default()), args.color)?;
    let zone = policy.settings.profile.time_zone.unwrap_or(Tz::UTC);
    let today = world.today(zone);
    Ok((place.history(&policy, &snapshot, commit, zone, today), policy))
}

/// The records that `wanted` names: by id, or by kind and id.
fn named<'h>(history: &'h History, wanted: &str) -> Vec<(&'h RecordKey, &'h Series)> {
    let is = |key: &RecordKey| {
        let id = key.id.unescaped();
        id == wanted || wanted.split_once('/').is_some_and(|(kind, rest)| *key.kind == *kind && rest == id)
    };
    history.series.iter().filter(|(key, _)| is(key)).collect()
}

fn unknown(history: &History, wanted: &str) -> String {
    let bare = wanted.split_once('/').map_or(wanted, |(_, id)| id);
    let ids = || history.series.keys().map(|key| key.id.unescaped());
    let near = nearest(wanted, ids()).or_else(|| nearest(bare, ids()));
    let near = near.map_or_else(
        || format!("the history knows {} records", history.series.len()),
        |near| format!("did you mean `{near}`?"),
    );
    format!("no record `{wanted}` was ever here: {near}")
}

fn draw(page: &mut Page, history: &History, key: &RecordKey, series: &Series) {
    let changed = series.changes.iter().rev().flat_map(|change| &change.fields);
    let mut titles = changed.filter(|field| &*field.field == "title");
    // A record that is gone keeps the title it had.
    let title = titles.find_map(|field| field.new.as_ref().or(field.old.as_ref()));
    let title = title.map(|title| format!(": {}", plain(title))).unwrap_or_default();
    page.heading(&format!("{} {}{title}", key.kind.replace('_', " "), terminal(&key.id)));
    let path = series.changes.last().map(|change| plain(&change.path.shown())).unwrap_or_default();
    let gone = series.deletion().is_some();
    page.line(0, &if gone { format!("gone; it was in {path}") } else { format!("in {path}") });
    for change in &series.changes {
        let Some(step) = history.step(change.step) else { continue };
        page.line(0, "");
        draw_step(page, history, change, step);
        // What a record arrived with is in its file; the log shows what moved.
        if matches!(change.what, What::Created | What::Deleted) {
            continue;
        }
        // Entries of `changes` explain what moved, so they stand below it.
        let (why, what): (Vec<&FieldChange>, Vec<_>) =
            change.fields.iter().partition(|field| field.field.starts_with("changes/"));
        for field in what.into_iter().chain(why) {
            page.paragraph(2, &moved(field));
        }
    }
}

fn moved(field: &FieldChange) -> String {
    if &*field.field == TEXT {
        return "the text below the front matter changed".to_owned();
    }
    let value = |value: &Option<Arc<str>>| value.as_deref().map_or_else(|| "not written".to_owned(), plain);
    format!("{}: {} → {}", plain(&field.field), value(&field.old), value(&field.new))
}

fn draw_step(page: &mut Page, history: &History, change: &Change, step: &Step) {
    let arrived = step.arrived.map_or_else(|| "unknown day".to_owned(), |day| day.to_string());
    let author = step.author_of(&change.path);
    let mut text = format!("{arrived} {}", happened(history, change));
    text.push_str(&if step.is_commit {
        format!(", {}", by(author, step))
    } else {
        ", not committed yet".to_owned()
    });
    page.paragraph(0, &text);
    if author.commit != step.by.commit {
        page.paragraph(2, &format!("merged {}", by(&step.by, step)));
    }
}

fn by(author: &Authorship, step: &Step) -> String {
    let earlier = author.authored.filter(|_| author.authored != step.arrived);
    let authored = earlier.map(|day| format!(", written {day}")).unwrap_or_default();
    format!(
        "by {} in {} \"{}\"{authored}",
        terminal(&author.name),
        author.commit.get(..10).unwrap_or(&author.commit),
        terminal(&author.summary)
    )
}

pub(super) fn happened(history: &History, change: &Change) -> String {
    let what = match &change.what {
        What::Created => "arrived".to_owned(),
        What::Deleted => "vanished".to_owned(),
        What::Renamed(from) => format!("got this id (it was {})", terminal(&from.id)),
        What::Changed if change.fields.is_empty() => {
            format!("moved to {}", plain(&change.path.shown()))
        }
        What::Changed => "changed".to_owned(),
    };
    match change.unknown_since.and_then(|since| history.step(since)).and_then(|step| step.arrived) {
        Some(since) => format!("{what}, or earlier: it could not be read since {since}"),
        None => what,
    }
}

fn view(history: &History, key: &RecordKey, series: &Series) -> Value {
    let person = |author: &Authorship| {
        json!({
            "id": author.commit, "author": author.name, "email": author.email,
            "authored": author.authored, "summary": author.summary,
        })
    };
    let change = |change: &Change| {
        let step = history.step(change.step)?;
        let (what, from) = match &change.what {
            What::Created => ("created", None),
            What::Changed => ("changed", None),
            What::Deleted => ("deleted", None),
            What::Renamed(from) => ("renamed", Some(from.id.clone())),
        };
        let author = step.author_of(&change.path);
        let merge = (author.commit != step.by.commit).then(|| person(&step.by));
        let fields = change.fields.iter();
        let fields = fields.map(|field| json!({"field": field.field, "old": field.old, "new": field.new}));
        let unknown_since = change.unknown_since.and_then(|since| history.step(since)?.arrived);
        Some(json!({
            "arrived": step.arrived, "what": what, "from": from, "path": change.path.shown(),
            "committed": step.is_commit, "commit": step.is_commit.then(|| person(author)), "merge": merge,
            "unknown_since": unknown_since, "fields": fields.collect::<Vec<_>>(),
        }))
    };
    let changes: Vec<Value> = series.changes.iter().filter_map(change).collect();
    json!({"kind": key.kind, "id": key.id, "exists": series.deletion().is_none(), "changes": changes})
}
