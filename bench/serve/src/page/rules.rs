//! The table of the rules.

use std::fmt::{self, Write};

use bench_harness::Spread;

use super::{TICKER_HEAD, TICKER_LINE, quantiles, ticker};
use crate::rules::Figures;
use crate::system::Ticker;

pub(super) fn write(page: &mut String, rounds: &[Figures]) -> fmt::Result {
    page.push_str(
        "\n### 1,000 rules over 10,000 series\n\n\
         100 metrics with 100 series each, and 30 samples in each, one every ten seconds. A rule is about ten series; all\n\
         aggregates and windows of 1, 2 and 5 minutes are mixed. One rule of ten fires, for each of its series: 1,000 alerts.\n\
         All rules are evaluated every 100 ms (`alerts.evaluate_every`). The figures are those of `alerts.plan` at\n\
         `/api/v1/system`: reading what all rules need and deciding what comes of it, the wait for a reading connection\n\
         included.\n\n\
         | evaluations of all rules, in all rounds | p50 | p95 | p99 | max |\n|--:|--:|--:|--:|--:|\n",
    );
    let total: u64 = rounds.iter().map(|round| round.plan.total).sum();
    write!(page, "| {total} |")?;
    let took: Vec<Spread> = rounds.iter().map(|round| round.plan.took).collect();
    quantiles(page, &took)?;
    writeln!(page, "\n\n|{TICKER_HEAD}\n|{TICKER_LINE}")?;
    page.push('|');
    let tickers: Vec<Ticker> = rounds.iter().map(|round| round.ticker).collect();
    ticker(page, &tickers)
}
