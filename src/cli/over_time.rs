//! The replay of an ISMS's life: one walk along the main line that halts at each
//! quarter end, where the commit of then is judged by the policy of today as
//! `check --rev COMMIT --as-of DAY` would.
//!
//! What one moment has as the one before is read and parsed once.

use super::check::{provenance, remarks};
use super::repository::Place;
use super::subject::arrived;
use crate::budget::Limits;
use crate::catalogue::Policy;
use crate::check;
use crate::escape::Raw;
use crate::evidence::{Moment, Outcome, OverTime, Verdicts, moments, name};
use crate::finding::Severity;
use crate::git::{Commit, Oid};
use crate::history::{Followed, Gap, History, Repository, Step};
use crate::inventory::{self, Kept};
use crate::report::{FailOn, Report};
use crate::settings::FILE_NAME;
use crate::sheet;
use crate::snapshot::{Snapshot, Texts, lock};
use crate::source::RepoPath;
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::sync::Arc;

/// Why a moment before `history_from` has no verdicts.
const BEFORE: &str = "it lies before `history_from` in isms.yaml";

/// The assessments of the life that ends in `head`, until a day.
pub(super) fn over_time(
    place: &Place,
    policy: &Policy,
    head: Oid,
    zone: Tz,
    until: NaiveDate,
) -> Result<OverTime, String> {
    let store = place.store()?;
    let line = lock(&store).first_parent_line(head);
    let days: Vec<Option<NaiveDate>> = line.steps.iter().map(|commit| arrived(commit, zone)).collect();
    let repository = Repository::new(store, head, place.root.clone(), zone);
    let mut over_time = OverTime {
        policy_of: head.to_string(),
        policy_digest: policy.digest.clone(),
        history_from: policy.settings.policy.history_from,
        undetermined: None,
        moments: Vec::new(),
    };
    let followed = match Followed::begin(&repository) {
        Ok(followed) => Ok(followed),
        // Of a life that is not all here nobody knows where it began.
        Err(gap) => {
            let why = format!("the life of the ISMS cannot be followed to its beginning: {}", gap.why);
            over_time.undetermined =
                Some(sheet::Gap { why: Raw::from(why), remedy: Some(Raw::new(gap.remedy)) });
            return Ok(over_time);
        }
    };
    let Some(first) = days.iter().flatten().min() else { return Ok(over_time) };
    let settings = settings_text(&place.snapshot_of(head)?);
    let mut replay = Replay {
        place,
        policy,
        zone,
        repository,
        followed,
        texts: Arc::default(),
        kept: Kept::default(),
        settings,
    };
    for day in moments(*first, until) {
        let last = days.iter().rposition(|arrived| arrived.is_some_and(|arrived| arrived <= day));
        let Some((at, commit)) = last.and_then(|at| Some((at, line.steps.get(at)?))) else { continue };
        over_time.moments.push(replay.moment(day, at, commit));
    }
    Ok(over_time)
}

/// The settings of a snapshot, as they are written.
fn settings_text(snapshot: &Snapshot) -> Option<Arc<str>> {
    Some(snapshot.text(&RepoPath::from(FILE_NAME)).ok()?.text().clone())
}

struct Replay<'p> {
    place: &'p Place,
    policy: &'p Policy,
    zone: Tz,
    repository: Repository,
    /// How far the line was followed, or where evidence was missing.
    followed: Result<Followed, Gap>,
    texts: Arc<Texts>,
    kept: Kept,
    settings: Option<Arc<str>>,
}

impl Replay<'_> {
    fn moment(&mut self, day: NaiveDate, at: usize, commit: &Commit) -> Moment {
        let mut moment = Moment {
            name: name(day),
            as_of: day,
            commit: Some(commit.id.to_string()),
            judged_by: "the policy of today",
            settings_then: "not read",
            outcome: Outcome::NotJudged(Raw::from(BEFORE)),
        };
        if self.policy.settings.policy.history_from.is_some_and(|from| day < from) {
            return moment;
        }
        let snapshot = self.place.store().and_then(|store| {
            let limits = Limits::STANDARD;
            let root = &self.place.root;
            Snapshot::of_commit_sharing(store, commit.id, root, limits, &self.texts)
                .map_err(|problem| problem.to_string())
        });
        let snapshot = match snapshot {
            Ok(snapshot) => snapshot,
            Err(why) => {
                moment.outcome = Outcome::Undetermined(Raw::from(why));
                return moment;
            }
        };
        moment.settings_then = match settings_text(&snapshot) {
            then if then == self.settings => "the same",
            Some(_) => "others",
            None => "none",
        };
        let report = self.report(&snapshot, day, at, commit.id);
        moment.outcome = Outcome::Judged(Box::new(Verdicts::of(&report)));
        moment
    }

    /// What `check` reports of the commit and the day, on no branch and without
    /// a baseline.
    fn report(&mut self, snapshot: &Snapshot, day: NaiveDate, at: usize, commit: Oid) -> Report {
        let history = Arc::new(self.history(snapshot, day, at));
        let placing = &self.policy.placing;
        let records = inventory::load_again(snapshot, placing, &history, &mut self.kept);
        let judged = check::judge_read(records, snapshot, self.policy, history.clone(), day);
        let mut assessment = check::silence(judged, self.policy, day, &check::Silencing::default());
        assessment.notices.extend(remarks(snapshot, self.policy, &history, day));
        let mut provenance = provenance(snapshot, self.policy, &history);
        provenance.commit = Some(commit.to_string().into());
        provenance.root = self.place.root.shown();
        provenance.as_of = day;
        provenance.as_of_given = true;
        self.zone.name().clone_into(&mut provenance.time_zone);
        Report {
            provenance,
            assessment,
            change: None,
            outlook: Vec::new(),
            fail_on: FailOn::Severity(Severity::Error),
            incomplete_warns: false,
        }
    }

    /// The history until a step. Where evidence is missing on the way there, it
    /// is missing for every later step too.
    fn history(&mut self, snapshot: &Snapshot, day: NaiveDate, at: usize) -> History {
        if !self.policy.needs_history() {
            return History::not_read();
        }
        let reader = self.policy.reader(Limits::STANDARD);
        if let Ok(followed) = &mut self.followed
            && let Err(gap) = followed.advance(&self.repository, &reader, at + 1)
        {
            self.followed = Err(gap);
        }
        match &self.followed {
            Ok(followed) => followed.with(&reader, snapshot, Step::pending(day)),
            Err(gap) => History::incomplete(gap.why.clone(), gap.remedy.clone()),
        }
    }
}
