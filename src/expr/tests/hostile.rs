//! Whatever is written in a rule or a record: no panic, no hang, no flood.

use super::{check, env, eval, list, values};
use crate::expr::{Env, EvalError, Expected, PathRef, Presence, Program, Steps, Template, Type, Value};
use proptest::prelude::*;

fn compile_all(text: &str) {
    for errors in [
        check(text).err(),
        Template::compile(text, &env(), &Presence::nothing()).err(),
        PathRef::compile(text, &env()).err(),
    ]
    .into_iter()
    .flatten()
    {
        assert!(!errors.is_empty(), "{text:?}");
        for error in errors {
            assert!(text.get(error.span.clone()).is_some(), "{:?} of {text:?}", error.span);
        }
    }
}

/// Pieces that make up something like an expression.
const PIECES: &[&str] = &[
    "record",
    ".",
    "title",
    "effort",
    "m",
    "value",
    "today",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "&&",
    "||",
    "!",
    "-",
    "==",
    "=",
    "<",
    ">=",
    "+",
    "*",
    "/",
    "%",
    "?",
    ":",
    ",",
    "in",
    "has(",
    "size(",
    ".all(x,",
    ".map(x,",
    "x",
    ".filter(y,",
    "first(",
    "default(",
    "\"",
    "'",
    "\"open\"",
    "1",
    "0.5",
    "1e999",
    "9999999999999999999",
    "0x",
    "null",
    "date(\"2026-01-31\")",
    "days(",
    "\\",
    "`",
    "ü",
    "😀",
    "\n",
    "//",
    "#",
    "r\"",
    "b'",
    "u",
    "@",
    "matches(\"a\")",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_gives_a_program_or_faults_inside_it(text in any::<String>()) {
        compile_all(&text);
    }

    #[test]
    fn pieces_of_expressions_do_too(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..24), blank in any::<bool>()) {
        let text = pieces.join(if blank { " " } else { "" });
        compile_all(&text);
        if let Ok(program) = check(&text) {
            let _ = program.eval(&values(), &mut Steps::new(1000));
        }
    }
}

#[test]
fn deep_and_long_texts_are_refused() {
    let cases = [
        "(".repeat(10_000),
        "[".repeat(40) + &"]".repeat(40),
        "!-".repeat(900) + "1",
        "!".repeat(15_000) + "true",
        "a.".repeat(900) + "a",
        "a.".repeat(490) + "a",
        "!-".repeat(249) + "1",
        "record.title".to_owned() + &".lower()".repeat(480),
        "true ? true : ".repeat(500) + "true",
        "1 + ".repeat(900) + "1",
        "1 + ".repeat(490) + "1",
        "1 + ".repeat(5_000) + "1",
        " ".repeat(20_000),
        "x".repeat(20_000),
        format!("\"{}\"", "x".repeat(20_000)),
        "size(".repeat(31) + "1" + &")".repeat(31),
        "`".repeat(5_000),
        "😀".repeat(3_000),
        "1 +++ ".repeat(400),
    ];
    for text in cases {
        assert!(check(&text).is_err(), "{}…", &text[..text.floor_char_boundary(20)]);
        compile_all(&text);
    }
    assert!(check(&("true && ".repeat(400) + "true")).is_ok(), "a long chain is balanced by the parser");
    assert!(check(&format!("record.title in [{}\"x\"]", "\"y\", ".repeat(900))).is_ok());
}

