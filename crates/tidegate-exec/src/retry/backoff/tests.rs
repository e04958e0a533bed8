//! Delays stay within their bounds, grow as they should, and end when they must.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const SECOND: Duration = Duration::from_secs(1);
const FOREVER: Duration = Duration::MAX;

fn seconds(backoff: &Backoff) -> Vec<f64> {
    let delays = backoff.delays(|| 0.5);
    delays.map(|delay| delay.as_secs_f64()).collect()
}

fn patient(backoff: Backoff) -> Backoff {
    backoff
        .max_elapsed(FOREVER)
        .max_attempts(6)
        .max_delay(10 * SECOND)
}

#[test]
fn delays_grow_as_their_name_says() {
    let check = |backoff: Backoff, expected: &[f64]| {
        assert_eq!(seconds(&patient(backoff.clone())), expected, "{backoff:?}");
    };
    let fixed = Backoff::fixed(SECOND).jitter(Jitter::None);
    let linear = Backoff::linear(SECOND * 3).jitter(Jitter::None);
    let exponential = Backoff::exponential(SECOND).jitter(Jitter::None);
    check(fixed.clone(), &[1.0, 1.0, 1.0, 1.0, 1.0]);
    check(linear.clone(), &[3.0, 6.0, 9.0, 10.0, 10.0]);
    check(exponential.clone(), &[1.0, 2.0, 4.0, 8.0, 10.0]);
    check(
        exponential.clone().factor(3.0),
        &[1.0, 3.0, 9.0, 10.0, 10.0],
    );
    check(fixed.jitter(Jitter::Full), &[0.5, 0.5, 0.5, 0.5, 0.5]);
    check(linear.jitter(Jitter::Equal), &[2.25, 4.5, 6.75, 7.5, 7.5]);
}

#[test]
fn attempts_and_time_run_out() {
    let backoff = Backoff::fixed(SECOND)
        .jitter(Jitter::None)
        .max_attempts(3)
        .max_elapsed(10 * SECOND);
    let check = |attempts, elapsed, retry_after, expected| {
        let tried = Tried {
            attempts,
            elapsed: elapsed * SECOND,
            retry_after,
        };
        assert_eq!(backoff.next_delay(tried, 0.0), expected, "{tried:?}");
    };
    check(0, 0, None, Ok(SECOND));
    check(1, 0, None, Ok(SECOND));
    check(2, 9, None, Ok(SECOND));
    check(2, 10, None, Err(Exhausted::Elapsed));
    check(3, 0, None, Err(Exhausted::Attempts));
    check(u32::MAX, 0, None, Err(Exhausted::Attempts));
    check(1, 0, Some(7 * SECOND), Ok(7 * SECOND));
    check(1, 4, Some(7 * SECOND), Err(Exhausted::Elapsed));
    check(1, 0, Some(SECOND / 2), Ok(SECOND));
    check(1, 0, Some(FOREVER), Err(Exhausted::Elapsed));
}

#[test]
fn the_longest_delays_can_be_told_one_after_the_other() {
    let longest = Backoff::fixed(Duration::MAX)
        .max_elapsed(Duration::MAX)
        .jitter(Jitter::None)
        .max_attempts(4);
    assert_eq!(longest.delays(|| 0.0).count(), 3);
}

#[test]
fn a_hint_goes_beyond_the_longest_delay() {
    let backoff = Backoff::fixed(SECOND)
        .max_delay(2 * SECOND)
        .max_elapsed(FOREVER);
    let tried = Tried {
        attempts: 1,
        retry_after: Some(60 * SECOND),
        ..Tried::default()
    };
    assert_eq!(backoff.next_delay(tried, 1.0), Ok(60 * SECOND));
}

