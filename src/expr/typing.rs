//! Relations between types: what fits where, what two branches have in common.

use super::types::{StructType, Type};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The type without values, of the items of `[]`: it fits everywhere.
pub(super) fn nothing() -> Type {
    Type::OneOf(Arc::from([]))
}

pub(super) fn is_nothing(ty: &Type) -> bool {
    matches!(ty, Type::OneOf(words) if words.is_empty())
}

/// Any text, from a vocabulary or not.
pub(super) fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::Text | Type::OneOf(_))
}

/// One value that a reader can be shown.
pub(super) fn is_scalar(ty: &Type) -> bool {
    !matches!(ty, Type::List(_) | Type::Struct(_))
}

/// What a message can show: one value, or a list of them.
pub(super) fn is_printable(ty: &Type) -> bool {
    match ty {
        Type::List(item) => is_scalar(item),
        other => is_scalar(other),
    }
}

/// Whether a value of type `from` is one of type `to`.
pub(super) fn fits(from: &Type, to: &Type) -> bool {
    match (from, to) {
        _ if is_nothing(from) => true,
        (Type::OneOf(_), Type::Text) => true,
        (Type::OneOf(some), Type::OneOf(all)) => some.iter().all(|word| all.contains(word)),
        (Type::List(from), Type::List(to)) => fits(from, to),
        (Type::Struct(from), Type::Struct(to)) => common_structure(from, to).is_some_and(|both| both == *to),
        (from, to) => from == to,
    }
}

/// The narrowest type that holds the values of both.
pub(super) fn common(left: &Type, right: &Type) -> Option<Type> {
    match (left, right) {
        _ if is_nothing(left) => Some(right.clone()),
        _ if is_nothing(right) => Some(left.clone()),
        (Type::OneOf(some), Type::OneOf(more)) => {
            let words: BTreeSet<_> = some.iter().chain(more.iter()).cloned().collect();
            Some(if words.len() == some.len() {
                left.clone()
            } else {
                Type::OneOf(words.into_iter().collect())
            })
        }
        (left, right) if is_text(left) && is_text(right) => Some(Type::Text),
        (Type::List(left), Type::List(right)) => common(left, right).map(|item| Type::List(Box::new(item))),
        (Type::Struct(left), Type::Struct(right)) => common_structure(left, right).map(Type::Struct),
        (left, right) => (left == right).then(|| left.clone()),
    }
}

/// Two structures that differ at most in what is known to be written.
fn common_structure(left: &Arc<StructType>, right: &Arc<StructType>) -> Option<Arc<StructType>> {
    if Arc::ptr_eq(left, right) || left == right {
        return Some(left.clone());
    }
    if left.name != right.name || !left.fields.keys().eq(right.fields.keys()) {
        return None;
    }
    let mut both = StructType { name: left.name.clone(), fields: left.fields.clone() };
    for (field, other) in both.fields.values_mut().zip(right.fields.values()) {
        field.ty = common(&field.ty, &other.ty)?;
        field.optional |= other.optional;
    }
    Some(Arc::new(both))
}

/// The type with these parts known to be written: what `filter(x, has(x.due))`
/// leaves of the items' type. Indexes stay as they are.
pub(super) fn narrowed(ty: &Type, path: &[usize]) -> Type {
    let (Type::Struct(structure), Some((first, rest))) = (ty, path.split_first()) else { return ty.clone() };
    let mut narrow = StructType { name: structure.name.clone(), fields: structure.fields.clone() };
    if let Some(field) = narrow.fields.values_mut().nth(*first) {
        field.optional = false;
        field.ty = narrowed(&field.ty, rest);
    }
    Type::Struct(Arc::new(narrow))
}

/// Whether values of the two types can be equal at all, vocabularies aside.
pub(super) fn can_be_equal(left: &Type, right: &Type) -> bool {
    match (left, right) {
        (Type::Struct(_) | Type::Duration, _) | (_, Type::Struct(_) | Type::Duration) => false,
        (Type::List(left), Type::List(right)) => {
            is_nothing(left) || is_nothing(right) || can_be_equal(left, right)
        }
        (left, right) => is_nothing(left) || is_nothing(right) || common(left, right).is_some(),
    }
}

/// Two vocabularies without a word in common.
pub(super) fn share_no_word(left: &Type, right: &Type) -> bool {
    match (left, right) {
        (Type::OneOf(left), Type::OneOf(right)) => {
            !left.is_empty() && !right.is_empty() && !left.iter().any(|word| right.contains(word))
        }
        _ => false,
    }
}

/// The name of a type in a sentence; long vocabularies are cut.
pub(super) fn named(ty: &Type) -> String {
    match ty {
        Type::OneOf(words) if words.len() == 1 => "text".to_owned(),
        Type::OneOf(words) if words.len() > 6 => format!("one of {}, …", words[..5].join(", ")),
        Type::List(item) if is_nothing(item) => "an empty list".to_owned(),
        Type::List(item) => format!("a list (each item {})", named(item)),
        other => other.to_string(),
    }
}
