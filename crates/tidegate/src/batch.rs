//! Several statements in one call, all or nothing or each by itself.

use std::borrow::Cow;
use std::fmt;
use std::ops::ControlFlow;

use crate::call::Call;
use crate::current;
use crate::database::Database;
use crate::engine::{BULK, Engine};
use crate::error::{Error, Result};
use crate::job::Mode;
use crate::params::{IntoParams, Params};
use crate::writer::deferred_violation;

/// Statements for [`Database::batch`], in order.
///
/// ```
/// use tidegate::Batch;
///
/// let batch = Batch::atomic()
///     .execute("INSERT INTO orders (id) VALUES (?)", (7,))
///     .execute("UPDATE stock SET left = left - 1 WHERE item = ?", ("lamp",));
/// assert_eq!(batch.len(), 2);
/// ```
#[derive(Debug)]
#[must_use = "a batch does nothing until it is given to `Database::batch`"]
pub struct Batch {
    bond: Bond,
    items: Vec<Item>,
}

/// What the failure of one item means for the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bond {
    Atomic,
    Independent,
}

struct Item {
    sql: Cow<'static, str>,
    params: Result<Params>,
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Item").field(&self.sql).finish()
    }
}

impl Batch {
    /// A batch whose items happen all together, or not at all.
    pub fn atomic() -> Self {
        Self::new(Bond::Atomic)
    }

    /// A batch whose items succeed or fail each by itself, as if each were a call of its own.
    pub fn independent() -> Self {
        Self::new(Bond::Independent)
    }

    fn new(bond: Bond) -> Self {
        Self {
            bond,
            items: Vec::new(),
        }
    }

    /// Adds one statement. A value that cannot be a parameter is that item's failure when the batch is run.
    pub fn execute(mut self, sql: impl Into<Cow<'static, str>>, params: impl IntoParams) -> Self {
        self.items.push(Item {
            sql: sql.into(),
            params: params.into_params(),
        });
        self
    }

    /// The number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The first item of an atomic batch that cannot run at all.
    fn refusal(&self) -> Option<Error> {
        let refused = |(index, item): (usize, &Item)| {
            let error = item.params.as_ref().err()?;
            Some(error.duplicate().with_item(index))
        };
        match self.bond {
            Bond::Atomic => self.items.iter().enumerate().find_map(refused),
            Bond::Independent => None,
        }
    }

    fn run(self, engine: &mut Engine<'_>) -> Result<Vec<Result<u64>>> {
        let bond = self.bond;
        let run = |(index, item): (usize, Item)| {
            if index == BULK {
                engine.seal_group();
            }
            let outcome = match bond {
                Bond::Atomic => item.run(engine).map(Ok),
                Bond::Independent => item.run_apart(engine, index),
            };
            outcome.map_err(|error| error.with_item(index))
        };
        self.items.into_iter().enumerate().map(run).collect()
    }
}

impl Extend<(Cow<'static, str>, Params)> for Batch {
    fn extend<I: IntoIterator<Item = (Cow<'static, str>, Params)>>(&mut self, items: I) {
        let items = items.into_iter().map(|(sql, params)| Item {
            sql,
            params: params.into_params(),
        });
        self.items.extend(items);
    }
}

impl Item {
    fn run(self, engine: &mut Engine<'_>) -> Result<u64> {
        let mut ignore = |_: &rusqlite::Row<'_>| Ok(ControlFlow::Continue(()));
        let done = engine.run(&self.sql, self.params?, &mut ignore)?;
        Ok(done.changes)
    }

    /// Runs under a savepoint. The inner result is the item's own; the outer error ends the whole batch.
    fn run_apart(self, engine: &mut Engine<'_>, index: usize) -> Result<Result<u64>> {
        engine.nested_savepoint()?;
        let outcome = self.run(engine).and_then(|changes| {
            // A call of its own would have failed at its commit.
            match engine.has_deferred_violations() {
                true => Err(deferred_violation()),
                false => Ok(changes),
            }
        });
        match outcome {
            Ok(changes) => engine.nested_release().map(|()| Ok(changes)),
            Err(error) if current::must_stop() => Err(error),
            Err(error) if !engine.in_transaction() => {
                Err(error.context("SQLite rolled the whole batch back, and nothing of it happened"))
            }
            Err(error) => {
                engine.nested_rollback()?;
                Ok(Err(error.with_item(index)))
            }
        }
    }
}

impl Database {
    /// Runs the statements of a batch in one transaction, and gives the number of rows that each has changed.
    ///
    /// The results come in the order of the items. Those of an atomic batch are all `Ok`, since its first failure is
    /// the call's. In an independent batch an item that fails undoes its own work only, and its error stands in its
    /// place; [`Error::item`] is its index too.
    ///
    /// # Errors
    /// Of an atomic batch: as [`execute`](Self::execute), for the first item that fails, with its index in
    /// [`Error::item`]; nothing has happened. Of an independent batch: what concerns it as a whole, such as its
    /// deadline, a full disk at the commit, or an item that makes SQLite roll the transaction back
    /// (`OR ROLLBACK`, `RAISE(ROLLBACK)`); nothing has happened then either.
    ///
    /// # Cancel safety
    /// Dropping the future: the whole batch has happened as its results would have told, or nothing of it.
    pub fn batch(&self, batch: Batch) -> Call<Vec<Result<u64>>> {
        match batch.refusal() {
            Some(error) => Call::refused(error),
            None => self.write_job(Mode::Closure, move |engine| batch.run(engine)),
        }
    }
}
