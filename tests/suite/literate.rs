//! The literate tests of the rules, and every rule against every example
//! repository: the demo, its tidy twin, and all literate cases.

use ismslint::catalogue::built_in;
use ismslint::check::Assessment;
use ismslint::demo;
use ismslint::record::Fault;
use ismslint::rule::Rule;
use ismslint::source::SourceFile;
use ismslint::trial::judge;
use ismslint::trial::literate::{Case, case, cases};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::OnceLock;

/// A case of a document, judged by every rule.
struct Judged {
    stem: String,
    number: usize,
    case: Case,
    assessment: Assessment,
}

struct World {
    rules: Vec<Rule>,
    cases: Vec<Judged>,
}

/// Everything is judged once for all tests.
fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let rules = built_in().expect("the catalogue reads");
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
        let mut stems: Vec<String> = std::fs::read_dir(&folder)
            .expect("can be listed")
            .filter_map(|entry| {
                let name = entry.expect("can be listed").file_name().into_string().expect("is ASCII");
                name.strip_suffix(".md").map(str::to_owned)
            })
            .collect();
        stems.sort();
        let mut told = Vec::new();
        for stem in stems {
            let text = std::fs::read_to_string(folder.join(format!("{stem}.md"))).expect("is text");
            let name = format!("tests/rules/{stem}.md");
            let read = cases(&SourceFile::new(name.as_str().into(), text));
            let read = read.unwrap_or_else(|mistake| panic!("{mistake}"));
            told.extend((1..).zip(read).map(|(number, case)| (stem.clone(), number, case)));
        }
        let story = case(&demo::story().expect("parses")).expect("is a case");
        let tidy = case(&demo::tidy().expect("parses")).expect("is a case");
        told.push(("demo".to_owned(), 1, story));
        told.push(("demo-tidy".to_owned(), 1, tidy));
        let judged = told.into_par_iter().map(|(stem, number, case)| {
            let assessment = judge(&rules, &case.repository)
                .unwrap_or_else(|mistake| panic!("{stem}, case {number}: {mistake}"));
            Judged { stem, number, case, assessment }
        });
        World { cases: judged.collect(), rules }
    })
}

#[test]
fn each_case_finds_what_is_written_beside_its_lines() {
    let mut wrong = Vec::new();
    for judged in &world().cases {
        let Some(rule) = world().rules.iter().find(|rule| *rule.id == *judged.stem) else { continue };
        for difference in judged.case.differences(rule, &judged.assessment) {
            wrong.push(format!("tests/rules/{}.md, {}: {difference}", judged.stem, judged.case.title));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_rule_has_cases_on_both_sides_and_each_document_a_rule() {
    let known: BTreeSet<&str> = world().rules.iter().map(|rule| &*rule.id).collect();
    let mut sides: BTreeMap<&str, BTreeSet<bool>> = BTreeMap::new();
    for judged in world().cases.iter().filter(|judged| !judged.stem.starts_with("demo")) {
        assert!(known.contains(&*judged.stem), "tests/rules/{}.md is named for no rule", judged.stem);
        for expected in &judged.case.expected {
            let form = Fault::pages().iter().any(|page| page.name == expected.rule);
            assert!(form || known.contains(&*expected.rule), "{}: there is no such rule", expected.rule);
            if expected.rule == judged.stem {
                sides.entry(&judged.stem).or_default().insert(true);
            }
        }
        let result = judged.assessment.rules.iter().find(|result| *result.rule.id == *judged.stem);
        if result.is_some_and(|result| result.conforms > 0) {
            sides.entry(&judged.stem).or_default().insert(false);
        }
    }
    let one_sided: Vec<&str> =
        known.into_iter().filter(|id| sides.get(id).is_none_or(|shown| shown.len() < 2)).collect();
    assert!(one_sided.is_empty(), "show a record that is found and one that conforms: {one_sided:?}");
}

#[test]
fn the_tidy_twin_gives_no_rule_a_reason_to_speak() {
    let tidy = world().cases.iter().find(|judged| judged.stem == "demo-tidy").expect("is among them");
    let found: Vec<String> = tidy
        .assessment
        .findings
        .iter()
        .map(|finding| format!("{}: {}", finding.rule, finding.message.unescaped()))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Reviewed by eye whenever it changes: a rule that speaks in the repository of
/// another rule is right there, or too loud.
#[test]
fn every_rule_against_every_repository() {
    let mut table = String::new();
    for rule in &world().rules {
        let _ = writeln!(table, "{}", rule.id);
        for judged in &world().cases {
            let findings = judged.assessment.findings.iter();
            let hits = findings.filter(|finding| finding.rule == rule.id).count();
            if hits > 0 {
                let _ = writeln!(table, "  {hits} in {}, case {}", judged.stem, judged.number);
            }
        }
    }
    insta::assert_snapshot!("every_rule_against_every_repository", table);
}
