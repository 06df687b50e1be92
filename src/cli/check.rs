//! `check`: find the ISMS, read settings and history, judge, report.

use super::args::{CheckArgs, FormatArg, IncompleteArg, OutputArg, PublishArg};
use super::compare;
use super::github::Wanted;
use super::progress::{Laps, Waiting};
use super::publish::publish;
use super::repository::Place;
use super::world::World;
use crate::catalogue::{Choice, Own, Policy, built_in};
use crate::check::{self, Assessment, Baseline, Judged, Silencing, baseline};
use crate::escape::Raw;
use crate::facts::Context;
use crate::finding::Finding;
use crate::git::Oid;
use crate::history::{Evidence, History};
use crate::output::Format;
use crate::report::{Exit, HistoryState, Provenance, Report, State};
use crate::settings::{self, FILE_NAME, Level, NEWEST_CATALOGUE, Settings};
use crate::sheet::Section;
use crate::snapshot::{Origin, ReadProblem, Snapshot};
use crate::source::RepoPath;
use crate::views;
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

/// Runs the check and prints its report.
pub(super) fn run(args: &CheckArgs, world: &mut World<'_>) -> Exit {
    if let Some(file) = OutputArg::named_twice(&args.output) {
        return world.refuse(&format!("`--output` names {} twice", file.display()));
    }
    let wanted = match args.publish.map(|PublishArg::Github| Wanted::of(args.comment, world)).transpose() {
        Err(why) => return world.refuse(&why),
        Ok(wanted) => wanted,
    };
    match report(args, world) {
        Err(exit) => exit,
        Ok(report) => {
            let style = world.style(args.color, args.all);
            let format = args.format.resolve(world.own_format());
            let mut exit = publish(&report, format, &args.output, style, world);
            if let Some(wanted) = wanted {
                exit = exit.or(wanted.publish(&report, format, world));
            }
            exit.or(report.exit())
        }
    }
}

/// The report; what is wrong with usage or settings has been told.
pub(super) fn report(args: &CheckArgs, world: &mut World<'_>) -> Result<Report, Exit> {
    match args.base.as_deref() {
        None => of_whole(args, world),
        Some("auto") => match compare::named_by_ci(args, world)? {
            Some(base) => compare::report(args, &base, world),
            // A push or a timer is about no change: the whole ISMS is judged.
            None => of_whole(args, world),
        },
        Some(base) => compare::report(args, base, world),
    }
}

/// The report on the ISMS as it stands.
fn of_whole(args: &CheckArgs, world: &mut World<'_>) -> Result<Report, Exit> {
    let mut laps = Laps::start();
    let place = Place::find(args, world).map_err(|why| world.refuse(&why))?;
    let (snapshot, commit) = place.snapshot(args, world).map_err(|why| world.refuse(&why))?;
    laps.end("listing");
    let settings = settings_of(&snapshot, world, args)?;
    let zone = settings.profile.time_zone.unwrap_or(Tz::UTC);
    let as_of = args.as_of.unwrap_or_else(|| world.today(zone));
    let policy = policy_of(&snapshot, settings, args, world)?.0;
    let baseline = baseline_of(&snapshot, world, args)?;
    laps.end("settings and rules");
    let history = if args.no_history || !policy.needs_history() {
        History::not_read()
    } else {
        let _waiting = Waiting::for_the("the history", world.variable("PRE_COMMIT").is_some());
        place.history(&policy, &snapshot, commit, zone, as_of)
    };
    let history = Arc::new(history);
    laps.end("history");
    let judged = check::judge(&snapshot, &policy, history.clone(), as_of);
    let outlook = outlook(args, &judged, &policy, as_of);
    let silencing = Silencing { baseline: baseline.as_ref(), ..Silencing::default() };
    let mut assessment = check::silence(judged, &policy, as_of, &silencing);
    assessment.notices.extend(remarks(&snapshot, &policy, &history, as_of));
    scope(&mut assessment, args, &snapshot, world, &place).map_err(|why| world.refuse(&why))?;
    laps.end("records and verdicts");
    if args.timings {
        world.say(&laps.told());
    }
    let mut provenance = provenance(&snapshot, &policy, &history);
    complete(&mut provenance, args, &place, commit, zone, as_of);
    Ok(Report {
        provenance,
        assessment,
        change: None,
        outlook,
        fail_on: args.fail_on.resolve(),
        incomplete_warns: args.incomplete == IncompleteArg::Warn,
    })
}

