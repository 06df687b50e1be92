//! `import`: a register of a spreadsheet becomes records, once. What a cell
//! holds that is no value of its field is named by its cell; while one is
//! wrong, nothing is written, and nothing that is there is ever changed.

mod grid;
mod workbook;

use super::args::{ColorArg, ImportArgs};
use super::create::create;
use super::world::World;
use super::yaml;
use crate::budget::Limits;
use crate::escape::plain;
use crate::finding::Severity;
use crate::history::History;
use crate::inventory::{Inventory, Placing, Record, decode, load};
use crate::kind::{Field, Kind, Kinds, Shape, scalar};
use crate::record::{NodeId, NodeKind, Tree};
use crate::report::Exit;
use crate::settings::{self, CsvRows, PRESETS};
use crate::snapshot::Snapshot;
use crate::source::{RepoPath, SourceFile};
use crate::survey::{encoding_of, header_of, register, way_of};
use grid::Register;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

/// Problems that are told.
const MOST_TOLD: usize = 50;
/// The name of the register while it is read.
const NAME: &str = "register.csv";

/// Reads the register, and shows or writes its records.
pub(super) fn run(args: &ImportArgs, world: &mut World<'_>) -> Exit {
    match imported(args, world) {
        Ok(exit) | Err(exit) => exit,
    }
}

/// The register as text, how it is written, and errors that its cells hold.
struct Source {
    register: Register,
    way: CsvRows,
    errors: Vec<String>,
}

fn imported(args: &ImportArgs, world: &mut World<'_>) -> Result<Exit, Exit> {
    let kinds = Kinds::embedded();
    let kind = kinds.get(&args.kind).ok_or_else(|| {
        let known: Vec<&str> = kinds.iter().map(|kind| &*kind.name).collect();
        world.refuse(&format!(
            "there is no kind `{}`: {}",
            args.kind,
            settings::nearest_help(&args.kind, &known)
        ))
    })?;
    let presets = presets(args).map_err(|why| world.refuse(&why))?;
    if let Some(out) = args.out.as_ref().filter(|out| !is_yaml(out)) {
        return Err(world.refuse(&format!(
            "{}: records are written as YAML, to a name that ends in .yaml",
            out.display()
        )));
    }
    let shown = args.file.display().to_string();
    let mut source = read(args, world).map_err(|why| world.refuse(&format!("{shown}: {why}")))?;
    let text = std::mem::take(&mut source.register.text);
    let (mapping, free) = mapping(&text, &source.way, kind, &presets, &args.dates);
    let inventory = inventory(&mapping, &text, &kinds, world)?;
    if inventory.records().is_empty() {
        return Err(world
            .refuse(&format!("{shown}: no row under the header became a record of kind `{}`", kind.name)));
    }
    let (mut problems, mut remarks) = (source.errors, Vec::new());
    let bytes = SourceFile::new(RepoPath::from(NAME), text);
    for located in &inventory.problems {
        let problem = &located.problem;
        let at = source.register.called(&shown, &bytes, problem.span);
        // Here the way of writing dates is an option, not a line of a mapping.
        let help = problem.help.unescaped().replace("say in the mapping how", "say with `--dates` how");
        let line = format!("{at}: {}. {help}", problem.message.unescaped());
        let is_error = problem.fault.page().severity == Severity::Error;
        if is_error { problems.push(line) } else { remarks.push(line) }
    }
    for line in problems.iter().chain(&remarks).take(MOST_TOLD) {
        world.say(line);
    }
    let hidden = (problems.len() + remarks.len()).saturating_sub(MOST_TOLD);
    if hidden > 0 {
        world.say(&format!("and {hidden} more"));
    }
    if !free.is_empty() {
        world.say(&format!(
            "columns that give no field of `{}` and are left out: {}",
            kind.name,
            free.join(", ")
        ));
    }
    let records: Vec<Value> = inventory.records().iter().map(|record| value_of(record, kind)).collect();
    let count = records.len();
    let yaml = yaml::lines(&Value::Array(records)).join("\n") + "\n";
    finish(args, &yaml, count, problems.len(), world)
}

