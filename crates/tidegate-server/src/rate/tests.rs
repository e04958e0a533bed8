//! Tests of the rate limit.

use proptest::prelude::*;
use tidegate_stores::Timestamp;

use super::*;

#[test]
fn a_burst_is_taken_and_then_the_rate() {
    let (limiter, key, start) = (
        RateLimiter::default(),
        Id::new(Timestamp::MIN),
        Instant::now(),
    );
    let count = |after_ms: u64| limiter.count(key, start + Duration::from_millis(after_ms), 10, 3);
    assert_eq!((count(0), count(0), count(0)), (Ok(()), Ok(()), Ok(())));
    assert_eq!(count(0), Err(Duration::from_millis(100)));
    assert_eq!(count(60), Err(Duration::from_millis(40)));
    assert_eq!(count(100), Ok(()));
    assert!(count(100).is_err());
    assert_eq!(
        (count(1_000), count(1_000), count(1_000)),
        (Ok(()), Ok(()), Ok(()))
    );
    assert!(count(1_000).is_err());
}

#[test]
fn keys_do_not_share_and_zero_is_no_limit() {
    let (limiter, now) = (RateLimiter::default(), Instant::now());
    let (one, two) = (Id::new(Timestamp::MIN), Id::new(Timestamp::MIN));
    assert!(limiter.count(one, now, 1, 1).is_ok());
    assert!(limiter.count(one, now, 1, 1).is_err());
    assert!(limiter.count(two, now, 1, 1).is_ok());
    assert!(limiter.count(one, now, 0, 1).is_ok());
}

proptest! {
    #[test]
    fn no_window_holds_more_than_burst_and_rate(
        gaps_ms in prop::collection::vec(0_u64..400, 1..200),
        per_second in 1_u32..20,
        burst in 1_u32..10,
    ) {
        let (limiter, key, start) = (RateLimiter::default(), Id::new(Timestamp::MIN), Instant::now());
        let (mut at, mut taken) = (0, Vec::new());
        for gap in gaps_ms {
            at += gap;
            if limiter.count(key, start + Duration::from_millis(at), per_second, burst).is_ok() {
                taken.push(at);
            }
        }
        for (index, from) in taken.iter().enumerate() {
            for (more, to) in taken[index..].iter().enumerate() {
                let allowed = f64::from(burst) + (to - from) as f64 / 1_000.0 * f64::from(per_second);
                prop_assert!((more + 1) as f64 <= allowed + 1e-6);
            }
        }
    }
}
