//! One client: what it can do, the folders and documents that it has open, and
//! the answers to what it asks.

use super::actions::Proposer;
use super::diagnostics::{SOURCE, Teller};
use super::documents::Document;
use super::isms::{Isms, Open, Past};
use super::position::{Encoding, offset};
use super::{Ground, completion, hover, navigation, uri};
use crate::escape::plain;
use crate::inventory::EXTENSIONS;
use crate::settings::FILE_NAME;
use crate::source::RepoPath;
use crossbeam_channel::{Receiver, Sender, unbounded};
use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use lsp_types::notification::Notification as _;
use lsp_types::request::Request as _;
use lsp_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionParams, CodeActionProviderCapability,
    CompletionList, CompletionOptions, CompletionParams, DidChangeTextDocumentParams,
    DidChangeWatchedFilesRegistrationOptions, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, FileSystemWatcher, GlobPattern,
    GotoDefinitionParams, HoverParams, HoverProviderCapability, InitializeParams, Location, LogMessageParams,
    MessageType, OneOf, PublishDiagnosticsParams, ReferenceParams, Registration, RegistrationParams,
    ResourceOperationKind, SaveOptions, ServerCapabilities, TextDocumentPositionParams,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions,
    Uri, WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities, notification, request,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Offers of one completion.
const OFFERS: usize = 500;

/// A client that is served.
pub(super) struct Session {
    sender: Sender<Message>,
    ground: Arc<dyn Ground>,
    client: Client,
    folders: Vec<PathBuf>,
    isms: Vec<Isms>,
    documents: BTreeMap<String, Document>,
    done: Sender<Past>,
    /// Histories that were read.
    pub(super) pasts: Receiver<Past>,
}

/// What the client can do, as far as it matters here.
struct Client {
    encoding: Encoding,
    related: bool,
    creates: bool,
    watches: bool,
}

impl Client {
    fn of(can: &ClientCapabilities) -> Self {
        let general = can.general.as_ref();
        let documents = can.text_document.as_ref();
        let workspace = can.workspace.as_ref();
        let edits = workspace.and_then(|can| can.workspace_edit.as_ref());
        let operations = edits.and_then(|can| can.resource_operations.as_ref());
        Self {
            encoding: Encoding::chosen(general.and_then(|can| can.position_encodings.as_deref())),
            related: documents
                .and_then(|can| can.publish_diagnostics.as_ref()?.related_information)
                .unwrap_or(false),
            creates: edits.and_then(|can| can.document_changes).unwrap_or(false)
                && operations.is_some_and(|can| can.contains(&ResourceOperationKind::Create)),
            watches: workspace
                .and_then(|can| can.did_change_watched_files?.dynamic_registration)
                .unwrap_or(false),
        }
    }
}

impl Session {
    /// A session, and the answer to its beginning.
    pub(super) fn new(
        sender: Sender<Message>,
        ground: Arc<dyn Ground>,
        params: InitializeParams,
    ) -> (Self, Value) {
        let client = Client::of(&params.capabilities);
        #[expect(deprecated, reason = "clients without folders still name one root")]
        let root = params.root_uri;
        let folders = match params.workspace_folders {
            Some(folders) if !folders.is_empty() => folders.into_iter().map(|folder| folder.uri).collect(),
            _ => root.into_iter().collect::<Vec<Uri>>(),
        };
        let result = json!({
            "capabilities": capabilities(client.encoding),
            "serverInfo": {"name": SOURCE, "version": env!("CARGO_PKG_VERSION")},
        });
        let (done, pasts) = unbounded();
        let documents = BTreeMap::new();
        let mut session =
            Self { sender, ground, client, folders: Vec::new(), isms: Vec::new(), documents, done, pasts };
        for folder in folders {
            session.add_folder(&folder);
        }
        (session, result)
    }

    /// Answers.
    pub(super) fn answer(&self, response: Response) {
        // Whoever left does not hear; the next message will not come either.
        let _ = self.sender.send(response.into());
    }

    fn notify<N: notification::Notification>(&self, params: N::Params) {
        let _ = self.sender.send(Notification::new(N::METHOD.to_owned(), params).into());
    }

    fn log(&self, typ: MessageType, text: &str) {
        self.notify::<notification::LogMessage>(LogMessageParams {
            typ,
            message: format!("{SOURCE}: {}", plain(text)),
        });
    }

    /// Judges what waits to be judged; whether there was anything.
    pub(super) fn settle(&mut self) -> bool {
        let waiting: Vec<usize> = (0..self.isms.len()).filter(|at| self.isms[*at].waits()).collect();
        for at in &waiting {
            self.judge(*at);
        }
        !waiting.is_empty()
    }

