//! Random operations over clocks that jump both ways, compared with a simple model in memory.

mod known;
mod memory;

use proptest::prelude::*;
use tidegate_stores::alerts::{self, Escalation, Rule, Settings, Severity, Trigger};
use tidegate_stores::{ErrorKind, Id};

use super::{
    acknowledge, active, escalate, evaluate, high, labels, measure, read, resolve, seconds,
    set_rules, suppress, trigger, with, write,
};
use crate::support::{TestDb, at, open};
use known::{Key, Known};
use memory::Memory;

#[derive(Clone, Debug)]
enum Step {
    Measure(usize, f64),
    /// Makes the rule's alert of a host fire, if nothing holds it back.
    Breach(usize),
    Wait(i64),
    Evaluate,
    Escalate(usize),
    Acknowledge(Key),
    Suppress(Key, i64),
    Resolve(Key),
    Trigger(Key, Severity),
    Restart,
}

fn key() -> impl Strategy<Value = Key> {
    (any::<bool>(), 0..2_usize).prop_map(|(of_rule, host)| Key { of_rule, host })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0..2_usize, prop_oneof![Just(0.0), Just(2.0)]).prop_map(|(n, value)| Step::Measure(n, value)),
        4 => (0..2_usize).prop_map(Step::Breach),
        // Tens meet the durations of the rule exactly.
        6 => (1..7_i64).prop_map(|tens| Step::Wait(tens * 10)),
        3 => (1..45_i64).prop_map(Step::Wait),
        2 => (-6..0_i64).prop_map(|tens| Step::Wait(tens * 10)),
        1 => prop_oneof![Just(100_000_i64), Just(-100_000)].prop_map(Step::Wait),
        10 => Just(Step::Evaluate),
        6 => (1..4_usize).prop_map(Step::Escalate),
        2 => key().prop_map(Step::Acknowledge),
        3 => (key(), 1..100_i64).prop_map(|(key, after)| Step::Suppress(key, after)),
        3 => key().prop_map(Step::Resolve),
        4 => (key(), 0..4_usize).prop_map(|(key, n)| Step::Trigger(key, Severity::ALL[n])),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..80)
}

/// The rule that the model knows, too: see [`memory`].
fn rule() -> Rule {
    let step = |after, severity| Escalation {
        after: seconds(after),
        severity: Some(severity),
        targets: Vec::new(),
    };
    with(high(), |rule| {
        rule.hold = seconds(30);
        rule.keep_firing_for = seconds(40);
        rule.cooldown = seconds(50);
        rule.escalation = vec![step(60, Severity::Critical), step(120, Severity::Emergency)];
    })
}

struct Run {
    db: TestDb,
    now: i64,
    memory: Memory,
}

impl Run {
    fn new() -> Self {
        let db = open();
        set_rules(&db, at(0), vec![rule()]);
        let mut settings = Settings::default();
        (settings.rate_occurrences, settings.rate_window) = (3, seconds(100));
        write(&db, move |tx| alerts::set_settings(tx, settings)).unwrap();
        let (now, memory) = (0, Memory::default());
        Self { db, now, memory }
    }

    fn take(mut self, step: Step) -> Self {
        let (now, at_now) = (self.now, at(self.now));
        match step {
            Step::Wait(seconds) => self.now += seconds,
            Step::Breach(host) => {
                let wait = [Step::Wait(30), Step::Measure(host, 2.0), Step::Evaluate];
                let start = [Step::Measure(host, 2.0), Step::Evaluate];
                return start.into_iter().chain(wait).fold(self, Self::take);
            }
            Step::Restart => self.db = self.db.reopened(),
            Step::Measure(host, value) => {
                measure(&self.db, at_now, &host.to_string(), value);
                self.memory.samples.insert((host, now), value);
            }
            Step::Evaluate => {
                evaluate(&self.db, at_now);
                self.memory.evaluate(now);
            }
            Step::Escalate(budget) => {
                escalate(&self.db, at_now, budget);
                self.memory.escalate(now);
            }
            Step::Acknowledge(key) => self.act(key, Memory::acknowledge, |db, id| {
                acknowledge(db, at_now, id).map(drop)
            }),
            Step::Suppress(key, after) => self.act(
                key,
                |memory, key, _| memory.suppress(key, now + after),
                |db, id| suppress(db, at_now, id, at(now + after)).map(drop),
            ),
            Step::Resolve(key) => {
                self.act(key, Memory::resolve, |db, id| {
                    resolve(db, at_now, id).map(drop)
                });
            }
            Step::Trigger(key, severity) => {
                let mut one = Trigger::new(key.name(), severity, "", "test");
                one.labels = labels([("host", &key.host.to_string())]);
                let taken = trigger(&self.db, at_now, one).alert().is_some();
                assert_eq!(taken, self.memory.trigger(key, now, severity));
            }
        }
        self
    }

    /// Does something with the active alert of a key, if there is one, in the database and in the model.
    fn act(
        &mut self,
        key: Key,
        in_memory: impl FnOnce(&mut Memory, Key, i64) -> bool,
        in_database: impl FnOnce(&TestDb, Id) -> tidegate_stores::Result<()>,
    ) {
        let found = active(&self.db);
        let Some(alert) = found.iter().find(|alert| Key::of(alert) == key) else {
            return;
        };
        match in_database(&self.db, alert.id) {
            Ok(()) => assert!(in_memory(&mut self.memory, key, self.now)),
            Err(error) => {
                assert_eq!(
                    (error.kind(), error.found()),
                    (ErrorKind::Conflict, Some(alert.state.as_str()))
                );
                assert!(!in_memory(&mut self.memory, key, self.now));
            }
        }
    }

    fn compare(&self) {
        let found = active(&self.db);
        assert_eq!(
            found.len(),
            self.memory.active.len(),
            "{found:#?} {:#?}",
            self.memory.active
        );
        for alert in &found {
            let expected = &self.memory.active[&Key::of(alert)];
            assert_eq!(&Known::of(alert), expected, "at {}", self.now);
        }
        assert_eq!(
            read(&self.db, alerts::dropped).unwrap(),
            self.memory.dropped
        );
    }

    /// The whole story, number by number.
    fn compare_stories(&self) {
        let tail = read(&self.db, |tx| alerts::transitions_after(tx, 0, 1_000)).unwrap();
        assert_eq!((tail.missed, tail.more), (0, false));
        let told = tail.transitions.iter().map(|one| one.kind);
        assert_eq!(told.len(), self.memory.story.len());
        for (transition, seq) in tail.transitions.iter().zip(1..) {
            assert_eq!(transition.seq, seq);
        }
        // Those of one step come in any order.
        let sorted = |kinds: &mut dyn Iterator<Item = alerts::TransitionKind>| {
            let mut kinds: Vec<_> = kinds.collect();
            kinds.sort_unstable();
            kinds
        };
        let mut expected = self.memory.story.iter().copied();
        assert_eq!(sorted(&mut told.into_iter()), sorted(&mut expected));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn alerts_are_what_the_model_says(steps in steps()) {
        let mut run = Run::new();
        for step in steps {
            run = run.take(step);
            run.compare();
        }
        run.compare_stories();
    }
}
