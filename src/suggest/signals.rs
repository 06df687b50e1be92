//! The table of signals: which findings are worth an improvement action, how
//! they belong together, and what to ask. It is data, read once.

use crate::catalogue::built_in;
use serde::Deserialize;

const TABLE: &str = include_str!("signals.yaml");

/// What makes one proposal of several findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// The record that they are about; of a measurement its metric.
    Record,
    /// Who answers for the records.
    Owner,
    /// The signal.
    All,
}

/// One signal.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// Its name.
    pub id: String,
    /// The title of the proposed action; `{what}` stands for what it is about.
    pub title: String,
    /// The rules whose findings show it.
    pub rules: Vec<String>,
    /// What belongs together.
    pub by: By,
    /// From how many findings on.
    #[serde(default = "one")]
    pub least: usize,
    /// The type of the proposed action.
    #[serde(rename = "type")]
    pub ty: String,
    /// What it would improve about the ISMS.
    pub serves: Vec<String>,
    /// What to ask for the cause.
    pub questions: Vec<String>,
}

const fn one() -> usize {
    1
}

/// The signals, in the order in which they are told.
///
/// # Errors
/// When the table cannot be read or names a rule that does not exist, which a
/// test holds not to happen.
pub fn signals() -> Result<Vec<Signal>, String> {
    let signals: Vec<Signal> = serde_yaml::from_str(TABLE).map_err(|error| error.to_string())?;
    let known = built_in().unwrap_or_default();
    for rule in signals.iter().flat_map(|signal| &signal.rules) {
        if !known.iter().any(|known| *known.id == **rule) {
            return Err(format!("the signals name a rule `{rule}`, which does not exist"));
        }
    }
    Ok(signals)
}

#[cfg(test)]
mod tests {
    use super::{By, signals};
    use std::collections::BTreeSet;

    #[test]
    fn each_signal_asks_and_says_what_it_is_about() {
        let signals = signals().expect("reads");
        let ids: BTreeSet<&str> = signals.iter().map(|signal| signal.id.as_str()).collect();
        assert_eq!(ids.len(), signals.len(), "each id once");
        for signal in &signals {
            assert!(signal.least > 0 && !signal.questions.is_empty(), "{}", signal.id);
            assert!(signal.questions.iter().all(|question| question.ends_with('?')), "{}", signal.id);
            let about = signal.title.contains("{what}");
            assert_eq!(about, signal.by != By::All, "{}: {}", signal.id, signal.title);
        }
        let rules: Vec<&String> = signals.iter().flat_map(|signal| &signal.rules).collect();
        assert_eq!(rules.iter().collect::<BTreeSet<_>>().len(), rules.len(), "each rule in one signal");
    }
}
