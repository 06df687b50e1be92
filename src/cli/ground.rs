//! What the commands that read the whole ISMS begin with: its files, the policy
//! in force, the day and the history. What is wrong with usage or settings has
//! been told. It judges nothing.

use super::args::CheckArgs;
use super::progress::Waiting;
use super::repository::Place;
use super::world::World;
use crate::catalogue::{Choice, Policy};
use crate::git::Oid;
use crate::history::History;
use crate::report::Exit;
use crate::snapshot::Snapshot;
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::sync::Arc;

/// An ISMS as it is to be read on a day.
pub(super) struct Ground {
    /// Where it lies.
    pub(super) place: Place,
    /// Its files.
    pub(super) snapshot: Snapshot,
    /// The commit that they are of, or that they rest on.
    pub(super) commit: Option<Oid>,
    /// The policy, of the rules that `check` selects.
    pub(super) policy: Policy,
    /// The day.
    pub(super) as_of: NaiveDate,
    /// Its history, unless it is not wanted.
    pub(super) history: Arc<History>,
}

impl Ground {
    /// The ISMS that `check` asks for.
    pub(super) fn of(check: &CheckArgs, world: &mut World<'_>) -> Result<Self, Exit> {
        let place = Place::find(check, world).map_err(|why| world.refuse(&why))?;
        let (snapshot, commit) = place.snapshot(check, world).map_err(|why| world.refuse(&why))?;
        let choice = Choice { select: check.select.clone(), ignore: check.ignore.clone() };
        let (policy, _) = world.told(Policy::of_snapshot(&snapshot, &choice), check.color)?;
        let zone = policy.settings.profile.time_zone.unwrap_or(Tz::UTC);
        let as_of = check.as_of.unwrap_or_else(|| world.today(zone));
        let history = if check.no_history {
            History::not_read()
        } else {
            let _waiting = Waiting::for_the("the history", world.variable("PRE_COMMIT").is_some());
            place.history(&policy, &snapshot, commit, zone, as_of)
        };
        Ok(Self { place, snapshot, commit, policy, as_of, history: Arc::new(history) })
    }
}
