//! Every setting with its value in force and the line it comes from.

use crate::budget::Limits;
use crate::catalogue::{Own, Policy};
use crate::check::waiting;
use crate::cli::explain::level;
use crate::cli::page::Page;
use crate::cli::yaml;
use crate::escape::plain;
use crate::expr::{Value as Worth, printed};
use crate::facts::{COMMON_INTERVAL, INTERVALS};
use crate::kind::scalar;
use crate::record::{self, NodeId, NodeKind, Syntax, Tree};
use crate::settings::{FILE_NAME, Level, Mistake, NEWEST_CATALOGUE};
use crate::source::{SourceFile, Span};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The settings in the order in which they are shown, and what holds where one
/// is not set; none where then nothing does.
const NAMES: [(&str, Option<&str>); 20] = [
    ("organisation", None),
    ("time_zone", Some("UTC")),
    ("level", Some("essential")),
    ("existing", Some("report")),
    ("catalogue", Some(NEWEST_CATALOGUE)),
    ("history_from", None),
    ("mechanical_commits", None),
    ("editions", Some("2022")),
    ("started", None),
    ("certification", None),
    ("people", None),
    ("areas", None),
    ("risk", None),
    ("intervals", None),
    ("verify_within", None),
    ("mapping", None),
    ("ignore", None),
    ("rules_from", None),
    ("kinds_from", None),
    ("rules", None),
];
/// Columns of a setting, before where it comes from.
const COLUMNS: usize = 44;

/// One setting, or one entry of it.
struct Row {
    name: &'static str,
    /// For an entry of a group its key; for an item of a list its number.
    entry: Option<Entry>,
    value: Value,
    /// The line of the settings file; none for a default.
    line: Option<u32>,
}

enum Entry {
    Key(String),
    Item(usize),
}

/// What `config show` shows.
pub(super) struct Shown {
    rows: Vec<Row>,
    has_file: bool,
    levels: BTreeMap<&'static str, usize>,
    own: usize,
    applied: usize,
    off: usize,
    waiting: Vec<(&'static str, usize)>,
}

impl Shown {
    pub(super) fn of(policy: &Policy, own: &Own) -> Result<Self, Vec<Mistake>> {
        let file = policy.settings.file.as_ref();
        let tree = file.map(|file| {
            let whole = Span::new(0, u32::try_from(file.text().len()).unwrap_or(u32::MAX));
            record::parse(file, whole, Syntax::Yaml, &Limits::STANDARD)
        });
        let written = file.zip(tree.as_ref()).map(|(file, tree)| Written { file, tree });
        let rules = own.catalogue(&policy.kinds)?;
        let of = |wanted: Level| rules.iter().filter(|rule| rule.level <= wanted).count();
        let rows = NAMES.iter().flat_map(|(name, default)| rows(name, *default, written.as_ref(), policy));
        Ok(Self {
            rows: rows.collect(),
            has_file: file.is_some(),
            levels: [Level::Essential, Level::Full].map(|wanted| (level(wanted), of(wanted))).into(),
            own: own.rules.len(),
            applied: policy.rules.iter().filter(|applied| applied.off.is_none()).count(),
            off: policy.rules.iter().filter(|applied| applied.off.is_some()).count(),
            waiting: waiting(policy).into_iter().map(|(need, count)| (need.word(), count)).collect(),
        })
    }

    pub(super) fn view(&self) -> Value {
        let settings = self.rows.iter().map(|row| {
            let (key, item) = match &row.entry {
                Some(Entry::Key(key)) => (Some(key), None),
                Some(Entry::Item(number)) => (None, Some(number)),
                None => (None, None),
            };
            json!({"name": row.name, "key": key, "item": item, "value": row.value, "line": row.line})
        });
        let waiting = self.waiting.iter().map(|(need, count)| json!({"setting": need, "rules": count}));
        json!({
            "format": 1, "file": self.has_file.then_some(FILE_NAME), "settings": settings.collect::<Vec<_>>(),
            "rules": {"levels": self.levels, "own": self.own, "applied": self.applied, "off": self.off},
            "waiting": waiting.collect::<Vec<_>>(),
        })
    }