#[test]
fn a_bad_setting_is_refused_by_its_name() {
    let check = |backoff: Backoff, name: &str| {
        let error = backoff.validate().unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{name}`")), "{error}");
    };
    Backoff::default().validate().unwrap();
    Backoff::fixed(3_600 * SECOND).validate().unwrap();
    check(Backoff::default().max_attempts(0), "max_attempts");
    check(Backoff::default().factor(0.9), "factor");
    check(Backoff::default().factor(f64::NAN), "factor");
    check(Backoff::default().factor(f64::INFINITY), "factor");
    check(Backoff::fixed(SECOND).max_delay(SECOND / 2), "first_delay");
}

#[test]
fn it_is_read_from_a_configuration() {
    let text =
        json!({"growth": "linear", "first_delay": "2s", "jitter": "equal", "max_elapsed": "1h"});
    let read: Backoff = serde_json::from_value(text).unwrap();
    let expected = Backoff::linear(2 * SECOND)
        .jitter(Jitter::Equal)
        .max_elapsed(3_600 * SECOND);
    assert_eq!(read, expected);
    let error = serde_json::from_value::<Backoff>(json!({"frist_delay": "2s"})).unwrap_err();
    assert!(error.to_string().contains("frist_delay"), "{error}");
}

fn backoffs() -> impl Strategy<Value = Backoff> {
    let growths = prop_oneof![
        Just(Growth::Fixed),
        Just(Growth::Linear),
        Just(Growth::Exponential)
    ];
    let jitters = prop_oneof![Just(Jitter::None), Just(Jitter::Full), Just(Jitter::Equal)];
    let times = (any::<u64>(), any::<u64>(), any::<u64>());
    (growths, jitters, times, any::<f64>(), 0u32..50).prop_map(
        |(growth, jitter, (first, max, elapsed), factor, attempts)| Backoff {
            growth,
            first_delay: Duration::from_nanos(first),
            factor,
            max_delay: Duration::from_nanos(max),
            jitter,
            max_attempts: attempts,
            max_elapsed: Duration::from_nanos(elapsed),
        },
    )
}

fn tried() -> impl Strategy<Value = Tried> {
    (0u32..60, any::<u64>(), prop::option::of(any::<u64>())).prop_map(
        |(attempts, elapsed, hint)| Tried {
            attempts,
            elapsed: Duration::from_nanos(elapsed),
            retry_after: hint.map(Duration::from_nanos),
        },
    )
}

proptest! {
    /// For any settings whatsoever, and any random number.
    #[test]
    fn a_delay_keeps_its_bounds(backoff in backoffs(), tried in tried(), random in any::<f64>()) {
        match backoff.next_delay(tried, random) {
            Ok(delay) => {
                let hint = tried.retry_after.unwrap_or_default();
                prop_assert!(tried.attempts < backoff.max_attempts);
                prop_assert!(tried.elapsed + delay <= backoff.max_elapsed);
                prop_assert!(delay >= hint);
                prop_assert!(delay <= backoff.max_delay.max(hint));
            }
            Err(Exhausted::Attempts) => prop_assert!(tried.attempts >= backoff.max_attempts),
            Err(Exhausted::Elapsed) => prop_assert!(tried.attempts < backoff.max_attempts),
        }
    }

    #[test]
    fn delays_never_shrink_without_jitter(backoff in backoffs(), attempts in 1u32..u32::MAX) {
        prop_assert!(backoff.full_delay(attempts) <= backoff.full_delay(attempts + 1));
    }

    #[test]
    fn jitter_takes_all_or_half_at_most(backoff in backoffs(), delay in any::<u64>(), random in 0.0..=1.0) {
        let delay = Duration::from_nanos(delay);
        let spread = backoff.spread(delay, random);
        let least = match backoff.jitter {
            Jitter::None => delay,
            Jitter::Equal => delay / 2,
            Jitter::Full => Duration::ZERO,
        };
        // A double has no room for all nanoseconds of centuries.
        let rounding = Duration::from_micros(10);
        prop_assert!(spread <= delay && spread + rounding >= least, "{spread:?} of {delay:?}");
    }

    #[test]
    fn the_iterator_says_what_the_function_says(backoff in backoffs(), random in 0.0..1.0) {
        let mut elapsed = Duration::ZERO;
        let mut attempts = 0;
        for delay in backoff.delays(|| random) {
            attempts += 1;
            let tried = Tried { attempts, elapsed, retry_after: None };
            prop_assert_eq!(backoff.next_delay(tried, random), Ok(delay));
            elapsed += delay;
        }
        prop_assert!(attempts < backoff.max_attempts.max(1));
    }
}
