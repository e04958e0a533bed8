//! Who looks for an answer, and who leaves the executor to others.

use std::cell::Cell;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use super::{ALONE, IN_A_ROW, look_for};

struct Task;

impl Wake for Task {
    fn wake(self: Arc<Self>) {}
}

fn task() -> Waker {
    Waker::from(Arc::new(Task))
}

/// Whether a call of this task looks for its answer.
fn looks(task: &Waker, likely: bool) -> bool {
    let looked = Cell::new(false);
    let is_ready = || {
        looked.set(true);
        true
    };
    look_for(is_ready, likely, &Context::from_waker(task));
    looked.get()
}

/// Checks which of as many calls look for their answers.
fn check(callers: &[&Waker], likely: bool, expected: impl Fn(u32) -> bool) {
    for (number, caller) in (0..).zip(callers) {
        assert_eq!(looks(caller, likely), expected(number), "call {number}");
    }
}

#[test]
fn a_task_looks_when_it_has_made_some_calls_alone_and_now_and_then_lets_others_run() {
    let only = task();
    let period = IN_A_ROW;
    check(&[&only; 200], true, |number| {
        number >= ALONE && !(number - ALONE).is_multiple_of(period) || number == ALONE
    });
}

#[test]
fn tasks_that_take_turns_never_look() {
    let (one, other) = (task(), task());
    check(&[&one, &other].repeat(100), true, |_| false);
}

#[test]
fn nobody_looks_for_an_answer_that_will_take_its_time() {
    let only = task();
    check(&[&only; 100], false, |_| false);
}

#[test]
fn looking_has_an_end() {
    let only = task();
    let cx = Context::from_waker(&only);
    for _ in 0..=ALONE {
        look_for(|| false, true, &cx);
    }
}
