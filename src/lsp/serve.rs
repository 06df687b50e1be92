//! The life of a server: asked to begin, serving, asked to stop, gone. The
//! protocol says what may be asked when, and how the program ends.

use super::Ground;
use super::session::Session;
use crate::report::Exit;
use crossbeam_channel::{TryRecvError, select};
use lsp_server::{Connection, ErrorCode, Message, Request, Response};
use lsp_types::InitializeParams;
use std::sync::Arc;

/// Serves a client until it leaves. The exit code is the protocol's: 0 after
/// `shutdown` and `exit`, 1 where the client leaves without `shutdown`.
pub fn serve(connection: &Connection, ground: &Arc<dyn Ground>) -> Exit {
    let Some(mut session) = begin(connection, ground) else { return Exit::Findings };
    loop {
        let message = match connection.receiver.try_recv() {
            Ok(message) => message,
            Err(TryRecvError::Disconnected) => return Exit::Findings,
            Err(TryRecvError::Empty) => {
                if let Ok(past) = session.pasts.try_recv() {
                    session.past_was_read(past);
                    continue;
                }
                // Nothing waits: time to judge.
                if session.settle() {
                    continue;
                }
                let pasts = session.pasts.clone();
                select! {
                    recv(connection.receiver) -> message => match message {
                        Ok(message) => message,
                        Err(_) => return Exit::Findings,
                    },
                    recv(pasts) -> past => {
                        if let Ok(past) = past {
                            session.past_was_read(past);
                        }
                        continue;
                    }
                }
            }
        };
        match message {
            Message::Request(request) if request.method == "shutdown" => {
                session.answer(Response::new_ok(request.id, ()));
                return gone(connection);
            }
            Message::Request(request) => session.request(request),
            Message::Notification(notification) if notification.method == "exit" => return Exit::Findings,
            Message::Notification(notification) => session.notification(notification),
            // Answers to what we asked for; nothing depends on them.
            Message::Response(_) => {}
        }
    }
}

/// Waits for `initialize`; none where the client leaves instead.
fn begin(connection: &Connection, ground: &Arc<dyn Ground>) -> Option<Session> {
    let refuse = |request: Request, code: ErrorCode, why: String| {
        // Nobody listens any more: the next message will not come either.
        let _ = connection.sender.send(Response::new_err(request.id, code as i32, why).into());
    };
    loop {
        match connection.receiver.recv().ok()? {
            Message::Request(request) if request.method == "initialize" => {
                match serde_json::from_value::<InitializeParams>(request.params.clone()) {
                    Ok(params) => {
                        let (session, result) =
                            Session::new(connection.sender.clone(), ground.clone(), params);
                        session.answer(Response::new_ok(request.id, result));
                        return Some(session);
                    }
                    Err(error) => refuse(request, ErrorCode::InvalidParams, error.to_string()),
                }
            }
            Message::Request(request) => {
                refuse(request, ErrorCode::ServerNotInitialized, "`initialize` comes first".to_owned());
            }
            Message::Notification(notification) if notification.method == "exit" => return None,
            _ => {}
        }
    }
}

/// After `shutdown`: only `exit` is left to say.
fn gone(connection: &Connection) -> Exit {
    while let Ok(message) = connection.receiver.recv() {
        match message {
            Message::Notification(notification) if notification.method == "exit" => return Exit::Clean,
            Message::Request(request) => {
                let why = "the server was asked to shut down".to_owned();
                let refusal = Response::new_err(request.id, ErrorCode::InvalidRequest as i32, why);
                let _ = connection.sender.send(refusal.into());
            }
            _ => {}
        }
    }
    Exit::Findings
}
