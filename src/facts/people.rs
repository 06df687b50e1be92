//! Who is who: names, roles and handles in records as the people of
//! `isms.yaml`.

use super::{Context, optional, text};
use crate::expr::Value;
use crate::settings::Profile;
use std::sync::Arc;

/// The person that a text names: the id of `isms.yaml`; the text itself where
/// nobody there is meant.
pub(super) fn person<'p>(profile: &'p Profile, named: &'p str) -> &'p str {
    profile.person(named).map_or(named, |person| person.id.as_str())
}

fn of(context: &Arc<Context>, at: usize, path: &[&str]) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    match record.path(path) {
        Value::Text(named) => text(person(&context.settings.profile, named.as_str())),
        Value::Unknown(why) => Value::Unknown(why),
        _ => Value::Absent,
    }
}

pub(super) fn owner(context: &Arc<Context>, at: usize) -> Value {
    of(context, at, &["owner"])
}

/// The last day of the owner with the organisation, where isms.yaml gives one.
pub(super) fn owner_until(context: &Arc<Context>, at: usize) -> Value {
    let owner = context.inventory.records().get(at).and_then(|record| record.text("owner"));
    let person = owner.as_ref().and_then(|owner| context.settings.profile.person(owner.as_str()));
    optional(person.and_then(|person| person.until), Value::Date)
}

pub(super) fn approver(context: &Arc<Context>, at: usize) -> Value {
    match of(context, at, &["approver"]) {
        Value::Absent => of(context, at, &["approved", "by"]),
        approver => approver,
    }
}

/// Who of the top management sat in a review.
pub(super) fn top_management_present(context: &Arc<Context>, at: usize) -> Value {
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let profile = &context.settings.profile;
    let mut named = super::texts(&record.get("attendees"));
    named.extend(record.text("chair").map(|chair| chair.as_str().to_owned()));
    let top = profile.people.iter().filter(|person| person.top_management);
    let present = top.filter(|top| {
        named.iter().any(|named| profile.person(named).is_some_and(|person| person.id == top.id))
    });
    Value::List(present.map(|person| text(&person.id)).collect())
}

pub(super) fn top_management(context: &Arc<Context>, _: usize) -> Value {
    let people = context.settings.profile.people.iter();
    Value::List(people.filter(|person| person.top_management).map(|person| text(&person.id)).collect())
}

/// The person who commits with an address.
pub(super) fn by_address(context: &Context, address: &str) -> Value {
    let person = context.settings.profile.person_by_email(address);
    optional(person, |person| text(&person.id))
}
