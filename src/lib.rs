//! ismslint: policy-as-code checks for an ISMS kept in git.

pub mod budget;
pub mod escape;
pub mod finding;
pub mod source;
pub mod expr;
pub mod git;
pub mod record;
pub mod kind;
pub mod chronicle;
pub mod demo;
