//! JSON values as YAML for a reader: one field on a line, small groups in
//! braces.

use serde_json::Value;

/// Values that fit in so many columns stand on one line.
const FLOW: usize = 72;

/// The value in block style, each line without an end.
pub(super) fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().flat_map(|(name, value)| below(&format!("{}:", key(name)), value)).collect()
        }
        Value::Array(items) if !items.is_empty() => items.iter().flat_map(item).collect(),
        other => vec![flow(other)],
    }
}

/// A name with its value behind it or below it.
fn below(name: &str, value: &Value) -> Vec<String> {
    let short = flow(value);
    if is_plain(value) || (short.chars().count() + name.len() <= FLOW && !holds_groups(value)) {
        return vec![format!("{name} {short}")];
    }
    let nested = lines(value).into_iter().map(|line| format!("  {line}"));
    std::iter::once(name.to_owned()).chain(nested).collect()
}

fn item(value: &Value) -> Vec<String> {
    if !matches!(value, Value::Object(fields) if !fields.is_empty()) {
        return vec![format!("- {}", flow(value))];
    }
    let short = flow(value);
    if short.chars().count() <= FLOW && !holds_groups(value) {
        return vec![format!("- {short}")];
    }
    let marks = std::iter::once("- ").chain(std::iter::repeat("  "));
    marks.zip(lines(value)).map(|(mark, line)| format!("{mark}{line}")).collect()
}

fn is_plain(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => true,
    }
}

fn holds_groups(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| !is_plain(item)),
        Value::Object(fields) => fields.values().any(|value| !is_plain(value)),
        _ => false,
    }
}

/// The value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{}: {}", key(name), flow(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A name of a field; records write `on:` without quotes, so this does too.
fn key(name: &str) -> String {
    if matches!(name, "on" | "no" | "off" | "yes" | "y" | "n") { name.to_owned() } else { scalar(name) }
}

/// Text without quotes where every YAML reader takes it for text.
fn scalar(text: &str) -> String {
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity"];
    let characters = text.chars().all(|c| c.is_alphanumeric() || " _-./()'§%+".contains(c));
    let first = text.chars().next().is_some_and(char::is_alphanumeric);
    let number = text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains('-');
    let plain = first
        && characters
        && !number
        && !text.ends_with(' ')
        && !words.contains(&text.to_ascii_lowercase().as_str());
    if plain { text.to_owned() } else { Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::lines;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn small_groups_stand_on_one_line() {
        let value = json!({"action": {"id": "ACT-1", "title": "Patch: now", "due": "2026-01-01"},
            "metric": [{"id": "M", "rows": [{"period": "2025-Q4", "value": 1.5}], "on": true}], "none": []});
        let text = lines(&value).join("\n");
        let wanted = "action: {id: ACT-1, title: \"Patch: now\", due: 2026-01-01}\nmetric:\n  - id: M\n    \
            rows:\n      - {period: 2025-Q4, value: 1.5}\n    on: true\nnone: []";
        assert_eq!(text, wanted);
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof!["[ -~]{0,12}", "[0-9:._+-]{1,6}", "\\PC{0,6}", Just("yes".to_owned())];
        let leaf = prop_oneof![
            text.clone().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null)
        ];
        leaf.prop_recursive(4, 24, 5, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(text.clone(), inner, 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]
        #[test]
        fn what_is_written_reads_as_the_same_value(value in value()) {
            let text = lines(&value).join("\n");
            let read: Value = serde_yaml::from_str(&text).map_err(|error| {
                TestCaseError::fail(format!("{text}\n{error}"))
            })?;
            prop_assert_eq!(read, value, "{}", text);
        }
    }
}
