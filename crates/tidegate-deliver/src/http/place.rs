//! Where to post: an address in the configuration, or a secret that is one.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use super::address::{NotPublic, require_public};
use crate::failure::{Failure, FailureKind};
use crate::secret::{Secret, text_or_nothing};
use crate::told::Told;

#[cfg(test)]
mod tests;

/// The longest address, in bytes.
const MAX_URL: usize = 2_048;

const HAS_SECRET: &str = "has a user or a query, which may be secret: keep the whole address in an environment variable \
                          or a file, and write `env:NAME` or `file:/path`";

/// The address of an HTTP receiver: `http://…` or `https://…` as it is, or a [`Secret`] that is one.
///
/// Only its scheme, host and port are ever shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Place);

#[derive(Clone, PartialEq, Eq)]
enum Place {
    Plain(Url),
    Secret(Secret),
    /// Why it is no address. The text is not kept, since it may be secret.
    Wrong(&'static str),
}

impl Address {
    /// Reads an address or a reference. What is neither is refused by [`Target::check`](crate::Target::check).
    #[must_use]
    pub fn new(text: &str) -> Self {
        if Secret::is_reference(text) {
            return Self(Place::Secret(Secret::new(text)));
        }
        Self(match parse(text) {
            Err(wrong) => Place::Wrong(wrong),
            Ok(url) if has_login(&url) || url.query().is_some() => Place::Wrong(HAS_SECRET),
            Ok(url) => Place::Plain(url),
        })
    }

    pub(crate) fn check(&self, setting: &str) -> Result<(), Failure> {
        match &self.0 {
            Place::Plain(_) => Ok(()),
            Place::Secret(secret) => secret.check(setting),
            Place::Wrong(wrong) => Err(Failure::config(setting, wrong)),
        }
    }

    /// Whether it stands in the configuration as it is.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.0, Place::Plain(_))
    }

    /// The address itself. A secret one is remembered in `told`.
    pub(crate) async fn fetch(&self, told: &mut Told) -> Result<Url, Failure> {
        match &self.0 {
            Place::Plain(url) => Ok(url.clone()),
            Place::Wrong(wrong) => Err(Failure::config("url", wrong)),
            Place::Secret(secret) => {
                let text = secret.fetch().await?;
                let url = parse(&text).map_err(|wrong| {
                    let message = format!("the address in `{secret}` {wrong}");
                    Failure::new(FailureKind::Secret, message)
                })?;
                told.address(&url);
                Ok(url)
            }
        }
    }
}

/// Reads `text` as an HTTP address; the error does not repeat it.
fn parse(text: &str) -> Result<Url, &'static str> {
    if text.len() > MAX_URL {
        return Err("is longer than 2,048 bytes");
    }
    let url = Url::parse(text).map_err(|_| "is no URL")?;
    match url.scheme() {
        "http" | "https" if url.fragment().is_some() => {
            Err("has a fragment, which no receiver sees")
        }
        "http" | "https" => Ok(url),
        _ => Err("is not `http://…` or `https://…`"),
    }
}

fn has_login(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// All of `url` that is shown.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Refuses a host that is an address and not public; names are looked at when they are resolved.
pub(super) fn require_public_host(url: &Url) -> Result<(), NotPublic> {
    match url.host() {
        Some(url::Host::Ipv4(address)) => require_public(address.into()),
        Some(url::Host::Ipv6(address)) => require_public(address.into()),
        Some(url::Host::Domain(_)) | None => Ok(()),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Plain(url) => f.write_str(&origin(url)),
            Place::Secret(secret) => secret.fmt(f),
            Place::Wrong(_) => f.write_str("(no address)"),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&text_or_nothing(deserializer)?))
    }
}

impl Serialize for Address {
    /// As it stands in the configuration.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Place::Plain(url) => serializer.serialize_str(url.as_str()),
            Place::Secret(_) | Place::Wrong(_) => serializer.collect_str(self),
        }
    }
}
