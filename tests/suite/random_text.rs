//! Files of a random ISMS as text: YAML in many dresses, JSON, Markdown, and
//! each of them broken.

use crate::git_cli::Dice;
use crate::random_isms::{File, Rec};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// How a file holds its records.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Form {
    One,
    Register,
    Json,
    Markdown,
    Metric,
}

impl Form {
    pub(crate) fn holds_many(self) -> bool {
        matches!(self, Self::Register | Self::Json)
    }

    /// Whether its records can stand in another file of their kind.
    pub(crate) fn moves(self) -> bool {
        matches!(self, Self::Register | Self::Json | Self::One)
    }
}

/// Formatting, which means nothing.
#[derive(Clone)]
pub(crate) struct Style {
    dash: usize,
    wrapped: bool,
    quotes: usize,
    turn: usize,
    crlf: bool,
    long: usize,
    flow: bool,
}

impl Style {
    pub(crate) fn random(dice: &mut Dice) -> Self {
        Self {
            dash: [0, 2, 4][dice.roll(3)],
            wrapped: dice.roll(2) == 0,
            quotes: dice.roll(3),
            turn: dice.roll(4),
            crlf: dice.roll(5) == 0,
            long: dice.roll(12),
            flow: dice.roll(2) == 0,
        }
    }
}

/// What is wrong with a file.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Breach {
    None,
    NotUtf8,
    Head,
    Unclosed,
    Tab,
    Gone,
    Item(usize),
    Quote(usize),
}

impl Breach {
    pub(crate) fn random(dice: &mut Dice, records: usize) -> Self {
        let at = dice.roll(records.max(1));
        [
            Self::NotUtf8,
            Self::Head,
            Self::Unclosed,
            Self::Tab,
            Self::Gone,
            Self::Item(at),
            Self::Item(at),
            Self::Quote(at),
        ][dice.roll(8)]
    }
}

/// The bytes of a file.
pub(crate) fn render(path: &str, file: &File) -> Vec<u8> {
    let mut text = match file.form {
        Form::One => file.records.first().map(|record| fields(record, file, 0, 0)).unwrap_or_default(),
        Form::Register => register(file),
        Form::Json => json_list(file),
        Form::Markdown => markdown(file),
        Form::Metric => metric(path, file),
    };
    match file.breach {
        Breach::Head => text.insert_str(0, "a: b: [\n"),
        Breach::Unclosed => text.push_str("\n\"unclosed\n"),
        Breach::Tab => text.push_str("\n\tx: 1\n"),
        Breach::Gone => text.truncate(text.floor_char_boundary(text.len() / 2)),
        _ => {}
    }
    if file.style.crlf {
        text = text.replace('\n', "\r\n");
    }
    let mut bytes = text.into_bytes();
    if file.breach == Breach::NotUtf8 {
        bytes.push(0xff);
    }
    bytes
}

fn register(file: &File) -> String {
    let style = &file.style;
    let mut text = if file.remark % 3 == 1 { format!("# remark {}\n", file.remark) } else { String::new() };
    if style.wrapped {
        text.push_str("actions:\n");
    }
    if file.records.is_empty() {
        return if style.wrapped { "actions: []\n".to_owned() } else { "[]\n".to_owned() };
    }
    for (at, record) in file.records.iter().enumerate() {
        let item = fields(record, file, at, style.dash + 2);
        writeln!(text, "{}- {}", " ".repeat(style.dash), item.trim()).expect("a string");
        if file.remark > 3 && at + file.remark > file.records.len() {
            writeln!(text, "{}# - id: A-{}", " ".repeat(file.remark), file.remark).expect("a string");
        }
    }
    text
}

fn metric(path: &str, file: &File) -> String {
    let mut text = format!("id: {}\ntitle: Share\nmeasurements:\n", path.replace(['/', '.'], "-"));
    for record in &file.records {
        let number = record.id.trim_start_matches("A-").len() + record.fields.len();
        let title = record.fields.first().map(|(_, value)| value.len()).unwrap_or_default();
        writeln!(text, "  - period: 2026-{:02}\n    value: {title}", 1 + number % 12).expect("a string");
    }
    if matches!(file.breach, Breach::Item(_) | Breach::Quote(_)) {
        text.push_str("  - period: \"2026\n");
    }
    text
}