    fn judge(&mut self, at: usize) {
        let open: Open =
            self.open(at).map(|document| (document.path().clone(), document.file.clone())).collect();
        let (ground, before) = (self.ground.clone(), self.isms[at].trouble.clone());
        let isms = &mut self.isms[at];
        isms.judge(&open, &|zone| ground.today(zone));
        let (task, trouble) = (isms.task(at), isms.trouble.clone());
        if let Some(why) = trouble.filter(|why| before.as_ref() != Some(why)) {
            self.log(MessageType::ERROR, &why);
        }
        if let Some(task) = task {
            let done = self.done.clone();
            std::thread::spawn(move || {
                // Whoever left does not need it any more.
                let _ = done.send(task.run());
            });
        }
        self.publish(at);
    }

    /// Takes a history that was read.
    pub(super) fn past_was_read(&mut self, past: Past) {
        if let Some(isms) = self.isms.get_mut(past.isms) {
            let told = isms.take(past);
            self.log(MessageType::INFO, &told);
        }
    }

    fn publish(&mut self, at: usize) {
        let told = self.telling(at, |teller| {
            let all = teller.all();
            let mut told = Vec::new();
            // A file of which nothing is to be told any more is told so once;
            // an open one each time, with the version that was looked at.
            let paths = all.keys().chain(&teller.isms.told).chain(teller.open.keys());
            for path in paths.collect::<std::collections::BTreeSet<_>>() {
                let diagnostics = all.get(path).cloned().unwrap_or_default();
                let version = teller.open.get(path).map(|document| document.version);
                if let Some(uri) = teller.uri(path) {
                    told.push(PublishDiagnosticsParams { uri, diagnostics, version });
                }
            }
            (told, all.into_keys().collect())
        });
        let (published, paths) = told;
        for params in published {
            self.notify::<notification::PublishDiagnostics>(params);
        }
        self.isms[at].told = paths;
    }

    fn open(&self, at: usize) -> impl Iterator<Item = &Document> {
        self.documents.values().filter(move |document| document.isms == at)
    }

