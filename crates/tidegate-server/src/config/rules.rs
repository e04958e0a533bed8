//! The lists `[[rule]]` and `[[inhibit]]`: what makes an alert, and what keeps others from being told.

use std::collections::HashSet;

use tidegate_stores::alerts::{Rule, builtin_rules, check_inhibitions};

use super::{Config, Wrong};

pub(super) fn check(config: &Config) -> Result<(), Wrong> {
    let mut names = HashSet::new();
    for (index, rule) in config.rule.iter().enumerate() {
        let wrong = |field: &str, reason: &str| Wrong::in_list("rule", index, field, reason);
        rule.check()
            .map_err(|error| wrong(error.field().unwrap_or_default(), error.reason()))?;
        if !names.insert(&rule.name) {
            return Err(wrong("name", "another rule has it"));
        }
        for step in &rule.escalation {
            if let Some(unknown) = step.targets.iter().find(|name| !config.has_target(name)) {
                let reason = format!("there is no target `{unknown}`");
                return Err(wrong("escalation", &reason));
            }
        }
    }
    check_inhibitions(&config.inhibit).map_err(|error| {
        let (index, field) = (error.item(), error.field().unwrap_or_default());
        Wrong::in_list("inhibit", index.unwrap_or_default(), field, error.reason())
    })
}

/// The built-in rules that are evaluated: without those whose names are taken.
pub(crate) fn builtin(config: &Config) -> Vec<Rule> {
    if !config.alerts.builtin_rules {
        return Vec::new();
    }
    let is_taken = |rule: &Rule| config.rule.iter().any(|own| own.name == rule.name);
    let mut rules = builtin_rules();
    rules.retain(|rule| !is_taken(rule));
    rules
}