fn markdown(file: &File) -> String {
    let Some(record) = file.records.first() else { return "no front matter\n".to_owned() };
    let get = |name: &str| {
        let found = record.fields.iter().find(|(known, _)| *known == name);
        found.map_or("none", |(_, value)| value)
    };
    let broken = if matches!(file.breach, Breach::Item(_) | Breach::Quote(_)) { "x: \"open\n" } else { "" };
    let title = get("title").replace('\'', "''");
    format!(
        "---\nid: {}\ntitle: '{title}'\nreviewed: {}\n{broken}---\n# Text\n\n{}\n",
        record.id,
        get("due"),
        get("notes")
    )
}

fn json_list(file: &File) -> String {
    let record = |record: &Rec| {
        let mut object = Map::from_iter([("id".to_owned(), json!(record.id))]);
        for (name, value) in &record.fields {
            let value = match *name {
                "expected" => json!({"value": value.parse::<f64>().expect("a number")}),
                "tags" => value.split(' ').map(Value::from).collect(),
                _ => json!(value),
            };
            object.insert((*name).to_owned(), value);
        }
        Value::Object(object)
    };
    let list = Value::Array(file.records.iter().map(record).collect());
    let mut text = if file.style.flow { list.to_string() } else { format!("{list:#}\n") };
    if matches!(file.breach, Breach::Item(_) | Breach::Quote(_)) {
        text = text.replacen(':', " ", 3);
    }
    text
}

/// The fields of a record, each line behind `pad` blanks.
fn fields(record: &Rec, file: &File, at: usize, pad: usize) -> String {
    let style = &file.style;
    let mut lines = vec![format!("id: {}", record.id)];
    for (name, value) in &record.fields {
        lines.push(field(name, value, style, pad));
    }
    let turn = style.turn % lines.len();
    lines.rotate_left(turn);
    match file.breach {
        Breach::Item(broken) if broken == at => lines.insert(1, "owner here: [".to_owned()),
        Breach::Quote(broken) if broken == at => lines.push("effort: \"never closed".to_owned()),
        _ => {}
    }
    if file.remark % 4 == 2 && at.is_multiple_of(3) {
        lines.push(format!("# remark {}", file.remark));
    }
    let mut text = String::new();
    for line in lines {
        writeln!(text, "{}{line}", " ".repeat(pad)).expect("a string");
    }
    text
}

fn field(name: &str, value: &str, style: &Style, pad: usize) -> String {
    let (pad, inner) = (" ".repeat(pad), " ".repeat(pad + 2));
    match name {
        "expected" if style.flow => format!("expected: {{value: {value}}}"),
        "expected" => format!("expected:\n{inner}value: {value}"),
        "tags" if style.flow => format!("tags: [{}]", value.replace(' ', ", ")),
        // The list of a field may stand as far left as the field itself.
        "tags" => format!("tags:\n{pad}- {}", value.replace(' ', &format!("\n{pad}- "))),
        "notes" | "plan" => long(name, value, style, &inner),
        _ => format!("{name}: {}", quoted(value, style.quotes)),
    }
}

/// A text of several lines, some of which look like items of a list.
fn long(name: &str, value: &str, style: &Style, inner: &str) -> String {
    let folded = |value: &str, blank: &str| value.replace('\n', &format!("\n{blank}"));
    match (style.long + usize::from(name == "plan")) % 12 {
        0..=2 => format!("{name}: |\n{inner}{}", folded(value, inner)),
        3..=5 => format!("{name}: >-\n{inner}{}", folded(value, inner)),
        6..=8 => format!("{name}: '{}'", folded(&value.replace('\'', "''"), inner)),
        // Lines of a quoted text that stand where the dashes of the register
        // do: some parsers take them, some refuse.
        9 => format!("{name}: \"{}\"", folded(value, " ")),
        _ => format!("{name}: \"{}\"", value.replace('\n', "\\n")),
    }
}

fn quoted(value: &str, quotes: usize) -> String {
    let plain = !value.contains([':', '#']) && !value.starts_with(['-', '\'']);
    match quotes {
        0 if plain => value.to_owned(),
        1 => format!("\"{value}\""),
        _ => format!("'{}'", value.replace('\'', "''")),
    }
}
