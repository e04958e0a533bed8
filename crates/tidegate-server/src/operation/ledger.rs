//! All operations of a server with their figures.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::class::Class;
use super::tally::{Figures, Tally};

/// What kind of operation is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Measured {
    /// A route, from the first byte of the head to the response's head.
    Route,
    /// A call of a store, from the asking to the answer.
    Store,
}

impl Measured {
    /// Its name in reports and metrics.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::Store => "store",
        }
    }
}

type Tallies = BTreeMap<(Measured, &'static str), Arc<Tally>>;

/// The figures of everything that the server does.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    tallies: Mutex<Tallies>,
}

impl Ledger {
    /// The tally of an operation, made when it is first asked for.
    pub(crate) fn tally(&self, kind: Measured, name: &'static str, class: Class) -> Arc<Tally> {
        let mut tallies = self.lock();
        let tally = tallies.entry((kind, name));
        tally.or_insert_with(|| Arc::new(Tally::new(class))).clone()
    }

    /// Every operation, in the order of kinds and names.
    pub(crate) fn operations(&self) -> Vec<(Measured, &'static str, Arc<Tally>)> {
        let tallies = self.lock();
        let all = tallies.iter();
        all.map(|((kind, name), tally)| (*kind, *name, tally.clone()))
            .collect()
    }

    /// The figures of all operations of one kind and class together.
    pub(crate) fn of_class(&self, kind: Measured, class: Class) -> Figures {
        let mut sum = Figures::default();
        for (found, _, tally) in self.operations() {
            if found == kind && tally.class() == class {
                sum.add(&tally.figures());
            }
        }
        sum
    }

    fn lock(&self) -> MutexGuard<'_, Tallies> {
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
