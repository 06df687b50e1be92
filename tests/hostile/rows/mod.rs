//! The inputs, by what they attack.

pub(crate) mod change;
pub(crate) mod expressions;
pub(crate) mod files;
pub(crate) mod git;
pub(crate) mod json;
pub(crate) mod objects;
pub(crate) mod outputs;
pub(crate) mod policy;
pub(crate) mod process;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod yaml;
