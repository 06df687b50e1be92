//! The catalogue of rules, and the policy that a run judges by: which rules, at
//! which severity, with which values. Settings choose; this module checks that
//! what they choose exists. It looks at no record.

use crate::escape::Raw;
use crate::finding::Severity;
use crate::inventory::{Placing, Reader};
use crate::kind::{Kind, Kinds};
use crate::rule::{Body, Need, Rule, Subject};
use crate::settings::{self, Level, Mistake, NEWEST_CATALOGUE, Settings};
use crate::snapshot::Snapshot;
use crate::source::{RepoPath, SourceFile, hex};
use rayon::prelude::*;
use serde_yaml::Spanned;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// A rule as it is applied in this run.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The rule, with the parameter values in force.
    pub rule: Arc<Rule>,
    /// The severity in force.
    pub severity: Severity,
    /// The reason for which it is switched off.
    pub off: Option<Raw>,
    bodies: Bodies,
}

/// The expressions of a rule, compiled for kinds of subjects when they are met
/// first: an editor judges by one policy again and again.
#[derive(Clone, Debug, Default)]
struct Bodies(Arc<Mutex<BTreeMap<Option<Arc<str>>, Compiled>>>);

/// A rule's expressions for one kind of subject, or why there are none.
pub type Compiled = Arc<Result<Body, Vec<Mistake>>>;

impl Applied {
    /// The rule's expressions for records of a kind, or for the whole set.
    pub fn body(&self, kind: Option<&Kind>) -> Compiled {
        let mut bodies = self.bodies.0.lock().unwrap_or_else(PoisonError::into_inner);
        let compile = || Arc::new(self.rule.body(&Subject::of(kind, self.rule.needs(Need::History))));
        bodies.entry(kind.map(|kind| kind.name.clone())).or_insert_with(compile).clone()
    }
}

/// What a run judges by.
pub struct Policy {
    /// The rules, by id.
    pub rules: Vec<Applied>,
    /// Every rule there is, also those that are not applied here, and whether
    /// it can be waived.
    pub known: BTreeMap<Arc<str>, bool>,
    /// The kinds of record.
    pub kinds: Kinds,
    /// Which files hold records.
    pub placing: Arc<Placing>,
    /// The settings.
    pub settings: Arc<Settings>,
    /// SHA-256 over the rules and the settings, in hexadecimal.
    pub digest: String,
}

/// Which rules of the catalogue a run wants.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// These rules only, whatever the level.
    pub select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
}

/// Rules and kinds that a repository brings along, from the folders that its
/// settings name.
#[derive(Clone, Debug, Default)]
pub struct Own {
    /// Rule files.
    pub rules: Vec<Arc<SourceFile>>,
    /// Schemas of kinds.
    pub schemas: Vec<Arc<SourceFile>>,
}

impl Own {
    /// The files below the folders that `settings` name.
    ///
    /// # Errors
    /// A folder without such files, and a file that cannot be read.
    pub fn of(snapshot: &Snapshot, settings: &Settings) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut gather = |folders: &[Spanned<String>], extension: &[&str]| {
            let mut files = Vec::new();
            for folder in folders {
                let path = RepoPath::from(folder.value.trim_end_matches('/'));
                let named = snapshot
                    .entries()
                    .keys()
                    .filter(|file| file.below(&path).is_some() && extension.contains(&&*file.extension()));
                let before = files.len();
                for name in named {
                    match snapshot.policy_text(name) {
                        Ok(file) => files.push(file),
                        Err(problem) => {
                            mistakes.push(at(settings, folder, &format!("{}: {problem}", name.shown())));
                        }
                    }
                }
                if files.len() == before {
                    let what =
                        format!("the folder `{}` holds no {} file", folder.value, extension.join(" or "));
                    mistakes.push(at(settings, folder, &what));
                }
            }
            files
        };
        let rules = gather(&settings.rules_from, &["yaml", "yml"]);
        let schemas = gather(&settings.kinds_from, &["json"]);
        if mistakes.is_empty() { Ok(Self { rules, schemas }) } else { Err(mistakes) }
    }

    /// The built-in kinds and those of the repository.
    ///
    /// # Errors
    /// Schemas that cannot be used, and kinds that are built in.
    pub fn kinds(&self) -> Result<Kinds, Vec<Mistake>> {
        let mut kinds = Kinds::embedded();
        let mut mistakes = Vec::new();
        for file in &self.schemas {
            match kinds.add(file.text()) {
                Ok(None) => {}
                Ok(Some(kind)) => {
                    let message = format!("the kind `{}` is built in and cannot be replaced", kind.name);
                    mistakes.push(Mistake::new(settings::whole(file), message));
                }
                Err(fault) => {
                    let at = match fault.pointer.unescaped() {
                        "" => String::new(),
                        pointer => format!(" at {pointer}"),
                    };
                    let message = format!("{fault}{at}: {}", fault.message.unescaped());
                    mistakes.push(Mistake::new(settings::whole(file), message));
                }
            }
        }
        if mistakes.is_empty() { Ok(kinds) } else { Err(mistakes) }
    }

    /// The built-in rules and those of the repository, by id; the latter are
    /// checked against the kinds they are about.
    ///
    /// # Errors
    /// Every mistake in the repository's rules.
    pub fn catalogue(&self, kinds: &Kinds) -> Result<Vec<Rule>, Vec<Mistake>> {
        let mut catalogue = built_in()?;
        let mut mistakes = Vec::new();
        for file in &self.rules {
            match Rule::load(file) {
                Err(found) => mistakes.extend(found),
                Ok(rule) if catalogue.iter().any(|known| known.id == rule.id) => {
                    let message = format!("there is a rule `{}` already", rule.id);
                    mistakes.push(Mistake::new(settings::whole(file), message));
                }
                Ok(rule) => {
                    mistakes.extend(rule.mistakes(kinds));
                    catalogue.push(rule);
                }
            }
        }
        catalogue.sort_by(|one, other| one.id.cmp(&other.id));
        if mistakes.is_empty() { Ok(catalogue) } else { Err(mistakes) }
    }

    /// Whether the repository brought this rule along.
    pub fn has(&self, rule: &Rule) -> bool {
        self.rules.iter().any(|file| Arc::ptr_eq(file, &rule.file))
    }
}

