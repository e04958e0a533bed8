//! The bars: what the driver has promised to reach against its peers, and whether it did.

use crate::cases;
use crate::medians::{Figures, Medians};
use crate::peers::{self, FLOOR, OURS, Role};
use bench_page::duration;

/// A promise and what was measured of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bar {
    pub(crate) promise: String,
    /// What was measured, in words; `None` where a figure of it is missing.
    pub(crate) measured: Option<String>,
    pub(crate) met: bool,
}

/// «About as fast as idle» taken as a number.
const ABOUT_IDLE: f64 = 1.5;

/// How late the answer to a call may be whose deadline has passed.
const LATENESS_NS: f64 = 5e6;

/// How long the call after it may take.
const NEXT_READ_NS: f64 = 10e6;

/// Every bar, in the order of the cases.
pub(crate) fn all(medians: &Medians) -> Vec<Bar> {
    let look = Look(medians);
    let mut bars = look.writes();
    bars.extend(look.point_reads());
    bars.extend(look.against_the_floor());
    bars.extend(look.deadlines());
    bars.extend(look.reads_beside_writes());
    bars.push(look.ticker());
    bars
}

/// The questions that the bars ask of the medians.
struct Look<'a>(&'a Medians);

impl Look<'_> {
    fn writes(&self) -> Vec<Bar> {
        let per_commit = self
            .ours(cases::INSERT_FULL_64)
            .and_then(|figures| figures.writes_per_commit);
        vec![
            at_least(
                "Inserts, FULL, 64 tasks: 25 × the best peer",
                25.0,
                self.throughput(cases::INSERT_FULL_64),
            ),
            at_least(
                "Inserts, FULL, 64 tasks: 30 writes per commit",
                30.0,
                per_commit.map(Ratio::alone),
            ),
            at_least(
                "Inserts, NORMAL, 64 tasks: 5 × the best peer",
                5.0,
                self.throughput(cases::INSERT_NORMAL_64),
            ),
            at_least(
                "Inserts, FULL, 1 task: not slower than the best peer",
                1.0,
                self.throughput(cases::INSERT_FULL_1),
            ),
            at_least(
                "Inserts, NORMAL, 1 task: not slower than the best peer",
                1.0,
                self.throughput(cases::INSERT_NORMAL_1),
            ),
        ]
    }

    fn point_reads(&self) -> Vec<Bar> {
        let p50 = |figures: &Figures| figures.p50;
        let to_empty_job = self.ratio(p50, (cases::READ_1, OURS), (cases::EMPTY_JOB, OURS));
        let mut bars = vec![
            at_most(
                "Point read, 1 task: p50 not above the best peer",
                1.0,
                self.to_lowest(cases::READ_1, p50),
            ),
            at_most(
                "Point read, 1 task: p50 within 2 × an empty closure's round trip",
                2.0,
                to_empty_job,
            ),
        ];
        for (case, tasks) in [
            (cases::READ_16, 16),
            (cases::READ_64, 64),
            (cases::READ_256, 256),
        ] {
            let promise = format!("Point reads, {tasks} tasks: 1.5 × the best peer");
            bars.push(at_least(&promise, 1.5, self.throughput(case)));
        }
        bars
    }

    fn against_the_floor(&self) -> Vec<Bar> {
        let to_floor = |case| self.ratio(|figures| figures.p50, (case, OURS), (case, FLOOR));
        vec![
            at_most(
                "Scan of 100,000 rows: p50 within 1.15 × rusqlite",
                1.15,
                to_floor(cases::SCAN),
            ),
            at_most(
                "Batch of 1,000 inserts: p50 within 1.15 × rusqlite",
                1.15,
                to_floor(cases::BATCH),
            ),
        ]
    }

    fn deadlines(&self) -> Vec<Bar> {
        let figures = self.ours(cases::DEADLINE);
        vec![
            within(
                "Query given 50 ms: answered at most 5 ms later (p99)",
                LATENESS_NS,
                figures.map(|figures| figures.p99),
            ),
            within(
                "Read after a query that was given up, 1 reader: under 10 ms (p50)",
                NEXT_READ_NS,
                figures.and_then(|figures| figures.next_p50),
            ),
        ]
    }

    fn reads_beside_writes(&self) -> Vec<Bar> {
        let figures = self.ours(cases::READ_UNDER_WRITE);
        let slowdown =
            figures.and_then(|figures| Some(Ratio::alone(figures.p99 / figures.idle_p99?)));
        let promise = format!(
            "Point read while a 500 ms write runs: p99 about that of idle (within {ABOUT_IDLE} ×)"
        );
        vec![
            at_least(
                "Mixed 90/10, FULL, 64 tasks: 4 × the best peer",
                4.0,
                self.throughput(cases::MIXED),
            ),
            at_most(&promise, ABOUT_IDLE, slowdown),
        ]
    }

    /// Holds for every case that was measured; the worst one is shown.
    fn ticker(&self) -> Bar {
        let ratios: Vec<(&str, f64)> = cases::ALL
            .iter()
            .filter_map(|case| {
                let ratio = self.to_lowest(case.name, |figures| figures.ticker_lag_p99)?;
                Some((case.name, ratio.value))
            })
            .collect();
        let held = ratios.iter().filter(|(_, ratio)| *ratio <= 1.0).count();
        let worst = ratios.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        Bar {
            promise: "Ticker lag p99 not above the best peer's, in every case".to_owned(),
            measured: worst.map(|(case, ratio)| {
                format!(
                    "in {held} of {} cases; worst {ratio:.2} × at {case}",
                    ratios.len()
                )
            }),
            met: !ratios.is_empty() && held == ratios.len(),
        }
    }

    fn ours(&self, case: &str) -> Option<&Figures> {
        self.0.get(case, OURS)
    }

    /// Ours to the highest throughput of a peer.
    fn throughput(&self, case: &str) -> Option<Ratio> {
        let best = self
            .of_peers(case, |figures| figures.per_second)
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(Ratio::to(self.ours(case)?.per_second, best))
    }

    /// Ours to the lowest value of a peer.
    fn to_lowest(&self, case: &str, figure: impl Fn(&Figures) -> f64) -> Option<Ratio> {
        let best = self
            .of_peers(case, &figure)
            .min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(Ratio::to(figure(self.ours(case)?), best))
    }

    fn of_peers(
        &self,
        case: &str,
        figure: impl Fn(&Figures) -> f64,
    ) -> impl Iterator<Item = (&'static str, f64)> {
        let peers = peers::ALL.iter().filter(|peer| peer.role == Role::Peer);
        peers.filter_map(move |peer| Some((peer.name, figure(self.0.get(case, peer.name)?))))
    }

    fn ratio(
        &self,
        figure: impl Fn(&Figures) -> f64,
        (case, peer): (&str, &str),
        (other_case, other_peer): (&str, &'static str),
    ) -> Option<Ratio> {
        let other = figure(self.0.get(other_case, other_peer)?);
        Some(Ratio {
            value: figure(self.0.get(case, peer)?) / other,
            to: None,
        })
    }
}

