//! What a metric did in a window.

use std::iter;

use tidegate::ReadTx;

use super::aggregate::{percentile, take_summary, take_values};
use super::find::find;
use super::parts::{Part, Resolution};
use super::quantiles::{Quantiles, to_f64};
use super::scan::{Wanted, scan};
use super::selector::Selector;
use super::state::State;
use super::summary::Summary;
use super::units::moment;
use crate::error::Result;
use crate::timestamp::Timestamp;
use crate::window::Window;

/// Figures of all samples of some series in a window, taken together.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Statistics {
    /// How many series had samples.
    pub series: u64,
    /// How many samples there were.
    pub count: u64,
    /// How many there were in each second of the window.
    pub samples_per_second: f64,
    /// What the values were like; `None` if there were none.
    pub values: Option<ValueStatistics>,
    /// Where the window really began: earlier than asked where its oldest part is known by the minute or hour only.
    pub from: Timestamp,
    /// Where it ended.
    pub to: Timestamp,
    /// The coarsest source that was needed to cover the window.
    pub resolution: Resolution,
}

/// Figures of the values of some samples.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ValueStatistics {
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// Their sum.
    pub sum: f64,
    /// Their mean.
    pub mean: f64,
    /// The standard deviation of a sample of more (divided by one less than the count); `None` of one value.
    pub standard_deviation: Option<f64>,
    /// The 50th percentile.
    pub median: f64,
    /// The 95th percentile.
    pub p95: f64,
    /// The 99th percentile.
    pub p99: f64,
    /// Whether median and percentiles are exact. Otherwise they come from rollups, or from more than
    /// [`EXACT_VALUES_MAX`](super::EXACT_VALUES_MAX) samples, and are at most
    /// [`PERCENTILE_RELATIVE_ERROR`](super::PERCENTILE_RELATIVE_ERROR) off.
    pub is_exact: bool,
    /// For counters: the increase in each second, the sum over the series; see [`Aggregate::Rate`](super::Aggregate::Rate).
    /// `None` if no series had two samples.
    pub rate: Option<f64>,
}

/// The figures of all samples of the selected series in the window, taken together.
///
/// Percentiles lie between the two closest samples where they fall between them (as `quantile_over_time` of Prometheus).
///
/// # Errors
/// What the database answers.
pub fn statistics(tx: &mut ReadTx<'_>, selector: &Selector, window: Window) -> Result<Statistics> {
    let state = State::load(tx)?;
    let found = find(tx, selector)?;
    let wanted = Wanted::new(&state, &found);
    let parts = window.parts(&state, Resolution::Sample);
    let mut summaries: Vec<Option<Summary>> = iter::repeat_n(None, found.len()).collect();
    let mut quantiles = Quantiles::default();
    for part in &parts {
        scan(tx, &wanted, *part, |place, piece| {
            take_summary(&mut summaries[place], &piece);
            take_values(&mut quantiles, &piece);
        })?;
    }
    Ok(conclude(window, &parts, summaries, quantiles))
}

fn conclude(
    window: Window,
    parts: &[Part],
    summaries: Vec<Option<Summary>>,
    mut quantiles: Quantiles,
) -> Statistics {
    let from = parts.first().map_or(window.from(), |part| {
        moment(part.from - 1).min(window.from())
    });
    let summaries: Vec<Summary> = summaries.into_iter().flatten().collect();
    let (start, end) = (from.as_micros(), window.to().as_micros());
    let rates = summaries
        .iter()
        .filter_map(|summary| summary.rate(start, end));
    let rate = rates.reduce(|one, two| one + two);
    let mut statistics = Statistics {
        series: u64::try_from(summaries.len()).unwrap_or(u64::MAX),
        count: 0,
        samples_per_second: 0.0,
        values: None,
        from,
        to: window.to(),
        resolution: parts
            .first()
            .map_or(Resolution::Sample, |part| part.resolution),
    };
    let pooled = summaries.into_iter().reduce(|mut all, next| {
        all.pool(&next);
        all
    });
    if let Some(pooled) = pooled {
        statistics.count = pooled.count;
        let seconds = window.to().saturating_since(from).as_secs_f64();
        statistics.samples_per_second = to_f64(pooled.count) / seconds;
        statistics.values = values(&pooled, &mut quantiles, rate);
    }
    statistics
}

fn values(
    pooled: &Summary,
    quantiles: &mut Quantiles,
    rate: Option<f64>,
) -> Option<ValueStatistics> {
    Some(ValueStatistics {
        min: pooled.min,
        max: pooled.max,
        sum: pooled.sum,
        mean: pooled.mean(),
        standard_deviation: pooled.standard_deviation(),
        median: percentile(quantiles, pooled, 0.5)?,
        p95: percentile(quantiles, pooled, 0.95)?,
        p99: percentile(quantiles, pooled, 0.99)?,
        is_exact: quantiles.is_exact(),
        rate,
    })
}
