//! Where the answers about a window come from: samples, minutes, hours.

#[cfg(test)]
mod tests;

use std::fmt;

use super::state::State;
use super::units::{MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE};
use crate::window::Window;

/// How finely samples are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Resolution {
    /// Each sample by itself.
    Sample,
    /// Rolled up by the minute.
    Minute,
    /// Rolled up by the hour.
    Hour,
}

/// A part of a window that has one source: from its first microsecond up to the one after its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) resolution: Resolution,
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Window {
    /// The parts of the window by source, the oldest first: samples as far back as they are kept, then minutes, then
    /// hours. Rollups that `coarsest` allows are taken in place of finer ones wherever they are ready.
    ///
    /// Rollups begin and end at whole minutes and hours, so a window reaches back to where its first one begins.
    pub(super) fn parts(self, state: &State, coarsest: Resolution) -> Vec<Part> {
        let (start, end) = (self.from().as_micros() + 1, self.to().as_micros() + 1);
        let samples_from = begin(
            state.samples_from_minute,
            state.rolled_minute,
            MICROS_PER_MINUTE,
            end,
            coarsest >= Resolution::Minute,
        );
        let minutes_from = begin(
            state.minutes_from_hour,
            state.rolled_hour,
            MICROS_PER_HOUR,
            end,
            coarsest >= Resolution::Hour,
        );
        let hours_from = state.hours_from_day * MICROS_PER_DAY;
        let parts = [
            part(Resolution::Hour, start, end, hours_from, minutes_from),
            part(Resolution::Minute, start, end, minutes_from, samples_from),
            part(Resolution::Sample, start, end, samples_from, i64::MAX),
        ];
        parts.into_iter().flatten().collect()
    }
}

/// Where the finer source begins: where retention has left it, or later if the coarser one is ready and wanted.
fn begin(kept: i64, rolled: i64, unit: i64, end: i64, is_coarser_wanted: bool) -> i64 {
    match is_coarser_wanted {
        true => kept.max(rolled.min(end / unit)) * unit,
        false => kept * unit,
    }
}

/// What of the window `start..end` comes from a source that has `first..last`.
fn part(resolution: Resolution, start: i64, end: i64, first: i64, last: i64) -> Option<Part> {
    let unit = resolution.micros();
    let from = (start - start.rem_euclid(unit)).max(first);
    let to = end.min(last);
    (from < to).then_some(Part {
        resolution,
        from,
        to,
    })
}

impl Resolution {
    /// A stable name in snake case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sample => "sample",
            Self::Minute => "minute",
            Self::Hour => "hour",
        }
    }

    /// The coarsest that still tells apart steps of this length.
    pub(super) fn for_step(step: i64) -> Self {
        match step {
            step if step % MICROS_PER_HOUR == 0 => Self::Hour,
            step if step % MICROS_PER_MINUTE == 0 => Self::Minute,
            _ => Self::Sample,
        }
    }

    /// Its unit, in microseconds.
    pub(super) const fn micros(self) -> i64 {
        match self {
            Self::Sample => 1,
            Self::Minute => MICROS_PER_MINUTE,
            Self::Hour => MICROS_PER_HOUR,
        }
    }
}

impl fmt::Display for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
