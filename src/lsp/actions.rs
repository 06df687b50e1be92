//! Quick fixes: what can be done about a finding with one edit. Whatever only a
//! person can know is left to be filled in.

use super::diagnostics::Teller;
use super::insertion::{self, Insertion, Written};
use super::isms::{Isms, Seen};
use super::uri;
use crate::escape::plain;
use crate::finding::Finding;
use crate::inventory::Record;
use crate::kind::{Field, Shape, Structure, words};
use crate::record::{Fault, NodeId, NodeKind, Tree};
use crate::settings::Mistake;
use crate::source::{Place, RepoPath, SourceFile, Span};
use chrono::Days;
use lsp_types::{
    CodeAction, CodeActionKind, CreateFile, CreateFileOptions, Diagnostic, DocumentChangeOperation,
    DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, Position, Range, ResourceOp,
    TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Days until a new waiver expires.
const WAIVED_FOR: Days = Days::new(90);
/// The register of waivers where there is none yet.
const WAIVERS: &str = "waivers.yaml";

/// What a client can be asked to do.
pub(super) struct Proposer<'p> {
    pub(super) teller: &'p Teller<'p>,
    /// Whether the client creates files.
    pub(super) creates: bool,
}

impl Proposer<'_> {
    /// What can be done about what was found in a range of a file.
    pub(super) fn of(&self, isms: &Isms, file: &SourceFile, asked: Range) -> Vec<CodeAction> {
        let mut actions = Vec::new();
        let meets = |place: &Place| {
            let range = self.teller.range(&place.file, place.span);
            place.file.path() == file.path() && range.start <= asked.end && asked.start <= range.end
        };
        for mistake in isms.mistakes.iter().filter(|mistake| meets(&mistake.place)) {
            actions.extend(self.of_mistake(mistake));
        }
        let Some(seen) = &isms.seen else { return actions };
        for finding in seen.findings.iter().filter(|finding| finding.place.as_ref().is_some_and(meets)) {
            let told = self.teller.finding(finding);
            actions.extend(self.nearest(seen, finding, &told));
            actions.extend(self.missing(seen, finding, &told));
            actions.extend(self.why(seen, finding, &told));
            actions.extend(self.waiver(isms, seen, finding, &told));
        }
        actions
    }

    fn action(
        &self,
        title: String,
        at: &Place,
        text: String,
        told: Option<&Diagnostic>,
    ) -> Option<CodeAction> {
        let uri = self.teller.uri(at.file.path())?;
        let edit = TextEdit::new(self.teller.range(&at.file, at.span), text);
        Some(action(title, edit_of(uri, edit), told))
    }

    fn insert(
        &self,
        title: String,
        tree: &Tree,
        insertion: Insertion,
        told: &Diagnostic,
    ) -> Option<CodeAction> {
        let place = Place { file: tree.file().clone(), span: insertion.at };
        self.action(title, &place, insertion.text, Some(told))
    }

    /// The nearest allowed word in settings and rules.
    fn of_mistake(&self, mistake: &Mistake) -> Option<CodeAction> {
        let near = suggested(mistake.help.as_ref()?.unescaped())?;
        self.replace(&mistake.place, near, None)
    }

    fn replace(&self, place: &Place, near: &str, told: Option<&Diagnostic>) -> Option<CodeAction> {
        if place.span.is_empty() || near.contains(char::is_control) {
            return None;
        }
        let quote = match place.quoted().chars().next() {
            Some(quote @ ('"' | '\'')) if place.quoted().ends_with(quote) => quote.to_string(),
            _ => String::new(),
        };
        let text = if quote.is_empty() && place.file.path().extension() != "csv" && !near.starts_with("x-") {
            insertion::quoted(near)
        } else {
            format!("{quote}{near}{quote}")
        };
        let mut action = self.action(format!("Write `{}`", plain(near)), place, text, told)?;
        action.is_preferred = Some(true);
        Some(action)
    }

    /// The nearest word, field or id for one that there is not.
    fn nearest(&self, seen: &Seen, finding: &Finding, told: &Diagnostic) -> Option<CodeAction> {
        let place = finding.place.as_ref()?;
        let written = || place.quoted().trim_matches(['"', '\'']);
        let near = match &*finding.rule {
            "reference-to-nothing" => {
                let record = record_of(seen, finding)?;
                let reference =
                    record.references().into_iter().find(|reference| reference.place == *place)?;
                seen.inventory.nearest(&reference.kinds, reference.id.as_str())?
            }
            rule if rule == Fault::WaiverOfNothing.name() => {
                let known = seen.policy.known.iter().filter(|(_, waivable)| **waivable);
                words::nearest(written(), known.map(|(rule, _)| &**rule))?.to_owned()
            }
            // The help of a check of form begins with our own words.
            rule if is_form(rule) => suggested(finding.fix.unescaped())?.to_owned(),
            _ => return None,
        };
        self.replace(place, &near, Some(told))
    }

    /// Fields that are not there and that the finding asks for by name.
    fn missing(&self, seen: &Seen, finding: &Finding, told: &Diagnostic) -> Vec<CodeAction> {
        let Some(record) = record_of(seen, finding) else { return Vec::new() };
        let (tree, node) = record.node();
        let missing: Vec<(NodeId, String, &Field)> = if *finding.rule == *Fault::RequiredFieldMissing.name() {
            let Some(place) = &finding.place else { return Vec::new() };
            required(tree, node, &record.kind.structure, place.span)
        } else if is_form(&finding.rule) {
            Vec::new()
        } else {
            let texts = [finding.message.unescaped(), finding.fix.unescaped()];
            let named: BTreeSet<&str> = texts.into_iter().flat_map(in_backticks).collect();
            let fields = named.into_iter().filter(|name| tree.get(node, name).is_none());
            // Why something moved has a fix of its own.
            let fields = fields.filter(|name| *name != "changes");
            fields
                .filter_map(|name| Some((node, name.to_owned(), record.kind.structure.fields.get(name)?)))
                .collect()
        };
        let insert = |(mapping, name, field): (NodeId, String, &Field)| {
            let value = Written::Inline(empty(field, tree.file()));
            let insertion = insertion::field(tree, mapping, &name, &value)?;
            self.insert(format!("Insert `{name}`"), tree, insertion, told)
        };
        missing.into_iter().filter_map(insert).collect()
    }

    /// An entry that says why a field moved, for a rule that asks for one.
    fn why(&self, seen: &Seen, finding: &Finding, told: &Diagnostic) -> Option<CodeAction> {
        let applied = seen.policy.rules.iter().find(|applied| applied.rule.id == finding.rule)?;
        let name = moved_field(applied.rule.words().fix)?;
        let record = record_of(seen, finding)?;
        let series = seen.history.series(&record.key)?;
        let moves = series.changes.iter().rev().flat_map(|change| &change.fields);
        let (old, new) = moves
            .filter(|change| *change.field == *name)
            .find_map(|change| Some((change.old.as_ref()?, change.new.as_ref()?)))?;
        let entry = Written::Item(vec![
            ("on", seen.as_of.to_string()),
            ("by", String::new()),
            ("field", name.to_owned()),
            ("from", old.to_string()),
            ("to", new.to_string()),
            ("why", String::new()),
        ]);
        let (tree, node) = record.node();
        let insertion = match tree.get(node, "changes") {
            Some(list) if tree.kind(list) == NodeKind::Sequence => insertion::list_item(tree, list, &entry)?,
            Some(_) => return None,
            None => insertion::field(tree, node, "changes", &entry)?,
        };
        self.insert(format!("Record why `{name}` moved"), tree, insertion, told)
    }

    /// A waiver of the finding, for the approver to complete.
    fn waiver(&self, isms: &Isms, seen: &Seen, finding: &Finding, told: &Diagnostic) -> Option<CodeAction> {
        if seen.policy.known.get(&finding.rule) != Some(&true) {
            return None;
        }
        let covered = finding.record.as_ref().map_or("isms", |key| key.id.unescaped());
        let expires = seen.as_of.checked_add_days(WAIVED_FOR)?;
        let lines = [
            format!("id: {}", next_waiver(seen)),
            format!("rule: {}", finding.rule),
            format!("records: [{}]", insertion::quoted(covered)),
            "reason: ".to_owned(),
            "owner: ".to_owned(),
            "approved: {by: , on: }".to_owned(),
            format!("expires: {expires}"),
        ];
        let title = format!("Open a waiver of `{}` until {expires}", finding.rule);
        let entry =
            |indent: &str, end: &str| format!("{indent}- {}", lines.join(&format!("{end}{indent}  ")));
        if let Some((file, indent, behind)) = register(seen) {
            let new = insertion::new_line(&file, behind, &entry(&indent, insertion::line_end(&file)));
            return self.action(title, &Place { file, span: new.at }, new.text, Some(told));
        }
        let path = RepoPath::from(WAIVERS);
        let text = format!("{}\n", entry("", "\n"));
        // A file that is there without a waiver is its author's to look at,
        // unless nothing stands in it.
        match isms.base()?.text(&path) {
            Ok(file) if file.text().trim().is_empty() => {
                self.action(title, &Place { span: Span::at(0), file }, text, Some(told))
            }
            Ok(_) => None,
            Err(_) if self.creates => {
                let uri = uri::of(isms.folder(), &path)?;
                Some(action(title, created(uri, text), Some(told)))
            }
            Err(_) => None,
        }
    }
}

