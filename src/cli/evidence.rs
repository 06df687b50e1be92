//! `evidence`: find the commit, gather what a pack is made from, write it.

use super::args::{CheckArgs, ColorArg};
use super::publish::write;
use super::repository::Place;
use super::subject::{arrived, gather};
use super::view_args::EvidenceArgs;
use super::world::World;
use crate::budget::Limits;
use crate::catalogue::{Choice, Policy};
use crate::evidence::{self, Asked, Output, Period, Sampling, Subject};
use crate::git::{self, Oid};
use crate::history::History;
use crate::inventory;
use crate::output::verdict;
use crate::report::{Exit, HistoryState};
use crate::settings;
use crate::snapshot::{Snapshot, lock};
use crate::source::{RepoPath, hex};
use crate::views::read::{day, word};
use chrono::NaiveDate;
use chrono_tz::Tz;
use sha2::{Digest, Sha256};
use std::path::Path;

/// Types of audits by others.
const BY_OTHERS: [&str; 4] = ["external", "certification", "surveillance", "recertification"];

/// Builds the pack and writes it.
pub(super) fn run(args: &EvidenceArgs, world: &mut World<'_>) -> Exit {
    match written(args, world) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn written(args: &EvidenceArgs, world: &mut World<'_>) -> Result<Exit, Exit> {
    let folder = world.folder.join(&args.out);
    is_free(&folder).map_err(|why| world.refuse(&format!("--out {}: {why}", args.out.display())))?;
    let check =
        CheckArgs { rev: args.rev.clone(), color: args.color, ..CheckArgs::of_folder(args.root.clone()) };
    let place = Place::find(&check, world).map_err(|why| world.refuse(&why))?;
    let (period, as_of, commit) = wanted(args, &place, world)?;
    let sampling = args.sample.zip(args.seed.clone()).map(|(size, seed)| Sampling { size: size.get(), seed });
    let asked = Asked { period, as_of, over_time: args.over_time, sampling };
    let subject = gather(&place, commit, &asked, args.color, world)?;
    let outputs = evidence::build(&subject).map_err(|why| {
        world.say(&why);
        Exit::Internal
    })?;
    if let Err(error) = put(&folder, &outputs) {
        world.say(&format!("{} was not written: {error}", args.out.display()));
        return Err(Exit::Output);
    }
    say_uncommitted(&place, &subject, world);
    let exit = match subject.now.report.provenance.history {
        HistoryState::Complete { .. } => Exit::Clean,
        HistoryState::Incomplete { .. } | HistoryState::NotRead => Exit::Incomplete,
    };
    Ok(world.print(&told(&subject, &outputs)).or(exit))
}

/// What was made, on a few lines.
fn told(subject: &Subject, outputs: &[Output]) -> String {
    let manifest = outputs.last().map(|(_, bytes)| hex(&Sha256::digest(bytes))).unwrap_or_default();
    let report = &subject.now.report;
    let history = match &report.provenance.history {
        HistoryState::Complete { steps } => format!("complete, {steps} commits on the main line"),
        HistoryState::Incomplete { why, remedy } => {
            format!("incomplete: {}; {}", crate::escape::plain(why), crate::escape::plain(remedy))
        }
        HistoryState::NotRead => "not read".to_owned(),
    };
    let names: Vec<&str> = outputs.iter().map(|(name, _)| *name).collect();
    format!(
        "period    {} (as of {})\ncommit    {}\nhistory   {history}\nverdicts  {}\nfiles     {}\nmanifest  sha256 {manifest}\n",
        subject.period,
        subject.as_of,
        subject.now.commit,
        verdict(report),
        names.join(", "),
    )
}

/// A folder that is not there, or holds nothing.
fn is_free(folder: &Path) -> Result<(), String> {
    match folder.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.to_string()),
        Ok(there) if !there.is_dir() => Err("something other than a folder has this name".to_owned()),
        Ok(_) => match entries(folder) {
            Ok(names) if names.is_empty() => Ok(()),
            Ok(_) => {
                Err("the folder is not empty; name a new one, so that no file of another pack stays in it"
                    .to_owned())
            }
            Err(error) => Err(error.to_string()),
        },
    }
}

/// The names in a folder of ours.
#[expect(clippy::disallowed_methods, reason = "a folder of output, not of the repository")]
pub(super) fn entries(folder: &Path) -> std::io::Result<Vec<std::ffi::OsString>> {
    let entries = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name()));
    let mut names = entries.collect::<Result<Vec<_>, _>>()?;
    names.sort();
    Ok(names)
}

