//! Phrases in a text, and dates that are no numbers of it.

use super::shown;
use crate::expr::phrases::{restates, said};
use crate::expr::undated::undated;
use std::collections::BTreeSet;

fn found<'t>(text: &'t str, phrases: &[&str]) -> Vec<&'t str> {
    said(text, phrases.iter().copied()).into_iter().map(|range| &text[range]).collect()
}

#[test]
fn a_phrase_is_found_where_its_words_stand() {
    let cases: [(&str, &str, &[&str], &str); 26] = [
        ("Human ERROR.", "human error", &["Human ERROR"], "in any case"),
        ("Inhuman error", "human error", &[], "words have borders"),
        ("human\n error", "human error", &[], "a line feed ends a sentence"),
        ("human, error", "human error", &["human, error"], "a comma does not"),
        ("We enhance it", "enhanc*", &["enhance"], "an open end"),
        ("Restrisiko", "*risiko", &["Restrisiko"], "an open beginning"),
        ("Restrisiken", "*risik*", &["Restrisiken"], "open at both"),
        ("Risiko", "*risiko", &["Risiko"], "nothing is an opening too"),
        ("Größere", "größere", &["Größere"], "letters of any alphabet"),
        ("fewer, then", "better|fewer", &["fewer"], "either word"),
        ("raise awareness", "raise … awareness", &["raise awareness"], "a gap of none"),
        ("raise a b c d awareness", "raise … awareness", &["raise a b c d awareness"], "of four"),
        ("raise a b c d e awareness", "raise … awareness", &[], "but not of five"),
        ("Raise it. No awareness", "raise … awareness", &[], "nor over the end of a sentence"),
        ("Raise it to 99.5 awareness", "raise … awareness", &["Raise it to 99.5 awareness"], "which is none"),
        ("raise x raise awareness", "raise … awareness", &["raise x raise awareness"], "from the first on"),
        ("the effective-date field", "effective", &[], "a hyphen joins"),
        ("up-to-date", "up-to-date", &["up-to-date"], "in a phrase too"),
        ("error- or fault", "error", &["error"], "but not at an end"),
        ("Oversight", ". oversight .", &["Oversight"], "a sentence of one word"),
        ("Known. Oversight; so", ". oversight .", &["Oversight"], "between others"),
        ("Oversight of it", ". oversight .", &[], "and no part of one"),
        ("It was a slip.", ". … slip .", &["It was a slip"], "a gap behind the beginning"),
        ("One. Two", "one . two", &["One. Two"], "over an end that the phrase names"),
        ("any", "* … . |", &[], "a phrase without a word is nowhere"),
        ("", "any", &[], "no text"),
    ];
    for (text, phrase, wanted, why) in cases {
        assert_eq!(found(text, &[phrase]), wanted, "{phrase} in {text}: {why}");
    }
}

#[test]
fn finds_are_in_the_order_of_the_text_and_none_is_inside_another() {
    let phrases = ["awareness", "improv*", "raise … awareness", "awareness"];
    assert_eq!(found("Raise the awareness and improve", &phrases), ["Raise the awareness", "improve"]);
    assert_eq!(shown("says(\"STRASSE und Öl\", [\"ÖL\", \"Strasse\"])"), "STRASSE and Öl");
}

#[test]
fn a_text_restates_another_when_it_has_no_word_of_its_own() {
    let nature = "The backup of the customer database was not tested in March";
    let cases = [
        (nature, true, "word by word"),
        ("No test of the backups", true, "in another form"),
        ("Testing the customer's backup", true, "as another word of one stem"),
        ("There was no test", true, "with a word that says nothing"),
        ("There was no restore test", false, "with one that says something"),
        ("It was not", false, "nothing told"),
    ];
    for (text, wanted, why) in cases {
        assert_eq!(restates(text, nature, &BTreeSet::from(["there"])), wanted, "{text}: {why}");
    }
}

#[test]
fn dates_of_every_spelling_are_taken_out_and_counts_stay() {
    let dates = [
        "2026-12-31",
        "31.12.2026",
        "31. 12. 2026",
        "bis 31.12.",
        "12/31/2026",
        "31/12/26",
        "12/2026",
        "2026-12",
        "31 December 2026",
        "31 December",
        "31st of December",
        "December 31st, 2026",
        "Dec. 31",
        "31. Dezember 2026",
        "1. März",
        "Q4 2026",
        "2026-Q4",
        "Q4",
        "H1 2026",
        "third quarter",
        "dritten Quartal",
        "KW 12",
        "week 12",
        "FY26",
        "2026",
        "1999",
    ];
    for date in dates {
        assert_eq!(undated(&format!("by {date} then")), "by   then", "{date}");
    }
    for count in [
        "7 days",
        "99.9 %",
        "above 12.5.",
        "99.9.",
        "14 marketing pages",
        "120 of 2500",
        "4 quarters",
        "20260",
    ] {
        assert_eq!(undated(count), count);
    }
}

#[test]
fn gaps_and_long_texts_cost_no_more_than_the_text_is_long() {
    let text = "a ".repeat(20_000);
    assert!(found(&text, &["a … a … a … a … a … a … a … a … a … b"]).is_empty());
    let word = "ab".repeat(100_000);
    assert!(
        restates(&word, &format!("{word}c other"), &BTreeSet::new()),
        "only so much of a word is compared"
    );
    assert_eq!(undated(&"1. ".repeat(50_000)).len(), 150_000);
}
