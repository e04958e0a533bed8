//! sqlx: its own worker thread for each connection, behind two pools.
//!
//! SQLite has one writer at a time, so the pool for writes has one connection; its tasks then wait for each other in
//! the pool instead of in SQLite's busy handler. The other pool only reads. The check of a connection before each
//! acquire, meant for connections over a network, is turned off.

use std::process::ExitCode;
use std::time::Duration;

use bench_harness::{
    Durability, Entry, INSERT, Item, LONG_WRITE, POINT_READ, Peer, RUNAWAY, Result, SCAN,
    SETUP_FACTS, Settings, Work,
};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteRow, SqliteSynchronous,
};
use sqlx::{QueryBuilder, Row, Sqlite};

fn main() -> ExitCode {
    bench_harness::run::<Sqlx>()
}

/// The library's way of many rows: one statement with all their values.
const INSERT_MANY: &str = "INSERT INTO entry (k, body, score) ";

struct Sqlx {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Peer for Sqlx {
    // Statements are all that can be sent to a connection.
    const UNSUPPORTED: &'static [Work] = &[Work::EmptyJob];

    async fn open(settings: Settings) -> Result<Self> {
        let connect = connect_options(&settings);
        let writer = pool(1).connect_with(connect.clone()).await?;
        let readers = pool(settings.readers as u32)
            .connect_with(connect.read_only(true))
            .await?;
        Ok(Self { writer, readers })
    }

    async fn setup_facts(&self) -> Result<String> {
        Ok(sqlx::query_scalar(SETUP_FACTS)
            .fetch_one(&self.writer)
            .await?)
    }

    async fn insert_one(&self, entry: Entry) -> Result<()> {
        insert(entry).execute(&self.writer).await?;
        Ok(())
    }

    async fn point_read(&self, key: i64) -> Result<Item> {
        Ok(sqlx::query(POINT_READ)
            .bind(key)
            .try_map(item)
            .fetch_one(&self.readers)
            .await?)
    }

    async fn scan_all(&self) -> Result<Vec<Item>> {
        Ok(sqlx::query(SCAN)
            .try_map(item)
            .fetch_all(&self.readers)
            .await?)
    }

    async fn insert_batch(&self, entries: Vec<Entry>) -> Result<()> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let mut insert = QueryBuilder::<Sqlite>::new(INSERT_MANY);
        insert.push_values(entries, |mut row, entry| {
            row.push_bind(entry.k)
                .push_bind(entry.body)
                .push_bind(entry.score);
        });
        insert.build().execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    async fn long_write(&self, rows: i64) -> Result<()> {
        sqlx::query(LONG_WRITE)
            .bind(rows)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn count_to(&self, number: i64) -> Result<i64> {
        Ok(sqlx::query_scalar(RUNAWAY)
            .bind(number)
            .fetch_one(&self.readers)
            .await?)
    }

    async fn empty_job(&self) -> Result<()> {
        Ok(())
    }

    async fn close(self) -> Result<()> {
        self.readers.close().await;
        self.writer.close().await;
        Ok(())
    }
}

/// The pragmas of the harness, in this library's words.
fn connect_options(settings: &Settings) -> SqliteConnectOptions {
    let synchronous = match settings.durability {
        Durability::Full => SqliteSynchronous::Full,
        Durability::Normal => SqliteSynchronous::Normal,
    };
    SqliteConnectOptions::new()
        .filename(&settings.path)
        .busy_timeout(Duration::from_secs(5))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .pragma("mmap_size", "268435456")
        .pragma("cache_size", "-16384")
        .pragma("temp_store", "MEMORY")
        .foreign_keys(true)
        .statement_cache_capacity(settings.statements)
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .min_connections(connections)
        .max_connections(connections)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}

fn insert(entry: Entry) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
    sqlx::query(INSERT)
        .bind(entry.k)
        .bind(entry.body)
        .bind(entry.score)
}

fn item(row: SqliteRow) -> sqlx::Result<Item> {
    Ok(Item {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        score: row.try_get(2)?,
        stamp: row.try_get(3)?,
    })
}
