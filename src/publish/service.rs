//! A check run at GitHub: looked for first, then made or gone on with, batch by
//! batch, its conclusion last.
//!
//! As long as annotations are missing the check run is `in_progress`, so a run
//! that is cut off never looks like one that passed. What cannot be completed is
//! ended as failed where the service still answers.

use super::fault::Fault;
use super::send::{Sender, Stop};
use super::{CheckRun, Failure, Limits, Place, Publication, Published, Token, sticky};
use http::Method;
use serde::Deserialize;

/// Check runs asked for at once: each may hold a long summary.
const PAGE: usize = 20;
/// Pages that are searched.
const PAGES: usize = 10;

/// Where the request that makes a check run got no answer to go by.
const UNCERTAIN: &str = "whether the check run was published is not known: ";

/// What is read of a check run.
#[derive(Deserialize)]
struct Found {
    id: u64,
    external_id: Option<String>,
    html_url: Option<String>,
    output: Option<Output>,
}

#[derive(Deserialize)]
struct Output {
    summary: Option<String>,
    annotations_count: Option<usize>,
}

#[derive(Deserialize)]
struct Page {
    check_runs: Vec<Found>,
}

/// A check run that is there.
struct Standing {
    id: u64,
    url: Option<String>,
    /// Annotations that are there.
    arrived: usize,
    /// Whether it has its conclusion, as far as this publication gave it.
    complete: bool,
    /// Whether more may have arrived than is known.
    uncertain: bool,
}

impl Standing {
    fn of(found: Found, arrived: usize, complete: bool) -> Self {
        Self { id: found.id, url: found.html_url, arrived, complete, uncertain: false }
    }
}

/// Publishes a report: first the check run, then the comment.
pub fn publish(
    publication: &Publication,
    place: &Place,
    token: &Token,
    limits: &Limits,
) -> Result<Published, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure { why: format!("no connection can be made: {error}"), forbidden: false })?;
    let published = runtime.block_on(published(publication, place, token, limits));
    // A look-up of a name may still hang there; nobody waits for it.
    runtime.shutdown_background();
    published
}

async fn published(
    publication: &Publication,
    place: &Place,
    token: &Token,
    limits: &Limits,
) -> Result<Published, Failure> {
    let run = &publication.check_run;
    let mut sender = Sender::new(place, token, limits).map_err(|fault| failure(&fault, place, ""))?;
    let standing = check_run(&mut sender, run, place).await?;
    let name = standing.url.clone().unwrap_or_else(|| format!("number {}", standing.id));
    let comment = match &publication.comment {
        None => None,
        Some(comment) => {
            let body = comment.body(standing.url.as_deref());
            let done = sticky::comment(&mut sender, comment, &body, place).await;
            let rest = format!("the check run is there in full ({name}), the comment failed: ");
            Some(done.map_err(|fault| failure(&fault, place, &rest))?)
        }
    };
    Ok(Published { check_run: name, annotations: run.total(), comment })
}

async fn check_run(sender: &mut Sender<'_>, run: &CheckRun, place: &Place) -> Result<Standing, Failure> {
    let before = "the check run was not published: ";
    let mut standing = find(sender, run, place).await.map_err(|fault| failure(&fault, place, before))?;
    loop {
        match &mut standing {
            Some(there) if there.complete => break,
            Some(there) => {
                if let Err(fault) = go_on(sender, run, place, there).await {
                    return Err(ended(sender, run, place, there, &fault).await);
                }
            }
            None => {
                let made = sender.write(Method::POST, &runs(place), &run.creation()).await;
                standing = match made {
                    Ok(found) => {
                        let arrived = run.batch(0);
                        Some(Standing::of(found, arrived, arrived == run.total()))
                    }
                    // It may be there: only one that is not is made again.
                    Err(Stop::Unknown) => {
                        find(sender, run, place).await.map_err(|fault| failure(&fault, place, UNCERTAIN))?
                    }
                    Err(Stop::Lost(fault)) => return Err(failure(&fault, place, UNCERTAIN)),
                    Err(Stop::Refused(fault)) => return Err(failure(&fault, place, before)),
                };
            }
        }
    }
    standing.ok_or_else(|| Failure { why: before.to_owned(), forbidden: false })
}

/// Sends the next batch.
async fn go_on(
    sender: &mut Sender<'_>,
    run: &CheckRun,
    place: &Place,
    there: &mut Standing,
) -> Result<(), Fault> {
    let address = format!("{}/{}", runs(place), there.id);
    match sender.write::<Found>(Method::PATCH, &address, &run.update(there.arrived)).await {
        Ok(found) => {
            there.arrived += run.batch(there.arrived);
            there.complete = there.arrived >= run.total();
            there.url = found.html_url.or(there.url.take());
        }
        // A batch that arrived is not sent again.
        Err(Stop::Unknown) => {
            there.uncertain = true;
            let found: Found = sender.get(&address).await?;
            there.uncertain = false;
            there.arrived = found.output.and_then(|output| output.annotations_count).unwrap_or(there.arrived);
        }
        Err(Stop::Lost(fault)) => {
            there.uncertain = true;
            return Err(fault);
        }
        Err(Stop::Refused(fault)) => return Err(fault),
    }
    Ok(())
}

/// What is told of a check run that could not be completed, after it was ended
/// as failed where that was possible.
async fn ended(
    sender: &Sender<'_>,
    run: &CheckRun,
    place: &Place,
    there: &Standing,
    fault: &Fault,
) -> Failure {
    let address = format!("{}/{}", runs(place), there.id);
    let ended = sender.last(&Method::PATCH, &address, &run.unfinished(there.arrived)).await;
    let state = if ended {
        "the check run was ended as failed and says so"
    } else {
        "the check run could not be ended and stays in progress"
    };
    let least = if there.uncertain { "at least " } else { "" };
    let arrived = format!("{least}{} of {} annotations arrived, {state}: ", there.arrived, run.total());
    failure(fault, place, &arrived)
}

/// The check run of an earlier try, of the same report.
async fn find(sender: &mut Sender<'_>, run: &CheckRun, place: &Place) -> Result<Option<Standing>, Fault> {
    for page in 1..=PAGES {
        let address = format!(
            "/repos/{}/commits/{}/check-runs?check_name={}&filter=all&per_page={PAGE}&page={page}",
            place.repository,
            place.commit,
            encoded(&run.name)
        );
        let Page { check_runs } = sender.get(&address).await?;
        let last = check_runs.len() < PAGE;
        for found in check_runs {
            let output = found.output.as_ref();
            let summary = output.and_then(|output| output.summary.as_deref()).unwrap_or_default();
            if found.external_id.as_deref() == Some(run.external_id.as_str()) && run.is_of_this(summary) {
                let arrived = output.and_then(|output| output.annotations_count).unwrap_or(0);
                return Ok(Some(Standing::of(found, arrived, false)));
            }
        }
        if last {
            break;
        }
    }
    Ok(None)
}

fn runs(place: &Place) -> String {
    format!("/repos/{}/check-runs", place.repository)
}

/// A value in a query.
fn encoded(text: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let part = |byte: u8| if kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(part).collect()
}

fn failure(fault: &Fault, place: &Place, before: &str) -> Failure {
    Failure { why: format!("{before}{}", fault.told(place)), forbidden: fault.is_forbidden() }
}
