//! Whether a watched query must run again.

use std::task::{Context, Poll, Waker};

use crate::authorizer::Facts;
use crate::changes::Watcher;
use crate::job::wake;
use crate::sync::{Arc, Mutex, lock};

/// What a watch does next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Its rows may have changed.
    Run,
    /// There will be no commit any more.
    End,
}

/// Between the connections that commit and the one who watches.
#[derive(Default)]
pub(super) struct Signal(Mutex<State>);

#[derive(Default)]
struct State {
    is_clean: bool,
    is_ended: bool,
    /// `None` until the query was compiled: then every table counts.
    facts: Option<Arc<Facts>>,
    waker: Option<Waker>,
}

impl State {
    fn concerns(&self, is_touched: Option<&dyn Fn(&str) -> bool>) -> bool {
        match (is_touched, &self.facts) {
            (Some(is_touched), Some(facts)) => facts.reads.iter().any(|table| is_touched(table)),
            _ => true,
        }
    }
}

impl Signal {
    /// From here on commits to the tables in `facts` count.
    pub(super) fn look_at(&self, facts: &Arc<Facts>) {
        lock(&self.0).facts = Some(facts.clone());
    }

    pub(super) fn set_dirty(&self) {
        self.change(|state| state.is_clean = false);
    }

    /// Waits until the query must run, and counts it as run from here on: a commit that comes while it runs makes it
    /// run once more.
    pub(super) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Next> {
        let mut state = lock(&self.0);
        if state.is_ended {
            return Poll::Ready(Next::End);
        }
        if !std::mem::replace(&mut state.is_clean, true) {
            return Poll::Ready(Next::Run);
        }
        match &mut state.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        Poll::Pending
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = lock(&self.0);
        change(&mut state);
        let waker = state.waker.take();
        drop(state);
        wake(waker);
    }
}

impl Watcher for Signal {
    fn notice(&self, is_touched: Option<&dyn Fn(&str) -> bool>) {
        let is_concerned = lock(&self.0).concerns(is_touched);
        if is_concerned {
            self.set_dirty();
        }
    }

    fn end(&self) {
        self.change(|state| state.is_ended = true);
    }
}

#[cfg(not(feature = "shuttle"))]
#[cfg(test)]
mod tests;
