//! The pack as an in-toto Statement v1: what the claim is about (the commit and
//! every other file of the pack, by digests) and a predicate of our own.
//!
//! It is not signed and not wrapped: whoever signs a pack signs this file, as the
//! payload of a DSSE envelope of the type `application/vnd.in-toto+json`, and
//! with it everything else, the manifest among it.

use super::{Output, Period, Subject, manifest};
use crate::escape::Raw;
use crate::output::verdict;
use crate::report::HistoryState;
use serde::Serialize;
use std::collections::BTreeMap;

/// The type of every statement.
const TYPE: &str = "https://in-toto.io/Statement/v1";

/// The type of our predicate.
pub const PREDICATE: &str = "https://github.com/ismslint/ismslint/evidence/v1";

/// The name of the file of a pack.
pub const STATEMENT: &str = "statement.intoto.json";

#[derive(Serialize)]
struct Statement<'s> {
    #[serde(rename = "_type")]
    ty: &'static str,
    subject: Vec<About<'s>>,
    #[serde(rename = "predicateType")]
    predicate_type: &'static str,
    predicate: Predicate<'s>,
}

#[derive(Serialize)]
struct About<'s> {
    name: &'s str,
    digest: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Predicate<'s> {
    tool: Tool,
    root: &'s str,
    as_of: String,
    time_zone: &'s str,
    period: Period,
    rules_digest: &'s str,
    settings_digest: Option<&'s str>,
    policy_digest: &'s str,
    history_complete: bool,
    verdict: &'static str,
    words: String,
    complete: bool,
    over_time: bool,
    sample: Option<SampleOf<'s>>,
    note: &'static str,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct SampleOf<'s> {
    method: &'static str,
    seed: &'s Raw,
    asked: usize,
    population: usize,
    population_digest: &'s str,
}

/// The statement about these files, the manifest among them.
pub(super) fn write(subject: &Subject, outputs: &[Output], note: &'static str) -> String {
    let one = |name: &'static str, digest: String| BTreeMap::from([(name, digest)]);
    let report = &subject.now.report;
    let mut about = vec![
        About { name: "commit", digest: one("gitCommit", subject.now.commit.clone()) },
        About { name: "tree", digest: one("gitTree", subject.now.tree.clone()) },
    ];
    about.extend(
        outputs.iter().map(|(name, bytes)| About { name, digest: one("sha256", manifest::digest(bytes)) }),
    );
    let statement = Statement {
        ty: TYPE,
        subject: about,
        predicate_type: PREDICATE,
        predicate: Predicate {
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            root: &subject.root,
            as_of: subject.as_of.to_string(),
            time_zone: &subject.time_zone,
            period: subject.period,
            rules_digest: &subject.rules_digest,
            settings_digest: subject.settings_digest.as_deref(),
            policy_digest: &report.provenance.policy_digest,
            history_complete: matches!(report.provenance.history, HistoryState::Complete { .. }),
            verdict: report.verdict().word(),
            words: verdict(report),
            complete: report.complete(),
            over_time: subject.over_time.is_some(),
            sample: subject.sample.as_ref().map(|sample| SampleOf {
                method: sample.method,
                seed: &sample.seed,
                asked: sample.asked,
                population: sample.population,
                population_digest: &sample.population_digest,
            }),
            note,
        },
    };
    crate::escape::json(&statement)
}
