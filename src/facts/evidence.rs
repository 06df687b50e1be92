//! Evidence that a record names: the files behind it, and how many other
//! records show the same one.

use super::{Context, Item, optional, structure, text};
use crate::expr::{Text, Type, Value};
use crate::inventory::{Record, listed_path};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Statuses of an action that claims to be done.
const CLAIMED: &[&str] = &["completed", "verified"];

pub(super) fn files_type() -> Type {
    Type::List(Box::new(structure(
        "evidence file",
        &[
            ("path", Type::Text, false, "The path, as written."),
            ("on", Type::Date, true, "The day from which the evidence is."),
            ("found", Type::Bool, false, "Whether the tree has such a file, or a folder that holds one."),
            ("same_digest", Type::Bool, true, "Whether the file still has the digest that is written there."),
            (
                "shared_by",
                Type::List(Box::new(Type::Text)),
                false,
                "Of the first of them: the actions, completed or verified, that name the same file.",
            ),
        ],
    )))
}

/// Actions that claim to be done, by the file that each shows for it.
pub(super) type Shared = BTreeMap<String, Vec<usize>>;

fn shared(context: &Context) -> &Shared {
    context.shared_evidence.get_or_init(|| {
        let mut shared = Shared::new();
        for at in context.inventory.places_of_kind("action") {
            let record = &context.inventory.records()[*at];
            if record.text("status").is_some_and(|status| CLAIMED.contains(&status.as_str())) {
                for path in paths(record) {
                    let named = shared.entry(path).or_default();
                    if named.last() != Some(at) {
                        named.push(*at);
                    }
                }
            }
        }
        shared
    })
}

fn items(record: &Record) -> Arc<[Value]> {
    record.get("evidence").as_items()
}

fn paths(record: &Record) -> Vec<String> {
    let written = items(record);
    written.iter().filter_map(|item| item.field("path").as_text()).collect()
}

/// The files in the tree that a record names; addresses are not followed.
pub(super) fn files(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let written = items(record);
    let files = written.iter().filter_map(|item| {
        let path = item.field("path").as_text()?;
        let file = context.inventory.named_file(&listed_path(&path)?)?;
        let same = item.field("sha256").as_text().zip(file.sha256.as_ref());
        let same = same.map(|(written, now)| written.eq_ignore_ascii_case(now));
        // Told once, at the first: n actions with one file are not n lists of n.
        let sharing = shared(context).get(&path).filter(|sharing| sharing.first() == Some(&at));
        let sharing = sharing.into_iter().flatten();
        let sharing = sharing.map(|at| text(context.inventory.records()[*at].key.id.unescaped()));
        let fields = vec![
            ("path", text(&path)),
            ("on", optional(item.field("on").as_day(), Value::Date)),
            ("found", Value::Bool(file.there)),
            ("same_digest", optional(same, Value::Bool)),
            ("shared_by", Value::List(sharing.collect())),
        ];
        let place = match item {
            Value::Struct(object) => object.place_of("path"),
            _ => None,
        };
        Some(Item::value(fields, place, Some(Text::from(path))))
    });
    Value::List(files.collect())
}
