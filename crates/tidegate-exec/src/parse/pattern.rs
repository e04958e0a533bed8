//! A regular expression whose named groups are metrics.

use std::str::FromStr;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::error::{ParseError, number};
use crate::error::Error;

/// A regular expression with at least one named group, in the syntax of the crate `regex`: `(?<name>…)`.
///
/// It is matched in a time that grows only linearly with the text, whatever it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(Regex);

impl Pattern {
    /// The text it was made from.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The names of its groups.
    pub(super) fn metrics(&self) -> impl Iterator<Item = &str> {
        self.0.capture_names().flatten()
    }

    /// The named groups that took part in the first match.
    pub(super) fn read(&self, text: &str) -> Result<Vec<(String, f64)>, ParseError> {
        let captures = self.0.captures(text);
        let captures = captures
            .ok_or_else(|| ParseError::new(format!("the output has nothing like `{}`", self.0)))?;
        let read = self.metrics().filter_map(|name| {
            let group = captures.name(name)?;
            let value = number(group.as_str());
            let value = value.map_err(|error| {
                error.at(format_args!(
                    "`{name}` at byte {} of the output",
                    group.start()
                ))
            });
            Some(value.map(|value| (name.to_owned(), value)))
        });
        read.collect()
    }
}

impl FromStr for Pattern {
    type Err = Error;

    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) if it is no regular expression, or has no named group.
    fn from_str(text: &str) -> Result<Self, Error> {
        let pattern = Regex::new(text)
            .map_err(|error| Error::invalid("pattern", format!("is refused: {error}")))?;
        let pattern = Self(pattern);
        if pattern.metrics().next().is_none() {
            let reason = "has no named group, such as `(?<load>[0-9.]+)`";
            return Err(Error::invalid("pattern", reason));
        }
        Ok(pattern)
    }
}

impl TryFrom<String> for Pattern {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.as_str().to_owned()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}
