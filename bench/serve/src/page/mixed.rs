//! The table of the writes at once.

use std::fmt::{self, Write};

use bench_harness::Spread;
use bench_page::{duration, median};

use super::{TICKER_HEAD, TICKER_LINE, number, quantiles, ticker};
use crate::mixed::{Figures, WRITES};
use crate::system::Ticker;

pub(super) fn write(page: &mut String, rounds: &[Figures]) -> fmt::Result {
    let writes = number(WRITES as u64);
    writeln!(
        page,
        "\n### {writes} writes at once\n\n\
         {writes} connections, opened before; then each sends one request at once with the others: an alert\n\
         (`POST /api/v1/alerts`) or a sample (`POST /api/v1/metrics`), in turn. Then `kill -9`, and what was acknowledged is\n\
         looked for in the file. The time of a request includes its wait for its turn in the load generator.\n\n\
         | refused | acknowledged and lost | all done after | p50 | p95 | p99 | max |\n\
         |--:|--:|--:|--:|--:|--:|--:|"
    )?;
    let refused: u64 = rounds.iter().map(|round| round.refused).sum();
    let lost: u64 = rounds.iter().map(|round| round.lost).sum();
    let seconds = median(rounds.iter().map(|round| round.seconds));
    let all = number((WRITES * rounds.len()) as u64);
    write!(
        page,
        "| {refused} of {all} | {lost} | {} |",
        duration(seconds * 1e9)
    )?;
    let latencies: Vec<Spread> = rounds.iter().map(|round| round.latency).collect();
    quantiles(page, &latencies)?;
    writeln!(page, "\n\n|{TICKER_HEAD}\n|{TICKER_LINE}")?;
    page.push('|');
    let tickers: Vec<Ticker> = rounds.iter().map(|round| round.ticker).collect();
    ticker(page, &tickers)
}
