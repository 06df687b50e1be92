//! A report as a check run of GitHub: everything that is sent, drawn before the
//! first request.
//!
//! The service appends the annotations of each request to those that are there
//! and takes none back. So the list has one order, and a digest of it stands at
//! the end of the summary: who finds the check run again knows how many of the
//! same list have arrived.

use crate::finding::Severity;
use crate::output::{Annotation, annotations, page, verdict};
use crate::report::{Exit, Report};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Place;

/// What one request takes.
pub const BATCH: usize = 50;
/// Annotations of one check run. More would take minutes to send, and nobody
/// reads them; the summary says how many there are.
pub const MOST: usize = 1_000;
/// Bytes of a summary; the service takes 65,535 characters.
const MOST_OF_A_SUMMARY: usize = 64_000;
/// Characters of a title.
const MOST_OF_A_TITLE: usize = 200;

/// When the check began and when its verdict stood.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// The beginning.
    pub started: DateTime<Utc>,
    /// The verdict.
    pub completed: DateTime<Utc>,
}

/// A check run as it is to stand there.
#[derive(Clone, Debug)]
pub struct CheckRun {
    /// Its name: the program, and the folder of the ISMS below the repository.
    pub name: String,
    /// The same for the same commit, folder and policy: who publishes again
    /// finds the check run by it.
    pub external_id: String,
    /// Each finding as the service takes it.
    annotations: Vec<Value>,
    /// The end of the summary, by which the list of annotations is known.
    mark: String,
    conclusion: &'static str,
    title: String,
    summary: String,
    times: Times,
    commit: String,
    details: Option<String>,
}

impl CheckRun {
    /// The check run of a report at a place.
    pub fn of(report: &Report, place: &Place, times: Times) -> Self {
        let root = &report.provenance.root;
        let all = annotations(report);
        let sent: Vec<Value> = all.iter().take(MOST).map(value).collect();
        let mark = format!(
            "<!-- ismslint annotations {} -->",
            short(&digest(&[&Value::from(sent.clone()).to_string()]))
        );
        let mut summary = String::new();
        if all.len() > sent.len() {
            summary = format!("The first {} of {} findings are annotations.\n\n", sent.len(), all.len());
        }
        summary.push_str(&page(report, true, MOST_OF_A_SUMMARY));
        Self {
            name: if root.is_empty() {
                "ismslint".to_owned()
            } else {
                format!("ismslint: {}", crate::escape::plain(root))
            },
            external_id: format!(
                "ismslint-{}",
                short(&digest(&[&place.commit, root, &report.provenance.policy_digest]))
            ),
            annotations: sent,
            mark,
            // What could not be determined is no success, and a conclusion that
            // passes a required check (`neutral`, `skipped`) would be one.
            conclusion: if report.exit() == Exit::Clean { "success" } else { "failure" },
            title: verdict(report).chars().take(MOST_OF_A_TITLE).collect(),
            summary,
            times,
            commit: place.commit.clone(),
            details: place.details.clone(),
        }
    }

    /// How many annotations are to arrive.
    pub fn total(&self) -> usize {
        self.annotations.len()
    }

    /// The length of the next batch behind so many.
    pub fn batch(&self, arrived: usize) -> usize {
        self.total().saturating_sub(arrived).min(BATCH)
    }

    /// Whether a summary is that of the same list of annotations.
    pub fn is_of_this(&self, summary: &str) -> bool {
        summary.trim_end().ends_with(&self.mark)
    }

    /// What makes the check run, with the first batch.
    pub fn creation(&self) -> Value {
        let mut body = self.update(0);
        body["head_sha"] = self.commit.clone().into();
        body
    }

    /// What adds the batch behind so many, and with the last one the conclusion.
    pub fn update(&self, arrived: usize) -> Value {
        let batch = self.batch(arrived);
        let mut output =
            json!({ "title": self.title, "summary": format!("{}\n{}", self.summary, self.mark) });
        if batch > 0 {
            output["annotations"] = self.annotations[arrived..arrived + batch].into();
        }
        let mut body = self.body(&output);
        if arrived + batch >= self.total() {
            self.conclude(&mut body, self.conclusion);
        } else {
            body["status"] = "in_progress".into();
        }
        body
    }

    /// What ends a check run of which so many annotations are known to have
    /// arrived.
    pub fn unfinished(&self, arrived: usize) -> Value {
        let title =
            format!("Not published in full: at least {arrived} of {} annotations arrived", self.total());
        let summary = format!(
            "**Not published in full**: at least {arrived} of {} annotations arrived. The log of the run has the verdict; \
             run the job again.\n\n{}\n{}",
            self.total(),
            self.summary,
            self.mark
        );
        let mut body = self.body(&json!({ "title": title, "summary": summary }));
        self.conclude(&mut body, "failure");
        body
    }

    fn body(&self, output: &Value) -> Value {
        let mut body = json!({
            "name": self.name,
            "external_id": self.external_id,
            "started_at": instant(self.times.started),
            "output": output,
        });
        if let Some(details) = &self.details {
            body["details_url"] = details.clone().into();
        }
        body
    }

    fn conclude(&self, body: &mut Value, conclusion: &str) {
        body["status"] = "completed".into();
        body["conclusion"] = conclusion.into();
        body["completed_at"] = instant(self.times.completed).into();
    }
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn value(annotation: &Annotation) -> Value {
    let mut value = json!({
        "path": annotation.path,
        "start_line": annotation.start_line,
        "end_line": annotation.end_line,
        "annotation_level": match annotation.severity {
            Severity::Error => "failure",
            Severity::Warning => "warning",
            Severity::Notice => "notice",
        },
        "title": annotation.title,
        "message": annotation.message,
    });
    if let Some((start, end)) = annotation.columns {
        value["start_column"] = start.into();
        value["end_column"] = end.into();
    }
    if !annotation.why.is_empty() {
        value["raw_details"] = annotation.why.clone().into();
    }
    value
}

/// SHA-256 over texts, each behind its length, in hexadecimal.
pub(super) fn digest(texts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    digest.finalize().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Enough of a digest to tell one from another.
pub(super) fn short(digest: &str) -> &str {
    digest.get(..32).unwrap_or(digest)
}
