//! What an author of rules is told, templates, and paths.

use super::{check, env, place, values};
use crate::expr::{EvalError, PathRef, Presence, Steps, Template, Value};

#[test]
fn faults_point_at_the_place_and_say_what_to_write() {
    let cases = [
        ("record.titel == \"x\"", "titel", "the action has no field `titel`", "did you mean `title`?"),
        (
            "has(record.ratoinale)",
            "ratoinale",
            "the action has no field `ratoinale`",
            "did you mean `rationale`?",
        ),
        ("( record ) . titel == \"x\"", "titel", "the action has no field `titel`", "did you mean `title`?"),
        ("recrod.title == \"x\"", "recrod", "there is no variable `recrod`", "did you mean `record`?"),
        ("title == \"x\"", "title", "there is no variable `title`", "did you mean `record.title`?"),
        (
            "record.status == \"clsoed\"",
            "\"clsoed\"",
            "`record.status` is never `clsoed`",
            "did you mean `closed`? allowed are open, in_progress, closed",
        ),
        (
            "\"banana\" != record.status",
            "\"banana\"",
            "`record.status` is never `banana`",
            "allowed are open, in_progress, closed",
        ),
        (
            "record.status in [\"open\", \"dnoe\"]",
            "\"dnoe\"",
            "`record.status` is never `dnoe`",
            "allowed are open, in_progress, closed",
        ),
        (
            "has(record.grade) && record.status == record.grade",
            "record.status == record.grade",
            "one of open, in_progress, closed is never one of major, minor",
            "the two vocabularies have no word in common",
        ),
        (
            "record.status > \"closed\"",
            "record.status > \"closed\"",
            "the words of a vocabulary have no order",
            "list the words that you mean: `x in [\"high\", \"critical\"]`",
        ),
        (
            "record.due > \"2026-01-31\"",
            "record.due > \"2026-01-31\"",
            "a date and text have no order",
            "write a day as `date(\"2026-01-31\")`",
        ),
        (
            "m.value == \"1\"",
            "m.value == \"1\"",
            "a number is never equal to text",
            "write a number without quotes",
        ),
        (
            "today - record.due > days(30)",
            "today - record.due > days(30)",
            "a number and a duration have no order",
            "two dates differ by a number of days: compare it with a number",
        ),
        (
            "record.interval > months(6)",
            "record.interval > months(6)",
            "durations have no order: a month has no fixed length",
            "add both to a date and compare the dates",
        ),
        (
            "record.due + 30 > today",
            "record.due + 30",
            "`+` cannot join a date and a number",
            "say which unit: `days(…)`, `weeks(…)`, `months(…)` or `years(…)`",
        ),
        (
            "\"n = \" + m.value",
            "\"n = \" + m.value",
            "`+` cannot join text and a number",
            "turn the value into text: `text(…)`",
        ),
        ("record.status = \"open\"", "=", "`=` is not an operator", "write `==` to compare"),
        ("true and false", "and", "`and` is not an operator", "write `&&`"),
        ("true & false", "&", "`&` is not an operator", "write `&&` for *and*"),
        (
            "record.title == null",
            "null",
            "there is no `null`",
            "a field is written or it is not: ask `has(record.field)`",
        ),
        ("if true", "if", "`if` is not part of the language", "write `condition ? first : second`"),
        ("record.title == \"x", "\"x", "the text is not closed", "add the closing quote"),
        ("(1 + 2", "", "the expression ends too early", "a value or a closing bracket is missing"),
        ("has(record)", "record", "`has` asks about a field", "name one with its record: `has(record.due)`"),
        (
            "record.title.startswith(\"a\")",
            "startswith",
            "there is no function `startswith`",
            "did you mean `startsWith`?",
        ),
        ("sise(record.title)", "sise", "there is no function `sise`", "did you mean `size`?"),
        (
            "size(1, 2)",
            "size",
            "`size` takes 1 argument, and here are 2",
            "it is size(text or list) -> number",
        ),
        (
            "size(today)",
            "today",
            "`size` wants text or a list here, and this is a date",
            "it is size(text or list) -> number",
        ),
        (
            "record.measurements.all(x.value > 1)",
            "all",
            "`all` is not used like this",
            "it is list.all(item, condition) -> bool",
        ),
        (
            "record.measurements[0].value",
            "record.measurements[0]",
            "lists have no index",
            "use `first(…)` or `last(…)`, or a macro over the items",
        ),
        (
            "record.measurements.value",
            "value",
            "a list (each item a structure (measurement)) has no field `value`",
            "look at its items: `list.exists(item, item.value …)`",
        ),
        (
            "record.measurements.all(m, true)",
            "record.measurements.all(m, true)",
            "the name `m` is taken",
            "choose another name for the item",
        ),
        (
            "record.title && true",
            "record.title",
            "a condition is true or false, and this is text",
            "to ask whether a field is written, use `has(…)`",
        ),
        ("date(\"2026-02-30\")", "\"2026-02-30\"", "`2026-02-30` is no day", "write YYYY-MM-DD"),
        (
            "record.title.matches(\"(?=a)\")",
            "\"(?=a)\"",
            "the pattern is not valid: look-around, including look-ahead and look-behind, is not supported",
            "patterns are matched in linear time, without look-around: use a second `matches`",
        ),
        (
            "record.title.matches(\"\\\\pL{1000}{1000}\")",
            "\"\\\\pL{1000}{1000}\"",
            "the pattern is too large",
            "use smaller repetitions",
        ),
        (
            "missing(record, [\"target.valeu\"])",
            "\"target.valeu\"",
            "the target has no field `valeu`",
            "did you mean `value`?",
        ),
    ];
    for (text, culprit, message, help) in cases {
        let errors = check(text).expect_err(text);
        let error = &errors[0];
        assert_eq!((&text[error.span.clone()], error.message.as_str()), (culprit, message), "{text}");
        assert_eq!(error.help.as_deref(), Some(help), "{text}");
    }
}

