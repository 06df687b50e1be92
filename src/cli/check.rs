//! `check`: find the ISMS, read settings and history, judge, report.

use super::args::{CheckArgs, IncompleteArg};
use super::repository::Place;
use super::world::World;
use crate::catalogue::{Choice, Policy, built_in};
use crate::check::{Assessment, assess};
use crate::finding::Finding;
use crate::history::{Evidence, History};
use crate::output::{self, Format};
use crate::report::{Exit, HistoryState, Provenance, Report, State};
use crate::settings::{self, FILE_NAME, Level, NEWEST_CATALOGUE, Settings};
use crate::snapshot::{Origin, ReadProblem, Snapshot};
use crate::source::RepoPath;
use chrono_tz::Tz;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

/// Runs the check and prints its report.
pub(super) fn run(args: &CheckArgs, world: &mut World<'_>) -> Exit {
    let format = args.format.resolve(world.in_github_actions());
    match report(args, world) {
        Err(exit) => exit,
        Ok(report) => {
            let style = world.style(args.color, args.all);
            let printed = world.print(&output::render(&report, format, style));
            if printed != Exit::Clean && format == Format::Json {
                return printed;
            }
            printed.or(report.exit())
        }
    }
}

/// The report; what is wrong with usage or settings has been told.
pub(super) fn report(args: &CheckArgs, world: &mut World<'_>) -> Result<Report, Exit> {
    if let Some(message) = unknown_rule(args, world)? {
        return Err(world.refuse(&message));
    }
    let place = Place::find(args, world).map_err(|why| world.refuse(&why))?;
    let (snapshot, commit) = place.snapshot(args, world).map_err(|why| world.refuse(&why))?;
    let settings = settings_of(&snapshot, world, args)?;
    let zone = settings.profile.time_zone.unwrap_or(Tz::UTC);
    let as_of = args.as_of.unwrap_or_else(|| world.today(zone));
    let choice = Choice { select: args.select.clone(), ignore: args.ignore.clone() };
    let policy = Policy::new(settings, &choice).map_err(|mistakes| told(world, args, &mistakes))?;
    let history = if args.no_history || !policy.needs_history() {
        History::not_read()
    } else {
        place.history(&policy, &snapshot, commit, zone, as_of)
    };
    let history = Arc::new(history);
    let mut assessment = assess(&snapshot, &policy, history.clone(), as_of);
    scope(&mut assessment, args, world, &place);
    Ok(Report {
        provenance: Provenance {
            state: match snapshot.origin() {
                Origin::WorkTree => State::WorkTree,
                Origin::Index => State::Index,
                Origin::Commit(_) => State::Commit,
                Origin::Memory => State::Memory,
            },
            commit: commit.map(|commit| commit.to_string().into()),
            branch: place.branch().map(Into::into),
            uncommitted: history.steps.last().is_some_and(|step| !step.is_commit),
            root: place.root.shown(),
            as_of,
            as_of_given: args.as_of.is_some(),
            time_zone: zone.name().to_owned(),
            settings: policy.settings.file.is_some(),
            catalogue: policy
                .settings
                .policy
                .catalogue
                .clone()
                .unwrap_or_else(|| NEWEST_CATALOGUE.to_owned()),
            level: match policy.settings.policy.level {
                Level::Essential => "essential".to_owned(),
                Level::Full => "full".to_owned(),
            },
            policy_digest: policy.digest.clone(),
            history: match &history.evidence {
                Evidence::Complete => HistoryState::Complete {
                    steps: history.steps.iter().filter(|step| step.is_commit).count(),
                },
                Evidence::Incomplete { why, remedy } => {
                    HistoryState::Incomplete { why: why.to_string(), remedy: remedy.to_string() }
                }
                Evidence::NotRead => HistoryState::NotRead,
            },
        },
        assessment,
        fail_on: args.fail_on.resolve(),
        incomplete_warns: args.incomplete == IncompleteArg::Warn,
    })
}

/// What is wrong with `--select` and `--ignore`.
fn unknown_rule(args: &CheckArgs, world: &mut World<'_>) -> Result<Option<String>, Exit> {
    let mut named = args.select.iter().chain(&args.ignore).peekable();
    if named.peek().is_none() {
        return Ok(None);
    }
    let known = built_in().map_err(|mistakes| told(world, args, &mistakes))?;
    let known: Vec<&str> = known.iter().map(|rule| &*rule.id).collect();
    let unknown = named.find(|id| !known.contains(&id.as_str()));
    Ok(unknown.map(|id| format!("there is no rule `{id}`: {}", settings::nearest_help(id, &known))))
}

/// The settings of a snapshot; all defaults where it has none. What is wrong
/// with them has been told.
pub(super) fn settings_of(
    snapshot: &Snapshot,
    world: &mut World<'_>,
    args: &CheckArgs,
) -> Result<Settings, Exit> {
    match snapshot.text(&RepoPath::from(FILE_NAME)) {
        Ok(file) => settings::load(&file).map_err(|mistakes| told(world, args, &mistakes)),
        Err(ReadProblem::NotThere) => Ok(Settings::default()),
        Err(problem) => Err(world.refuse(&format!("{FILE_NAME}: {problem}"))),
    }
}

fn told(world: &mut World<'_>, args: &CheckArgs, mistakes: &[settings::Mistake]) -> Exit {
    world.mistaken(mistakes, args.color)
}

/// Keeps the findings in the files and folders that were named, and those that
/// have no place; says how many it left out.
fn scope(assessment: &mut Assessment, args: &CheckArgs, world: &World<'_>, place: &Place) {
    if args.paths.is_empty() {
        return;
    }
    let folder = place.folder.as_deref().unwrap_or(Path::new(""));
    let named: Vec<RepoPath> = args
        .paths
        .iter()
        .map(|path| {
            let absolute = world.folder.join(path);
            let absolute = absolute.canonicalize().unwrap_or(absolute);
            let below = absolute.strip_prefix(folder).unwrap_or(path);
            RepoPath::new(below.as_os_str().as_bytes())
        })
        .collect();
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
        assessment.notices.push(crate::escape::Raw::from(text));
    }
}
