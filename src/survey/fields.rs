//! Which column or key gives which field: by the field's own name, by the names
//! that the presets know, and by a few more.

use super::cues;
use crate::extract::{bare_name, is_name};
use crate::kind::{Kind, Shape};
use crate::settings::{PRESETS, preset_names};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Names that no preset has.
const MORE: [(&str, &[&str]); 9] = [
    (
        "id",
        &[
            "CAPA",
            "Incident ID",
            "NC ID",
            "Control ID",
            "Kontroll-ID",
            "Objective ID",
            "Goal ID",
            "Key",
            "Supplier ID",
        ],
    ),
    (
        "title",
        &[
            "What",
            "Task",
            "Goal",
            "Incident",
            "Supplier",
            "Vendor",
            "Training",
            "Nonconformity",
            "Topic",
            "Subject",
            "Control",
            "Control Name",
            "Kontrollname",
            "Ziel",
            "Objetivo",
            "Beschreibung",
            "Descripción",
        ],
    ),
    ("owner", &["Who", "Lead", "Assignee"]),
    ("due", &["When", "Complete By"]),
    ("raised", &["Created", "Creation Date", "Reported"]),
    ("metric", &["KPI", "Indicator", "Kennzahl", "Indicador"]),
    ("value", &["Current", "Actual", "Result", "Messwert", "Wert", "Valor"]),
    ("period", &["Month", "Quarter", "Monat", "Mes"]),
    ("detected", &["Discovered", "Erkannt am", "Detectado"]),
];
/// The presets of languages.
const LANGUAGES: [&str; 2] = ["german", "spanish"];

/// The names of a preset, each preset read once.
fn names_of(preset: &str) -> impl Iterator<Item = (&'static str, &'static [String])> + use<> {
    type Fields = BTreeMap<String, Vec<String>>;
    static NAMES: LazyLock<BTreeMap<&str, Fields>> =
        LazyLock::new(|| PRESETS.iter().map(|(name, _)| (*name, preset_names(name))).collect());
    let fields = NAMES.get(preset).into_iter().flatten();
    fields.map(|(field, names)| (field.as_str(), names.as_slice()))
}

/// Columns or keys of one file, with the values below each.
#[expect(clippy::struct_field_names, reason = "its names are what it is called for")]
pub(super) struct Names<'f> {
    pub(super) names: &'f [String],
    pub(super) rows: &'f [Vec<String>],
    /// Whether they are the keys of a page, whose heading is its title.
    pub(super) is_page: bool,
}

/// How the names of a kind are found.
pub(super) struct Known<'k> {
    kind: &'k Kind,
    /// By field the names of the presets that are used.
    preset: BTreeMap<String, Vec<String>>,
    pub(super) presets: Vec<&'static str>,
}

impl<'k> Known<'k> {
    /// The names that a preset brings, and those of a language where they are
    /// used.
    pub(super) fn of<'n>(
        kind: &'k Kind,
        base: Option<&'static str>,
        names: &(impl Iterator<Item = &'n String> + Clone),
    ) -> Self {
        let mut known = Self { kind, preset: BTreeMap::new(), presets: Vec::new() };
        if let Some(base) = base {
            known.add(base);
        }
        for language in LANGUAGES {
            let is_new = |name: &String| {
                let fits = names_of(language).any(|(field, names)| {
                    kind.field(field).is_some() && names.iter().any(|n| is_name(name, n))
                });
                fits && known.by_preset(name).is_none() && known.own(name).is_none()
            };
            if names.clone().any(is_new) {
                known.add(language);
            }
        }
        known
    }

