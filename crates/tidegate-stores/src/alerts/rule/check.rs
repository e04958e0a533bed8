//! What a rule must be like, each refusal with the path of its field.

use std::time::Duration;

use super::Rule;
use crate::alerts::escalation::check_steps;
use crate::alerts::template::Template;
use crate::alerts::texts::{NAME_BYTES_MAX, check_annotations, check_labels};
use crate::check;
use crate::error::{Error, Result};
use crate::metrics::Selector;

/// The longest of each duration of a rule.
pub const RULE_DURATION_MAX: Duration = Duration::from_secs(366 * 86_400);
/// The shortest window, and the shortest time after which people are told again.
pub const RULE_WINDOW_MIN: Duration = Duration::from_secs(1);
/// The most labels that a rule may give its alerts.
pub const RULE_LABELS_MAX: usize = 16;

pub(super) fn check(rule: &Rule) -> Result<()> {
    check::line("name", &rule.name, NAME_BYTES_MAX)?;
    check_metric(rule)?;
    check_numbers(rule)?;
    check_durations(rule)?;
    check::count("labels", rule.labels.len(), RULE_LABELS_MAX)?;
    check_labels(&rule.labels)?;
    check_annotations(&rule.annotations)?;
    check_templates(rule)?;
    check_steps(&rule.escalation, rule.severity)?;
    check_last_step(rule)
}

fn check_metric(rule: &Rule) -> Result<()> {
    let made = Selector::new(&rule.metric, rule.matchers.clone());
    made.map(drop).map_err(|error| match error.field() {
        Some("name") => error.in_field("metric"),
        _ => error,
    })
}

fn check_numbers(rule: &Rule) -> Result<()> {
    match () {
        () if !rule.threshold.is_finite() => {
            Err(Error::invalid("threshold", "must be a finite number"))
        }
        () if rule.minimum_samples == 0 => {
            Err(Error::invalid("minimum_samples", "must be at least 1"))
        }
        () => Ok(()),
    }
}

fn check_durations(rule: &Rule) -> Result<()> {
    let at_least = [
        ("window", Some(rule.window)),
        ("repeat_after", rule.repeat_after),
    ];
    for (field, duration) in at_least {
        if duration.is_some_and(|duration| duration < RULE_WINDOW_MIN) {
            return Err(Error::invalid(field, "must be a second at least"));
        }
    }
    let at_most = [
        ("window", rule.window),
        ("for", rule.hold),
        ("keep_firing_for", rule.keep_firing_for),
        ("cooldown", rule.cooldown),
        ("repeat_after", rule.repeat_after.unwrap_or_default()),
    ];
    let mut too_long = at_most
        .iter()
        .filter(|(_, duration)| *duration > RULE_DURATION_MAX);
    match too_long.next() {
        Some((field, _)) => Err(Error::limit(*field, "at most 366 days")),
        None => Ok(()),
    }
}

fn check_templates(rule: &Rule) -> Result<()> {
    for (name, text) in &rule.annotations {
        Template::parse(&format!("annotations.{name}"), text)?;
    }
    Ok(())
}

fn check_last_step(rule: &Rule) -> Result<()> {
    match rule.escalation.last() {
        Some(step) if step.after > RULE_DURATION_MAX => {
            let field = format!("escalation[{}].after", rule.escalation.len() - 1);
            Err(Error::limit(field, "at most 366 days"))
        }
        _ => Ok(()),
    }
}
