//! Figures of routes and calls of the stores.

use crate::app::App;
use crate::exposition::Exposition;
use crate::operation::{Figures, Measured, Tally};

/// The upper bounds of the buckets, in microseconds.
const BUCKETS: [u64; 12] = [
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000,
];

const SECONDS: &str = "tidegate_operation_seconds";
const ERRORS: &str = "tidegate_operation_errors_total";
const OVER: &str = "tidegate_operation_over_target_total";

type Row = (Measured, &'static str, &'static str, Figures);

pub(super) fn write(exposition: &mut Exposition, app: &App) {
    let operations = app.ledger.operations();
    let rows: Vec<Row> = operations
        .iter()
        .map(|(kind, name, tally)| (*kind, *name, class(tally), tally.figures()))
        .collect();
    exposition.metric(SECONDS, "histogram", "Times of routes and calls of stores.");
    rows.iter().for_each(|row| histogram(exposition, row));
    exposition.metric(
        ERRORS,
        "counter",
        "Failures by code; deadlines and cancelled ones too.",
    );
    rows.iter().for_each(|row| errors(exposition, row));
    exposition.metric(
        OVER,
        "counter",
        "Operations that took longer than their target.",
    );
    for (kind, name, class, figures) in &rows {
        let labels = [
            ("kind", kind.as_str()),
            ("operation", *name),
            ("class", *class),
        ];
        exposition.sample(OVER, &labels, figures.over_target);
    }
}

fn class(tally: &Tally) -> &'static str {
    tally.class().as_str()
}

fn histogram(exposition: &mut Exposition, (kind, name, class, figures): &Row) {
    let labels = [
        ("kind", kind.as_str()),
        ("operation", *name),
        ("class", *class),
    ];
    let bucket = format!("{SECONDS}_bucket");
    for (bound, count) in BUCKETS.iter().zip(cumulated(figures)) {
        let bound = (*bound as f64 / 1e6).to_string();
        let [kind, operation, class] = labels;
        exposition.sample(&bucket, &[kind, operation, class, ("le", &bound)], count);
    }
    let [kind, operation, class] = labels;
    exposition.sample(
        &bucket,
        &[kind, operation, class, ("le", "+Inf")],
        figures.total,
    );
    let sum = figures.sum.as_secs_f64();
    exposition.sample(&format!("{SECONDS}_sum"), &labels, sum);
    exposition.sample(&format!("{SECONDS}_count"), &labels, figures.total);
}

/// How many times are at or below each bound.
fn cumulated(figures: &Figures) -> [u64; BUCKETS.len()] {
    let mut counts = [0; BUCKETS.len()];
    for recorded in figures.histogram.iter_recorded() {
        let value = recorded.value_iterated_to();
        for (count, bound) in counts.iter_mut().zip(BUCKETS) {
            if value <= bound {
                *count += recorded.count_since_last_iteration();
            }
        }
    }
    counts
}

fn errors(exposition: &mut Exposition, (kind, name, _, figures): &Row) {
    let others = [
        ("deadline", figures.timeouts),
        ("cancelled", figures.cancelled),
    ];
    let errors = figures.errors.iter().map(|(code, count)| (*code, *count));
    for (code, count) in errors.chain(others).filter(|(_, count)| *count > 0) {
        let labels = [
            ("kind", kind.as_str()),
            ("operation", *name),
            ("code", code),
        ];
        exposition.sample(ERRORS, &labels, count);
    }
}
