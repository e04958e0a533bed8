//! The orders of whoever reads or writes a blob, and their answers, one at a time.

use std::ops::Deref;
use std::sync::PoisonError;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::job::wake;
use crate::sync::{Arc, Condvar, Mutex, lock};

/// What the connection's thread is asked to do.
pub(super) enum Order {
    Read { at: usize, len: usize },
    Write { at: usize, bytes: Vec<u8> },
}

/// What the connection's thread finds.
pub(super) enum Taken {
    Order(Order),
    /// Nobody will order anything any more.
    Finished,
    /// The blob was closed from outside.
    Ended,
    TimedOut,
}

#[derive(Default)]
struct State {
    order: Option<Order>,
    answer: Option<Vec<u8>>,
    finished: bool,
    end: Option<Error>,
    waker: Option<Waker>,
}

#[derive(Default)]
pub(super) struct Exchange {
    state: Mutex<State>,
    changed: Condvar,
}

/// The end of the side that orders. Whoever drops it, the connection is freed, after the last order.
pub(super) struct OrderingEnd(Arc<Exchange>);

impl OrderingEnd {
    pub(super) fn of(exchange: Arc<Exchange>) -> Self {
        Self(exchange)
    }
}

impl Deref for OrderingEnd {
    type Target = Exchange;

    fn deref(&self) -> &Exchange {
        &self.0
    }
}

impl Drop for OrderingEnd {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Exchange {
    // The side that orders.

    /// Leaves an order. The one before it must have been answered.
    pub(super) fn order(&self, order: Order) {
        lock(&self.state).order = Some(order);
        self.changed.notify_one();
    }

    /// The bytes that were read, or the buffer of those that were written; the reason if there will be none.
    pub(super) fn poll_answer(&self, cx: &mut Context<'_>) -> Poll<Result<Vec<u8>>> {
        let mut state = lock(&self.state);
        if let Some(bytes) = state.answer.take() {
            return Poll::Ready(Ok(bytes));
        }
        if let Some(error) = &state.end {
            return Poll::Ready(Err(error.duplicate()));
        }
        match &mut state.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        Poll::Pending
    }

    /// Frees the connection, after the last order.
    pub(super) fn finish(&self) {
        lock(&self.state).finished = true;
        self.changed.notify_one();
    }

    // The connection's side.

    pub(super) fn take(&self, until: Option<Instant>) -> Taken {
        let mut state = lock(&self.state);
        loop {
            if state.end.is_some() {
                return Taken::Ended;
            }
            if let Some(order) = state.order.take() {
                return Taken::Order(order);
            }
            if state.finished {
                return Taken::Finished;
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            state = match left {
                Some(Duration::ZERO) => return Taken::TimedOut,
                Some(left) => {
                    let waited = self.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => {
                    let waited = self.changed.wait(state);
                    waited.unwrap_or_else(PoisonError::into_inner)
                }
            };
        }
    }

    pub(super) fn answer(&self, bytes: Vec<u8>) {
        self.change(|state| state.answer = Some(bytes));
    }

    /// Answers everything from here on with `reason`.
    pub(super) fn end(&self, reason: Error) {
        self.change(|state| {
            state.end.get_or_insert(reason);
        });
        self.changed.notify_one();
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = lock(&self.state);
        change(&mut state);
        let waker = state.waker.take();
        drop(state);
        wake(waker);
    }
}
