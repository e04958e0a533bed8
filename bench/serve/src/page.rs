//! The page of results, as Markdown.

mod bars;
mod ingest;
mod kill;
mod mixed;
mod rules;

use std::fmt::{self, Write};

use bench_harness::{Result, Spread};
use bench_page::{count, duration, median};

use crate::options::Options;
use crate::rounds::Measured;
use crate::system::Ticker;

const INTRODUCTION: &str = "\
# Benchmarks of the server

Written by `cargo xtask bench serve`; not to be edited by hand.

";

const QUICK: &str = "**A quick run, to see that everything works: the figures mean little.**\n\n";

const READING: &str = "\
The release binary runs as a process of its own, on a new database for each run, with `database.durability` at its
default: each commit is on the disk before it is answered (`synchronous = FULL`). Its settings are the defaults, but for
`server.requests_per_second = 0` (all load comes with one key), `server.connections_max = 4096`, and what is said below.
The load generator shares the machine's cores with it: what the one uses the other has not. Times are those of one
request as its client sees it, to the last byte of the answer. Each figure is the median of the rounds; in brackets the
lowest and the highest.

The ticker is the server's own, on its event loop (`stalls` at `/api/v1/system`). «Timer» is the part of its lag that is
not the event loop's: how late a thread that does nothing else was woken by the system at the same ticks. A stall is a
lag of 10 ms or more, wherever it comes from.

";

/// The whole page.
pub(crate) fn write(options: &Options, measured: &Measured) -> Result<String> {
    let mut page = String::from(INTRODUCTION);
    if options.quick {
        page.push_str(QUICK);
    }
    conditions(&mut page, options, measured)?;
    page.push_str(READING);
    ingest::write(&mut page, &measured.ingest)?;
    mixed::write(&mut page, &measured.mixed)?;
    rules::write(&mut page, &measured.rules)?;
    kill::write(&mut page, options, measured)?;
    bars::write(&mut page, measured)?;
    Ok(page)
}

fn conditions(page: &mut String, options: &Options, measured: &Measured) -> fmt::Result {
    let command = "cargo xtask bench serve";
    measured.machine.write(page, measured.sync, command)?;
    let (ours, theirs) = (&measured.tidegate, &measured.alertmanager);
    writeln!(page, "| versions | {ours}; {theirs} |")?;
    let rounds = options.rounds;
    writeln!(page, "| rounds | {rounds}; the kill once |")?;
    let (measure, warm_up) = (options.measure_ms, options.measure_ms / 4);
    writeln!(
        page,
        "| each run | {measure} ms after {warm_up} ms of warm-up |"
    )?;
    page.push_str(
        "| load generator | tokio, 2 workers, HTTP/1.1, connections kept |\n\n## Results\n\n",
    );
    Ok(())
}

/// The cells with the quantiles of all rounds, each the median.
fn quantiles(page: &mut String, spreads: &[Spread]) -> fmt::Result {
    for quantile in [
        |spread: &Spread| spread.p50,
        |spread: &Spread| spread.p95,
        |spread: &Spread| spread.p99,
        |spread: &Spread| spread.max,
    ] {
        let value = median(spreads.iter().map(|spread| quantile(spread) as f64));
        write!(page, " {} |", duration(value))?;
    }
    Ok(())
}

/// A number of things, without a fraction.
fn number(value: u64) -> String {
    match value {
        small if small < 1_000 => small.to_string(),
        large => count(large as f64),
    }
}

/// The heads of [`ticker`]'s cells, and the line below them.
const TICKER_HEAD: &str =
    " lag p50 | lag p99 | lag max | timer p99 | timer max | stalls in all rounds |";
const TICKER_LINE: &str = "--:|--:|--:|--:|--:|--:|";

/// The cells with what the server's ticker says.
fn ticker(page: &mut String, tickers: &[Ticker]) -> fmt::Result {
    for figure in [
        |ticker: &Ticker| ticker.lag.p50,
        |ticker: &Ticker| ticker.lag.p99,
        |ticker: &Ticker| ticker.lag.max,
        |ticker: &Ticker| ticker.timer.p99,
        |ticker: &Ticker| ticker.timer.max,
    ] {
        let value = median(tickers.iter().map(|ticker| figure(ticker) as f64));
        write!(page, " {} |", duration(value))?;
    }
    let stalls: u64 = tickers.iter().map(|ticker| ticker.stalls).sum();
    let ticks: u64 = tickers.iter().map(|ticker| ticker.ticks).sum();
    writeln!(page, " {stalls} of {ticks} ticks |")
}
