//! What a client can do, and what is offered to it.

use super::position::Encoding;
use crate::inventory::EXTENSIONS;
use lsp_server::Request;
use lsp_types::notification::Notification as _;
use lsp_types::request::Request as _;
use lsp_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CompletionOptions,
    DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher, GlobPattern, HoverProviderCapability, OneOf,
    Registration, RegistrationParams, ResourceOperationKind, SaveOptions, ServerCapabilities,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions,
    WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities, notification, request,
};

/// What the client can do, as far as it matters here.
pub(super) struct Client {
    /// The unit of columns.
    pub(super) encoding: Encoding,
    /// Whether it shows second places of a finding.
    pub(super) related: bool,
    /// Whether it creates files.
    pub(super) creates: bool,
    watches: bool,
}

impl Client {
    /// As it says itself.
    pub(super) fn of(can: &ClientCapabilities) -> Self {
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

    /// What asks it to watch files, and where `HEAD` stands; nothing where it
    /// does not watch.
    pub(super) fn watching(&self) -> Option<Request> {
        if !self.watches {
            return None;
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
        Some(Request::new("watch".to_owned().into(), method, params))
    }
}

/// What is offered to every client.
pub(super) fn capabilities(encoding: Encoding) -> ServerCapabilities {
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
