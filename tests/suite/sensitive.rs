//! Values of fields that a schema marks `x-sensitive`: the people who keep the
//! records see them, and what a forge shows to everybody does not.

use super::outputs::{ismslint, small};
use std::fs;

const PUBLIC: [&str; 5] = ["github", "sarif", "markdown", "gitlab", "junit"];
const OWN: [&str; 3] = ["human", "concise", "json"];

/// A rule whose texts hold values of an incident: in message, reason and advice.
const RULE: &str = r#"format: 1
id: lesson-shown
title: Lesson
basis: expectation
clauses: []
level: essential
each: incident
assert: '!has(record.lessons)'
message: '{record.id} taught "{default(record.lessons, "")}" since {default(record.root_cause, "")}'
why: 'In capitals or not: {lower(default(record.lessons, ""))}.'
fix: 'Look again at {default(record.root_cause, "")}.'
since: "2026.1"
examples:
  today: 2026-03-01
  conforms: [{name: none, records: {incident: {id: INC-1, title: T}}}]
  fails: [{name: one, records: {incident: {id: INC-1, title: T, lessons: Something was learnt}}}]
"#;

fn check(incident: &str, format: &str) -> String {
    let folder = small();
    fs::create_dir(folder.path().join("policy")).expect("can be made");
    fs::write(folder.path().join("policy/lesson-shown.yaml"), RULE).expect("can be written");
    fs::write(folder.path().join("isms.yaml"), "rules_from: [policy]\n").expect("can be written");
    fs::write(folder.path().join("incidents.yaml"), incident).expect("can be written");
    let ran = ismslint(folder.path(), &["check", "--all", "--format", format]);
    assert_eq!(ran.exit, 1, "{}", ran.err);
    assert!(ran.out.contains("lesson-shown"), "{format}: {}", ran.out);
    // People read it wrapped, with marks at the edge of each line.
    ran.out
        .split(|c: char| c.is_whitespace() || c == '│')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn what_everybody_reads_holds_no_sensitive_value() {
    let long = "the cleaner had a master key ".repeat(20);
    let cases = [
        ("a sentence", "Bob from Payroll opened it", "one mailbox had no second factor"),
        ("words behind one another", "Bob from   Payroll\n      opened it", "one\n      mailbox"),
        ("cut in the message", "Bob from Payroll opened it", &long),
        ("not ASCII", "Bøb aus der Buchhaltung öffnete es", "Schlüssel überall"),
    ];
    for (what, lessons, cause) in cases {
        let incident = format!(
            "- id: INC-1\n  title: Mail opened\n  lessons: >-\n      {lessons}\n  root_cause: >-\n      {cause}\n"
        );
        let folded = |text: &str| text.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
        for format in PUBLIC {
            let shown = check(&incident, format)
                .replace("[withheld]", "")
                .replace("\\[withheld\\]", "")
                .to_lowercase();
            for value in [lessons, cause] {
                assert!(!shown.contains(&folded(value).to_lowercase()), "{what}, {format}: {value}\n{shown}");
            }
        }
        for format in OWN {
            let shown = check(&incident, format);
            assert!(
                shown.contains(&folded(lessons)) && shown.contains(&folded(cause)),
                "{what}, {format}: {shown}"
            );
        }
    }
}

#[test]
fn what_is_not_sensitive_stays() {
    let incident = "- {id: INC-1, title: Mail opened, lessons: yes, root_cause: A key lay in the open}\n";
    for format in PUBLIC {
        let shown = check(incident, format);
        assert!(shown.contains("INC-1") && shown.contains("withheld"), "{format}: {shown}");
        assert!(!shown.contains("lay in the open"), "{format}: {shown}");
        assert!(shown.contains("yes"), "three letters say nothing: {format}: {shown}");
    }
}
