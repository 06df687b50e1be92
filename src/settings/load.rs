//! `isms.yaml`, as typed, then as used; each mistake at its place.

use super::mistake::nearest_help;
use super::presets;
use super::{
    Area, Certification, EditionInForce, Existing, FILE_NAME, Level, Mistake, Person, PolicySettings,
    Profile, RiskSettings, RuleSetting, Selection, Settings,
};
use crate::expr::Duration;
use crate::kind::scalar;
use crate::snapshot::{ReadProblem, Snapshot};
use crate::source::{Place, RepoPath, SourceFile, Span};
use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_yaml::{Location, Spanned};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The file as typed.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AsTyped {
    organisation: Option<String>,
    time_zone: Option<Spanned<String>>,
    editions: Vec<EditionInForce>,
    started: Option<NaiveDate>,
    certification: Option<Certification>,
    people: Vec<Person>,
    areas: Vec<Area>,
    risk: Option<RiskSettings>,
    intervals: BTreeMap<String, Spanned<String>>,
    verify_within: Option<Spanned<String>>,
    history_from: Option<NaiveDate>,
    catalogue: Option<String>,
    level: Level,
    existing: Existing,
    mechanical_commits: Vec<String>,
    mapping: Vec<Selection>,
    ignore: Vec<String>,
    rules_from: Vec<Spanned<String>>,
    kinds_from: Vec<Spanned<String>>,
    rules: BTreeMap<String, Spanned<RuleSetting>>,
}

/// The settings of a snapshot; all defaults where it has no `isms.yaml`.
///
/// # Errors
/// Why the file cannot be read, and every mistake in it.
pub fn of(snapshot: &Snapshot) -> Result<Settings, Vec<Mistake>> {
    match snapshot.policy_text(&RepoPath::from(FILE_NAME)) {
        Ok(file) => load(&file),
        Err(ReadProblem::NotThere) => Ok(Settings::default()),
        Err(problem) => Err(vec![Mistake::unreadable(FILE_NAME, &problem)]),
    }
}

