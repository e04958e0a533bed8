//! The places of live connections: no more than there may be.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One connection's place, free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<AtomicUsize>);

impl Place {
    pub(super) fn take(taken: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        let next = |count| (count < most).then_some(count + 1);
        let updated = taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        updated.ok().map(|_| Self(taken.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
