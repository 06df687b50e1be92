//! How much of a text stood in another one already: the share of its word
//! trigrams (three words in a row, in lower case) that the other has too.
//!
//! It knows no language and weighs no words. What share is too much stands in
//! the rules.

use super::register::count;
use super::{Context, Item, structure, text};
use crate::expr::{Text, Type, Value};
use crate::inventory::Record;
use chrono::NaiveDate;
use std::collections::HashSet;
use std::sync::Arc;

/// Words looked at of one text; whoever repeats so many repeats the rest too.
const WORDS: usize = 5000;

fn words(text: &str) -> Vec<String> {
    let words = text.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(WORDS).map(str::to_lowercase).collect()
}

/// The share, from 0 to 1, of the trigrams of `new` that stand in `old`; 0 for
/// a text of less than three words.
pub(super) fn share(new: &str, old: &str) -> f64 {
    let (new, old) = (words(new), words(old));
    let known: HashSet<&[String]> = old.windows(3).collect();
    let all = new.windows(3).count();
    let repeated = new.windows(3).filter(|trigram| known.contains(trigram)).count();
    if all == 0 { 0.0 } else { count(repeated) / count(all) }
}

pub(super) fn repeated_type() -> Type {
    Type::List(Box::new(structure(
        "text of a review beside the last one",
        &[
            ("field", Type::Text, false, "Where the text stands under `inputs`."),
            ("words", Type::Number, false, "How many words it has."),
            (
                "share",
                Type::Number,
                false,
                "The share, from 0 to 1, of its word trigrams that the last review had there too.",
            ),
            ("review", Type::Text, false, "The last review of this type, by title or id."),
            ("on", Type::Date, false, "The day of the last review."),
        ],
    )))
}

/// The inputs of a review beside those of the last one of its type.
pub(super) fn repeated(context: &Arc<Context>, at: usize) -> Value {
    let empty = || Value::List(Arc::from([]));
    let Some(record) = context.inventory.records().get(at) else { return Value::Absent };
    let Some((on, before)) = before(context, record) else { return empty() };
    let title = before.text("title").map_or_else(|| text(before.key.id.unescaped()), Value::Text);
    let Value::Struct(_) = record.get("inputs") else { return empty() };
    let items = super::meetings::INPUTS.iter().filter_map(|(_, field, _)| {
        let notes = |record: &Record| match record.path(&["inputs", field, "notes"]) {
            Value::Text(notes) => Some(notes),
            _ => None,
        };
        let (new, old) = (notes(record)?, notes(before)?);
        let fields = vec![
            ("field", text(field)),
            ("words", Value::Number(count(words(new.as_str()).len()))),
            ("share", Value::Number(share(new.as_str(), old.as_str()))),
            ("review", title.clone()),
            ("on", Value::Date(on)),
        ];
        Some(Item::value(fields, None, Some(Text::from(*field))))
    });
    Value::List(items.collect())
}

/// The review of the same type before this one.
pub(super) fn before<'c>(context: &'c Context, record: &Record) -> Option<(NaiveDate, &'c Record)> {
    let on = record.get("date").as_day()?;
    let ty = record.text("type").map(|ty| ty.as_str().to_owned());
    let reviews = super::meetings::held_reviews(context);
    let earlier = reviews[..reviews.partition_point(|(held, _)| *held < on)].iter().rev();
    let mut same = earlier.map(|(held, at)| (*held, &context.inventory.records()[*at]));
    same.find(|(_, other)| other.text("type").map(|ty| ty.as_str().to_owned()) == ty)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn trigrams_of_words_are_compared_and_nothing_else() {
        let cases = [
            ("the same", "All risks were discussed", "All risks were discussed", 1.0),
            ("case and stops do not count", "All risks: were discussed!", "all risks were discussed.", 1.0),
            ("half of it", "a b c d", "a b c x", 0.5),
            ("another order", "were discussed all risks", "All risks were discussed", 0.0),
            ("too short", "no changes", "no changes", 0.0),
            ("nothing", "", "a b c", 0.0),
        ];
        for (name, new, old, wanted) in cases {
            assert!((share(new, old) - wanted).abs() < 1e-9, "{name}: {}", share(new, old));
        }
    }
}
