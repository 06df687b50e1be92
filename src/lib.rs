//! ismslint: policy-as-code checks for an ISMS kept in git.

pub mod budget;
pub mod catalogue;
pub mod check;
pub mod chronicle;
pub mod cli;
pub mod demo;
pub mod escape;
pub mod expr;
pub mod facts;
pub mod finding;
pub mod git;
pub mod history;
pub mod inventory;
pub mod kind;
pub mod output;
pub mod record;
pub mod report;
pub mod rule;
pub mod settings;
pub mod snapshot;
pub mod source;
