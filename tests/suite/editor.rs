//! A client of the language server, in this process, as an editor is one.

use super::checking::DAY;
use ismslint::cli::Disk;
use ismslint::lsp::{Ground, serve};
use ismslint::report::Exit;
use lsp_server::{Connection, Message, Notification, Request, Response};
use lsp_types::notification::{self, Notification as _};
use lsp_types::request::{self, Request as _};
use lsp_types::{
    CodeAction, CompletionItem, Diagnostic, Hover, Location, Position, PublishDiagnosticsParams, Range, Uri,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// How long an answer may take on a machine that does much else.
const PATIENCE: Duration = Duration::from_mins(2);

/// An editor with a server.
pub(crate) struct Editor {
    client: Connection,
    server: JoinHandle<Exit>,
    /// The folder that is open.
    pub(crate) folder: PathBuf,
    asked: i32,
    versions: BTreeMap<String, i32>,
    /// What is told of each file, by its address.
    pub(crate) told: BTreeMap<String, Vec<Diagnostic>>,
    /// The version of the document that each was last told of.
    pub(crate) told_of: BTreeMap<String, Option<i32>>,
    /// What the server says about itself.
    pub(crate) log: Vec<String>,
    /// What the server can do.
    pub(crate) capabilities: Value,
}

/// What most editors can do.
pub(crate) fn able() -> Value {
    json!({
        "workspace": {"workspaceEdit": {"documentChanges": true, "resourceOperations": ["create"]}},
        "textDocument": {"publishDiagnostics": {"relatedInformation": true}},
    })
}

/// The address of a file.
pub(crate) fn address(path: &Path) -> Uri {
    format!("file://{}", path.display()).replace(' ', "%20").parse().expect("an address")
}

impl Editor {
    /// A server that was started and was not asked for anything yet.
    pub(crate) fn silent(folder: &Path) -> Self {
        let (connection, client) = Connection::memory();
        let day = DAY.parse().expect("a day");
        let ground: Arc<dyn Ground> = Arc::new(Disk { as_of: Some(day) });
        let server = std::thread::spawn(move || serve(&connection, &ground));
        Self {
            client,
            server,
            folder: folder.canonicalize().expect("is there"),
            asked: 0,
            versions: BTreeMap::new(),
            told: BTreeMap::new(),
            told_of: BTreeMap::new(),
            log: Vec::new(),
            capabilities: Value::Null,
        }
    }

    /// An editor on a folder.
    pub(crate) fn on(folder: &Path) -> Self {
        Self::with(folder, &able(), &[folder])
    }

    /// An editor with these capabilities and folders.
    pub(crate) fn with(folder: &Path, able: &Value, folders: &[&Path]) -> Self {
        let mut editor = Self::silent(folder);
        let folders = folders.iter().map(|folder| {
            let folder = folder.canonicalize().expect("is there");
            json!({"uri": address(&folder), "name": "folder"})
        });
        let folders: Vec<Value> = folders.collect();
        let params = json!({"processId": null, "capabilities": able, "workspaceFolders": folders});
        let answer = editor.ask("initialize", params).expect("begins");
        editor.capabilities = answer["capabilities"].clone();
        editor.say("initialized", json!({}));
        editor
    }

    /// Says something.
    pub(crate) fn say(&self, method: &str, params: Value) {
        self.client.sender.send(Notification::new(method.to_owned(), params).into()).expect("listens");
    }

    /// Asks, and takes in what is told before the answer.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Result<Value, (i32, String)> {
        self.asked += 1;
        let id = self.asked;
        self.client.sender.send(Request::new(id.into(), method.to_owned(), params).into()).expect("listens");
        loop {
            if let Some(Response { id: answered, response_result }) = self.hear() {
                assert_eq!(answered, id.into());
                return response_result.map_err(|error| (error.code, error.message));
            }
        }
    }

    /// Takes in one message; gives back an answer.
    fn hear(&mut self) -> Option<Response> {
        match self.client.receiver.recv_timeout(PATIENCE).expect("an answer in time") {
            Message::Response(response) => return Some(response),
            Message::Request(request) => {
                assert_eq!(request.method, request::RegisterCapability::METHOD);
                self.log.push(request.params.to_string());
                self.client.sender.send(Response::new_ok(request.id, ()).into()).expect("listens");
            }
            Message::Notification(said) => match &*said.method {
                notification::PublishDiagnostics::METHOD => {
                    let told: PublishDiagnosticsParams =
                        serde_json::from_value(said.params).expect("diagnostics");
                    self.told_of.insert(told.uri.as_str().to_owned(), told.version);
                    self.told.insert(told.uri.as_str().to_owned(), told.diagnostics);
                }
                notification::LogMessage::METHOD => {
                    self.log.push(said.params["message"].as_str().expect("text").to_owned());
                }
                other => panic!("{other} was not expected"),
            },
        }
        None
    }

    /// Waits until everything that was said is judged.
    pub(crate) fn settle(&mut self) {
        let nowhere =
            json!({"textDocument": {"uri": "file:///nowhere"}, "position": {"line": 0, "character": 0}});
        assert_eq!(self.ask(request::HoverRequest::METHOD, nowhere), Ok(Value::Null));
    }

    /// Waits until a history was read, and what it shows is told.
    pub(crate) fn wait_for_history(&mut self) {
        self.settle();
        while !self.log.iter().any(|line| line.contains("history")) {
            self.hear();
        }
        self.log.clear();
        self.settle();
    }

    /// The address of a file of the folder.
    pub(crate) fn uri(&self, path: &str) -> String {
        address(&self.folder.join(path)).as_str().to_owned()
    }

    /// Opens a document.
    pub(crate) fn open(&mut self, path: &str, text: &str) {
        let uri = self.uri(path);
        self.versions.insert(uri.clone(), 1);
        let item = json!({"uri": uri, "languageId": "yaml", "version": 1, "text": text});
        self.say(notification::DidOpenTextDocument::METHOD, json!({"textDocument": item}));
    }

    /// Opens a document as it lies on disk.
    pub(crate) fn open_file(&mut self, path: &str) -> String {
        let text = std::fs::read_to_string(self.folder.join(path)).expect("is text");
        self.open(path, &text);
        text
    }

    /// Replaces a range of a document; without one, the whole.
    pub(crate) fn edit(&mut self, path: &str, range: Option<Range>, text: &str) {
        let uri = self.uri(path);
        let version = self.versions.entry(uri.clone()).or_default();
        *version += 1;
        let change = match range {
            Some(range) => json!({"range": range, "text": text}),
            None => json!({"text": text}),
        };
        let params = json!({"textDocument": {"uri": uri, "version": *version}, "contentChanges": [change]});
        self.say(notification::DidChangeTextDocument::METHOD, params);
    }

    /// Says that a document was saved or closed.
    pub(crate) fn tell_of(&self, method: &str, path: &str) {
        self.say(method, json!({"textDocument": {"uri": self.uri(path)}}));
    }

    /// What is told of a file.
    pub(crate) fn of(&self, path: &str) -> &[Diagnostic] {
        self.told.get(&self.uri(path)).map_or(&[], Vec::as_slice)
    }

    /// The rules that say something of a file.
    pub(crate) fn rules_of(&self, path: &str) -> Vec<String> {
        self.of(path).iter().map(code).collect()
    }

    /// Everything that is told, and nothing of files of which nothing is.
    pub(crate) fn everything(&self) -> BTreeMap<String, Vec<Diagnostic>> {
        self.told
            .iter()
            .filter(|(_, told)| !told.is_empty())
            .map(|(uri, told)| (uri.clone(), told.clone()))
            .collect()
    }

    fn place(&self, path: &str, at: Position) -> Value {
        json!({"textDocument": {"uri": self.uri(path)}, "position": at})
    }

    /// The text of what is told on hovering.
    pub(crate) fn hover(&mut self, path: &str, at: Position) -> Option<(String, Range)> {
        let params = self.place(path, at);
        let answer = self.ask(request::HoverRequest::METHOD, params).expect("answered");
        let hover: Option<Hover> = serde_json::from_value(answer).expect("a hover");
        let hover = hover?;
        let text = serde_json::to_value(&hover.contents).expect("is data")["value"]
            .as_str()
            .expect("text")
            .to_owned();
        Some((text, hover.range.expect("a range")))
    }

    /// The places of a definition.
    pub(crate) fn definition(&mut self, path: &str, at: Position) -> Vec<Location> {
        let params = self.place(path, at);
        serde_json::from_value(self.ask(request::GotoDefinition::METHOD, params).expect("answered"))
            .expect("places")
    }

    /// The places that refer to what stands at a place.
    pub(crate) fn references(&mut self, path: &str, at: Position, with_itself: bool) -> Vec<Location> {
        let mut params = self.place(path, at);
        params["context"] = json!({"includeDeclaration": with_itself});
        serde_json::from_value(self.ask(request::References::METHOD, params).expect("answered"))
            .expect("places")
    }

    /// What can be written at a place.
    pub(crate) fn completions(&mut self, path: &str, at: Position) -> Vec<CompletionItem> {
        let params = self.place(path, at);
        let mut answer = self.ask(request::Completion::METHOD, params).expect("answered");
        serde_json::from_value(answer["items"].take()).expect("items")
    }

    /// What can be done about a range.
    pub(crate) fn actions(&mut self, path: &str, range: Range) -> Vec<CodeAction> {
        let params =
            json!({"textDocument": {"uri": self.uri(path)}, "range": range, "context": {"diagnostics": []}});
        serde_json::from_value(self.ask(request::CodeActionRequest::METHOD, params).expect("answered"))
            .expect("actions")
    }

    /// Leaves as the protocol asks for; the exit code.
    pub(crate) fn leave(mut self) -> u8 {
        self.ask("shutdown", Value::Null).expect("shuts down");
        self.say("exit", Value::Null);
        self.server.join().expect("no panic").code()
    }

    /// Leaves without a word.
    pub(crate) fn vanish(self) -> u8 {
        let Self { client, server, .. } = self;
        drop(client);
        server.join().expect("no panic").code()
    }

    /// Leaves with `exit` alone.
    pub(crate) fn exit(self) -> u8 {
        self.say("exit", Value::Null);
        self.server.join().expect("no panic").code()
    }
}

