//! A verdict published where a change is discussed: a check run with its
//! annotations, and a comment on the pull request (`check --publish github`).
//!
//! The only module that talks to a network, and the only user of octocrab; both
//! only with the cargo feature `github`, and only where somebody asked for it.
//! What is sent is drawn whole before the first request; nothing that a server
//! answers changes a verdict. A publication arrives in full or ends as failed.
//! The environment and the event are handed in by `cli`.

mod check_run;
#[cfg(feature = "github")]
mod client;
mod comment;
#[cfg(feature = "github")]
mod fault;
mod place;
#[cfg(feature = "github")]
mod send;
#[cfg(feature = "github")]
mod service;
#[cfg(feature = "github")]
mod sticky;
mod token;
#[cfg(any(feature = "github", test))]
mod wait;

pub use check_run::{BATCH, CheckRun, MOST, Times};
pub use comment::Comment;
pub use place::{MOST_OF_AN_EVENT, Place, TOKENS, VARIABLES};
#[cfg(feature = "github")]
pub use service::publish;
pub use token::Token;

use std::time::Duration;

/// Whether this build can publish.
pub const AVAILABLE: bool = cfg!(feature = "github");

/// How to get a build that can.
pub const HOW_TO_GET_IT: &str = "this build cannot publish: it was made without the cargo feature `github` (`cargo install --path . \
     --features github`); released programs have it";

/// Publishes nothing: this build cannot.
#[cfg(not(feature = "github"))]
pub fn publish(_: &Publication, _: &Place, _: &Token, _: &Limits) -> Result<Published, Failure> {
    Err(Failure { why: HOW_TO_GET_IT.to_owned(), forbidden: false })
}

/// What is to be published.
#[derive(Clone, Debug)]
pub struct Publication {
    /// The check run.
    pub check_run: CheckRun,
    /// The comment, where one is wanted and there is a pull request.
    pub comment: Option<Comment>,
}

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The address of the check run, or its number; text of the service.
    pub check_run: String,
    /// The annotations that are there.
    pub annotations: usize,
    /// What became of the comment.
    pub comment: Option<Commented>,
}

/// What became of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commented {
    /// It is new.
    Written,
    /// It was there and says something else now.
    Updated,
    /// It was there and says the same.
    Unchanged,
}

/// Why something was not published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What, why and what to do; text of the service in it, the token not.
    pub why: String,
    /// Whether the token may not write there.
    pub forbidden: bool,
}

/// How long a publication waits, and for how much.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For a connection.
    pub connect: Duration,
    /// For the whole answer to a request.
    pub request: Duration,
    /// For everything, waiting between requests included; a last word that
    /// ends a check run as failed may still come behind it.
    pub total: Duration,
    /// Between two requests that write, as GitHub asks.
    pub pause: Duration,
    /// Before the first repetition; doubled with each.
    pub backoff: Duration,
    /// Repetitions in one publication.
    pub repetitions: u32,
    /// Bytes of an answer.
    pub answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            request: Duration::from_secs(30),
            total: Duration::from_mins(2),
            pause: Duration::from_secs(1),
            backoff: Duration::from_secs(1),
            repetitions: 6,
            answer_bytes: 16 * 1024 * 1024,
        }
    }
}
