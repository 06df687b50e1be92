//! Publishing, against a server on this machine that does what GitHub does, and
//! what it does on a bad day.

#![expect(clippy::disallowed_methods, reason = "tests read what was written")]

mod command;
mod fake;
mod faults;
mod published;
mod report;
