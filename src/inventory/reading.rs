//! One file to its records: the one way for the snapshot and for every version
//! in the history.

use super::measurement;
use super::placing::Holds;
use super::{Mapped, Record};
use crate::budget::Limits;
use crate::escape::Raw;
use crate::extract::{Ask, Layout, Sheet};
use crate::finding::RecordKey;
use crate::kind::{Kind, Shape};
use crate::record::{self, Fault, NodeId, NodeKind, Problem, Syntax, Tree, front_matter};
use crate::source::{Place, RepoPath, SourceFile, Span};
use std::sync::Arc;

/// What one file gave.
#[derive(Clone, Default)]
pub(super) struct FileRecords {
    pub(super) records: Vec<Record>,
    pub(super) problems: Vec<Problem>,
    /// Whether a part could not be read.
    pub(super) broken: bool,
    /// For a file that is nothing but one block list: its dashes' column.
    pub(super) register_indent: Option<usize>,
    /// No selection of the mapping wants the file after all.
    pub(super) unrecognised: bool,
    /// The selections of the mapping by which records were read.
    pub(super) layouts: Vec<Arc<Layout>>,
    /// Problems of single records beside those of their form, by the number
    /// of the record.
    pub(super) of_records: Vec<(usize, Problem)>,
    /// Empty rows and templates that were passed over.
    pub(super) passed: usize,
}

/// The records of `file`, which may hold `places`; `git` knows days of the file.
pub(super) fn read(file: &Arc<SourceFile>, places: &[Holds], limits: &Limits, git: Ask<'_>) -> FileRecords {
    let mut kinds = places.iter().filter_map(|place| match place {
        Holds::Records(kind) => Some(kind),
        Holds::Mapped(_) => None,
    });
    match kinds.next() {
        Some(kind) => read_expected(file, kind, limits),
        None => read_mapped(file, places, limits, git),
    }
}

/// The records of a file that is laid out as the checker expects.
fn read_expected(file: &Arc<SourceFile>, kind: &Arc<Kind>, limits: &Limits) -> FileRecords {
    let parsed = parse(file, kind, limits);
    let (tree, body) = match parsed {
        Ok(parsed) => parsed,
        Err(problem) => return broken(problem),
    };
    let problems = tree.problems().to_vec();
    let is_broken = !tree.lost().is_empty() || problems.iter().any(|problem| loses_content(problem.fault));
    let tree = Arc::new(tree);
    let mut found = FileRecords { problems, broken: is_broken, ..FileRecords::default() };
    if is_markdown(file.path()) && body.is_none() {
        return broken(Problem::new(
            Fault::NoFrontMatter,
            Span::at(0),
            "the file has no front matter, so it is no record",
        ));
    }
    if let Some(problem) = foreign_columns(&tree, kind, file) {
        return broken(problem);
    }
    let tree = type_from_folder(tree, kind, file.path());
    found.register_indent = register_indent(&tree, kind, file.text());
    for root in tree.roots() {
        found.add_root(kind, &tree, *root, body);
    }
    if !is_register(kind, file.path()) && tree.roots().iter().all(|root| is_nothing(&tree, *root)) {
        found.nothing(kind, body.is_some());
    }
    found
}

/// A register that has its name from elsewhere: none of its columns is a field.
/// Nobody is helped by a finding for each of them.
fn foreign_columns(tree: &Tree, kind: &Kind, file: &SourceFile) -> Option<Problem> {
    let root = tree.roots().first().filter(|_| file.path().extension() == "csv")?;
    let first = tree.items(*root).next()?;
    let columns: Vec<NodeId> = tree.entries(first).map(|(key, _)| key).collect();
    let begin = tree.span(*columns.first()?);
    let is_field = |key: &NodeId| kind.field(tree.text(*key).split('.').next().unwrap_or_default()).is_some();
    if columns.iter().any(is_field) {
        return None;
    }
    let message = format!("none of the columns is a field of a {}: the rows are not read", kind.name);
    let help = format!(
        "Say in isms.yaml what the columns are, beginning with `mapping: [{{files: {}, kind: {}, split: {{csv: {{}}}}}}]`, or name the file under `ignore` where it holds no records; `ismslint init --propose` proposes the lines.",
        file.path().shown(),
        kind.name
    );
    Some(Problem::new(Fault::FileNotRead, begin, message).help(help))
}

