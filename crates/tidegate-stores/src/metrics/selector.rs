//! Which series are meant: a name and matchers on the labels.

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use super::series::{Series, check_metric_name};
use crate::check;
use crate::error::{Error, Result};
use crate::matcher::{MATCHERS_MAX, Matcher, Operator};

/// The series of one metric whose labels meet all conditions: `http_requests_total{job="api",code=~"5.."}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    name: Box<str>,
    matchers: Vec<Matcher>,
}

impl Selector {
    /// The series of a metric that meet all the conditions; without any, all of its series.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a name that is none; [`Limit`](crate::ErrorKind::Limit) beyond
    /// [`MATCHERS_MAX`].
    pub fn new(name: &str, matchers: Vec<Matcher>) -> Result<Self> {
        check_metric_name("name", name)?;
        check::count("matchers", matchers.len(), MATCHERS_MAX)?;
        Ok(Self {
            name: name.into(),
            matchers,
        })
    }

    /// Reads a name, with or without matchers in braces.
    ///
    /// # Errors
    /// As [`new`](Self::new) and [`Matcher::parse_list`]; [`position`](Error::position) is the byte offset in `text`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim_end();
        let braces = text.find('{').unwrap_or(text.len());
        let (name, rest) = text.split_at(braces);
        let matchers = Matcher::parse_list(rest).map_err(|error| match error.position() {
            Some(position) => error.at(braces + position),
            None => error,
        })?;
        Self::new(name.trim(), matchers)
    }

    /// The metric's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The conditions.
    #[must_use]
    pub fn matchers(&self) -> &[Matcher] {
        &self.matchers
    }

    /// Whether a series is meant.
    #[must_use]
    pub fn matches(&self, series: &Series) -> bool {
        *self.name == *series.name()
            && self
                .matchers
                .iter()
                .all(|matcher| matcher.matches(series.labels()))
    }

    /// A condition that only series with a certain label meet.
    pub(super) fn required_label(&self) -> Option<(&str, &str)> {
        let equal = |matcher: &&Matcher| {
            matcher.operator() == Operator::Equal && !matcher.value().is_empty()
        };
        let matcher = self.matchers.iter().find(equal)?;
        Some((matcher.name(), matcher.value()))
    }
}

impl FromStr for Selector {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

/// As it is read.
impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (index, matcher) in self.matchers.iter().enumerate() {
            let before = if index == 0 { "{" } else { "," };
            write!(f, "{before}{matcher}")?;
        }
        f.write_str(if self.matchers.is_empty() { "" } else { "}" })
    }
}
