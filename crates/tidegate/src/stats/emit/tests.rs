//! What reaches a recorder that is installed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use metrics::{Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, with_local_recorder};

use metrics::{KeyName, Recorder, SharedString, Unit};

use super::*;
use crate::error::ErrorKind;
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

    fn has(&self, key: &str) -> bool {
        self.figures.lock().unwrap().contains_key(key)
    }

    fn value(&self, key: &str) -> f64 {
        *self
            .figures
            .lock()
            .unwrap()
            .get(key)
            .unwrap_or_else(|| panic!("no {key} in {:#?}", self.figures))
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
        let hub = Hub::for_database("app");
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
        recorder.statements(3, 0);
        hub.stats(Gauges {
            wal_size_bytes: 4096,
            ..Gauges::default()
        });
    });
    let cases = [
        (
            "tidegate_calls_total{database=app,class=read,outcome=ok}",
            1.0,
        ),
        (
            "tidegate_calls_total{database=app,class=write,outcome=busy}",
            2.0,
        ),
        ("tidegate_queue_wait_seconds{database=app,class=read}", 1.0),
        ("tidegate_execution_seconds{database=app,class=read}", 2.0),
        ("tidegate_group_size{database=app}", 7.0),
        ("tidegate_jobs_committed_total{database=app}", 7.0),
        ("tidegate_statement_hits_total{database=app}", 3.0),
        ("tidegate_calls_in_flight{database=app,class=stream}", 1.0),
        ("tidegate_readers{database=app,state=idle}", 0.0),
        ("tidegate_jobs_queued{database=app,lane=write}", 0.0),
        ("tidegate_wal_size_bytes{database=app}", 4096.0),
    ];
    for (key, expected) in cases {
        assert_eq!(sink.value(key), expected, "{key}");
    }
    assert!(
        !sink.has("tidegate_statement_misses_total{database=app}"),
        "nothing to count"
    );
}

#[test]
fn everything_that_is_emitted_is_described() {
    let sink = Sink::default();
    with_local_recorder(&sink, || {
        let hub = Hub::for_database("app");
        let recorder = hub.recorder();
        recorder.call(CallClass::Read, Duration::ZERO, Duration::ZERO, Ok(()));
        recorder.group(1);
        recorder.rows_read(1);
        recorder.rows_changed(1);
        recorder.busy_retries(1);
        recorder.replayed(1);
        recorder.statements(1, 1);
        recorder.checkpoint(true);
        hub.stats(Gauges::default());
    });
    let emitted: BTreeSet<String> = sink
        .figures
        .lock()
        .unwrap()
        .keys()
        .map(|key| name_of(key))
        .collect();
    let described: BTreeSet<String> = sink.described.lock().unwrap().iter().cloned().collect();
    assert_eq!(emitted, described);
}

fn name_of(key: &str) -> String {
    key.split('{').next().unwrap().to_owned()
}

#[test]
fn a_recorder_that_is_installed_late_is_found() {
    let (sink, hub) = (Sink::default(), Hub::for_database("app"));
    let recorder = hub.recorder();
    let call = || recorder.call(CallClass::Read, Duration::ZERO, Duration::ZERO, Ok(()));
    call();
    with_local_recorder(&sink, || (0..128).for_each(|_| call()));
    let counted = sink.value("tidegate_calls_total{database=app,class=read,outcome=ok}");
    assert!(counted >= 64.0, "{counted} of 128");
    with_local_recorder(&sink, || hub.stats(Gauges::default()));
    assert!(!sink.described.lock().unwrap().is_empty());
}