/// The rule that a diagnostic names.
pub(crate) fn code(told: &Diagnostic) -> String {
    match &told.code {
        Some(lsp_types::NumberOrString::String(code)) => code.clone(),
        other => panic!("{other:?}"),
    }
}

/// Where a text stands first in another, in UTF-16 units: counted naively, line
/// by line.
pub(crate) fn at(text: &str, what: &str) -> Position {
    utf16(text, text.find(what).unwrap_or_else(|| panic!("{what} in {text}")))
}

/// The position of an offset, counted naively.
pub(crate) fn utf16(text: &str, offset: usize) -> Position {
    let before = text[..offset].replace("\r\n", "\n").replace('\r', "\n");
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or_default().encode_utf16().count();
    Position::new(u32::try_from(line).expect("small"), u32::try_from(column).expect("small"))
}

/// The range of a text in another.
pub(crate) fn range(text: &str, what: &str) -> Range {
    let start = text.find(what).unwrap_or_else(|| panic!("{what} in {text}"));
    Range::new(utf16(text, start), utf16(text, start + what.len()))
}

/// A text after an edit, by another way than the server's.
pub(crate) fn edited(text: &str, range: Range, new: &str) -> String {
    let offset = |at: Position| {
        (0..=text.len())
            .filter(|offset| text.is_char_boundary(*offset))
            .find(|offset| utf16(text, *offset) == at)
    };
    let (start, end) = (offset(range.start).expect("there"), offset(range.end).expect("there"));
    format!("{}{new}{}", &text[..start], &text[end..])
}

/// The first edit of an action, and the file it is for.
pub(crate) fn edit_of(action: &CodeAction) -> (String, Range, String) {
    let edit = serde_json::to_value(action.edit.as_ref().expect("an edit")).expect("is data");
    let (uri, edit) = if let Some(changes) = edit["changes"].as_object() {
        changes.iter().next().map(|(uri, edits)| (uri.clone(), edits[0].clone())).expect("one")
    } else {
        let edit = &edit["documentChanges"][1];
        (edit["textDocument"]["uri"].as_str().expect("text").to_owned(), edit["edits"][0].clone())
    };
    let range = serde_json::from_value(edit["range"].clone()).unwrap_or_else(|_| panic!("{edit}"));
    (uri, range, edit["newText"].as_str().expect("text").to_owned())
}
