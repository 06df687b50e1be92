//! Three-valued logic, over all combinations.

use super::{env, part, text, values};
use crate::expr::{Env, EvalError, Expected, Presence, Program, Steps, Type, Value};

/// True, false or unknown.
type Three = Option<bool>;
const ALL: [Three; 3] = [Some(true), Some(false), None];

fn value(three: Three, name: &str) -> Value {
    three.map_or_else(|| Value::Unknown(name.into()), Value::Bool)
}

fn run(expr: &str, a: Three, b: Three, c: Three) -> (Three, Option<String>) {
    let env = Env::new().with("a", Type::Bool).with("b", Type::Bool).with("c", Type::Bool);
    let program = Program::compile(expr, &env, Expected::TRUTH, &Presence::nothing()).unwrap();
    match program.eval(&[value(a, "a"), value(b, "b"), value(c, "c")], &mut Steps::new(1000)).unwrap() {
        Value::Bool(known) => (Some(known), None),
        Value::Unknown(why) => (None, Some(why.to_string())),
        other => panic!("{other:?}"),
    }
}

/// Kleene's *and*, as a definition to compare with.
fn and(a: Three, b: Three) -> Three {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn not(a: Three) -> Three {
    a.map(|known| !known)
}

fn or(a: Three, b: Three) -> Three {
    not(and(not(a), not(b)))
}

fn equal(a: Three, b: Three) -> Three {
    Some(a? == b?)
}

#[test]
fn every_combination() {
    for a in ALL {
        assert_eq!(run("!a", a, None, None).0, not(a));
        for b in ALL {
            assert_eq!(run("a && b", a, b, None).0, and(a, b), "{a:?} && {b:?}");
            assert_eq!(run("a || b", a, b, None).0, or(a, b), "{a:?} || {b:?}");
            assert_eq!(run("a == b", a, b, None).0, equal(a, b), "{a:?} == {b:?}");
            assert_eq!(run("a != b", a, b, None).0, not(equal(a, b)), "{a:?} != {b:?}");
            for c in ALL {
                let chosen = match a {
                    Some(true) => b,
                    Some(false) => c,
                    None => None,
                };
                assert_eq!(run("a ? b : c", a, b, c).0, chosen, "{a:?} ? {b:?} : {c:?}");
                assert_eq!(run("a && b && c", a, b, c).0, and(and(a, b), c));
                assert_eq!(run("a || b || c", a, b, c).0, or(or(a, b), c));
            }
        }
    }
}

#[test]
fn macros_over_every_combination() {
    let env = Env::new().with("xs", Type::List(Box::new(Type::Bool)));
    let program = |text| Program::compile(text, &env, Expected::Printable, &Presence::nothing()).unwrap();
    let [all, exists, one, within] =
        ["xs.all(x, x)", "xs.exists(x, x)", "xs.exists_one(x, x)", "true in xs"].map(program);
    for a in ALL {
        for b in ALL {
            for c in ALL {
                let list = [Value::List([a, b, c].map(|three| value(three, "x")).into())];
                let run = |program: &Program| match program.eval(&list, &mut Steps::new(1000)).unwrap() {
                    Value::Bool(known) => Some(known),
                    _ => None,
                };
                assert_eq!(run(&all), and(and(a, b), c), "all {a:?} {b:?} {c:?}");
                assert_eq!(run(&exists), or(or(a, b), c), "exists {a:?} {b:?} {c:?}");
                assert_eq!(run(&within), or(or(a, b), c), "in {a:?} {b:?} {c:?}");
                let met = [a, b, c].iter().filter(|three| **three == Some(true)).count();
                let open = [a, b, c].iter().filter(|three| three.is_none()).count();
                let expected = if met > 1 {
                    Some(false)
                } else if open > 0 {
                    None
                } else {
                    Some(met == 1)
                };
                assert_eq!(run(&one), expected, "exists_one {a:?} {b:?} {c:?}");
            }
        }
    }
}

#[test]
fn the_first_reason_is_kept() {
    assert_eq!(run("a && b", None, None, None).1.as_deref(), Some("a"));
    assert_eq!(run("b || a", None, None, None).1.as_deref(), Some("b"));
    assert_eq!(run("(a == b) == c", Some(true), None, None).1.as_deref(), Some("b"));
}

#[test]
fn unknown_spreads_through_everything_else() {
    let unknown = || Value::Unknown("shallow".into());
    let variables = [unknown(), unknown(), unknown()];
    let cases = [
        "has(record.rationale)",
        "default(record.effort, 1)",
        "missing(record, [\"effort\"])",
        "record.due + days(1)",
        "today - record.due",
        "-m.value",
        "size(record.title)",
        "record.title.matches(\"x\")",
        "record.measurements.map(x, x.value)",
        "record.measurements.filter(x, x.value > 1).map(x, x.value)",
        "[m.value]",
        "m.value in [1, 2]",
        "record.measurements.map(x, x.value) == []",
        "text(today)",
        "round(m.value, 1)",
    ];
    for case in cases {
        let program = Program::compile(case, &env(), Expected::Printable, &Presence::nothing()).unwrap();
        let value = program.eval(&variables, &mut Steps::new(1000)).unwrap();
        assert!(matches!(&value, Value::Unknown(why) if &**why == "shallow"), "{case}: {value:?}");
    }
    // Items that are unknown make the whole of a list unknown, but not its size.
    let env = Env::new().with("xs", Type::List(Box::new(Type::Number)));
    let list = [Value::List([Value::Number(1.0), unknown()].into())];
    for (case, known) in [
        ("sum(xs)", false),
        ("sorted(xs)", false),
        ("listed(xs)", false),
        ("xs == [1, 2]", false),
        ("xs == [2, 2]", true),
        ("size(xs)", true),
    ] {
        let program = Program::compile(case, &env, Expected::Printable, &Presence::nothing()).unwrap();
        let value = program.eval(&list, &mut Steps::new(1000)).unwrap();
        assert_eq!(!matches!(value, Value::Unknown(_)), known, "{case}: {value:?}");
    }
}

#[test]
fn a_required_field_that_is_not_written_is_unknown_and_says_so() {
    let mut variables = values();
    variables[0] = part(0, [("status", text("open"))]);
    let run = |case: &str| {
        let program = Program::compile(case, &env(), Expected::Printable, &Presence::nothing()).unwrap();
        program.eval(&variables, &mut Steps::new(1000))
    };
    let title = run("record.title == \"x\"").unwrap();
    assert!(
        matches!(&title, Value::Unknown(why) if &**why == "`title` of the action is not written"),
        "{title:?}"
    );
    assert!(matches!(run("has(record.title)"), Ok(Value::Bool(false))));
    assert!(matches!(run("record.status == \"open\" || record.title == \"x\""), Ok(Value::Bool(true))));
    assert!(matches!(run("size(missing(record, [\"title\", \"status\"]))"), Ok(Value::Number(1.0))));
    // Under a guard that is itself unknown, an item that is not there is unknown too.
    let case = "(record.title == \"x\" ? size(record.measurements) > 0 : false) && first(record.measurements).value > 1";
    assert!(matches!(run(case), Ok(Value::Unknown(_))));
}

#[test]
fn values_that_break_their_type_are_errors() {
    let mut variables = values();
    variables[1] = part(0, [("value", text("three")), ("period", Value::Number(1.0))]);
    let cases = [
        ("m.value > 1", "comparable"),
        ("m.value + 1 > 1", "something to calculate with"),
        ("m.period.startsWith(\"a\")", "text"),
        ("m.period.matches(\"a\")", "text"),
        ("abs(m.value)", "a number"),
    ];
    for (case, expected) in cases {
        let program = Program::compile(case, &env(), Expected::Printable, &Presence::nothing()).unwrap();
        assert_eq!(
            program.eval(&variables, &mut Steps::new(1000)).unwrap_err(),
            EvalError::WrongType(expected),
            "{case}"
        );
    }
    let program = Program::compile("today", &env(), Expected::Printable, &Presence::nothing()).unwrap();
    assert_eq!(program.eval(&[], &mut Steps::new(10)).unwrap_err(), EvalError::NoValue(2));
}
