//! One client: the folders and documents that it has open, what it says of
//! them, and what it is told.

use super::client::{Client, capabilities};
use super::diagnostics::{SOURCE, Teller};
use super::documents::Document;
use super::isms::{Isms, Open, Past};
use super::{Ground, uri};
use crate::escape::plain;
use crate::inventory::EXTENSIONS;
use crate::settings::FILE_NAME;
use crate::source::{RepoPath, SourceFile};
use crossbeam_channel::{Receiver, Sender, unbounded};
use lsp_server::{ErrorCode, Message, Notification, Response};
use lsp_types::notification::Notification as _;
use lsp_types::{
    DidChangeTextDocumentParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, InitializeParams, LogMessageParams, MessageType,
    PublishDiagnosticsParams, Uri, notification,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A client that is served.
pub(super) struct Session {
    sender: Sender<Message>,
    ground: Arc<dyn Ground>,
    /// What the client can do.
    pub(super) client: Client,
    folders: Vec<PathBuf>,
    /// Every ISMS that was met.
    pub(super) isms: Vec<Isms>,
    /// Open documents, by address.
    pub(super) documents: BTreeMap<String, Document>,
    done: Sender<Past>,
    /// Histories that were read.
    pub(super) pasts: Receiver<Past>,
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

    /// Tells with the open documents of an ISMS at hand.
    pub(super) fn telling<T>(&self, at: usize, tell: impl FnOnce(&Teller<'_>) -> T) -> T {
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
        let file = SourceFile::new(below, document.text);
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

    // What the client says and asks.

    /// Takes a notification; one that is not understood changes nothing.
    pub(super) fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        let taken = match &*method {
            notification::Initialized::METHOD => {
                if let Some(request) = self.client.watching() {
                    let _ = self.sender.send(request.into());
                }
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
}

/// The parameters as they should be.
pub(super) fn read<T: DeserializeOwned>(params: Value) -> Result<T, (ErrorCode, String)> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, plain(&error.to_string())))
}
