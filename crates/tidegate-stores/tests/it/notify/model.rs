//! Random announcements, claims, outcomes, clock jumps and restarts, against what must hold.

mod checks;

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use tidegate_stores::notify::{
    self, Announcement, Delivery, MessageState, Retry, Severity, Status,
};
use tidegate_stores::{Fingerprint, Id, Timestamp};

use super::{LEASE, announce, claim, fail, firing, message, outbox, sent, target, with_targets};
use crate::support::{TestDb, at};

const ALERTS: usize = 4;
const TARGETS: [&str; 2] = ["ops", "pager"];

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
    /// The version with which it was last over while it was muted: nobody is told of that.
    silent_end: u64,
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
        let before = self.alerts[n].as_ref();
        let (version, silent_end) =
            before.map_or((1, 0), |before| (before.version + 1, before.silent_end));
        announce(&self.db, self.now, &now);
        self.alerts[n] = Some(Alert {
            now,
            version,
            silent_end,
        });
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
        if alert.now.status == Status::Resolved && alert.now.is_muted {
            alert.silent_end = alert.version;
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
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

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
