//! What becomes of one file of the ISMS, told for a person.

use super::origin;
use crate::catalogue::Policy;
use crate::cli::page::Page;
use crate::cli::repository::Place;
use crate::cli::world::World;
use crate::escape::{cut, plain};
use crate::extract::{Layout, Unmet};
use crate::history::History;
use crate::inventory::{EXTENSIONS, Placing, Record, Refusal, Why, why};
use crate::kind::words::nearest;
use crate::output::counted;
use crate::record::{NodeKind, Problem, Tree};
use crate::settings::{self, FILE_NAME, Settings};
use crate::snapshot::Snapshot;
use crate::source::{RepoPath, SourceFile};
use serde_json::{Value, json};
use serde_yaml::Location;
use std::collections::BTreeSet;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

/// Characters of a value.
const MOST_CHARACTERS: usize = 60;
/// Columns of a field, before where it comes from.
const COLUMNS: usize = 44;

/// What is to be explained.
pub(super) enum Target {
    /// One file.
    File(RepoPath),
    /// Every file below a folder.
    Folder(RepoPath),
}

/// The path of a file or folder as typed, from the folder of the ISMS.
pub(super) fn locate(
    file: &Path,
    place: &Place,
    snapshot: &Snapshot,
    world: &World<'_>,
) -> Result<Target, String> {
    let shown = file.display();
    let typed = world.folder.join(file);
    // The file itself may be a link, which is not followed.
    let folder = typed.parent().and_then(|folder| folder.canonicalize().ok());
    let (Some(folder), Some(name)) = (folder, typed.file_name()) else {
        return Err(format!("there is no file {shown}"));
    };
    let root = place.folder.as_deref().unwrap_or(&world.folder);
    let absolute = folder.join(name);
    let Ok(below) = absolute.strip_prefix(root) else {
        return Err(format!("{shown} lies outside of the ISMS in {}", root.display()));
    };
    let path = RepoPath::new(below.as_os_str().as_bytes());
    if snapshot.entries().contains_key(&path) {
        return Ok(Target::File(path));
    }
    if snapshot.entries().keys().any(|file| file.below(&path).is_some()) {
        return Ok(Target::Folder(path));
    }
    match absolute.symlink_metadata() {
        Ok(there) if there.is_dir() => Err(format!("{shown} is a folder without a file of the ISMS")),
        Ok(_) => Err(format!("{shown} is no part of the ISMS: git ignores it, or a folder above it")),
        Err(_) => Err(format!("there is no file {shown}")),
    }
}

/// A file, what it is and why.
pub(super) struct Explained {
    pub(super) path: String,
    pub(super) outcome: &'static str,
    pub(super) reasons: Vec<String>,
    pub(super) records: Vec<Value>,
    problems: Vec<Value>,
}

pub(super) fn explain(snapshot: &Snapshot, policy: &Policy, history: &History, path: &RepoPath) -> Explained {
    let settings = &policy.settings;
    let mut explained = Explained {
        path: path.shown(),
        outcome: "passed over",
        reasons: Vec::new(),
        records: Vec::new(),
        problems: Vec::new(),
    };
    match why(snapshot, &policy.placing, history, path) {
        Why::Refused(refusal) => {
            explained.reasons.push(refused(&refusal, path, settings));
            if policy.placing.nearly_maps(path) {
                explained.outcome = "not recognised";
                explained.reasons.push(
                    "files of its folder are records by `mapping`, and its name almost ends as theirs do: rename it, or list it under `ignore`".into(),
                );
            }
        }
        Why::Unnamed => {
            explained.outcome = "not recognised";
            explained.reasons = unnamed(&policy.placing, settings, path);
        }
        Why::Unselected(selections) => {
            explained.outcome = "not recognised";
            explained.reasons =
                selections.iter().map(|(of, unmet)| unselected(of, unmet, settings)).collect();
        }
        Why::Unread(problem) => {
            explained.outcome = "not read";
            explained.reasons.push(problem.to_string());
        }
        Why::Read { file, layouts, records, problems, passed } => {
            explained.outcome = if records.is_empty() { "no record" } else { "records" };
            explained.reasons = taken(&layouts, &policy.placing, settings, path);
            if passed > 0 {
                explained
                    .reasons
                    .push(format!("{} passed over: empty, or a template", counted(passed, "part")));
            }
            explained.records = records.iter().map(|record| described(record, settings)).collect();
            explained.problems = told(&file, &problems);
        }
    }
    explained
}