/// Whether a file is named for a list of records: such a list may be empty.
fn is_register(kind: &Kind, path: &RepoPath) -> bool {
    let stem = String::from_utf8_lossy(path.stem()).replace('_', "-");
    !is_markdown(path) && kind.registers.iter().any(|name| name.eq_ignore_ascii_case(&stem))
}

/// Whether a root says nothing at all.
fn is_nothing(tree: &Tree, root: NodeId) -> bool {
    matches!(tree.kind(root), NodeKind::Scalar(_)) && tree.is_blank(root)
}

/// The records of a file by the mapping: those of every selection that divides
/// it, and one by the first that takes it whole.
fn read_mapped(file: &Arc<SourceFile>, places: &[Holds], limits: &Limits, git: Ask<'_>) -> FileRecords {
    let sheet = match Sheet::open(file, limits) {
        Ok(sheet) => sheet,
        Err(problem) => return broken(problem),
    };
    let mut found = FileRecords::default();
    let mut is_whole = false;
    let layouts = places.iter().filter_map(|place| match place {
        Holds::Mapped(layout) => Some(layout),
        Holds::Records(_) => None,
    });
    for layout in layouts {
        if (is_whole && !layout.splits()) || !layout.unmet(&sheet).is_empty() {
            continue;
        }
        let extract = layout.records(&sheet, git);
        let lost = !extract.tree.lost().is_empty()
            || extract.problems.iter().any(|problem| loses_content(problem.fault));
        if layout.splits() && extract.records.is_empty() && extract.passed.is_empty() && !lost {
            continue;
        }
        is_whole |= !layout.splits();
        found.broken |= lost;
        found.problems.extend(extract.problems);
        found.passed += extract.passed.len();
        found.layouts.push(layout.clone());
        for record in extract.records {
            let at = found.records.len();
            found.add(&layout.kind, &extract.tree, record.node, record.body);
            found.of_records.extend(record.problems.into_iter().map(|problem| (at, problem)));
            if let Some(added) = found.records.get_mut(at) {
                added.mapped = Some(Arc::new(Mapped { layout: layout.clone(), origins: record.origins }));
            }
        }
    }
    found.unrecognised = found.layouts.is_empty();
    found
}

/// A Markdown record that does not say its type is of the type that its folder
/// is named for: what lies in `policies/` is a policy.
fn type_from_folder(tree: Arc<Tree>, kind: &Kind, path: &RepoPath) -> Arc<Tree> {
    let says = |root: NodeId| tree.get(root, "type").is_some_and(|value| !tree.is_blank(value));
    let [root] = tree.roots() else { return tree };
    if kind.folder_types.is_empty() || !is_markdown(path) || says(*root) {
        return tree;
    }
    let folders = path.parts().rev().skip(1).filter_map(|part| std::str::from_utf8(part).ok());
    match folders.into_iter().find_map(|folder| kind.folder_types.get(folder)) {
        Some(ty) => Arc::new(tree.mapped(&[], &[("type".to_owned(), ty.to_string())], &|_| true)),
        None => tree,
    }
}

/// The records of a part of a register: a block list at `part`.
pub(super) fn read_part(
    file: &Arc<SourceFile>,
    part: Span,
    kind: &Arc<Kind>,
    limits: &Limits,
) -> FileRecords {
    let tree = Arc::new(record::parse(file, part, Syntax::Yaml, limits));
    let mut found = FileRecords { problems: tree.problems().to_vec(), ..FileRecords::default() };
    // The rest of the file was looked at when it was read whole.
    found.register_indent = register_indent(&tree, kind, file.slice(part));
    match tree.roots() {
        [root] if tree.kind(*root) == NodeKind::Sequence => found.add_root(kind, &tree, *root, None),
        _ => found.broken = true,
    }
    found.broken |= !tree.lost().is_empty() || !found.problems.is_empty();
    found
}