fn at(settings: &Settings, folder: &Spanned<String>, what: &str) -> Mistake {
    let file = settings.file.clone().unwrap_or_else(|| SourceFile::new(settings::FILE_NAME.into(), ""));
    Mistake::new(settings::place(&file, folder.defined), what)
}

/// Every rule of the built-in catalogue, by id.
///
/// # Errors
/// Mistakes in the rule files; a test holds that there are none.
pub fn built_in() -> Result<Vec<Rule>, Vec<Mistake>> {
    // Read once: a rule is cheap to clone and costs a millisecond to read.
    static CATALOGUE: OnceLock<Result<Vec<Rule>, Vec<Mistake>>> = OnceLock::new();
    let read = |(name, text): &(&str, &'static str)| {
        Rule::load_without_examples(&SourceFile::new(RepoPath::from(format!("rules/{name}").as_str()), *text))
    };
    // Side by side; but a thread of the pool that waits here could be given work
    // that asks for the catalogue itself, and would wait for ever.
    let in_pool = rayon::current_thread_index().is_some();
    let all =
        || if in_pool { RULES.iter().map(read).collect() } else { RULES.par_iter().map(read).collect() };
    CATALOGUE.get_or_init(all).clone()
}

/// The text of the rule file with this id.
pub fn rule_text(id: &str) -> Option<&'static str> {
    let name = format!("{id}.yaml");
    RULES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

impl Policy {
    /// The policy of a snapshot, and what the repository brings along.
    ///
    /// # Errors
    /// Every mistake in settings, mapping, schemas and rules.
    pub fn of_snapshot(snapshot: &Snapshot, choice: &Choice) -> Result<(Self, Own), Vec<Mistake>> {
        let settings = settings::of(snapshot)?;
        let own = Own::of(snapshot, &settings)?;
        Ok((Self::new(settings, &own, choice)?, own))
    }

    /// The policy that `settings` make of the catalogue and of the
    /// repository's own rules and kinds.
    ///
    /// # Errors
    /// Every mistake in settings, mapping, schemas and rules.
    pub fn new(settings: Settings, own: &Own, choice: &Choice) -> Result<Self, Vec<Mistake>> {
        let kinds = own.kinds()?;
        let catalogue = own.catalogue(&kinds)?;
        Self::assemble(settings, own, choice, kinds, catalogue)
    }