#[test]
fn several_faults_are_told_at_once() {
    let text = "record.titel == \"x\" || record.status == \"opne\" && sise(record.effort) > 1";
    let errors = check(text).unwrap_err();
    let culprits: Vec<_> = errors.iter().map(|error| &text[error.span.clone()]).collect();
    assert_eq!(culprits, ["titel", "\"opne\"", "sise"]);
    // A guard that is at fault does not make what it guards a fault.
    let errors = check("has(record.efort) && record.effort > 1").unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
}

#[test]
fn texts_with_placeholders() {
    let cases = [
        (
            "{record.title} is due {record.due}, {days_between(record.due, today)} days ago",
            "Train staff is due 2026-01-31, 30 days ago",
        ),
        ("no placeholder", "no placeholder"),
        ("{{{record.status}}}", "{open}"),
        ("every {record.interval}", "every 6 months"),
        ("{\"}{\" + record.title}", "}{Train staff"),
        ("{\"a\\n \\tb\"}", "a b"),
        ("lacks {missing(record, [\"effort\", \"rationale\"])}", "lacks effort and rationale"),
        ("ümlaut {m.value} ✓", "ümlaut 3 ✓"),
        ("", ""),
    ];
    for (text, rendered) in cases {
        let template = Template::compile(text, &env(), &Presence::nothing())
            .unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
        let raw = template.render(&values(), &mut Steps::new(1000)).unwrap();
        assert_eq!(raw.unescaped(), rendered, "{text}");
    }
}

#[test]
fn faults_of_a_text_point_into_it() {
    let cases = [
        ("ü {record.titel}!", "titel", "the action has no field `titel`"),
        ("{record.effort}", "record.effort", "`record.effort` may not be written"),
        ("{record.target}", "record.target", "`record.target` may not be written"),
        (
            "{record.measurements}",
            "record.measurements",
            "something to print is expected, and this is a list (each item a structure (measurement))",
        ),
        ("{m}", "m", "something to print is expected, and this is a structure (measurement)"),
        ("a } b", "}", "a brace closes nothing"),
        ("a {record.title", "{", "the placeholder is not closed, or there are too many"),
        ("{}", "", "the expression ends too early"),
    ];
    for (text, culprit, message) in cases {
        let errors = Template::compile(text, &env(), &Presence::nothing()).expect_err(text);
        let error = &errors[0];
        assert_eq!((&text[error.span.clone()], error.message.as_str()), (culprit, message), "{text}");
    }
}

#[test]
fn long_and_unknown_values_in_a_text() {
    let template = Template::compile("<{record.title}>", &env(), &Presence::nothing()).unwrap();
    let mut variables = values();
    variables[0] = super::part(0, [("title", super::text(&"ä".repeat(500)))]);
    let raw = template.render(&variables, &mut Steps::new(1000)).unwrap();
    assert_eq!(raw.unescaped(), format!("<{}…>", "ä".repeat(200)));
    variables[0] = Value::Unknown("the clone is shallow".into());
    let raw = template.render(&variables, &mut Steps::new(1000)).unwrap();
    assert_eq!(raw.unescaped(), "<unknown (the clone is shallow)>");
    assert_eq!(template.render(&variables, &mut Steps::new(1)).unwrap_err(), EvalError::Steps(1));
}

#[test]
fn paths_lead_to_the_nearest_thing_that_is_there() {
    // The record stands at 10, its fields behind it in the order of their names:
    // due 11, interval 12, measurements 13, status 14, title 15.
    let cases = [
        ("record", 10, "the record itself"),
        ("record.title", 15, "a field"),
        ("record.rationale", 10, "a field that is not written"),
        ("record.target.value", 10, "a part that is not written"),
        ("record.measurements", 13, "a list"),
        ("m.value", 22, "a field of an item"),
        ("m.due", 20, "an item's field that is not written"),
    ];
    for (text, at, why) in cases {
        let path = PathRef::compile(text, &env()).unwrap();
        assert_eq!(path.resolve(&values()), Some(place(at)), "{text}: {why}");
        assert_eq!(path.as_str(), text);
    }
    for (text, message) in [
        ("recrod.title", "there is no variable `recrod`"),
        ("record.titel", "the action has no field `titel`"),
        ("record.measurements.value", "a list (each item a structure (measurement)) has no field `value`"),
        ("record.", "the action has no field ``"),
        ("", "there is no variable ``"),
        ("today", "`today` stands in no file"),
    ] {
        assert_eq!(PathRef::compile(text, &env()).unwrap_err()[0].message, message, "{text}");
    }
    let path = PathRef::compile("record.title", &env()).unwrap();
    assert_eq!(path.resolve(&[Value::Unknown("x".into())]), None);
}
