//! What no well-behaved client sends, and what each of it comes to: a defined
//! answer or a defined exit code, and never a panic.

use super::editor::Editor;
use ismslint::cli::Disk;
use ismslint::lsp::over;
use serde_json::{Value, json};
use std::io::Cursor;
use std::sync::Arc;

fn framed(message: &str) -> String {
    format!("Content-Length: {}\r\n\r\n{message}", message.len())
}

const BEGIN: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#;
const END: [&str; 2] =
    [r#"{"jsonrpc":"2.0","id":99,"method":"shutdown"}"#, r#"{"jsonrpc":"2.0","method":"exit"}"#];

/// What the server answers to these bytes, its exit code, and what is told.
fn spoken(bytes: Vec<u8>) -> (Vec<Value>, u8, String) {
    let mut out = Vec::new();
    let (exit, why) = over(Cursor::new(bytes), &mut out, Arc::new(Disk { as_of: None }));
    let text = String::from_utf8(out).expect("UTF-8");
    let messages = text.split("Content-Length: ").skip(1).map(|message| {
        let (length, body) = message.split_once("\r\n\r\n").expect("a frame");
        assert_eq!(length.parse(), Ok(body.len()));
        serde_json::from_str(body).expect("JSON")
    });
    (messages.collect(), exit.code(), why.unwrap_or_default())
}

fn session(between: &[&str]) -> (Vec<Value>, u8, String) {
    let all = [BEGIN].into_iter().chain(between.iter().copied()).chain(END);
    spoken(all.map(framed).collect::<String>().into_bytes())
}

fn codes(messages: &[Value]) -> Vec<i64> {
    let mut codes: Vec<i64> =
        messages.iter().filter_map(|message| message["error"]["code"].as_i64()).collect();
    codes.sort_unstable();
    codes
}

#[test]
fn a_session_over_streams_ends_as_the_protocol_says() {
    let (messages, exit, why) = session(&[]);
    assert_eq!((messages.len(), exit, &*why), (2, 0, ""));
    assert_eq!(messages[0]["result"]["serverInfo"]["name"], "ismslint");
    let without_shutdown = framed(BEGIN) + &framed(END[1]);
    assert_eq!(spoken(without_shutdown.into_bytes()).1, 1);
    assert_eq!(spoken(framed(END[1]).into_bytes()).1, 1, "exit before initialize");
    assert_eq!(spoken(framed(BEGIN).into_bytes()).1, 1, "the stream ends");
    assert_eq!(spoken(Vec::new()).1, 1);
}

#[test]
fn what_is_no_message_is_refused_and_the_session_goes_on() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let huge_id = format!(r#"{{"id":{},"method":"textDocument/hover"}}"#, "9".repeat(30));
    for (message, code) in [
        ("{", -32700),
        ("", -32700),
        ("null", -32600),
        ("[]", -32600),
        (r#"{"jsonrpc":"2.0"}"#, -32600),
        (r#"{"method":7}"#, -32600),
        (deep.as_str(), -32700),
        (huge_id.as_str(), -32600),
        (r#"{"id":null,"method":"textDocument/hover"}"#, -32600),
        (r#"{"id":{"a":1},"method":"textDocument/hover"}"#, -32600),
        (r#"{"id":"x","method":"textDocument/hover","params":7}"#, -32602),
        (r#"{"id":"x","method":"textDocument/hover","params":{"textDocument":{"uri":"::"}}}"#, -32602),
        (r#"{"id":"x","method":"nothing/known","params":{}}"#, -32601),
        (r#"{"id":"x","method":"$/unknown"}"#, -32601),
        (r#"{"id":"x","method":"initialize","params":{"capabilities":{}}}"#, -32600),
    ] {
        let (messages, exit, _) = session(&[message]);
        assert_eq!((codes(&messages), exit), (vec![code], 0), "{message}");
    }
    let invalid: Vec<u8> = [BEGIN.as_bytes(), b"\xff\xfe{}", END[0].as_bytes(), END[1].as_bytes()]
        .into_iter()
        .flat_map(|body| [format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat())
        .collect();
    let (messages, exit, _) = spoken(invalid);
    assert_eq!((codes(&messages), exit), (vec![-32700], 0));
}

#[test]
fn a_long_text_as_id_is_an_id() {
    let id = "i".repeat(1 << 20);
    let (messages, exit, _) = session(&[&format!(r#"{{"id":"{id}","method":"nothing/known"}}"#)]);
    assert_eq!(exit, 0);
    assert!(messages.iter().any(|message| message["id"] == id.as_str()));
}

#[test]
fn broken_frames_end_the_program_with_two() {
    for (bytes, told) in [
        ("GET / HTTP/1.1\r\n\r\n", "a message came without its length"),
        ("Content-Length: 5\n\n{}", "no header"),
        ("Content-Length: many\r\n\r\n{}", "no length"),
        ("Content-Length: -1\r\n\r\n{}", "no length"),
        ("Content-Length: 18446744073709551615\r\n\r\n{}", "at most"),
        ("Content-Length: 99999999999999999999999\r\n\r\n{}", "no length"),
        ("Content-Length: 100\r\n\r\n{\"jsonrpc\"", "cut short: 10 of 100 bytes"),
        ("Content-Len", "no header"),
        ("\u{1b}[31m", "no header"),
    ] {
        let (_, exit, why) = spoken(format!("{}{bytes}", framed(BEGIN)).into_bytes());
        assert_eq!(exit, 2, "{bytes}");
        assert!(why.contains(told) && !why.contains('\u{1b}'), "{why}");
    }
    let long = format!("X-Header: {}\r\n", "x".repeat(10_000));
    assert_eq!(spoken(long.into_bytes()).1, 2);
}

/// Stops taking bytes after some.
struct Deaf(usize);

impl std::io::Write for Deaf {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_client_that_takes_nothing_ends_the_program_with_four() {
    let (exit, why) =
        over(Cursor::new(framed(BEGIN).into_bytes()), &mut Deaf(10), Arc::new(Disk { as_of: None }));
    assert_eq!(exit.code(), 4);
    assert!(why.is_some());
}

#[test]
fn notifications_of_every_wrong_kind_change_nothing() {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::write(home.path().join("isms.yaml"), "organisation: A\n").expect("written");
    let mut editor = Editor::on(home.path());
    let uri = editor.uri("actions.yaml");
    let open = |uri: &str, text: &str| json!({"textDocument": {"uri": uri, "languageId": "", "version": -5, "text": text}});
    for (method, params) in [
        ("textDocument/didOpen", json!(7)),
        ("textDocument/didOpen", open("untitled:Untitled-1", "id: A")),
        ("textDocument/didOpen", open("file:///", "id: A")),
        ("textDocument/didOpen", open("file:///../../etc/passwd", "id: A")),
        ("textDocument/didOpen", open("file:///nowhere/at/all/actions.yaml", "id: A")),
        ("textDocument/didOpen", open("http://e.example/actions.yaml", "id: A")),
        ("textDocument/didChange", json!({"textDocument": {"uri": uri, "version": 2}, "contentChanges": []})),
        ("textDocument/didClose", json!({"textDocument": {"uri": uri}})),
        ("textDocument/didSave", json!({"textDocument": {}})),
        ("workspace/didChangeWatchedFiles", json!(null)),
        (
            "workspace/didChangeWorkspaceFolders",
            json!({"event": {"added": [{"uri": "file:///nowhere", "name": ""}], "removed": []}}),
        ),
        ("$/cancelRequest", json!({"id": 7})),
        ("$/setTrace", json!({"value": "off"})),
        ("made/up", json!([1, 2])),
    ] {
        editor.say(method, params);
    }
    editor.settle();
    // Edits that reach outside of the text, backwards, and into a pair.
    editor.say("textDocument/didOpen", open(&uri, "- id: 😀\n"));
    let far = u32::MAX;
    for (start, end) in [
        ((0, 7), (0, 7)),
        ((far, far), (far, far)),
        ((5, 0), (0, 0)),
        ((0, far), (1, far)),
        ((0, 0), (far, 0)),
    ] {
        let range = json!({"start": {"line": start.0, "character": start.1}, "end": {"line": end.0, "character": end.1}});
        let change = json!([{"range": range, "text": "x\u{0}\r"}]);
        editor.say(
            "textDocument/didChange",
            json!({"textDocument": {"uri": uri, "version": 3}, "contentChanges": change}),
        );
    }
    editor.settle();
    assert!(editor.rules_of("actions.yaml").contains(&"file-not-read".to_owned()), "a NUL makes it no text");
    assert_eq!(editor.leave(), 0);
}

#[test]
fn what_is_asked_at_the_wrong_time_is_refused() {
    let home = tempfile::tempdir().expect("a folder");
    let mut early = Editor::silent(home.path());
    let refused = early.ask("textDocument/hover", json!({})).expect_err("is refused");
    assert_eq!(refused.0, -32002);
    assert_eq!(early.ask("initialize", json!("no")).expect_err("is refused").0, -32602);
    assert_eq!(early.exit(), 1);
    let mut late = Editor::on(home.path());
    late.ask("shutdown", Value::Null).expect("shuts down");
    assert_eq!(late.ask("shutdown", Value::Null).expect_err("is refused").0, -32600);
    assert_eq!(late.exit(), 0);
    assert_eq!(Editor::on(home.path()).exit(), 1);
    assert_eq!(Editor::on(home.path()).vanish(), 1);
}
