//! Figures of the driver.

use tidegate::{CallStats, LaneStats, Stats};

use crate::exposition::Exposition;

pub(super) fn write(exposition: &mut Exposition, stats: &Stats) {
    calls(exposition, stats);
    lanes(exposition, stats);
    let counters = [
        (
            "commits_total",
            "Transactions committed by the writer.",
            stats.writer.group_commits,
        ),
        (
            "jobs_committed_total",
            "Calls that those transactions held.",
            stats.writer.jobs_committed,
        ),
        (
            "busy_retries_total",
            "Waits for another process.",
            stats.writer.busy_retries,
        ),
        ("checkpoints_total", "Checkpoints.", stats.wal.checkpoints),
        ("rows_read_total", "Rows handed out.", stats.rows_read),
        ("rows_changed_total", "Rows changed.", stats.rows_changed),
    ];
    for (name, help, value) in counters {
        let name = format!("tidegate_database_{name}");
        exposition.single(&name, "counter", help, value);
    }
    let help = "The size of the write-ahead log.";
    exposition.single(
        "tidegate_database_wal_bytes",
        "gauge",
        help,
        stats.wal.size_bytes,
    );
}

fn calls(exposition: &mut Exposition, stats: &Stats) {
    let calls = &stats.calls;
    let classes: [(&str, &CallStats); 5] = [
        ("read", &calls.read),
        ("write", &calls.write),
        ("transaction", &calls.transaction),
        ("stream", &calls.stream),
        ("maintenance", &calls.maintenance),
    ];
    let name = "tidegate_database_calls_total";
    exposition.metric(name, "counter", "Calls of the driver that were begun.");
    for (class, stats) in classes {
        exposition.sample(name, &[("class", class)], stats.started);
    }
    let name = "tidegate_database_queue_wait_seconds";
    exposition.metric(name, "gauge", "How long calls waited for a connection.");
    for (class, stats) in classes {
        for (quantile, micros) in [
            ("0.5", stats.queue_wait_us.p50),
            ("0.99", stats.queue_wait_us.p99),
        ] {
            exposition.sample(
                name,
                &[("class", class), ("quantile", quantile)],
                micros / 1e6,
            );
        }
    }
}

fn lanes(exposition: &mut Exposition, stats: &Stats) {
    let lanes: [(&str, LaneStats); 2] = [("read", stats.read_lane), ("write", stats.write_lane)];
    let name = "tidegate_database_queue_length";
    exposition.metric(name, "gauge", "Calls in a queue.");
    for (lane, stats) in lanes {
        exposition.sample(name, &[("lane", lane)], stats.queued + stats.waiting);
    }
    let name = "tidegate_database_in_flight";
    exposition.metric(name, "gauge", "Calls that a connection is executing.");
    for (lane, stats) in lanes {
        exposition.sample(name, &[("lane", lane)], stats.in_flight);
    }
}
