//! Which keys' use is being written down just now: one write for each key at a time, however many requests come.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate_stores::Id;

/// The keys that are being written down.
#[derive(Clone, Debug, Default)]
pub(crate) struct Touches(Arc<Mutex<BTreeSet<Id>>>);

/// One of them, until it is dropped.
#[derive(Debug)]
pub(crate) struct Touching {
    touches: Touches,
    key: Id,
}

impl Touches {
    /// Begins, unless the key is being written down already.
    pub(crate) fn begin(&self, key: Id) -> Option<Touching> {
        let is_first = self.lock().insert(key);
        is_first.then(|| Touching {
            touches: self.clone(),
            key,
        })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<Id>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Touching {
    fn drop(&mut self) {
        self.touches.lock().remove(&self.key);
    }
}
