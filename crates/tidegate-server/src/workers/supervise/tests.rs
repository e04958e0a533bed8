//! Tests of the waiting after failures.

use super::*;

#[test]
fn the_wait_doubles_up_to_a_limit() {
    assert_eq!(backoff(1), BACKOFF_MIN);
    assert_eq!(backoff(2), 2 * BACKOFF_MIN);
    assert_eq!(backoff(3), 4 * BACKOFF_MIN);
    assert_eq!(backoff(9), BACKOFF_MAX);
    assert_eq!(backoff(u32::MAX), BACKOFF_MAX);
}
