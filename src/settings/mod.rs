//! `isms.yaml`: what the organisation says of itself (the *profile*), how its
//! files are laid out (the *mapping*), and how it wants to be judged (the
//! *policy*).
//!
//! Everything has a default; without the file the checker still runs. This
//! module knows rules by their ids only.

mod load;
mod mapping;
mod mistake;
mod names;
mod presets;
mod profile;

pub use load::{from_yaml, place, whole};
pub use load::{load, of};
pub use mapping::{
    CsvRows, Derivation, Encoding, FieldSource, FilePart, GitDate, Headings, KeyPlace, Looks, Matrix,
    Selection, Split, TableRows, Tasks,
};
pub use mistake::{Mistake, nearest_help};
pub use names::Names;
pub use presets::{PRESETS, preset_names, preset_text};
pub use profile::{
    Area, Certification, CertificationStage, EditionInForce, Person, Profile, RiskFormula, RiskSettings,
};

use crate::finding::Severity;
use crate::source::SourceFile;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_yaml::Spanned;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The name of the settings file; the folder that holds it is the ISMS root.
pub const FILE_NAME: &str = "isms.yaml";

/// The JSON Schema of the settings file, for editors.
pub const SCHEMA: &str = include_str!("../../schemas/isms.schema.json");

/// The catalogue that this build carries, as `isms.yaml` pins it.
pub const NEWEST_CATALOGUE: &str = "2026.1";

/// All of `isms.yaml`.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The file, where there is one.
    pub file: Option<Arc<SourceFile>>,
    /// What the organisation says of itself.
    pub profile: Profile,
    /// How foreign files become records; the first selection that fits wins.
    pub mapping: Vec<Selection>,
    /// Globs of files that are no records, whatever folder they are in.
    pub ignore: Vec<String>,
    /// Folders with rules of its own.
    pub rules_from: Vec<Spanned<String>>,
    /// Folders with schemas of kinds of its own.
    pub kinds_from: Vec<Spanned<String>>,
    /// How it wants to be judged.
    pub policy: PolicySettings,
}

/// The half of `isms.yaml` that decides verdicts. In a pull request it is taken
/// from the base.
#[derive(Clone, Debug, Default)]
pub struct PolicySettings {
    /// Which rules run.
    pub level: Level,
    /// The catalogue that was agreed; rules added later report as notices.
    pub catalogue: Option<String>,
    /// Nothing before this day is judged by history rules.
    pub history_from: Option<NaiveDate>,
    /// What findings do that a change did not bring in.
    pub existing: Existing,
    /// Commits that only reformat: full ids.
    pub mechanical_commits: Vec<String>,
    /// Settings of single rules, by id.
    pub rules: BTreeMap<String, Spanned<RuleSetting>>,
}

/// Which part of the catalogue runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The starter profile.
    #[default]
    Essential,
    /// Every rule.
    Full,
}

/// What findings do to a merge that the change did not bring in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Existing {
    /// They are told.
    #[default]
    Report,
    /// They block as introduced ones do.
    Block,
}

/// What `isms.yaml` says of one rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSetting {
    /// Another severity.
    pub severity: Option<Severity>,
    /// Not applied, for this reason.
    pub off: Option<String>,
    /// Other values of the rule's parameters, as written.
    #[serde(default)]
    pub params: BTreeMap<String, Spanned<serde_json::Value>>,
}
