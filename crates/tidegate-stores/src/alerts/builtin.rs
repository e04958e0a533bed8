//! The rules to start from.

use std::time::Duration;

use super::comparison::Comparison;
use super::rule::Rule;
use crate::metrics::Aggregate;
use crate::notify::Severity;

/// Over how much time each of them looks, so that a measurement that comes late is no gap.
const WINDOW: Duration = Duration::from_secs(120);

/// The rules to start from: errors, slowness, memory, and failures in a row.
///
/// | name | fires when | for | severity |
/// |---|---|---|---|
/// | `error_rate_high` | `error_rate` ≥ 0.2 | 5 min | warning |
/// | `error_rate_critical` | `error_rate` ≥ 0.5 | 2 min | critical |
/// | `execution_slow` | `avg_execution_time_ms` ≥ 5000 | 5 min | warning |
/// | `memory_high` | `memory_usage_mb` ≥ 500 | 10 min | warning |
/// | `consecutive_failures` | `consecutive_failures` ≥ 10 | 1 min | emergency |
///
/// They look at the mean of the last two minutes, but for the failures in a row, of which the latest number counts.
#[must_use]
pub fn builtin_rules() -> Vec<Rule> {
    use Severity::{Critical, Emergency, Warning};
    let mut failures = rule(
        "consecutive_failures",
        "consecutive_failures",
        10.0,
        1,
        Emergency,
    );
    failures.aggregate = Aggregate::Last;
    let rules = [
        (
            rule("error_rate_high", "error_rate", 0.2, 5, Warning),
            "The error rate is {{ $value }}",
        ),
        (
            rule("error_rate_critical", "error_rate", 0.5, 2, Critical),
            "The error rate is {{ $value }}",
        ),
        (
            rule(
                "execution_slow",
                "avg_execution_time_ms",
                5_000.0,
                5,
                Warning,
            ),
            "An execution takes {{ $value }} ms on average",
        ),
        (
            rule("memory_high", "memory_usage_mb", 500.0, 10, Warning),
            "{{ $value }} MB of memory are in use",
        ),
        (failures, "{{ $value }} failures in a row"),
    ];
    rules.into_iter().map(with_summary).collect()
}

fn rule(name: &str, metric: &str, threshold: f64, minutes: u64, severity: Severity) -> Rule {
    let mut rule = Rule::new(name, metric, Comparison::AtLeast, threshold, severity);
    rule.window = WINDOW;
    rule.hold = Duration::from_secs(minutes * 60);
    rule
}

fn with_summary((mut rule, summary): (Rule, &str)) -> Rule {
    rule.annotations
        .insert("summary".to_owned(), summary.to_owned());
    rule
}