/// Threads of a pool have 2 MiB; a debug build leaves half of that unused.
#[test]
fn the_deepest_expression_fits_a_small_stack() {
    let nested = |levels: usize, shell: &dyn Fn(usize, &str) -> String| {
        (0..levels).fold("true".to_owned(), |inner, level| shell(level, &inner))
    };
    let cases = [
        nested(31, &|_, inner| format!("({inner})")),
        nested(31, &|_, inner| format!("(false || true && 1 + 2 * 3 > 4 == {inner})")),
        nested(31, &|_, inner| format!("!(true ? {inner} : false)")),
        nested(31, &|_, inner| format!("(true && !{inner})")),
        nested(30, &|level, inner| format!("[1].all(x{level}, {inner})")),
        nested(30, &|level, inner| format!("[1].map(x{level}, true, {inner}) == [true]")),
        nested(15, &|_, inner| format!("[{inner}].exists(x, [x] == [true] && true)")),
        nested(30, &|_, inner| format!("default({inner}, false)")),
        "1 < 2 == ".repeat(60) + "true",
        "true ? true : ".repeat(32) + "true",
        "record.title".to_owned() + &".lower()".repeat(60) + " == \"x\"",
    ];
    let deep = std::thread::Builder::new().stack_size(1 << 20).spawn(move || {
        for text in cases {
            compile_all(&text);
            if let Ok(program) = check(&text) {
                program.eval(&values(), &mut Steps::new(10_000)).unwrap();
            }
        }
    });
    deep.unwrap().join().unwrap();
}

#[test]
fn loops_in_loops_run_out_of_steps() {
    let env = Env::new().with("xs", Type::List(Box::new(Type::Number)));
    let numbers = [list((0..2000).map(|n| Value::Number(f64::from(n))))];
    for text in [
        "xs.all(a, xs.all(b, xs.all(c, xs.all(d, true))))",
        "xs.map(a, xs.map(b, a + b)).exists(c, c == [])",
        "xs.map(a, xs).exists(c, sorted(c) == [])",
        "xs.exists(a, -1 in xs)",
        "xs.all(a, xs + xs != [])",
        "xs.all(a, sum(xs) > 0)",
        "xs.all(a, size(listed(xs)) > 0)",
    ] {
        let program = Program::compile(text, &env, Expected::TRUTH, &Presence::nothing()).unwrap();
        let mut steps = Steps::new(100_000);
        assert_eq!(program.eval(&numbers, &mut steps).unwrap_err(), EvalError::Steps(100_000), "{text}");
        assert_eq!(steps.spent(), 100_000);
    }
}

#[test]
fn texts_do_not_grow_without_end() {
    let env = Env::new().with("a", Type::Text);
    let long = [Value::Text("x".repeat(40_000).as_str().into())];
    for text in ["a + a", "[a, a].join(\"\")", "listed([a, a])", "listed([a + a])"] {
        let program = Program::compile(text, &env, Expected::Printable, &Presence::nothing()).unwrap();
        assert_eq!(
            program.eval(&long, &mut Steps::new(100_000)).unwrap_err(),
            EvalError::TooLong(64 << 10),
            "{text}"
        );
    }
    // Reading a long text is allowed, and paid for.
    let body = [Value::Text("word ".repeat(50_000).as_str().into())];
    let program =
        Program::compile("lower(a).contains(\"wörd\")", &env, Expected::TRUTH, &Presence::nothing()).unwrap();
    let mut steps = Steps::new(100_000);
    assert!(matches!(program.eval(&body, &mut steps), Ok(Value::Bool(false))));
    assert!(steps.spent() > 7_000, "{}", steps.spent());
}

#[test]
fn patterns_are_matched_in_linear_time() {
    let env = Env::new().with("a", Type::Text);
    let text = [Value::Text(("a".repeat(100_000) + "!").as_str().into())];
    let program =
        Program::compile("a.matches(\"^(a+)+$\")", &env, Expected::TRUTH, &Presence::nothing()).unwrap();
    assert!(matches!(program.eval(&text, &mut Steps::new(100_000)), Ok(Value::Bool(false))));
}

#[test]
fn nothing_outside_the_table_can_be_called() {
    for name in [
        "env",
        "now",
        "read",
        "http",
        "exec",
        "random",
        "eval",
        "timestamp",
        "duration",
        "type",
        "dyn",
        "bytes",
    ] {
        let errors = check(&format!("{name}(\"x\")")).unwrap_err();
        assert_eq!(errors[0].message, format!("there is no function `{name}`"));
    }
    for text in ["record.title == \"Train staff\"", "size(record.measurements) + m.value"] {
        let first = format!("{:?}", eval(text));
        assert!((0..100).all(|_| format!("{:?}", eval(text)) == first), "the same each time");
    }
}
