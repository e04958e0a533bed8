//! Series: a metric's name with labels.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use crate::check::{self, shown};
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::labels::Labels;

/// The longest name of a metric, in bytes.
pub const METRIC_NAME_BYTES_MAX: usize = 200;

/// A metric's name with a set of labels: what samples belong to.
///
/// Making one checks the name and computes the fingerprint; cloning is cheap. Keep it where the same series is recorded
/// again and again.
#[derive(Clone)]
pub struct Series(Arc<Inner>);

struct Inner {
    name: Box<str>,
    labels: Labels,
    fingerprint: Fingerprint,
}

impl Series {
    /// The series of these labels. A name matches `[a-zA-Z_:][a-zA-Z0-9_:]*`.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a name that is none, or for the label `__name__`, which stands
    /// for the name itself; [`Limit`](crate::ErrorKind::Limit) beyond [`METRIC_NAME_BYTES_MAX`].
    pub fn new(name: &str, labels: Labels) -> Result<Self> {
        check_metric_name("name", name)?;
        if labels.get("__name__").is_some() {
            return Err(Error::invalid(
                "labels",
                "__name__ is the name of the metric",
            ));
        }
        let fingerprint = Fingerprint::of(name, &labels);
        Ok(Self::stored(name, labels, fingerprint))
    }

    /// A series that was checked before it was stored.
    pub(super) fn stored(name: &str, labels: Labels, fingerprint: Fingerprint) -> Self {
        Self(Arc::new(Inner {
            name: name.into(),
            labels,
            fingerprint,
        }))
    }

    /// The metric's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The labels.
    #[must_use]
    pub fn labels(&self) -> &Labels {
        &self.0.labels
    }

    /// What stands for the two together.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.0.fingerprint
    }
}

/// Refuses what is no name of a metric.
pub(super) fn check_metric_name(field: &'static str, name: &str) -> Result<()> {
    check::length(field, name, METRIC_NAME_BYTES_MAX)?;
    match is_metric_name(name) {
        true => Ok(()),
        false => Err(Error::invalid(
            field,
            format!(
                "{} is no metric name: [a-zA-Z_:][a-zA-Z0-9_:]*",
                shown(name)
            ),
        )),
    }
}

fn is_metric_name(name: &str) -> bool {
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_' || c == ':';
    name.starts_with(starts) && name.chars().all(|c| starts(c) || c.is_ascii_digit())
}

impl PartialEq for Series {
    fn eq(&self, other: &Self) -> bool {
        self.0.fingerprint == other.0.fingerprint
    }
}

impl Eq for Series {}

/// As Prometheus writes it: `up{job="api"}`.
impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self.labels().is_empty() {
            true => Ok(()),
            false => self.labels().fmt(f),
        }
    }
}

impl fmt::Debug for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
