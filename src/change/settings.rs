//! What a change does to how records are judged: settings, rules and kinds of
//! the repository's own, waivers, the baseline, and the workflows that run the
//! check.
//!
//! It compares texts as trees, so that nothing that the settings can say is
//! left out. Whether a change is for the better it does not know.

use super::State;
use crate::check::Baseline;
use crate::check::baseline;
use crate::escape::{Raw, cut};
use crate::settings::{self, FILE_NAME, Settings};
use crate::snapshot::Snapshot;
use crate::source::RepoPath;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Since when a change of the settings counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Half {
    /// From the merge on: this judgement still goes by what stood before.
    AfterTheMerge,
    /// In this judgement already.
    Now,
}

impl Half {
    /// The words for it in every output.
    pub const fn words(self) -> &'static str {
        match self {
            Self::AfterTheMerge => "in force after the merge",
            Self::Now => "in force in this check",
        }
    }
}

/// One change in how records are judged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PolicyChange {
    /// The file that changed.
    pub file: RepoPath,
    /// What changed.
    pub what: Raw,
    /// Since when it counts.
    pub half: Half,
}

/// Settings that decide verdicts: those that stood before the change count.
const POLICY: [&str; 11] = [
    "time_zone",
    "risk",
    "intervals",
    "verify_within",
    "history_from",
    "catalogue",
    "level",
    "existing",
    "mechanical_commits",
    "rules",
    "rules_from",
];
/// Changes of one file that are told one by one.
const MOST: usize = 40;
/// Characters of a value that are shown.
const WIDEST: usize = 60;
/// Where the check itself is called from.
const CALLERS: [&str; 7] = [
    ".github/workflows",
    ".gitlab-ci.yml",
    "azure-pipelines.yml",
    "Jenkinsfile",
    "bitbucket-pipelines.yml",
    ".pre-commit-config.yaml",
    ".git-blame-ignore-revs",
];

/// Every change in how records are judged, by file.
pub fn changes(base: &State<'_>, head: &State<'_>, before: &Settings, now: &Settings) -> Vec<PolicyChange> {
    let mut changes = Vec::new();
    of_settings(base.snapshot, head.snapshot, &mut changes);
    of_folders(base.snapshot, head.snapshot, before, now, &mut changes);
    of_waivers(base, head, &mut changes);
    of_baseline(base.snapshot, head.snapshot, &mut changes);
    of_callers(base.snapshot, head.snapshot, &mut changes);
    changes.sort();
    changes.dedup();
    changes
}

fn of_settings(base: &Snapshot, head: &Snapshot, changes: &mut Vec<PolicyChange>) {
    let name = |path: &&RepoPath| path.file_name() == FILE_NAME.as_bytes();
    let files: BTreeSet<&RepoPath> =
        base.entries().keys().chain(head.entries().keys()).filter(name).collect();
    let root = RepoPath::from(FILE_NAME);
    for file in files {
        let add = |what: String, half: Half| PolicyChange { file: file.clone(), what: Raw::from(what), half };
        match (base.has_file(file), head.has_file(file)) {
            (true, false) => changes.push(add("the settings are gone".to_owned(), Half::Now)),
            (false, true) => {
                let text = if *file == root { "the first settings" } else { "settings of another ISMS" };
                changes.push(add(text.to_owned(), Half::Now));
            }
            _ if *file == root => {
                let told = differences(&values(base, file), &values(head, file));
                changes.extend(told.into_iter().map(|(path, what)| add(what, half(&path))));
            }
            _ => {}
        }
    }
}

fn half(path: &str) -> Half {
    let name = path.split(['.', '[']).next().unwrap_or(path);
    if POLICY.contains(&name) || name == "kinds_from" { Half::AfterTheMerge } else { Half::Now }
}

/// A settings file as paths and values.
fn values(snapshot: &Snapshot, file: &RepoPath) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    let tree = snapshot.text(file).ok().and_then(|file| settings::from_yaml::<Value>(&file).ok());
    if let Some(tree) = tree {
        collect(&tree, String::new(), &mut values);
    }
    values
}

fn collect(value: &Value, path: String, values: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                collect(value, path, values);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                // A person goes by the id, so that one put in before changes nothing.
                let id = item.get("id").and_then(Value::as_str).map(str::to_owned);
                collect(item, format!("{path}[{}]", id.unwrap_or_else(|| (at + 1).to_string())), values);
            }
        }
        Value::String(text) => {
            values.insert(path, text.clone());
        }
        other => {
            values.insert(path, other.to_string());
        }
    }
}

fn differences(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let value = |value: Option<&String>| {
        value.map_or_else(|| "unset".to_owned(), |value| cut(value, WIDEST).into_owned())
    };
    let mut told: Vec<(String, String)> = paths
        .into_iter()
        .filter(|path| old.get(*path) != new.get(*path))
        .map(|path| (path.clone(), format!("{path}: {} → {}", value(old.get(path)), value(new.get(path)))))
        .collect();
    if let Some(more) = told.len().checked_sub(MOST).filter(|more| *more > 0) {
        // The policy half first: it is what a reviewer must not miss.
        told.sort_by_key(|(path, _)| half(path));
        told.truncate(MOST);
        told.push(("rules".to_owned(), format!("and {more} more changes of settings")));
    }
    told
}

