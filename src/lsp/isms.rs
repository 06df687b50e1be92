//! One ISMS under the editor: its files with the open documents over them, the
//! policy in force, its history, and what was judged last.
//!
//! What did not change is not read again: files are parsed by content, rules
//! are compiled once for a policy, the history is followed once for a `HEAD`.

use super::Site;
use crate::catalogue::{Choice, Own, Policy};
use crate::check::{self, Baseline, Silencing, baseline};
use crate::finding::Finding;
use crate::history::{Followed, Gap, History, Step};
use crate::inventory::{Inventory, Kept, load_again};
use crate::settings::{self, FILE_NAME, Mistake, Settings};
use crate::snapshot::{ReadProblem, Snapshot};
use crate::source::{RepoPath, SourceFile};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// The unsaved texts of an ISMS.
pub(super) type Open = BTreeMap<RepoPath, Arc<SourceFile>>;

/// What was judged last.
pub(super) struct Seen {
    /// The records.
    pub(super) inventory: Arc<Inventory>,
    /// The history, as far as it was read.
    pub(super) history: Arc<History>,
    /// The policy in force.
    pub(super) policy: Arc<Policy>,
    /// What is to be told, in the order of a check.
    pub(super) findings: Vec<Finding>,
    /// Files that look like records and that nothing recognised.
    pub(super) unrecognised: Vec<RepoPath>,
    /// The day of judgement.
    pub(super) as_of: NaiveDate,
}

/// What the history depends on: where `HEAD` stands, and how files are read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    head: String,
    reading: Arc<str>,
}

/// A history that is to be read, in a thread of its own.
pub(super) struct Task {
    isms: usize,
    key: Key,
    site: Arc<dyn Site>,
    policy: Arc<Policy>,
    zone: Tz,
}

/// A history that was read.
pub(super) struct Past {
    /// Whose: an index.
    pub(super) isms: usize,
    key: Key,
    followed: Result<Followed, Gap>,
}

impl Task {
    /// Reads it.
    pub(super) fn run(self) -> Past {
        let followed = self.site.follow(&self.policy, self.zone);
        Past { isms: self.isms, key: self.key, followed }
    }
}

/// The settings, rules and kinds as they were tried last, and what came of it.
struct Tried {
    settings: Option<Arc<SourceFile>>,
    own: Vec<Arc<SourceFile>>,
    mistakes: Vec<Mistake>,
}

/// A policy, and what of it decides how files are read.
struct InForce {
    policy: Arc<Policy>,
    reading: Arc<str>,
    zone: Tz,
}

/// An ISMS.
pub(super) struct Isms {
    site: Arc<dyn Site>,
    base: Option<Arc<Snapshot>>,
    head: String,
    /// Files changed on disk.
    pub(super) stale: bool,
    /// Something changed since it was judged.
    pub(super) dirty: bool,
    tried: Option<Tried>,
    in_force: Option<InForce>,
    kept: Kept,
    past: Option<Past>,
    reading: Option<Key>,
    /// What was judged last.
    pub(super) seen: Option<Seen>,
    /// Mistakes in settings, rules, kinds or baseline, as of the last judgement.
    pub(super) mistakes: Vec<Mistake>,
    /// Why the files cannot be listed.
    pub(super) trouble: Option<String>,
    /// The files that something is told about at the client.
    pub(super) told: BTreeSet<RepoPath>,
}

impl Isms {
    /// An ISMS of which nothing is known yet.
    pub(super) fn new(site: Arc<dyn Site>) -> Self {
        Self {
            site,
            base: None,
            head: String::new(),
            stale: true,
            dirty: true,
            tried: None,
            in_force: None,
            kept: Kept::default(),
            past: None,
            reading: None,
            seen: None,
            mistakes: Vec::new(),
            trouble: None,
            told: BTreeSet::new(),
        }
    }

    /// Its folder.
    pub(super) fn folder(&self) -> &Path {
        self.site.folder()
    }

    /// Whether something is to be judged.
    pub(super) fn waits(&self) -> bool {
        self.dirty || self.stale
    }

    /// Its files on disk, as they were listed last.
    pub(super) fn base(&self) -> Option<&Arc<Snapshot>> {
        self.base.as_ref()
    }

    /// Judges everything, with the open documents in the place of their files.
    pub(super) fn judge(&mut self, open: &Open, today: &dyn Fn(Tz) -> NaiveDate) {
        self.list();
        self.dirty = false;
        let Some(base) = &self.base else { return };
        let snapshot = Snapshot::with_overlay(base, open);
        self.mistakes = self.take_policy(&snapshot);
        let Some(in_force) = &self.in_force else {
            self.seen = None;
            return;
        };
        let policy = in_force.policy.clone();
        let as_of = today(in_force.zone);
        let baseline = match baseline_of(&snapshot) {
            Ok(baseline) => baseline,
            Err(mistakes) => {
                self.mistakes.extend(mistakes);
                None
            }
        };
        let history = Arc::new(self.history(&snapshot, &policy, as_of));
        let inventory = load_again(&snapshot, &policy.placing, &history, &mut self.kept);
        let judged = check::judge_read(inventory, &snapshot, &policy, history.clone(), as_of);
        let inventory = judged.inventory.clone();
        let silencing = Silencing { baseline: baseline.as_ref(), ..Silencing::default() };
        let assessment = check::silence(judged, &policy, as_of, &silencing);
        let (findings, unrecognised) = (assessment.findings, assessment.unrecognised);
        self.seen = Some(Seen { inventory, history, policy, findings, unrecognised, as_of });
    }