fn broken(problem: Problem) -> FileRecords {
    FileRecords { problems: vec![problem], broken: true, ..FileRecords::default() }
}

fn is_markdown(path: &RepoPath) -> bool {
    matches!(&*path.extension(), "md" | "markdown")
}

/// The tree of a file; of Markdown that of its front matter, and the body.
fn parse(file: &Arc<SourceFile>, kind: &Kind, limits: &Limits) -> Result<(Tree, Option<Span>), Problem> {
    let whole = Span::new(0, u32::try_from(file.text().len()).unwrap_or(u32::MAX));
    if is_markdown(file.path()) {
        return Ok(match front_matter::split(file)? {
            Some(parts) => (record::parse(file, parts.fields, parts.syntax, limits), Some(parts.body)),
            None => (record::parse(file, Span::at(0), Syntax::Yaml, limits), None),
        });
    }
    if file.path().extension() == "csv" {
        let is_list =
            |field: &str| kind.field(field).is_some_and(|field| matches!(field.shape, Shape::List(_)));
        return Ok((record::csv::parse(file, limits, &is_list), None));
    }
    let syntax = if file.path().extension() == "json" { Syntax::Json } else { Syntax::Yaml };
    Ok((record::parse(file, whole, syntax, limits), None))
}

/// Problems behind which content is hidden.
fn loses_content(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::YamlSyntax
            | Fault::JsonSyntax
            | Fault::CsvSyntax
            | Fault::TomlSyntax
            | Fault::TabIndentation
            | Fault::LimitExceeded
    )
}

impl FileRecords {
    /// A root is a record, a list of records, or a mapping that holds such a
    /// list under a name of its kind.
    fn add_root(&mut self, kind: &Arc<Kind>, tree: &Arc<Tree>, root: NodeId, body: Option<Span>) {
        match tree.kind(root) {
            NodeKind::Sequence => self.add_items(kind, tree, root),
            NodeKind::Mapping => {
                let lists = registers(tree, root, kind);
                if lists.is_empty() {
                    return self.add(kind, tree, root, body);
                }
                self.beside(kind, tree, root, &lists);
                for list in lists {
                    self.add_items(kind, tree, list);
                }
            }
            NodeKind::Broken => self.broken = true,
            NodeKind::Scalar(_) if tree.is_blank(root) => {}
            NodeKind::Scalar(_) => self.no_record(kind, tree.span(root)),
        }
    }

    /// A register may have a heading; what looks like records beside its lists
    /// would be judged by no rule.
    fn beside(&mut self, kind: &Kind, tree: &Tree, root: NodeId, lists: &[NodeId]) {
        for (key, value) in tree.entries(root).filter(|(_, value)| !lists.contains(value)) {
            let name = tree.text(key);
            let holds_fields = |node| tree.kind(node) == NodeKind::Mapping;
            let records = holds_fields(value) || tree.items(value).any(holds_fields);
            if kind.identity.iter().any(|field| **field == *name) || (records && !name.starts_with("x-")) {
                let message = format!("`{name}` stands beside the list of records and is not read");
                let help = "Make it an item of the list, or move it to a file of its own; a heading of your own begins with x-.";
                self.problems.push(Problem::new(Fault::NotARecord, tree.span(key), message).help(help));
            }
        }
    }

    fn add_items(&mut self, kind: &Arc<Kind>, tree: &Arc<Tree>, list: NodeId) {
        for item in tree.items(list) {
            match tree.kind(item) {
                NodeKind::Mapping => self.add(kind, tree, item, None),
                NodeKind::Broken => self.broken = true,
                _ => self.no_record(kind, tree.span(item)),
            }
        }
    }

