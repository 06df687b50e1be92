//! Where a field that may be absent can be used.

use super::{check, day, env, list, part, text};
use crate::expr::{Expected, Presence, Program, Steps, Value};

/// Expressions with a word on each.
const ACCEPTED: &[(&str, &str)] = &[
    ("has(record.effort) && record.effort > 1", "behind a guard"),
    ("!has(record.effort) || record.effort > 1", "behind a negated guard"),
    ("has(record.effort) ? record.effort > 1 : false", "in the branch of the guard"),
    ("!has(record.effort) ? false : record.effort > 1", "in the other branch"),
    ("!(!has(record.effort)) && record.effort > 1", "negated twice"),
    ("has(record.urgent) && record.urgent", "a flag"),
    ("has(record.status)", "asking for a required field"),
    ("has(record.target.value)", "asking for all of a path at once"),
    ("has(record.target.value) && record.target.value > 1", "the path"),
    ("has(record.target.value) && record.target.unit == \"%\"", "the path implies its parts"),
    ("has(record.target.unit) && record.target.unit == \"%\"", "a required part of an optional one"),
    ("has(record.target) && record.target.unit == \"%\"", "the optional part alone"),
    ("(has(record.effort) && has(record.target)) && record.effort > 1", "nested and"),
    ("has(record.effort) && (has(record.target) && record.effort > 1)", "through brackets"),
    ("has(record.effort) && record.effort > 1 && record.effort < 9 && record.effort != 5", "along a chain"),
    ("!(has(record.effort) && has(record.target)) || record.effort > 1", "what a false *and* denies"),
    ("!has(record.effort) || !has(record.target) || record.target.unit == \"%\"", "along a chain of or"),
    ("!(!has(record.effort) || !has(record.target)) && record.effort > 1", "De Morgan"),
    ("(has(record.effort) || has(record.effort) && true) && record.effort > 1", "in both ways"),
    ("(has(record.effort) ? true : false) && record.effort > 1", "a branch that is never true"),
    (
        "(true ? has(record.effort) : true) && (record.status == \"open\" || true) ? true : true",
        "no use, no guard",
    ),
    ("default(record.effort, 0) > 1", "a fallback"),
    ("default(record.target.value, 0) > 1", "a fallback for a path"),
    ("default(record.urgent, false) && record.urgent", "a fallback that is false"),
    ("default(record.urgent, true) || !record.urgent", "a fallback that is true"),
    ("default(record.effort, default(record.target.value, 0)) > 1", "fallback of a fallback"),
    ("size(missing(record, [\"effort\"])) == 0 && record.effort > 1", "nothing missing"),
    (
        "missing(record, [\"effort\", \"target.value\"]) == [] && record.target.value > record.effort",
        "nothing missing, as a list",
    ),
    ("size(missing(record, [\"effort\"])) > 0 || record.effort > 1", "or something"),
    ("missing(record, [\"effort\"]) != [] || record.effort > 1", "or something, as a list"),
    ("0 == size(missing(record, [\"effort\"])) && record.effort > 1", "mirrored"),
    ("size(record.measurements) > 0 && first(record.measurements).value > 1", "a list with an item"),
    ("size(record.measurements) > 0 && last(record.measurements).value > 1", "has a last one"),
    ("0 < size(record.measurements) && max(record.measurements.map(x, x.value)) > 1", "and a greatest"),
    ("size(record.measurements) >= 1 && first(record.measurements).value > 1", "at least one"),
    ("size(record.measurements) == 2 && first(record.measurements).value > 1", "two"),
    ("size(record.measurements) == 0 || first(record.measurements).value > 1", "or none"),
    ("record.measurements == [] || first(record.measurements).value > 1", "or none, as a list"),
    (
        "record.measurements.exists(x, x.value > 1) && first(record.measurements).value > 1",
        "some item meets it",
    ),
    ("record.measurements.all(x, x.value > 1) || first(record.measurements).value > 1", "some item does not"),
    ("has(first(record.measurements).due) && first(record.measurements).due < today", "a field of an item"),
    (
        "has(first(record.measurements).due) && last(record.measurements).value > 1",
        "there is a last one then",
    ),
    ("default(first(record.measurements).value, 0) > 1", "fallback for an item's field"),
    ("max([1, 2]) > 1", "a list that is written out"),
    ("default(record.tags, []).exists(t, t == \"a\")", "fallback for a list"),
    (
        "size(default(record.tags, [])) > 0 && first(record.tags) == \"a\"",
        "a list with a fallback has an item",
    ),
    ("has(record.tags) && \"a\" in record.tags && first(record.tags) == \"b\"", "it is in the list"),
    ("record.measurements.all(x, !has(x.due) || x.due < today)", "inside a macro"),
    ("record.measurements.exists(x, has(x.due) && x.due < today)", "inside exists"),
    ("record.measurements.map(x, has(x.due), x.due).exists(d, d < today)", "the condition of map"),
    ("record.measurements.filter(x, has(x.due)).all(y, y.due < today)", "filter narrows its items"),
    ("has(record.effort) && record.measurements.all(x, x.value > record.effort)", "a guard outside a macro"),
];

