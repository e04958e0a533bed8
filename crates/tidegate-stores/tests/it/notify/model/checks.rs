//! What must hold whenever a message is handed out, and in the end.

use std::collections::BTreeSet;
use std::time::Duration;

use tidegate_stores::Fingerprint;
use tidegate_stores::notify::{Delivery, Severity, Status};

use super::super::next_due;
use super::{Alert, Run, UnderWay};

const REPEAT: Duration = Duration::from_secs(4 * 3_600);
/// How far ahead the store lets a time lie before it distrusts it.
const TOLERANCE: Duration = Duration::from_secs(60);

impl Run {
    /// Nobody else has a message of that group to that target.
    pub(super) fn check_lease(&self, delivery: &Delivery) {
        let is_live = |one: &&UnderWay| {
            let is_past = one.claimed_at <= self.now.saturating_add(TOLERANCE);
            one.is_held && self.now < one.delivery.lease_until && is_past
        };
        let same = |one: &&UnderWay| one.group() == (&*delivery.target, delivery.group_key);
        let live: Vec<_> = self.under_way.iter().filter(same).filter(is_live).collect();
        assert!(live.is_empty(), "{delivery:?} is leased: {live:?}");
    }

    /// It tells of all alerts of its group that fire and are not muted, and of no other; of ends only what is known.
    pub(super) fn check_content(&self, target: usize, delivery: &Delivery) {
        let group = delivery.group_labels.get("alertname").unwrap();
        let fires = |alert: &&Alert| {
            let is_urgent = target == 0 || alert.now.severity >= Severity::Critical;
            alert.now.name == group
                && alert.now.status == Status::Firing
                && !alert.now.is_muted
                && is_urgent
        };
        let expected: BTreeSet<Fingerprint> = self
            .alerts
            .iter()
            .flatten()
            .filter(fires)
            .map(|alert| alert.now.fingerprint)
            .collect();
        let firing = delivery
            .alerts
            .iter()
            .filter(|told| told.status == Status::Firing);
        assert_eq!(
            firing.map(|told| told.fingerprint).collect::<BTreeSet<_>>(),
            expected
        );
        for (n, status, version) in self.versions(delivery) {
            if status == Status::Resolved {
                let alert = self.alerts[n].as_ref().unwrap();
                assert!(target == 0 && alert.now.status == Status::Resolved && !alert.now.is_muted);
                let known = self.known[target].firing.get(&n);
                assert!(known.is_some_and(|known| *known < version), "{delivery:?}");
            }
        }
    }

    /// It tells something that was not acknowledged, or it is time to repeat what was.
    pub(super) fn check_reason(&self, target: usize, delivery: &Delivery) {
        let known = &self.known[target];
        let is_news = |(n, status, version): &(usize, Status, u64)| {
            *status == Status::Resolved || known.firing.get(n) != Some(version)
        };
        let has_news = self.versions(delivery).iter().any(is_news);
        let latest = known.at.get(&delivery.group_key);
        let is_time = latest.is_none_or(|latest| self.now.saturating_since(*latest) >= REPEAT);
        assert!(
            has_news || is_time,
            "told twice at {}: {delivery:?} {known:?}",
            self.now
        );
    }

    /// Every target knows what it is to know, and of what fires another message will come.
    pub(super) fn check_nothing_is_lost(&self) {
        for (target, known) in self.known.iter().enumerate() {
            for (n, alert) in self.alerts.iter().enumerate() {
                let Some(alert) = alert.as_ref().filter(|alert| !alert.now.is_muted) else {
                    continue;
                };
                let is_urgent = target == 0 || alert.now.severity >= Severity::Critical;
                match alert.now.status {
                    Status::Firing if is_urgent => {
                        assert_eq!(
                            known.firing.get(&n),
                            Some(&alert.version),
                            "{alert:?} is lost"
                        );
                        assert!(next_due(&self.db, self.now).is_some());
                    }
                    Status::Resolved if target == 0 => {
                        let known = known.firing.get(&n);
                        let is_told = known.is_none_or(|known| *known < alert.silent_end);
                        assert!(is_told, "the end of {alert:?} is lost: {known:?}");
                    }
                    Status::Firing | Status::Resolved => {}
                }
            }
        }
    }
}
