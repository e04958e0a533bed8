//! async-sqlite: closures sent to a connection's own thread, a client for writes and a pool for reads.

use std::process::ExitCode;

use async_sqlite::rusqlite::{self, Row, TransactionBehavior};
use async_sqlite::{Client, ClientBuilder, Pool, PoolBuilder};
use bench_harness::{
    Entry, INSERT, Item, LONG_WRITE, POINT_READ, Peer, RUNAWAY, Result, SCAN, SETUP_FACTS, Settings,
};
use rusqlite::{Connection, OpenFlags};

fn main() -> ExitCode {
    bench_harness::run::<AsyncSqlite>()
}

struct AsyncSqlite {
    writer: Client,
    readers: Pool,
}

impl Peer for AsyncSqlite {
    async fn open(settings: Settings) -> Result<Self> {
        let no_mutex = OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let writer = ClientBuilder::new()
            .path(&settings.path)
            .flags(OpenFlags::SQLITE_OPEN_READ_WRITE | no_mutex)
            .open()
            .await?;
        let readers = PoolBuilder::new()
            .path(&settings.path)
            .flags(OpenFlags::SQLITE_OPEN_READ_ONLY | no_mutex)
            .num_conns(settings.readers)
            .open()
            .await?;
        let set_up = SetUp::of(&settings);
        let set_up_reader = set_up.clone();
        writer
            .conn(move |connection| set_up.apply(connection))
            .await?;
        for done in readers
            .conn_for_each(move |connection| set_up_reader.apply(connection))
            .await
        {
            done?;
        }
        Ok(Self { writer, readers })
    }

    async fn setup_facts(&self) -> Result<String> {
        Ok(self
            .writer
            .conn(|connection| connection.query_row(SETUP_FACTS, [], |row| row.get(0)))
            .await?)
    }

    async fn insert_one(&self, entry: Entry) -> Result<()> {
        let insert = move |connection: &Connection| {
            connection
                .prepare_cached(INSERT)?
                .execute((entry.k, &entry.body, entry.score))
        };
        self.writer.conn(insert).await?;
        Ok(())
    }

    async fn point_read(&self, key: i64) -> Result<Item> {
        let read = move |connection: &Connection| {
            connection
                .prepare_cached(POINT_READ)?
                .query_row([key], item)
        };
        Ok(self.readers.conn(read).await?)
    }

    async fn scan_all(&self) -> Result<Vec<Item>> {
        let scan = |connection: &Connection| {
            let mut statement = connection.prepare_cached(SCAN)?;
            statement.query_map([], item)?.collect()
        };
        Ok(self.readers.conn(scan).await?)
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
        Ok(self.writer.conn_mut(insert).await?)
    }

    async fn long_write(&self, rows: i64) -> Result<()> {
        self.writer
            .conn(move |connection| connection.prepare_cached(LONG_WRITE)?.execute([rows]))
            .await?;
        Ok(())
    }

    async fn count_to(&self, number: i64) -> Result<i64> {
        let count = move |connection: &Connection| {
            let mut counting = connection.prepare_cached(RUNAWAY)?;
            counting.query_row([number], |row| row.get(0))
        };
        Ok(self.readers.conn(count).await?)
    }

    async fn empty_job(&self) -> Result<()> {
        Ok(self.readers.conn(|_| Ok(())).await?)
    }

    async fn close(self) -> Result<()> {
        self.readers.close().await?;
        Ok(self.writer.close().await?)
    }
}

/// What is done to each connection after it is opened.
#[derive(Clone)]
struct SetUp {
    pragmas: String,
    statements: usize,
}

impl SetUp {
    fn of(settings: &Settings) -> Self {
        Self {
            pragmas: bench_harness::pragmas(settings.durability),
            statements: settings.statements,
        }
    }

    fn apply(&self, connection: &Connection) -> rusqlite::Result<()> {
        connection.set_prepared_statement_cache_capacity(self.statements);
        connection.execute_batch(&self.pragmas)
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
