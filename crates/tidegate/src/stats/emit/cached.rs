//! Handles that are kept for a while, because asking a recorder for one takes far longer than using it.

use metrics::{Counter, Histogram, Key, with_recorder};

use super::{METADATA, counter};

/// How often a handle is used before it is asked for again.
///
/// A handle got before the program installed its recorder leads nowhere for ever. With this limit, a recorder that is
/// installed late misses so many values per connection and figure at most.
const USES: u8 = 64;

#[derive(Debug)]
pub(super) struct Cached<H> {
    handle: Option<H>,
    uses_left: u8,
}

impl<H> Default for Cached<H> {
    fn default() -> Self {
        Self {
            handle: None,
            uses_left: 0,
        }
    }
}

impl<H: Handle> Cached<H> {
    /// The handle for `key`, which is the same one every time.
    pub(super) fn get(&mut self, key: &Key) -> &H {
        if self.uses_left == 0 {
            self.handle = None;
            self.uses_left = USES;
        }
        self.uses_left -= 1;
        self.handle.get_or_insert_with(|| H::register(key))
    }
}

pub(super) trait Handle {
    fn register(key: &Key) -> Self;
}

impl Handle for Counter {
    fn register(key: &Key) -> Self {
        counter(key)
    }
}

impl Handle for Histogram {
    fn register(key: &Key) -> Self {
        with_recorder(|recorder| recorder.register_histogram(key, &METADATA))
    }
}
