//! The page of results, as Markdown.

use std::fmt::{self, Write};

use bench_harness::{Result, Spread};
use bench_page::{Machine, count, duration, median, range};

use crate::cases::{Case, Figures};
use crate::options::Options;

const INTRODUCTION: &str = "\
# Benchmarks of the stores

Written by `cargo xtask bench stores`; not to be edited by hand.

";

const READING: &str = "\
Each figure is the median of the rounds; in brackets the slowest and the fastest round. The times are those of one call
as its caller sees it: a batch of samples from its call to its commit on the disk (`synchronous = FULL`), or one
evaluation of all rules. Each batch is recorded by `record_many`; each series has a sample every ten seconds of the
samples' own time, which runs ahead of the clock, so that minutes end while it is measured. «Rolled up and removed
meanwhile» is another task that calls `rollup_step` and `retain_step` with a budget of 5,000 rows, again and again. A
rule is about ten series; their aggregates and their windows of 1, 2 and 5 minutes are mixed; all rules are evaluated by
one `evaluate`.

";

/// One case with the figures of all rounds.
#[derive(Debug)]
pub(crate) struct Rounds {
    pub(crate) case: &'static Case,
    figures: Vec<Figures>,
}

impl Rounds {
    pub(crate) fn of(case: &'static Case) -> Self {
        Self {
            case,
            figures: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, figures: Figures) {
        self.figures.push(figures);
    }

    fn median(&self, figure: impl Fn(&Figures) -> f64) -> f64 {
        median(self.figures.iter().map(figure))
    }
}

/// The whole page.
pub(crate) fn write(
    options: &Options,
    machine: &Machine,
    sync: Spread,
    rounds: &[Rounds],
) -> Result<String> {
    let mut page = String::from(INTRODUCTION);
    if options.quick {
        page.push_str(
            "**A quick run, to see that everything works: the figures mean little.**\n\n",
        );
    }
    machine.write(&mut page, sync, "cargo xtask bench stores")?;
    writeln!(
        page,
        "| rounds | {}, each case once in each round |",
        options.rounds
    )?;
    writeln!(
        page,
        "| each run | {} ms after {} ms of warm-up, on a new database |",
        options.measure_ms,
        options.measure_ms / 4
    )?;
    page.push_str("| runtime | tokio, multi-threaded, 2 workers |\n\n## Results\n\n");
    page.push_str(READING);
    page.push_str("| case | per second | p50 | p95 | p99 | max |\n|---|--:|--:|--:|--:|--:|\n");
    for rounds in rounds {
        row(&mut page, rounds)?;
    }
    bars(&mut page, rounds)?;
    Ok(page)
}

fn row(page: &mut String, rounds: &Rounds) -> fmt::Result {
    let per_second = rounds.median(|figures| figures.per_second);
    let (least, most) = range(rounds.figures.iter().map(|figures| figures.per_second));
    let what = if rounds.case.has_rules() {
        "rules"
    } else {
        "samples"
    };
    write!(
        page,
        "| {} | {} {what} ({}–{}) |",
        rounds.case.title,
        count(per_second),
        count(least),
        count(most)
    )?;
    for quantile in [
        |spread: &Spread| spread.p50,
        |spread: &Spread| spread.p95,
        |spread: &Spread| spread.p99,
        |spread: &Spread| spread.max,
    ] {
        let value = rounds.median(|figures| quantile(&figures.latency) as f64);
        write!(page, " {} |", duration(value))?;
    }
    page.push('\n');
    Ok(())
}

fn bars(page: &mut String, rounds: &[Rounds]) -> fmt::Result {
    page.push_str("\n## Bars\n\n| bar | measured | met |\n|---|---|---|\n");
    let samples = rounds.iter().filter(|rounds| !rounds.case.has_rules());
    let best = samples
        .map(|rounds| rounds.median(|figures| figures.per_second))
        .fold(0.0, f64::max);
    writeln!(
        page,
        "| 100,000 durable samples a second, in batches | {} | {} |",
        count(best),
        met(best >= 1e5)
    )?;
    let rules = rounds.iter().filter(|rounds| rounds.case.has_rules());
    let slowest = rules
        .map(|rounds| rounds.median(|figures| figures.latency.p99 as f64))
        .fold(0.0, f64::max);
    writeln!(
        page,
        "| 1,000 rules over 10,000 series well inside one second: p99 below half of it, in every case | {} | {} |",
        duration(slowest),
        met(slowest < 5e8)
    )
}

fn met(is_met: bool) -> &'static str {
    if is_met { "yes" } else { "**no**" }
}
