//! Messages over two streams: framed, bounded, and refused where they are none.
//!
//! The frames of `lsp-server` end the program on the first message that is no
//! message; here only a broken frame does, because behind it nothing can be
//! told apart.

use super::{Ground, serve};
use crate::escape::{cut, plain};
use crate::report::Exit;
use crossbeam_channel::{Receiver, Sender, select, unbounded};
use lsp_server::{Connection, ErrorCode, Message, RequestId};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::sync::Arc;
use std::thread;

/// Bytes of one message.
const MESSAGE_BYTES: u64 = 64 << 20;
/// Bytes of the lines before a message.
const HEADER_BYTES: u64 = 4096;

/// Serves the client at the other ends of two streams until it leaves. What is
/// to be told of the end beside the exit code is the text.
pub fn over(
    input: impl Read + Send + 'static,
    out: &mut dyn Write,
    ground: Arc<dyn Ground>,
) -> (Exit, Option<String>) {
    let (to_server, receiver) = unbounded();
    let (sender, from_server) = unbounded();
    let (refuse, refusals) = unbounded();
    let (broken, why) = unbounded();
    // Nobody waits for this thread: it ends with its stream, or with the program.
    thread::spawn(move || {
        if let Err(text) = read(&mut BufReader::new(input), &to_server, &refuse) {
            let _ = broken.send(text);
        }
    });
    let server = thread::spawn(move || serve(&Connection { sender, receiver }, &ground));
    if let Err(error) = write(out, &from_server, &refusals) {
        return (Exit::Output, Some(format!("the client does not take messages any more: {error}")));
    }
    let exit = server.join().unwrap_or(Exit::Internal);
    match why.try_recv() {
        Ok(text) => (exit.or(Exit::Usage), Some(text)),
        Err(_) => (exit, None),
    }
}

/// Writes until the server is gone.
fn write(
    out: &mut dyn Write,
    messages: &Receiver<Message>,
    refusals: &Receiver<Value>,
) -> std::io::Result<()> {
    let mut refusals = refusals.clone();
    loop {
        select! {
            recv(messages) -> message => match message {
                Ok(message) => message.write(&mut &mut *out)?,
                Err(_) => {
                    return refusals.try_iter().try_for_each(|refusal| frame(out, &refusal));
                }
            },
            recv(refusals) -> refusal => match refusal {
                Ok(refusal) => frame(out, &refusal)?,
                // The client has said its last; the server may not have.
                Err(_) => refusals = crossbeam_channel::never(),
            },
        }
    }
}

fn frame(out: &mut dyn Write, message: &Value) -> std::io::Result<()> {
    let text = message.to_string();
    write!(out, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    out.flush()
}

/// Reads messages until the stream ends.
fn read(
    input: &mut impl BufRead,
    messages: &Sender<Message>,
    refusals: &Sender<Value>,
) -> Result<(), String> {
    while let Some(body) = body(input)? {
        match message(&body) {
            // Whoever does not listen any more has ended.
            Ok(message) => {
                if messages.send(message).is_err() {
                    return Ok(());
                }
            }
            Err(refusal) => {
                let _ = refusals.send(refusal);
            }
        }
    }
    Ok(())
}

/// The bytes of the next message; none at the end of the stream.
fn body(input: &mut impl BufRead) -> Result<Option<Vec<u8>>, String> {
    let mut left = HEADER_BYTES;
    let mut length: Option<u64> = None;
    loop {
        let mut line = Vec::new();
        input.by_ref().take(left).read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
        if line.is_empty() && left == HEADER_BYTES {
            return Ok(None);
        }
        left -= line.len() as u64;
        let text = String::from_utf8_lossy(&line);
        let Some(text) = text.strip_suffix("\r\n") else {
            return Err(format!("this is no header of a message: `{}`", shortened(&text)));
        };
        if text.is_empty() {
            break;
        }
        if let Some((name, value)) = text.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            let value = value.trim().parse().map_err(|_| format!("`{}` is no length", shortened(value)))?;
            length = Some(value);
        }
    }
    let length = length.ok_or("a message came without its length")?;
    if length > MESSAGE_BYTES {
        return Err(format!("a message of {length} bytes; at most {MESSAGE_BYTES} are read"));
    }
    let mut body = Vec::new();
    input.by_ref().take(length).read_to_end(&mut body).map_err(|error| error.to_string())?;
    if (body.len() as u64) < length {
        return Err(format!("a message was cut short: {} of {length} bytes", body.len()));
    }
    Ok(Some(body))
}

fn shortened(text: &str) -> String {
    plain(&cut(text, 60))
}

/// A message, or the answer to what is none.
fn message(body: &[u8]) -> Result<Message, Value> {
    let refusal = |id: &Value, code: ErrorCode, why: &str| json!({"jsonrpc": "2.0", "id": id, "error": {"code": code as i32, "message": why}});
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| refusal(&Value::Null, ErrorCode::ParseError, &plain(&error.to_string())))?;
    // A request whose id is none would be read as a notification, and its
    // sender would wait for ever.
    if let Some(id) = value.get("id")
        && value.get("method").is_some()
        && serde_json::from_value::<RequestId>(id.clone()).is_err()
    {
        let why = "an id is text, or a whole number of 32 bits";
        return Err(refusal(id, ErrorCode::InvalidRequest, why));
    }
    serde_json::from_value(value).map_err(|_| {
        refusal(
            &Value::Null,
            ErrorCode::InvalidRequest,
            "neither a request, nor a response, nor a notification",
        )
    })
}
