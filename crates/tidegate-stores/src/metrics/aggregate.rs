//! One number out of many samples: what rules compare and charts draw.

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use super::quantiles::{Quantiles, to_f64};
use super::scan::Piece;
use super::summary::Summary;
use crate::check::shown;
use crate::error::{Error, Result};

/// How the samples of one series become one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Aggregate {
    /// Their mean.
    Avg,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// Their sum.
    Sum,
    /// How many there are.
    Count,
    /// The latest.
    Last,
    /// The 95th percentile: exact where all samples are at hand, otherwise estimated within
    /// [`PERCENTILE_RELATIVE_ERROR`](super::PERCENTILE_RELATIVE_ERROR).
    P95,
    /// For counters: the increase in each second, as Prometheus' `rate` has it. A fall is taken for a counter that began
    /// anew at zero; the increase is stretched to the edges of the window, except that a gap there that is longer than
    /// usual counts for half of the usual one, and that no counter was below zero. One sample alone has none.
    Rate,
}

impl Aggregate {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Avg,
        Self::Min,
        Self::Max,
        Self::Sum,
        Self::Count,
        Self::Last,
        Self::P95,
        Self::Rate,
    ];

    /// Its name, as rules write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
            Self::Sum => "sum",
            Self::Count => "count",
            Self::Last => "last",
            Self::P95 => "p95",
            Self::Rate => "rate",
        }
    }
}

impl FromStr for Aggregate {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = Self::ALL
            .iter()
            .find(|aggregate| aggregate.as_str() == text);
        found.copied().ok_or_else(|| {
            let names: Vec<&str> = Self::ALL
                .iter()
                .map(|aggregate| aggregate.as_str())
                .collect();
            Error::invalid(
                "aggregate",
                format!("{} is none of {}", shown(text), names.join(", ")),
            )
        })
    }
}

impl fmt::Display for Aggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The samples of one series, folded as they come.
#[derive(Clone, Debug, Default)]
pub(super) struct Fold {
    pub(super) summary: Option<Summary>,
    /// Only where a percentile is wanted.
    pub(super) quantiles: Option<Quantiles>,
}

impl Fold {
    pub(super) fn new(with_quantiles: bool) -> Self {
        Self {
            summary: None,
            quantiles: with_quantiles.then(Quantiles::default),
        }
    }

    pub(super) fn take(&mut self, piece: &Piece<'_>) {
        take_summary(&mut self.summary, piece);
        if let Some(quantiles) = &mut self.quantiles {
            take_values(quantiles, piece);
        }
    }

    /// The number, over the window `from..to` in microseconds; `None` of nothing, and for a rate of one sample.
    pub(super) fn value(&mut self, aggregate: Aggregate, from: i64, to: i64) -> Option<f64> {
        let summary = self.summary.as_ref()?;
        match aggregate {
            Aggregate::Avg => Some(summary.mean()),
            Aggregate::Min => Some(summary.min),
            Aggregate::Max => Some(summary.max),
            Aggregate::Sum => Some(summary.sum),
            Aggregate::Count => Some(to_f64(summary.count)),
            Aggregate::Last => Some(summary.last),
            Aggregate::Rate => summary.rate(from, to),
            Aggregate::P95 => percentile(self.quantiles.as_mut()?, summary, 0.95),
        }
    }
}

pub(super) fn take_summary(summary: &mut Option<Summary>, piece: &Piece<'_>) {
    match (summary, piece) {
        (Some(summary), Piece::Sample { at, value }) => summary.push(*at, *value),
        (
            Some(summary),
            Piece::Rollup {
                summary: rollup, ..
            },
        ) => summary.merge(rollup),
        (none, Piece::Sample { at, value }) => *none = Some(Summary::of(*at, *value)),
        (
            none,
            Piece::Rollup {
                summary: rollup, ..
            },
        ) => *none = Some((*rollup).clone()),
    }
}

pub(super) fn take_values(quantiles: &mut Quantiles, piece: &Piece<'_>) {
    match piece {
        Piece::Sample { value, .. } => quantiles.push(*value),
        Piece::Rollup { sketch, .. } => quantiles.merge(sketch),
    }
}

/// An estimate is never outside of what was measured.
pub(super) fn percentile(
    quantiles: &mut Quantiles,
    summary: &Summary,
    quantile: f64,
) -> Option<f64> {
    quantiles.sort();
    let value = quantiles.at(quantile, summary.count)?;
    Some(value.clamp(summary.min, summary.max))
}
