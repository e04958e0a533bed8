//! The bars, and whether they are met.

use std::fmt::{self, Write};

use bench_page::{count, duration, median};

use super::number;
use crate::kill::{ALERTS, Outcome};
use crate::mixed::WRITES;
use crate::rounds::Measured;

/// How long an evaluation of all rules may take that is well inside a second.
const EVALUATION_NS: f64 = 5e8;

/// A bar, what was measured, and whether that meets it.
type Bar = (String, String, bool);

pub(super) fn write(page: &mut String, measured: &Measured) -> fmt::Result {
    page.push_str("\n## Bars\n\n| bar | measured | met |\n|---|---|---|\n");
    let mut bars = vec![samples(measured), writes(measured), ticker(measured)];
    bars.extend(measured.kill.first().map(alerts));
    bars.extend(measured.kill.first().map(messages));
    bars.push(rules(measured));
    for (bar, figure, is_met) in bars {
        let met = if is_met { "yes" } else { "**no**" };
        writeln!(page, "| {bar} | {figure} | {met} |")?;
    }
    Ok(())
}

fn samples(measured: &Measured) -> Bar {
    let ways = measured.ingest.iter();
    let best = ways
        .map(|(_, rounds)| median(rounds.iter().map(|round| round.samples_per_second)))
        .fold(0.0, f64::max);
    let bar = "100,000 durable samples a second, in batches, over HTTP";
    (bar.to_owned(), count(best), best >= 1e5)
}

fn writes(measured: &Measured) -> Bar {
    let refused: u64 = measured.mixed.iter().map(|round| round.refused).sum();
    let lost: u64 = measured.mixed.iter().map(|round| round.lost).sum();
    let bar = format!(
        "{} alert and metric writes at once: none lost, none refused",
        number(WRITES as u64)
    );
    let figure = format!("{lost} lost, {refused} refused");
    (bar, figure, lost == 0 && refused == 0)
}

fn ticker(measured: &Measured) -> Bar {
    let stalls: u64 = measured.mixed.iter().map(|round| round.ticker.stalls).sum();
    let late = measured.mixed.iter().map(|round| round.ticker.lag.max);
    let latest = duration(late.max().unwrap_or_default() as f64);
    let bar = "the event loop's ticker meanwhile: no stall of 10 ms in any round";
    let figure = format!("{stalls} stalls, the longest lag {latest}");
    (bar.to_owned(), figure, stalls == 0)
}

fn alerts(ours: &Outcome) -> Bar {
    let bar = format!(
        "{} firing alerts and a `kill -9`: all there",
        number(ALERTS as u64)
    );
    (bar, number(ours.listed as u64), ours.listed == ALERTS)
}

fn messages(ours: &Outcome) -> Bar {
    let again = ours.again_unasked + ours.again_resent;
    let bar = "none told of again inside the repeat interval";
    (bar.to_owned(), again.to_string(), again == 0)
}

fn rules(measured: &Measured) -> Bar {
    let slowest = median(
        measured
            .rules
            .iter()
            .map(|round| round.plan.took.p99 as f64),
    );
    let bar = "1,000 rules over 10,000 series well inside one second: p99 below half of it";
    (bar.to_owned(), duration(slowest), slowest < EVALUATION_NS)
}
