//! ismslint: policy-as-code checks for an ISMS kept in git.

pub mod budget;
pub mod escape;
pub mod expr;
pub mod finding;
pub mod kind;
pub mod record;
pub mod source;