fn refused(refusal: &Refusal, path: &RepoPath, settings: &Settings) -> String {
    match refusal {
        Refusal::Extension => {
            let end = path.extension();
            let end = if end.is_empty() { "without an ending".to_owned() } else { format!("in .{end}") };
            format!("its name ends {end}; records are in files that end in .{}", EXTENSIONS.join(", ."))
        }
        Refusal::Hidden => "it, or a folder above it, begins with a full stop; such files hold no records".into(),
        Refusal::Own(folder) => {
            let folder = folder.shown();
            format!("it lies in {folder}, which {FILE_NAME} names for rules or schemas of your own")
        }
        Refusal::AboutTheFolder => {
            "a file of this name describes the folder: a readme, a licence, the settings, or a name that begins with _"
                .into()
        }
        Refusal::Generated(original) => {
            format!("its name says that a program made it from {}", original.shown())
        }
        Refusal::Ignored(number) => {
            let pattern = settings.ignore.get(*number).map_or("", String::as_str);
            format!("`ignore` in {FILE_NAME} matches it: `{pattern}`")
        }
    }
}

/// What would be recognised instead.
fn unnamed(placing: &Placing, settings: &Settings, path: &RepoPath) -> Vec<String> {
    let (registers, folders) = placing.names();
    let mut reasons = vec![
        "nothing recognises its name".to_owned(),
        format!("a register is a file of one of these names: {}", registers.join(", ")),
        format!("a file with one record lies in a folder of one of these names: {}", folders.join(", ")),
    ];
    let stem = String::from_utf8_lossy(path.stem()).into_owned();
    let mut parts: Vec<String> =
        path.parts().rev().skip(1).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    parts.truncate(4);
    let near_stem = nearest(&stem, registers.into_iter()).map(|near| format!("{near}.{}", path.extension()));
    let near_folder = parts.iter().find_map(|part| nearest(part, folders.iter().copied()));
    for near in near_stem.into_iter().chain(near_folder.map(|near| format!("{near}/"))) {
        reasons.push(format!("did you mean `{near}`?"));
    }
    if matches!(&*path.extension(), "md" | "markdown") {
        reasons
            .push("a Markdown file is a record in a folder of documents only; elsewhere it is prose".into());
    }
    for selection in &settings.mapping {
        let at = at(settings, selection.files.defined);
        reasons.push(format!("`mapping` at {at} does not match it: `{}`", selection.files.value));
    }
    if settings.mapping.is_empty() {
        reasons.push(format!("other names are told by `mapping` in {FILE_NAME}, and it has none"));
    }
    reasons
}

fn unselected(layout: &Layout, unmet: &[Unmet], settings: &Settings) -> String {
    let unmet = unmet.iter().map(|unmet| match unmet {
        Unmet::Value { key, wanted, found } => {
            let found = found.as_ref().map_or_else(
                || "the file has no such key".to_owned(),
                |found| format!("the file has `{}`", short(found)),
            );
            format!("`{key}: {wanted}`, and {found}")
        }
        Unmet::Lacks(what) => format!("{what}, and the file has no such thing"),
    });
    let unmet: Vec<String> = unmet.collect();
    let at = at(settings, layout.selection.files.defined);
    format!("`mapping` at {at} matches its name and asks for {}", unmet.join("; for "))
}

/// By which of the two ways the file was taken.
fn taken(layouts: &[Arc<Layout>], placing: &Placing, settings: &Settings, path: &RepoPath) -> Vec<String> {
    if layouts.is_empty() {
        let kind = placing.of(path).first().map(|place| place.kind().name.to_string()).unwrap_or_default();
        return vec![format!("read as kind {kind}, by the name of the file or its folder")];
    }
    let told = |layout: &Arc<Layout>| {
        let at = at(settings, layout.selection.files.defined);
        let (files, kind) = (&layout.selection.files.value, &layout.selection.kind.value);
        format!("read as kind {kind}, by `mapping` at {at}: `{files}`")
    };
    layouts.iter().map(told).collect()
}

