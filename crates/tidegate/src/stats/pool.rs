//! A gauge of pooled connections whose parts cannot contradict each other.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

/// Connections of a pool. `active + idle == open` and `open <= max` hold in every snapshot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PoolStats {
    /// Connections there may be.
    pub max: usize,
    /// Connections there are.
    pub open: usize,
    /// Connections that are executing something or are lent out.
    pub active: usize,
    /// Connections that wait for work.
    pub idle: usize,
}

/// Counts active and idle connections in one word, so that no reader sees a connection twice or not at all.
#[derive(Debug)]
pub(crate) struct PoolGauge {
    max: u32,
    /// Active connections in the upper half, idle ones in the lower half.
    word: AtomicU64,
}

const ACTIVE: u64 = 1 << 32;
const IDLE: u64 = 1;

impl PoolGauge {
    pub(crate) const fn new(max: u32) -> Self {
        Self {
            max,
            word: AtomicU64::new(0),
        }
    }

    /// Claims a place for a new connection, which begins active. `false`: there are `max` already.
    pub(crate) fn try_open(&self) -> bool {
        let room = |word| {
            let (active, idle) = halves(word);
            (active + idle < self.max).then(|| word + ACTIVE)
        };
        self.word
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, room)
            .is_ok()
    }

    /// An active connection has run out of work.
    pub(crate) fn rest(&self) {
        self.step(|word| word - ACTIVE + IDLE);
    }

    /// An idle connection has been given work.
    pub(crate) fn wake(&self) {
        self.step(|word| word + ACTIVE - IDLE);
    }

    /// An active connection is gone; an idle one is woken first, to close itself.
    pub(crate) fn close_active(&self) {
        self.step(|word| word - ACTIVE);
    }

    pub(crate) fn stats(&self) -> PoolStats {
        let (active, idle) = halves(self.word.load(Ordering::Acquire));
        PoolStats {
            max: self.max as usize,
            open: (active + idle) as usize,
            active: active as usize,
            idle: idle as usize,
        }
    }

    fn step(&self, change: impl Fn(u64) -> u64) {
        let always = |word| Some(change(word));
        // The closure never refuses, so there is no failure to hand on.
        let _ = self
            .word
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, always);
    }
}

const fn halves(word: u64) -> (u32, u32) {
    ((word >> 32) as u32, word as u32)
}
