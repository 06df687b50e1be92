//! The files of a new ISMS: settings, a few records to go on from, the gate at
//! the merge, the hook, and schemas for the editor.
//!
//! The records claim nothing that nobody did: the policy is a draft, the risk
//! is not assessed, the actions are the work of setting up. What only the
//! organisation knows is marked `fill in`.

use super::editor;
use chrono::{Days, NaiveDate};

/// What marks a place that only the organisation can fill in.
pub(super) const FILL_IN: &str = "# fill in";
/// The version of checkout that the workflow names, by its commit.
const CHECKOUT: &str = "actions/checkout@d23441a48e516b6c34aea4fa41551a30e30af803 # v6.1.0";

/// A file to be written.
pub(super) struct Starter {
    /// From the folder of the ISMS.
    pub(super) path: String,
    pub(super) text: String,
    /// The kind of record that it holds, for records.
    pub(super) kind: Option<&'static str>,
    /// Whether only the root of the repository is the place for it.
    pub(super) at_the_root: bool,
}

/// Path, kind and text of the records and of what stands beside them.
const ISMS: [(&str, Option<&str>, &str); 8] = [
    ("isms.yaml", None, include_str!("starter/isms.yaml")),
    ("context.yaml", Some("context"), include_str!("starter/context.yaml")),
    ("policies/information-security.md", Some("document"), include_str!("starter/information-security.md")),
    ("objectives/first-year.yaml", Some("objective"), include_str!("starter/first-year.yaml")),
    ("metrics/access-reviews.yaml", Some("metric"), include_str!("starter/access-reviews.yaml")),
    ("risks.yaml", Some("risk"), include_str!("starter/risks.yaml")),
    ("actions.yaml", Some("action"), include_str!("starter/actions.yaml")),
    // The ending keeps it from being judged before it is filled in.
    ("statement-of-applicability.yaml.draft", Some("control"), include_str!("starter/controls.yaml")),
];
/// Path and text of what belongs at the root of the repository.
const ROOT: [(&str, &str); 3] = [
    (".github/workflows/isms.yml", include_str!("starter/isms.yml")),
    (".github/workflows/isms-nightly.yml", include_str!("starter/isms-nightly.yml")),
    (".pre-commit-config.yaml", include_str!("starter/pre-commit.yaml")),
];

/// Every file, dated from `today` on.
pub(super) fn files(today: NaiveDate) -> Vec<Starter> {
    let isms = ISMS.into_iter().map(|(path, kind, text)| Starter {
        path: path.to_owned(),
        text: filled(text, today),
        kind,
        at_the_root: false,
    });
    let root = ROOT.into_iter().map(|(path, text)| (path.to_owned(), filled(text, today)));
    let root =
        root.chain(editor::files()).map(|(path, text)| Starter { path, text, kind: None, at_the_root: true });
    isms.chain(root).collect()
}

/// Days from today that the records name: about two months to a year.
const DAYS: [u64; 5] = [60, 90, 180, 300, 365];

/// The text with days, version and commit in place of `@…@`.
fn filled(text: &str, today: NaiveDate) -> String {
    let mut filled = text
        .replace("@version@", env!("CARGO_PKG_VERSION"))
        .replace("@checkout@", CHECKOUT)
        .replace("@today@", &today.to_string());
    for days in DAYS {
        let day = today.checked_add_days(Days::new(days)).unwrap_or(today);
        filled = filled.replace(&format!("@today+{days}@"), &day.to_string());
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::{FILL_IN, files, filled};
    use crate::clause;
    use chrono::NaiveDate;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 31).expect("a day")
    }

    #[test]
    fn marks_are_filled_and_addresses_stay() {
        let text = "a@b.org since @today@, due: @today+60@ }";
        assert_eq!(filled(text, day()), "a@b.org since 2026-01-31, due: 2026-04-01 }");
        for file in files(day()) {
            assert!(!file.text.contains("@today") && !file.text.contains("@version"), "{}", file.path);
        }
    }

    #[test]
    fn the_statement_of_applicability_has_every_control() {
        let files = files(day());
        let draft = files.iter().find(|file| file.kind == Some("control")).expect("is there");
        let rows: Vec<&str> = draft.text.lines().filter_map(|line| line.strip_prefix("- id: ")).collect();
        let controls: Vec<String> = clause::controls().map(|control| control.to_string()).collect();
        assert_eq!(rows, controls);
    }

    #[test]
    fn what_is_to_be_filled_in_is_marked_in_one_way() {
        for file in files(day()) {
            for line in file.text.lines().filter(|line| line.contains("fill in:")) {
                assert!(line.contains(FILL_IN), "{}: {line}", file.path);
            }
        }
    }
}
