//! What the server's own requests were like since the last look.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::Measurement;
use crate::app::App;
use crate::operation::{Class, Figures, Measured};

/// What had been counted at the last look.
#[derive(Debug, Default)]
pub(super) struct Before {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    figures: BTreeMap<Class, Figures>,
    stalls: u64,
}

/// Which classes are requests of somebody.
const CLASSES: [Class; 2] = [Class::Table, Class::Batch];

/// Times by class, and what the built-in rules go by: `error_rate` and `avg_execution_time_ms` of requests, and
/// `consecutive_failures`, the most rounds of a worker that have failed in a row.
pub(super) fn measure(app: &App, before: &Before) -> Vec<Measurement> {
    let mut seen = before.seen.lock().unwrap_or_else(PoisonError::into_inner);
    let mut measured = Vec::new();
    let (mut requests, mut failures, mut micros) = (0, 0, 0.0);
    for class in CLASSES {
        let now = app.ledger.of_class(Measured::Route, class);
        let old = seen.figures.insert(class, now.clone()).unwrap_or_default();
        requests += now.total - old.total;
        failures += server_failures(&now) - server_failures(&old);
        micros += (now.sum - old.sum).as_secs_f64() * 1e6;
        measured.extend(times(class, now, &old));
    }
    if requests > 0 {
        let count = requests as f64;
        measured.push(Measurement::new("error_rate", failures as f64 / count));
        measured.push(Measurement::new(
            "avg_execution_time_ms",
            micros / 1e3 / count,
        ));
    }
    let in_a_row = app.workers.failures_in_a_row();
    measured.push(Measurement::new("consecutive_failures", in_a_row as f64));
    let stalls = app.stall.report();
    let new_stalls = stalls.stalls.saturating_sub(seen.stalls);
    seen.stalls = stalls.stalls;
    measured.push(Measurement::new("tidegate_stalls", new_stalls as f64));
    measured.push(Measurement::new(
        "tidegate_loop_lag_p99_seconds",
        stalls.lag_us.p99 / 1e6,
    ));
    measured
}

/// Failures that are not the caller's: a wrong request is no sign of a sick server.
fn server_failures(figures: &Figures) -> u64 {
    let own = ["internal", "busy", "disk_full", "shutting_down"];
    let own: u64 = own.iter().filter_map(|code| figures.errors.get(code)).sum();
    own + figures.timeouts
}

/// The number of requests, and percentiles of those since the last look.
fn times(class: Class, now: Figures, old: &Figures) -> Vec<Measurement> {
    let label = |measurement: Measurement| measurement.label("class", class.as_str());
    let total = now.total as f64;
    let mut measured = vec![label(Measurement::new("tidegate_requests_total", total))];
    let mut since = now.histogram;
    // What was counted before is part of what is counted now.
    if since.subtract(&old.histogram).is_err() || since.is_empty() {
        return measured;
    }
    for (name, quantile) in [
        ("tidegate_request_p50_seconds", 0.5),
        ("tidegate_request_p99_seconds", 0.99),
    ] {
        let seconds = since.value_at_quantile(quantile) as f64 / 1e6;
        measured.push(label(Measurement::new(name, seconds)));
    }
    measured
}
