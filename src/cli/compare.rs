//! `check --base`: what a change brings in, judged by the rules that stood
//! before it.
//!
//! *Policy* (rules, severities, values, intervals) is that of the commit before
//! the change; the *profile* (people, areas, certification), waivers and
//! removals are those of the change; files are read by the mappings of both. So
//! a change cannot soften the judgement of itself, and one that needs a new
//! person or a new folder is judged with it.

use super::args::{CheckArgs, IncompleteArg};
use super::check::{baseline_of, complete, outlook, policy_of, provenance, remarks, scope, settings_of};
use super::progress::{Laps, Waiting};
use super::repository::Place;
use super::world::World;
use crate::catalogue::{Own, Policy};
use crate::change::{self, State};
use crate::check::{self, Judged, Silencing};
use crate::ci;
use crate::escape::Raw;
use crate::git::Oid;
use crate::history::{Authors, History, Step};
use crate::report::{Exit, Report};
use crate::settings::{Existing, FILE_NAME, Profile};
use crate::snapshot::{Origin, Snapshot};
use crate::source::RepoPath;
use chrono_tz::Tz;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The commit that the change is to be compared with, by what the CI system
/// says of the run; `None` where the run is about no change.
pub(super) fn named_by_ci(args: &CheckArgs, world: &mut World<'_>) -> Result<Option<String>, Exit> {
    let Some(base) = ci::base_of(&world.environment) else { return Ok(None) };
    let place = Place::find(args, world).map_err(|why| world.refuse(&why))?;
    place.named_by(&base).map(Some).map_err(|why| world.refuse(&why))
}

/// The report on the change since `named`.
pub(super) fn report(args: &CheckArgs, named: &str, world: &mut World<'_>) -> Result<Report, Exit> {
    let mut laps = Laps::start();
    let place = Place::find(args, world).map_err(|why| world.refuse(&why))?;
    let (snapshot, head) = place.snapshot(args, world).map_err(|why| world.refuse(&why))?;
    let base = place.before(named, head).map_err(|why| world.refuse(&why))?;
    let before = place.snapshot_of(base).map_err(|why| world.refuse(&why))?;
    laps.end("listing");
    let policies = Policies::of(&before, &snapshot, args, world)?;
    let baseline = baseline_of(&snapshot, world, args)?;
    laps.end("settings and rules");
    let zone = policies.head.settings.profile.time_zone.unwrap_or(Tz::UTC);
    let as_of = args.as_of.unwrap_or_else(|| world.today(zone));
    let head = head.unwrap_or(base);
    let authors = place.authors(base, head, zone);
    let committed = is_committed(&place, &snapshot, head, &policies.head);
    let (of_base, of_head) = {
        let _waiting = Waiting::for_the("the history", world.variable("PRE_COMMIT").is_some());
        let change = step(authors.as_ref().filter(|_| committed), as_of);
        histories(args, &place, &policies, &snapshot, base, &change, zone)
    };
    laps.end("history");
    let (of_base, of_head) = (Arc::new(of_base), Arc::new(of_head));
    let judged_before = check::judge(&before, &policies.base, of_base, as_of);
    let mut judged = check::judge(&snapshot, &policies.head, of_head.clone(), as_of);
    let outlook = outlook(args, &judged, &policies.head, as_of);
    let state = State { snapshot: &before, judged: &judged_before };
    let mut comparison = change::compare(&state, &mut judged, &snapshot);
    comparison.policy = change::policy_changes(
        &state,
        &State { snapshot: &snapshot, judged: &judged },
        &policies.base.settings,
        &policies.of_head_alone.settings,
    );
    comparison.base = base.to_string().into();
    named.clone_into(&mut comparison.named);
    comparison.existing_blocks = policies.head.settings.policy.existing == Existing::Block;
    comparison.remarks = remarks_on(&policies, base == head && committed);
    let known = authors.as_ref().filter(|_| committed);
    let silencing = Silencing {
        baseline: baseline.as_ref(),
        distrusted: distrusted(&judged_before, &judged, &policies.base.settings.profile, known),
    };
    let mut provenance = provenance(&snapshot, &policies.head, &of_head);
    provenance.uncommitted = !committed;
    complete(&mut provenance, args, &place, Some(head), zone, as_of);
    let mut assessment = check::silence(judged, &policies.head, as_of, &silencing);
    assessment.notices.extend(remarks(&snapshot, &policies.head, &of_head, as_of));
    scope(&mut assessment, args, &snapshot, world, &place).map_err(|why| world.refuse(&why))?;
    laps.end("records and verdicts");
    if args.timings {
        world.say(&laps.told());
    }
    Ok(Report {
        provenance,
        assessment,
        change: Some(comparison),
        outlook,
        fail_on: args.fail_on.resolve(),
        incomplete_warns: args.incomplete == IncompleteArg::Warn,
    })
}

/// What both states are judged by.
struct Policies {
    /// That of the state before.
    base: Policy,
    /// That of the change: the policy before it with its own profile.
    head: Policy,
    /// What the change itself would be judged by after the merge.
    of_head_alone: Policy,
    /// Why the settings before the change are not used.
    unusable: Option<String>,
}