    /// The names that these presets bring.
    pub(super) fn by(kind: &'k Kind, presets: &[&'static str]) -> Self {
        let mut known = Self { kind, preset: BTreeMap::new(), presets: Vec::new() };
        for preset in presets {
            known.add(preset);
        }
        known
    }

    fn add(&mut self, preset: &'static str) {
        self.presets.push(preset);
        for (field, names) in names_of(preset) {
            if self.kind.field(field).is_some() {
                self.preset.entry(field.to_owned()).or_default().extend(names.iter().cloned());
            }
        }
    }

    /// The field that has this name itself.
    fn own(&self, name: &str) -> Option<&str> {
        let fields = self.kind.structure.fields.keys();
        fields.map(|field| &**field).find(|field| is_name(name, field))
    }

    /// The field for which a preset knows the name, and how far behind.
    fn by_preset(&self, name: &str) -> Option<(&str, usize)> {
        let fits = self.preset.iter().filter_map(|(field, names)| {
            Some((&**field, names.iter().position(|known| is_name(name, known))?))
        });
        fits.min_by_key(|(_, at)| *at)
    }

    /// By field the one name of a file that gives it.
    pub(super) fn assign(&self, file: &Names<'_>) -> BTreeMap<String, String> {
        let mut ranked: Vec<(usize, String, &String)> = Vec::new();
        for name in file.names {
            if let Some(field) = self.own(name) {
                ranked.push((0, field.to_owned(), name));
            } else if let Some((field, at)) = self.by_preset(name) {
                ranked.push((1 + at, field.to_owned(), name));
            } else {
                // A page has its title in its heading, and words of its text
                // before colons.
                let fits_here =
                    |field: &str| self.kind.field(field).is_some() && !(file.is_page && field == "title");
                let more = MORE.iter().filter(|(field, _)| fits_here(field));
                let fits = more.filter(|(_, names)| names.iter().any(|known| is_name(name, known)));
                ranked.extend(fits.map(|(field, _)| (100, (*field).to_owned(), name)));
            }
        }
        ranked.sort_by_key(|(rank, ..)| *rank);
        let mut given: BTreeMap<String, String> = BTreeMap::new();
        for (_, field, name) in ranked {
            if !given.values().any(|taken| taken == name) {
                given.entry(field).or_insert_with(|| name.clone());
            }
        }
        self.mend(file, &mut given);
        given
    }

    /// An id is what looks like one, whatever its column is called; a title is
    /// the first text of several words.
    fn mend(&self, file: &Names<'_>, given: &mut BTreeMap<String, String>) {
        if !given.contains_key("id") && self.kind.field("id").is_some() {
            let of_ids = |name: &&String| file.values(name).next().is_some() && file.values(name).all(is_id);
            if let Some(name) = file.names.iter().find(of_ids) {
                given.retain(|_, taken| taken != name);
                given.insert("id".to_owned(), name.clone());
            }
        }
        if !given.contains_key("title")
            && self.kind.field("title").is_some()
            && !file.rows.is_empty()
            && !file.is_page
        {
            let free = file.names.iter().filter(|name| !given.values().any(|taken| taken == *name));
            let text = |name: &&String| file.values(name).any(|value| value.trim().contains(' '));
            if let Some(name) = free.into_iter().find(text).cloned() {
                given.insert("title".to_owned(), name);
            }
        }
    }

    /// The lines that the mapping needs for fields whose names the presets do
    /// not give alone: by field the names.
    pub(super) fn lines(
        &self,
        given: &[BTreeMap<String, String>],
        names: &BTreeSet<&String>,
    ) -> BTreeMap<String, Vec<String>> {
        let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let fields: BTreeSet<&String> = given.iter().flat_map(BTreeMap::keys).collect();
        for field in fields {
            let wanted: BTreeSet<&String> = given.iter().filter_map(|given| given.get(field)).collect();
            let by_itself = |name: &&&String| match self.preset.get(field) {
                Some(known) => known.iter().any(|known| is_name(name, known)),
                None => is_name(name, field),
            };
            let found: BTreeSet<&String> = names.iter().filter(by_itself).copied().collect();
            if found != wanted {
                lines.insert(field.clone(), wanted.into_iter().cloned().collect());
            }
        }
        lines
    }

    /// Whether a field holds a day.
    pub(super) fn is_date(&self, field: &str) -> bool {
        self.kind.field(field).is_some_and(|field| matches!(field.shape, Shape::Date))
    }
}

impl Names<'_> {
    /// What stands below a name.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let at = self.names.iter().position(|known| known == name);
        let cells = self.rows.iter().filter_map(move |row| row.get(at?)).map(|cell| cell.trim());
        cells.filter(|cell| !cell.is_empty() && !cell.starts_with('['))
    }
}

/// Whether a text looks like an id: letters, a hyphen and a number.
pub(super) fn is_id(text: &str) -> bool {
    let letters = text.find(|letter: char| !letter.is_ascii_uppercase()).unwrap_or(text.len());
    let rest = &text[letters..];
    (1..=8).contains(&letters)
        && rest.starts_with('-')
        && rest.ends_with(|letter: char| letter.is_ascii_digit())
        && rest.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
        && text.len() <= 40
}

/// Whether a table tells the versions of a page.
pub(super) fn is_change_history(columns: &[String]) -> bool {
    let has = |words: &[&str]| columns.iter().any(|name| words.contains(&&*bare_name(name)));
    has(&["version", "revision", "rev", "versión"])
        && has(&["date", "datum", "fecha"])
        && !columns.iter().any(|name| cues::words(name).contains(&"id".to_owned()))
}
