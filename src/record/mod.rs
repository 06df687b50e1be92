//! From bytes to records: YAML, JSON and TOML texts as trees whose every node knows
//! the exact bytes it came from.
//!
//! Value and position come from the same parse. A tree is never refused: what
//! is broken becomes a [`Problem`] at its place, and whatever else can be read
//! is read, so that one broken record does not lose its neighbours.
//!
//! This module knows no kinds: what a scalar means (a date, a number, text) is
//! decided by the schema, in `kind`. It reads no file and decides on no path.

mod assembly;
mod build;
pub mod csv;
mod events;
mod fault;
pub mod front_matter;
mod json;
mod keys;
mod mapped;
mod pages;
mod salvage;
mod syntax;
#[cfg(test)]
mod tests;
mod toml;
mod tree;

pub use assembly::Assembly;
pub use fault::{Fault, Page, Problem};
pub use tree::{Lost, NodeId, NodeKind, Style, Syntax, Tree, parse};
