//! deadpool-sqlite: connections in a pool, closures run on tokio's blocking threads.
//!
//! SQLite has one writer at a time, so the pool for writes has one connection; its tasks then wait for each other in
//! the pool instead of in SQLite's busy handler. Another pool reads.

use std::process::ExitCode;

use bench_harness::{
    Entry, INSERT, Item, LONG_WRITE, POINT_READ, Peer, RUNAWAY, Result, SCAN, SETUP_FACTS, Settings,
};
use deadpool_sqlite::rusqlite::{self, Connection, Row, TransactionBehavior};
use deadpool_sqlite::{Config, Hook, HookError, InteractError, Pool, Runtime};

fn main() -> ExitCode {
    bench_harness::run::<Deadpool>()
}

struct Deadpool {
    writer: Pool,
    readers: Pool,
}

impl Peer for Deadpool {
    async fn open(settings: Settings) -> Result<Self> {
        Ok(Self {
            writer: pool(&settings, 1)?,
            readers: pool(&settings, settings.readers)?,
        })
    }

    async fn setup_facts(&self) -> Result<String> {
        interact(&self.writer, |connection| {
            connection.query_row(SETUP_FACTS, [], |row| row.get(0))
        })
        .await
    }

    async fn insert_one(&self, entry: Entry) -> Result<()> {
        let insert = move |connection: &mut Connection| {
            connection
                .prepare_cached(INSERT)?
                .execute((entry.k, &entry.body, entry.score))
        };
        interact(&self.writer, insert).await?;
        Ok(())
    }

    async fn point_read(&self, key: i64) -> Result<Item> {
        interact(&self.readers, move |connection| {
            connection
                .prepare_cached(POINT_READ)?
                .query_row([key], item)
        })
        .await
    }

    async fn scan_all(&self) -> Result<Vec<Item>> {
        let scan = |connection: &mut Connection| {
            let mut statement = connection.prepare_cached(SCAN)?;
            statement.query_map([], item)?.collect()
        };
        interact(&self.readers, scan).await
    }

    async fn insert_batch(&self, entries: Vec<Entry>) -> Result<()> {
        let insert = move |connection: &mut Connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            {
                let mut insert = transaction.prepare_cached(INSERT)?;
                for entry in &entries {
                    insert.execute((entry.k, &entry.body, entry.score))?;
                }
            }
            transaction.commit()
        };
        interact(&self.writer, insert).await
    }

    async fn long_write(&self, rows: i64) -> Result<()> {
        interact(&self.writer, move |connection| {
            connection.prepare_cached(LONG_WRITE)?.execute([rows])
        })
        .await?;
        Ok(())
    }

    async fn count_to(&self, number: i64) -> Result<i64> {
        interact(&self.readers, move |connection| {
            let mut counting = connection.prepare_cached(RUNAWAY)?;
            counting.query_row([number], |row| row.get(0))
        })
        .await
    }

    async fn empty_job(&self) -> Result<()> {
        interact(&self.readers, |_| Ok(())).await
    }

    async fn close(self) -> Result<()> {
        self.readers.close();
        self.writer.close();
        Ok(())
    }
}

fn pool(settings: &Settings, connections: usize) -> Result<Pool> {
    let (pragmas, statements) = (
        bench_harness::pragmas(settings.durability),
        settings.statements,
    );
    let set_up = Hook::async_fn(move |connection, _| {
        let pragmas = pragmas.clone();
        Box::pin(async move {
            let done = connection.interact(move |connection| {
                connection.set_prepared_statement_cache_capacity(statements);
                connection.execute_batch(&pragmas)
            });
            done.await
                .map_err(|error| HookError::message(error.to_string()))?
                .map_err(HookError::Backend)
        })
    });
    let builder = Config::new(&settings.path).builder(Runtime::Tokio1)?;
    Ok(builder.max_size(connections).post_create(set_up).build()?)
}

/// Runs a closure on a connection of the pool.
async fn interact<T, F>(pool: &Pool, closure: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
{
    let connection = pool.get().await?;
    let answer = connection.interact(closure).await;
    // This error holds a panic's payload, which cannot be shared between threads.
    Ok(answer.map_err(|error: InteractError| error.to_string())??)
}

fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        id: row.get(0)?,
        name: row.get(1)?,
        score: row.get(2)?,
        stamp: row.get(3)?,
    })
}
