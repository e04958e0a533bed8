//! Figures out of what a command wrote.

mod error;
mod json;
mod key_value;
mod pattern;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::str;

use serde::{Deserialize, Serialize};

pub use error::ParseError;
pub use pattern::Pattern;

use crate::error::Error;
use crate::outcome::{Captured, Outcome, Status};

/// The longest name of a metric, in bytes: as long as one that can be recorded.
const METRIC_NAME_BYTES_MAX: usize = 200;

/// How to read figures out of what a command wrote.
///
/// All but the exit code is read from the standard output of a command that succeeded, and only if all of it was kept.
/// Numbers are decimal, with an exponent if need be; what is not finite is refused.
///
/// Names of metrics are letters, digits, `_` and `:`, and begin with no digit, as in Prometheus; they have at most 200
/// bytes.
///
/// As part of a configuration file:
///
/// ```toml
/// parse = { kind = "exit_code", metric = "backup_status" }
/// parse = { kind = "number", metric = "queue_length" }
/// parse = { kind = "json", metrics = { used_bytes = "/disk/used", up = "/healthy" } }
/// parse = { kind = "regex", pattern = '(?<load1>[\d.]+), (?<load5>[\d.]+)' }
/// parse = { kind = "key_value" }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Parse {
    /// The exit code, whatever it is.
    ExitCode {
        /// What it is called.
        metric: String,
    },
    /// The output is one number, with white space around it perhaps.
    Number {
        /// What it is called.
        metric: String,
    },
    /// The output is one JSON document.
    Json {
        /// Names, with the places of their values in the document (JSON pointers, RFC 6901). A value is a number, or
        /// `true` for 1 and `false` for 0.
        metrics: BTreeMap<String, String>,
    },
    /// The first place in the output that a regular expression fits.
    Regex {
        /// Each named group is a metric. A group that took no part is left out.
        pattern: Pattern,
    },
    /// Lines like `name=1.5`. Empty lines, and lines that begin with `#`, count for nothing.
    KeyValue {},
}

impl Parse {
    /// Checks the names of metrics and the places they come from.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid), with the name of the setting and what is allowed.
    pub fn validate(&self) -> Result<(), Error> {
        match self {
            Self::ExitCode { metric } | Self::Number { metric } => {
                validate_metric("metric", metric)
            }
            Self::Json { metrics } if metrics.is_empty() => {
                Err(Error::invalid("metrics", "names none"))
            }
            Self::Json { metrics } => metrics.iter().try_for_each(|(metric, pointer)| {
                validate_metric("metrics", metric)?;
                json::validate_pointer(pointer)
            }),
            Self::Regex { pattern } => pattern
                .metrics()
                .try_for_each(|metric| validate_metric("pattern", metric)),
            Self::KeyValue {} => Ok(()),
        }
    }

    /// The figures, by their names.
    ///
    /// # Errors
    /// What is wrong with the output, and where.
    pub fn metrics(&self, outcome: &Outcome) -> Result<Vec<(String, f64)>, ParseError> {
        match self {
            Self::ExitCode { metric } => Ok(vec![(metric.clone(), exit_code(outcome)?)]),
            Self::Number { metric } => {
                let value =
                    error::number(output_of(outcome)?).map_err(|error| error.at("the output"))?;
                Ok(vec![(metric.clone(), value)])
            }
            Self::Json { metrics } => json::metrics(metrics, output_of(outcome)?),
            Self::Regex { pattern } => pattern.read(output_of(outcome)?),
            Self::KeyValue {} => key_value::metrics(output_of(outcome)?),
        }
    }
}

fn exit_code(outcome: &Outcome) -> Result<f64, ParseError> {
    match (outcome.stopped, outcome.status) {
        (None, Status::Code(code)) => Ok(f64::from(code)),
        _ => Err(ParseError::new(format!(
            "the command has no exit code of its own: {outcome}"
        ))),
    }
}

/// The whole output of a command that succeeded, as text.
fn output_of(outcome: &Outcome) -> Result<&str, ParseError> {
    if !outcome.success() {
        return Err(ParseError::new(format!(
            "the command did not succeed: {outcome}"
        )));
    }
    let Captured {
        bytes,
        dropped_bytes,
        ..
    } = &outcome.stdout;
    if *dropped_bytes > 0 {
        let kept = bytes.len();
        return Err(ParseError::new(format!(
            "the output is cut: {kept} bytes were kept and {dropped_bytes} dropped"
        )));
    }
    if !outcome.stdout.complete {
        let reason = "the output may not be whole: something the command started still held it";
        return Err(ParseError::new(reason));
    }
    str::from_utf8(bytes).map_err(|error| {
        ParseError::new("is no UTF-8")
            .at(format_args!("byte {} of the output", error.valid_up_to()))
    })
}

fn validate_metric(setting: &str, name: &str) -> Result<(), Error> {
    if is_metric(name) {
        return Ok(());
    }
    let reason = format!("has {name:?}, which cannot be the name of a metric");
    Err(Error::invalid(setting, reason))
}

fn is_metric(name: &str) -> bool {
    let begins = |c: char| c.is_ascii_alphabetic() || c == '_' || c == ':';
    let goes_on = |c: char| begins(c) || c.is_ascii_digit();
    name.len() <= METRIC_NAME_BYTES_MAX && name.starts_with(begins) && name.chars().all(goes_on)
}
