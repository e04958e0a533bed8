//! The client of a running server's API.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, Response, Url};
use serde_json::Value as Json;

use super::problem;
use super::query::Query;
use crate::context::Context;
use crate::failure::{Failure, Result};

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest answer, in bytes.
const ANSWER_BYTES_MAX: usize = 64 << 20;
/// The header by which a request asks for a deadline.
const TIMEOUT_HEADER: &str = "x-request-timeout";
/// The longest deadline that a server grants unless it is configured otherwise.
const TIMEOUT_MAX: Duration = Duration::from_secs(60);
/// What is told of a change whose answer did not come.
const UNKNOWN: &str = "unknown: look before doing it again";

/// A server, and who asks it.
pub(crate) struct Client<'c> {
    context: &'c Context,
    http: reqwest::Client,
    base: Url,
}

impl<'c> Client<'c> {
    pub(super) fn new(context: &'c Context, url: &str, key: Option<&str>) -> Result<Self> {
        let base = base(url)?;
        // A provider that is there already serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .default_headers(headers(key)?)
            .user_agent(concat!("tidegate/", env!("CARGO_PKG_VERSION")))
            // The key is for this server, and for no other that it may name.
            .redirect(reqwest::redirect::Policy::none());
        if is_this_machine(&base) {
            builder = builder.no_proxy();
        }
        let http = builder.build();
        let http = http.map_err(|error| Failure::refused(format!("no HTTP client: {error}")))?;
        Ok(Self {
            context,
            http,
            base,
        })
    }

    pub(super) async fn get(&self, path: &[&str], query: Query) -> Result<Json> {
        let request = self.request(Method::GET, path, &query);
        self.context.guard(self.send(request)).await
    }

    pub(super) async fn post(&self, path: &[&str], body: &Json) -> Result<Json> {
        let request = self.request(Method::POST, path, &Query::default());
        self.change(request.json(body)).await
    }

    pub(super) async fn post_text(&self, path: &[&str], body: String) -> Result<Json> {
        let request = self.request(Method::POST, path, &Query::default());
        self.change(request.header(CONTENT_TYPE, "text/plain").body(body))
            .await
    }

    pub(super) async fn delete(&self, path: &[&str]) -> Result<Json> {
        let request = self.request(Method::DELETE, path, &Query::default());
        self.change(request).await
    }

    /// Sends what may change something: if it breaks off, nobody knows here whether it did.
    async fn change(&self, request: RequestBuilder) -> Result<Json> {
        let sent = async { Ok(self.send(request).await) };
        match self.context.guard(sent).await {
            Ok(Err(failure)) if failure.is_unreachable() => Err(failure.or_kept(UNKNOWN)),
            Ok(answer) => answer,
            Err(failure) => Err(failure.kept(UNKNOWN)),
        }
    }

    fn request(&self, method: Method, path: &[&str], query: &Query) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "v1"]).extend(path);
        }
        if !query.pairs().is_empty() {
            url.query_pairs_mut().extend_pairs(query.pairs());
        }
        let request = self.http.request(method, url);
        match self.context.remaining() {
            Some(left) => {
                let millis = left.min(TIMEOUT_MAX).as_millis().max(1);
                request.header(TIMEOUT_HEADER, format!("{millis}ms"))
            }
            None => request,
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Json> {
        let response = request.send().await;
        let response = response.map_err(|error| self.unreachable(error))?;
        let status = response.status();
        let body = self.body(response).await?;
        match status.is_success() {
            true if body.is_empty() => Ok(Json::Null),
            true => serde_json::from_slice(&body).map_err(|_| self.strange(status.as_u16())),
            false => Err(problem::read(&body).unwrap_or_else(|| self.strange(status.as_u16()))),
        }
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.unreachable(error))?
        {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_BYTES_MAX {
                let message = format!("{} answers more than {ANSWER_BYTES_MAX} bytes", self.base);
                return Err(Failure::refused(message).hint("ask for less with --limit"));
            }
        }
        Ok(body)
    }

    /// The innermost reason is the one that says something.
    fn unreachable(&self, error: reqwest::Error) -> Failure {
        let error = error.without_url();
        let mut reason: &dyn std::error::Error = &error;
        while let Some(inner) = reason.source() {
            reason = inner;
        }
        let failure = Failure::unreachable(format!("cannot reach {}: {reason}", self.base));
        match error.is_connect() {
            true => failure
                .kept("nothing was sent")
                .hint("is `tidegate serve` running there?"),
            false => failure,
        }
    }

    fn strange(&self, status: u16) -> Failure {
        let message = format!("{} answers {status} without a reason", self.base);
        Failure::refused(message).hint("is it a server of tidegate?")
    }
}

/// The address of the server, without what a URL may have besides.
fn base(text: &str) -> Result<Url> {
    let refuse = |reason: &str| {
        Failure::usage(format!("--server {text}: {reason}"))
            .hint("write for example http://127.0.0.1:7878")
    };
    let url = Url::parse(text).map_err(|error| refuse(&error.to_string()))?;
    match url.scheme() {
        "http" | "https" if url.query().is_some() || url.fragment().is_some() => {
            Err(refuse("the address of a server has no query"))
        }
        "http" | "https" if !url.username().is_empty() || url.password().is_some() => {
            Err(refuse("give the key with --key"))
        }
        "http" | "https" => Ok(url),
        _ => Err(refuse("only http:// and https://")),
    }
}

fn headers(key: Option<&str>) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    if let Some(key) = key {
        let value = HeaderValue::from_str(&format!("Bearer {key}"));
        let mut value =
            value.map_err(|_| Failure::input("the key for the server is not one line of ASCII"))?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}

/// A proxy would reach another machine by this name.
fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests;
