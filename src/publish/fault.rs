//! Why a request came to nothing, in words for who runs the check: what, why,
//! and what to do.

use super::Place;
use std::time::Duration;

/// What went wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// No connection, or one that broke.
    Connection(String),
    /// A server that does not prove who it is.
    Untrusted(String),
    /// No whole answer in time.
    Slow(Duration),
    /// An answer longer than any that is expected.
    TooLong(usize),
    /// An answer that is not what GitHub sends.
    Unreadable(String),
    /// A status other than success, and what the service says to it.
    Status(u16, String),
    /// The service asks to wait, for longer than there is time where it says how
    /// long.
    Wait(u16, Option<Duration>),
    /// More comments than are searched.
    TooMany(usize),
    /// No time is left.
    Late(Duration),
}

impl Fault {
    /// Whether the token may not write there.
    pub(super) fn is_forbidden(&self) -> bool {
        matches!(self, Self::Status(403, _))
    }

    /// What, why, and what to do.
    pub(super) fn told(&self, place: &Place) -> String {
        let (api, repository) = (&place.api, &place.repository);
        match self {
            Self::Connection(why) => format!("{api} cannot be reached: {why}"),
            Self::Untrusted(why) => format!(
                "{api} does not prove who it is: {why}; where its certificate is of your own authority, \
                 name that one's file in SSL_CERT_FILE"
            ),
            Self::Slow(most) => format!("{api} gave no whole answer within {} seconds", most.as_secs_f32()),
            Self::TooLong(most) => format!("{api} answered with more than {most} bytes"),
            Self::Unreadable(why) => {
                format!("{api} answered, but not as GitHub does ({why}): is GITHUB_API_URL right?")
            }
            Self::Wait(status, wait) => {
                let long = wait.map_or_else(String::new, |wait| format!(" {} seconds", wait.as_secs()));
                format!(
                    "{api} asks to wait{long} ({status}: too many requests), and a publication waits only so \
                     long: run the job again later"
                )
            }
            Self::TooMany(most) => format!(
                "the pull request has more than {most} comments, so whether ours is among them is not known"
            ),
            Self::Late(total) => {
                format!("the publication took longer than {} seconds", total.as_secs_f32())
            }
            Self::Status(status, said) => {
                let said = if said.is_empty() { String::new() } else { format!(": {said}") };
                format!("{api} answered {status}{said}; {}", remedy(*status, repository))
            }
        }
    }
}

fn remedy(status: u16, repository: &str) -> String {
    match status {
        300..=399 => format!(
            "no redirect is followed, because it would carry the token on: does {repository} have a new name, \
             or GITHUB_API_URL another address?"
        ),
        401 => {
            "the token is not valid there, or no longer: pass `GITHUB_TOKEN: ${{ github.token }}` to the step"
                .to_owned()
        }
        403 => "the token may not do that: give the job `permissions: checks: write`, and \
                `pull-requests: write` for the comment"
            .to_owned(),
        404 => format!(
            "either the token may not see {repository} (give the job `permissions: checks: write`), or there is \
             no such repository, commit or pull request"
        ),
        409 => "something else changes the same at the same time: run the job again".to_owned(),
        410 => "that part of the repository is switched off".to_owned(),
        422 => format!("is the commit in {repository}? Push it before its verdict is published"),
        500..=599 => "the service has a fault: run the job again later".to_owned(),
        _ => "that is none of the answers that are known".to_owned(),
    }
}
