//! What is found in texts stands where the finding points, and hostile texts
//! cost no more than their length.

use chrono::NaiveDate;
use ismslint::catalogue::{Choice, Own, Policy};
use ismslint::check::{Assessment, assess};
use ismslint::history::History;
use ismslint::settings::Settings;
use ismslint::snapshot::Snapshot;
use ismslint::source::RepoPath;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

const RULES: [&str; 2] = ["clause-cited-wrongly", "placeholder-in-approved-text"];

/// A policy of one rule each; the catalogue takes longest to read.
static POLICIES: LazyLock<[Policy; 2]> = LazyLock::new(|| {
    RULES.map(|rule| {
        let choice = Choice { select: vec![rule.to_owned()], ignore: Vec::new() };
        Policy::new(Settings::default(), &Own::default(), &choice).expect("the catalogue is sound")
    })
});

fn judged(rule: &str, path: &str, text: String) -> Assessment {
    let files = BTreeMap::from([(RepoPath::from(path), text.into_bytes())]);
    let at = RULES.iter().position(|known| *known == rule).expect("one of the rules");
    let today = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
    assess(&Snapshot::of_files(files), &POLICIES[at], Arc::new(History::not_read()), today)
}

fn document(body: &str) -> String {
    format!("---\nid: DOC-1\ntitle: Access\ntype: procedure\nstatus: approved\n---\n{body}")
}

/// Line, column and text of each finding of `rule`.
fn places(rule: &str, path: &str, text: String) -> Vec<(u32, u32, String)> {
    let found = judged(rule, path, text).findings.into_iter().filter(|finding| *finding.rule == *rule);
    let places = found.map(|finding| {
        let place = finding.place.expect("a place");
        let position = place.file.position(place.span.start);
        (position.line, position.column, place.quoted().to_owned())
    });
    places.collect()
}

#[test]
fn a_citation_is_pointed_at_to_the_number() {
    let cases = [
        ("in a paragraph", "Für **clause 10.3** we improve.\n", vec![(7, 14, "10.3")]),
        ("on the second line", "Improvement follows\nclause 10.3.\n", vec![(8, 8, "10.3")]),
        ("two joined", "See clauses 10.2, 10.3 and 10.4.\n", vec![(7, 19, "10.3"), (7, 28, "10.4")]),
        ("in a list", "- one\n- ISO/IEC 27001, clause 9.1.2\n", vec![(8, 25, "9.1.2")]),
        ("in a table", "| a | b |\n|---|---|\n| x | clause 10.3 |\n", vec![(9, 14, "10.3")]),
        ("in a heading", "# Clause 10.3\n", vec![(7, 10, "10.3")]),
        ("in code", "Write `clause 10.3`.\n", vec![]),
        ("of another standard", "ISO 14001 has a clause 10.3.\n", vec![]),
        (
            "the next sentence is ours again",
            "ISO 9001 is for quality. Clause 10.3 it is.\n",
            vec![(7, 33, "10.3")],
        ),
    ];
    for (name, body, expected) in cases {
        let found = places("clause-cited-wrongly", "procedures/a.md", document(body));
        let expected: Vec<_> = expected.into_iter().map(|(l, c, t)| (l, c, t.to_owned())).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn a_citation_in_a_register_is_pointed_at_too() {
    let text = "- id: ACT-1\n  title: Train\n  issue: >-\n    The auditor spoke of\n    clause 10.3 again\n";
    let found = places("clause-cited-wrongly", "actions.yaml", text.to_owned());
    assert_eq!(found, [(5, 12, "10.3".to_owned())]);
}

#[test]
fn a_placeholder_is_pointed_at() {
    let cases = [
        ("a word", "Held by TBD.\n", vec![(7, 9, "TBD")]),
        ("braces", "For {{ company }} only.\n", vec![(7, 5, "{{ company }}")]),
        ("brackets", "Valid from [Date].\n", vec![(7, 12, "[Date]")]),
        ("the text of a link", "See [the date](https://example.org/TBD).\n", vec![]),
        ("a comment", "<!-- TBD -->\n\nDone.\n", vec![]),
    ];
    for (name, body, expected) in cases {
        let found = places("placeholder-in-approved-text", "procedures/a.md", document(body));
        let expected: Vec<_> = expected.into_iter().map(|(l, c, t)| (l, c, t.to_owned())).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn hostile_texts_cost_no_more_than_their_length() {
    let cases = [
        ("citations without a full stop", "clause 10.3 "),
        ("open brackets", "["),
        ("open braces", "{{"),
        ("nested quotes", "> "),
        ("emphasis", "*a **b "),
        ("capitals", "TBD "),
    ];
    for (name, piece) in cases {
        let time = |count: usize| {
            let body = document(&piece.repeat(count));
            let start = Instant::now();
            for rule in RULES {
                drop(judged(rule, "procedures/a.md", body.clone()));
            }
            start.elapsed()
        };
        let (small, large) = (time(1_000), time(8_000));
        // Eight times the text: quadratic cost would be 64 times the time.
        assert!(large < small * 24 + Duration::from_millis(500), "{name}: {small:?} {large:?}");
    }
}
