//! The same figures through the `metrics` facade; without a recorder installed, each is a load and an empty call.
//!
//! Counters and histograms are emitted as things happen, the gauges whenever [`crate::Stats`] are asked for.

use std::sync::LazyLock;
use std::time::Duration;

use metrics::{Key, KeyName, Label, Level, Metadata, Recorder, SharedString, Unit, with_recorder};

use super::{CallClass, Outcome, Stats};
use crate::error::ErrorKind;

const CALLS: &str = "tidegate_calls_total";
const QUEUE_WAIT: &str = "tidegate_queue_wait_seconds";
const EXECUTION: &str = "tidegate_execution_seconds";
const GROUP_SIZE: &str = "tidegate_group_size";
const IN_FLIGHT: &str = "tidegate_calls_in_flight";
const READERS: &str = "tidegate_readers";
const QUEUED: &str = "tidegate_jobs_queued";
const WAITING: &str = "tidegate_callers_waiting";
const WAL_SIZE: &str = "tidegate_wal_size_bytes";

static METADATA: Metadata<'static> = Metadata::new("tidegate", Level::INFO, Some(module_path!()));
static KEYS: LazyLock<Keys> = LazyLock::new(Keys::new);

/// Tells an installed recorder what the figures mean.
pub(super) fn describe() {
    with_recorder(|recorder| {
        describe_counters(recorder);
        describe_gauges(recorder);
    });
}

/// A call has ended.
pub(super) fn ended(class: CallClass, waited: Duration, outcome: Outcome) {
    let keys = &KEYS.classes[class as usize];
    with_recorder(|recorder| {
        recorder
            .register_counter(keys.ended(outcome), &METADATA)
            .increment(1);
        recorder
            .register_histogram(&keys.queue_wait, &METADATA)
            .record(waited);
    });
}

/// The call that has ended had been executed.
pub(super) fn execution(class: CallClass, ran: Duration) {
    let key = &KEYS.classes[class as usize].execution;
    with_recorder(|recorder| recorder.register_histogram(key, &METADATA).record(ran));
}

/// The writer has committed a group.
pub(super) fn group(jobs: u64) {
    with_recorder(|recorder| {
        recorder
            .register_histogram(&KEYS.group_size, &METADATA)
            .record(jobs as f64)
    });
}

/// The gauges of a snapshot.
pub(super) fn gauges(stats: &Stats) {
    with_recorder(|recorder| {
        let gauge = |key: &Key, value: f64| recorder.register_gauge(key, &METADATA).set(value);
        for class in CallClass::ALL {
            let key = &KEYS.classes[class as usize].in_flight;
            gauge(key, stats.calls.of(class).in_flight as f64);
        }
        gauge(&KEYS.readers_active, stats.readers.active as f64);
        gauge(&KEYS.readers_idle, stats.readers.idle as f64);
        for (keys, lane) in [
            (&KEYS.read_lane, stats.read_lane),
            (&KEYS.write_lane, stats.write_lane),
        ] {
            gauge(&keys.queued, lane.queued as f64);
            gauge(&keys.waiting, lane.waiting as f64);
        }
        gauge(&KEYS.wal_size, stats.wal.size_bytes as f64);
    });
}

fn describe_counters(recorder: &dyn Recorder) {
    let histogram = |name, unit, text| {
        recorder.describe_histogram(
            KeyName::from_const_str(name),
            Some(unit),
            SharedString::const_str(text),
        );
    };
    recorder.describe_counter(
        KeyName::from_const_str(CALLS),
        Some(Unit::Count),
        SharedString::const_str(
            "Calls that have ended, by class and by outcome: `ok` or the kind of the error.",
        ),
    );
    histogram(
        QUEUE_WAIT,
        Unit::Seconds,
        "From a call to the start of its execution.",
    );
    histogram(
        EXECUTION,
        Unit::Seconds,
        "From the start of a call's execution to its end.",
    );
    histogram(
        GROUP_SIZE,
        Unit::Count,
        "Jobs committed together by the writer.",
    );
}

fn describe_gauges(recorder: &dyn Recorder) {
    let gauge = |name, unit, text| {
        recorder.describe_gauge(
            KeyName::from_const_str(name),
            Some(unit),
            SharedString::const_str(text),
        );
    };
    gauge(
        IN_FLIGHT,
        Unit::Count,
        "Calls begun and not yet ended, by class.",
    );
    gauge(READERS, Unit::Count, "Connections that read, by state.");
    gauge(QUEUED, Unit::Count, "Jobs in a queue, by lane.");
    gauge(
        WAITING,
        Unit::Count,
        "Callers waiting for room in a queue, by lane.",
    );
    gauge(WAL_SIZE, Unit::Bytes, "Size of the write-ahead log.");
}

/// Every key, built once: building one hashes its labels.
struct Keys {
    classes: [ClassKeys; CallClass::ALL.len()],
    group_size: Key,
    readers_active: Key,
    readers_idle: Key,
    read_lane: LaneKeys,
    write_lane: LaneKeys,
    wal_size: Key,
}

impl Keys {
    fn new() -> Self {
        Self {
            classes: CallClass::ALL.map(ClassKeys::new),
            group_size: Key::from_static_name(GROUP_SIZE),
            readers_active: key(READERS, [("state", "active")]),
            readers_idle: key(READERS, [("state", "idle")]),
            read_lane: LaneKeys::new("read"),
            write_lane: LaneKeys::new("write"),
            wal_size: Key::from_static_name(WAL_SIZE),
        }
    }
}

struct ClassKeys {
    succeeded: Key,
    failed: [Key; ErrorKind::ALL.len()],
    queue_wait: Key,
    execution: Key,
    in_flight: Key,
}

impl ClassKeys {
    fn new(class: CallClass) -> Self {
        let class = ("class", class.as_str());
        let ended = |outcome| key(CALLS, [class, ("outcome", outcome)]);
        Self {
            succeeded: ended("ok"),
            failed: std::array::from_fn(|place| ended(ErrorKind::ALL[place].as_str())),
            queue_wait: key(QUEUE_WAIT, [class]),
            execution: key(EXECUTION, [class]),
            in_flight: key(IN_FLIGHT, [class]),
        }
    }

    fn ended(&self, outcome: Outcome) -> &Key {
        match outcome {
            Ok(()) => &self.succeeded,
            Err(kind) => &self.failed[kind as usize],
        }
    }
}

struct LaneKeys {
    queued: Key,
    waiting: Key,
}

impl LaneKeys {
    fn new(lane: &'static str) -> Self {
        Self {
            queued: key(QUEUED, [("lane", lane)]),
            waiting: key(WAITING, [("lane", lane)]),
        }
    }
}

fn key<const N: usize>(name: &'static str, labels: [(&'static str, &'static str); N]) -> Key {
    let labels = labels.map(|(label, value)| Label::from_static_parts(label, value));
    Key::from_parts(name, labels.to_vec())
}

#[cfg(test)]
mod tests;
