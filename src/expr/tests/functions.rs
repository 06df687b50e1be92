//! Known answers for every function, macro and operator.

use super::{check, eval, shown};
use crate::expr::{EvalError, Function, MACROS, functions};

#[test]
fn every_function_does_what_its_examples_say() {
    let documented = functions().map(|(_, doc)| doc).chain(MACROS);
    for doc in documented {
        assert!(doc.doc.ends_with('.') && doc.signature.contains(doc.name), "{}", doc.name);
        assert!(!doc.examples.is_empty(), "{} has no example", doc.name);
        for (example, printed) in doc.examples {
            assert!(example.contains(doc.name), "{example} is no example of {}", doc.name);
            assert_eq!(shown(example), *printed, "{example}");
        }
    }
}

#[test]
fn names_are_unique_and_the_table_is_whole() {
    let mut names: Vec<_> =
        functions().map(|(_, doc)| doc.name).chain(MACROS.iter().map(|doc| doc.name)).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    let variants: Vec<_> = functions().map(|(function, _)| function).collect();
    assert!(variants.is_sorted() && variants.first() == Some(&Function::Size));
    assert_eq!(variants.len(), Function::Round as usize + 1);
}

#[test]
fn operators() {
    let cases = [
        ("1 + 2 * 3", "7", "precedence"),
        ("(1 + 2) * 3", "9", "brackets"),
        ("7 / 2", "3.5", "division is not cut"),
        ("-7 % 3", "-1", "the remainder has the sign of the left side"),
        ("-record.measurements.map(m2, m2.value).sum()", "-8", "method form and negation"),
        ("1 == 1.0", "yes", "one type of number"),
        ("2 > 1 && 1 >= 1 && 1 < 2 && 1 <= 1 && 1 != 2", "yes", "every comparison"),
        ("record.due < today", "yes", "dates have an order"),
        ("\"a\" < \"b\"", "yes", "texts have one too"),
        ("record.title + \"!\"", "Train staff!", "texts are joined"),
        ("[1] + [2]", "1 and 2", "lists are joined"),
        ("[1, 2] == [1, 2]", "yes", "lists are equal item by item"),
        ("[1, 2] != [1, 3]", "yes", "and differ"),
        ("2 in [1, 2]", "yes", "membership"),
        ("record.status in [\"closed\", \"open\"]", "yes", "of words"),
        ("\"x\" in []", "no", "of an empty list"),
        ("today - record.due", "30", "dates differ by days"),
        ("record.due + days(1) - weeks(1)", "2026-01-25", "days and weeks"),
        ("record.due + record.interval", "2026-07-31", "a duration of a field"),
        ("months(1) + record.due", "2026-02-28", "clamped to the end of the month"),
        ("record.due - months(11)", "2025-02-28", "backwards too"),
        ("record.due + (months(1) + days(1))", "2026-03-01", "months before days"),
        ("months(6) - days(3)", "6 months and -3 days", "durations are joined"),
        ("-months(6)", "-6 months", "and negated"),
        ("record.due > today ? \"later\" : \"now\"", "now", "choice"),
        ("!(1 > 2)", "yes", "negation"),
    ];
    for (text, printed, why) in cases {
        assert_eq!(shown(text), printed, "{text}: {why}");
    }
}

#[test]
fn functions_at_their_borders() {
    let cases = [
        ("size(\"\")", "0"),
        ("\"abc\".startsWith(\"\")", "yes"),
        ("blank(\"\u{a0}\t\")", "yes"),
        ("trim(\"\")", ""),
        ("words(\"a\").join(\"-\")", "a"),
        ("join([], \", \")", ""),
        ("listed([])", ""),
        ("listed([true, false])", "yes and no"),
        ("listed([months(6), days(1)])", "6 months and 1 day"),
        ("default(min([]), 7)", "7"),
        ("default(max(record.measurements.filter(x, x.value > 9).map(x, x.value)), 0)", "0"),
        ("default(max(record.measurements.map(x, has(x.due), x.due)), today)", "2026-06-30"),
        ("days_between(today, record.due)", "-30"),
        ("round(1234.5, 0)", "1235"),
        ("round(0.125, 2)", "0.13"),
        ("round(1e300, 2)", "1e300"),
        ("date(\"2024-02-29\") + years(4)", "2028-02-29"),
        ("text(0.1 + 0.2)", "0.3"),
        ("missing(m, [\"due\", \"value\"])", "due"),
        ("missing(record, [])", ""),
        ("sorted([\"b\", \"a\"])", "a and b"),
        ("distinct([months(1), months(1)])", "1 month"),
        ("lower(\"SS\").upper()", "SS"),
        ("upper(\"ß\")", "SS"),
        ("size(words(record.title))", "2"),
        ("[1, 2, 3].exists_one(n, n == 2)", "yes"),
        ("[[1], [2, 3]].map(xs, size(xs))", "1 and 2"),
        ("record.measurements.all(a, record.measurements.exists(b, b.value >= a.value))", "yes"),
    ];
    for (text, printed) in cases {
        assert_eq!(shown(text), printed, "{text}");
    }
}

#[test]
fn what_leaves_its_range_is_an_error() {
    let big = "record.measurements.map(x, x.value * 1e308)";
    let cases = [
        ("m.value / (m.value - 3)".to_owned(), EvalError::DivisionByZero),
        ("m.value % (m.value - 3)".to_owned(), EvalError::DivisionByZero),
        (format!("sum({big})"), EvalError::Overflow("a number is too large")),
        (
            "record.due + days(m.value * 1e5) + years(9000)".to_owned(),
            EvalError::Overflow("a date leaves the years 1 to 9999"),
        ),
        (
            "record.due - years(m.value * 1000)".to_owned(),
            EvalError::Overflow("a date leaves the years 1 to 9999"),
        ),
        ("days(m.value * 1e9)".to_owned(), EvalError::Overflow("a duration is too long")),
        ("years(m.value * 1e8)".to_owned(), EvalError::Overflow("a duration is too long")),
        ("months(m.value / 2)".to_owned(), EvalError::NotWhole("months")),
        (
            "round(m.value, m.value / 2)".to_owned(),
            EvalError::NotWhole("the number of digits, from 0 to 12,"),
        ),
    ];
    for (text, error) in cases {
        assert_eq!(eval(&text).unwrap_err(), error, "{text}");
    }
    for text in ["1 / 0", "days(0.5)", "date(\"9999-12-31\") + days(1)", "years(1e300)", "1e308 * 10"] {
        assert!(check(text).is_err(), "{text} is refused at load");
    }
}
