//! What a person who waits is told: one line while the history is read, and
//! with `--timings` how long each part took. Neither is part of a report.

use std::io::{IsTerminal, Write, stderr};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// From when on a reader wants to know that something is going on.
const PATIENCE: Duration = Duration::from_secs(1);

/// A line on the terminal that comes after a second and goes at the end.
pub(super) struct Waiting {
    done: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Waiting {
    /// Starts to wait for `what`. Nothing is ever shown off a terminal, or
    /// where `quiet` (a hook manager pretends to be a terminal).
    pub(super) fn for_the(what: &'static str, quiet: bool) -> Self {
        if quiet || !stderr().is_terminal() {
            return Self { done: None, thread: None };
        }
        let (done, ended) = channel::<()>();
        let thread = std::thread::spawn(move || {
            if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                // A terminal that is gone is no reason to stop.
                let _ = write!(stderr(), "ismslint: reading {what} …");
                let _ = ended.recv();
                let _ = write!(stderr(), "\r\u{1b}[K");
            }
        });
        Self { done: Some(done), thread: Some(thread) }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// How long the parts of a run took.
pub(super) struct Laps {
    since: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl Laps {
    /// Starts the first one.
    pub(super) fn start() -> Self {
        Self { since: Instant::now(), laps: Vec::new() }
    }

    /// Ends one and starts the next.
    pub(super) fn end(&mut self, what: &'static str) {
        self.laps.push((what, self.since.elapsed()));
        self.since = Instant::now();
    }

    /// All in one line, in milliseconds.
    pub(super) fn told(&self) -> String {
        let parts = self.laps.iter().map(|(what, took)| format!("{what} {} ms", took.as_millis()));
        parts.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::Laps;

    #[test]
    fn each_part_is_named_once_in_its_order() {
        let mut laps = Laps::start();
        laps.end("listing");
        laps.end("judging");
        let told = laps.told();
        assert!(
            told.starts_with("listing ") && told.contains(", judging ") && told.ends_with(" ms"),
            "{told}"
        );
    }
}
