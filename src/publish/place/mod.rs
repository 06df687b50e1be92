//! Where a verdict is published: server, repository, commit and pull request,
//! from the environment of a workflow and the file of its event.
//!
//! Both are handed in by `cli`; nothing here reads them. A verdict is published
//! only at the commit that it is about.

use serde::Deserialize;
use std::collections::BTreeMap;

/// The variables that are looked at.
pub const VARIABLES: [&str; 8] = [
    "GITHUB_ACTOR",
    "GITHUB_API_URL",
    "GITHUB_EVENT_NAME",
    "GITHUB_EVENT_PATH",
    "GITHUB_REPOSITORY",
    "GITHUB_RUN_ID",
    "GITHUB_SERVER_URL",
    "GITHUB_SHA",
];

/// The variables that may hold the token; the first that is set counts.
pub const TOKENS: [&str; 2] = ["GITHUB_TOKEN", "INPUT_TOKEN"];

/// Bytes of the file of an event. GitHub sends at most 25 MB.
pub const MOST_OF_AN_EVENT: u64 = 32 * 1024 * 1024;

/// The public server.
const API: &str = "https://api.github.com";

/// A commit of a repository on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The address of the API, without a slash at its end.
    pub api: String,
    /// `owner/name`.
    pub repository: String,
    /// The commit that readers look at: the head of the pull request, else the
    /// commit of the run; full id.
    pub commit: String,
    /// The commits whose judgement may stand there.
    pub judged_as: Vec<String>,
    /// The number of the pull request.
    pub pull_request: Option<u64>,
    /// Why the token cannot write, where the event says so.
    pub read_only: Option<&'static str>,
    /// The page of the run.
    pub details: Option<String>,
}

/// What is read of an event.
#[derive(Default, Deserialize)]
struct Event {
    pull_request: Option<PullRequest>,
}

#[derive(Deserialize)]
struct PullRequest {
    number: u64,
    head: End,
    base: End,
}

/// One end of a pull request.
#[derive(Deserialize)]
struct End {
    sha: String,
    repo: Option<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

impl Place {
    /// The place that a workflow's environment and the bytes of its event name,
    /// or what is missing there.
    pub fn of(environment: &BTreeMap<String, String>, event: Option<&[u8]>) -> Result<Self, String> {
        let set = |name: &str| environment.get(name).map(String::as_str).filter(|value| !value.is_empty());
        let api = address(set("GITHUB_API_URL").unwrap_or(API))?;
        let repository =
            set("GITHUB_REPOSITORY").ok_or_else(|| missing("GITHUB_REPOSITORY", "owner/name"))?;
        if !is_repository(repository) {
            return Err("GITHUB_REPOSITORY is to be owner/name".to_owned());
        }
        let run = set("GITHUB_SHA").ok_or_else(|| missing("GITHUB_SHA", "the commit of the run"))?;
        let run = commit(run).ok_or("GITHUB_SHA is to be the full id of a commit")?;
        let name = set("GITHUB_EVENT_NAME").unwrap_or_default();
        let event: Event = match event {
            None => Event::default(),
            Some(bytes) => serde_json::from_slice(bytes)
                .map_err(|error| format!("the file of GITHUB_EVENT_PATH cannot be read: {error}"))?,
        };
        if name.starts_with("pull_request") && event.pull_request.is_none() {
            return Err(missing(
                "GITHUB_EVENT_PATH",
                "the file of the event, which names the pull request's head",
            ));
        }
        let dependabot = set("GITHUB_ACTOR") == Some("dependabot[bot]");
        let mut place = Self {
            api,
            repository: repository.to_owned(),
            commit: run.clone(),
            judged_as: vec![run],
            pull_request: None,
            read_only: dependabot.then_some("the run is Dependabot's"),
            details: details(set("GITHUB_SERVER_URL"), repository, set("GITHUB_RUN_ID")),
        };
        if let Some(pull_request) = event.pull_request {
            place.turn_to(&pull_request, name)?;
        }
        Ok(place)
    }

    fn turn_to(&mut self, pull_request: &PullRequest, event: &str) -> Result<(), String> {
        let head = commit(&pull_request.head.sha).ok_or("the event names no head of the pull request")?;
        // Of these events the commit of the run is a merge of the head; of all
        // others it is the branch that the change is to enter, and its verdict
        // says nothing of the change.
        if !event.starts_with("pull_request") || event == "pull_request_target" {
            self.judged_as.clear();
        }
        self.judged_as.push(head.clone());
        self.commit = head;
        self.pull_request = Some(pull_request.number);
        let name = |end: &End| end.repo.as_ref().map(|repository| repository.full_name.clone());
        if name(&pull_request.head) != name(&pull_request.base) {
            self.read_only = Some("the pull request comes from a fork");
        }
        Ok(())
    }

    /// Whether the verdict on this commit may be published here, else why not.
    pub fn stands_for(&self, judged: Option<&str>, uncommitted: bool) -> Result<(), String> {
        let Some(judged) = judged else {
            return Err("what was judged is no commit, so its verdict has no place there".to_owned());
        };
        let short = |id: &str| id.get(..10).unwrap_or(id).to_owned();
        if !self.judged_as.iter().any(|commit| commit == judged) {
            return Err(format!(
                "what was judged is commit {}, but the run is about {}: check that one out (or name it with \
                 `--rev`) and publish its verdict",
                short(judged),
                short(&self.commit)
            ));
        }
        if uncommitted {
            return Err(format!(
                "files differ from commit {}, so this verdict is not one on it: publish before they are \
                 changed, or with `--rev {judged}`",
                short(judged)
            ));
        }
        Ok(())
    }
}

fn missing(name: &str, what: &str) -> String {
    format!("{name} is not set ({what}): a workflow of GitHub Actions sets it")
}

fn is_repository(text: &str) -> bool {
    let is_name = |name: &str| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        !name.is_empty() && name.len() <= 100 && name.bytes().all(is_part) && !matches!(name, "." | "..")
    };
    text.split_once('/').is_some_and(|(owner, name)| is_name(owner) && is_name(name))
}

/// The full id of a commit, in small letters.
fn commit(text: &str) -> Option<String> {
    let is_id = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| text.to_ascii_lowercase())
}

/// An address to which a token may be sent.
fn address(text: &str) -> Result<String, String> {
    let text = text.trim_end_matches('/');
    let wrong = |why: &str| Err(format!("GITHUB_API_URL {why}; it is one such as {API}"));
    let Some((scheme, rest)) = text.split_once("://") else {
        return wrong("is no address");
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    let is_path = |byte: u8| byte.is_ascii_alphanumeric() || b"/.-_".contains(&byte);
    if host.is_empty() || !host.bytes().all(is_host) || !path.bytes().all(is_path) {
        return wrong("is to be a host and a path, without a name, a query or a fragment");
    }
    let this_machine = ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|name| host.strip_prefix(name).is_some_and(|port| port.is_empty() || port.starts_with(':')));
    match scheme {
        "https" => Ok(text.to_owned()),
        "http" if this_machine => Ok(text.to_owned()),
        "http" => wrong("has no encryption, and a token is not sent in the clear"),
        _ => wrong("is to begin with https://"),
    }
}

fn details(server: Option<&str>, repository: &str, run: Option<&str>) -> Option<String> {
    let (server, run) = (server?.trim_end_matches('/'), run?);
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b".-:/".contains(&byte);
    let known = server.starts_with("https://") && server.bytes().all(is_part);
    (known && run.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| format!("{server}/{repository}/actions/runs/{run}"))
}

#[cfg(test)]
mod tests;
