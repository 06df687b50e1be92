//! Spans of time in the words that people use: `Semi-Annual`, `every 6 months`,
//! `Annually (January)`. A word that is not known stays as it is written, and
//! the schema says so.

use super::names::{fold, without_remark};
use crate::kind::scalar;

const WORDS: [(&str, &str); 28] = [
    ("daily", "daily"),
    ("every day", "daily"),
    ("weekly", "weekly"),
    ("every week", "weekly"),
    ("fortnightly", "2 weeks"),
    ("every two weeks", "2 weeks"),
    ("monthly", "monthly"),
    ("every month", "monthly"),
    ("quarterly", "quarterly"),
    ("every quarter", "quarterly"),
    ("semiannual", "semiannual"),
    ("semi annual", "semiannual"),
    ("semiannually", "semiannual"),
    ("semi annually", "semiannual"),
    ("half yearly", "semiannual"),
    ("twice a year", "semiannual"),
    ("every six months", "semiannual"),
    ("annual", "annual"),
    ("annually", "annual"),
    ("yearly", "annual"),
    ("every year", "annual"),
    ("once a year", "annual"),
    ("every twelve months", "annual"),
    ("biennial", "biennial"),
    ("biennially", "biennial"),
    ("every two years", "biennial"),
    ("every other year", "biennial"),
    ("every three years", "3 years"),
];

/// The duration that a text stands for, as a record writes it.
pub(super) fn cadence(text: &str) -> Option<String> {
    let text = without_remark(text.trim());
    if scalar::duration(text).is_some() {
        return Some(text.to_owned());
    }
    let folded = fold(text);
    if let Some((_, means)) = WORDS.iter().find(|(word, _)| *word == folded) {
        return Some((*means).to_owned());
    }
    let count = folded.strip_prefix("every ").unwrap_or(&folded);
    scalar::duration(count).is_some().then(|| count.to_owned())
}

#[cfg(test)]
mod tests {
    use super::cadence;

    #[test]
    fn known_words_are_read_and_no_other() {
        for (text, means) in [
            ("6 months", Some("6 months")),
            ("6 Month", Some("6 month")),
            ("P6M", Some("P6M")),
            ("Semi-Annual", Some("semiannual")),
            ("Semi_Annual", Some("semiannual")),
            ("Every 3 months", Some("3 months")),
            ("Weekly (Automated)", Some("weekly")),
            ("🔄 Annually", Some("annual")),
            ("Annualy", None),
            ("As needed", None),
            // Twice a year to some, every two years to others.
            ("Bi-annual", None),
            ("Annually or when processes change", None),
        ] {
            assert_eq!(cadence(text).as_deref(), means, "{text}");
        }
    }
}
