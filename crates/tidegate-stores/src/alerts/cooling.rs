//! Which fingerprints may not open an alert yet.

use std::collections::HashMap;
use std::time::Duration;

use tidegate::ReadTx;

use super::rule::Rule;
use super::stored_rule::StoredRule;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::timestamp::Timestamp;

/// When the latest alerts that fired were resolved, as far back as any cooldown reaches.
#[derive(Debug, Default)]
pub(super) struct Cooling(HashMap<Fingerprint, Timestamp>);

impl Cooling {
    pub(super) fn load(tx: &mut ReadTx<'_>, now: Timestamp, rules: &[StoredRule]) -> Result<Self> {
        let longest = rules.iter().map(|stored| stored.rule.cooldown).max();
        let Some(longest) = longest.filter(|longest| *longest > Duration::ZERO) else {
            return Ok(Self::default());
        };
        // Of a moment that lies ahead, from a clock that was, nothing follows.
        let sql = "SELECT fingerprint, max(resolved_at) FROM tg_alert
            WHERE resolved_at > ? AND resolved_at <= ? AND rule IS NOT NULL AND fired_at IS NOT NULL GROUP BY fingerprint";
        let rows: Vec<(Fingerprint, Timestamp)> =
            tx.query(sql, (now.saturating_sub(longest), now))?;
        Ok(Self(rows.into_iter().collect()))
    }

    /// Until when no alert of this fingerprint is opened by the rule.
    pub(super) fn until(
        &self,
        rule: &Rule,
        now: Timestamp,
        fingerprint: Fingerprint,
    ) -> Option<Timestamp> {
        let resolved_at = self.0.get(&fingerprint)?;
        let until = resolved_at.saturating_add(rule.cooldown);
        Some(until).filter(|until| *until > now)
    }
}
