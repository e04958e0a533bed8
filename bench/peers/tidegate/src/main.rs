//! tidegate: our own driver, with its defaults and the pragmas that all peers share.

use std::process::ExitCode;
use std::time::Duration;

use bench_harness::{
    Durability, Entry, INSERT, Item, LONG_WRITE, POINT_READ, Peer, RUNAWAY, Result, SCAN,
    SETUP_FACTS, Settings,
};
use tidegate::{Database, ErrorKind, Options, Synchronous};

fn main() -> ExitCode {
    bench_harness::run::<Tidegate>()
}

struct Tidegate(Database);

impl Peer for Tidegate {
    async fn open(settings: Settings) -> Result<Self> {
        Ok(Self(options(&settings).open().await?))
    }

    async fn setup_facts(&self) -> Result<String> {
        Ok(self.0.write(|tx| tx.query_scalar(SETUP_FACTS, ())).await?)
    }

    async fn insert_one(&self, entry: Entry) -> Result<()> {
        self.0
            .execute(INSERT, (entry.k, entry.body, entry.score))
            .await?;
        Ok(())
    }

    async fn point_read(&self, key: i64) -> Result<Item> {
        Ok(self.0.query_one(POINT_READ, (key,)).await?)
    }

    async fn scan_all(&self) -> Result<Vec<Item>> {
        Ok(self.0.query(SCAN, ()).await?)
    }

    async fn insert_batch(&self, entries: Vec<Entry>) -> Result<()> {
        let rows = entries
            .into_iter()
            .map(|entry| (entry.k, entry.body, entry.score));
        self.0.execute_many(INSERT, rows).await?;
        Ok(())
    }

    async fn long_write(&self, rows: i64) -> Result<()> {
        self.0.execute(LONG_WRITE, (rows,)).await?;
        Ok(())
    }

    async fn count_to(&self, number: i64) -> Result<i64> {
        Ok(self.0.query_scalar(RUNAWAY, (number,)).await?)
    }

    async fn count_within(&self, number: i64, limit: Duration) -> Result<Option<i64>> {
        let counting = self.0.query_scalar(RUNAWAY, (number,)).deadline(limit);
        match counting.await {
            Ok(counted) => Ok(Some(counted)),
            Err(error) if error.kind() == ErrorKind::Deadline => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn empty_job(&self) -> Result<()> {
        Ok(self.0.read(|_| Ok(())).await?)
    }

    fn commits(&self) -> Option<u64> {
        Some(self.0.stats().writer.group_commits)
    }

    async fn close(self) -> Result<()> {
        Ok(self.0.close().await?)
    }
}

/// The pragmas of the harness, in this library's words.
fn options(settings: &Settings) -> Options {
    let synchronous = match settings.durability {
        Durability::Full => Synchronous::Full,
        Durability::Normal => Synchronous::Normal,
    };
    Options::new(&settings.path)
        .busy_timeout(Duration::from_secs(5))
        .synchronous(synchronous)
        .mmap_size_bytes(268_435_456)
        .cache_size_kib(16_384)
        .readers(settings.readers)
        .statement_cache(settings.statements)
}