/// Rules and kinds of the repository's own.
fn of_folders(
    base: &Snapshot,
    head: &Snapshot,
    before: &Settings,
    now: &Settings,
    changes: &mut Vec<PolicyChange>,
) {
    let folders = |settings: &Settings| -> Vec<RepoPath> {
        let named = settings.rules_from.iter().chain(&settings.kinds_from);
        named.map(|folder| RepoPath::from(folder.value.trim_end_matches('/'))).collect()
    };
    let folders: BTreeSet<RepoPath> = folders(before).into_iter().chain(folders(now)).collect();
    let within = |path: &RepoPath| folders.iter().any(|folder| path.below(folder).is_some());
    of_files(base, head, &within, "a rule or kind of your own", Half::AfterTheMerge, changes);
}

fn of_callers(base: &Snapshot, head: &Snapshot, changes: &mut Vec<PolicyChange>) {
    let callers: Vec<RepoPath> = CALLERS.iter().map(|name| RepoPath::from(*name)).collect();
    let within = |path: &RepoPath| callers.iter().any(|name| path == name || path.below(name).is_some());
    of_files(base, head, &within, "what runs the check", Half::Now, changes);
}

fn of_files(
    base: &Snapshot,
    head: &Snapshot,
    within: &dyn Fn(&RepoPath) -> bool,
    noun: &str,
    half: Half,
    changes: &mut Vec<PolicyChange>,
) {
    let files: BTreeSet<&RepoPath> =
        base.entries().keys().chain(head.entries().keys()).filter(|path| within(path)).collect();
    for file in files {
        let verb = match (base.entries().get(file), head.entries().get(file)) {
            (None, Some(_)) => "is new",
            (Some(_), None) => "is gone",
            (Some(one), Some(other)) if one != other => "is of another type",
            _ if base.bytes(file).ok() != head.bytes(file).ok() => "changed",
            _ => continue,
        };
        changes.push(PolicyChange { file: file.clone(), what: Raw::from(format!("{noun} {verb}")), half });
    }
}

/// Waivers that came, went, or cover more or longer.
fn of_waivers(base: &State<'_>, head: &State<'_>, changes: &mut Vec<PolicyChange>) {
    for waiver in head.judged.inventory.of_kind("waiver") {
        let text = |name: &str| waiver.text(name).map_or_else(String::new, |text| text.as_str().to_owned());
        let what = match base.judged.inventory.by_key(&waiver.key) {
            None => format!("waiver {} of {} is new", waiver.key.id.unescaped(), text("rule")),
            Some(before) if before.fields() != waiver.fields() => {
                format!("waiver {} of {} changed", waiver.key.id.unescaped(), text("rule"))
            }
            Some(_) => continue,
        };
        let file = waiver.place.file.path().clone();
        changes.push(PolicyChange { file, what: Raw::from(what), half: Half::Now });
    }
    for waiver in base.judged.inventory.of_kind("waiver") {
        if head.judged.inventory.by_key(&waiver.key).is_none() {
            let what = Raw::from(format!("waiver {} is gone", waiver.key.id.unescaped()));
            let file = waiver.place.file.path().clone();
            changes.push(PolicyChange { file, what, half: Half::Now });
        }
    }
}

fn of_baseline(base: &Snapshot, head: &Snapshot, changes: &mut Vec<PolicyChange>) {
    let file = RepoPath::from(baseline::FILE_NAME);
    let read = |snapshot: &Snapshot| snapshot.text(&file).ok().and_then(|file| Baseline::load(&file).ok());
    let (before, now) = (read(base), read(head));
    let entries = |baseline: &Option<Baseline>| -> BTreeMap<String, usize> {
        let counts = baseline.iter().flat_map(Baseline::counts);
        counts.map(|(finding, count)| (finding.to_owned(), count)).collect()
    };
    let (old, new) = (entries(&before), entries(&now));
    let count = |from: &BTreeMap<String, usize>, to: &BTreeMap<String, usize>| -> usize {
        to.iter()
            .map(|(finding, count)| count.saturating_sub(from.get(finding).copied().unwrap_or_default()))
            .sum()
    };
    let (more, fewer) = (count(&old, &new), count(&new, &old));
    if more > 0 {
        // It silences nothing that the change itself brings in.
        let what = Raw::from(format!("the baseline holds {more} more findings"));
        changes.push(PolicyChange { file: file.clone(), what, half: Half::Now });
    }
    if fewer > 0 {
        let what = Raw::from(format!("the baseline holds {fewer} fewer findings"));
        changes.push(PolicyChange { file, what, half: Half::Now });
    }
}
