//! One breaker for each target, up to a number of targets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::{Breaker, BreakerPolicy, BreakerSnapshot, Permit, Refused};
use crate::error::{Error, Result};

/// One [`Breaker`] for each target, up to a number of targets. Clones share them.
///
/// A target that is new when there is no room takes the place of the one that was asked for longest ago and has no
/// call under way: of a closed one if there is any, because little is forgotten with it, otherwise of any.
///
/// ```
/// use std::time::Instant;
/// use tidegate_exec::{BreakerPolicy, Breakers};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let breakers = Breakers::new(BreakerPolicy::default(), 1_000)?;
/// let permit = breakers.admit("smtp", Instant::now())?;
/// // … the call …
/// permit.success(Instant::now());
/// assert_eq!(breakers.snapshot(Instant::now())[0].0, "smtp");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Breakers {
    policy: BreakerPolicy,
    targets_max: usize,
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    breakers: HashMap<String, Entry>,
    /// Grows with every use, to tell which was longest ago.
    uses: u64,
}

#[derive(Debug)]
struct Entry {
    breaker: Breaker,
    last_use: u64,
}

impl Breakers {
    /// No target yet; each will have `policy`, and there is room for `targets_max`.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) if the policy is, or there is room for none.
    pub fn new(policy: BreakerPolicy, targets_max: usize) -> Result<Self> {
        policy.validate()?;
        if targets_max == 0 {
            return Err(Error::invalid("targets_max", "is 0"));
        }
        Ok(Self {
            policy,
            targets_max,
            shelf: Arc::default(),
        })
    }

    /// Asks to call `target`.
    ///
    /// # Errors
    /// Why it should be left alone, or [`Refused::Full`] if there is no room for another target.
    pub fn admit(&self, target: &str, now: Instant) -> Result<Permit, Refused> {
        // Under the shelf's lock, so that the breaker is seen to be in use as soon as it is.
        self.lock().breaker(target, self)?.admit(now)
    }

    /// What the breakers think of their targets, in the order of their names.
    #[must_use]
    pub fn snapshot(&self, now: Instant) -> Vec<(String, BreakerSnapshot)> {
        let shelf = self.lock();
        let all = shelf.breakers.iter();
        let mut all: Vec<_> = all
            .map(|(target, entry)| (target.clone(), entry.breaker.snapshot(now)))
            .collect();
        drop(shelf);
        all.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        all
    }

    /// Closes the breaker of `target` and forgets its failures; false if there is none.
    pub fn reset(&self, target: &str) -> bool {
        let shelf = self.lock();
        let entry = shelf.breakers.get(target);
        entry.inspect(|entry| entry.breaker.reset()).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn breaker(&mut self, target: &str, breakers: &Breakers) -> Result<&Breaker, Refused> {
        if !self.breakers.contains_key(target) {
            if self.breakers.len() >= breakers.targets_max {
                let forgotten = self.least_missed().ok_or(Refused::Full)?;
                self.breakers.remove(&forgotten);
            }
            let entry = Entry {
                breaker: Breaker::of(breakers.policy.clone()),
                last_use: 0,
            };
            self.breakers.insert(target.to_owned(), entry);
        }
        self.uses += 1;
        let entry = self.breakers.get_mut(target);
        let entry = entry.expect("invariant: it was there, or has been put there");
        entry.last_use = self.uses;
        Ok(&entry.breaker)
    }

    /// The target to forget for a new one; `None` if all have calls under way.
    fn least_missed(&self) -> Option<String> {
        let idle = self
            .breakers
            .iter()
            .filter(|(_, entry)| !entry.breaker.is_in_use());
        let least =
            idle.min_by_key(|(_, entry)| (!entry.breaker.lock().is_closed(), entry.last_use));
        least.map(|(target, _)| target.clone())
    }
}

impl Breaker {
    /// Whether anybody but the shelf holds it: a permit does.
    fn is_in_use(&self) -> bool {
        Arc::strong_count(&self.circuit) > 1
    }
}
