//! A server that keeps check runs and comments as GitHub does, and can be told
//! to fail at any request. Written from the description of the API; it shares no
//! code with the program.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What becomes of a request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Not done, answered with a status, headers and a body.
    Say(u16, Vec<(&'static str, String)>, String),
    /// Done, and then as if the connection broke.
    DoneAndCut,
    /// Done, and then answered with a status.
    DoneAndSay(u16),
    /// Not done; the connection breaks in the middle of the answer.
    Cut,
    /// Not done, no answer for this long.
    Silent(Duration),
    /// Not done; an answer that comes byte by byte and never ends.
    Drip,
    /// Not done; an answer without an end.
    Flood,
}

/// A request, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// What is there.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) requests: Vec<Request>,
    pub(crate) runs: Vec<Value>,
    pub(crate) comments: Vec<Value>,
    /// For requests whose method and target begin and hold this: what becomes
    /// of the next ones.
    acts: Vec<(&'static str, &'static str, Act)>,
}

/// The server, until the end of the test.
pub(crate) struct Github {
    pub(crate) api: String,
    state: Arc<Mutex<State>>,
}

impl Github {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let api = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = shared.clone();
                thread::spawn(move || serve(&stream, &state));
            }
        });
        Self { api, state }
    }

    /// The next request with this method, whose target holds `part`, ends so.
    pub(crate) fn once(self, method: &'static str, part: &'static str, act: Act) -> Self {
        self.state().acts.push((method, part, act));
        self
    }

    /// The next `times` do.
    pub(crate) fn times(self, times: usize, method: &'static str, part: &'static str, act: &Act) -> Self {
        (0..times).fold(self, |server, _| server.once(method, part, act.clone()))
    }

    pub(crate) fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no test failed in it")
    }

    /// The one check run.
    pub(crate) fn run(&self) -> Value {
        let state = self.state();
        assert_eq!(state.runs.len(), 1, "one check run");
        state.runs[0].clone()
    }

    /// Methods of the requests, in order.
    pub(crate) fn methods(&self) -> Vec<String> {
        self.state().requests.iter().map(|request| request.method.clone()).collect()
    }
}

/// A status and nothing more.
pub(crate) fn say(status: u16) -> Act {
    Act::Say(status, Vec::new(), json!({ "message": "as the test wants it" }).to_string())
}

fn serve(mut stream: &TcpStream, state: &Mutex<State>) {
    let Some(request) = read(stream) else { return };
    let act = {
        let mut state = state.lock().expect("no test failed in it");
        state.requests.push(request.clone());
        let fits = |(method, part, _): &(&str, &str, Act)| {
            request.method == *method && request.target.contains(part)
        };
        state.acts.iter().position(fits).map(|at| state.acts.remove(at).2)
    };
    let done = || answer(&request, &mut state.lock().expect("no test failed in it"));
    match act {
        None => {
            let (status, body) = done();
            write(stream, status, &[], &body.to_string());
        }
        Some(Act::Say(status, headers, body)) => write(stream, status, &headers, &body),
        Some(Act::DoneAndSay(status)) => {
            done();
            write(stream, status, &[], "{}");
        }
        Some(Act::DoneAndCut) => {
            done();
        }
        Some(Act::Cut) => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"id\": 1");
        }
        Some(Act::Silent(time)) => thread::sleep(time),
        Some(Act::Drip) => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            while stream.write_all(b" ").is_ok() {
                thread::sleep(Duration::from_millis(20));
            }
        }
        Some(Act::Flood) => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            while stream.write_all(&[b' '; 4_096]).is_ok() {}
        }
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    lines.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    lines.read_exact(&mut body).ok()?;
    Some(Request { method, target, headers, body: String::from_utf8(body).ok()? })
}

fn write(mut stream: &TcpStream, status: u16, headers: &[(&str, String)], body: &str) {
    let mut text = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    // A client that left early is what some tests are about.
    let _ = stream.write_all(format!("{text}\r\n{body}").as_bytes());
}

/// Does what is asked, as the description of the API has it.
fn answer(request: &Request, state: &mut State) -> (u16, Value) {
    let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let parts: Vec<&str> = path.trim_start_matches("/repos/acme/isms/").split('/').collect();
    let page = |name: &str| {
        let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        value.and_then(|value| value.parse::<usize>().ok()).unwrap_or(1)
    };
    let cut = |all: Vec<Value>| -> Vec<Value> {
        let size = page("per_page");
        all.into_iter().skip((page("page") - 1) * size).take(size).collect()
    };
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["commits", commit, "check-runs"]) => {
            let on = state.runs.iter().filter(|run| run["head_sha"] == *commit).cloned().collect();
            (200, json!({ "total_count": state.runs.len(), "check_runs": cut(on) }))
        }
        ("POST", ["check-runs"]) => {
            let mut run = json!({
                "id": 100 + state.runs.len(),
                "html_url": format!("https://github.com/acme/isms/runs/{}", 100 + state.runs.len()),
                "output": { "annotations_count": 0 },
                "annotations": [],
                "status": "queued",
                "conclusion": null,
            });
            if let Err(why) = apply(&mut run, &body) {
                return (422, json!({ "message": why }));
            }
            state.runs.push(run.clone());
            (201, run)
        }
        (method, ["check-runs", id]) => {
            let found = state.runs.iter_mut().find(|run| run["id"].as_u64() == id.parse().ok());
            match (method, found) {
                (_, None) => (404, json!({ "message": "Not Found" })),
                ("GET", Some(run)) => (200, run.clone()),
                (_, Some(run)) => match apply(run, &body) {
                    Err(why) => (422, json!({ "message": why })),
                    Ok(()) => (200, run.clone()),
                },
            }
        }
        ("GET", ["issues", "7", "comments"]) => (200, cut(state.comments.clone()).into()),
        ("POST", ["issues", "7", "comments"]) => {
            let comment =
                json!({ "id": 500 + state.comments.len(), "body": body["body"], "user": { "type": "Bot" } });
            state.comments.push(comment.clone());
            (201, comment)
        }
        ("PATCH", ["issues", "comments", id]) => {
            match state.comments.iter_mut().find(|comment| comment["id"].as_u64() == id.parse().ok()) {
                None => (404, json!({ "message": "Not Found" })),
                Some(comment) => {
                    comment["body"] = body["body"].clone();
                    (200, comment.clone())
                }
            }
        }
        _ => (404, json!({ "message": "Not Found" })),
    }
}

/// Takes over what was sent: annotations are added to those that are there.
fn apply(run: &mut Value, body: &Value) -> Result<(), String> {
    let output = &body["output"];
    let added = output["annotations"].as_array().cloned().unwrap_or_default();
    if added.len() > 50 {
        return Err("Only 50 annotations are allowed".to_owned());
    }
    if output["summary"].as_str().is_none_or(|text| text.chars().count() > 65_535) {
        return Err("Only 65535 characters are allowed".to_owned());
    }
    for name in ["name", "head_sha", "external_id", "status", "conclusion", "started_at", "completed_at"] {
        if !body[name].is_null() {
            run[name] = body[name].clone();
        }
    }
    let all: Vec<Value> =
        run["annotations"].as_array().cloned().unwrap_or_default().into_iter().chain(added).collect();
    run["output"] = json!({
        "title": output["title"],
        "summary": output["summary"],
        "annotations_count": all.len(),
    });
    run["annotations"] = all.into();
    Ok(())
}
