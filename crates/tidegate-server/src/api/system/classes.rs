//! Figures of operations, with grades.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use crate::operation::{Class, Figures, Measured, Tally};

/// All operations of one kind and class.
#[derive(Serialize, ToSchema)]
pub(super) struct ClassReport {
    /// `route` or `store`.
    kind: &'static str,
    /// The class: `auth`, `table`, `batch`, `live`, `background`.
    class: &'static str,
    /// How long an operation may take unless a request says otherwise, in milliseconds.
    deadline_ms: u64,
    /// How long it should take, in milliseconds.
    target_ms: u64,
    /// `excellent`, `good`, `acceptable`, `needs_optimization` or `no_data`.
    grade: &'static str,
    /// The figures.
    #[serde(flatten)]
    figures: FiguresReport,
}

/// One operation.
#[derive(Serialize, ToSchema)]
pub(super) struct OperationReport {
    /// `route` or `store`.
    kind: &'static str,
    /// Its name.
    name: &'static str,
    /// Its class.
    class: &'static str,
    /// Its grade.
    grade: &'static str,
    /// The figures.
    #[serde(flatten)]
    figures: FiguresReport,
}

/// What was counted.
#[derive(Serialize, ToSchema)]
struct FiguresReport {
    /// How often it was done, whatever its outcome.
    total: u64,
    /// How often it failed, by code.
    errors: BTreeMap<&'static str, u64>,
    /// How often its deadline passed.
    timeouts: u64,
    /// How often its caller went away before.
    cancelled: u64,
    /// How often it succeeded within the target.
    under_target: u64,
    /// How often it took longer.
    over_target: u64,
    /// The mean time, in milliseconds.
    mean_ms: f64,
    /// Half of the times are at or below this, in milliseconds.
    p50_ms: f64,
    /// 95 % of them.
    p95_ms: f64,
    /// 99 % of them.
    p99_ms: f64,
    /// The longest.
    max_ms: f64,
}

impl ClassReport {
    pub(super) fn of(kind: Measured, class: Class, figures: &Figures) -> Self {
        Self {
            kind: kind.as_str(),
            class: class.as_str(),
            deadline_ms: millis(class.deadline()),
            target_ms: millis(class.target()),
            grade: figures.grade().as_str(),
            figures: FiguresReport::of(figures),
        }
    }
}

impl OperationReport {
    pub(super) fn of(kind: Measured, name: &'static str, tally: &Tally) -> Self {
        let figures = tally.figures();
        Self {
            kind: kind.as_str(),
            name,
            class: tally.class().as_str(),
            grade: figures.grade().as_str(),
            figures: FiguresReport::of(&figures),
        }
    }
}

impl FiguresReport {
    fn of(figures: &Figures) -> Self {
        let at = |quantile| figures.histogram.value_at_quantile(quantile) as f64 / 1_000.0;
        Self {
            total: figures.total,
            errors: figures.errors.clone(),
            timeouts: figures.timeouts,
            cancelled: figures.cancelled,
            under_target: figures.under_target,
            over_target: figures.over_target,
            mean_ms: figures.mean().as_secs_f64() * 1_000.0,
            p50_ms: at(0.5),
            p95_ms: at(0.95),
            p99_ms: at(0.99),
            max_ms: at(1.0),
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
