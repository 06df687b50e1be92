//! Tests through the public interface, one module for each topic.

#![expect(clippy::disallowed_methods, reason = "tests read the sources and what was written")]

mod baseline;
mod bending;
mod checking;
mod commands;
mod config_show;
mod editor;
mod facts;
mod git_cli;
mod git_history;
mod git_hostile;
mod git_shapes;
mod git_write;
mod github_beside;
mod github_decoder;
mod github_log;
mod history_oracle;
mod hostile;
mod layers;
mod literate;
mod lsp_hostile;
mod lsp_random;
mod lsp_session;
mod mending;
mod merging;
mod naive_log;
mod output_files;
mod outputs;
mod outputs_hostile;
mod own_rules;
mod prose;
mod random_isms;
mod random_text;
mod readme;
mod real_history;
mod report_schema;
mod rules;
mod schemas;
mod sensitive;
mod snapshots;
