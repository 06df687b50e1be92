//! `check --publish github`: what the environment says of where to, and what is
//! told of how it went.
//!
//! What is missing is told before anything is judged. The token is taken out of
//! the environment into a type that cannot be printed.

use super::world::World;
use crate::output::{self, Format, Style};
use crate::publish::{self, Place, Times, Token};
use crate::report::{Exit, Report};
use std::fs::File;
use std::io::{self, Read};
use std::time::Instant;

/// A publication that was asked for.
pub(super) struct Wanted {
    place: Place,
    token: Token,
    comment: bool,
    since: Instant,
}

impl Wanted {
    /// What is needed for it, or what is missing.
    pub(super) fn of(comment: bool, world: &mut World<'_>) -> Result<Self, String> {
        if !publish::AVAILABLE {
            return Err(publish::HOW_TO_GET_IT.to_owned());
        }
        let found: Vec<String> =
            publish::TOKENS.iter().filter_map(|name| world.environment.remove(*name)).collect();
        let token = found.iter().find(|value| !value.is_empty()).ok_or(
            "`--publish github` needs a token: give the step `env: GITHUB_TOKEN: ${{ github.token }}` and the \
             job `permissions: checks: write`",
        )?;
        let token = Token::new(token).map_err(|why| format!("the token in GITHUB_TOKEN is none: {why}"))?;
        let event = match world.variable("GITHUB_EVENT_PATH") {
            None => None,
            Some(path) => {
                let bytes = read(&world.folder.join(path))
                    .map_err(|error| format!("the file of GITHUB_EVENT_PATH cannot be read: {error}"))?;
                Some(bytes)
            }
        };
        let place = Place::of(&world.environment, event.as_deref())?;
        Ok(Self { place, token, comment, since: Instant::now() })
    }

    /// Publishes the report, and tells how that went.
    pub(super) fn publish(&self, report: &Report, format: Format, world: &mut World<'_>) -> Exit {
        let judged = &report.provenance;
        let done = self.place.stands_for(judged.commit.as_deref(), judged.uncommitted).map_or_else(
            |why| Err(publish::Failure { why: format!("nothing was published: {why}"), forbidden: false }),
            |()| self.send(report, world),
        );
        let why = match done {
            Ok(published) => {
                self.tell(&published, world);
                return Exit::Clean;
            }
            Err(failure) if failure.forbidden && self.place.read_only.is_some() => {
                return self.fall_back(report, format, world);
            }
            Err(failure) => failure.why,
        };
        world.say(&why);
        world.say(&format!("the verdict all the same: {}", output::verdict(report)));
        Exit::Output
    }

    fn send(&self, report: &Report, world: &World<'_>) -> Result<publish::Published, publish::Failure> {
        let taken = chrono::TimeDelta::from_std(self.since.elapsed()).unwrap_or_default();
        let times = Times { started: world.now, completed: world.now + taken };
        let publication = publish::Publication {
            check_run: publish::CheckRun::of(report, &self.place, times),
            comment: publish::Comment::of(report, &self.place).filter(|_| self.comment),
        };
        publish::publish(&publication, &self.place, &self.token, &publish::Limits::default())
    }

    fn tell(&self, published: &publish::Published, world: &mut World<'_>) {
        let comment = match published.comment {
            Some(publish::Commented::Written) => ", and a comment on the pull request",
            Some(publish::Commented::Updated) => ", and the comment on the pull request is updated",
            Some(publish::Commented::Unchanged) => {
                ", and the comment on the pull request says the same already"
            }
            None if self.comment => "; the run is about no pull request, so there is no comment",
            None => "",
        };
        world.say(&format!(
            "published: check run {} with {} annotations{comment}",
            published.check_run, published.annotations
        ));
    }

    /// Where the token can only read, annotations come from the log of the job.
    fn fall_back(&self, report: &Report, format: Format, world: &mut World<'_>) -> Exit {
        let why = self.place.read_only.unwrap_or_default();
        world.say(&format!(
            "nothing was published: {why}, and its token may not write; workflow commands in the log make the \
             annotations instead"
        ));
        match format {
            Format::Github => Exit::Clean,
            Format::Human | Format::Concise => {
                world.print(&output::render(report, Format::Github, Style::default()))
            }
            // A report for a program stays whole; the runner reads both streams.
            _ => world.print_aside(&output::render(report, Format::Github, Style::default())),
        }
    }
}

/// The file of an event: a regular file within its limit.
fn read(path: &std::path::Path) -> io::Result<Vec<u8>> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(publish::MOST_OF_AN_EVENT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > publish::MOST_OF_AN_EVENT {
        return Err(io::Error::other(format!("it has more than {} bytes", publish::MOST_OF_AN_EVENT)));
    }
    Ok(bytes)
}
