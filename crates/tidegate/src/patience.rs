//! Looking again for an answer that is about to come, instead of going to sleep and being woken for it.

use std::cell::Cell;
use std::task::Context;
use std::time::{Duration, Instant};

/// No poll of a call looks for its answer for longer than this: less than it costs to be put to sleep and woken.
const LOOK_MAX: Duration = Duration::from_micros(15);

/// A task that has made so many calls on this thread, with none of another task between them, has it for itself.
const ALONE: u32 = 8;

/// A task that makes one call after the other, all answered at once, is put to sleep after so many: executors look at
/// their timers and sockets when nothing is left to run.
const IN_A_ROW: u32 = 16;

thread_local! {
    static LAST: Cell<Caller> = const { Cell::new(Caller { task: 0, calls: 0 }) };
}

#[derive(Clone, Copy)]
struct Caller {
    /// What tells one task's waker from another's.
    task: usize,
    /// Calls since another task made one; counted on from `ALONE` once this one has let others run.
    calls: u32,
}

/// Looks for a while whether an answer `is_ready` that is `likely` to come at once. Another task's call is not kept
/// waiting: only where one task makes all the calls does it look, and once in a while not even then.
pub(crate) fn look_for(is_ready: impl Fn() -> bool, likely: bool, cx: &Context<'_>) {
    let task = cx.waker().data() as usize;
    let last = LAST.get();
    let calls = if last.task == task { last.calls + 1 } else { 0 };
    let lets_others_run = calls >= ALONE + IN_A_ROW;
    let calls = if lets_others_run { ALONE } else { calls };
    LAST.set(Caller { task, calls });
    if !likely || calls < ALONE || lets_others_run {
        return;
    }
    let until = Instant::now() + LOOK_MAX;
    while !is_ready() && Instant::now() < until {
        // The connection's thread may wait for this very processor.
        std::thread::yield_now();
    }
}

#[cfg(test)]
mod tests;
