//! Tests of waiting and of the thread list.

use super::*;
use std::sync::mpsc;

#[test]
fn waits_for_the_event_and_gives_up_at_the_limit() {
    let mut looks = 0;
    assert!(wait_until(Duration::from_secs(10), || {
        looks += 1;
        looks == 3
    }));
    assert!(!wait_until(Duration::from_millis(3), || false));
}

#[test]
fn lists_threads_by_prefix_while_they_live() {
    let (stop, stopped) = mpsc::channel::<()>();
    let thread = thread::Builder::new()
        .name("waiting-for-end-of-test".into())
        .spawn(move || stopped.recv())
        .expect("spawns");
    // A thread sets its name itself, once it runs.
    assert!(wait_until(Duration::from_secs(10), || {
        threads_named("waiting-for-end-of-test") == ["waiting-for-end"]
    }));
    drop(stop);
    thread
        .join()
        .expect("joins")
        .expect_err("the sender is gone");
    assert!(wait_until(Duration::from_secs(10), || threads_named(
        "waiting-for"
    )
    .is_empty()));
}
