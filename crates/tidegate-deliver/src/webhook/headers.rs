//! Headers of a webhook that its owner adds.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, FailureKind};
use crate::secret::Secret;
use crate::told::Told;

#[cfg(test)]
mod tests;

/// How many there may be of each kind, and how long a value may be, in bytes.
const MAX_HEADERS: usize = 32;
const MAX_VALUE: usize = 4_096;

/// Headers that are ours or the protocol's.
const RESERVED: &[&str] = &[
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Beginnings of names that are ours or the protocol's.
const RESERVED_BEGINNINGS: &[&str] = &["x-tidegate-", "proxy-"];

/// Parts of names whose values are secret.
const SECRET_PARTS: &[&str] = &["auth", "cookie", "key", "password", "secret", "token"];

/// Headers whose values stand in the configuration.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Headers(BTreeMap<String, String>);

/// Headers whose values are secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct SecretHeaders(BTreeMap<String, Secret>);

impl Headers {
    pub(super) fn check(&self) -> Result<(), Failure> {
        check_names("headers", self.0.keys())?;
        for (given, text) in &self.0 {
            let lower = given.to_ascii_lowercase();
            if SECRET_PARTS.iter().any(|part| lower.contains(part)) {
                let reason = format!("has {given}, whose value is secret: use `secret_headers`");
                return Err(Failure::config("headers", reason));
            }
            value(given, text)?;
        }
        Ok(())
    }

    /// All of them; checked ones are all valid.
    pub(super) fn all(&self) -> HeaderMap {
        let valid = |(given, text): (&String, &String)| {
            let name = HeaderName::try_from(given).ok()?;
            Some((name, HeaderValue::try_from(text).ok()?))
        };
        self.0.iter().filter_map(valid).collect()
    }
}

impl SecretHeaders {
    pub(super) fn check(&self, plain: &Headers) -> Result<(), Failure> {
        check_names("secret_headers", plain.0.keys().chain(self.0.keys()))?;
        for (given, secret) in &self.0 {
            secret.check(&format!("secret_headers.{given}"))?;
        }
        Ok(())
    }

    /// All of them, remembered in `told`.
    pub(super) async fn fetch(&self, told: &mut Told) -> Result<HeaderMap, Failure> {
        let mut all = HeaderMap::new();
        for (given, secret) in &self.0 {
            let text = secret.fetch().await?;
            told.secret(&text);
            // Behind `Bearer` and the like, which are no secret.
            text.split(' ').skip(1).for_each(|word| told.secret(word));
            let mut value = printable(&text).ok_or_else(|| {
                let message = format!("secret `{secret}`: it is no value for a header");
                Failure::new(FailureKind::Secret, message)
            })?;
            value.set_sensitive(true);
            if let Ok(name) = HeaderName::try_from(given) {
                all.insert(name, value);
            }
        }
        Ok(all)
    }
}

/// `text` as the value of the header `name`.
pub(super) fn value(name: &str, text: &str) -> Result<HeaderValue, Failure> {
    printable(text).ok_or_else(|| {
        let reason = format!("is not up to {MAX_VALUE} characters of printable ASCII");
        Failure::config(&format!("headers.{name}"), reason)
    })
}

/// `text` as a value; `HeaderValue` alone would also take tabs and what is not ASCII.
fn printable(text: &str) -> Option<HeaderValue> {
    let is_printable = |c: u8| c == b' ' || c.is_ascii_graphic();
    let usable = text.len() <= MAX_VALUE && text.bytes().all(is_printable);
    usable.then(|| HeaderValue::from_str(text).ok()).flatten()
}

fn check_names<'a>(setting: &str, names: impl Iterator<Item = &'a String>) -> Result<(), Failure> {
    let mut seen = HashSet::new();
    for given in names {
        let name = HeaderName::try_from(given).map_err(|_| {
            Failure::config(setting, format!("has {given:?}, which is no header's name"))
        })?;
        if is_reserved(name.as_str()) {
            let reason = format!("has {given}, which is set by itself");
            return Err(Failure::config(setting, reason));
        }
        if !seen.insert(name) {
            return Err(Failure::config(
                setting,
                format!("has {given} a second time"),
            ));
        }
    }
    if seen.len() > MAX_HEADERS {
        let reason = format!("makes more than {MAX_HEADERS} headers");
        return Err(Failure::config(setting, reason));
    }
    Ok(())
}

/// Whether the name, in lower case, is ours or the protocol's.
fn is_reserved(name: &str) -> bool {
    let begins = |beginning: &&str| name.starts_with(beginning);
    RESERVED.contains(&name) || RESERVED_BEGINNINGS.iter().any(begins)
}

impl fmt::Debug for Headers {
    /// Without the values: one of them may be a secret that stands in the wrong place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