/// A record with the origin of each field.
fn described(record: &Record, settings: &Settings) -> Value {
    let (tree, node) = record.node();
    let file = tree.file();
    let fields = record.origins().map(|(name, value, origin)| {
        let at = origin::span_of(&origin).map(|span| file.position(span.start));
        let from = origin::source(name, &origin, settings);
        let from = match at {
            Some(at) if from.is_empty() => format!("at {}:{}", at.line, at.column),
            Some(at) => format!("{from} at {}:{}", at.line, at.column),
            None => from,
        };
        json!({
            "name": name, "value": text(tree, value), "from": from,
            "line": at.map(|at| at.line), "column": at.map(|at| at.column),
            "known": record.kind.structure.fields.contains_key(name) || name.starts_with("x-"),
        })
    });
    let line = file.position(tree.span(node).start).line;
    json!({
        "kind": record.kind.name, "id": record.identified.then_some(&record.key.id), "line": line,
        "fields": fields.collect::<Vec<_>>(),
    })
}

/// A place in the settings.
pub(super) fn at(settings: &Settings, location: Location) -> String {
    let line = settings.file.as_ref().map(|file| {
        let place = settings::place(file, location);
        file.position(place.span.start).line
    });
    format!("{FILE_NAME}:{}", line.unwrap_or(1))
}

fn text(tree: &Tree, node: crate::record::NodeId) -> String {
    match tree.kind(node) {
        NodeKind::Scalar(_) => short(tree.text(node)),
        NodeKind::Sequence => format!("[{}]", counted(tree.items(node).count(), "item")),
        NodeKind::Mapping => format!("{{{}}}", counted(tree.entries(node).count(), "field")),
        NodeKind::Broken => "(cannot be read)".to_owned(),
    }
}

pub(super) fn short(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    cut(&text, MOST_CHARACTERS).into_owned()
}

/// The problems, each once, as a check tells them.
fn told(file: &Arc<SourceFile>, problems: &[Problem]) -> Vec<Value> {
    let mut known = BTreeSet::new();
    let problems = problems.iter().filter(|problem| known.insert((problem.span, &problem.message)));
    let view = |problem: &Problem| {
        let at = file.position(problem.span.start);
        json!({
            "rule": problem.fault.page().name, "line": at.line, "column": at.column,
            "message": problem.message, "help": problem.help,
        })
    };
    problems.map(view).collect()
}

impl Explained {
    pub(super) fn view(&self) -> Value {
        json!({
            "format": 1, "file": self.path, "outcome": self.outcome, "reasons": self.reasons,
            "records": self.records, "problems": self.problems,
        })
    }

    pub(super) fn draw(&self, mut page: Page) -> Page {
        page.heading(&format!("{}: {}", plain(&self.path), self.outcome));
        for reason in &self.reasons {
            page.paragraph(2, &plain(reason));
        }
        let word = |value: &Value| plain(value.as_str().unwrap_or_default());
        for record in &self.records {
            let id = record["id"].as_str().map_or_else(|| "without an id".to_owned(), plain);
            page.heading(&format!(
                "{} {id}, line {}",
                word(&record["kind"]).replace('_', " "),
                record["line"]
            ));
            for field in record["fields"].as_array().into_iter().flatten() {
                let written = format!("{}: {}", word(&field["name"]), word(&field["value"]));
                let unknown = if field["known"] == false { "; the kind has no such field" } else { "" };
                page.line(2, &format!("{written:<COLUMNS$}  # {}{unknown}", word(&field["from"])));
            }
        }
        if !self.problems.is_empty() {
            page.heading("What is wrong");
        }
        for problem in &self.problems {
            let (line, column) = (&problem["line"], &problem["column"]);
            let (rule, message) = (word(&problem["rule"]), word(&problem["message"]));
            page.paragraph(2, &format!("{line}:{column} {rule}: {message}. {}", word(&problem["help"])));
        }
        page
    }
}
