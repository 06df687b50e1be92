//! `schema`: the JSON Schemas of records, settings and rule files.

use super::args::SchemaArgs;
use super::world::World;
use crate::kind::{Kinds, shared_schema};
use crate::report::Exit;
use crate::settings::nearest_help;
use crate::{output, rule, settings};
use std::fmt::Write as _;

/// The schemas that are of no kind of record: name, what it is of, text.
fn others() -> [(&'static str, &'static str, &'static str); 4] {
    [
        ("isms", "isms.yaml, the settings of a repository", settings::SCHEMA),
        ("rule", "a rule file", rule::SCHEMA),
        ("report", "the JSON output of a check", output::REPORT_SCHEMA),
        ("shared", "the shapes that several kinds have in common", shared_schema()),
    ]
}

/// Prints a schema, or the names of all.
pub(super) fn run(args: &SchemaArgs, world: &mut World<'_>) -> Exit {
    let kinds = Kinds::embedded();
    let Some(name) = &args.name else {
        let mut text = String::new();
        let kinds = kinds.iter().map(|kind| (&*kind.name, kind.description.trim_end_matches('.')));
        for (name, about) in kinds.chain(others().map(|(name, about, _)| (name, about))) {
            let _ = writeln!(text, "{name:<16} {about}");
        }
        return world.print(&text);
    };
    if let Some(kind) = kinds.get(&name.replace('-', "_")) {
        return world.print(&kind.schema);
    }
    if let Some((.., text)) = others().into_iter().find(|(known, ..)| known == name) {
        return world.print(text);
    }
    let known: Vec<&str> =
        kinds.iter().map(|kind| &*kind.name).chain(others().map(|(name, ..)| name)).collect();
    world.refuse(&format!("there is no schema `{name}`: {}", nearest_help(name, &known)))
}
