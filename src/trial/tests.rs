//! Examples that are right, wrong and useless, by the word for each.

use super::{Outcome, examples, judge, literate};
use crate::kind::Kinds;
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
        let trials = examples(&rule(conforms, fails), &Kinds::embedded()).unwrap().into_iter();
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
        (
            "nobody",
            "{name: n, history: [{on: 2026-02-01, by: ana, records: {}}], records: {}}",
            "Name <address>",
        ),
    ];
    for (what, example, said) in cases {
        let trials = examples(&rule(OWNED, example), &Kinds::embedded()).unwrap();
        let Outcome::Faulty(faults) = &trials[1].outcome else { panic!("{what}: {:?}", trials[1].outcome) };
        assert!(faults.iter().any(|fault| fault.contains(said)), "{what}: {faults:?}");
    }
}

/// Histories of one register, whose last column is to tell what is found.
fn told(prose: &str, register: &str) -> Vec<String> {
    let text = format!(
        "Not a case.\n\n# A case\n\nAs of 2026-03-01.\n{prose}\n\n## 2026-01-01 A <a@example.com>: Write\n\n\
         ```yaml actions.yaml\n{register}\n```\n"
    );
    let cases = literate::cases(&SourceFile::new("case.md".into(), text)).expect("is told well");
    assert_eq!(cases.len(), 1);
    let rule = rule(OWNED, BARE);
    let assessment = judge(std::slice::from_ref(&rule), &cases[0].repository).expect("can be judged");
    cases[0].differences(&rule, &assessment)
}

#[test]
fn a_literate_case_is_held_to_its_comments() {
    let cases = [
        ("silence", "", "- {id: A-1, title: T, owner: ana}", None),
        ("found where it stands", "", "- {id: A-1, title: T} # finding: no-owner", None),
        ("found by name", "Found: no-owner on action/A-1.", "- {id: A-1, title: T}", None),
        ("found, not told", "", "- {id: A-1, title: T}", Some("noisy: no-owner at actions.yaml:1")),
        (
            "told, not found",
            "",
            "- {id: A, title: T, owner: b} # finding: no-owner",
            Some("missing: no-owner"),
        ),
        ("told on another line", "", "# finding: no-owner\n- {id: A-1, title: T}", Some("missing: no-owner")),
        ("another rule's", "", "- {id: A-1, title: T, owner: b} # finding: other", Some("missing: other")),
        ("a fault of form", "", "- {id: A-1, title: T, owner: b, due: soon}", Some("noisy: not-a-date")),
        (
            "a fault of form that is told",
            "",
            "- {id: A-1, title: T, owner: b, due: soon} # finding: not-a-date",
            None,
        ),
    ];
    for (what, prose, register, said) in cases {
        let differences = told(prose, register);
        match said {
            None => assert!(differences.is_empty(), "{what}: {differences:?}"),
            Some(said) => {
                assert!(differences.iter().any(|told| told.starts_with(said)), "{what}: {differences:?}");
            }
        }
    }
}

#[test]
fn a_document_that_cannot_be_told_says_where() {
    let cases = [
        ("no day", "# A\n\n## 2026-01-01 A <a@e.com>: Write\n", "As of"),
        ("no commit", "# A\n\nAs of 2026-03-01.\n", "no commit"),
        ("no heading of a commit", "# A\n\nAs of 2026-03-01.\n\n## Later\n", "x.md:5: "),
        (
            "half an expectation",
            "# A\n\nAs of 2026-03-01.\nFound: no-owner\n\n## 2026-01-01 A <a@e.com>: Write\n",
            "RULE on KIND/ID",
        ),
    ];
    for (what, text, said) in cases {
        let mistake = literate::cases(&SourceFile::new("x.md".into(), text)).err().unwrap_or_default();
        assert!(mistake.contains(said), "{what}: {mistake}");
    }
}

#[test]
fn a_main_line_in_memory_is_what_git_shows_of_the_demo() {
    let case = literate::case(&crate::demo::story().expect("is told well")).expect("is a case");
    let rules = crate::catalogue::built_in().expect("reads");
    let assessment = judge(&rules, &case.repository).expect("can be judged");
    // That the git repository of the story shows the same list, the command
    // `demo` holds.
    for wanted in crate::demo::expected().expect("reads").findings {
        let found = assessment.findings.iter().any(|finding| {
            let key = finding.record.as_ref();
            *finding.rule == wanted.rule
                && key.is_some_and(|key| {
                    *key.kind == wanted.record.kind && key.id.unescaped() == wanted.record.id
                })
                && wanted.commit.as_deref().is_none_or(|summary| {
                    finding.commits.iter().any(|commit| commit.summary.unescaped() == summary)
                })
        });
        assert!(found, "{} for {:?}", wanted.rule, wanted.record);
    }
}