/// The manifest comes last: a pack without one is not complete.
fn put(folder: &Path, outputs: &[Output]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    outputs.iter().try_for_each(|(name, bytes)| write(&folder.join(name), bytes))
}

/// The period, the day of judgement and the commit that were asked for.
fn wanted(
    args: &EvidenceArgs,
    place: &Place,
    world: &mut World<'_>,
) -> Result<(Period, NaiveDate, Oid), Exit> {
    let store = place.store().map_err(|why| world.refuse(&format!("a pack is made from commits: {why}")))?;
    let name = args.rev.as_deref().unwrap_or("HEAD");
    let resolved = lock(&store).resolve(name);
    let head = resolved.map_err(|problem| world.refuse(&problem.to_string()))?;
    let at_head = Snapshot::of_commit(store.clone(), head, &place.root, Limits::STANDARD)
        .map_err(|problem| world.refuse(&problem.to_string()))?;
    let settings = world.told(settings::of(&at_head), args.color)?;
    let zone = settings.profile.time_zone.unwrap_or(Tz::UTC);
    let today = world.today(zone);
    let as_of = match (args.as_of, args.period) {
        (Some(as_of), Some(period)) if as_of < period.to => {
            let why = format!(
                "the day of judgement {as_of} lies before the end of the period {period}; end the period there"
            );
            return Err(world.refuse(&why));
        }
        (Some(as_of), _) => as_of,
        (None, Some(period)) if period.to > today => {
            let why = format!("the period {period} ends after today, {today}: end it there");
            return Err(world.refuse(&why));
        }
        (None, Some(period)) => period.to,
        (None, None) => today,
    };
    let commit = match &args.rev {
        Some(_) => head,
        None => last_by(&store, head, zone, as_of)
            .ok_or_else(|| world.refuse(&format!("no commit of the main line arrived by {as_of}")))?,
    };
    let period = match args.period {
        Some(period) => period,
        None => since_last_audit(place, commit, as_of, args.color, world)?,
    };
    Ok((period, as_of, commit))
}

/// The last commit of the line that arrived by a day.
fn last_by(store: &std::sync::Mutex<git::Store>, head: Oid, zone: Tz, day: NaiveDate) -> Option<Oid> {
    let line = lock(store).first_parent_line(head);
    line.steps
        .iter()
        .rev()
        .find(|commit| arrived(commit, zone).is_some_and(|arrived| arrived <= day))
        .map(|commit| commit.id)
}

/// From the day after the last audit by others that the records hold.
fn since_last_audit(
    place: &Place,
    commit: Oid,
    as_of: NaiveDate,
    color: ColorArg,
    world: &mut World<'_>,
) -> Result<Period, Exit> {
    let store = place.store().map_err(|why| world.refuse(&why))?;
    let snapshot = Snapshot::of_commit(store, commit, &place.root, Limits::STANDARD)
        .map_err(|problem| world.refuse(&problem.to_string()))?;
    let (policy, _) = world.told(Policy::of_snapshot(&snapshot, &Choice::default()), color)?;
    let records = inventory::load(&snapshot, &policy.placing, &History::not_read());
    let held = records.of_kind("audit").filter_map(|audit| {
        let by_others = word(audit, "type").is_some_and(|ty| BY_OTHERS.contains(&ty.as_str()));
        day(audit, "held").filter(|held| by_others && *held < as_of)
    });
    let last = held.max().ok_or_else(|| {
        world.refuse(&format!(
            "no audit by others was held before {as_of} (an audit with `held` and a `type` of {}): name a `--period`",
            BY_OTHERS.join(", ")
        ))
    })?;
    Ok(Period { from: last.succ_opt().unwrap_or(as_of), to: as_of })
}

/// Tells whoever has changes on the disk that they are not in the pack.
fn say_uncommitted(place: &Place, subject: &Subject, world: &mut World<'_>) {
    let Ok((on_disk, Some(head))) = place.snapshot(&CheckArgs::of_folder(None), world) else { return };
    if place.folder.is_none() || head.to_string() != subject.now.commit {
        return;
    }
    let changed = subject.files.iter().filter(|file| {
        let path = RepoPath::from(file.path.unescaped()).below(&place.root);
        let bytes = path.and_then(|path| on_disk.bytes(&path).ok());
        bytes.is_none_or(|bytes| hex(&Sha256::digest(bytes)) != file.sha256)
    });
    let changed = changed.count();
    if changed > 0 {
        world.say(&format!(
            "{changed} of the files differ on disk from the commit: the pack is of the commit"
        ));
    }
}
