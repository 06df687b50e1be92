//! One request by octocrab, and its whole answer: within a time, within a
//! number of bytes, never from another place than the one that was asked.

use super::fault::Fault;
use super::wait::{Reading, reading};
use super::{Limits, Place, Token};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use octocrab::Octocrab;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::error::Error;
use std::time::Duration;

/// Characters kept of what a service says.
const MOST_SAID: usize = 300;

/// A way to the API of a server.
pub(super) struct Client<'p> {
    octocrab: Octocrab,
    token: &'p Token,
    answer_bytes: usize,
}

/// A whole answer.
pub(super) struct Answer {
    pub(super) reading: Reading,
    status: u16,
    said: String,
    body: Vec<u8>,
}

impl Answer {
    /// The fault that it tells of, where it was not done.
    pub(super) fn fault(&self) -> Fault {
        match self.reading {
            Reading::Later(wait) => Fault::Wait(self.status, wait),
            _ => Fault::Status(self.status, self.said.clone()),
        }
    }
}

/// What GitHub says of an error.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    message: String,
    errors: Vec<Value>,
}

impl<'p> Client<'p> {
    /// A client; inside of a runtime.
    pub(super) fn new(place: &Place, token: &'p Token, limits: &Limits) -> Result<Self, Fault> {
        let built = || {
            let builder = Octocrab::builder().base_uri(place.api.as_str())?;
            let builder = builder.personal_token(token.revealed().to_owned());
            builder.set_connect_timeout(Some(limits.connect)).build()
        };
        match built() {
            Ok(octocrab) => Ok(Self { octocrab, token, answer_bytes: limits.answer_bytes }),
            Err(error) => Err(Fault::Connection(token.hidden_in(&chain(&error)))),
        }
    }

    /// Sends one request, and waits at most this long for the whole answer.
    pub(super) async fn once(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
        most: Duration,
    ) -> Result<Answer, Fault> {
        match tokio::time::timeout(most, self.asked(method, path, body)).await {
            Ok(answer) => answer,
            Err(_) => Err(Fault::Slow(most)),
        }
    }

    async fn asked(&self, method: &Method, path: &str, body: Option<&Value>) -> Result<Answer, Fault> {
        let builder = Request::builder().method(method.clone()).uri(path);
        let request = self.octocrab.build_request(builder, body).map_err(|error| self.fault(&error))?;
        let answer = self.octocrab.execute(request).await.map_err(|error| self.fault(&error))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = match Limited::new(answer.into_body(), self.answer_bytes).collect().await {
            Ok(body) => body.to_bytes().to_vec(),
            Err(error) if error.is::<LengthLimitError>() => return Err(Fault::TooLong(self.answer_bytes)),
            Err(error) => return Err(self.fault(&*error)),
        };
        Ok(self.answer(status, &headers, body))
    }

    fn answer(&self, status: StatusCode, headers: &HeaderMap, body: Vec<u8>) -> Answer {
        let said = if status.is_success() {
            Said::default()
        } else {
            serde_json::from_slice(&body).unwrap_or_default()
        };
        let header = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
        let reading = reading(status.as_u16(), &header, &said.message);
        let mut text = said.message;
        for error in &said.errors {
            text.push_str(&format!(" {error}"));
        }
        // First hidden, then cut: half a token is still some of it.
        let said = self.token.hidden_in(&text).chars().take(MOST_SAID).collect();
        Answer { reading, status: status.as_u16(), said, body }
    }

    /// The values of an answer.
    pub(super) fn values<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, Fault> {
        serde_json::from_slice(&answer.body)
            .map_err(|error| Fault::Unreadable(self.token.hidden_in(&error.to_string())))
    }

    fn fault(&self, error: &(dyn Error + 'static)) -> Fault {
        let why = self.token.hidden_in(&chain(error));
        // The types of the TLS library are none of ours to name.
        let untrusted = ["certificate", "corrupt message", "incompatible", "fatal alert"];
        if untrusted.iter().any(|word| why.contains(word)) {
            Fault::Untrusted(why)
        } else {
            Fault::Connection(why)
        }
    }
}

/// An error with what led to it, each once.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut told: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        match told.last_mut() {
            // Some repeat what led to them.
            Some(last) if last.ends_with(&text) => {}
            _ => told.push(text),
        }
        next = error.source();
    }
    // Where in the client it happened is of no use to who reads it.
    told.join(": ").replace("Service Error: ", "").replace("client error (Connect): ", "")
}
