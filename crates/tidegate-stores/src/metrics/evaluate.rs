//! The numbers that rules compare, of many rules and series at once.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate::ReadTx;

use super::aggregate::{Aggregate, Fold};
use super::find::{Found, find_all};
use super::parts::Resolution;
use super::scan::{Wanted, scan};
use super::selector::Selector;
use super::series::Series;
use super::state::State;
use super::units::moment;
use crate::check;
use crate::error::Result;
use crate::timestamp::Timestamp;
use crate::window::Window;

/// The most queries of one [`evaluate`].
pub const QUERIES_MAX: usize = 10_000;

/// What to compute for each of some series.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Query {
    /// The series.
    pub selector: Selector,
    /// The number.
    pub aggregate: Aggregate,
    /// Of how far back.
    pub window: Duration,
}

impl Query {
    /// A query of these.
    #[must_use]
    pub fn new(selector: Selector, aggregate: Aggregate, window: Duration) -> Self {
        Self {
            selector,
            aggregate,
            window,
        }
    }
}

/// The number of one series.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Evaluated {
    /// The series.
    pub series: Series,
    /// The number; `None` for a rate of one sample.
    pub value: Option<f64>,
    /// Of how many samples.
    pub samples: u64,
    /// When the latest of them was measured.
    pub last_at: Timestamp,
}

/// The numbers of each query, up to and with `now`, in the order of the queries; within one in the order of the labels.
///
/// A series without a sample in the window is left out: no data is an answer with nothing in it. All queries together take
/// one statement for the series and one for each length of a window (and source), whatever their number.
///
/// # Errors
/// [`Limit`](crate::ErrorKind::Limit) beyond [`QUERIES_MAX`]; as [`Window::before`], with the index of the query as
/// [`item`](crate::Error::item); and what the database answers.
pub fn evaluate(
    tx: &mut ReadTx<'_>,
    now: Timestamp,
    queries: &[Query],
) -> Result<Vec<Vec<Evaluated>>> {
    check::count("queries", queries.len(), QUERIES_MAX)?;
    let by_window = by_window(now, queries)?;
    let state = State::load(tx)?;
    let (found, meant) = find_all(tx, queries.iter().map(|query| &query.selector))?;
    let mut answers = vec![Vec::new(); queries.len()];
    for (window, indices) in by_window.into_values() {
        let mut folded = fold(tx, &state, window, &found, &indices, queries, &meant)?;
        for index in indices {
            let aggregate = queries[index].aggregate;
            answers[index] = meant[index]
                .iter()
                .filter_map(|&place| folded.answer(&found, place, aggregate))
                .collect();
        }
    }
    Ok(answers)
}

/// The queries by the length of their windows.
fn by_window(
    now: Timestamp,
    queries: &[Query],
) -> Result<BTreeMap<Duration, (Window, Vec<usize>)>> {
    let mut by_window = BTreeMap::new();
    for (index, query) in queries.iter().enumerate() {
        let window = Window::before(now, query.window).map_err(|error| error.of_item(index))?;
        let entry = by_window
            .entry(query.window)
            .or_insert((window, Vec::new()));
        entry.1.push(index);
    }
    Ok(by_window)
}

/// The series of all queries of one window, each folded once.
struct Folded {
    /// By place among all series that were found.
    folds: Vec<Fold>,
    from: i64,
    to: i64,
}

fn fold(
    tx: &mut ReadTx<'_>,
    state: &State,
    window: Window,
    found: &[Found],
    indices: &[usize],
    queries: &[Query],
    meant: &[Vec<usize>],
) -> Result<Folded> {
    let mut folds = vec![Fold::default(); found.len()];
    let mut is_wanted = vec![false; found.len()];
    for &index in indices {
        let has_quantiles = queries[index].aggregate == Aggregate::P95;
        for &place in &meant[index] {
            is_wanted[place] = true;
            if has_quantiles {
                folds[place] = Fold::new(true);
            }
        }
    }
    let places: Vec<usize> = (0..found.len()).filter(|&place| is_wanted[place]).collect();
    let wanted = Wanted::new(state, places.iter().map(|&place| &found[place]));
    let parts = window.parts(state, Resolution::Sample);
    for part in &parts {
        scan(tx, &wanted, *part, |index, piece| {
            folds[places[index]].take(&piece)
        })?;
    }
    let from = parts.first().map_or(window.from(), |part| {
        moment(part.from - 1).min(window.from())
    });
    Ok(Folded {
        folds,
        from: from.as_micros(),
        to: window.to().as_micros(),
    })
}

impl Folded {
    fn answer(&mut self, found: &[Found], place: usize, aggregate: Aggregate) -> Option<Evaluated> {
        let fold = &mut self.folds[place];
        let value = fold.value(aggregate, self.from, self.to);
        let summary = fold.summary.as_ref()?;
        Some(Evaluated {
            series: found[place].series.clone(),
            value,
            samples: summary.count,
            last_at: moment(summary.last_at),
        })
    }
}
