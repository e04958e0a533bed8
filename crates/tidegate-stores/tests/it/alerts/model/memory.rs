//! The model: what should be, in plain maps.

use std::collections::BTreeMap;

use tidegate_stores::alerts::{Severity, State, TransitionKind};

use super::known::{Key, Known};

const WINDOW: i64 = 60;
const HOLD: i64 = 30;
const KEEP: i64 = 40;
const COOLDOWN: i64 = 50;
const STEPS: [(i64, Severity); 2] = [(60, Severity::Critical), (120, Severity::Emergency)];
const RATE: (usize, i64) = (3, 100);

/// An alert that is over.
#[derive(Debug)]
struct Past {
    key: Key,
    known: Known,
    resolved: i64,
}

#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) samples: BTreeMap<(usize, i64), f64>,
    pub(super) active: BTreeMap<Key, Known>,
    pub(super) story: Vec<TransitionKind>,
    pub(super) dropped: u64,
    past: Vec<Past>,
    taken: BTreeMap<Key, Vec<(i64, Severity)>>,
}

impl Memory {
    pub(super) fn evaluate(&mut self, now: i64) {
        for host in 0..2 {
            let key = Key {
                of_rule: true,
                host,
            };
            let window = (host, now - WINDOW + 1)..=(host, now);
            let is_met = self
                .samples
                .range(window)
                .last()
                .is_some_and(|(_, value)| *value > 1.0);
            match self.active.get(&key) {
                Some(known) if !known.by_rule => {}
                Some(known) => self.go_on(key, known.clone(), is_met, now),
                None if is_met => self.begin(key, now),
                None => {}
            }
        }
    }

    fn begin(&mut self, key: Key, now: i64) {
        let fired = self
            .past
            .iter()
            .filter(|past| past.key == key && past.known.fired.is_some());
        let lately = fired
            .clone()
            .filter(|past| (now - RATE.1 + 1..=now).contains(&past.known.opened));
        let worst = lately.clone().map(|past| past.known.severity).max();
        let mut own = fired.filter(|past| past.known.by_rule);
        if own.any(|past| (now - COOLDOWN + 1..=now).contains(&past.resolved)) {
            return;
        }
        if lately.count() >= RATE.0 && worst >= Some(Severity::Warning) {
            self.dropped += 1;
            return;
        }
        self.active.insert(
            key,
            Known::new(State::Pending, Severity::Warning, true, now),
        );
        self.story.push(TransitionKind::Opened);
    }

    fn go_on(&mut self, key: Key, mut known: Known, is_met: bool, now: i64) {
        let is_pending = known.state == State::Pending;
        let doubted = known.false_since.filter(|since| *since <= now);
        let is_over = doubted.is_some_and(|since| now - since >= KEEP);
        match is_met {
            true if is_pending && known.opened > now => (known.opened, known.seen) = (now, now),
            true if is_pending && now - known.opened >= HOLD => {
                (known.state, known.fired, known.seen) = (State::Firing, Some(now), now);
                self.story.push(TransitionKind::Fired);
            }
            true if known.false_since.is_some() => {
                known.false_since = None;
                known.occurrences += 1;
                known.seen = now;
            }
            false if is_pending || is_over => return self.end(key, now),
            false if doubted.is_none() => known.false_since = Some(now),
            _ => {}
        }
        self.active.insert(key, known);
    }

    pub(super) fn escalate(&mut self, now: i64) {
        for known in self.active.values_mut() {
            if known.seen > now {
                known.seen = now;
                known.fired = known.fired.map(|fired| fired.min(now));
            }
            if known.state == State::Suppressed && known.until.is_some_and(|until| until <= now) {
                (known.state, known.until) = (State::Firing, None);
                self.story.push(TransitionKind::Returned);
            }
            let before = known.escalated;
            while escalates(known, now) {
                known.severity = known.severity.max(STEPS[known.escalated].1);
                known.escalated += 1;
            }
            if known.escalated > before {
                self.story.push(TransitionKind::Escalated);
            }
        }
    }

    /// Says whether it is possible, as the next ones do.
    pub(super) fn acknowledge(&mut self, key: Key, _: i64) -> bool {
        self.act(key, &[State::Firing, State::Suppressed], |known| {
            (known.state, known.until) = (State::Acknowledged, None);
            TransitionKind::Acknowledged
        })
    }

    pub(super) fn suppress(&mut self, key: Key, until: i64) -> bool {
        let allowed = [State::Firing, State::Acknowledged, State::Suppressed];
        self.act(key, &allowed, |known| {
            (known.state, known.until) = (State::Suppressed, Some(until));
            TransitionKind::Suppressed
        })
    }

    pub(super) fn resolve(&mut self, key: Key, now: i64) -> bool {
        let is_active = self.active.contains_key(&key);
        self.end(key, now);
        is_active
    }

    fn end(&mut self, key: Key, now: i64) {
        if let Some(known) = self.active.remove(&key) {
            self.past.push(Past {
                key,
                known,
                resolved: now,
            });
            self.story.push(TransitionKind::Resolved);
        }
    }

    fn act(
        &mut self,
        key: Key,
        allowed: &[State],
        change: impl FnOnce(&mut Known) -> TransitionKind,
    ) -> bool {
        let known = self.active.get_mut(&key);
        let Some(known) = known.filter(|known| allowed.contains(&known.state)) else {
            return false;
        };
        self.story.push(change(known));
        true
    }

    /// Says whether it is taken.
    pub(super) fn trigger(&mut self, key: Key, now: i64, severity: Severity) -> bool {
        let taken = self.taken.entry(key).or_default();
        let kept = |(when, _): &(i64, Severity)| (now - RATE.1 + 1..=now).contains(when);
        if taken.iter().filter(|one| kept(one)).count() >= RATE.0
            && taken.iter().any(|one| kept(one) && one.1 >= severity)
        {
            self.dropped += 1;
            return false;
        }
        taken.retain(kept);
        taken.push((now, severity));
        match self.active.get_mut(&key) {
            Some(known) => {
                let is_raised = severity > known.severity;
                known.severity = known.severity.max(severity);
                known.occurrences += 1;
                known.seen = now;
                if known.state == State::Pending {
                    (known.state, known.fired) = (State::Firing, Some(now));
                    self.story.push(TransitionKind::Fired);
                } else if is_raised {
                    self.story.push(TransitionKind::Raised);
                }
            }
            None => {
                self.active
                    .insert(key, Known::new(State::Firing, severity, false, now));
                self.story.push(TransitionKind::Opened);
            }
        }
        true
    }
}

fn escalates(known: &Known, now: i64) -> bool {
    let waits = matches!(known.state, State::Firing | State::Suppressed);
    let next = STEPS.get(known.escalated).zip(known.fired);
    known.by_rule && waits && next.is_some_and(|(step, fired)| fired + step.0 <= now)
}
