//! The table of the kill.

use std::fmt::{self, Write};
use std::time::Duration;

use bench_page::duration;

use super::number;
use crate::kill::{ALERTS, ALERTS_OF_A_NAME, BATCH, Outcome, SETTLE, Watch};
use crate::options::Options;
use crate::rounds::Measured;

const KEEPS: &str = "\
What each keeps is by design. Alertmanager holds alerts in memory and expects those who found them to send them again, as
Prometheus does once a minute. It keeps a log of what it has told, so as not to tell it twice, and writes that log and the
silences to the disk every `--data.maintenance-interval`, 15 minutes unless said otherwise, and at an orderly end. A second
Alertmanager runs with that interval at one second: the most that one process can do for its log. Its documentation
recommends a cluster of several, which hold each other's log; each server here is one process, so that is not measured.
Tidegate answers a `POST` when the alerts, and what is to be told of them, are on the disk.

";

pub(super) fn write(page: &mut String, options: &Options, measured: &Measured) -> fmt::Result {
    let (alerts, batch) = (number(ALERTS as u64), BATCH);
    let (silent, resent) = (Watch::of(options).silent, Watch::of(options).resent);
    write!(
        page,
        "\n### {alerts} alerts and a `kill -9`, beside Alertmanager\n\n\
         {alerts} alerts are sent to each server as `POST /api/v2/alerts` in batches of {batch}: each batch to one server after\n\
         the other over one connection, another one first each time. All servers run at once, with the same routing: groups of\n\
         {ALERTS_OF_A_NAME} by `alertname`, `group_wait` 5 s, `group_interval` 5 min, `repeat_interval` 4 h, one webhook, whose\n\
         receiver counts each alert that it is told of. {} after it was told of all of them by all, all are killed with\n\
         `kill -9` and started again on what they left behind, one after the other. For {} nobody sends anything. Then all\n\
         alerts are sent once more, as Prometheus would, and {} are watched. Nothing about the alerts has changed and\n\
         the repeat interval is far off, so each alert that is told of again is one too many.\n\n",
        time(SETTLE),
        time(silent),
        time(resent),
    )?;
    page.push_str(KEEPS);
    table(page, &measured.kill)
}

/// A row, and how its cell is written for a server.
type Row = (&'static str, fn(&Outcome) -> String);

const ROWS: &[Row] = &[
    ("taking them in, all batches", |one| time(one.taken_in)),
    ("a batch: p50, p99, max", |one| {
        let batch = one.batch;
        [batch.p50, batch.p99, batch.max]
            .map(|ns| duration(ns as f64))
            .join(", ")
    }),
    ("messages that told of them first", |one| {
        one.first_messages.to_string()
    }),
    (
        "**after the kill:** from the start to the answer with all that it has",
        |one| time(one.answered_after),
    ),
    ("alerts in that answer", |one| number(one.listed as u64)),
    ("alerts told of again, nobody having sent any", |one| {
        number(one.again_unasked)
    }),
    ("**sent once more:** taking them in, all batches", |one| {
        time(one.taken_in_again)
    }),
    ("alerts listed then", |one| number(one.listed_again as u64)),
    ("alerts told of again", |one| number(one.again_resent)),
];

fn table(page: &mut String, outcomes: &[Outcome]) -> fmt::Result {
    let titles: Vec<&str> = outcomes.iter().map(|one| one.title).collect();
    writeln!(
        page,
        "| | {} |\n|---|{}",
        titles.join(" | "),
        "--:|".repeat(titles.len())
    )?;
    for (title, cell) in ROWS {
        let cells: Vec<String> = outcomes.iter().map(cell).collect();
        writeln!(page, "| {title} | {} |", cells.join(" | "))?;
    }
    Ok(())
}

fn time(took: Duration) -> String {
    duration(took.as_nanos() as f64)
}
