//! The floor: rusqlite itself, called synchronously by one caller on the runtime's own thread.
//!
//! It shows what SQLite can do with nothing between it and the caller, and is no way to write a service: each call
//! blocks its executor. With one caller there are no 64 tasks, no reads beside a write, and nobody to give a call up.

use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bench_harness::{
    Entry, INSERT, Item, LONG_WRITE, POINT_READ, Peer, RUNAWAY, Result, SCAN, SETUP_FACTS,
    Settings, Work,
};
use rusqlite::{Connection, Row};

fn main() -> ExitCode {
    bench_harness::run::<Floor>()
}

/// A connection; the lock is never waited for, as there is one caller.
struct Floor(Mutex<Connection>);

impl Floor {
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Peer for Floor {
    const UNSUPPORTED: &'static [Work] = &[Work::EmptyJob, Work::ReadUnderWrite, Work::Deadline];
    const MOST_TASKS: usize = 1;

    async fn open(settings: Settings) -> Result<Self> {
        let connection = Connection::open(&settings.path)?;
        connection.execute_batch(&bench_harness::pragmas(settings.durability))?;
        connection.set_prepared_statement_cache_capacity(settings.statements);
        Ok(Self(Mutex::new(connection)))
    }

    async fn setup_facts(&self) -> Result<String> {
        Ok(self
            .connection()
            .query_row(SETUP_FACTS, [], |row| row.get(0))?)
    }

    async fn insert_one(&self, entry: Entry) -> Result<()> {
        self.connection()
            .prepare_cached(INSERT)?
            .execute((entry.k, &entry.body, entry.score))?;
        Ok(())
    }

    async fn point_read(&self, key: i64) -> Result<Item> {
        Ok(self
            .connection()
            .prepare_cached(POINT_READ)?
            .query_row([key], item)?)
    }

    async fn scan_all(&self) -> Result<Vec<Item>> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(SCAN)?;
        Ok(statement
            .query_map([], item)?
            .collect::<rusqlite::Result<_>>()?)
    }

    async fn insert_batch(&self, entries: Vec<Entry>) -> Result<()> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(INSERT)?;
            for entry in &entries {
                insert.execute((entry.k, &entry.body, entry.score))?;
            }
        }
        Ok(transaction.commit()?)
    }

    async fn long_write(&self, rows: i64) -> Result<()> {
        self.connection()
            .prepare_cached(LONG_WRITE)?
            .execute([rows])?;
        Ok(())
    }

    async fn count_to(&self, number: i64) -> Result<i64> {
        Ok(self
            .connection()
            .prepare_cached(RUNAWAY)?
            .query_row([number], |row| row.get(0))?)
    }

    async fn empty_job(&self) -> Result<()> {
        Ok(())
    }

    async fn close(self) -> Result<()> {
        let connection = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        connection.close().map_err(|(_, error)| error.into())
    }
}

fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        id: row.get(0)?,
        name: row.get(1)?,
        score: row.get(2)?,
        stamp: row.get(3)?,
    })
}
