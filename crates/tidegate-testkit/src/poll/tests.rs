//! Tests of hand-driven futures.

use super::*;
use std::cell::Cell;
use std::future::{pending, poll_fn, ready};
use std::thread;

/// Pending `times` times, woken by another thread each time.
fn pending_times(mut times: usize) -> impl Future<Output = &'static str> {
    poll_fn(move |cx| {
        if times == 0 {
            return Poll::Ready("done");
        }
        times -= 1;
        let waker = cx.waker().clone();
        thread::spawn(move || waker.wake());
        Poll::Pending
    })
}

#[test]
fn block_on_waits_for_wakes_of_other_threads() {
    assert_eq!(block_on(pending_times(20)), "done");
}

#[test]
fn poll_times_stops_at_its_limit() {
    assert!(matches!(
        poll_times(pending_times(3), 3),
        Polled::Dropped { polls: 3, .. }
    ));
    assert_eq!(
        poll_times(pending_times(3), 4),
        Polled::Ready {
            output: "done",
            polls: 4
        }
    );
    assert_eq!(
        poll_times(ready(7), 0),
        Polled::Dropped { polls: 0, wakes: 0 }
    );
}

#[test]
fn poll_eagerly_needs_no_wake() {
    let polled: Polled<()> = poll_eagerly(pending(), 5);
    assert_eq!(polled, Polled::Dropped { polls: 5, wakes: 0 });
}

#[test]
fn every_drop_point_is_visited_in_order() {
    let mut points = Vec::new();
    let made = Cell::new(0);
    let completed = drop_at_every_poll(
        || {
            made.set(made.get() + 1);
            pending_times(2)
        },
        |point| points.push((point.polls, point.when)),
    );
    use DropWhen::{AfterPoll, AfterWake};
    assert_eq!(
        points,
        [
            (0, AfterPoll),
            (1, AfterPoll),
            (1, AfterWake),
            (2, AfterPoll),
            (2, AfterWake)
        ]
    );
    assert_eq!(
        completed,
        Completed {
            output: "done",
            polls: 3,
            drops: 5
        }
    );
    assert_eq!(made.get(), 6);
}

#[test]
fn a_drop_after_the_wake_saw_the_wake() {
    let polled = drive(pending_times(1), 1, Pace::WhenWoken, DropWhen::AfterWake);
    assert_eq!(polled, Polled::Dropped { polls: 1, wakes: 1 });
}

#[test]
fn a_missing_wake_is_noticed() {
    let wakes = CountingWaker::new();
    assert!(!wakes.wait_beyond(0, Duration::from_millis(5)));
    Waker::from(Arc::clone(&wakes)).wake_by_ref();
    assert!(wakes.wait_beyond(0, Duration::ZERO));
}
