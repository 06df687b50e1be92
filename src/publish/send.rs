//! Requests in a row, with what is left of time and repetitions: reading is
//! repeated freely, writing only where the service says that it was not done.
//!
//! A write of which nobody knows whether it was done is handed back as such:
//! who sent it looks what is there first. The waits are a matter of manners and
//! patience; no verdict depends on them.

use super::client::{Answer, Client};
use super::fault::Fault;
use super::wait::Reading;
use super::{Limits, Place, Token};
use http::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// Why a write gave no answer to go on with.
pub(super) enum Stop {
    /// It was not done and will not be.
    Refused(Fault),
    /// It was done or not; there is still time to look.
    Unknown,
    /// It was done or not, and there is no time left to look.
    Lost(Fault),
}

/// A sender with a budget.
pub(super) struct Sender<'p> {
    client: Client<'p>,
    limits: Limits,
    deadline: Instant,
    repetitions: u32,
    /// From when on the next write may go out.
    next_write: Option<Instant>,
}

impl<'p> Sender<'p> {
    pub(super) fn new(place: &Place, token: &'p Token, limits: &Limits) -> Result<Self, Fault> {
        Ok(Self {
            client: Client::new(place, token, limits)?,
            limits: *limits,
            deadline: Instant::now() + limits.total,
            repetitions: 0,
            next_write: None,
        })
    }

    /// Reads something.
    pub(super) async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, Fault> {
        loop {
            let (fault, wait) = match self.once(&Method::GET, path, None).await {
                Ok(answer) => match answer.reading {
                    Reading::Done => return self.client.values(&answer),
                    Reading::Refused => return Err(answer.fault()),
                    Reading::Later(wait) => (answer.fault(), wait),
                    Reading::Unknown => (answer.fault(), None),
                },
                Err(fault) => (fault, None),
            };
            self.wait(fault, wait).await?;
        }
    }

    /// Writes something.
    pub(super) async fn write<T: DeserializeOwned>(
        &mut self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<T, Stop> {
        loop {
            if let Some(next) = self.next_write {
                sleep_until(next.min(self.deadline)).await;
            }
            let answer = self.once(&method, path, Some(body)).await;
            self.next_write = Some(Instant::now() + self.limits.pause);
            let (fault, wait) = match answer {
                Ok(answer) => match answer.reading {
                    Reading::Done => match self.client.values(&answer) {
                        Ok(values) => return Ok(values),
                        Err(fault) => (fault, None),
                    },
                    Reading::Refused => return Err(Stop::Refused(answer.fault())),
                    Reading::Later(wait) => {
                        self.wait(answer.fault(), wait).await.map_err(Stop::Refused)?;
                        continue;
                    }
                    Reading::Unknown => (answer.fault(), None),
                },
                Err(fault) => (fault, None),
            };
            self.wait(fault, wait).await.map_err(Stop::Lost)?;
            return Err(Stop::Unknown);
        }
    }

    /// A last word after something failed: once, whatever time is left.
    pub(super) async fn last(&self, method: &Method, path: &str, body: &Value) -> bool {
        let answer = self.client.once(method, path, Some(body), self.limits.request).await;
        answer.is_ok_and(|answer| answer.reading == Reading::Done)
    }

    async fn once(&self, method: &Method, path: &str, body: Option<&Value>) -> Result<Answer, Fault> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Fault::Late(self.limits.total));
        }
        self.client.once(method, path, body, left.min(self.limits.request)).await
    }

    /// Waits before something is repeated; the fault where that would be in
    /// vain.
    async fn wait(&mut self, fault: Fault, told: Option<Duration>) -> Result<(), Fault> {
        if matches!(fault, Fault::Untrusted(_) | Fault::Late(_))
            || self.repetitions >= self.limits.repetitions
        {
            return Err(fault);
        }
        let backoff = self.limits.backoff.saturating_mul(1 << self.repetitions.min(16));
        let wait = told.map_or(backoff, |told| told.max(self.limits.backoff));
        self.repetitions += 1;
        if Instant::now().checked_add(wait).is_none_or(|then| then >= self.deadline) {
            return Err(fault);
        }
        sleep(wait).await;
        Ok(())
    }
}
