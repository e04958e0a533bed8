//! What is recorded, and what becomes of it.

use std::fmt;
use std::time::Duration;

use super::series::Series;
use crate::timestamp::Timestamp;

/// How far ahead of the given time a sample may lie.
pub const FUTURE_MAX: Duration = Duration::from_secs(5 * 60);
/// The most samples of one [`record_many`](super::record_many): the writer is held for as long as it takes.
pub const BATCH_SAMPLES_MAX: usize = 100_000;
/// The most series of one database.
pub const SERIES_MAX: u64 = 1_000_000;

/// One value of a series at a moment.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sample {
    /// The series that it belongs to.
    pub series: Series,
    /// The value. One that is not finite is refused when it is recorded.
    pub value: f64,
    /// When it was measured.
    pub at: Timestamp,
}

impl Sample {
    /// A sample of these.
    #[must_use]
    pub fn new(series: Series, value: f64, at: Timestamp) -> Self {
        Self { series, value, at }
    }
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recorded {
    /// The samples that were stored, those that replaced one of the same moment included.
    pub stored: u64,
    /// The samples that were not, in their order.
    pub refused: Vec<Refused>,
    /// How many series are new.
    pub new_series: u64,
}

/// A sample that was not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// Its index in the batch, counted from zero.
    pub item: usize,
    /// Why.
    pub reason: Refusal,
}

/// Why a sample is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Refusal {
    /// The value is NaN or infinite.
    NotFinite,
    /// It lies more than [`FUTURE_MAX`] ahead.
    Future,
    /// It lies before what is kept of samples.
    TooOld,
    /// It would make a series beyond [`SERIES_MAX`].
    TooManySeries,
}

impl Refusal {
    /// Every reason.
    pub const ALL: &'static [Self] = &[
        Self::NotFinite,
        Self::Future,
        Self::TooOld,
        Self::TooManySeries,
    ];

    /// A stable code in snake case, under which it is counted.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFinite => "not_finite",
            Self::Future => "future",
            Self::TooOld => "too_old",
            Self::TooManySeries => "too_many_series",
        }
    }

    /// The reason of a code.
    pub(super) fn of_code(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|reason| reason.as_str() == code)
    }
}

/// A sentence for people.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFinite => "the value is not a finite number",
            Self::Future => "the time lies more than 5 minutes ahead",
            Self::TooOld => "the time lies before what is kept",
            Self::TooManySeries => "there are as many series as there may be",
        })
    }
}
