//! Rules evaluated over many series.

use std::time::{Duration, Instant};

use bench_harness::Result;
use bench_page::Durations;
use tidegate::Database;
use tidegate_stores::metrics::{Aggregate, Query, Sample, Selector, Series, evaluate, record_many};
use tidegate_stores::{Labels, Timestamp};

use crate::cases::Figures;
use crate::options::Options;

const SERIES: usize = 10_000;
const RULES: usize = 1_000;
/// How many series have the same group; a rule is about one group.
const SERIES_OF_A_GROUP: usize = 10;
/// The samples of each series, one every ten seconds.
const SAMPLES: i64 = 30;
/// The windows of the rules, in turn.
const WINDOWS_SECONDS: [u64; 3] = [60, 120, 300];
/// 2026-03-01T12:00:00Z in microseconds.
const START_MICROS: i64 = 1_772_366_400_000_000;

/// How the series are named.
#[derive(Debug)]
pub(crate) struct Rules {
    /// Among how many metrics the series are divided.
    pub(crate) metrics: usize,
}

pub(crate) async fn measure(rules: &Rules, db: &Database, options: &Options) -> Result<Figures> {
    let now = fill(rules, db).await?;
    let queries = queries(rules)?;
    let start = Instant::now() + Duration::from_millis(options.measure_ms / 4);
    let end = start + Duration::from_millis(options.measure_ms);
    let mut durations = Durations::default();
    let mut evaluated = 0;
    // At least one counts, however long it takes.
    while evaluated == 0 || Instant::now() < end {
        let queries = queries.clone();
        let begun = Instant::now();
        let answers = db.read(move |tx| Ok(evaluate(tx, now, &queries)?)).await?;
        check(&answers)?;
        if begun >= start {
            evaluated += RULES;
            durations.note(begun.elapsed());
        }
    }
    Ok(Figures {
        per_second: evaluated as f64 / (Instant::now() - start).as_secs_f64(),
        latency: durations.spread(),
    })
}

/// Every rule has its answers, or the figures mean nothing.
fn check(answers: &[Vec<tidegate_stores::metrics::Evaluated>]) -> Result<()> {
    match answers
        .iter()
        .all(|of_rule| of_rule.len() == SERIES_OF_A_GROUP)
    {
        true => Ok(()),
        false => Err("a rule has not the answers that it must".into()),
    }
}

/// Series in groups, and their samples; gives the time of the last.
async fn fill(rules: &Rules, db: &Database) -> Result<Timestamp> {
    let series: Result<Vec<Series>> = (0..SERIES).map(|n| series(rules, n)).collect();
    let series = series?;
    let mut now = Timestamp::from_micros(START_MICROS)?;
    for tick in 0..SAMPLES {
        now = Timestamp::from_micros(START_MICROS + tick * 10_000_000)?;
        let samples = series.iter().enumerate();
        let samples: Vec<Sample> = samples
            .map(|(n, series)| Sample::new(series.clone(), (n as i64 + tick) as f64, now))
            .collect();
        db.write(move |tx| Ok(record_many(tx, now, &samples)?))
            .await?;
    }
    Ok(now)
}

fn series(rules: &Rules, n: usize) -> Result<Series> {
    let group = n / SERIES_OF_A_GROUP;
    let name = format!("metric_{}", group % rules.metrics);
    let labels = [
        ("group", group.to_string()),
        ("part", (n % SERIES_OF_A_GROUP).to_string()),
    ];
    Ok(Series::new(&name, Labels::new(labels)?)?)
}

/// A rule for each group; every third has a regular expression, too.
fn queries(rules: &Rules) -> Result<Vec<Query>> {
    let query = |group: usize| {
        let also = if group.is_multiple_of(3) {
            r#",part=~"\\d+""#
        } else {
            ""
        };
        let metric = group % rules.metrics;
        let selector = Selector::parse(&format!(r#"metric_{metric}{{group="{group}"{also}}}"#))?;
        let aggregate = Aggregate::ALL[group % Aggregate::ALL.len()];
        let window = WINDOWS_SECONDS[group % WINDOWS_SECONDS.len()];
        Ok(Query::new(selector, aggregate, Duration::from_secs(window)))
    };
    (0..RULES).map(query).collect()
}
