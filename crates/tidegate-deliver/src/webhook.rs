//! Webhooks: the message's body, posted and signed.

mod headers;
mod signature;

use std::path::PathBuf;
use std::time::SystemTime;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::http::{Address, Clients, Post};
use crate::message::Message;
use crate::secret::Secret;
use crate::told::Told;
use crate::trust;
use headers::{Headers, SecretHeaders};

const DELIVERY: HeaderName = HeaderName::from_static("x-tidegate-delivery");
const TIMESTAMP: HeaderName = HeaderName::from_static("x-tidegate-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("x-tidegate-signature");

/// A webhook: [`Message::body`](crate::Message::body) is posted as it is, and any status of 2xx is success.
///
/// ```toml
/// kind = "webhook"
/// url = "https://hooks.example.com/tidegate"  # or "env:NAME" or "file:/path", if it is secret
/// signing_secret = "env:HOOK_SECRET"          # as all that follows, it may be left out
/// headers = { X-Team = "operations" }
/// secret_headers = { Authorization = "file:/run/secrets/hook" }
/// follow_redirects = false
/// allow_private = false
/// ca_file = "/etc/ssl/our-authority.pem"
/// ```
///
/// # What is sent
///
/// | header | is |
/// |---|---|
/// | `Content-Type` | `application/json` |
/// | `X-Tidegate-Delivery` | the message's id, the same whenever it is sent again: forget what you have already had |
/// | `X-Tidegate-Timestamp` | when this attempt was made, in seconds of Unix time |
/// | `X-Tidegate-Signature` | `t=TIMESTAMP,v1=SIGNATURE`, if there is a `signing_secret` |
///
/// `headers` and `secret_headers` cannot replace these, nor those of the protocol.
///
/// # The signature
///
/// It is HMAC-SHA256 with the signing secret as its key, in lower-case hexadecimal, over the timestamp, a full stop and
/// the body's bytes. Compare it in constant time before you read the body, and refuse timestamps that are some minutes
/// old, so that nobody can replay what was overheard. In Python:
///
/// ```python
/// import hashlib, hmac, time
///
/// def genuine(secret: bytes, header: str, body: bytes) -> bool:
///     fields = dict(field.split("=", 1) for field in header.split(","))
///     signed = fields["t"].encode() + b"." + body
///     expected = hmac.new(secret, signed, hashlib.sha256).hexdigest()
///     return hmac.compare_digest(expected, fields["v1"]) and abs(time.time() - int(fields["t"])) < 300
/// ```
///
/// # Where it may go
///
/// - An address that is not on the public internet (private, loopback, link-local, carrier-grade NAT, multicast,
///   IPv4 in IPv6 and the like) is refused unless `allow_private` is set. What is checked is the address that is
///   connected to, so a name that changes its address in between does not get past it.
/// - A redirect is a permanent failure, unless `follow_redirects` is set. Then up to three are followed, of 307 and 308
///   only, never from HTTPS to HTTP; `secret_headers` go to the origin of `url` alone.
/// - `ca_file` names the certificate authorities, in PEM, that are trusted instead of the public ones.
/// - The proxy settings of the environment are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    url: Address,
    signing_secret: Option<Secret>,
    #[serde(default)]
    headers: Headers,
    #[serde(default)]
    secret_headers: SecretHeaders,
    #[serde(default)]
    follow_redirects: bool,
    #[serde(default)]
    allow_private: bool,
    ca_file: Option<PathBuf>,
}

impl Webhook {
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.url.check("url")?;
        if let Some(secret) = &self.signing_secret {
            secret.check("signing_secret")?;
        }
        self.headers.check()?;
        self.secret_headers.check(&self.headers)?;
        trust::check(self.ca_file.as_deref())
    }

    /// Where it goes, as far as it is shown.
    pub(crate) fn place(&self) -> String {
        self.url.to_string()
    }

    pub(crate) async fn send(
        &self,
        clients: &Clients,
        message: &Message,
        now: SystemTime,
    ) -> Result<String, Failure> {
        message.check_body()?;
        let mut told = Told::default();
        let post = Post {
            url: self.url.fetch(&mut told).await?,
            headers: self.signed_headers(message, now).await?,
            secret_headers: self.secret_headers.fetch(&mut told).await?,
            body: message.body.clone(),
            follow_redirects: self.follow_redirects,
            allow_private: self.allow_private,
            told,
        };
        let ca_file = self.ca_file.as_deref();
        let client = clients.get(self.allow_private, ca_file).await?;
        let status = post.send(&client).await?;
        Ok(format!("answered {}", status.as_u16()))
    }

    async fn signed_headers(
        &self,
        message: &Message,
        now: SystemTime,
    ) -> Result<HeaderMap, Failure> {
        let since_1970 = now.duration_since(SystemTime::UNIX_EPOCH);
        let timestamp = since_1970.unwrap_or_default().as_secs();
        let mut headers = self.headers.all();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(DELIVERY, headers::value("id", &message.id)?);
        headers.insert(TIMESTAMP, timestamp.into());
        if let Some(secret) = &self.signing_secret {
            let key = secret.fetch().await?;
            let signature = signature::header(key.as_bytes(), timestamp, &message.body);
            headers.insert(SIGNATURE, headers::value("signing_secret", &signature)?);
        }
        Ok(headers)
    }
}
