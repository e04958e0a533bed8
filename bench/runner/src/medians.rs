//! The median of each figure over the rounds.

use bench_harness::{Outcome, Report, Result};
use bench_page::{median, range};
use serde::Serialize;

use crate::cases::Case;
use crate::peers::PeerInfo;
use crate::rounds::Answer;

/// The figures of each case and peer.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Medians {
    rows: Vec<Row>,
}

/// The medians of one peer at one case.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    case: &'static str,
    peer: &'static str,
    /// `None` where the peer has no such call.
    figures: Option<Figures>,
}

/// Durations in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Figures {
    pub(crate) per_second: f64,
    /// The slowest and the fastest round.
    pub(crate) per_second_range: (f64, f64),
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
    pub(crate) idle_p50: Option<f64>,
    pub(crate) idle_p99: Option<f64>,
    pub(crate) next_p50: Option<f64>,
    pub(crate) next_p99: Option<f64>,
    pub(crate) ticker_lag_p99: f64,
    pub(crate) writes_per_commit: Option<f64>,
    pub(crate) peak_memory_kib: f64,
}

impl Medians {
    /// Summarises the answers of all rounds.
    pub(crate) fn of(answers: &[Answer]) -> Self {
        let mut medians = Self::default();
        for answer in answers {
            if medians.find(answer.case.name, answer.peer.name).is_none() {
                medians
                    .rows
                    .push(Row::of(answer.case, answer.peer, answers));
            }
        }
        medians
    }

    /// The figures of a peer at a case, if both were measured and the peer can do it.
    pub(crate) fn get(&self, case: &str, peer: &str) -> Option<&Figures> {
        self.find(case, peer)?.figures.as_ref()
    }

    fn find(&self, case: &str, peer: &str) -> Option<&Row> {
        self.rows
            .iter()
            .find(|row| row.case == case && row.peer == peer)
    }

    /// One row per line, so that two runs can be compared line by line.
    pub(crate) fn to_json(&self) -> Result<String> {
        let rows: std::result::Result<Vec<_>, _> =
            self.rows.iter().map(serde_json::to_string).collect();
        Ok(format!("[\n{}\n]\n", rows?.join(",\n")))
    }

    #[cfg(test)]
    pub(crate) fn from_figures(rows: Vec<(&'static str, &'static str, Figures)>) -> Self {
        let row = |(case, peer, figures)| Row {
            case,
            peer,
            figures: Some(figures),
        };
        Self {
            rows: rows.into_iter().map(row).collect(),
        }
    }
}

impl Row {
    fn of(case: &'static Case, peer: &'static PeerInfo, answers: &[Answer]) -> Self {
        let of_this = answers
            .iter()
            .filter(|answer| answer.case == case && answer.peer == peer);
        let reports: Vec<&Report> = of_this
            .filter_map(|answer| match &answer.outcome {
                Outcome::Measured(report) => Some(&**report),
                Outcome::Unsupported => None,
            })
            .collect();
        let figures = (!reports.is_empty()).then(|| Figures::of(&reports));
        Self {
            case: case.name,
            peer: peer.name,
            figures,
        }
    }
}

impl Figures {
    fn of(reports: &[&Report]) -> Self {
        let of =
            |figure: &dyn Fn(&Report) -> f64| median(reports.iter().map(|report| figure(report)));
        let of_some = |figure: &dyn Fn(&Report) -> Option<f64>| {
            let values: Vec<f64> = reports.iter().filter_map(|report| figure(report)).collect();
            (!values.is_empty()).then(|| median(values))
        };
        Self {
            per_second: of(&Report::throughput),
            per_second_range: range(reports.iter().map(|report| report.throughput())),
            p50: of(&|report| report.latency.p50 as f64),
            p95: of(&|report| report.latency.p95 as f64),
            p99: of(&|report| report.latency.p99 as f64),
            max: of(&|report| report.latency.max as f64),
            idle_p50: of_some(&|report| Some(report.idle_latency?.p50 as f64)),
            idle_p99: of_some(&|report| Some(report.idle_latency?.p99 as f64)),
            next_p50: of_some(&|report| Some(report.next_latency?.p50 as f64)),
            next_p99: of_some(&|report| Some(report.next_latency?.p99 as f64)),
            ticker_lag_p99: of(&|report| report.ticker_lag.p99 as f64),
            writes_per_commit: of_some(&|report| report.writes_per_commit),
            peak_memory_kib: of(&|report| report.peak_memory_kib as f64),
        }
    }
}

#[cfg(test)]
mod tests;
