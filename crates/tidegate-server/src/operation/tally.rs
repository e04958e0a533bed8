//! The figures of one operation.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::class::Class;
use super::grade::Grade;

/// The longest time that is told apart, in microseconds: two minutes.
const LONGEST_MICROS: u64 = 120_000_000;
/// How exact the histogram is: two digits.
const DIGITS: u8 = 2;

/// How an operation ended. One whose caller has gone has no outcome: it is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Without an error of any kind.
    Done,
    /// Its deadline passed.
    TimedOut,
    /// With an error of this code.
    Failed(&'static str),
}

/// Counts one operation: a route or a call of a store.
#[derive(Debug)]
pub(crate) struct Tally {
    class: Class,
    figures: Mutex<Figures>,
}

/// What has been counted.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    /// How often it was begun and ended.
    pub(crate) total: u64,
    /// How often it failed, by code; timeouts are not among them.
    pub(crate) errors: BTreeMap<&'static str, u64>,
    /// How often its deadline passed.
    pub(crate) timeouts: u64,
    /// How often its caller went away before.
    pub(crate) cancelled: u64,
    /// How often it succeeded within the target.
    pub(crate) under_target: u64,
    /// How often it took longer, whatever its outcome.
    pub(crate) over_target: u64,
    /// The sum of all times.
    pub(crate) sum: Duration,
    /// The times in microseconds.
    pub(crate) histogram: Histogram<u64>,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            total: 0,
            errors: BTreeMap::new(),
            timeouts: 0,
            cancelled: 0,
            under_target: 0,
            over_target: 0,
            sum: Duration::ZERO,
            histogram: Histogram::new_with_bounds(1, LONGEST_MICROS, DIGITS)
                .expect("invariant: the bounds are far apart and the digits few"),
        }
    }
}

impl Figures {
    fn count(&mut self, class: Class, outcome: Option<Outcome>, took: Duration) {
        self.total += 1;
        self.sum += took;
        let micros = u64::try_from(took.as_micros()).unwrap_or(LONGEST_MICROS);
        self.histogram.saturating_record(micros.max(1));
        let is_late = took > class.target();
        self.over_target += u64::from(is_late);
        match outcome {
            Some(Outcome::Done) => self.under_target += u64::from(!is_late),
            Some(Outcome::TimedOut) => self.timeouts += 1,
            Some(Outcome::Failed(code)) => *self.errors.entry(code).or_default() += 1,
            None => self.cancelled += 1,
        }
    }

    /// Takes in the figures of another operation of the same class.
    pub(crate) fn add(&mut self, other: &Self) {
        self.total += other.total;
        for (code, count) in &other.errors {
            *self.errors.entry(code).or_default() += count;
        }
        self.timeouts += other.timeouts;
        self.cancelled += other.cancelled;
        self.under_target += other.under_target;
        self.over_target += other.over_target;
        self.sum += other.sum;
        self.histogram
            .add(&other.histogram)
            .expect("invariant: all histograms have the same bounds");
    }

    /// The mean of all times.
    pub(crate) fn mean(&self) -> Duration {
        u32::try_from(self.total)
            .ok()
            .and_then(|total| self.sum.checked_div(total))
            .unwrap_or_default()
    }

    /// How well it does.
    pub(crate) fn grade(&self) -> Grade {
        Grade::of(self.total, self.under_target, self.mean())
    }
}

impl Tally {
    pub(crate) fn new(class: Class) -> Self {
        Self {
            class,
            figures: Mutex::default(),
        }
    }

    pub(crate) fn class(&self) -> Class {
        self.class
    }

    /// A copy of what has been counted.
    pub(crate) fn figures(&self) -> Figures {
        self.lock().clone()
    }

    /// Begins to measure one.
    pub(crate) fn begin(self: &Arc<Self>) -> Begun {
        Begun {
            tally: self.clone(),
            at: Instant::now(),
            outcome: None,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Figures> {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An operation that is under way; dropped without an end it counts as cancelled.
#[derive(Debug)]
pub(crate) struct Begun {
    tally: Arc<Tally>,
    at: Instant,
    outcome: Option<Outcome>,
}

impl Begun {
    /// It has come to an end.
    pub(crate) fn end(mut self, outcome: Outcome) {
        self.outcome = Some(outcome);
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let took = self.at.elapsed();
        self.tally
            .lock()
            .count(self.tally.class, self.outcome, took);
    }
}