/// Shows the records, or writes them.
fn finish(
    args: &ImportArgs,
    yaml: &str,
    count: usize,
    wrong: usize,
    world: &mut World<'_>,
) -> Result<Exit, Exit> {
    let exit = if wrong > 0 { Exit::Findings } else { Exit::Clean };
    let records = if count == 1 { "1 record".to_owned() } else { format!("{count} records") };
    let cells = if wrong == 1 { "1 thing is".to_owned() } else { format!("{wrong} things are") };
    let Some(out) = args.out.as_ref().filter(|_| !args.dry_run) else {
        let printed = world.print(yaml);
        let wrong = if wrong > 0 {
            format!("; {cells} wrong, and `--out` would write nothing")
        } else {
            String::new()
        };
        world.say(&format!("{records}, shown and not written{wrong}"));
        return Ok(printed.or(exit));
    };
    if wrong > 0 {
        world.say(&format!("nothing was written: {cells} wrong in {records}"));
        return Ok(exit);
    }
    let path = world.folder.join(out);
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(world.refuse(&format!("{} is no name of a file", out.display())));
    };
    match create(folder, Path::new(name), yaml) {
        Ok(true) => Ok(world.print(&format!("wrote {records} to {}\n", plain(&out.display().to_string())))),
        Ok(false) => Err(world.refuse(&format!("{} is there and stays as it is", out.display()))),
        Err(error) => {
            world.say(&format!("{} was not written: {error}", out.display()));
            Ok(Exit::Output)
        }
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// The presets that are named, each known.
fn presets(args: &ImportArgs) -> Result<Vec<&'static str>, String> {
    let mut presets = vec!["csv-register"];
    for name in &args.mapping {
        let known = PRESETS.map(|(name, _)| name);
        match known.iter().find(|known| *known == name) {
            Some(preset) if presets.contains(preset) => {}
            Some(preset) => presets.push(preset),
            None => {
                return Err(format!("there is no preset `{name}`: {}", settings::nearest_help(name, &known)));
            }
        }
    }
    Ok(presets)
}

fn read(args: &ImportArgs, world: &World<'_>) -> Result<Source, String> {
    let limit = Limits::STANDARD.file_bytes;
    let file = std::fs::File::open(world.folder.join(&args.file)).map_err(|error| error.to_string())?;
    if !file.metadata().is_ok_and(|about| about.is_file()) {
        return Err("it is no regular file".to_owned());
    }
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > limit {
        return Err(format!("it is larger than {limit} bytes"));
    }
    let extension = args.file.extension().map(|end| end.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("xlsx") => of_workbook(args, &bytes),
        Some("csv") if args.sheet.is_some() => Err("`--sheet` is for workbooks, and this is CSV".to_owned()),
        Some("csv") => {
            let encoding = encoding_of(&bytes);
            let text = decode(encoding, bytes).map_err(|problem| problem.to_string())?;
            let mut way = way_of(&text, encoding);
            way.header_row = args.header_row.or(way.header_row);
            Ok(Source { register: Register::of_text(text), way, errors: Vec::new() })
        }
        _ => Err("registers are read from .csv and .xlsx: save it as one of them".to_owned()),
    }
}

fn of_workbook(args: &ImportArgs, bytes: &[u8]) -> Result<Source, String> {
    let grid = workbook::read(bytes, args.sheet.as_deref())?;
    let header = match args.header_row {
        Some(row) => grid.position(row).ok_or_else(|| format!("row {row} of the sheet is empty"))?,
        None => header_of(grid.rows()),
    };
    let error = |(row, column, error): &(u32, u32, String)| {
        let cell = grid.called(*row, *column);
        format!(
            "{cell}: `{error}` is an error of the spreadsheet, and no value. Mend the formula, or empty the cell"
        )
    };
    let errors = grid.errors.iter().map(error).collect();
    Ok(Source {
        register: grid.register(header),
        way: CsvRows { separator: Some(','), ..CsvRows::default() },
        errors,
    })
}