    pub(super) fn draw(&self, mut page: Page) -> Page {
        page.heading(if self.has_file { "Settings" } else { "Settings: there is no isms.yaml" });
        let mut group = "";
        for row in &self.rows {
            if row.entry.is_some() && group != row.name {
                page.line(0, &format!("{}:", row.name));
            }
            group = row.name;
            row.draw(&mut page);
        }
        page.heading("Rules");
        let level = |(word, count): (&&str, &usize)| format!("level {word} has {count}");
        let levels: Vec<String> = self.levels.iter().map(level).collect();
        page.line(0, &format!("{}; {} of them your own", levels.join(", "), self.own));
        page.line(0, &format!("{} are applied here, {} are switched off", self.applied, self.off));
        for (need, count) in &self.waiting {
            let rules = if *count == 1 { "rule waits" } else { "rules wait" };
            page.line(0, &format!("{count} {rules} for `{need}` in {FILE_NAME}"));
        }
        page
    }
}

impl Row {
    fn draw(&self, page: &mut Page) {
        let source = match (self.line, &self.value) {
            (Some(line), _) => format!("{FILE_NAME}:{line}"),
            (None, Value::Null) => "not set".to_owned(),
            (None, _) if self.name == "intervals" => "default, the common one".to_owned(),
            (None, _) => "default".to_owned(),
        };
        let named = |name: &str| Value::Object(Map::from_iter([(name.to_owned(), self.value.clone())]));
        let (indent, lines) = match &self.entry {
            None if self.value.is_null() => (0, vec![format!("{}:", self.name)]),
            None => (0, yaml::lines(&named(self.name))),
            Some(Entry::Key(key)) => (2, yaml::lines(&named(key))),
            Some(Entry::Item(_)) => (2, yaml::lines(&Value::Array(vec![self.value.clone()]))),
        };
        for (number, line) in lines.iter().enumerate() {
            let line = plain(line);
            let width = COLUMNS - indent;
            page.line(indent, &if number == 0 { format!("{line:<width$}  # {source}") } else { line });
        }
    }
}

/// The settings file as it is written.
struct Written<'s> {
    file: &'s Arc<SourceFile>,
    tree: &'s Tree,
}

impl Written<'_> {
    fn entry(&self, name: &str) -> Option<(NodeId, NodeId)> {
        let (key, value) = self.tree.entry(*self.tree.roots().first()?, name)?;
        (!self.tree.is_blank(value)).then_some((key, value))
    }

    fn line(&self, node: NodeId) -> u32 {
        self.file.position(self.tree.span(node).start).line
    }

    /// A node as JSON, each scalar as what it reads like; the depth of a tree
    /// is limited.
    fn value(&self, node: NodeId) -> Value {
        let text = self.tree.text(node);
        match self.tree.kind(node) {
            NodeKind::Mapping => {
                let entries = self.tree.entries(node);
                entries.map(|(key, value)| (self.tree.text(key).to_owned(), self.value(value))).collect()
            }
            NodeKind::Sequence => self.tree.items(node).map(|item| self.value(item)).collect(),
            _ if self.tree.is_blank(node) => Value::Null,
            NodeKind::Scalar(_) if self.tree.is_plain(node) => {
                let number = || text.parse::<i64>().ok().map(Value::from);
                let number = number().or_else(|| scalar::number(text).map(Value::from));
                scalar::boolean(text).map(Value::from).or(number).unwrap_or_else(|| Value::from(text))
            }
            _ => Value::from(text),
        }
    }
}

fn rows(
    name: &'static str,
    default: Option<&str>,
    written: Option<&Written<'_>>,
    policy: &Policy,
) -> Vec<Row> {
    let row = |entry, value, line| Row { name, entry, value, line };
    if name == "intervals" {
        return intervals(written, policy);
    }
    let Some((written, (key, value))) = written.and_then(|written| Some((written, written.entry(name)?)))
    else {
        return vec![row(None, default.map_or(Value::Null, Value::from), None)];
    };
    let tree = written.tree;
    match tree.kind(value) {
        NodeKind::Mapping if tree.entries(value).next().is_some() => tree
            .entries(value)
            .map(|(key, value)| {
                let entry = Entry::Key(tree.text(key).to_owned());
                row(Some(entry), written.value(value), Some(written.line(key)))
            })
            .collect(),
        NodeKind::Sequence if tree.items(value).next().is_some() => (0..)
            .zip(tree.items(value))
            .map(|(number, item)| {
                row(Some(Entry::Item(number)), written.value(item), Some(written.line(item)))
            })
            .collect(),
        _ => vec![row(None, written.value(value), Some(written.line(key)))],
    }
}

/// Those that are set, and the common one for what has none: all are in force.
fn intervals(written: Option<&Written<'_>>, policy: &Policy) -> Vec<Row> {
    let set = &policy.settings.profile.intervals;
    let names = INTERVALS.into_iter().chain(set.keys().map(String::as_str));
    let names: std::collections::BTreeSet<&str> = names.collect();
    let line = |name: &str| {
        let written = written?;
        let (_, group) = written.entry("intervals")?;
        Some(written.line(written.tree.entry(group, name)?.0))
    };
    let row = |name: &str| {
        let own = set.get(name).copied();
        Row {
            name: "intervals",
            entry: Some(Entry::Key(name.to_owned())),
            value: Value::from(printed(&Worth::Duration(own.unwrap_or(COMMON_INTERVAL)))),
            line: own.and_then(|_| line(name)),
        }
    };
    names.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::NAMES;
    use std::collections::BTreeSet;

    #[test]
    fn every_setting_is_shown() {
        let schema: serde_json::Value = serde_json::from_str(crate::settings::SCHEMA).expect("is JSON");
        let known: BTreeSet<&str> =
            schema["properties"].as_object().expect("has some").keys().map(String::as_str).collect();
        assert_eq!(NAMES.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>(), known);
    }
}