/// A measured ratio and, where several could have been it, whom it is to.
struct Ratio {
    value: f64,
    to: Option<&'static str>,
}

impl Ratio {
    fn alone(value: f64) -> Self {
        Self { value, to: None }
    }

    fn to(ours: f64, (peer, theirs): (&'static str, f64)) -> Self {
        Self {
            value: ours / theirs,
            to: Some(peer),
        }
    }

    fn in_words(&self) -> String {
        let peer = self.to.map(|peer| format!(" × {peer}")).unwrap_or_default();
        format!("{:.2}{peer}", self.value)
    }
}

fn at_least(promise: &str, bound: f64, ratio: Option<Ratio>) -> Bar {
    bar(promise, ratio, |value| value >= bound)
}

fn at_most(promise: &str, bound: f64, ratio: Option<Ratio>) -> Bar {
    bar(promise, ratio, |value| value <= bound)
}

/// A bar of our own figure alone.
fn within(promise: &str, bound_ns: f64, measured_ns: Option<f64>) -> Bar {
    Bar {
        promise: promise.to_owned(),
        met: measured_ns.is_some_and(|measured| measured <= bound_ns),
        measured: measured_ns.map(duration),
    }
}

fn bar(promise: &str, ratio: Option<Ratio>, holds: impl Fn(f64) -> bool) -> Bar {
    Bar {
        promise: promise.to_owned(),
        met: ratio.as_ref().is_some_and(|ratio| holds(ratio.value)),
        measured: ratio.map(|ratio| ratio.in_words()),
    }
}

#[cfg(test)]
mod tests;