/// What a page in Markdown ends with; nothing where none is asked for.
pub(super) fn outlook(args: &CheckArgs, judged: &Judged, policy: &Policy, as_of: NaiveDate) -> Vec<Section> {
    let wanted = matches!(args.format, FormatArg::Of(Format::Markdown))
        || args.output.iter().any(|output| output.format == Format::Markdown);
    if !wanted {
        return Vec::new();
    }
    let (inventory, history) = (judged.inventory.clone(), judged.history.clone());
    let context = Context::new(inventory, history, policy.settings.clone(), as_of);
    views::outlook(&views::Reading::new(context))
}

/// The policy that settings make, and the rules and kinds that the repository
/// brings along.
pub(super) fn policy_of(
    snapshot: &Snapshot,
    settings: Settings,
    args: &CheckArgs,
    world: &mut World<'_>,
) -> Result<(Policy, Own), Exit> {
    let choice = Choice { select: args.select.clone(), ignore: args.ignore.clone() };
    let own = Own::of(snapshot, &settings).map_err(|mistakes| told(world, args, &mistakes))?;
    let known = known_rules(&own);
    if let Some(message) = unknown_rule(args, &known) {
        return Err(world.refuse(&message));
    }
    let policy = Policy::new(settings, &own, &choice).map_err(|mistakes| told(world, args, &mistakes))?;
    Ok((policy, own))
}

/// The baseline of a snapshot, where it has one.
pub(super) fn baseline_of(
    snapshot: &Snapshot,
    world: &mut World<'_>,
    args: &CheckArgs,
) -> Result<Option<Baseline>, Exit> {
    match snapshot.text(&RepoPath::from(baseline::FILE_NAME)) {
        Ok(file) => Baseline::load(&file).map(Some).map_err(|mistakes| told(world, args, &mistakes)),
        Err(ReadProblem::NotThere) => Ok(None),
        Err(problem) => Err(world.refuse(&format!("{}: {problem}", baseline::FILE_NAME))),
    }
}

/// What only the run itself knows of what was judged.
pub(super) fn complete(
    provenance: &mut Provenance,
    args: &CheckArgs,
    place: &Place,
    commit: Option<Oid>,
    zone: Tz,
    as_of: NaiveDate,
) {
    provenance.commit = commit.map(|commit| commit.to_string().into());
    provenance.branch = place.branch().map(Into::into);
    provenance.root = place.root.shown();
    provenance.as_of = as_of;
    provenance.as_of_given = args.as_of.is_some();
    zone.name().clone_into(&mut provenance.time_zone);
}

/// What was judged, and by what: as far as snapshot, policy and history say it.
pub(super) fn provenance(snapshot: &Snapshot, policy: &Policy, history: &History) -> Provenance {
    let settings = &policy.settings.policy;
    Provenance {
        state: match snapshot.origin() {
            Origin::WorkTree => State::WorkTree,
            Origin::Index => State::Index,
            Origin::Commit(_) => State::Commit,
            Origin::Memory => State::Memory,
        },
        uncommitted: history.steps.last().is_some_and(|step| !step.is_commit),
        settings: policy.settings.file.is_some(),
        catalogue: settings.catalogue.clone().unwrap_or_else(|| NEWEST_CATALOGUE.to_owned()),
        level: match settings.level {
            Level::Essential => "essential".to_owned(),
            Level::Full => "full".to_owned(),
        },
        policy_digest: policy.digest.clone(),
        history: match &history.evidence {
            Evidence::Complete => {
                HistoryState::Complete { steps: history.steps.iter().filter(|step| step.is_commit).count() }
            }
            Evidence::Incomplete { why, remedy } => {
                HistoryState::Incomplete { why: why.to_string(), remedy: remedy.to_string() }
            }
            Evidence::NotRead => HistoryState::NotRead,
        },
        ..Provenance::default()
    }
}

/// The ids that `--select` and `--ignore` may name.
pub(super) fn known_rules(own: &Own) -> Vec<String> {
    let built_in = built_in().unwrap_or_default().into_iter().map(|rule| rule.id.to_string());
    let own = own.rules.iter().map(|file| String::from_utf8_lossy(file.path().stem()).into_owned());
    built_in.chain(own).collect()
}

