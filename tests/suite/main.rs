//! Tests through the public interface, one module for each topic.

mod git_cli;
mod git_history;
mod git_hostile;
mod git_shapes;
mod git_write;
