//! Conditions on a label, as Prometheus and Alertmanager have them.

mod parse;
#[cfg(test)]
mod tests;

use std::fmt;

use regex::{Regex, RegexBuilder};

use crate::check;
use crate::error::{Error, Result};
use crate::labels::{LABEL_VALUE_BYTES_MAX, Labels, Quoted, check_name};

/// The longest regular expression, in bytes.
pub const PATTERN_BYTES_MAX: usize = 1_024;
/// The most matchers of one list.
pub const MATCHERS_MAX: usize = 32;

/// What a compiled regular expression may take, in bytes.
const COMPILED_BYTES_MAX: usize = 1 << 20;
/// How deep groups of a regular expression may be nested.
const NESTING_MAX: u32 = 50;

/// What errors call a list of matchers.
const FIELD: &str = "matchers";

/// How a [`Matcher`] compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `=`: the value is the same.
    Equal,
    /// `!=`: it is not.
    NotEqual,
    /// `=~`: the regular expression matches the whole value.
    Matches,
    /// `!~`: it does not.
    MatchesNot,
}

impl Operator {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Matches => "=~",
            Self::MatchesNot => "!~",
        }
    }
}

/// A condition on one label: `job="api"`, `env!="test"`, `path=~"/v[12]/.*"`, `zone!~"eu-.*"`.
///
/// A label that is absent counts as empty. Regular expressions are those of the crate `regex`, match the whole value, and
/// `.` matches line feeds, as in Prometheus.
///
/// ```
/// use tidegate_stores::{Labels, Matcher};
///
/// let matcher = Matcher::parse(r#"path=~"/v[12]/.*""#)?;
/// assert!(matcher.matches(&Labels::new([("path", "/v2/items")])?));
/// assert!(!matcher.matches(&Labels::new([("path", "/x/v2/items")])?));
/// # Ok::<(), tidegate_stores::Error>(())
/// ```
#[derive(Clone)]
pub struct Matcher {
    name: Box<str>,
    operator: Operator,
    value: Box<str>,
    pattern: Option<Regex>,
}

impl Matcher {
    /// A condition on the label `name`.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a name that is none, a value with NUL, or a regular expression
    /// that does not compile; [`Limit`](crate::ErrorKind::Limit) beyond [`PATTERN_BYTES_MAX`] or the limits of labels.
    pub fn new(name: &str, operator: Operator, value: &str) -> Result<Self> {
        check_name(FIELD, name)?;
        check::text(FIELD, value, LABEL_VALUE_BYTES_MAX)?;
        let pattern = match operator {
            Operator::Equal | Operator::NotEqual => None,
            Operator::Matches | Operator::MatchesNot => Some(compile(value)?),
        };
        Ok(Self {
            name: name.into(),
            operator,
            value: value.into(),
            pattern,
        })
    }

    /// Reads one matcher: a name, `=`, `!=`, `=~` or `!~`, and a value in double quotes with the escapes `\\`, `\"`,
    /// `\n`, `\r` and `\t`. Quotes may be left out around letters, digits and `_ . : / * + | - @ % [ ] ( ) ^ $ ?`.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) with the byte offset as [`position`](Error::position); otherwise as
    /// [`new`](Self::new).
    pub fn parse(text: &str) -> Result<Self> {
        parse::one(text)
    }

    /// Reads a list of them, separated by commas, with or without braces around it: `{job="api", env!="test"}`.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and [`Limit`](crate::ErrorKind::Limit) beyond [`MATCHERS_MAX`].
    pub fn parse_list(text: &str) -> Result<Vec<Self>> {
        parse::list(text)
    }

    /// The label's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it compares.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// The value, or the regular expression.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether the labels meet the condition.
    #[must_use]
    pub fn matches(&self, labels: &Labels) -> bool {
        self.matches_value(labels.get(&self.name).unwrap_or_default())
    }

    /// Whether a value meets the condition; an absent label has the empty one.
    #[must_use]
    pub fn matches_value(&self, value: &str) -> bool {
        let is_same = match &self.pattern {
            Some(pattern) => pattern.is_match(value),
            None => *self.value == *value,
        };
        match self.operator {
            Operator::Equal | Operator::Matches => is_same,
            Operator::NotEqual | Operator::MatchesNot => !is_same,
        }
    }
}

/// Compiles a pattern by itself first, so that none can break out of the anchors.
fn compile(pattern: &str) -> Result<Regex> {
    check::length(FIELD, pattern, PATTERN_BYTES_MAX)?;
    let build = |text: &str| {
        RegexBuilder::new(text)
            .size_limit(COMPILED_BYTES_MAX)
            .nest_limit(NESTING_MAX)
            .build()
            .map_err(|error| unusable(&error))
    };
    build(pattern)?;
    build(&format!("^(?s:{pattern})$"))
}

#[cold]
fn unusable(error: &regex::Error) -> Error {
    match error {
        regex::Error::CompiledTooBig(limit) => Error::limit(
            FIELD,
            format!("the regular expression takes more than {limit} bytes when compiled"),
        ),
        // Its last line says what is wrong; those before repeat the pattern.
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            let why = last.trim_start_matches("error: ");
            Error::invalid(FIELD, format!("the regular expression is wrong: {why}"))
        }
    }
}

/// Two matchers are equal if they are written alike.
impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        let key = |matcher: &Self| {
            (
                matcher.name.clone(),
                matcher.operator,
                matcher.value.clone(),
            )
        };
        key(self) == key(other)
    }
}

impl Eq for Matcher {}

/// As it is read: `path=~"/v[12]/.*"`.
impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}{}",
            self.name,
            self.operator.as_str(),
            Quoted(&self.value)
        )
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