#[test]
fn accepted_where_something_shows_that_it_is_written() {
    for (text, why) in ACCEPTED {
        if let Err(errors) = check(text) {
            panic!("{text} ({why}): {errors:?}");
        }
    }
}

/// A choice for each part of a record that can be absent.
fn scenes() -> Vec<Vec<Value>> {
    let number = || Value::Number(2.0);
    let item = |due: Option<&str>| {
        let due = due.map(|due| ("due", Value::Date(day(due))));
        part(0, [("period", text("2026")), ("value", number())].into_iter().chain(due))
    };
    let efforts = [None, Some(number())];
    let targets = [
        None,
        Some(part(0, [("unit", text("%"))])),
        Some(part(0, [("unit", text("%")), ("value", number())])),
    ];
    let flags = [None, Some(Value::Bool(true)), Some(Value::Bool(false))];
    let tags = [None, Some(list([])), Some(list([text("a")]))];
    let measurements = [list([]), list([item(None)]), list([item(Some("2026-01-01")), item(None)])];
    let mut scenes = Vec::new();
    for (effort, target) in
        efforts.iter().flat_map(|effort| targets.iter().map(move |target| (effort, target)))
    {
        for (flag, tags) in flags.iter().flat_map(|flag| tags.iter().map(move |tags| (flag, tags))) {
            for measurements in &measurements {
                let optional = [("effort", effort), ("target", target), ("urgent", flag), ("tags", tags)];
                let written = optional.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)));
                let required = [("status", text("open")), ("measurements", measurements.clone())];
                let record = part(0, written.chain(required));
                scenes.push(vec![record, item(None), Value::Date(day("2026-03-02"))]);
            }
        }
    }
    scenes
}

#[test]
fn what_is_accepted_never_meets_an_absent_value() {
    let scenes = scenes();
    assert_eq!(scenes.len(), 162);
    for (expr, why) in ACCEPTED {
        let program = check(expr).unwrap();
        for scene in &scenes {
            let value = program.eval(scene, &mut Steps::new(1000));
            assert!(matches!(value, Ok(Value::Bool(_))), "{expr} ({why}): {value:?}");
        }
    }
}

