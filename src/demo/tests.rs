//! The texts agree with each other: both tellings replay, and what is expected
//! stands in the files where the list says it does.

use super::{ExpectedFinding, expected, story, tidy};
use crate::budget::Limits;
use crate::chronicle::{Arrival, Chronicle, Mistake, Step};
use crate::source::RepoPath;
use std::collections::BTreeSet;

fn steps(told: Result<Chronicle, Mistake>) -> Vec<Step> {
    let replayed = told.and_then(|told| told.replay(&Limits::STANDARD));
    replayed.unwrap_or_else(|mistake| {
        let line = mistake.place.file.position(mistake.place.span.start).line;
        panic!("{:?}:{line}: {:?}", mistake.place.file.path(), mistake.fault.message())
    })
}

/// The lines of `file` that belong to the record, without the spaces before them.
fn record<'s>(step: &'s Step, file: &str, id: &str) -> Vec<&'s str> {
    let Some(bytes) = step.files.get(&RepoPath::from(file)) else { return Vec::new() };
    let text = std::str::from_utf8(bytes).expect("the story is text");
    if let Some((_, period)) = id.split_once('/') {
        let period = format!("period: {period},");
        return text.lines().filter(|line| line.contains(&period)).map(str::trim_start).collect();
    }
    let (alone, listed) = (format!("id: {id}"), format!("- id: {id}"));
    let mut lines = text.lines().skip_while(|line| **line != alone && **line != listed);
    let first = lines.next().into_iter();
    first.chain(lines.take_while(|line| !line.starts_with("- "))).map(str::trim_start).collect()
}

#[test]
fn the_story_has_the_size_and_the_people_of_a_real_one() {
    let told = story().expect("parses");
    assert!(told.commits.len() >= 60, "{} commits", told.commits.len());
    let authors: BTreeSet<_> = told.commits.iter().map(|commit| &commit.author.who.name).collect();
    assert_eq!(authors.len(), 5, "{authors:?}");
    let merges = told
        .commits
        .iter()
        .filter(|commit| matches!(commit.arrival, Arrival::Merged { .. } | Arrival::Merges(_)));
    assert!(merges.count() >= 5, "some work arrives by merge");
    assert_eq!(told.as_of, tidy().expect("parses").as_of);
    assert_eq!(told.as_of, Some(expected().expect("reads").as_of));
}

#[test]
fn no_commit_is_older_than_its_parents_or_younger_than_the_check() {
    for told in [story(), tidy()] {
        let as_of =
            told.as_ref().expect("parses").as_of.expect("given").and_hms_opt(0, 0, 0).expect("midnight");
        let steps = steps(told);
        for step in &steps {
            let late = |parent: &usize| steps[*parent].committer.seconds > step.committer.seconds;
            // The branches of the story are merged within days; the main line goes on meanwhile.
            assert!(!step.parents.iter().any(late), "{:?}", step.message);
            assert!(step.committer.seconds < as_of.and_utc().timestamp(), "{:?}", step.message);
        }
    }
}

#[test]
fn every_version_of_every_file_is_yaml() {
    let mut seen = BTreeSet::new();
    for (path, bytes) in [story(), tidy()].into_iter().flat_map(steps).flat_map(|step| step.files) {
        let text = String::from_utf8(bytes).expect("the story is text");
        let yaml = match path.extension().as_str() {
            "md" => text.split("---\n").nth(1).expect("front matter").to_owned(),
            _ => text,
        };
        if seen.insert((path.clone(), yaml.clone())) {
            let read = serde_yaml::from_str::<serde_json::Value>(&yaml);
            assert!(read.is_ok_and(|read| read.is_array() || read.is_object()), "{path:?}: {yaml}");
        }
    }
    assert!(seen.len() > 100, "{}", seen.len());
}

fn stands(finding: &ExpectedFinding, end: &Step) {
    let lines = record(end, &finding.file, &finding.record.id);
    let (Some(line), Some(quoted)) = (&finding.line, &finding.quoted) else {
        panic!("{} has no line", finding.rule);
    };
    assert_eq!(
        lines.iter().filter(|have| *have == line).count(),
        1,
        "{}: `{line}` in {lines:#?}",
        finding.rule
    );
    let value = &line[line.find("value: ").unwrap_or(0)..];
    // One value of a row; or a whole list.
    let part = if quoted.contains(',') { Some(value) } else { value.split([',', ']']).next() };
    assert_eq!(part.map(|part| part.matches(quoted.as_str()).count()), Some(1), "{line}");
}

#[test]
fn what_is_expected_stands_in_the_story() {
    let steps = steps(story());
    let (end, expected) = (steps.last().expect("commits"), expected().expect("reads"));
    for finding in &expected.findings {
        if let Some(commit) = &finding.commit {
            let told = steps.iter().filter(|step| step.message.trim_end() == commit).count();
            assert_eq!(told, 1, "one commit `{commit}`");
        }
        if finding.quoted.is_some() {
            stands(finding, end);
            continue;
        }
        let gone = |step: &Step| record(step, &finding.file, &finding.record.id).is_empty();
        assert!(gone(end) && !steps.iter().all(gone), "{} came and went", finding.record.id);
    }
    for finding in &expected.waived {
        stands(finding, end);
        let waiver = finding.waiver.as_ref().expect("a waiver silences it");
        let lines = record(end, "waivers.yaml", waiver);
        assert!(lines.contains(&format!("rule: {}", finding.rule).as_str()), "{lines:?}");
        assert!(lines.contains(&format!("records: [{}]", finding.record.id).as_str()), "{lines:?}");
    }
}

#[test]
fn no_record_is_expected_to_be_silent_and_found() {
    let expected = expected().expect("reads");
    let found: BTreeSet<_> = expected
        .findings
        .iter()
        .chain(&expected.waived)
        .map(|finding| (&finding.rule, &finding.record))
        .collect();
    assert_eq!(found.len(), expected.findings.len() + expected.waived.len(), "each once");
    let rules: BTreeSet<_> = found.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(rules.len(), 11);
    for silent in &expected.silent {
        assert!(!found.contains(&(&silent.rule, &silent.record)), "{silent:?}");
        assert!(rules.contains(&silent.rule), "{silent:?}");
    }
}

#[test]
fn the_tidy_twin_shares_the_records_and_none_of_the_faults() {
    let steps = steps(tidy());
    let end = steps.last().expect("commits");
    for finding in &expected().expect("reads").findings {
        let lines = record(end, &finding.file, &finding.record.id);
        assert_eq!(lines.is_empty(), finding.record.kind == "waiver", "{:?}", finding.record);
        // What the finding rests on is not there, or is explained beside it.
        let explained =
            lines.iter().any(|line| line.starts_with("changes:") || line.starts_with("completed:"));
        let same = finding.line.as_deref().is_some_and(|line| lines.contains(&line));
        assert!(!same || explained || finding.rule == "objective-not-measurable", "{lines:#?}");
    }
    let objective = record(end, "objectives/detection.yaml", "OBJ-6");
    for field in ["baseline:", "due:"] {
        assert!(objective.iter().any(|line| line.starts_with(field)), "{field}");
    }
}
