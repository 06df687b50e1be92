//! The one comment on a pull request: found by its mark, updated, never doubled.
//!
//! Anybody may write a comment with the same mark. Only one that an app wrote
//! counts as ours, so nobody's words are overwritten and no verdict of ours
//! stands under a name of somebody who can edit it.

use super::fault::Fault;
use super::send::{Sender, Stop};
use super::{Comment, Commented, Place};
use http::Method;
use serde::Deserialize;
use serde_json::json;

/// Comments asked for at once.
const PAGE: usize = 50;
/// Pages that are searched.
const PAGES: usize = 20;

#[derive(Deserialize)]
struct Found {
    id: u64,
    #[serde(default)]
    body: Option<String>,
    user: Option<User>,
}

#[derive(Deserialize)]
struct User {
    #[serde(rename = "type")]
    kind: String,
}

/// Writes or updates the comment.
pub(super) async fn comment(
    sender: &mut Sender<'_>,
    comment: &Comment,
    body: &str,
    place: &Place,
) -> Result<Commented, Fault> {
    let mut tried = None;
    loop {
        let found = find(sender, comment, place).await?;
        let (method, address, done) = match &found {
            Some(found) if found.body.as_deref().is_some_and(|there| alike(there, body)) => {
                return Ok(tried.unwrap_or(Commented::Unchanged));
            }
            Some(found) => {
                let address = format!("/repos/{}/issues/comments/{}", place.repository, found.id);
                (Method::PATCH, address, Commented::Updated)
            }
            None => (Method::POST, all(comment, place), Commented::Written),
        };
        match sender.write::<Found>(method, &address, &json!({ "body": body })).await {
            Ok(_) => return Ok(done),
            // It may be there: looked for again.
            Err(Stop::Unknown) => tried = Some(done),
            Err(Stop::Refused(fault) | Stop::Lost(fault)) => return Err(fault),
        }
    }
}

async fn find(sender: &mut Sender<'_>, comment: &Comment, place: &Place) -> Result<Option<Found>, Fault> {
    for page in 1..=PAGES {
        let address = format!("{}?per_page={PAGE}&page={page}", all(comment, place));
        let found: Vec<Found> = sender.get(&address).await?;
        let last = found.len() < PAGE;
        let ours = |found: &Found| {
            found.user.as_ref().is_some_and(|user| user.kind == "Bot")
                && found.body.as_deref().is_some_and(|body| body.starts_with(&comment.mark))
        };
        if let Some(found) = found.into_iter().find(ours) {
            return Ok(Some(found));
        }
        if last {
            return Ok(None);
        }
    }
    Err(Fault::TooMany(PAGE * PAGES))
}

fn all(comment: &Comment, place: &Place) -> String {
    format!("/repos/{}/issues/{}/comments", place.repository, comment.pull_request)
}

/// Whether two texts are the same; a service may end lines in its own way.
fn alike(one: &str, other: &str) -> bool {
    one.trim_end().lines().map(str::trim_end).eq(other.trim_end().lines().map(str::trim_end))
}
