//! The tables of the samples put in.

use std::fmt::{self, Write};

use bench_harness::Spread;
use bench_page::{count, median, range};

use super::{TICKER_HEAD, TICKER_LINE, number, quantiles, ticker};
use crate::ingest::{CONNECTIONS, Figures, Format, Ingest};
use crate::system::Ticker;

pub(super) fn write(page: &mut String, ways: &[(Ingest, Vec<Figures>)]) -> fmt::Result {
    writeln!(
        page,
        "### Samples over {CONNECTIONS} connections\n\n\
         Each connection has one request under way, and series of its own. After each run the server is killed with\n\
         `kill -9`, and every sample that was acknowledged is counted in the file; the run ends with an error if one is\n\
         missing.\n\n\
         | body, samples in each | requests a second | samples a second | p50 | p95 | p99 | max |\n\
         |---|--:|--:|--:|--:|--:|--:|"
    )?;
    for (way, rounds) in ways {
        throughput(page, *way, rounds)?;
    }
    writeln!(
        page,
        "\nThe ticker meanwhile, from the start of the server to the end of the load:\n\n\
         | body, samples in each |{TICKER_HEAD}\n|---|{TICKER_LINE}"
    )?;
    for (way, rounds) in ways {
        write!(page, "| {} |", title(*way))?;
        let tickers: Vec<Ticker> = rounds.iter().map(|round| round.ticker).collect();
        ticker(page, &tickers)?;
    }
    Ok(())
}

fn throughput(page: &mut String, way: Ingest, rounds: &[Figures]) -> fmt::Result {
    let requests = median(rounds.iter().map(|round| round.requests_per_second));
    let samples = median(rounds.iter().map(|round| round.samples_per_second));
    let (least, most) = range(rounds.iter().map(|round| round.samples_per_second));
    write!(
        page,
        "| {} | {} | {} ({}–{}) |",
        title(way),
        count(requests),
        count(samples),
        count(least),
        count(most)
    )?;
    let latencies: Vec<Spread> = rounds.iter().map(|round| round.latency).collect();
    quantiles(page, &latencies)?;
    page.push('\n');
    Ok(())
}

fn title(way: Ingest) -> String {
    let format = match way.format {
        Format::Json => "JSON",
        Format::Prometheus => "Prometheus' text",
    };
    format!("{format}, {}", number(way.batch as u64))
}