#[test]
fn refused_where_nothing_shows_it() {
    let cases = [
        ("record.effort > 1", "record.effort", "no guard"),
        ("record.effort > 1 && has(record.effort)", "record.effort", "the guard comes too late"),
        ("has(record.effort) || record.effort > 1", "record.effort", "the wrong operator"),
        ("!has(record.effort) && record.effort > 1", "record.effort", "the wrong sign"),
        ("has(record.effort) ? true : record.effort > 1", "record.effort", "the wrong branch"),
        (
            "has(record.target) && record.target.value > 1",
            "record.target.value",
            "the part may be there without it",
        ),
        ("record.target.unit == \"%\"", "record.target.unit", "a required field of an optional part"),
        ("(has(record.effort) || has(record.target)) && record.effort > 1", "record.effort", "one of two"),
        (
            "!(has(record.effort) && has(record.target)) && record.effort > 1",
            "record.effort",
            "a false *and* says little",
        ),
        (
            "(record.status == \"open\" ? has(record.effort) : true) && record.effort > 1",
            "record.effort",
            "one branch only",
        ),
        ("default(record.effort + 1, 0) > 1", "record.effort", "a fallback is for the value itself"),
        ("default(0, record.effort) > 1", "record.effort", "the fallback must be there"),
        (
            "default(record.urgent, true) && record.urgent",
            "record.urgent",
            "the fallback may be what is true",
        ),
        (
            "size(missing(record, [\"effort\"])) <= 1 && record.effort > 1",
            "record.effort",
            "one may be missing",
        ),
        (
            "size(missing(record, [\"effort\"])) > 0 && record.effort > 1",
            "record.effort",
            "something is missing",
        ),
        ("first(record.measurements).value > 1", "first(record.measurements).value", "the list may be empty"),
        (
            "size(record.measurements) >= 0 && first(record.measurements).value > 1",
            "first(record.measurements).value",
            "nothing said",
        ),
        (
            "size(record.measurements) < 2 && last(record.measurements).value > 1",
            "last(record.measurements).value",
            "none is fewer than two",
        ),
        (
            "size(record.measurements) != 1 && last(record.measurements).value > 1",
            "last(record.measurements).value",
            "none is not one",
        ),
        (
            "size(record.measurements) > 0 && first(record.measurements).due < today",
            "first(record.measurements).due",
            "the field of the item may be absent",
        ),
        (
            "has(first(record.measurements).due) && last(record.measurements).due < today",
            "last(record.measurements).due",
            "another item",
        ),
        (
            "max(record.measurements.map(x, has(x.due), x.due)) < today",
            "max(record.measurements.map(x, has(x.due), x.due))",
            "none may be left",
        ),
        (
            "record.measurements.all(x, true) && first(record.measurements).value > 1",
            "first(record.measurements).value",
            "all of none",
        ),
        ("record.measurements.all(x, x.due < today)", "x.due", "inside a macro"),
        (
            "record.measurements.exists(x, has(x.due)) && record.measurements.all(x, x.due < today)",
            "x.due",
            "one item is not all",
        ),
        (
            "record.measurements.filter(x, !has(x.due)).all(y, y.due < today)",
            "y.due",
            "filtered the other way",
        ),
        ("record.tags.exists(t, t == \"a\")", "record.tags", "a list that may be absent"),
        ("text(record.completed)", "record.completed", "an argument"),
        ("[record.effort]", "record.effort", "an item of a list"),
        ("record.effort", "record.effort", "the whole expression"),
    ];
    for (text, culprit, why) in cases {
        let errors = check(text).expect_err(why);
        let error = &errors[0];
        assert_eq!((errors.len(), &text[error.span.clone()]), (1, culprit), "{text} ({why}): {errors:?}");
        let help = error.help.as_deref().unwrap_or_default();
        assert!(help.contains("&& …") && help.contains(&format!("default({culprit}, …)")), "{help}");
    }
}

#[test]
fn one_expression_passes_on_what_it_shows() {
    let compile = |text, assumed: &Presence| Program::compile(text, &env(), Expected::TRUTH, assumed);
    let when = compile("record.status == \"open\" && has(record.effort)", &Presence::nothing()).unwrap();
    let assert = compile("record.effort > 1 || has(record.target)", when.when_true()).unwrap();
    assert!(compile("record.effort > 1", assert.when_false()).is_ok(), "it still holds behind the second");
    assert!(compile("record.effort > 1", when.when_false()).is_err());
    let assert = compile("!has(record.completed) || record.completed > today", &Presence::nothing()).unwrap();
    assert!(compile("record.completed > today", assert.when_false()).is_ok(), "a message about the failure");
    assert!(compile("record.completed > today", assert.when_true()).is_err());
}
