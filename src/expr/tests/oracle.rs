//! The `cel` crate's own interpreter as the oracle: expressions of the common
//! ground (no function of ours, decimals only) give the same value in both.

use crate::expr::{Env, EvalError, Expected, Presence, Program, Steps, Type, Value};
use cel::{Context, Program as Oracle};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

fn number() -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        (-20..20_i32, 0..4_i32)
            .prop_map(|(whole, quarter)| format!("{:.2}", f64::from(whole) + f64::from(quarter) / 4.0)),
        prop::sample::select(vec!["a", "b"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), prop::sample::select(vec!["+", "-", "*", "/"]), inner.clone())
                .prop_map(|(left, sign, right)| format!("({left} {sign} {right})")),
            inner.clone().prop_map(|inner| format!("(-({inner}))")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("(p ? {left} : {right})")),
        ]
    })
    .boxed()
}

fn text() -> BoxedStrategy<String> {
    let leaf =
        prop::sample::select(vec!["s", "t", "\"open\"", "\"ö😀\"", "\"\"", "'it''s'", "\"a\\n\\u00e4\""]);
    let leaf = leaf
        .prop_filter("adjacent literals are no text", |text| !text.contains("''"))
        .prop_map(str::to_owned);
    leaf.prop_recursive(2, 6, 2, |inner| {
        (inner.clone(), inner).prop_map(|(left, right)| format!("({left} + {right})"))
    })
    .boxed()
}

fn numbers() -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        Just("xs".to_owned()),
        prop::collection::vec(number(), 1..4).prop_map(|items| format!("[{}]", items.join(", "))),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), number()).prop_map(|(list, bound)| format!("{list}.filter(x, x > {bound})")),
            (inner.clone(), number()).prop_map(|(list, by)| format!("{list}.map(x, x * {by})")),
            (inner.clone(), number()).prop_map(|(list, by)| format!("{list}.map(x, x < {by}, x + {by})")),
            (inner.clone(), inner).prop_map(|(left, right)| format!("({left} + {right})")),
        ]
    })
    .boxed()
}

fn truth() -> BoxedStrategy<String> {
    let sign = || prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let leaf = prop_oneof![
        prop::sample::select(vec!["p", "q", "true", "false"]).prop_map(str::to_owned),
        (number(), sign(), number()).prop_map(|(left, sign, right)| format!("{left} {sign} {right}")),
        (text(), sign(), text()).prop_map(|(left, sign, right)| format!("{left} {sign} {right}")),
        (text(), text()).prop_map(|(item, other)| format!("{item} in [s, {other}]")),
        (number(), numbers()).prop_map(|(item, list)| format!("{item} in {list}")),
        (numbers(), numbers()).prop_map(|(left, right)| format!("{left} == {right}")),
        (numbers(), number()).prop_map(|(list, bound)| format!("{list}.all(x, x > {bound})")),
        (numbers(), number()).prop_map(|(list, bound)| format!("{list}.exists(x, x == {bound})")),
        (numbers(), number()).prop_map(|(list, bound)| format!("{list}.exists_one(x, x <= {bound})")),
        (text(), text(), prop::sample::select(vec!["startsWith", "endsWith", "contains"]))
            .prop_map(|(whole, part, name)| format!("{whole}.{name}({part})")),
        text().prop_map(|text| format!("{text}.matches(\"^[a-z]+$\")")),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} && {right})")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} || {right})")),
            inner.clone().prop_map(|inner| format!("!({inner})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("(({a}) ? {b} : {c})")),
        ]
    })
    .boxed()
}

#[derive(Debug, Clone)]
struct Scene {
    numbers: [f64; 2],
    truths: [bool; 2],
    texts: [String; 2],
    list: Vec<f64>,
}

fn scene() -> impl Strategy<Value = Scene> {
    let small = || (-8..8_i32).prop_map(|n| f64::from(n) / 2.0);
    let text =
        || prop::sample::select(vec!["", "open", "closed", "ö😀", "a\nä", "Open"]).prop_map(str::to_owned);
    ([small(), small()], any::<[bool; 2]>(), [text(), text()], prop::collection::vec(small(), 0..4))
        .prop_map(|(numbers, truths, texts, list)| Scene { numbers, truths, texts, list })
}

/// Nothing where we refuse on purpose: CEL computes on with infinity, and the
/// generator writes longer expressions than we take.
fn ours(text: &str, scene: &Scene) -> Option<bool> {
    let env = Env::new()
        .with("a", Type::Number)
        .with("b", Type::Number)
        .with("p", Type::Bool)
        .with("q", Type::Bool)
        .with("s", Type::Text)
        .with("t", Type::Text)
        .with("xs", Type::List(Box::new(Type::Number)));
    let program = match Program::compile(text, &env, Expected::TRUTH, &Presence::nothing()) {
        Ok(program) => program,
        Err(errors) if errors.iter().all(|error| error.message.contains("division by zero")) => return None,
        Err(errors) if errors.iter().all(|error| error.message.contains(" has more than ")) => return None,
        Err(errors) => panic!("{text}: {errors:?}"),
    };
    let mut values: Vec<_> = scene.numbers.map(Value::Number).into();
    values.extend(scene.truths.map(Value::Bool));
    values.extend(scene.texts.iter().map(|text| Value::Text(text.as_str().into())));
    values.push(Value::List(scene.list.iter().copied().map(Value::Number).collect()));
    match program.eval(&values, &mut Steps::new(1_000_000)) {
        Ok(Value::Bool(truth)) => Some(truth),
        Err(EvalError::DivisionByZero | EvalError::Overflow(_)) => None,
        other => panic!("{text}: {other:?}"),
    }
}

fn theirs(text: &str, scene: &Scene) -> Option<bool> {
    let mut context = Context::default();
    for (name, value) in ["a", "b"].into_iter().zip(scene.numbers) {
        context.add_variable_from_value(name, value);
    }
    for (name, value) in ["p", "q"].into_iter().zip(scene.truths) {
        context.add_variable_from_value(name, value);
    }
    for (name, value) in ["s", "t"].into_iter().zip(&scene.texts) {
        context.add_variable_from_value(name, value.clone());
    }
    context.add_variable_from_value("xs", scene.list.clone());
    let result = Oracle::compile(text).unwrap().execute(&context);
    match result {
        Ok(cel::Value::Bool(truth)) => Some(truth),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_truth_in_both(text in truth(), scene in scene()) {
        if let Some(truth) = ours(&text, &scene) {
            prop_assert_eq!(Some(truth), theirs(&text, &scene), "{}", text);
        }
    }
}

#[test]
fn few_expressions_are_left_out() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let judged = (0..200).filter(|_| {
        let mut one = |strategy: BoxedStrategy<String>| strategy.new_tree(&mut runner).unwrap().current();
        let text = one(truth());
        let scene = scene().new_tree(&mut runner).unwrap().current();
        ours(&text, &scene).is_some()
    });
    let judged = judged.count();
    assert!(judged > 150, "{judged} of 200");
}