fn action(title: String, edit: WorkspaceEdit, told: Option<&Diagnostic>) -> CodeAction {
    CodeAction {
        title,
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: told.map(|told| vec![told.clone()]),
        edit: Some(edit),
        ..CodeAction::default()
    }
}

fn edit_of(uri: Uri, edit: TextEdit) -> WorkspaceEdit {
    WorkspaceEdit { changes: Some([(uri, vec![edit])].into_iter().collect()), ..WorkspaceEdit::default() }
}

fn created(uri: Uri, text: String) -> WorkspaceEdit {
    let options = CreateFileOptions { overwrite: Some(false), ignore_if_exists: Some(true) };
    let create = CreateFile { uri: uri.clone(), options: Some(options), annotation_id: None };
    let start = Range::new(Position::new(0, 0), Position::new(0, 0));
    let edit = TextDocumentEdit {
        text_document: OptionalVersionedTextDocumentIdentifier { uri, version: None },
        edits: vec![OneOf::Left(TextEdit::new(start, text))],
    };
    let operations =
        vec![DocumentChangeOperation::Op(ResourceOp::Create(create)), DocumentChangeOperation::Edit(edit)];
    WorkspaceEdit {
        document_changes: Some(DocumentChanges::Operations(operations)),
        ..WorkspaceEdit::default()
    }
}