    fn telling<T>(&self, at: usize, tell: impl FnOnce(&Teller<'_>) -> T) -> T {
        let open: BTreeMap<RepoPath, &Document> =
            self.open(at).map(|document| (document.path().clone(), document)).collect();
        let (encoding, related) = (self.client.encoding, self.client.related);
        tell(&Teller { isms: &self.isms[at], open: &open, encoding, related })
    }

    // Folders and documents.

    fn add_folder(&mut self, folder: &Uri) {
        let Some(folder) = uri::path(folder) else { return };
        let Ok(folder) = folder.canonicalize() else {
            return self.log(MessageType::WARNING, &format!("{}: there is no such folder", folder.display()));
        };
        if self.folders.contains(&folder) {
            return;
        }
        self.folders.push(folder.clone());
        match self.ground.site(&folder) {
            Ok(site) if site.has_settings() => {
                self.isms_of(site.folder().to_path_buf().as_path());
            }
            // An ISMS may lie below; without settings it is known by its documents.
            Ok(site) => {
                let below = site.snapshot().map(|snapshot| {
                    let paths = snapshot.entries().keys();
                    let settings = paths.filter(|path| path.file_name() == FILE_NAME.as_bytes());
                    settings.filter_map(RepoPath::parent).collect::<Vec<_>>()
                });
                for path in below.unwrap_or_default() {
                    let path = site.folder().join(std::ffi::OsStr::from_bytes(path.as_bytes()));
                    if path.starts_with(&folder) {
                        self.isms_of(&path);
                    }
                }
            }
            Err(why) => self.log(MessageType::WARNING, &why),
        }
    }

    /// The ISMS that a folder belongs to; a new one where it is not known yet.
    fn isms_of(&mut self, folder: &Path) -> Option<usize> {
        let mut site = match self.ground.site(folder) {
            Ok(site) => site,
            Err(why) => {
                self.log(MessageType::WARNING, &why);
                return None;
            }
        };
        // Without settings the folder that the client opened says where the
        // ISMS begins, not the one that a document happens to lie in; outside of
        // all folders and repositories nothing does.
        if !site.has_settings() {
            let around = self.folders.iter().filter(|outer| folder.starts_with(outer));
            match around.max_by_key(|outer| outer.as_os_str().len()) {
                Some(outer) => site = self.ground.site(outer).unwrap_or(site),
                None if !site.is_in_repository() => return None,
                None => {}
            }
        }
        let known = self.isms.iter().position(|isms| isms.folder() == site.folder());
        Some(known.unwrap_or_else(|| {
            self.isms.push(Isms::new(site));
            self.isms.len() - 1
        }))
    }

    fn did_open(&mut self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let Some(path) = uri::path(&document.uri).and_then(|path| uri::real(&path)) else { return };
        let folder = path.ancestors().skip(1).find(|folder| folder.is_dir());
        let Some(at) = folder.and_then(|folder| self.isms_of(folder)) else { return };
        let Ok(below) = path.strip_prefix(self.isms[at].folder()) else { return };
        let below = RepoPath::new(below.as_os_str().as_bytes());
        if !EXTENSIONS.contains(&&*below.extension()) {
            return;
        }
        let file = crate::source::SourceFile::new(below, document.text);
        let opened = Document { uri: document.uri.clone(), version: document.version, isms: at, file };
        self.documents.insert(document.uri.as_str().to_owned(), opened);
        self.isms[at].stale = true;
    }

    fn did_change(&mut self, params: DidChangeTextDocumentParams) {
        let encoding = self.client.encoding;
        if let Some(document) = self.documents.get_mut(params.text_document.uri.as_str()) {
            document.edit(params.text_document.version, params.content_changes, encoding);
            let at = document.isms;
            self.isms[at].dirty = true;
        }
    }

    fn did_save(&mut self, params: &DidSaveTextDocumentParams) {
        if let Some(document) = self.documents.get(params.text_document.uri.as_str()) {
            let at = document.isms;
            self.isms[at].stale = true;
        }
    }

    fn did_close(&mut self, params: &DidCloseTextDocumentParams) {
        if let Some(document) = self.documents.remove(params.text_document.uri.as_str()) {
            self.isms[document.isms].stale = true;
            // The client knew it under its own address, which the next telling
            // may not find again.
            let diagnostics = Vec::new();
            let params = PublishDiagnosticsParams { uri: document.uri, diagnostics, version: None };
            self.notify::<notification::PublishDiagnostics>(params);
        }
    }

    fn did_change_folders(&mut self, params: DidChangeWorkspaceFoldersParams) {
        let removed = params.event.removed.iter().filter_map(|folder| uri::path(&folder.uri));
        let removed: Vec<PathBuf> = removed.filter_map(|folder| folder.canonicalize().ok()).collect();
        self.folders.retain(|folder| !removed.contains(folder));
        for folder in params.event.added {
            self.add_folder(&folder.uri);
        }
    }

    fn watch(&self) {
        if !self.client.watches {
            return;
        }
        let files = format!("**/*.{{{}}}", EXTENSIONS.join(","));
        let globs = [
            &*files,
            "**/.gitignore",
            "**/.git/HEAD",
            "**/.git/logs/HEAD",
            "**/.git/packed-refs",
            "**/.git/refs/**",
        ];
        let watchers = globs
            .into_iter()
            .map(|glob| FileSystemWatcher { glob_pattern: GlobPattern::String(glob.to_owned()), kind: None })
            .collect();
        let options = DidChangeWatchedFilesRegistrationOptions { watchers };
        let registration = Registration {
            id: "files".to_owned(),
            method: notification::DidChangeWatchedFiles::METHOD.to_owned(),
            register_options: serde_json::to_value(options).ok(),
        };
        let params = RegistrationParams { registrations: vec![registration] };
        let method = request::RegisterCapability::METHOD.to_owned();
        let request = Request::new("watch".to_owned().into(), method, params);
        let _ = self.sender.send(request.into());
    }

    // What the client says and asks.

    /// Takes a notification; one that is not understood changes nothing.
    pub(super) fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        let taken = match &*method {
            notification::Initialized::METHOD => {
                self.watch();
                Ok(())
            }
            notification::DidOpenTextDocument::METHOD => read(params).map(|params| self.did_open(params)),
            notification::DidChangeTextDocument::METHOD => read(params).map(|params| self.did_change(params)),
            notification::DidSaveTextDocument::METHOD => read(params).map(|params| self.did_save(&params)),
            notification::DidCloseTextDocument::METHOD => read(params).map(|params| self.did_close(&params)),
            notification::DidChangeWorkspaceFolders::METHOD => {
                read(params).map(|params| self.did_change_folders(params))
            }
            notification::DidChangeWatchedFiles::METHOD => {
                self.isms.iter_mut().for_each(|isms| isms.stale = true);
                Ok(())
            }
            // Answers come in the order of their questions, so there is nothing
            // to cancel; what we do not know may be passed over.
            _ => Ok(()),
        };
        if let Err((_, why)) = taken {
            self.log(MessageType::WARNING, &format!("`{method}` was not understood: {why}"));
        }
    }

