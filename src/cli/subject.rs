//! What a pack is made from: the ISMS in the state of a commit and of the one
//! before the period, with the files and commits behind it.

use super::args::ColorArg;
use super::check::provenance;
use super::over_time::over_time;
use super::progress::Waiting;
use super::repository::Place;
use super::world::World;
use crate::budget::Limits;
use crate::catalogue::{Choice, Own, Policy, rules_digest};
use crate::check;
use crate::evidence::{self, Asked, FileUsed, State, Subject};
use crate::facts::Context;
use crate::git::{self, Oid};
use crate::inventory::Inventory;
use crate::output;
use crate::report::{Exit, FailOn, Report};
use crate::settings::FILE_NAME;
use crate::sheet::Gap;
use crate::snapshot::{Snapshot, lock};
use crate::source::{RepoPath, hex};
use crate::views::Reading;
use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The day of arrival of a commit of the main line.
pub(super) fn arrived(commit: &git::Commit, zone: Tz) -> Option<NaiveDate> {
    let seconds = commit.committer.when?.seconds;
    Some(DateTime::from_timestamp(seconds, 0)?.with_timezone(&zone).date_naive())
}

/// Everything that the pack of a period is made from.
pub(super) fn gather(
    place: &Place,
    commit: Oid,
    asked: &Asked,
    color: ColorArg,
    world: &mut World<'_>,
) -> Result<Subject, Exit> {
    let Asked { period, as_of, .. } = *asked;
    let store = place.store().map_err(|why| world.refuse(&why))?;
    let snapshot = Snapshot::of_commit(store.clone(), commit, &place.root, Limits::STANDARD)
        .map_err(|problem| world.refuse(&problem.to_string()))?;
    let (policy, own) = world.told(Policy::of_snapshot(&snapshot, &Choice::default()), color)?;
    let zone = policy.settings.profile.time_zone.unwrap_or(Tz::UTC);
    let _waiting = Waiting::for_the("the history", world.variable("PRE_COMMIT").is_some());
    let now = state(place, &snapshot, commit, &policy, zone, as_of).map_err(|why| world.refuse(&why))?;
    let line = lock(&store).first_parent_line(commit);
    let last_before =
        line.steps.iter().rfind(|step| arrived(step, zone).is_some_and(|day| day < period.from));
    let then = match (last_before, period.from.pred_opt()) {
        (Some(step), Some(day)) => Snapshot::of_commit(store.clone(), step.id, &place.root, Limits::STANDARD)
            .map_err(|problem| problem.to_string())
            .and_then(|snapshot| state(place, &snapshot, step.id, &policy, zone, day))
            .map_err(|why| Gap { why: format!("the state before the period: {why}").into(), remedy: None }),
        _ if line.completeness.is_complete() => {
            let why = format!("there is no commit before {}, so nothing to compare with", period.from);
            Err(Gap { why: why.into(), remedy: None })
        }
        _ => Err(Gap {
            why: format!("the state before the period: {}", line.completeness).into(),
            remedy: None,
        }),
    };
    let files = files(place, &snapshot, &now, &own).map_err(|why| world.refuse(&why))?;
    let arrivals = lock(&store).arrivals(&line);
    let side = (0..line.steps.len()).flat_map(|at| arrivals.of(at));
    let commits: BTreeMap<String, Arc<git::Commit>> =
        line.steps.iter().chain(side).map(|commit| (commit.id.to_string(), commit.clone())).collect();
    let over_time = asked.over_time.then(|| over_time(place, &policy, commit, zone, as_of)).transpose();
    let over_time = over_time.map_err(|why| world.refuse(&why))?;
    let root = place.root.shown();
    let sample = asked.sampling.as_ref().map(|sampling| evidence::sample(&now, &root, sampling));
    Ok(Subject {
        period,
        as_of,
        time_zone: zone.name().to_owned(),
        settings_digest: policy.settings.file.as_ref().and_then(|_| {
            let bytes = snapshot.bytes(&RepoPath::from(FILE_NAME)).ok()?;
            Some(hex(&Sha256::digest(bytes)))
        }),
        now,
        then,
        files,
        commits,
        rules_digest: rules_digest(&own),
        root,
        over_time,
        sample,
    })
}

/// The ISMS in the state of a commit.
fn state(
    place: &Place,
    snapshot: &Snapshot,
    commit: Oid,
    policy: &Policy,
    zone: Tz,
    day: NaiveDate,
) -> Result<State, String> {
    let store = place.store()?;
    let tree = lock(&store).commit(commit).map_err(|problem| problem.to_string())?.tree;
    let history = Arc::new(place.history(policy, snapshot, Some(commit), zone, day));
    // No baseline: an auditor is told what stands, agreed to be told or not.
    let judged = check::judge(snapshot, policy, history.clone(), day);
    let records = judged.inventory.clone();
    let assessment = check::silence(judged, policy, day, &check::Silencing::default());
    let mut provenance = provenance(snapshot, policy, &history);
    provenance.commit = Some(commit.to_string().into());
    provenance.root = place.root.shown();
    provenance.as_of = day;
    provenance.as_of_given = true;
    zone.name().clone_into(&mut provenance.time_zone);
    let fail_on = FailOn::Severity(crate::finding::Severity::Error);
    let report = output::public(&Report {
        provenance,
        assessment,
        change: None,
        outlook: Vec::new(),
        fail_on,
        incomplete_warns: false,
    });
    let reading = Reading::new(Context::new(records, history, policy.settings.clone(), day));
    Ok(State { commit: commit.to_string(), tree: tree.to_string(), reading, report })
}

/// The files that records, settings, rules and kinds were read from.
fn files(place: &Place, snapshot: &Snapshot, now: &State, own: &Own) -> Result<Vec<FileUsed>, String> {
    let store = place.store()?;
    let tree = Oid::from_hex(now.tree.as_bytes()).ok_or("the tree has no id")?;
    let listed = lock(&store).tree_files(tree, &place.root).map_err(|problem| problem.to_string())?;
    let records: &Inventory = &now.reading.context.inventory;
    let role = |path: &RepoPath| {
        if *path == RepoPath::from(FILE_NAME) {
            Some("settings")
        } else if own.rules.iter().any(|file| file.path() == path) {
            Some("rules")
        } else if own.schemas.iter().any(|file| file.path() == path) {
            Some("kinds")
        } else {
            records.source(path).map(|_| "records")
        }
    };
    let mut files = Vec::new();
    for listed in listed {
        let Some(below) = listed.path.below(&place.root) else { continue };
        let Some(role) = role(&below) else { continue };
        let bytes = snapshot.bytes(&below).map_err(|problem| format!("{}: {problem}", below.shown()))?;
        files.push(FileUsed {
            path: listed.path.shown().into(),
            role,
            blob: listed.entry.id.to_string(),
            size: bytes.len(),
            sha256: hex(&Sha256::digest(bytes)),
        });
    }
    Ok(files)
}