/// The record that a finding is about; by its place where it has no id.
fn record_of<'s>(seen: &'s Seen, finding: &Finding) -> Option<&'s Record> {
    let key = finding.record.as_ref()?;
    seen.inventory.by_key(key).or_else(|| seen.inventory.records().iter().find(|record| record.key == *key))
}

fn is_form(rule: &str) -> bool {
    Fault::pages().iter().any(|page| page.name == rule)
}

/// The word that a help suggests. Only the beginning counts, which is ours.
fn suggested(help: &str) -> Option<&str> {
    help.strip_prefix("did you mean `")?.split_once("`?").map(|(near, _)| near)
}

/// What a text puts between backticks.
fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The field whose move a rule wants explained, from the fix in the rule file.
fn moved_field(fix: &str) -> Option<&str> {
    let (_, entry) = fix.split_once("`changes:")?;
    let (_, name) = entry.split_once("field: ")?;
    let name = name.split([',', '}']).next()?.trim();
    (!name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '_' | '.')))
        .then_some(name)
}

/// What is written for a field that its author fills in.
fn empty(field: &Field, file: &SourceFile) -> String {
    let is_json = file.path().extension() == "json";
    match &field.shape {
        Shape::List(_) => "[]".to_owned(),
        Shape::Struct(structure) if !is_json && structure.fields.len() <= 4 => {
            let names: Vec<String> = structure.fields.keys().map(|name| format!("{name}: ")).collect();
            format!("{{{}}}", names.join(", "))
        }
        Shape::Struct(_) | Shape::Map(_) => "{}".to_owned(),
        _ => String::new(),
    }
}

/// The required fields that are not there, of the parts of a record whose
/// missing fields are told at `at`. The recursion follows the shape.
fn required<'k>(
    tree: &Tree,
    node: NodeId,
    structure: &'k Arc<Structure>,
    at: Span,
) -> Vec<(NodeId, String, &'k Field)> {
    let mut found = Vec::new();
    look(tree, node, None, structure, at, &mut found);
    found
}

fn look<'k>(
    tree: &Tree,
    node: NodeId,
    key: Option<NodeId>,
    structure: &'k Structure,
    at: Span,
    found: &mut Vec<(NodeId, String, &'k Field)>,
) {
    let id = || tree.get(node, "id").filter(|id| !tree.span(*id).is_empty());
    let first = || tree.entries(node).next().map(|(key, _)| key);
    if tree.span(key.or_else(id).or_else(first).unwrap_or(node)) == at {
        let missing =
            structure.fields.iter().filter(|(name, field)| field.required && tree.get(node, name).is_none());
        found.extend(missing.map(|(name, field)| (node, name.to_string(), field)));
    }
    for (key, value) in tree.entries(node) {
        let Some(field) = structure.fields.get(tree.text(key)) else { continue };
        match (&field.shape, tree.kind(value)) {
            (Shape::Struct(inner), NodeKind::Mapping) => look(tree, value, Some(key), inner, at, found),
            (Shape::List(item), NodeKind::Sequence) => {
                let Shape::Struct(inner) = &item.shape else { continue };
                for value in tree.items(value).filter(|value| tree.kind(*value) == NodeKind::Mapping) {
                    look(tree, value, None, inner, at, found);
                }
            }
            _ => {}
        }
    }
}

/// An id that no waiver has.
fn next_waiver(seen: &Seen) -> String {
    let numbers = seen
        .inventory
        .of_kind("waiver")
        .filter_map(|waiver| waiver.key.id.unescaped().strip_prefix("WVR-")?.parse::<u64>().ok());
    format!("WVR-{}", numbers.max().unwrap_or(0).saturating_add(1))
}

/// The register of waivers: its file, the blanks before its dashes, and where
/// its last waiver ends.
fn register(seen: &Seen) -> Option<(Arc<SourceFile>, String, u32)> {
    let last = seen.inventory.of_kind("waiver").filter_map(|waiver| {
        let (tree, _) = waiver.node();
        let is_yaml = matches!(&*tree.file().path().extension(), "yaml" | "yml");
        let indent = insertion::dash(tree.file(), waiver.span.start).filter(|_| is_yaml)?;
        Some((tree.file().clone(), indent, waiver.span.end))
    });
    // The first file of several, and in it the last waiver.
    let mut found: Option<(Arc<SourceFile>, String, u32)> = None;
    for (file, indent, end) in last {
        if found.as_ref().is_none_or(|(first, ..)| first.path() == file.path()) {
            found = Some((file, indent, end));
        }
    }
    found
}
