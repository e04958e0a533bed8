//! Permits, the one probe among many callers, and which targets are forgotten.

use std::sync::Barrier;
use std::thread;

use super::*;
use crate::error::ErrorKind;

const OPEN: Duration = Duration::from_secs(10);

fn policy() -> BreakerPolicy {
    BreakerPolicy::default()
        .consecutive_failures(1)
        .open_for(OPEN)
}

fn opened(now: Instant) -> Breaker {
    let breaker = Breaker::new(policy()).unwrap();
    breaker.admit(now).unwrap().failure(now);
    breaker
}

#[test]
fn among_concurrent_callers_one_is_the_probe() {
    const CALLERS: usize = 16;
    let start = Instant::now();
    for round in 0..200 {
        let breaker = opened(start);
        let barrier = Barrier::new(CALLERS);
        let ask = || {
            barrier.wait();
            breaker.admit(start + OPEN)
        };
        let answers: Vec<_> = thread::scope(|scope| {
            let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(ask)).collect();
            callers
                .into_iter()
                .map(|caller| caller.join().unwrap())
                .collect()
        });
        let refused = answers
            .iter()
            .filter(|answer| answer.as_ref().err() == Some(&Refused::Probing));
        assert_eq!(refused.count(), CALLERS - 1, "round {round}");
    }
}

#[test]
fn a_dropped_permit_counts_as_neither() {
    let now = Instant::now();
    let closed = Breaker::new(policy().consecutive_failures(2)).unwrap();
    closed.admit(now).unwrap().failure(now);
    drop(closed.admit(now).unwrap());
    let snapshot = closed.snapshot(now);
    assert_eq!(
        (snapshot.consecutive_failures, snapshot.window_calls),
        (1, 1)
    );

    let half_open = opened(now);
    let later = now + OPEN;
    let probe = half_open.admit(later).unwrap();
    assert_eq!(half_open.admit(later).unwrap_err(), Refused::Probing);
    drop(probe);
    half_open.admit(later).unwrap().success(later);
    assert_eq!(half_open.snapshot(later).state, BreakerState::Closed);
}

#[test]
fn a_late_verdict_of_an_earlier_state_is_ignored() {
    let now = Instant::now();
    let breaker = Breaker::new(policy()).unwrap();
    let slow = breaker.admit(now).unwrap();
    breaker.admit(now).unwrap().failure(now);
    let later = now + OPEN;
    let probe = breaker.admit(later).unwrap();
    slow.success(later);
    assert_eq!(breaker.snapshot(later).state, BreakerState::HalfOpen);
    let slow = probe;
    breaker.reset();
    slow.failure(later);
    assert_eq!(breaker.snapshot(later).state, BreakerState::Closed);
}

#[test]
fn each_failed_probe_makes_it_wait_longer() {
    let mut now = Instant::now();
    let breaker = Breaker::new(policy().open_growth(3.0).open_max(OPEN * 5)).unwrap();
    for factor in [1, 3, 5, 5] {
        breaker.admit(now).unwrap().failure(now);
        let retry_in = breaker.admit(now).unwrap_err().retry_in();
        assert_eq!(retry_in, Some(OPEN * factor));
        now += OPEN * factor;
    }
    breaker.admit(now).unwrap().success(now);
    breaker.admit(now).unwrap().failure(now);
    assert_eq!(breaker.snapshot(now).retry_in, Some(OPEN));
    assert_eq!(breaker.snapshot(now).refused_calls, 4);
}

#[test]
fn a_bad_policy_is_refused_by_its_name() {
    let zero = Duration::ZERO;
    let default = BreakerPolicy::default;
    for (name, policy) in [
        ("consecutive_failures", default().consecutive_failures(0)),
        ("failure_ratio", default().failure_ratio(0.0)),
        ("failure_ratio", default().failure_ratio(1.1)),
        ("failure_ratio", default().failure_ratio(f64::NAN)),
        ("minimum_calls", default().minimum_calls(0)),
        ("window", default().window(zero)),
        ("open_for", default().open_for(zero)),
        ("open_growth", default().open_growth(0.5)),
        ("open_growth", default().open_growth(f64::INFINITY)),
        ("open_max", default().open_max(zero)),
        ("open_max", default().open_max(Duration::MAX)),
    ] {
        let error = Breaker::new(policy).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(
            error.to_string().starts_with(&format!("`{name}`")),
            "{error}"
        );
    }
    assert_eq!(
        Breakers::new(default(), 0).unwrap_err().kind(),
        ErrorKind::Invalid
    );
}

#[test]
fn a_policy_is_read_from_a_configuration() {
    let text = serde_json::json!({"open_for": "10s", "consecutive_failures": 1});
    assert_eq!(
        serde_json::from_value::<BreakerPolicy>(text).unwrap(),
        policy()
    );
}

fn targets(breakers: &Breakers) -> Vec<String> {
    let snapshot = breakers.snapshot(Instant::now());
    snapshot.into_iter().map(|(target, _)| target).collect()
}

#[test]
fn targets_have_breakers_of_their_own() {
    let now = Instant::now();
    let breakers = Breakers::new(policy(), 10).unwrap();
    breakers.admit("broken", now).unwrap().failure(now);
    breakers.admit("fine", now).unwrap().success(now);
    assert_eq!(
        breakers
            .clone()
            .admit("broken", now)
            .unwrap_err()
            .retry_in(),
        Some(OPEN)
    );
    assert!(breakers.admit("fine", now).is_ok());
    assert!(breakers.reset("broken") && !breakers.reset("unknown"));
    assert!(breakers.admit("broken", now).is_ok());
}

#[test]
fn the_least_missed_target_is_forgotten_for_a_new_one() {
    let now = Instant::now();
    let breakers = Breakers::new(policy(), 3).unwrap();
    breakers.admit("broken", now).unwrap().failure(now);
    let busy = breakers.admit("busy", now).unwrap();
    breakers.admit("old", now).unwrap().success(now);
    breakers.admit("new", now).unwrap().success(now);
    assert_eq!(targets(&breakers), ["broken", "busy", "new"]);
    let newer = breakers.admit("newer", now).unwrap();
    assert_eq!(targets(&breakers), ["broken", "busy", "newer"]);
    let newest = breakers.admit("newest", now).unwrap();
    assert_eq!(targets(&breakers), ["busy", "newer", "newest"]);
    assert_eq!(breakers.admit("too much", now).unwrap_err(), Refused::Full);
    drop((busy, newer, newest));
    assert!(breakers.admit("too much", now).is_ok());
}
