//! Examples that are right, wrong and useless, by the word for each.

use super::{Outcome, examples};
use crate::rule::Rule;
use crate::source::SourceFile;

/// A rule whose one failing and one conforming example are given.
fn rule(conforms: &str, fails: &str) -> Rule {
    let text = format!(
        "format: 1\nid: no-owner\ntitle: No owner\nbasis: expectation\nclauses: []\nlevel: full\n\
         each: action\nassert: has(record.owner)\nmessage: '{{record.title}} has no owner'\nwhy: Because.\n\
         fix: Name one.\nsince: '2026.1'\nexamples:\n  today: 2026-03-01\n  conforms: [{conforms}]\n  \
         fails: [{fails}]\n"
    );
    let file = SourceFile::new("rules/no-owner.yaml".into(), text);
    Rule::load(&file).unwrap_or_else(|mistakes| panic!("{:?}", mistakes[0].message))
}

const OWNED: &str = "{name: owned, records: {action: {id: A-1, title: T, owner: ana}}}";
const BARE: &str = "{name: bare, records: {action: {id: A-1, title: T}}}";

#[test]
fn an_example_is_measured_by_what_it_is_to_show() {
    let outcomes = |conforms, fails| {
        let trials = examples(&rule(conforms, fails)).into_iter();
        trials.map(|trial| trial.outcome).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(OWNED, BARE), [Outcome::Validated, Outcome::Reported]);
    assert_eq!(outcomes(BARE, OWNED), [Outcome::Noisy, Outcome::Missing]);
}

#[test]
fn an_example_that_shows_nothing_is_at_fault() {
    let cases = [
        ("a field without a name", "{name: n, records: {action: {id: A, title: T, onwer: a}}}", "onwer"),
        ("no title", "{name: n, records: {action: {id: A-1}}}", "required-field-missing"),
        ("no kind", "{name: n, records: {acton: {id: A-1, title: T}}}", "did you mean `action`"),
        ("no rule of that name", "{name: n, settings: {rules: {a: {}}}, records: {}}", "there is no rule"),
        (
            "states out of order",
            "{name: n, history: [{on: 2026-04-01, records: {}}], records: {}}",
            "the oldest comes first",
        ),
    ];
    for (what, example, said) in cases {
        let trials = examples(&rule(OWNED, example));
        let Outcome::Faulty(faults) = &trials[1].outcome else { panic!("{what}: {:?}", trials[1].outcome) };
        assert!(faults.iter().any(|fault| fault.contains(said)), "{what}: {faults:?}");
    }
}
