//! Tests through the public interface, one module for each topic.

#![expect(clippy::disallowed_methods, reason = "tests read the sources and what was written")]

mod git_cli;
mod git_history;
mod git_hostile;
mod git_shapes;
mod git_write;
mod layers;
mod prose;
