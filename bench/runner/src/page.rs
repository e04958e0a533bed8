//! The page of results, as Markdown.

use std::fmt::{self, Write};

use bench_harness::{Durability, Result, Work};
use bench_page::{count, duration, memory};

use crate::bars;
use crate::cases::Case;
use crate::medians::{Figures, Medians};
use crate::options::Options;
use crate::peers::Role;
use crate::rounds::{Measured, Version};

const INTRODUCTION: &str = "\
# Benchmarks against peers

Written by `cargo xtask bench peers`; not to be edited by hand. How it is measured, and how to add a peer:
[bench/README.md](../bench/README.md).

";

const READING: &str = "\
Each figure is the median of the rounds. «Per second» are calls answered. The times are those of one call as its
caller sees it; of a call that is given up, how long after its limit the caller was told. «Ticker lag» is how late a
one-millisecond ticker on the same runtime was polled, beyond the rounding of tokio's timer to whole milliseconds.
«Writes per commit» are acknowledged write calls for each transaction. A dash: the library has no such call, or the
figure does not apply to it.

";

/// The whole page.
pub(crate) fn write(options: &Options, measured: &Measured, medians: &Medians) -> Result<String> {
    let mut page = String::from(INTRODUCTION);
    how_it_was_measured(&mut page, options, measured)?;
    peers(&mut page, options, measured)?;
    settings(&mut page)?;
    page.push_str("## Results\n\n");
    page.push_str(READING);
    for case in &options.cases {
        table(&mut page, case, options, medians)?;
    }
    bars_table(&mut page, medians)?;
    Ok(page)
}

fn how_it_was_measured(page: &mut String, options: &Options, measured: &Measured) -> fmt::Result {
    if options.quick {
        page.push_str(
            "**A quick run, to see that everything works: the figures mean little.**\n\n",
        );
    }
    measured
        .machine
        .write(page, measured.sync_latency, "cargo xtask bench peers")?;
    writeln!(
        page,
        "| rounds | {}, all peers of a case one after the other, another one first in each round |",
        options.rounds
    )?;
    writeln!(
        page,
        "| each run | {} ms after {} ms of warm-up, in a process of its own, on a fresh copy of the same database |",
        options.measure_ms,
        options.warmup_ms()
    )?;
    writeln!(page, "| runtime | tokio, multi-threaded, 2 workers |\n")
}

fn peers(page: &mut String, options: &Options, measured: &Measured) -> fmt::Result {
    page.push_str(
        "## Peers\n\n| library | version | SQLite | readers | used as |\n|---|---|---|--:|---|\n",
    );
    for Version {
        peer,
        library,
        sqlite,
    } in &measured.versions
    {
        let readers = options.readers_of(peer);
        writeln!(
            page,
            "| {} | {library} | {sqlite} | {readers} | {} |",
            peer.name, peer.use_made
        )?;
    }
    page.push_str("\n«Readers» are the connections that read: ");
    page.push_str(match options.readers {
        None => "the library's own default, where it has one, otherwise one for each core.\n\n",
        Some(_) => "the same for all in this run.\n\n",
    });
    Ok(())
}

fn settings(page: &mut String) -> fmt::Result {
    page.push_str("The settings of every connection, FULL being `synchronous = 2` and NORMAL `synchronous = 1`, ");
    page.push_str("and 128 prepared statements kept by each:\n\n```sql\n");
    for line in bench_harness::pragmas(Durability::Full).lines() {
        writeln!(page, "{}", line.trim())?;
    }
    page.push_str("```\n\n");
    Ok(())
}

fn table(page: &mut String, case: &Case, options: &Options, medians: &Medians) -> fmt::Result {
    writeln!(page, "### {}\n", case.title)?;
    let own = own_columns(case.work);
    page.push_str("| library | per second | p50 | p95 | p99 | max |");
    for column in own {
        write!(page, " {} |", column.heading)?;
    }
    page.push_str(" ticker lag p99 | writes per commit | peak memory |\n");
    page.push_str("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    page.push_str(&"--:|".repeat(own.len()));
    page.push('\n');
    for peer in &options.peers {
        write!(page, "| {} |", peer.name)?;
        match medians.get(case.name, peer.name) {
            Some(figures) => row(page, figures, peer.role, own)?,
            None => page.push_str(&" – |".repeat(8 + own.len())),
        }
        page.push('\n');
    }
    page.push('\n');
    Ok(())
}

/// A duration that only some cases have.
struct Column {
    heading: &'static str,
    figure: fn(&Figures) -> Option<f64>,
}

/// The columns that cases of this kind have beside those of all.
fn own_columns(work: Work) -> &'static [Column] {
    match work {
        Work::ReadUnderWrite => &[
            Column {
                heading: "idle p50",
                figure: |figures| figures.idle_p50,
            },
            Column {
                heading: "idle p99",
                figure: |figures| figures.idle_p99,
            },
        ],
        Work::Deadline => &[
            Column {
                heading: "next read p50",
                figure: |figures| figures.next_p50,
            },
            Column {
                heading: "next read p99",
                figure: |figures| figures.next_p99,
            },
        ],
        _ => &[],
    }
}

fn row(page: &mut String, figures: &Figures, role: Role, own: &[Column]) -> fmt::Result {
    // The cases with columns of their own are about how long calls take, not about how many there are.
    let per_second = own.is_empty().then_some(figures.per_second);
    write!(page, " {} |", optional(per_second, count))?;
    for value in [figures.p50, figures.p95, figures.p99, figures.max] {
        write!(page, " {} |", duration(value))?;
    }
    for column in own {
        write!(page, " {} |", optional((column.figure)(figures), duration))?;
    }
    // The floor blocks a worker of the runtime by design; the ticker then runs on the other.
    let lag = if role == Role::Floor {
        None
    } else {
        Some(figures.ticker_lag_p99)
    };
    let per_commit = optional(figures.writes_per_commit, count);
    write!(
        page,
        " {} | {per_commit} | {} |",
        optional(lag, duration),
        memory(figures.peak_memory_kib)
    )
}

fn optional(value: Option<f64>, in_words: impl Fn(f64) -> String) -> String {
    value.map_or_else(|| "–".to_owned(), in_words)
}

fn bars_table(page: &mut String, medians: &Medians) -> fmt::Result {
    page.push_str("## Bars\n\nThe best peer is the best of the libraries for asynchronous callers, case by case.\n\n");
    page.push_str("| bar | measured | met |\n|---|---|---|\n");
    for bar in bars::all(medians) {
        let measured = bar.measured.as_deref().unwrap_or("not measured");
        writeln!(
            page,
            "| {} | {measured} | {} |",
            bar.promise,
            if bar.met { "yes" } else { "**no**" }
        )?;
    }
    Ok(())
}
