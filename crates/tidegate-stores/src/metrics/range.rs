//! The points of a chart.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate::ReadTx;

use super::aggregate::{Aggregate, Fold};
use super::find::find;
use super::parts::Resolution;
use super::scan::{Piece, Wanted, scan};
use super::selector::Selector;
use super::series::Series;
use super::state::State;
use super::units::moment;
use crate::check;
use crate::error::{Error, Result};
use crate::timestamp::{Timestamp, micros};
use crate::window::Window;

/// The most points of one series.
pub const RANGE_POINTS_MAX: usize = 11_000;
/// The most series of one answer.
pub const RANGE_SERIES_MAX: usize = 500;
/// The most points of one answer in all.
pub const RANGE_TOTAL_POINTS_MAX: usize = 500_000;
/// The shortest step.
pub const RANGE_STEP_MIN: Duration = Duration::from_millis(1);

/// The chart of some series.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Range {
    /// A line for each series that has points, in the order of their labels.
    pub lines: Vec<Line>,
    /// The coarsest source: steps finer than this are empty where it was used.
    pub resolution: Resolution,
}

/// The points of one series.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Line {
    /// The series.
    pub series: Series,
    /// Its points in the order of time. A step without samples has none.
    pub points: Vec<Point>,
}

/// One number for one step.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Point {
    /// Where the step begins: a whole number of steps after 1970.
    pub at: Timestamp,
    /// The number.
    pub value: f64,
}

/// One number for each step of the window and each selected series.
///
/// Steps begin at whole multiples of their length, so that a chart does not tremble when its window moves on; the first
/// one may reach back before the window. Rollups are taken wherever the step allows it: a chart of a month reads hours.
/// What came late shows in them after the next [`rollup_step`](super::rollup_step).
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a step below [`RANGE_STEP_MIN`]; [`Limit`](crate::ErrorKind::Limit)
/// beyond [`RANGE_POINTS_MAX`], [`RANGE_SERIES_MAX`] or [`RANGE_TOTAL_POINTS_MAX`]; and what the database answers.
pub fn range(
    tx: &mut ReadTx<'_>,
    selector: &Selector,
    window: Window,
    step: Duration,
    aggregate: Aggregate,
) -> Result<Range> {
    let step = check_step(window, step)?;
    let state = State::load(tx)?;
    let found = find(tx, selector)?;
    check::count("series", found.len(), RANGE_SERIES_MAX)?;
    let wanted = Wanted::new(&state, &found);
    let parts = aligned(window, step).parts(&state, Resolution::for_step(step));
    let mut cells = Cells::new(aggregate, step);
    for part in &parts {
        scan(tx, &wanted, *part, |place, piece| cells.take(place, &piece))?;
        check::count("points", cells.folds.len(), RANGE_TOTAL_POINTS_MAX)?;
    }
    let mut lines = found
        .into_iter()
        .map(|found| Line {
            series: found.series,
            points: Vec::new(),
        })
        .collect();
    cells.into_lines(&mut lines);
    Ok(Range {
        lines,
        resolution: parts
            .first()
            .map_or(Resolution::Sample, |part| part.resolution),
    })
}

/// The step in microseconds.
fn check_step(window: Window, step: Duration) -> Result<i64> {
    if step < RANGE_STEP_MIN {
        return Err(Error::invalid("step", "must be at least a millisecond"));
    }
    let points = window.length().as_micros() / step.as_micros();
    let points = usize::try_from(points).unwrap_or(usize::MAX);
    check::count("points", points, RANGE_POINTS_MAX)?;
    Ok(micros(step))
}

/// The window from where its first step begins.
fn aligned(window: Window, step: i64) -> Window {
    let start = window.from().as_micros() + 1;
    let from = moment(start - start.rem_euclid(step) - 1).min(window.from());
    Window::between(from, window.to()).unwrap_or(window)
}

/// What falls into each step of each series.
struct Cells {
    aggregate: Aggregate,
    step: i64,
    /// By place of the series and beginning of the step.
    folds: BTreeMap<(usize, i64), Fold>,
}

impl Cells {
    fn new(aggregate: Aggregate, step: i64) -> Self {
        Self {
            aggregate,
            step,
            folds: BTreeMap::new(),
        }
    }

    /// Stops where there are too many, so that what is refused afterwards takes no memory.
    fn take(&mut self, place: usize, piece: &Piece<'_>) {
        if self.folds.len() > RANGE_TOTAL_POINTS_MAX {
            return;
        }
        let (Piece::Sample { at, .. } | Piece::Rollup { at, .. }) = piece;
        let start = at - at.rem_euclid(self.step);
        let fold = self.folds.entry((place, start));
        fold.or_insert_with(|| Fold::new(self.aggregate == Aggregate::P95))
            .take(piece);
    }

    fn into_lines(self, lines: &mut Vec<Line>) {
        for ((place, start), mut fold) in self.folds {
            if let Some(value) = fold.value(self.aggregate, start, start.saturating_add(self.step))
            {
                lines[place].points.push(Point {
                    at: moment(start),
                    value,
                });
            }
        }
        lines.retain(|line| !line.points.is_empty());
    }
}
