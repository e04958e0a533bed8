//! What reaches a recorder that is installed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use metrics::{Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, with_local_recorder};

use super::*;
use crate::stats::{Gauges, Hub};

type Figures = Arc<Mutex<BTreeMap<String, f64>>>;

/// Keeps counters and gauges by key, and of a histogram the sum.
#[derive(Default)]
struct Sink {
    figures: Figures,
    described: Mutex<Vec<String>>,
}

struct Cell(Figures, String);

impl Cell {
    fn add(&self, value: f64) {
        *self.0.lock().unwrap().entry(self.1.clone()).or_default() += value;
    }
}

impl CounterFn for Cell {
    fn increment(&self, value: u64) {
        self.add(value as f64);
    }
    fn absolute(&self, _: u64) {}
}

impl GaugeFn for Cell {
    fn increment(&self, value: f64) {
        self.add(value);
    }
    fn decrement(&self, value: f64) {
        self.add(-value);
    }
    fn set(&self, value: f64) {
        self.0.lock().unwrap().insert(self.1.clone(), value);
    }
}

impl HistogramFn for Cell {
    fn record(&self, value: f64) {
        self.add(value);
    }
}

impl Sink {
    fn cell(&self, key: &Key) -> Arc<Cell> {
        let labels: Vec<_> = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()))
            .collect();
        Arc::new(Cell(
            Arc::clone(&self.figures),
            format!("{}{{{}}}", key.name(), labels.join(",")),
        ))
    }

    fn value(&self, key: &str) -> f64 {
        *self
            .figures
            .lock()
            .unwrap()
            .get(key)
            .unwrap_or_else(|| panic!("no {key} in {:?}", self.figures))
    }
}

impl Recorder for Sink {
    fn describe_counter(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
        self.described
            .lock()
            .unwrap()
            .push(name.as_str().to_owned());
    }
    fn describe_gauge(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
        self.described
            .lock()
            .unwrap()
            .push(name.as_str().to_owned());
    }
    fn describe_histogram(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
        self.described
            .lock()
            .unwrap()
            .push(name.as_str().to_owned());
    }
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.cell(key))
    }
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.cell(key))
    }
    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.cell(key))
    }
}

#[test]
fn calls_groups_and_gauges_arrive() {
    let sink = Sink::default();
    with_local_recorder(&sink, || {
        let hub = Hub::new();
        let recorder = hub.recorder();
        let _call = hub.begin(CallClass::Stream);
        recorder.call(
            CallClass::Read,
            Duration::from_secs(1),
            Duration::from_secs(2),
            Ok(()),
        );
        recorder.call(
            CallClass::Write,
            Duration::ZERO,
            Duration::ZERO,
            Err(ErrorKind::Busy),
        );
        recorder.unexecuted(CallClass::Write, Duration::ZERO, Err(ErrorKind::Busy));
        recorder.group(7);
        hub.stats(Gauges {
            wal_size_bytes: 4096,
            ..Gauges::default()
        });
    });
    let cases = [
        ("tidegate_calls_total{class=read,outcome=ok}", 1.0),
        ("tidegate_calls_total{class=write,outcome=busy}", 2.0),
        ("tidegate_queue_wait_seconds{class=read}", 1.0),
        ("tidegate_execution_seconds{class=read}", 2.0),
        ("tidegate_group_size{}", 7.0),
        ("tidegate_calls_in_flight{class=stream}", 1.0),
        ("tidegate_readers{state=idle}", 0.0),
        ("tidegate_jobs_queued{lane=write}", 0.0),
        ("tidegate_wal_size_bytes{}", 4096.0),
    ];
    for (key, expected) in cases {
        assert_eq!(sink.value(key), expected, "{key}");
    }
}

#[test]
fn everything_that_is_emitted_is_described() {
    let sink = Sink::default();
    with_local_recorder(&sink, || {
        let hub = Hub::new();
        hub.recorder()
            .call(CallClass::Read, Duration::ZERO, Duration::ZERO, Ok(()));
        hub.recorder().group(1);
        hub.stats(Gauges::default());
    });
    let described = sink.described.lock().unwrap();
    for key in sink.figures.lock().unwrap().keys() {
        let name = key.split('{').next().unwrap();
        assert!(
            described.iter().any(|known| known == name),
            "{name} is not described"
        );
    }
}