    /// The policy that `settings` make of these rules and kinds.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn of(
        settings: Settings,
        choice: &Choice,
        catalogue: Vec<Rule>,
        kinds: Kinds,
    ) -> Result<Self, Vec<Mistake>> {
        Self::assemble(settings, &Own::default(), choice, kinds, catalogue)
    }

    fn assemble(
        settings: Settings,
        own: &Own,
        choice: &Choice,
        kinds: Kinds,
        catalogue: Vec<Rule>,
    ) -> Result<Self, Vec<Mistake>> {
        let placing = Placing::new(&settings, &kinds)?;
        let built_in = built_in()?;
        let mut mistakes = unknown_rules(&settings, &catalogue);
        let pin = settings.policy.catalogue.as_deref().unwrap_or(NEWEST_CATALOGUE).to_owned();
        let all = catalogue.iter().chain(built_in.iter());
        let known = all.map(|rule| (rule.id.clone(), rule.waivable)).collect();
        let mut rules = Vec::new();
        for mut rule in catalogue {
            let chosen = choice.select.iter().any(|id| **id == *rule.id);
            let in_level = rule.level == Level::Essential || settings.policy.level == Level::Full;
            let named = settings.policy.rules.contains_key(&*rule.id);
            let wanted = if choice.select.is_empty() { in_level || named } else { chosen };
            if !wanted || choice.ignore.iter().any(|id| **id == *rule.id) {
                continue;
            }
            let mut severity = rule.severity;
            let mut off = None;
            if let Some(setting) = settings.policy.rules.get(&*rule.id) {
                severity = setting.value.severity.unwrap_or(severity);
                off = setting.value.off.as_deref().map(Raw::from);
                for (name, value) in &setting.value.params {
                    if let Err(message) = rule.set_param(name, &value.value)
                        && let Some(file) = &settings.file
                    {
                        mistakes.push(Mistake::new(settings::place(file, value.defined), message));
                    }
                }
            }
            // A rule that is newer than what was agreed tells, and blocks nothing.
            if newer(&rule.since, &pin) {
                severity = Severity::Notice;
            }
            rules.push(Applied { rule: Arc::new(rule), severity, off, bodies: Bodies::default() });
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let digest = digest(&settings, own);
        Ok(Self { rules, known, kinds, placing: Arc::new(placing), settings: Arc::new(settings), digest })
    }

    /// What a change is judged by: the rules, their values, the intervals and
    /// the risk acceptance of `self`, which stood before it; people, areas and
    /// certification of `head`, and the mapping of both. A file is read by the
    /// mapping of `head`, and where that knows it no more by the one before.
    ///
    /// # Errors
    /// Mistakes in the mapping of either.
    pub fn with_profile_of(
        &self,
        head: &Settings,
        own: &Own,
        own_of_head: &Own,
    ) -> Result<Self, Vec<Mistake>> {
        let mut kinds = own.kinds()?;
        for file in &own_of_head.schemas {
            // A kind that was there before stays as it was.
            kinds
                .add(file.text())
                .map_err(|fault| vec![Mistake::new(settings::whole(file), fault.to_string())])?;
        }
        let placing = Placing::new(head, &kinds)?.or_as_before(Placing::new(&self.settings, &kinds)?);
        let before = &self.settings.profile;
        let profile = settings::Profile {
            time_zone: before.time_zone,
            risk: before.risk.clone(),
            intervals: before.intervals.clone(),
            verify_within: before.verify_within,
            ..head.profile.clone()
        };
        let settings = Settings {
            profile,
            mapping: head.mapping.clone(),
            ignore: head.ignore.clone(),
            ..(*self.settings).clone()
        };
        Ok(Self {
            rules: self.rules.clone(),
            known: self.known.clone(),
            kinds,
            placing: Arc::new(placing),
            settings: Arc::new(settings),
            digest: self.digest.clone(),
        })
    }

    /// Reads versions of files as this policy reads the snapshot.
    pub fn reader(&self, limits: crate::budget::Limits) -> Reader {
        Reader::new(self.placing.clone(), limits)
    }

    /// Whether any rule wants the history, or the mapping does.
    pub fn needs_history(&self) -> bool {
        self.placing.asks_git()
            || self.rules.iter().any(|applied| applied.off.is_none() && applied.rule.needs(Need::History))
    }
}

/// Versions such as `2026.1`, compared number by number.
fn newer(since: &str, pin: &str) -> bool {
    let numbers =
        |version: &str| version.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u32>>();
    numbers(since) > numbers(pin)
}

fn unknown_rules(settings: &Settings, catalogue: &[Rule]) -> Vec<Mistake> {
    let known: Vec<&str> = catalogue.iter().map(|rule| &*rule.id).collect();
    let Some(file) = &settings.file else { return Vec::new() };
    settings
        .policy
        .rules
        .iter()
        .filter(|(id, _)| !known.contains(&id.as_str()))
        .map(|(id, setting)| {
            Mistake::new(settings::place(file, setting.defined), format!("there is no rule `{id}`"))
                .with_help(settings::nearest_help(id, &known))
        })
        .collect()
}

/// SHA-256 over the built-in rules and those of the repository, in hexadecimal.
pub fn rules_digest(own: &Own) -> String {
    digest_of(&rule_parts(own))
}

fn rule_parts(own: &Own) -> BTreeMap<String, &str> {
    let mut parts: BTreeMap<String, &str> =
        RULES.iter().map(|(name, text)| ((*name).to_owned(), *text)).collect();
    for file in own.rules.iter().chain(&own.schemas) {
        parts.insert(format!("own/{}", file.path().shown()), file.text());
    }
    parts
}

fn digest(settings: &Settings, own: &Own) -> String {
    let mut parts = rule_parts(own);
    if let Some(file) = &settings.file {
        parts.insert(settings::FILE_NAME.to_owned(), file.text());
    }
    digest_of(&parts)
}

fn digest_of(parts: &BTreeMap<String, &str>) -> String {
    let mut hash = Sha256::new();
    for (name, text) in parts {
        for part in [name.as_str(), text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    hex(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::newer;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(newer("2026.10", "2026.9"));
        assert!(!newer("2026.1", "2026.1"));
        assert!(newer("2027.1", "2026.12"));
    }
}
