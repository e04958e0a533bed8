//! One POST, and what becomes of it.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Client, Response, StatusCode};
use url::Url;

use super::address::NotPublic;
use super::place::{origin, require_public_host};
use super::retry_after::retry_after;
use crate::failure::{Failure, FailureKind, find};
use crate::told::Told;

#[cfg(test)]
mod tests;

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 3;

/// How much is read of an answer that says why it failed, in bytes, and for how long.
const MAX_ANSWER: usize = 2_048;
const ANSWER_TIME: Duration = Duration::from_secs(1);

/// A POST of JSON.
pub(crate) struct Post {
    pub(crate) url: Url,
    /// Sent wherever it goes.
    pub(crate) headers: HeaderMap,
    /// Sent only to the origin of `url`.
    pub(crate) secret_headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) follow_redirects: bool,
    pub(crate) allow_private: bool,
    pub(crate) told: Told,
}

impl Post {
    /// Sends it; a status of 2xx is success, whatever follows it.
    pub(crate) async fn send(self, client: &Client) -> Result<StatusCode, Failure> {
        let mut url = self.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let response = self.send_to(client, &url).await?;
            let status = response.status();
            if status.is_success() {
                return Ok(status);
            }
            if !status.is_redirection() {
                let refusal = self.refusal(response).await;
                return Err(self.at(&url, refusal));
            }
            let next = self.next(&url, &response);
            url = next.map_err(|failure| self.at(&url, failure))?;
        }
        let message = format!("more than {MAX_REDIRECTS} redirects");
        Err(Failure::new(FailureKind::HttpStatus, message).permanent(true))
    }

    async fn send_to(&self, client: &Client, url: &Url) -> Result<Response, Failure> {
        if !self.allow_private {
            require_public_host(url).map_err(|refused| self.at(url, not_public(&refused)))?;
        }
        let mut request = client.post(url.clone()).headers(self.headers.clone());
        if url.origin() == self.url.origin() {
            request = request.headers(self.secret_headers.clone());
        }
        let sent = request.body(self.body.clone()).send().await;
        sent.map_err(|error| self.at(url, failure(error)))
    }

    /// The failure as that of `url`, if a redirect led there.
    fn at(&self, url: &Url, failure: Failure) -> Failure {
        if url.origin() == self.url.origin() {
            return failure;
        }
        failure.at(&format!("redirected to {}", origin(url)))
    }

    /// Where a redirect leads, if it may be followed.
    fn next(&self, from: &Url, response: &Response) -> Result<Url, Failure> {
        let status = response.status();
        let refuse = |reason: &str| {
            let message = format!("answered {}, a redirect: {reason}", status.as_u16());
            let failure = Failure::new(FailureKind::HttpStatus, message);
            failure.with_code(status.as_u16()).permanent(true)
        };
        if !self.follow_redirects {
            return Err(refuse("not followed unless `follow_redirects` is set"));
        }
        if !keeps_method(status) {
            return Err(refuse("only 307 and 308 repeat a POST"));
        }
        let location = response.headers().get(LOCATION);
        let location = location.and_then(|value| value.to_str().ok());
        let Some(to) = location.and_then(|text| from.join(text).ok()) else {
            return Err(refuse("it leads nowhere"));
        };
        match (from.scheme(), to.scheme()) {
            (_, "https") | ("http", "http") => Ok(to),
            _ => Err(refuse("it leads away from HTTPS")),
        }
    }

    /// What an answer that is neither success nor redirect means.
    async fn refusal(&self, mut response: Response) -> Failure {
        let status = response.status();
        let wait = retry_after(response.headers(), SystemTime::now());
        let reading = tokio::time::timeout(ANSWER_TIME, beginning(&mut response));
        let answer = reading.await.unwrap_or_default();
        let answer = self.told.excerpt(&String::from_utf8_lossy(&answer));
        let message = match answer.as_str() {
            "" => format!("answered {}", status.as_u16()),
            answer => format!("answered {}: {answer}", status.as_u16()),
        };
        Failure::new(FailureKind::HttpStatus, message)
            .with_code(status.as_u16())
            .permanent(is_permanent(status))
            .after(wait)
    }
}

fn keeps_method(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT
    )
}

fn is_permanent(status: StatusCode) -> bool {
    let for_now = [
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::TOO_EARLY,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    status.is_client_error() && !for_now.contains(&status)
}

/// The beginning of the body, as far as it comes.
async fn beginning(response: &mut Response) -> Vec<u8> {
    let mut bytes = Vec::new();
    while bytes.len() < MAX_ANSWER
        && let Ok(Some(chunk)) = response.chunk().await
    {
        let room = MAX_ANSWER - bytes.len();
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    bytes
}

fn failure(error: reqwest::Error) -> Failure {
    // The address may be secret.
    let error = error.without_url();
    if let Some(refused) = find::<NotPublic>(&error) {
        return not_public(refused);
    }
    let kind = if find::<rustls::Error>(&error).is_some() {
        FailureKind::Tls
    } else if error.is_connect() || find::<std::io::Error>(&error).is_some() {
        FailureKind::Connect
    } else if error.is_builder() {
        FailureKind::Config
    } else {
        FailureKind::BadAnswer
    };
    Failure::because(kind, "no usable answer", &error)
}

fn not_public(refused: &NotPublic) -> Failure {
    Failure::new(FailureKind::AddressRefused, refused.to_string())
}
