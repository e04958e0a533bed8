//! References to secrets: configuration says where a secret is, and it is fetched when it is needed.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::failure::{Failure, FailureKind};

#[cfg(test)]
mod tests;

/// The longest secret that a file may hold, in bytes.
const MAX_SECRET: u64 = 64 << 10;

/// Where a secret is: `env:NAME`, a variable of this process's environment, or `file:/path`, a file whose whole content
/// it is but for the line end.
///
/// The secret itself is fetched anew for each delivery, so that it can be changed at any time, and is never kept or shown.
/// A text of another form is taken for a secret that somebody wrote into the configuration: it is forgotten at once,
/// and [`Target::check`](crate::Target::check) refuses it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Reference);

#[derive(Clone, PartialEq, Eq)]
enum Reference {
    Environment(String),
    File(PathBuf),
    /// Not a reference. The text is not kept, since it may be a secret.
    Forgotten,
}

impl Secret {
    /// Reads a reference.
    #[must_use]
    pub fn new(reference: &str) -> Self {
        Self(match reference.split_once(':') {
            Some(("env", name)) => Reference::Environment(name.to_owned()),
            Some(("file", path)) => Reference::File(PathBuf::from(path)),
            _ => Reference::Forgotten,
        })
    }

    /// Whether `text` is meant as a reference.
    pub(crate) fn is_reference(text: &str) -> bool {
        text.starts_with("env:") || text.starts_with("file:")
    }

    pub(crate) fn check(&self, setting: &str) -> Result<(), Failure> {
        let wrong = match &self.0 {
            Reference::Environment(name) if !is_name(name) => {
                "names no environment variable behind `env:`: letters, digits and `_`"
            }
            Reference::File(path) if !path.is_absolute() => "names no absolute path behind `file:`",
            Reference::Forgotten => {
                "is not `env:NAME` or `file:/path`: secrets do not belong into the configuration"
            }
            Reference::Environment(_) | Reference::File(_) => return Ok(()),
        };
        Err(Failure::config(setting, wrong))
    }

    /// Fetches the secret, on Tokio's threads for blocking work if it is in a file.
    pub(crate) async fn fetch(&self) -> Result<Zeroizing<String>, Failure> {
        let fetched = match &self.0 {
            Reference::Environment(name) => std::env::var(name)
                .map(Zeroizing::new)
                .map_err(|_| self.failure("it is not set, or not UTF-8"))?,
            Reference::File(path) => {
                let path = path.clone();
                let read = tokio::task::spawn_blocking(move || read(&path)).await;
                let read = read.map_err(|_| self.failure("the runtime is shutting down"))?;
                read.map_err(|error| self.failure(&error.to_string()))?
            }
            Reference::Forgotten => return Err(self.failure("it is not a reference")),
        };
        self.usable(fetched)
    }

    fn usable(&self, text: Zeroizing<String>) -> Result<Zeroizing<String>, Failure> {
        if text.is_empty() {
            return Err(self.failure("it is empty"));
        }
        // It becomes a header or a word of a protocol.
        if text.contains(char::is_control) {
            return Err(self.failure("it has control characters, or more than one line"));
        }
        Ok(text)
    }

    fn failure(&self, reason: &str) -> Failure {
        Failure::new(FailureKind::Secret, format!("secret `{self}`: {reason}"))
    }
}

fn is_name(name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(word) && !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit())
}

fn read(path: &Path) -> io::Result<Zeroizing<String>> {
    // Opening a pipe would wait for whoever writes to it.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    // So large from the start, since a growing buffer leaves copies behind.
    let mut text = Zeroizing::new(String::with_capacity(MAX_SECRET as usize + 1));
    File::open(path)?
        .take(MAX_SECRET + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > MAX_SECRET {
        let reason = format!("longer than {MAX_SECRET} bytes");
        return Err(io::Error::other(reason));
    }
    let without_end = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(without_end);
    Ok(text)
}

/// A text; any other value is taken for an empty one, so that no error message of a configuration's reader shows it.
pub(crate) fn text_or_nothing<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Zeroizing<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Value {
        Text(String),
        Other(IgnoredAny),
    }
    Ok(Zeroizing::new(match Value::deserialize(deserializer)? {
        Value::Text(text) => text,
        Value::Other(IgnoredAny) => String::new(),
    }))
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reference::Environment(name) => write!(f, "env:{}", crate::escape::line(name)),
            Reference::File(path) => {
                let path = path.to_string_lossy();
                write!(f, "file:{}", crate::escape::line(&path))
            }
            Reference::Forgotten => f.write_str("(no reference)"),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({self})")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&text_or_nothing(deserializer)?))
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
