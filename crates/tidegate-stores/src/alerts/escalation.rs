//! What happens to an alert that nobody acknowledges.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::written;
use crate::check;
use crate::error::{Error, Result};
use crate::notify::Severity;

/// The most steps of one rule.
pub const ESCALATION_STEPS_MAX: usize = 10;
/// The most targets of one step.
pub const ESCALATION_TARGETS_MAX: usize = 16;
/// The longest name of a target, in bytes.
const TARGET_BYTES_MAX: usize = 128;

/// One step: what happens if the alert is not acknowledged so long after it fired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// How long after it fired.
    #[serde(with = "written::duration")]
    pub after: Duration,
    /// The severity it is raised to; it is never lowered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Targets that are notified besides those it has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
}

/// Refuses steps that are not in order or do nothing; `base` is the severity at which the alert fires.
pub(super) fn check_steps(steps: &[Escalation], base: Severity) -> Result<()> {
    check::count("escalation", steps.len(), ESCALATION_STEPS_MAX)?;
    let (mut after, mut severity) = (Duration::ZERO, base);
    for (index, step) in steps.iter().enumerate() {
        let refused = |field: &str, reason: &'static str| {
            let path = format!("escalation[{index}].{field}");
            Err(Error::invalid(path, reason))
        };
        let raised = step.severity.filter(|one| *one > severity);
        match () {
            () if step.after <= after => {
                return refused("after", "must be longer than that of the step before");
            }
            () if step.severity.is_some() && raised.is_none() => {
                return refused("severity", "must be higher than what the alert has by then");
            }
            () if raised.is_none() && step.targets.is_empty() => {
                return refused("targets", "a step must raise the severity or name targets");
            }
            () => (after, severity) = (step.after, raised.unwrap_or(severity)),
        }
        check_targets(&step.targets)
            .map_err(|error| error.in_field(format!("escalation[{index}].targets")))?;
    }
    Ok(())
}

fn check_targets(targets: &[String]) -> Result<()> {
    check::count("targets", targets.len(), ESCALATION_TARGETS_MAX)?;
    let mut targets = targets.iter();
    targets.try_for_each(|target| check::line("targets", target, TARGET_BYTES_MAX))
}
