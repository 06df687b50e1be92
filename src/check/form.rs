//! Problems of form as findings: what is no YAML, meets no schema, stands
//! twice, or could not be read.

use super::{RuleInfo, RuleResult};
use crate::escape::Raw;
use crate::finding::{Finding, Fingerprint, RecordKey, Related, Standing};
use crate::inventory::{Inventory, Located};
use crate::record::{Fault, Problem};
use crate::source::{Place, RepoPath, SourceFile, Span};
use std::collections::{BTreeMap, BTreeSet};

/// The checks of form that found something, with their findings. A subject is
/// a file.
pub(super) fn check(inventory: &Inventory) -> (Vec<RuleResult>, Vec<Finding>) {
    let unread = inventory.unread.iter().map(|(path, _, problem)| {
        let message = format!("{} was not read: {problem}", path.shown());
        Located {
            file: SourceFile::new(path.clone(), ""),
            problem: Problem::new(Fault::FileNotRead, Span::at(0), message),
            record: None,
        }
    });
    let without_id = inventory.records().iter().filter(|record| !record.identified);
    let lasting: BTreeMap<RecordKey, RecordKey> =
        without_id.map(|record| (record.key.clone(), record.lasting_key())).collect();
    let mut findings = Vec::new();
    let mut failing: BTreeMap<Fault, BTreeSet<RepoPath>> = BTreeMap::new();
    for located in inventory.problems.iter().cloned().chain(unread) {
        failing.entry(located.problem.fault).or_default().insert(located.file.path().clone());
        findings.push(finding(&located, &lasting));
    }
    let subjects = inventory.files + inventory.unread.len();
    let results = failing.into_iter().map(|(fault, files)| {
        let mut result = RuleResult::new(info(fault));
        result.fails = files.len();
        result.subjects = subjects.max(files.len());
        result.conforms = result.subjects - result.fails;
        result
    });
    (results.collect(), findings)
}

pub(super) fn info(fault: Fault) -> RuleInfo {
    let page = fault.page();
    RuleInfo {
        id: page.name.into(),
        title: Raw::from(page.title),
        severity: page.severity,
        basis: None,
        clauses: Vec::new(),
        why: Raw::from(page.why),
        fix: Raw::from(page.fix),
    }
}

fn finding(located: &Located, lasting: &BTreeMap<RecordKey, RecordKey>) -> Finding {
    let page = located.problem.fault.page();
    let place = |span| Place { file: located.file.clone(), span };
    // Without a record the path has to tell one file's problem from another's.
    let detail = match &located.record {
        Some(_) => located.problem.message.unescaped().to_owned(),
        None => format!("{}: {}", located.file.path().shown(), located.problem.message.unescaped()),
    };
    Finding {
        rule: page.name.into(),
        severity: page.severity,
        record: located.record.clone(),
        place: Some(place(located.problem.span)),
        message: located.problem.message.clone(),
        why: Raw::from(page.why),
        fix: located.problem.help.clone(),
        related: located
            .problem
            .related
            .iter()
            .map(|(span, label)| Related { place: place(*span), label: Raw::from(*label) })
            .collect(),
        commits: Vec::new(),
        withheld: Vec::new(),
        fingerprint: Fingerprint::new(
            page.name,
            located.record.as_ref().map(|key| lasting.get(key).unwrap_or(key)),
            &detail,
        ),
        standing: Standing::Whole,
    }
}
