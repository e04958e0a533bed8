//! Interactive transactions, savepoints and snapshots of blocking callers.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use super::calls;
use super::iter::SnapshotRows;
use super::limits::Limits;
use crate::error::Result;
use crate::params::IntoParams;
use crate::tx::Tx;

/// An interactive write transaction. See [`crate::Transaction`].
///
/// Ends with [`commit`](Self::commit) or [`rollback`](Self::rollback); dropping it rolls back.
///
/// ```
/// # fn main() -> tidegate::Result<()> {
/// let db = tidegate::blocking::Database::open_in_memory()?;
/// db.execute("CREATE TABLE stock (item TEXT, pieces INTEGER)", ())?;
/// let mut tx = db.begin()?;
/// tx.execute("INSERT INTO stock VALUES (?, ?)", ("lamp", 3))?;
/// let attempt = tx.savepoint()?;
/// attempt.execute("DELETE FROM stock", ())?;
/// attempt.rollback()?;
/// tx.commit()?;
/// assert_eq!(db.query_scalar::<i64>("SELECT pieces FROM stock", ())?, 3);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Transaction {
    pub(super) inner: crate::Transaction,
    pub(super) limits: Limits,
}

impl Transaction {
    pub(super) fn over(inner: crate::Transaction, limits: Limits) -> Self {
        Self { inner, limits }
    }

    /// Commits. See [`commit`](crate::Transaction::commit).
    ///
    /// # Errors
    /// As [`commit`](crate::Transaction::commit).
    pub fn commit(self) -> Result<()> {
        self.limits.wait(self.inner.committing())
    }

    /// Rolls back. See [`rollback`](crate::Transaction::rollback).
    ///
    /// # Errors
    /// As [`rollback`](crate::Transaction::rollback).
    pub fn rollback(self) -> Result<()> {
        self.limits.wait(self.inner.rolling_back())
    }
}

/// A part of a [`Transaction`] that can be undone by itself. See [`crate::Savepoint`].
///
/// Ends with [`commit`](Self::commit) or [`rollback`](Self::rollback); dropping it rolls it back.
#[derive(Debug)]
pub struct Savepoint<'t> {
    inner: crate::Savepoint<'t>,
    limits: Limits,
}

impl Savepoint<'_> {
    /// Makes the savepoint's work part of what is around it. See [`commit`](crate::Savepoint::commit).
    ///
    /// # Errors
    /// As [`commit`](crate::Savepoint::commit).
    pub fn commit(self) -> Result<()> {
        let outcome = self.limits.wait(self.inner.committing());
        self.inner.end(outcome)
    }

    /// Undoes the savepoint's work; the transaction goes on. See [`rollback`](crate::Savepoint::rollback).
    ///
    /// # Errors
    /// As [`rollback`](crate::Savepoint::rollback).
    pub fn rollback(self) -> Result<()> {
        let outcome = self.limits.wait(self.inner.rolling_back());
        self.inner.end(outcome)
    }
}

/// The calls of everything that holds a write transaction.
macro_rules! nesting {
    ($handle:ty, $twin:literal) => {
        impl $handle {
            /// Runs a closure on the connection's thread, as a savepoint of its own.
            #[doc = concat!("See [`run`](crate::", $twin, "::run).")]
            ///
            /// # Errors
            #[doc = concat!("As [`run`](crate::", $twin, "::run).")]
            pub fn run<R, F>(&self, work: F) -> Result<R>
            where
                F: FnOnce(&mut Tx<'_>) -> Result<R> + Send + 'static,
                R: Send + 'static,
            {
                self.limits.wait(self.inner.run(work))
            }

            /// Opens a savepoint, which borrows this until it ends.
            #[doc = concat!("See [`savepoint`](crate::", $twin, "::savepoint).")]
            ///
            /// # Errors
            #[doc = concat!("As [`savepoint`](crate::", $twin, "::savepoint).")]
            pub fn savepoint(&mut self) -> Result<Savepoint<'_>> {
                let depth = self.limits.wait(self.inner.opening_savepoint())?;
                Ok(Savepoint {
                    inner: self.inner.opened_savepoint(depth),
                    limits: self.limits.clone(),
                })
            }
        }
    };
}

calls::reading!(Transaction, "Transaction");
calls::executing!(Transaction, "Transaction");
nesting!(Transaction, "Transaction");

calls::reading!(Savepoint<'_>, "Savepoint");
calls::executing!(Savepoint<'_>, "Savepoint");
nesting!(Savepoint<'_>, "Savepoint");

/// An interactive read transaction: its statements all see one state. See [`crate::Snapshot`].
#[derive(Debug)]
pub struct Snapshot {
    inner: crate::Snapshot,
    limits: Limits,
}

impl Snapshot {
    pub(super) fn over(inner: crate::Snapshot, limits: Limits) -> Self {
        Self { inner, limits }
    }

    /// Runs a query and gives its rows as they are read. See [`stream`](crate::Snapshot::stream).
    pub fn stream<T>(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        params: impl IntoParams,
    ) -> SnapshotRows<'_, T>
    where
        T: DeserializeOwned + Send + 'static,
    {
        SnapshotRows::over(self.limits.of(self.inner.stream(sql, params)))
    }
}

calls::reading!(Snapshot, "Snapshot");
