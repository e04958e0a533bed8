//! What rules found, in words.

use super::rule::Rule;
use super::template::Number;

/// `avg(load) is 5 >= 3`, or that there is no data.
pub(super) fn breach(rule: &Rule, value: Option<f64>) -> String {
    match value {
        Some(value) => format!(
            "{}({}) is {} {} {}",
            rule.aggregate,
            rule.metric,
            Number(value),
            rule.operator,
            Number(rule.threshold)
        ),
        None => format!("there is no sample of {}", rule.metric),
    }
}

/// The same, said as something that is not so.
pub(super) fn no_breach(rule: &Rule, value: f64) -> String {
    format!(
        "{}({}) is {}, which is not {} {}",
        rule.aggregate,
        rule.metric,
        Number(value),
        rule.operator,
        Number(rule.threshold)
    )
}
