//! Tests of the ticker: it sees what holds its executor up, and takes a busy machine for what it is.

use std::future::poll_fn;
use std::pin::pin;

use super::*;
use crate::poll::block_on;

const PERIOD: Duration = Duration::from_millis(1);

/// Ticks until there are so many, and does `work` on the executor's thread after each.
fn ticks(number: usize, mut work: impl FnMut(usize)) -> Vec<Tick> {
    let (ticker, ticks) = ticker(PERIOD);
    let mut ticker = pin!(ticker);
    block_on(poll_fn(|context| {
        let _ = ticker.as_mut().poll(context);
        let seen = ticks.seen().len();
        work(seen);
        match seen < number {
            true => Poll::Pending,
            false => Poll::Ready(()),
        }
    }));
    ticks.seen()
}

#[test]
fn a_tick_is_held_up_by_its_lag_without_the_wait_for_a_processor() {
    for (lag, processor_wait, held_up) in [(7, 0, 7), (7, 5, 2), (7, 7, 0), (1, 3, 0)] {
        let tick = Tick {
            lag: Duration::from_millis(lag),
            processor_wait: Duration::from_millis(processor_wait),
        };
        assert_eq!(tick.held_up(), Duration::from_millis(held_up), "{tick:?}");
    }
}

#[test]
fn what_blocks_the_executor_is_seen_at_the_tick_after() {
    let blocked = Duration::from_millis(200);
    let seen = ticks(8, |seen| {
        if seen == 4 {
            thread::sleep(blocked);
        }
    });
    // Asked to ring before the block began, the bell does so a period later, or later still on a busy machine.
    let held_up = seen[4].held_up();
    assert!(held_up >= blocked / 2, "{seen:?}");
}

#[test]
fn a_poll_for_another_reason_is_no_tick() {
    let (ticker, ticks) = ticker(Duration::from_secs(3_600));
    let mut ticker = pin!(ticker);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..3 {
        assert!(ticker.as_mut().poll(&mut context).is_pending());
    }
    assert_eq!(ticks.seen(), []);
}

#[test]
fn the_bell_ends_with_the_ticker() {
    let (ticker, ticks) = ticker(PERIOD);
    drop(ticker);
    let is_alone = || Arc::strong_count(&ticks.shared) == 1;
    assert!(crate::wait_until(Duration::from_secs(20), is_alone));
}