impl Policies {
    fn of(before: &Snapshot, now: &Snapshot, args: &CheckArgs, world: &mut World<'_>) -> Result<Self, Exit> {
        let settings = settings_of(now, world, args)?;
        let (of_head_alone, own_now) = policy_of(now, settings.clone(), args, world)?;
        let choice = crate::catalogue::Choice { select: args.select.clone(), ignore: args.ignore.clone() };
        let made = Self::before(before).and_then(|(settings, own)| {
            let base = Policy::new(settings, &own, &choice).map_err(|mistakes| first(&mistakes))?;
            let head = base
                .with_profile_of(&of_head_alone.settings, &own, &own_now)
                .map_err(|mistakes| first(&mistakes))?;
            Ok((base, head))
        });
        match made {
            Ok((base, head)) => Ok(Self { base, head, of_head_alone, unusable: None }),
            Err(why) => {
                let again = |world: &mut World<'_>| policy_of(now, settings.clone(), args, world);
                let (base, _) = again(world)?;
                let (head, _) = again(world)?;
                Ok(Self { base, head, of_head_alone, unusable: Some(why) })
            }
        }
    }

    /// The settings that stood before, and the rules and kinds with them.
    fn before(before: &Snapshot) -> Result<(crate::settings::Settings, Own), String> {
        use crate::snapshot::ReadProblem;
        let settings = match before.policy_text(&RepoPath::from(FILE_NAME)) {
            Ok(file) => crate::settings::load(&file).map_err(|mistakes| first(&mistakes))?,
            Err(ReadProblem::NotThere) => return Err(format!("there was no {FILE_NAME} before")),
            Err(problem) => return Err(format!("{FILE_NAME} before: {problem}")),
        };
        let own = Own::of(before, &settings).map_err(|mistakes| first(&mistakes))?;
        Ok((settings, own))
    }
}

fn first(mistakes: &[crate::settings::Mistake]) -> String {
    mistakes
        .first()
        .map_or_else(String::new, |mistake| format!("{FILE_NAME} before: {}", mistake.message.unescaped()))
}

/// The step of the change on the history before it.
fn step(authors: Option<&Authors>, as_of: chrono::NaiveDate) -> Step {
    let mut step = Step::pending(as_of);
    if let Some(authors) = authors
        && let Some(last) = &authors.last
    {
        step.by = last.clone();
        step.side.clone_from(&authors.by_file);
        step.is_commit = true;
    }
    step
}

/// The history before the change, and the same with the change as its last step.
fn histories(
    args: &CheckArgs,
    place: &Place,
    policies: &Policies,
    snapshot: &Snapshot,
    base: Oid,
    change: &Step,
    zone: Tz,
) -> (History, History) {
    if args.no_history || !(policies.head.needs_history() || policies.base.needs_history()) {
        return (History::not_read(), History::not_read());
    }
    let of_head = place.history_and_change(&policies.head, snapshot, base, change.clone(), zone);
    let of_base = if reads_alike(policies) {
        let is_change = of_head.steps.last() == Some(change);
        of_head.before(of_head.steps.len() - usize::from(is_change))
    } else {
        place.history_of(&policies.base, base, zone)
    };
    (of_base, of_head)
}

/// Whether both policies make the same records of the same files.
fn reads_alike(policies: &Policies) -> bool {
    let text = |policy: &Policy| policy.settings.file.as_ref().map(|file| file.text().to_string());
    text(&policies.base) == text(&policies.of_head_alone)
        && policies.base.digest == policies.of_head_alone.digest
}

/// Whether the state that is judged is that of a commit, as far as records go.
fn is_committed(place: &Place, snapshot: &Snapshot, head: Oid, policy: &Policy) -> bool {
    if matches!(snapshot.origin(), Origin::Commit(_)) {
        return true;
    }
    let Ok(commit) = place.snapshot_of(head) else { return false };
    let about =
        |path: &&RepoPath| !policy.placing.of(path).is_empty() || path.file_name() == FILE_NAME.as_bytes();
    let files =
        |of: &Snapshot| -> BTreeSet<RepoPath> { of.entries().keys().filter(about).cloned().collect() };
    let listed = files(snapshot);
    listed == files(&commit) && listed.iter().all(|path| snapshot.bytes(path).ok() == commit.bytes(path).ok())
}

/// Waivers that came with the change, of which it is not known that somebody
/// else approved them: known are the people that the settings named before.
fn distrusted(
    before: &Judged,
    now: &Judged,
    people: &Profile,
    authors: Option<&Authors>,
) -> BTreeSet<crate::finding::RecordKey> {
    let fresh = now.inventory.of_kind("waiver").filter(|waiver| {
        let known = before.inventory.by_key(&waiver.key);
        known.is_none_or(|known| known.fields() != waiver.fields())
    });
    let by_another = |waiver: &&crate::inventory::Record| {
        let crate::expr::Value::Text(by) = waiver.path(&["approved", "by"]) else { return false };
        let Some(approver) = people.person(by.as_str()) else { return false };
        authors.is_some_and(|authors| {
            !approver.emails.is_empty()
                && !approver.emails.iter().any(|address| authors.addresses.contains(&address.to_lowercase()))
        })
    };
    fresh.filter(|waiver| !by_another(waiver)).map(|waiver| waiver.key.clone()).collect()
}

fn remarks_on(policies: &Policies, nothing: bool) -> Vec<Raw> {
    let mut remarks = Vec::new();
    if let Some(why) = &policies.unusable {
        remarks.push(Raw::from(format!("{why}: both states are judged by the settings of the change")));
    }
    if nothing {
        remarks.push(Raw::from("what is judged is that commit itself: there is no change to judge"));
    }
    remarks
}
