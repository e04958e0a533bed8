//! What a connection thread takes for a sign that callers will come back.

use std::time::Duration;

use super::{After, BURST, LINGER_FOR_ONE};

#[test]
fn a_burst_or_a_short_pause_is_a_sign() {
    let long = LINGER_FOR_ONE;
    let short = LINGER_FOR_ONE / 2;
    let cases = [
        (BURST, long, After::Burst),
        (BURST + 1, short, After::Burst),
        (BURST - 1, short, After::Soon),
        (1, Duration::ZERO, After::Soon),
        (1, long, After::Pause),
        (0, Duration::MAX, After::Pause),
    ];
    for (jobs, free, expected) in cases {
        assert_eq!(After::round(jobs, free), expected, "{jobs} jobs, {free:?}");
    }
}
