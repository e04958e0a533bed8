//! Random announcements, claims, outcomes, clock jumps and restarts, against what must hold.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use tidegate_stores::notify::{
    self, Announcement, Delivery, MessageState, Retry, Severity, Status,
};
use tidegate_stores::{Fingerprint, Id, Timestamp};

use super::{
    LEASE, announce, claim, fail, firing, message, next_due, outbox, sent, target, with_targets,
};
use crate::support::{TestDb, at};

const ALERTS: usize = 4;
const TARGETS: [&str; 2] = ["ops", "pager"];
const REPEAT: Duration = Duration::from_secs(4 * 3_600);
/// How far ahead the store lets a time lie before it distrusts it.
const TOLERANCE: Duration = Duration::from_secs(60);

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    Fire(usize),
    Resolve(usize),
    Mute(usize),
    Unmute(usize),
    /// It becomes more urgent, or less.
    Shift(usize),
    /// Somebody else asks for messages to a target.
    Claim(usize),
    Acknowledge(usize),
    Refuse(usize, Option<u64>),
    /// A dispatcher dies with what it has.
    Lose(usize),
    Cancel(usize),
    Wait(u32),
    /// The clock is set back.
    SetBack(u32),
    Retain,
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let alert = 0..ALERTS;
    let any = 0..8_usize;
    let step = prop_oneof![
        6 => alert.clone().prop_map(Step::Fire),
        4 => alert.clone().prop_map(Step::Resolve),
        2 => alert.clone().prop_map(Step::Mute),
        3 => alert.clone().prop_map(Step::Unmute),
        2 => alert.prop_map(Step::Shift),
        12 => (0..TARGETS.len()).prop_map(Step::Claim),
        8 => any.clone().prop_map(Step::Acknowledge),
        4 => (any.clone(), prop::option::of(1..400_u64)).prop_map(|(n, pause)| Step::Refuse(n, pause)),
        2 => any.clone().prop_map(Step::Lose),
        1 => any.prop_map(Step::Cancel),
        10 => (1..400_u32).prop_map(Step::Wait),
        2 => (3_000..20_000_u32).prop_map(Step::Wait),
        1 => (1..100_000_u32).prop_map(Step::SetBack),
        1 => Just(Step::Retain),
        2 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..80)
}

/// An alert, and how often it has changed in a way that is worth telling.
#[derive(Clone, Debug)]
struct Alert {
    now: Announcement,
    version: u64,
}

/// What a target has acknowledged: the version of each alert that it was told as firing, and when for each group.
#[derive(Debug, Default)]
struct Known {
    firing: BTreeMap<usize, u64>,
    at: BTreeMap<Fingerprint, Timestamp>,
}

/// A delivery that somebody has, and the versions of its alerts.
#[derive(Debug)]
struct UnderWay {
    delivery: Delivery,
    claimed_at: Timestamp,
    versions: Vec<(usize, Status, u64)>,
    /// Whether the message is still its holder's, as long as the lease lasts.
    is_held: bool,
    /// Whether its holder is dead, so that nothing will be heard of it.
    is_lost: bool,
}

impl UnderWay {
    fn group(&self) -> (&str, Fingerprint) {
        (&self.delivery.target, self.delivery.group_key)
    }
}

struct Run {
    db: TestDb,
    now: Timestamp,
    alerts: Vec<Option<Alert>>,
    known: [Known; 2],
    under_way: Vec<UnderWay>,
}