    /// A file among records without a field would be passed over in silence.
    fn nothing(&mut self, kind: &Kind, markdown: bool) {
        if !self.problems.is_empty() || self.broken {
            return;
        }
        let what = if markdown { "the front matter" } else { "the file" };
        let message = format!("{what} holds no field, so it is no record of kind `{}`", kind.name);
        let help = format!(
            "Fill in the fields that `ismslint schema {}` lists, or move the file elsewhere.",
            kind.name
        );
        self.problems.push(Problem::new(Fault::NotARecord, Span::at(0), message).help(help));
    }

    fn no_record(&mut self, kind: &Kind, span: Span) {
        let message = format!("a record of kind `{}` has fields, and this is something else", kind.name);
        self.problems.push(Problem::new(Fault::NotARecord, span, message));
    }

    fn add(&mut self, kind: &Arc<Kind>, tree: &Arc<Tree>, node: NodeId, body: Option<Span>) {
        let object = kind.record(tree, node);
        let identity: Vec<_> = kind.identity.iter().map(|field| object.text(field)).collect();
        let place = crate::expr::Object::place(&object)
            .unwrap_or_else(|| Place { file: tree.file().clone(), span: tree.span(node) });
        let (key, identified) = key(kind, &identity, &place);
        let record = Record {
            kind: kind.clone(),
            key,
            identified,
            span: object.span(),
            place,
            body,
            mapped: None,
            object: Arc::new(object),
            tree: tree.clone(),
            node,
        };
        self.records.push(record.clone());
        self.records.extend(measurement::rows(&record));
    }
}

/// The key of a record: its identity fields joined by `/`; without the first
/// of them, its place.
pub(super) fn key(kind: &Kind, identity: &[Option<crate::expr::Text>], place: &Place) -> (RecordKey, bool) {
    let parts: Vec<&str> = identity.iter().flatten().map(crate::expr::Text::as_str).collect();
    let identified = identity.first().is_some_and(Option::is_some);
    let id = if identified {
        parts.join("/")
    } else {
        format!("{}:{}", place.file.path().shown(), place.file.position(place.span.start).line)
    };
    (RecordKey { kind: kind.name.clone(), id: Raw::from(id) }, identified)
}

/// The lists that a register's mapping holds under names of its kind.
fn registers(tree: &Tree, root: NodeId, kind: &Kind) -> Vec<NodeId> {
    let named = |key: &str| {
        key == "records"
            || kind
                .registers
                .iter()
                .chain(&kind.folders)
                .any(|name| **name == *key.replace('_', "-") || **name == *key)
    };
    let lists = tree
        .entries(root)
        .filter(|(key, value)| tree.kind(*value) == NodeKind::Sequence && named(tree.text(*key)));
    // An entry that the kind itself has as a field is part of a record.
    lists.filter(|(key, _)| kind.field(tree.text(*key)).is_none()).map(|(_, value)| value).collect()
}

/// The column of the dashes, where a file is nothing but one block list.
fn register_indent(tree: &Tree, kind: &Kind, text: &str) -> Option<usize> {
    let [root] = tree.roots() else { return None };
    let list = match tree.kind(*root) {
        NodeKind::Sequence => *root,
        NodeKind::Mapping if tree.entries(*root).count() == 1 => *registers(tree, *root, kind).first()?,
        _ => return None,
    };
    let file = tree.file();
    // A name that stands for text elsewhere ties one record to another.
    if !tree.problems().is_empty() || has_anchors(text) {
        return None;
    }
    let first = tree.items(list).next()?;
    // Without the index of lines: a version that is read for its window alone
    // has no other use for one.
    let before = file.text().get(..tree.span(first).start as usize)?;
    let line = &before[before.rfind(['\n', '\r']).map_or(0, |end| end + 1)..];
    let indent = line.len() - line.trim_start_matches(' ').len();
    line.get(indent..)?.starts_with("- ").then_some(indent)
}

/// Whether an anchor or alias may be among the text: over-careful, as a window
/// that is not used costs time only.
fn has_anchors(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(2).enumerate().any(|(at, pair)| {
        matches!(pair[0], b'&' | b'*')
            && !pair[1].is_ascii_whitespace()
            && (at == 0 || matches!(bytes[at - 1], b' ' | b'\n' | b'[' | b',' | b'{'))
    })
}