/// Reads the settings from the text of `isms.yaml`.
///
/// # Errors
/// Every mistake that was found, each at its place.
pub fn load(file: &Arc<SourceFile>) -> Result<Settings, Vec<Mistake>> {
    let typed: AsTyped = if file.text().trim().is_empty() {
        AsTyped::default()
    } else {
        from_yaml(file).map_err(|mistake| vec![mistake])?
    };
    let mut mistakes = Vec::new();
    let time_zone = typed.time_zone.and_then(|name| {
        let zone = name.value.parse().ok();
        if zone.is_none() {
            let mistake =
                Mistake::new(place(file, name.defined), format!("`{}` is no time zone", name.value));
            let help = "use a name of the tz database, such as `Europe/Berlin` or `UTC`";
            mistakes.push(mistake.with_help(help));
        }
        zone
    });
    let mut interval = |text: Spanned<String>| {
        let duration = scalar::duration(&text.value);
        if duration.is_none() {
            let mistake = Mistake::new(place(file, text.defined), format!("`{}` is no duration", text.value));
            let help = "write `6 months`, `1 year`, `30 days`, `P6M`, `monthly`, `quarterly` or `annual`";
            mistakes.push(mistake.with_help(help));
        }
        duration
    };
    let intervals: BTreeMap<String, Duration> =
        typed.intervals.into_iter().filter_map(|(name, text)| Some((name, interval(text)?))).collect();
    let verify_within = typed.verify_within.and_then(interval);
    for setting in typed.rules.values() {
        if setting.value.off.as_deref().is_some_and(|reason| reason.trim().is_empty()) {
            let mistake =
                Mistake::new(place(file, setting.defined), "a rule is switched off without a reason");
            mistakes.push(mistake.with_help("write the reason behind `off:`; an auditor will ask for it"));
        }
    }
    let mut mapping = Vec::new();
    for selection in typed.mapping {
        match presets::resolved(selection) {
            Ok(selection) => mapping.push(selection),
            Err((named, unknown)) => {
                let known = presets::PRESETS.map(|(name, _)| name);
                let message = format!("there is no preset `{unknown}`");
                let mistake = Mistake::new(place(file, named.defined), message);
                mistakes.push(mistake.with_help(nearest_help(&unknown, &known)));
            }
        }
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    Ok(Settings {
        file: Some(file.clone()),
        profile: Profile {
            organisation: typed.organisation,
            time_zone,
            editions: typed.editions,
            started: typed.started,
            certification: typed.certification,
            people: typed.people,
            areas: typed.areas,
            risk: typed.risk,
            intervals,
            verify_within,
        },
        mapping,
        ignore: typed.ignore,
        rules_from: typed.rules_from,
        kinds_from: typed.kinds_from,
        policy: PolicySettings {
            level: typed.level,
            existing: typed.existing,
            catalogue: typed.catalogue,
            history_from: typed.history_from,
            mechanical_commits: typed.mechanical_commits,
            rules: typed.rules,
        },
    })
}

/// A typed value from a YAML file; the mistake at its place, with the nearest
/// allowed word.
///
/// # Errors
/// The first mistake: serde stops there.
pub fn from_yaml<T: DeserializeOwned>(file: &Arc<SourceFile>) -> Result<T, Mistake> {
    let mut options = serde_yaml::Options::default();
    options.with_snippet = false;
    serde_yaml::from_str_with_options(file.text(), options).map_err(|error| {
        let at = error.location().map_or_else(|| whole(file), |location| place(file, location));
        match error.without_snippet() {
            serde_yaml::Error::SerdeUnknownField { field, expected, .. } => {
                Mistake::new(at, format!("`{field}` is not known here"))
                    .with_help(nearest_help(field, expected))
            }
            serde_yaml::Error::SerdeUnknownVariant { variant, expected, .. } => {
                Mistake::new(at, format!("`{variant}` is not allowed here"))
                    .with_help(nearest_help(variant, expected))
            }
            serde_yaml::Error::SerdeMissingField { field, .. } => {
                Mistake::new(at, format!("`{field}` is missing"))
            }
            serde_yaml::Error::DuplicateMappingKey { key, .. } => {
                let named = key.as_ref().map_or_else(|| "a key".to_owned(), |key| format!("`{key}`"));
                Mistake::new(at, format!("{named} stands here a second time"))
                    .with_help("keep one of them: which one counts, readers of YAML do not agree on")
            }
            other => Mistake::new(at, first_line(&other.to_string())),
        }
    })
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// The place of a value that serde located.
pub fn place(file: &Arc<SourceFile>, location: Location) -> Place {
    let span = location.span();
    let span = if let (Some(start), Some(len)) = (span.byte_offset(), span.byte_len()) {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        Span::new(start, start.saturating_add(u32::try_from(len).unwrap_or(u32::MAX)))
    } else {
        let line = u32::try_from(location.line()).unwrap_or(1);
        Span::at(file.lines().start_of(line.max(1), file.text()))
    };
    Place { file: file.clone(), span }
}

/// The beginning of a file: where a mistake is that has no better place.
pub fn whole(file: &Arc<SourceFile>) -> Place {
    Place { file: file.clone(), span: Span::at(0) }
}

#[cfg(test)]
mod tests {
    use super::load;
    use crate::source::SourceFile;

    fn mistakes(text: &str) -> Vec<(String, String, String)> {
        let file = SourceFile::new("isms.yaml".into(), text);
        load(&file)
            .expect_err("is refused")
            .into_iter()
            .map(|mistake| {
                let help = mistake.help.map_or_else(String::new, |help| help.unescaped().to_owned());
                (mistake.place.quoted().to_owned(), mistake.message.unescaped().to_owned(), help)
            })
            .collect()
    }

    #[test]
    fn mistakes_are_found_at_their_place() {
        let wrong = mistakes("time_zone: Mars/Base\nintervals: {policy: now and then}\n");
        assert_eq!(wrong[0].0, "Mars/Base");
        assert_eq!(wrong[1].0, "now and then");
        let wrong = mistakes("organisation: A\nlevle: full\n");
        assert_eq!(wrong[0].0, "levle");
        assert!(wrong[0].2.starts_with("did you mean `level`?"), "{}", wrong[0].2);
        let wrong = mistakes("level: full\nlevel: full\n");
        assert_eq!(wrong[0].1, "`level` stands here a second time");
        let wrong = mistakes("level: ful\n");
        assert!(wrong[0].2.starts_with("did you mean `full`?"), "{}", wrong[0].2);
        let wrong = mistakes("rules: {a: {off: ''}}\n");
        assert!(wrong[0].1.contains("without a reason"));
    }

    #[test]
    fn an_empty_file_is_all_defaults() {
        let file = SourceFile::new("isms.yaml".into(), "# nothing yet\n");
        let settings = load(&file).map_err(|mistakes| mistakes[0].message.clone());
        assert!(settings.is_ok_and(|settings| settings.profile.people.is_empty()));
    }
}
