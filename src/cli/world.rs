//! What surrounds a run: the streams, the working folder, the environment and
//! the clock, each read once.

use crate::ci;
use crate::escape::{Raw, terminal};
use crate::output::{self, Format, Style};
use crate::report::Exit;
use crate::settings::Mistake;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use super::args::ColorArg;

/// The surroundings of one run.
pub struct World<'w> {
    /// Where reports go.
    pub out: &'w mut dyn Write,
    /// Where messages about the run go.
    pub err: &'w mut dyn Write,
    /// The working folder.
    pub folder: PathBuf,
    /// The environment variables that the program looks at.
    pub environment: BTreeMap<String, String>,
    /// The instant of the run.
    pub now: DateTime<Utc>,
    /// Whether reports go to a terminal, and its width in columns.
    pub terminal: Option<usize>,
}

/// Variables of the terminal, of git and of its hooks.
const VARIABLES: [&str; 6] =
    ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "GIT_INDEX_FILE", "PRE_COMMIT", "TMPDIR"];

/// The environment variables that the program looks at.
pub fn variables() -> impl Iterator<Item = &'static str> {
    VARIABLES.into_iter().chain(ci::variables())
}

impl World<'_> {
    /// Today in a time zone.
    pub fn today(&self, zone: Tz) -> NaiveDate {
        self.now.with_timezone(&zone).date_naive()
    }

    /// A variable that is set to something.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The format that `auto` stands for where the program runs.
    pub(super) fn own_format(&self) -> Format {
        ci::detect(&self.environment).map_or(Format::Human, |ci| ci.format)
    }

    /// How to draw for people.
    pub(super) fn style(&self, color: ColorArg, all: bool) -> Style {
        let forced = self.variable("CLICOLOR_FORCE").or_else(|| self.variable("FORCE_COLOR"));
        let colour = match color {
            ColorArg::Always => true,
            ColorArg::Never => false,
            ColorArg::Auto if self.variable("NO_COLOR").is_some() => false,
            ColorArg::Auto if forced.is_some_and(|value| value != "0") => true,
            ColorArg::Auto => self.terminal.is_some() && self.variable("PRE_COMMIT").is_none(),
        };
        let width = self.terminal.unwrap_or(100).clamp(60, 140);
        Style { colour, width, all }
    }

    /// Prints a report. A reader who left early is no fault of the output.
    pub(super) fn print(&mut self, text: &str) -> Exit {
        match self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()) {
            Ok(()) => Exit::Clean,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Clean,
            Err(error) => {
                self.say(&format!("the report could not be written: {error}"));
                Exit::Output
            }
        }
    }

    /// Prints lines for a runner to the second stream.
    pub(super) fn print_aside(&mut self, text: &str) -> Exit {
        match self.err.write_all(text.as_bytes()) {
            Ok(()) => Exit::Clean,
            Err(_) => Exit::Output,
        }
    }

    /// Tells something about the run itself, on one line.
    pub(super) fn say(&mut self, message: &str) {
        // With both streams gone there is nobody left to tell.
        let _ = writeln!(self.err, "ismslint: {}", terminal(&Raw::from(message)));
    }

    /// Tells mistakes in settings or rules, each with its line.
    pub(super) fn mistaken(&mut self, mistakes: &[Mistake], color: ColorArg) -> Exit {
        let text = output::mistakes(mistakes, self.style(color, true));
        // Nobody is left to tell when this stream is gone too.
        let _ = self.err.write_all(text.as_bytes());
        Exit::Usage
    }

    /// What was read of settings or rules; mistakes in them are told.
    pub(super) fn told<T>(&mut self, read: Result<T, Vec<Mistake>>, color: ColorArg) -> Result<T, Exit> {
        read.map_err(|mistakes| self.mistaken(&mistakes, color))
    }

    /// Tells a mistake in usage.
    pub(super) fn refuse(&mut self, message: &str) -> Exit {
        self.say(message);
        Exit::Usage
    }
}