    /// Lists the files again where they changed on disk.
    fn list(&mut self) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        match self.site.snapshot() {
            Ok(snapshot) => {
                self.base = Some(Arc::new(snapshot.held()));
                self.trouble = None;
            }
            Err(why) => self.trouble = Some(why),
        }
        self.head = self.site.head();
    }

    /// The policy that the snapshot asks for. Where it is mistaken, the one
    /// before stays in force; at the beginning there is none.
    fn take_policy(&mut self, snapshot: &Snapshot) -> Vec<Mistake> {
        let (file, settings) = match settings_of(snapshot) {
            Ok(found) => found,
            Err(mistakes) => return mistakes,
        };
        let own = match Own::of(snapshot, &settings) {
            Ok(own) => own,
            Err(mistakes) => return mistakes,
        };
        let files: Vec<Arc<SourceFile>> = own.rules.iter().chain(&own.schemas).cloned().collect();
        if let Some(tried) = &self.tried
            && same(tried.settings.iter(), file.iter())
            && same(tried.own.iter(), files.iter())
        {
            return tried.mistakes.clone();
        }
        let zone = settings.profile.time_zone.unwrap_or(Tz::UTC);
        let schemas: Vec<&str> = own.schemas.iter().map(|file| &**file.text()).collect();
        let (folders, layout) =
            ((&settings.rules_from, &settings.kinds_from), (&settings.mapping, &settings.ignore));
        let reading = format!("{:?}", (folders, layout, schemas, zone)).into();
        let mistakes = match Policy::new(settings, &own, &Choice::default()) {
            Ok(policy) => {
                self.in_force = Some(InForce { policy: Arc::new(policy), reading, zone });
                Vec::new()
            }
            Err(mistakes) => mistakes,
        };
        self.tried = Some(Tried { settings: file, own: files, mistakes: mistakes.clone() });
        mistakes
    }

    fn key(&self) -> Option<Key> {
        let in_force = self.in_force.as_ref().filter(|in_force| in_force.policy.needs_history())?;
        Some(Key { head: self.head.clone(), reading: in_force.reading.clone() })
    }

    /// The history as far as it was read. After a commit the one before serves
    /// until the new one is there: what was committed counts as uncommitted.
    fn history(&self, snapshot: &Snapshot, policy: &Policy, as_of: NaiveDate) -> History {
        let Some(key) = self.key() else { return History::not_read() };
        match self.past.as_ref().filter(|past| past.key.reading == key.reading).map(|past| &past.followed) {
            None => History::not_read(),
            Some(Ok(followed)) => {
                followed.with(&policy.reader(*snapshot.limits()), snapshot, Step::pending(as_of))
            }
            Some(Err(gap)) => History::incomplete(gap.why.clone(), gap.remedy.clone()),
        }
    }

    /// The history that is to be read now, if any: one at a time.
    pub(super) fn task(&mut self, isms: usize) -> Option<Task> {
        let key = self.key().filter(|key| self.past.as_ref().is_none_or(|past| past.key != *key))?;
        if self.reading.is_some() {
            return None;
        }
        let in_force = self.in_force.as_ref()?;
        self.reading = Some(key.clone());
        let (policy, zone) = (in_force.policy.clone(), in_force.zone);
        Some(Task { isms, key, site: self.site.clone(), policy, zone })
    }

    /// Takes a history that was read; what to tell of it.
    pub(super) fn take(&mut self, past: Past) -> String {
        self.reading = None;
        self.dirty = true;
        let told = match &past.followed {
            Ok(followed) => format!("the history was read: {} commits", followed.steps()),
            Err(gap) => {
                format!(
                    "the history cannot be read, and rules that need it say nothing: {}; {}",
                    gap.why, gap.remedy
                )
            }
        };
        self.past = Some(past);
        told
    }
}

/// The settings file and what it says; all defaults where there is none.
fn settings_of(snapshot: &Snapshot) -> Result<(Option<Arc<SourceFile>>, Settings), Vec<Mistake>> {
    match snapshot.policy_text(&RepoPath::from(FILE_NAME)) {
        Ok(file) => Ok((Some(file.clone()), settings::load(&file)?)),
        Err(ReadProblem::NotThere) => Ok((None, Settings::default())),
        Err(problem) => {
            let file = SourceFile::new(FILE_NAME.into(), "");
            Err(vec![Mistake::new(settings::whole(&file), problem.to_string())])
        }
    }
}

fn baseline_of(snapshot: &Snapshot) -> Result<Option<Baseline>, Vec<Mistake>> {
    match snapshot.text(&RepoPath::from(baseline::FILE_NAME)) {
        Ok(file) => Baseline::load(&file).map(Some),
        Err(ReadProblem::NotThere) => Ok(None),
        Err(problem) => {
            let file = SourceFile::new(baseline::FILE_NAME.into(), "");
            Err(vec![Mistake::new(settings::whole(&file), problem.to_string())])
        }
    }
}

/// Whether files have the same names and texts.
fn same<'f>(
    one: impl ExactSizeIterator<Item = &'f Arc<SourceFile>>,
    other: impl ExactSizeIterator<Item = &'f Arc<SourceFile>>,
) -> bool {
    one.len() == other.len()
        && one.zip(other).all(|(one, other)| one.path() == other.path() && one.text() == other.text())
}
