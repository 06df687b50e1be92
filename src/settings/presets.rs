//! Layouts that come with the checker. A preset is one entry of `mapping`, in a
//! file of its own; a selection that names it builds on it.

use super::mapping::{FieldSource, Selection};
use super::names::Names;
use serde_yaml::Spanned;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Name and text of each preset.
pub const PRESETS: [(&str, &str); 7] = [
    ("bold-header", include_str!("presets/bold-header.yaml")),
    ("csv-register", include_str!("presets/csv-register.yaml")),
    ("front-matter", include_str!("presets/front-matter.yaml")),
    ("german", include_str!("presets/german.yaml")),
    ("last-reviewed-on", include_str!("presets/last-reviewed-on.yaml")),
    ("markdown-register", include_str!("presets/markdown-register.yaml")),
    ("spanish", include_str!("presets/spanish.yaml")),
];

/// The text of a preset.
pub fn preset_text(name: &str) -> Option<&'static str> {
    PRESETS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The names of keys that a preset knows for each field, the one that counts
/// first first.
pub fn preset_names(name: &str) -> BTreeMap<String, Vec<String>> {
    let fields = preset(name).map(|selection| selection.fields).unwrap_or_default();
    let names = |source: FieldSource| source.key.into_iter().chain([source.or_key]).flat_map(|names| names.0);
    fields.into_iter().map(|(field, source)| (field, names(source.value).collect())).collect()
}

/// A preset as a selection; its fields know where they are from.
fn preset(name: &str) -> Option<Selection> {
    let (name, text) = PRESETS.iter().find(|(known, _)| *known == name)?;
    // A test reads every preset.
    let [mut selection]: [Selection; 1] =
        serde_yaml::from_str::<Vec<Selection>>(text).ok()?.try_into().ok()?;
    for source in selection.fields.values_mut() {
        source.value.preset = Some(name);
    }
    Some(selection)
}

/// The selection with what its presets say added; the first name that is no
/// preset otherwise.
pub(super) fn resolved(mut selection: Selection) -> Result<Selection, (Spanned<Names>, String)> {
    let words = selection.words.iter();
    let words = words.flat_map(|(field, words)| words.value.keys().map(|word| (field.clone(), word.clone())));
    selection.own_words = words.collect();
    let Some(named) = selection.preset.clone() else { return Ok(selection) };
    // The first preset comes before the second.
    for name in named.value.iter() {
        match preset(name) {
            Some(base) => selection.build_on(base),
            None => return Err((named.clone(), name.to_owned())),
        }
    }
    Ok(selection)
}

impl Selection {
    /// Takes over what `base` says and this does not.
    fn build_on(&mut self, base: Self) {
        for (name, source) in base.fields {
            match self.fields.entry(name) {
                Entry::Vacant(free) => drop(free.insert(source)),
                // Two presets name one field: their keys are synonyms.
                Entry::Occupied(mut taken) if taken.get().value.preset.is_some() => {
                    let mine = &mut taken.get_mut().value;
                    mine.key.get_or_insert_default().0.extend(source.value.key.unwrap_or_default().0);
                    mine.or_key.0.extend(source.value.or_key.0);
                }
                Entry::Occupied(_) => {}
            }
        }
        for (field, words) in base.words {
            match self.words.entry(field) {
                Entry::Vacant(free) => drop(free.insert(words)),
                Entry::Occupied(mut taken) => {
                    for (word, means) in words.value {
                        taken.get_mut().value.entry(word).or_insert(means);
                    }
                }
            }
        }
        if self.from.is_empty() {
            self.from = base.from;
        }
        self.split = self.split.take().or(base.split);
        self.dates.extend(base.dates);
        self.blank.0.extend(base.blank.0);
        self.footer.0.extend(base.footer.0);
        self.bots.0.extend(base.bots.0);
        self.separator = self.separator.take().or(base.separator);
        for (field, derivation) in base.derive {
            self.derive.entry(field).or_insert(derivation);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PRESETS, preset};

    #[test]
    fn every_preset_reads() {
        for (name, text) in PRESETS {
            let read = serde_yaml::from_str::<Vec<super::Selection>>(text);
            assert!(read.is_ok(), "{name}: {:?}", read.err().map(|error| error.to_string()));
            assert!(preset(name).is_some(), "{name}");
        }
    }
}
