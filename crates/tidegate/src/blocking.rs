//! The same database for callers without an executor.

use crate::database::Database as AsyncDatabase;

/// A handle of a database whose calls block the calling thread.
#[derive(Clone, Debug)]
pub struct Database {
    inner: AsyncDatabase,
}

impl Database {
    pub(crate) fn over(inner: AsyncDatabase) -> Self {
        Self { inner }
    }
}