/// What is wrong with `--select` and `--ignore`.
fn unknown_rule(args: &CheckArgs, known: &[String]) -> Option<String> {
    let unknown = args.select.iter().chain(&args.ignore).find(|id| !known.contains(id))?;
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    Some(format!("there is no rule `{unknown}`: {}", settings::nearest_help(unknown, &known)))
}

/// The settings of a snapshot; all defaults where it has none. What is wrong
/// with them has been told.
pub(super) fn settings_of(
    snapshot: &Snapshot,
    world: &mut World<'_>,
    args: &CheckArgs,
) -> Result<Settings, Exit> {
    match snapshot.policy_text(&RepoPath::from(FILE_NAME)) {
        Ok(file) => settings::load(&file).map_err(|mistakes| told(world, args, &mistakes)),
        Err(ReadProblem::NotThere) => Ok(Settings::default()),
        Err(problem) => Err(world.refuse(&format!("{FILE_NAME}: {problem}"))),
    }
}

pub(super) fn told(world: &mut World<'_>, args: &CheckArgs, mistakes: &[settings::Mistake]) -> Exit {
    world.mistaken(mistakes, args.color)
}

/// What a reader should know of the way the check was asked for.
pub(super) fn remarks(snapshot: &Snapshot, policy: &Policy, history: &History, as_of: NaiveDate) -> Vec<Raw> {
    let mut remarks = Vec::new();
    let last = history.steps.iter().rev().find(|step| step.is_commit).and_then(|step| step.arrived);
    if let Some(last) = last.filter(|last| *last > as_of) {
        remarks.push(Raw::from(format!(
            "the files are of {last}, and are judged as of {as_of}: `--rev` with the last commit of that day \
             judges them as they stood"
        )));
    }
    if policy.settings.file.is_none() {
        let elsewhere = snapshot.entries().keys().filter(|path| path.file_name() == FILE_NAME.as_bytes());
        for folder in elsewhere.filter_map(RepoPath::parent) {
            let folder = folder.shown();
            remarks.push(Raw::from(format!(
                "{folder}/{FILE_NAME} is not used: `--root {folder}` judges that ISMS"
            )));
        }
    }
    remarks
}

/// Keeps the findings in the files and folders that were named, and those that
/// have no place; says how many it left out. A name that stands for nothing is
/// refused: a report about nothing would be clean.
pub(super) fn scope(
    assessment: &mut Assessment,
    args: &CheckArgs,
    snapshot: &Snapshot,
    world: &World<'_>,
    place: &Place,
) -> Result<(), String> {
    if args.paths.is_empty() {
        return Ok(());
    }
    let folder = place.folder.as_deref().unwrap_or(Path::new(""));
    let mut named: Vec<RepoPath> = Vec::new();
    for path in &args.paths {
        let absolute = world.folder.join(path);
        let there = absolute.symlink_metadata().is_ok();
        let absolute = absolute.canonicalize().unwrap_or(absolute);
        let below = absolute
            .strip_prefix(folder)
            .map_err(|_| format!("{} lies outside of the ISMS in {}", path.display(), folder.display()))?;
        let below = RepoPath::new(below.as_os_str().as_bytes());
        let listed =
            snapshot.entries().keys().any(|listed| *listed == below || listed.below(&below).is_some());
        if !there && !listed {
            return Err(format!(
                "there is no file or folder {}; names are from the working folder",
                path.display()
            ));
        }
        named.push(below);
    }
    let in_scope = |path: &RepoPath| named.iter().any(|named| path == named || path.below(named).is_some());
    let shown = |finding: &Finding| {
        let related = finding.related.iter().map(|related| &related.place);
        finding.place.is_none()
            || finding.place.iter().chain(related).any(|place| in_scope(place.file.path()))
    };
    let before = assessment.findings.len();
    let (kept, left) = std::mem::take(&mut assessment.findings).into_iter().partition(shown);
    assessment.findings = kept;
    let left: Vec<Finding> = left;
    for finding in &left {
        if let Some(result) = assessment.rules.iter_mut().find(|result| result.rule.id == finding.rule) {
            result.elsewhere += 1;
            result.fails = result.fails.saturating_sub(1);
        }
    }
    let hidden = before - assessment.findings.len();
    if hidden > 0 {
        let text = format!("{hidden} findings lie outside of the paths that were named");
        assessment.notices.push(Raw::from(text));
    }
    Ok(())
}