/// `isms.yaml` for the register alone, and the columns that give no field.
fn mapping(
    text: &str,
    way: &CsvRows,
    kind: &Kind,
    presets: &[&'static str],
    dates: &[String],
) -> (String, Vec<String>) {
    let file = SourceFile::new(RepoPath::from(NAME), text);
    let limits = Limits::STANDARD;
    let rows =
        crate::extract::Sheet::open(&file, &limits).map(|sheet| sheet.observe_rows(way)).unwrap_or_default();
    let (fields, free) = register(kind, presets, &rows.columns, &rows.rows);
    let quoted = |text: &str| Value::from(text).to_string();
    let separator = quoted(&way.separator.unwrap_or(',').to_string());
    let header_row = way.header_row.unwrap_or(1);
    let mut mapping = format!(
        "mapping:\n  - files: {NAME}\n    kind: {}\n    preset: [{}]\n    split: {{csv: {{separator: {separator}, header_row: {header_row}}}}}\n",
        kind.name,
        presets.join(", ")
    );
    if !fields.is_empty() {
        mapping.push_str("    fields:\n");
        for field in &fields {
            mapping.push_str(&format!(
                "      {field}
"
            ));
        }
    }
    if !dates.is_empty() {
        let dates: Vec<String> = dates.iter().map(|way| quoted(way)).collect();
        mapping.push_str(&format!("    dates: [{}]\n", dates.join(", ")));
    }
    (mapping, free)
}

fn inventory(mapping: &str, text: &str, kinds: &Kinds, world: &mut World<'_>) -> Result<Inventory, Exit> {
    let file = SourceFile::new(RepoPath::from(settings::FILE_NAME), mapping);
    let placing = settings::load(&file).and_then(|settings| Placing::new(&settings, kinds));
    // The text is ours but for the dates: the mistake is in what was typed.
    let placing = placing.map_err(|mistakes| match mistakes.as_slice() {
        [one] => {
            let help = one.help.as_ref().map_or("", |help| help.unescaped());
            world.refuse(&format!("{}: {help}", one.message.unescaped()))
        }
        _ => world.mistaken(&mistakes, ColorArg::Auto),
    })?;
    let files = BTreeMap::from([(RepoPath::from(NAME), text.as_bytes().to_vec())]);
    Ok(load(&Snapshot::of_files(files), &placing, &History::not_read()))
}

/// A record as it is written.
fn value_of(record: &Record, kind: &Arc<Kind>) -> Value {
    let (tree, node) = record.node();
    let mut fields = Map::new();
    // What tells the record apart comes first.
    let first = ["id", "title"].into_iter().filter_map(|name| tree.entry(node, name));
    for (key, node) in first.chain(tree.entries(node)) {
        let name = tree.text(key);
        let field = kind.structure.fields.get(name);
        fields.entry(name.to_owned()).or_insert_with(|| value(tree, node, field));
    }
    Value::Object(fields)
}

fn value(tree: &Tree, node: NodeId, field: Option<&Field>) -> Value {
    match tree.kind(node) {
        NodeKind::Broken => Value::Null,
        NodeKind::Sequence => {
            let item = match field.map(|field| &field.shape) {
                Some(Shape::List(item)) => Some(&**item),
                _ => None,
            };
            tree.items(node).map(|node| value(tree, node, item)).collect()
        }
        NodeKind::Mapping => {
            let inner = |name: &str| field.and_then(Field::structure)?.fields.get(name);
            let entries = tree.entries(node).map(|(key, node)| {
                let name = tree.text(key);
                (name.to_owned(), value(tree, node, inner(name)))
            });
            Value::Object(entries.collect())
        }
        NodeKind::Scalar(_) => scalar_of(tree.text(node), field),
    }
}

/// A number stays one where the field has numbers; every other value is text.
fn scalar_of(text: &str, field: Option<&Field>) -> Value {
    let numbers = matches!(field.map(|field| &field.shape), Some(Shape::Number { .. } | Shape::Any));
    let number = || numbers.then(|| scalar::number(text).and(serde_json::from_str(text).ok())).flatten();
    let truth = match (field.map(|field| &field.shape), text) {
        (Some(Shape::Bool), "true") => Some(Value::Bool(true)),
        (Some(Shape::Bool), "false") => Some(Value::Bool(false)),
        _ => None,
    };
    truth.or_else(number).unwrap_or_else(|| Value::from(text))
}
