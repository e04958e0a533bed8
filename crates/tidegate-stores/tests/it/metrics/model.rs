//! Random recording, rolling up and forgetting, against a list of samples.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use tidegate_stores::Timestamp;
use tidegate_stores::metrics::{self, Aggregate, PERCENTILE_RELATIVE_ERROR, Query, Sample};

use super::{is_close, record, retain, roll_up, selector, series, statistics};
use crate::support::{TestDb, at, open};

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    /// Samples of some series, so many milliseconds before now, with values.
    Record(Vec<(usize, u64, f64)>),
    /// Time goes on by so many seconds.
    Wait(u32),
    RollUp(usize),
    Retain(usize),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let age = prop_oneof![4 => 0..120_000_u64, 1 => 0..8_000_000_u64];
    let sample = (0..4_usize, age, (-50..50).prop_map(f64::from));
    let step = prop_oneof![
        6 => prop::collection::vec(sample, 1..40).prop_map(Step::Record),
        4 => (1..900_u32).prop_map(Step::Wait),
        1 => (3_600..40_000_u32).prop_map(Step::Wait),
        3 => (1..200_usize).prop_map(Step::RollUp),
        2 => (1..200_usize).prop_map(Step::Retain),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..40)
}

/// By series and time.
type Model = BTreeMap<(usize, Timestamp), f64>;

struct Run {
    db: TestDb,
    now: Timestamp,
    model: Model,
}

impl Run {
    fn new() -> Self {
        let db = open();
        let hours = |hours: u64| Duration::from_secs(hours * 3_600);
        let keep = metrics::Retention::new(hours(1), hours(3), hours(4_000)).unwrap();
        db.write(move |tx| Ok(metrics::set_retention(tx, keep)?))
            .unwrap();
        Self {
            db,
            now: at(0),
            model: Model::new(),
        }
    }

    fn take(mut self, step: Step) -> Self {
        let now = self.now;
        match step {
            Step::Record(samples) => self.record(&samples),
            Step::Wait(seconds) => {
                self.now = now.saturating_add(Duration::from_secs(seconds.into()))
            }
            Step::RollUp(budget) => drop(
                self.db
                    .write(move |tx| Ok(metrics::rollup_step(tx, now, budget)?))
                    .unwrap(),
            ),
            Step::Retain(budget) => drop(
                self.db
                    .write(move |tx| Ok(metrics::retain_step(tx, now, budget)?))
                    .unwrap(),
            ),
            Step::Restart => self.db = self.db.reopened(),
        }
        self
    }

    fn record(&mut self, samples: &[(usize, u64, f64)]) {
        let samples: Vec<(usize, Timestamp, f64)> = samples
            .iter()
            .map(|(n, age, value)| {
                (
                    *n,
                    self.now.saturating_sub(Duration::from_millis(*age)),
                    *value,
                )
            })
            .collect();
        let batch = samples
            .iter()
            .map(|(n, at, value)| Sample::new(series("load", *n), *value, *at));
        let recorded = record(&self.db, self.now, batch.collect());
        for (item, (n, at, value)) in samples.into_iter().enumerate() {
            if recorded.refused.iter().any(|refused| refused.item == item) {
                assert!(
                    self.now.saturating_since(at) > Duration::from_secs(3_600 - 60),
                    "refused too early"
                );
            } else {
                self.model.insert((n, at), value);
            }
        }
    }

    /// All there was, by the database and by the model.
    fn compare(&self) {
        let length = self.now.saturating_since(at(-40_000)).as_secs();
        let found = statistics(&self.db, "load", self.now, length);
        let mut values: Vec<f64> = self.model.values().copied().collect();
        assert_eq!(found.count, u64::try_from(values.len()).unwrap());
        let Some(stats) = found.values else { return };
        values.sort_unstable_by(f64::total_cmp);
        let sum: f64 = values.iter().sum();
        let mean = sum / values.len() as f64;
        let m2: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        assert_eq!(
            (stats.min, stats.max),
            (values[0], values[values.len() - 1])
        );
        assert!(is_close(stats.sum, sum) && is_close(stats.mean, mean));
        if let Some(deviation) = stats.standard_deviation {
            assert!(is_close(deviation, (m2 / (values.len() - 1) as f64).sqrt()));
        }
        for (estimate, quantile) in [(stats.median, 0.5), (stats.p95, 0.95), (stats.p99, 0.99)] {
            check_percentile(estimate, &values, quantile, stats.is_exact);
        }
        self.compare_each(length);
    }

    /// Counts, last values and increases of each series.
    fn compare_each(&self, length: u64) {
        let queries: Vec<Query> = [Aggregate::Count, Aggregate::Last, Aggregate::Rate]
            .map(|aggregate| Query::new(selector("load"), aggregate, Duration::from_secs(length)))
            .into();
        let now = self.now;
        let answers = self
            .db
            .read(move |tx| Ok(metrics::evaluate(tx, now, &queries)?))
            .unwrap();
        for n in 0..4 {
            let expected: Vec<f64> = self
                .model
                .range((n, Timestamp::MIN)..=(n, Timestamp::MAX))
                .map(|(_, value)| *value)
                .collect();
            let answer = |index: usize| {
                answers[index]
                    .iter()
                    .find(|one| one.series == series("load", n))
            };
            let count = answer(0).and_then(|one| one.value).unwrap_or(0.0);
            assert_eq!(count, expected.len() as f64);
            assert_eq!(
                answer(1).and_then(|one| one.value),
                expected.last().copied()
            );
            let drops: f64 = expected
                .windows(2)
                .filter(|pair| pair[1] < pair[0])
                .map(|pair| pair[0])
                .sum();
            let increase = expected
                .last()
                .zip(expected.first())
                .map(|(last, first)| last - first + drops);
            let rate = answer(2).and_then(|one| one.value);
            assert_eq!(rate.is_some(), expected.len() > 1);
            // How far it is stretched is tested elsewhere; whether anything was lost shows in its sign.
            if let (Some(rate), Some(increase)) = (rate, increase) {
                assert!(
                    rate * increase > 0.0 || is_close(increase, 0.0) && is_close(rate, 0.0),
                    "{rate} {increase}"
                );
            }
        }
    }
}

fn check_percentile(estimate: f64, sorted: &[f64], quantile: f64, is_exact: bool) {
    let place = quantile * (sorted.len() - 1) as f64;
    let (low, high) = (
        sorted[place.floor() as usize],
        sorted[place.ceil() as usize],
    );
    let exact = low + (high - low) * place.fract();
    let allowed = if is_exact {
        1e-9
    } else {
        PERCENTILE_RELATIVE_ERROR
    };
    assert!(
        (estimate - exact).abs() <= allowed * low.abs().max(high.abs()) + 1e-9,
        "{estimate} for {exact}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_or_counted_twice(steps in steps()) {
        let mut run = Run::new();
        for step in steps {
            let is_change = matches!(step, Step::RollUp(_) | Step::Retain(_));
            run = run.take(step);
            if is_change && run.db.query_scalar::<i64>("SELECT count(*) FROM tg_rollup_late", ()).unwrap() == 0 {
                run.compare();
            }
        }
        roll_up(&run.db, run.now, 1_000);
        run.compare();
        retain(&run.db, run.now, 1_000);
        run.compare();
    }
}