    /// Answers a request.
    pub(super) fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let answer = match &*method {
            request::HoverRequest::METHOD => read(params).map(|params| self.hover(&params)),
            request::GotoDefinition::METHOD => read(params).map(|params| self.definition(&params)),
            request::References::METHOD => read(params).map(|params| self.references(&params)),
            request::Completion::METHOD => read(params).map(|params| self.completion(&params)),
            request::CodeActionRequest::METHOD => read(params).map(|params| self.code_actions(&params)),
            "initialize" => Err((ErrorCode::InvalidRequest, "the server is initialized already".to_owned())),
            _ => Err((ErrorCode::MethodNotFound, format!("`{}` is not answered here", plain(&method)))),
        };
        self.answer(match answer {
            Ok(value) => Response::new_ok(id, value),
            Err((code, why)) => Response::new_err(id, code as i32, why),
        });
    }

    /// The document that is asked about and the offset in it, with everything
    /// judged that was changed before.
    fn place(&mut self, at: &TextDocumentPositionParams) -> Option<(&Document, u32)> {
        self.settle();
        let document = self.documents.get(at.text_document.uri.as_str())?;
        let file = &document.file;
        let offset = offset(file.text(), file.lines(), at.position, self.client.encoding);
        Some((document, u32::try_from(offset).ok()?))
    }

    fn hover(&mut self, params: &HoverParams) -> Value {
        let Some((document, offset)) = self.place(&params.text_document_position_params) else {
            return Value::Null;
        };
        let (at, file) = (document.isms, document.file.clone());
        let seen = self.isms[at].seen.as_ref();
        json!(self.telling(at, |teller| hover::at(teller, seen, &file, offset)))
    }

    fn definition(&mut self, params: &GotoDefinitionParams) -> Value {
        json!(self.places(&params.text_document_position_params, |inventory, named| {
            navigation::places(inventory, named)
        }))
    }

    fn references(&mut self, params: &ReferenceParams) -> Value {
        let with_itself = params.context.include_declaration;
        json!(self.places(&params.text_document_position, |inventory, named| {
            navigation::references(inventory, named, with_itself)
        }))
    }

    fn places(
        &mut self,
        asked: &TextDocumentPositionParams,
        find: impl FnOnce(&crate::inventory::Inventory, &navigation::Named) -> Vec<crate::source::Place>,
    ) -> Vec<Location> {
        let Some((document, offset)) = self.place(asked) else { return Vec::new() };
        let (at, file) = (document.isms, document.file.clone());
        let Some(seen) = &self.isms[at].seen else { return Vec::new() };
        let Some(named) = navigation::named(seen, &file, offset) else { return Vec::new() };
        let places = find(&seen.inventory, &named);
        self.telling(at, |teller| places.iter().filter_map(|place| teller.location(place)).collect())
    }

    fn completion(&mut self, params: &CompletionParams) -> Value {
        let Some((document, offset)) = self.place(&params.text_document_position) else { return Value::Null };
        let (at, file) = (document.isms, document.file.clone());
        let Some(seen) = &self.isms[at].seen else { return Value::Null };
        let (mut offers, span) = completion::at(seen, &file, offset);
        let is_incomplete = offers.len() > OFFERS;
        if is_incomplete {
            let written = file.slice(span).to_lowercase();
            offers.retain(|offer| offer.label().to_lowercase().contains(&written));
            offers.truncate(OFFERS);
        }
        let range = self.telling(at, |teller| teller.range(&file, span));
        json!(CompletionList {
            is_incomplete,
            items: offers.into_iter().map(|offer| offer.item(range)).collect()
        })
    }

    fn code_actions(&mut self, params: &CodeActionParams) -> Value {
        self.settle();
        let Some(document) = self.documents.get(params.text_document.uri.as_str()) else { return json!([]) };
        let is_wanted = |kind: &CodeActionKind| CodeActionKind::QUICKFIX.as_str().starts_with(kind.as_str());
        if params.context.only.as_ref().is_some_and(|only| !only.iter().any(is_wanted)) {
            return json!([]);
        }
        let (at, file, creates) = (document.isms, document.file.clone(), self.client.creates);
        let isms = &self.isms[at];
        json!(self.telling(at, |teller| Proposer { teller, creates }.of(isms, &file, params.range)))
    }
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, (ErrorCode, String)> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, plain(&error.to_string())))
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some([" ", "[", ",", "{", "\""].map(str::to_owned).into()),
            ..CompletionOptions::default()
        }),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
            ..CodeActionOptions::default()
        })),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: None,
        }),
        ..ServerCapabilities::default()
    }
}
