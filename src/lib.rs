//! ismslint: policy-as-code checks for an ISMS kept in git.

pub mod budget;
pub mod chronicle;
pub mod demo;
pub mod escape;
pub mod expr;
pub mod finding;
pub mod git;
pub mod source;
