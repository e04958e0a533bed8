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
        let wanted = wanted(queries, &indices, &meant);
        let mut folded = fold(tx, &state, window, &found, wanted)?;
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
    /// The places of the series among all that were found, in order.
    places: Vec<usize>,
    /// One for each place.
    folds: Vec<Fold>,
    from: i64,
    to: i64,
}

fn fold(
    tx: &mut ReadTx<'_>,
    state: &State,
    window: Window,
    found: &[Found],
    wanted: Vec<(usize, bool)>,
) -> Result<Folded> {
    let places: Vec<usize> = wanted.iter().map(|(place, _)| *place).collect();
    let mut folds: Vec<Fold> = wanted
        .iter()
        .map(|(_, with_quantiles)| Fold::new(*with_quantiles))
        .collect();
    let wanted = Wanted::new(state, places.iter().map(|&place| &found[place]));
    let parts = window.parts(state, Resolution::Sample);
    for part in &parts {
        scan(tx, &wanted, *part, |index, piece| folds[index].take(&piece))?;
    }
    let start = parts.first().map(|part| moment(part.from - 1));
    Ok(Folded {
        places,
        folds,
        from: start
            .map_or(window.from(), |start| start.min(window.from()))
            .as_micros(),
        to: window.to().as_micros(),
    })
}

/// The places of the series that some queries mean, in order, and whether a percentile of each is wanted.
fn wanted(queries: &[Query], indices: &[usize], meant: &[Vec<usize>]) -> Vec<(usize, bool)> {
    let mut wanted = BTreeMap::new();
    for &index in indices {
        let with_quantiles = queries[index].aggregate == Aggregate::P95;
        for &place in &meant[index] {
            *wanted.entry(place).or_default() |= with_quantiles;
        }
    }
    wanted.into_iter().collect()
}

impl Folded {
    fn answer(&mut self, found: &[Found], place: usize, aggregate: Aggregate) -> Option<Evaluated> {
        let index = self.places.binary_search(&place).ok()?;
        let fold = &mut self.folds[index];
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
