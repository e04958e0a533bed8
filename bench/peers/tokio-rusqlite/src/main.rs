//! tokio-rusqlite: closures sent to a connection's own thread.
//!
//! The crate has handles, no pool. A service that wants reads beside its writes opens one handle to write and
//! some to read and takes the readers in turn; that is what is done here.

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use bench_harness::{
    Entry, INSERT, Item, LONG_WRITE, POINT_READ, Peer, RUNAWAY, Result, SCAN, SETUP_FACTS, Settings,
};
use tokio_rusqlite::rusqlite::{self, Row, TransactionBehavior};
use tokio_rusqlite::{Connection, OpenFlags};

fn main() -> ExitCode {
    bench_harness::run::<TokioRusqlite>()
}

struct TokioRusqlite {
    writer: Connection,
    readers: Vec<Connection>,
    next_reader: AtomicUsize,
}

impl TokioRusqlite {
    fn reader(&self) -> &Connection {
        let turn = self.next_reader.fetch_add(1, Ordering::Relaxed);
        &self.readers[turn % self.readers.len()]
    }
}

impl Peer for TokioRusqlite {
    async fn open(settings: Settings) -> Result<Self> {
        let no_mutex = OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let writer = connect(&settings, OpenFlags::SQLITE_OPEN_READ_WRITE | no_mutex).await?;
        let mut readers = Vec::new();
        for _ in 0..settings.readers {
            readers.push(connect(&settings, OpenFlags::SQLITE_OPEN_READ_ONLY | no_mutex).await?);
        }
        Ok(Self {
            writer,
            readers,
            next_reader: AtomicUsize::new(0),
        })
    }

    async fn setup_facts(&self) -> Result<String> {
        Ok(self
            .writer
            .call(|connection| connection.query_row(SETUP_FACTS, [], |row| row.get(0)))
            .await?)
    }

    async fn insert_one(&self, entry: Entry) -> Result<()> {
        let insert = move |connection: &mut rusqlite::Connection| {
            connection
                .prepare_cached(INSERT)?
                .execute((entry.k, &entry.body, entry.score))
        };
        self.writer.call(insert).await?;
        Ok(())
    }

    async fn point_read(&self, key: i64) -> Result<Item> {
        let read = move |connection: &mut rusqlite::Connection| {
            connection
                .prepare_cached(POINT_READ)?
                .query_row([key], item)
        };
        Ok(self.reader().call(read).await?)
    }

    async fn scan_all(&self) -> Result<Vec<Item>> {
        let scan = |connection: &mut rusqlite::Connection| -> rusqlite::Result<Vec<Item>> {
            let mut statement = connection.prepare_cached(SCAN)?;
            statement.query_map([], item)?.collect()
        };
        Ok(self.reader().call(scan).await?)
    }

    async fn insert_batch(&self, entries: Vec<Entry>) -> Result<()> {
        let insert = move |connection: &mut rusqlite::Connection| {
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
        Ok(self.writer.call(insert).await?)
    }

    async fn long_write(&self, rows: i64) -> Result<()> {
        let write = move |connection: &mut rusqlite::Connection| {
            connection.prepare_cached(LONG_WRITE)?.execute([rows])
        };
        self.writer.call(write).await?;
        Ok(())
    }

    async fn count_to(&self, number: i64) -> Result<i64> {
        let count = move |connection: &mut rusqlite::Connection| {
            let mut counting = connection.prepare_cached(RUNAWAY)?;
            counting.query_row([number], |row| row.get(0))
        };
        Ok(self.reader().call(count).await?)
    }

    async fn empty_job(&self) -> Result<()> {
        Ok(self.reader().call_raw(|_| ()).await?)
    }

    async fn close(self) -> Result<()> {
        for reader in self.readers {
            reader.close().await?;
        }
        Ok(self.writer.close().await?)
    }
}

async fn connect(settings: &Settings, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(&settings.path, flags).await?;
    let (pragmas, statements) = (
        bench_harness::pragmas(settings.durability),
        settings.statements,
    );
    let set_up = move |connection: &mut rusqlite::Connection| {
        connection.set_prepared_statement_cache_capacity(statements);
        connection.execute_batch(&pragmas)
    };
    connection.call(set_up).await?;
    Ok(connection)
}

fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        id: row.get(0)?,
        name: row.get(1)?,
        score: row.get(2)?,
        stamp: row.get(3)?,
    })
}
