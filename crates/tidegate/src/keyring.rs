//! The key that holds now, and which connections were opened with it.
//!
//! A new key makes every open connection useless, so the pages are encrypted anew while no connection reads: each has a
//! pass while it works. Afterwards its generation is an older one, which it learns when it asks for its next pass.

#[cfg(feature = "encryption")]
use std::time::Duration;

#[cfg(feature = "encryption")]
use crate::error::{Error, Result};
#[cfg(feature = "encryption")]
use crate::key::Key;
use crate::lane::Assigned;
use crate::options::Options;
#[cfg(feature = "encryption")]
use crate::sync::{Condvar, Mutex, MutexGuard, lock};

/// Why a connection thread stops serving with its connection.
pub(crate) enum Ended {
    /// The lane is closed and empty.
    Closed,
    /// The key is another one now. The job, if there is one, is for the next connection.
    Stale(Option<Assigned>),
}

/// Counts the keys that a database had since it was opened.
pub(crate) type Generation = u64;

/// Without encryption there is nothing to count.
#[cfg(not(feature = "encryption"))]
pub(crate) struct Keyring;

#[cfg(not(feature = "encryption"))]
pub(crate) struct Pass;

#[cfg(not(feature = "encryption"))]
impl Keyring {
    pub(crate) fn new(_: &Options) -> Self {
        Self
    }

    /// The right to work with a connection of a generation.
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "with encryption, both are needed"
    )]
    pub(crate) fn pass(&self, _: Generation) -> Option<Pass> {
        Some(Pass)
    }

    /// The options for a connection that is opened now, its generation, and the right to open it.
    #[expect(clippy::unused_self, reason = "with encryption, it is needed")]
    pub(crate) fn admit(&self, options: &Options) -> (Options, Generation, Pass) {
        (options.clone(), 0, Pass)
    }

    /// The options with the key that holds now.
    #[expect(clippy::unused_self, reason = "with encryption, it is needed")]
    pub(crate) fn renew(&self, options: &Options) -> Options {
        options.clone()
    }

    /// Whether a connection that no `drain` waits for is of an older generation.
    #[expect(clippy::unused_self, reason = "with encryption, it is needed")]
    pub(crate) fn is_stale(&self, _: Generation) -> bool {
        false
    }
}

/// How often a waiting `drain` looks whether it shall wait on.
#[cfg(feature = "encryption")]
const LOOK_EVERY: Duration = Duration::from_millis(5);

#[cfg(feature = "encryption")]
pub(crate) struct Keyring {
    /// A plain database has no key to change, and its connections need no pass.
    is_keyed: bool,
    state: Mutex<State>,
    changed: Condvar,
}

#[cfg(feature = "encryption")]
struct State {
    key: Option<Key>,
    generation: Generation,
    passes: usize,
    is_draining: bool,
}

/// The right to work with a connection, given back when dropped.
#[cfg(feature = "encryption")]
pub(crate) struct Pass<'k>(Option<&'k Keyring>);

/// Nobody works with any connection as long as this lives.
#[cfg(feature = "encryption")]
pub(crate) struct Drained<'k>(&'k Keyring);

#[cfg(feature = "encryption")]
impl Keyring {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            is_keyed: options.key.is_some(),
            state: Mutex::new(State {
                key: options.key.clone(),
                generation: 0,
                passes: 0,
                is_draining: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// The right to work with a connection of a generation; `None` if the key is another one now. Waits while the key
    /// is being changed.
    pub(crate) fn pass(&self, generation: Generation) -> Option<Pass<'_>> {
        if !self.is_keyed {
            return Some(Pass(None));
        }
        let mut state = self.wait_while_draining();
        if state.generation != generation {
            return None;
        }
        state.passes += 1;
        Some(Pass(Some(self)))
    }

    /// The options for a connection that is opened now, its generation, and the right to open it.
    pub(crate) fn admit(&self, options: &Options) -> (Options, Generation, Pass<'_>) {
        let mut options = options.clone();
        if !self.is_keyed {
            return (options, 0, Pass(None));
        }
        let mut state = self.wait_while_draining();
        state.passes += 1;
        options.key = state.key.clone();
        (options, state.generation, Pass(Some(self)))
    }

    /// The options with the key that holds now, for one who has a pass or has drained.
    pub(crate) fn renew(&self, options: &Options) -> Options {
        let mut options = options.clone();
        options.key = lock(&self.state).key.clone();
        options
    }

    pub(crate) fn is_keyed(&self) -> bool {
        self.is_keyed
    }

    /// Whether a connection that no `drain` waits for is of an older generation.
    pub(crate) fn is_stale(&self, generation: Generation) -> bool {
        self.is_keyed && lock(&self.state).generation != generation
    }

    /// Waits until nobody has a pass, and gives out none from now on.
    ///
    /// # Errors
    /// What `go_on` gives; then everybody may work again.
    pub(crate) fn drain(&self, go_on: impl Fn() -> Result<()>) -> Result<Drained<'_>> {
        let mut state = lock(&self.state);
        if state.is_draining {
            return Err(Error::busy("the key is being changed already"));
        }
        state.is_draining = true;
        let drained = Drained(self);
        while state.passes > 0 {
            state = self
                .changed
                .wait_timeout(state, LOOK_EVERY)
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .0;
            if let Err(error) = go_on() {
                drop(state);
                return Err(error);
            }
        }
        drop(state);
        Ok(drained)
    }

    fn wait_while_draining(&self) -> MutexGuard<'_, State> {
        let mut state = lock(&self.state);
        while state.is_draining {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(std::sync::PoisonError::into_inner);
        }
        state
    }
}

#[cfg(feature = "encryption")]
impl Drained<'_> {
    /// Makes every connection an older one.
    pub(crate) fn replace(&self, key: Key) {
        let mut state = lock(&self.0.state);
        state.key = Some(key);
        state.generation += 1;
    }
}

#[cfg(feature = "encryption")]
impl Drop for Drained<'_> {
    fn drop(&mut self) {
        lock(&self.0.state).is_draining = false;
        self.0.changed.notify_all();
    }
}

#[cfg(feature = "encryption")]
impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if let Some(keyring) = self.0 {
            lock(&keyring.state).passes -= 1;
            keyring.changed.notify_all();
        }
    }
}
