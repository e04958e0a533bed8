//! What an alert takes over from its rule.

use crate::alerts::in_json::InJson;
use crate::alerts::record::Record;
use crate::alerts::rule::Rule;
use crate::alerts::state::State;
use crate::alerts::stored_rule::StoredRule;
use crate::error::Result;
use crate::notify::Severity;
use crate::timestamp::micros;

/// Takes over what the rule says of its alerts, but for the severity.
pub(super) fn follow(record: &mut Record, stored: &StoredRule, value: Option<f64>) -> Result<()> {
    let rule = &stored.rule;
    record.value = value.filter(|value| !value.is_nan());
    record.annotations = InJson(rule.annotations_of(record.value, &record.labels)?);
    record.escalation = InJson(rule.escalation.clone());
    record.repeat_after = rule.repeat_after.map(micros);
    record.rule_revision = stored.revision;
    Ok(())
}

/// The rule's severity, raised by so many steps of its escalation.
pub(super) fn severity(rule: &Rule, escalated: usize) -> Severity {
    let steps = rule.escalation.iter().take(escalated);
    let raised = steps.filter_map(|step| step.severity);
    raised.fold(rule.severity, Severity::max)
}

/// Why it is over.
pub(super) fn over(from: State, value: Option<f64>) -> &'static str {
    match (from, value) {
        (State::Pending, _) => "the condition ceased to hold before it fired",
        (_, Some(_)) => "the condition holds no longer",
        (_, None) => "its series is silent",
    }
}
