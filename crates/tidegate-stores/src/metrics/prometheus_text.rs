//! Prometheus' text format, version 0.0.4: what most programs expose their metrics in.
//!
//! A pure parser: it knows neither a database nor a clock. Numbers that are not finite are read as they are; it is
//! [`record_many`](super::record_many) that refuses them, one by one.
//!
//! ```
//! use tidegate_stores::Timestamp;
//! use tidegate_stores::metrics::prometheus_text;
//!
//! let text = [
//!     "# HELP requests_total Requests so far.",
//!     "# TYPE requests_total counter",
//!     r#"requests_total{method="get",code="200"} 1027 1772366400000"#,
//!     r#"requests_total{method="get",code="500"} 3"#,
//! ];
//! let parsed = prometheus_text::parse(&text.join("\n"))?;
//! assert_eq!(parsed.lines.len(), 2);
//! assert_eq!(parsed.descriptions[0].help, "Requests so far.");
//!
//! let now = Timestamp::parse("2026-03-01T12:00:30Z")?;
//! let samples = parsed.into_samples(now);
//! assert_eq!(samples[0].at.to_string(), "2026-03-01T12:00:00Z");
//! assert_eq!(samples[1].at, now);
//! # Ok::<(), tidegate_stores::Error>(())
//! ```

mod line;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::describe::{Description, MetricKind};
use super::sample::Sample;
use super::series::Series;
use crate::check;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use line::{Comment, Line};

/// The longest text, in bytes.
pub const TEXT_BYTES_MAX: usize = 16 << 20;

/// What errors call the text.
const FIELD: &str = "text";

/// What a text holds.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Exposition {
    /// The lines with samples, in their order.
    pub lines: Vec<SampleLine>,
    /// What `HELP` and `TYPE` lines say, in the order in which the metrics were first named.
    pub descriptions: Vec<Description>,
}

/// One sample of a text.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SampleLine {
    /// The number of the line, counted from 1.
    pub number: usize,
    /// The series.
    pub series: Series,
    /// The value, finite or not.
    pub value: f64,
    /// When it was measured, where the line says so.
    pub at: Option<Timestamp>,
}

impl Exposition {
    /// The samples in their order; those without a time are of `now`.
    #[must_use]
    pub fn into_samples(self, now: Timestamp) -> Vec<Sample> {
        let lines = self.lines.into_iter();
        lines
            .map(|line| Sample::new(line.series, line.value, line.at.unwrap_or(now)))
            .collect()
    }
}

/// Reads a text whole, or says which line is wrong.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for the first line that does not keep to the format, with the line's
/// number (from 1) as [`position`](Error::position); [`Limit`](crate::ErrorKind::Limit) beyond [`TEXT_BYTES_MAX`] or the
/// limits of names and labels.
pub fn parse(text: &str) -> Result<Exposition> {
    check::length(FIELD, text, TEXT_BYTES_MAX)?;
    let mut exposition = Exposition::default();
    let mut families = Families::default();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let parsed = line::parse(line).and_then(|line| {
            match line {
                Line::Empty => {}
                Line::Sample { series, value, at } => exposition.lines.push(SampleLine {
                    number,
                    series,
                    value,
                    at,
                }),
                Line::Comment(comment) => families.take(comment)?,
            }
            Ok(())
        });
        parsed.map_err(|error| in_line(number, &error))?;
    }
    exposition.descriptions = families.descriptions;
    Ok(exposition)
}

/// The metrics that comments tell of.
#[derive(Default)]
struct Families {
    descriptions: Vec<Description>,
    by_name: HashMap<String, Family>,
}

/// Where its description is, and whether each comment has come.
#[derive(Clone, Copy)]
struct Family {
    place: usize,
    has_kind: bool,
    has_help: bool,
}

impl Families {
    fn take(&mut self, comment: Comment<'_>) -> Result<()> {
        let (Comment::Help { name, .. } | Comment::Kind { name, .. }) = &comment;
        let place = self.descriptions.len();
        let family = self.by_name.entry((*name).to_owned()).or_insert(Family {
            place,
            has_kind: false,
            has_help: false,
        });
        if family.place == place {
            self.descriptions
                .push(Description::new(*name, MetricKind::Untyped, ""));
        }
        let description = &mut self.descriptions[family.place];
        match comment {
            Comment::Help { text, .. } => {
                once(&mut family.has_help, "HELP")?;
                description.help = text;
            }
            Comment::Kind { kind, .. } => {
                once(&mut family.has_kind, "TYPE")?;
                description.kind = kind;
            }
        }
        Ok(())
    }
}

fn once(has_come: &mut bool, what: &str) -> Result<()> {
    match std::mem::replace(has_come, true) {
        false => Ok(()),
        true => Err(Error::invalid(
            FIELD,
            format!("a second {what} of the same metric"),
        )),
    }
}

#[cold]
fn in_line(number: usize, error: &Error) -> Error {
    let reason = format!("line {number}: {}", error.reason());
    match error.kind() {
        crate::ErrorKind::Limit => Error::limit(FIELD, reason).at(number),
        _ => Error::invalid(FIELD, reason).at(number),
    }
}