impl Run {
    fn new() -> Self {
        let mut pager = target("pager");
        pager.severity_min = Severity::Critical;
        pager.send_resolved = false;
        Self {
            db: with_targets(vec![target("ops"), pager]),
            now: at(0),
            alerts: vec![None; ALERTS],
            known: Default::default(),
            under_way: Vec::new(),
        }
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Fire(n) => self.fire(*n),
            Step::Resolve(n) => self.change(*n, |alert, now| {
                alert.status = Status::Resolved;
                alert.ends_at = Some(now);
            }),
            Step::Mute(n) => self.change(*n, |alert, _| alert.is_muted = true),
            Step::Unmute(n) => self.change(*n, |alert, _| alert.is_muted = false),
            Step::Shift(n) => self.change(*n, |alert, _| {
                alert.severity = match alert.severity {
                    Severity::Warning => Severity::Critical,
                    _ => Severity::Warning,
                };
            }),
            Step::Claim(target) => self.claim(*target),
            Step::Acknowledge(n) => drop(self.pick(*n).map(|one| self.acknowledge(&one))),
            Step::Refuse(n, pause) => drop(self.pick(*n).map(|one| {
                let retry = pause.map_or(Retry::Never, |pause| {
                    Retry::After(Duration::from_secs(pause))
                });
                fail(&self.db, self.now, &one.delivery, retry);
            })),
            Step::Lose(n) => {
                if let Some(mut one) = self.pick(*n) {
                    one.is_lost = true;
                    self.under_way.push(one);
                }
            }
            Step::Cancel(n) => self.cancel(*n),
            Step::Wait(seconds) => {
                self.now = self
                    .now
                    .saturating_add(Duration::from_secs((*seconds).into()));
            }
            Step::SetBack(seconds) => self.set_back(Duration::from_secs((*seconds).into())),
            Step::Retain => {
                let now = self.now;
                self.db
                    .write(move |tx| Ok(notify::retain_step(tx, now, 5)?))
                    .unwrap();
            }
            Step::Restart => {
                let db = std::mem::replace(&mut self.db, crate::support::open());
                self.db = db.reopened();
            }
        }
    }

    /// The alert begins, or begins anew after it was over.
    fn fire(&mut self, n: usize) {
        let is_over = |alert: &Alert| alert.now.status == Status::Resolved;
        if self.alerts[n].as_ref().is_some_and(|alert| !is_over(alert)) {
            return;
        }
        let (name, host) = (["disk", "load"][n % 2], ["a", "b"][n / 2]);
        let mut now = firing(name, host);
        now.alert = Id::new(self.now);
        let version = self.alerts[n].as_ref().map_or(1, |alert| alert.version + 1);
        announce(&self.db, self.now, &now);
        self.alerts[n] = Some(Alert { now, version });
    }

    /// Changes an alert that fires.
    fn change(&mut self, n: usize, change: impl FnOnce(&mut Announcement, Timestamp)) {
        let Some(alert) = &mut self.alerts[n] else {
            return;
        };
        if alert.now.status == Status::Resolved {
            return;
        }
        let before = (alert.now.status, alert.now.severity);
        change(&mut alert.now, self.now);
        if before != (alert.now.status, alert.now.severity) {
            alert.version += 1;
        }
        announce(&self.db, self.now, &alert.now);
    }

    fn claim(&mut self, target: usize) {
        for delivery in claim(&self.db, self.now, TARGETS[target]) {
            self.check_lease(&delivery);
            self.check_content(target, &delivery);
            self.check_reason(target, &delivery);
            let versions = self.versions(&delivery);
            self.release(|one| one.group() == (&*delivery.target, delivery.group_key));
            self.under_way.push(UnderWay {
                delivery,
                claimed_at: self.now,
                versions,
                is_held: true,
                is_lost: false,
            });
        }
    }

    fn versions(&self, delivery: &Delivery) -> Vec<(usize, Status, u64)> {
        let told = delivery.alerts.iter().map(|told| {
            let same = |alert: &Option<Alert>| {
                alert
                    .as_ref()
                    .is_some_and(|alert| alert.now.fingerprint == told.fingerprint)
            };
            let n = self.alerts.iter().position(same).unwrap();
            (n, told.status, self.alerts[n].as_ref().unwrap().version)
        });
        told.collect()
    }

    /// Nobody else has a message of that group to that target.
    fn check_lease(&self, delivery: &Delivery) {
        let is_live = |one: &&UnderWay| {
            let is_past = one.claimed_at <= self.now.saturating_add(TOLERANCE);
            one.is_held && self.now < one.delivery.lease_until && is_past
        };
        let same = |one: &&UnderWay| one.group() == (&*delivery.target, delivery.group_key);
        let live: Vec<_> = self.under_way.iter().filter(same).filter(is_live).collect();
        assert!(live.is_empty(), "{delivery:?} is leased: {live:?}");
    }

    /// It tells of all alerts of its group that fire and are not muted, and of no other; of ends only what is known.
    fn check_content(&self, target: usize, delivery: &Delivery) {
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
    fn check_reason(&self, target: usize, delivery: &Delivery) {
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

    /// What these hold belongs to nobody, or to somebody else.
    fn release(&mut self, which: impl Fn(&UnderWay) -> bool) {
        let released = self.under_way.iter_mut().filter(|one| which(one));
        released.for_each(|one| one.is_held = false);
    }

    /// Takes one whose holder is alive.
    fn pick(&mut self, n: usize) -> Option<UnderWay> {
        let is_alive = |(_, one): &(usize, &UnderWay)| !one.is_lost;
        let alive: Vec<usize> = self
            .under_way
            .iter()
            .enumerate()
            .filter(is_alive)
            .map(|(index, _)| index)
            .collect();
        match alive.len() {
            0 => None,
            length => Some(self.under_way.remove(alive[n % length])),
        }
    }

    /// A message that was closed meanwhile has been told, but what it told is not remembered.
    fn acknowledge(&mut self, one: &UnderWay) {
        let state = message(&self.db, one.delivery.id).state;
        sent(&self.db, self.now, &one.delivery);
        self.release(|other| other.delivery.id == one.delivery.id);
        let target = TARGETS
            .iter()
            .position(|name| *name == one.delivery.target)
            .unwrap();
        if !matches!(state, MessageState::Waiting | MessageState::Sending) {
            return;
        }
        let known = &mut self.known[target];
        known.at.insert(one.delivery.group_key, self.now);
        for (n, status, version) in &one.versions {
            match status {
                Status::Firing => known.firing.insert(*n, *version),
                Status::Resolved => known.firing.remove(n),
            };
        }
    }

    fn cancel(&mut self, n: usize) {
        let waiting = |message: &notify::Message| message.state == MessageState::Waiting;
        let waiting: Vec<_> = outbox(&self.db, "ops")
            .into_iter()
            .filter(waiting)
            .collect();
        if let Some(message) = waiting.get(n) {
            let (now, id) = (self.now, message.id);
            self.db
                .write(move |tx| Ok(notify::cancel(tx, now, id, "by hand")?))
                .unwrap();
        }
    }

    fn set_back(&mut self, by: Duration) {
        self.now = self.now.saturating_sub(by);
        for latest in self
            .known
            .iter_mut()
            .flat_map(|known| known.at.values_mut())
        {
            *latest = self.now.min(*latest);
        }
    }

    /// Lets everything be delivered: first what is due soon, then what was given up or cancelled.
    fn settle(&mut self) {
        for pause in [
            LEASE.as_secs(),
            300,
            300,
            300,
            4 * 3_600,
            4 * 3_600,
            4 * 3_600,
        ] {
            self.now = self.now.saturating_add(Duration::from_secs(pause));
            for target in 0..TARGETS.len() {
                self.claim(target);
            }
            while let Some(one) = self.pick(0) {
                self.acknowledge(&one);
            }
        }
    }

    /// Every target knows what it is to know, and of what fires another message will come.
    fn check_nothing_is_lost(&self) {
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
                        assert_eq!(known.firing.get(&n), None, "the end of {alert:?} is lost");
                    }
                    Status::Firing | Status::Resolved => {}
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_told_twice(steps in steps()) {
        let mut run = Run::new();
        for step in &steps {
            run.take(step);
        }
        run.settle();
        run.check_nothing_is_lost();
        run.settle();
    }
}
