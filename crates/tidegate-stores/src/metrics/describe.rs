//! What is known of a metric besides its samples: its kind and a text for people.

use std::fmt;

use tidegate::{ReadTx, Tx, list};

use super::series::check_metric_name;
use crate::check;
use crate::error::Result;

/// The longest text about a metric, in bytes.
pub const HELP_BYTES_MAX: usize = 1_024;

/// The most descriptions of one [`describe`].
pub const DESCRIPTIONS_MAX: usize = 10_000;

/// What a metric is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Description {
    /// The metric's name. Series of histograms and summaries carry it with `_bucket`, `_sum` or `_count` behind it.
    pub name: String,
    /// What kind of metric it is.
    pub kind: MetricKind,
    /// A text for people.
    pub help: String,
}

impl Description {
    /// A description of these.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: MetricKind, help: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind,
            help: help.into(),
        }
    }
}

/// The kinds of Prometheus' text format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum MetricKind {
    /// Only rises, or begins anew at zero.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts of values up to each of some limits, their sum and their number.
    Histogram,
    /// Some percentiles of values, their sum and their number.
    Summary,
    /// Not known.
    #[default]
    Untyped,
}

impl MetricKind {
    const ALL: [Self; 5] = [
        Self::Counter,
        Self::Gauge,
        Self::Histogram,
        Self::Summary,
        Self::Untyped,
    ];

    /// Its name in the text format.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Summary => "summary",
            Self::Untyped => "untyped",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for MetricKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Keeps descriptions, in place of older ones; what is known already is not written again.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a name that is none; [`Limit`](crate::ErrorKind::Limit) beyond
/// [`HELP_BYTES_MAX`]; both with the index as [`item`](crate::Error::item). [`Limit`](crate::ErrorKind::Limit) beyond
/// [`DESCRIPTIONS_MAX`]. And what the database answers.
pub fn describe(tx: &mut Tx<'_>, descriptions: &[Description]) -> Result<()> {
    check::count("descriptions", descriptions.len(), DESCRIPTIONS_MAX)?;
    for (item, description) in descriptions.iter().enumerate() {
        check_one(description).map_err(|error| error.of_item(item))?;
    }
    let sql = "INSERT INTO tg_metric (name, kind, help) VALUES (?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, help = excluded.help
            WHERE kind <> excluded.kind OR help <> excluded.help";
    let rows = descriptions
        .iter()
        .map(|one| (&*one.name, one.kind.as_str(), &*one.help));
    tx.execute_many(sql, rows)?;
    Ok(())
}

fn check_one(description: &Description) -> Result<()> {
    check_metric_name("name", &description.name)?;
    check::text("help", &description.help, HELP_BYTES_MAX)
}

/// The descriptions of these metrics, as far as there are any, in alphabetical order.
///
/// # Errors
/// What the database answers.
pub fn descriptions<N: AsRef<str>>(tx: &mut ReadTx<'_>, names: &[N]) -> Result<Vec<Description>> {
    let sql = "SELECT name, kind, help FROM tg_metric WHERE name IN rarray(?) ORDER BY name";
    let rows: Vec<(String, String, String)> =
        tx.query(sql, (list(names.iter().map(AsRef::as_ref)),))?;
    let descriptions = rows.into_iter().map(|(name, kind, help)| Description {
        name,
        kind: MetricKind::of_name(&kind).unwrap_or_default(),
        help,
    });
    Ok(descriptions.collect())
}
