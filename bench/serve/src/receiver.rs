//! A receiver of webhooks that counts which alerts it was told of, how often, by whom.

use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bench_harness::Result;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

#[cfg(test)]
mod tests;

/// The label that all alerts of the benchmark have, and its value.
pub(crate) const JOB: (&str, &str) = ("job", "bench");

/// Listens until the runtime ends.
#[derive(Debug)]
pub(crate) struct Receiver {
    address: SocketAddr,
    told: Arc<Mutex<HashMap<String, Told>>>,
}

/// What one server has told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Alerts that it has told of while they fired.
    alerts: HashSet<String>,
    /// How often an alert was told of that had been told of before.
    pub(crate) again: u64,
    /// Messages that told of any.
    pub(crate) messages: u64,
}

impl Receiver {
    pub(crate) async fn listen() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let told = Arc::default();
        tokio::spawn(accept(listener, Arc::clone(&told)));
        Ok(Self { address, told })
    }

    /// Where the server of this name sends its webhooks.
    pub(crate) fn url(&self, name: &str) -> String {
        format!("http://{}/{name}", self.address)
    }

    /// What the server of this name has told so far.
    pub(crate) fn told(&self, name: &str) -> Told {
        lock(&self.told).get(name).cloned().unwrap_or_default()
    }
}

impl Told {
    /// How many alerts were told of.
    pub(crate) fn alerts(&self) -> usize {
        self.alerts.len()
    }

    /// Takes in one webhook's body.
    fn hear(&mut self, body: &Value) {
        let alerts = body["alerts"].as_array().into_iter().flatten();
        let ours = alerts.filter(|alert| {
            alert["status"] == "firing" && alert["labels"][JOB.0].as_str() == Some(JOB.1)
        });
        let mut is_any = false;
        for alert in ours {
            is_any = true;
            self.again += u64::from(!self.alerts.insert(alert["labels"].to_string()));
        }
        self.messages += u64::from(is_any);
    }
}

type Heard = Arc<Mutex<HashMap<String, Told>>>;

async fn accept(listener: TcpListener, told: Heard) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, Arc::clone(&told)));
    }
}

async fn serve(stream: TcpStream, told: Heard) {
    let answer = service_fn(move |request| take(request, Arc::clone(&told)));
    // A sender that is killed breaks its connection off.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), answer)
        .await;
}

async fn take(request: Request<Incoming>, told: Heard) -> Result<Response<Empty<Bytes>>> {
    let name = request.uri().path().trim_start_matches('/').to_owned();
    let body = request.into_body().collect().await?.to_bytes();
    let body: Value = serde_json::from_slice(&body)?;
    lock(&told).entry(name).or_default().hear(&body);
    Ok(Response::new(Empty::new()))
}

fn lock(told: &Mutex<HashMap<String, Told>>) -> MutexGuard<'_, HashMap<String, Told>> {
    told.lock().unwrap_or_else(PoisonError::into_inner)
}
