//! The records as people ask for them between audits: what falls due, the
//! register of every open action, the course of each metric, the inputs of the
//! next review, the clauses that rules judge, other frameworks by number, and
//! what got better without anybody registering it.
//!
//! A view arranges what the records and their history say; where they are
//! silent it says so, and what could not be determined stands beside it. It
//! gives no verdict: those are the check's.

mod agenda;
mod agenda_inputs;
mod clauses;
mod coverage;
mod due;
mod due_dates;
mod outlook;
pub mod read;
mod register;
mod trend;
mod unregistered;

pub use agenda::{INPUTS, Meeting, agenda};
pub use clauses::{clause_matrix, judging};
pub use coverage::{NumberMap, coverage, frameworks};
pub use due::{Wanted, due, nothing_due};
pub use outlook::outlook;
pub use read::Reading;
pub use register::{register, served_risks};
pub use trend::{Course, Reach, Step, courses, sparkline, trend};
pub use unregistered::{UNREGISTERED, unregistered};
