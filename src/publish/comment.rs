//! A report as one comment on a pull request: what the change does, and where
//! the rest stands.
//!
//! Its first line is a mark that readers do not see. By it the comment is found
//! again, so there is one however often the check runs.

use super::Place;
use super::check_run::{digest, short};
use crate::escape::{Raw, markdown_code};
use crate::output::page;
use crate::report::Report;

/// Bytes of a comment; the service takes 65,536 characters.
const MOST_OF_A_COMMENT: usize = 60_000;

/// A comment as it is to stand there.
#[derive(Clone, Debug)]
pub struct Comment {
    /// The pull request.
    pub pull_request: u64,
    /// The first line: the same for the same folder of the repository.
    pub mark: String,
    text: String,
}

impl Comment {
    /// The comment on a report; none where the run is about no pull request.
    pub fn of(report: &Report, place: &Place) -> Option<Self> {
        let root = &report.provenance.root;
        let judged = format!("Commit {}.", markdown_code(&Raw::from(place.commit.as_str())));
        Some(Self {
            pull_request: place.pull_request?,
            mark: format!("<!-- ismslint comment {} -->", short(&digest(&[root]))),
            text: format!("{}\n{judged}", page(report, false, MOST_OF_A_COMMENT)),
        })
    }

    /// The text, with the check run where its address is known.
    pub fn body(&self, check_run: Option<&str>) -> String {
        // Nothing but an address of the service's own goes between the brackets.
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?=&".contains(&byte);
        let known = check_run.filter(|url| url.starts_with("https://") && url.bytes().all(is_part));
        let link = known.map_or_else(String::new, |url| format!(" [All findings]({url})"));
        format!("{}\n{}{link}\n", self.mark, self.text)
    }
}
