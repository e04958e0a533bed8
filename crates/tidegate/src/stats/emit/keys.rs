//! The names, labels and descriptions of what is emitted.

use metrics::{Key, KeyName, Label, SharedString, Unit, with_recorder};

use crate::error::ErrorKind;
use crate::stats::CallClass;
use crate::stats::count::Count;

/// A figure: its name, its unit, and what it means.
struct Figure(&'static str, Unit, &'static str);

const CALLS: Figure = Figure(
    "tidegate_calls_total",
    Unit::Count,
    "Calls that have ended, by class and by outcome: `ok` or the kind of the error.",
);

const HISTOGRAMS: [&Figure; 3] = [&QUEUE_WAIT, &EXECUTION, &GROUP_SIZE];
const QUEUE_WAIT: Figure = Figure(
    "tidegate_queue_wait_seconds",
    Unit::Seconds,
    "From a call to the start of its execution, or to its end where it never started.",
);
const EXECUTION: Figure = Figure(
    "tidegate_execution_seconds",
    Unit::Seconds,
    "From the start of a call's execution to its end.",
);
const GROUP_SIZE: Figure = Figure(
    "tidegate_group_size",
    Unit::Count,
    "Jobs committed together by the writer.",
);

const GAUGES: [&Figure; 5] = [&IN_FLIGHT, &READERS, &QUEUED, &WAITING, &WAL_SIZE];
const IN_FLIGHT: Figure = Figure(
    "tidegate_calls_in_flight",
    Unit::Count,
    "Calls begun and not yet ended, by class.",
);
const READERS: Figure = Figure(
    "tidegate_readers",
    Unit::Count,
    "Connections that read, by state.",
);
const QUEUED: Figure = Figure(
    "tidegate_jobs_queued",
    Unit::Count,
    "Jobs in a queue, by lane.",
);
const WAITING: Figure = Figure(
    "tidegate_callers_waiting",
    Unit::Count,
    "Callers waiting for room in a queue, by lane.",
);
const WAL_SIZE: Figure = Figure(
    "tidegate_wal_size_bytes",
    Unit::Bytes,
    "Size of the write-ahead log.",
);

const fn figure(count: Count) -> Figure {
    let (name, text) = match count {
        Count::GroupCommits => (
            "tidegate_group_commits_total",
            "Transactions committed by the writer.",
        ),
        Count::JobsCommitted => (
            "tidegate_jobs_committed_total",
            "Jobs in the transactions committed by the writer.",
        ),
        Count::BusyRetries => (
            "tidegate_busy_retries_total",
            "Waits for a lock that another process held.",
        ),
        Count::Replays => (
            "tidegate_replays_total",
            "Jobs run again after a neighbour's rollback.",
        ),
        Count::RowsRead => ("tidegate_rows_read_total", "Rows handed to callers."),
        Count::RowsChanged => (
            "tidegate_rows_changed_total",
            "Rows inserted, updated or deleted.",
        ),
        Count::StatementHits => (
            "tidegate_statement_hits_total",
            "Statements found prepared.",
        ),
        Count::StatementMisses => (
            "tidegate_statement_misses_total",
            "Statements that had to be prepared.",
        ),
        Count::Checkpoints => ("tidegate_checkpoints_total", "Checkpoints that were run."),
        Count::CheckpointsBusy => (
            "tidegate_checkpoints_busy_total",
            "Checkpoints that something kept from finishing.",
        ),
    };
    Figure(name, Unit::Count, text)
}

/// Every key of one database, built once: building one hashes its labels.
#[derive(Debug)]
pub(in crate::stats) struct Keys {
    pub(super) calls: [CallKeys; CallClass::ALL.len()],
    pub(super) counts: [Key; Count::ALL.len()],
    pub(super) group_size: Key,
    pub(super) readers_active: Key,
    pub(super) readers_idle: Key,
    pub(super) read_lane: LaneKeys,
    pub(super) write_lane: LaneKeys,
    pub(super) wal_size: Key,
}

impl Keys {
    /// The keys of the database of this name.
    pub(in crate::stats) fn new(database: &str) -> Self {
        let root = Root(Label::new("database", database.to_owned()));
        Self {
            calls: CallClass::ALL.map(|class| CallKeys::new(&root, class)),
            counts: Count::ALL.map(|count| root.key(&figure(count), [])),
            group_size: root.key(&GROUP_SIZE, []),
            readers_active: root.key(&READERS, [("state", "active")]),
            readers_idle: root.key(&READERS, [("state", "idle")]),
            read_lane: LaneKeys::new(&root, "read"),
            write_lane: LaneKeys::new(&root, "write"),
            wal_size: root.key(&WAL_SIZE, []),
        }
    }

    /// Tells an installed recorder what the figures mean.
    pub(in crate::stats) fn describe(&self) {
        with_recorder(|recorder| {
            let parts = |figure: &Figure| {
                let text = SharedString::const_str(figure.2);
                (KeyName::from_const_str(figure.0), Some(figure.1), text)
            };
            for figure in Count::ALL.map(figure).iter().chain([&CALLS]) {
                let (name, unit, text) = parts(figure);
                recorder.describe_counter(name, unit, text);
            }
            for figure in HISTOGRAMS {
                let (name, unit, text) = parts(figure);
                recorder.describe_histogram(name, unit, text);
            }
            for figure in GAUGES {
                let (name, unit, text) = parts(figure);
                recorder.describe_gauge(name, unit, text);
            }
        });
    }
}

#[derive(Debug)]
pub(super) struct CallKeys {
    pub(super) succeeded: Key,
    pub(super) failed: [Key; ErrorKind::ALL.len()],
    pub(super) queue_wait: Key,
    pub(super) execution: Key,
    pub(super) in_flight: Key,
}

impl CallKeys {
    fn new(root: &Root, class: CallClass) -> Self {
        let class = ("class", class.as_str());
        let ended = |outcome| root.key(&CALLS, [class, ("outcome", outcome)]);
        Self {
            succeeded: ended("ok"),
            failed: std::array::from_fn(|place| ended(ErrorKind::ALL[place].as_str())),
            queue_wait: root.key(&QUEUE_WAIT, [class]),
            execution: root.key(&EXECUTION, [class]),
            in_flight: root.key(&IN_FLIGHT, [class]),
        }
    }
}

#[derive(Debug)]
pub(super) struct LaneKeys {
    pub(super) queued: Key,
    pub(super) waiting: Key,
}

impl LaneKeys {
    fn new(root: &Root, lane: &'static str) -> Self {
        let lane = ("lane", lane);
        Self {
            queued: root.key(&QUEUED, [lane]),
            waiting: root.key(&WAITING, [lane]),
        }
    }
}

/// The label that every key of a database has: without it, the gauges of two databases would overwrite each other.
struct Root(Label);

impl Root {
    fn key<const N: usize>(
        &self,
        figure: &Figure,
        labels: [(&'static str, &'static str); N],
    ) -> Key {
        let labels = labels.map(|(label, value)| Label::from_static_parts(label, value));
        let all: Vec<Label> = [self.0.clone()].into_iter().chain(labels).collect();
        Key::from_parts(figure.0, all)
    }
}
