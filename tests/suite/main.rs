//! Tests through the public interface, one module for each topic.

#![expect(clippy::disallowed_methods, reason = "tests read the sources and what was written")]

mod checking;
mod commands;
mod git_cli;
mod git_history;
mod git_hostile;
mod git_shapes;
mod git_write;
mod github_beside;
mod github_decoder;
mod github_log;
mod hostile;
mod layers;
mod literate;
mod mending;
mod outputs;
mod prose;
mod rules;
mod schemas;
mod snapshots;
