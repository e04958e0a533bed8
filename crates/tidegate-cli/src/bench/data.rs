//! The tables and rows of the benchmark.

use serde::Deserialize;
use tidegate::Database;

use crate::context::Context;
use crate::failure::Result;

pub(super) const INSERT: &str = "INSERT INTO entry (k, body, score) VALUES (?1, ?2, ?3)";
pub(super) const POINT_READ: &str = "SELECT id, name, score, stamp FROM item WHERE id = ?1";
pub(super) const SCAN: &str = "SELECT id, name, score, stamp FROM item ORDER BY id";
/// Writes as many rows as it is told to, inside SQLite.
pub(super) const LONG_WRITE: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?1)
    INSERT INTO entry (k, body, score) SELECT i, printf('entry number %d', i), i * 0.5 FROM n";

const TABLES: &str = "
    CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, score REAL NOT NULL, stamp INTEGER NOT NULL);
    CREATE TABLE entry (id INTEGER PRIMARY KEY, k INTEGER NOT NULL, body TEXT NOT NULL, score REAL NOT NULL)";
const FILL: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?1)
    INSERT INTO item SELECT i, printf('item number %d of the table', i), i * 0.5, 1700000000000000 + i FROM n";

/// A row that is read.
#[derive(Debug, Deserialize)]
#[expect(
    dead_code,
    reason = "rows are decoded as a service would, and not looked at"
)]
pub(super) struct Item {
    id: i64,
    name: String,
    score: f64,
    stamp: i64,
}

/// Makes the tables and fills the one that is read.
pub(super) async fn prepare(context: &Context, database: &Database, rows: i64) -> Result<()> {
    context.call(database.execute_batch(TABLES)).await?;
    context.call(database.execute(FILL, (rows,))).await?;
    Ok(())
}

/// The row that belongs to a number.
pub(super) fn entry(number: u64) -> (i64, String, f64) {
    let body = format!("entry {number:020} to insert");
    ((number >> 1) as i64, body, number as f64 * 0.5)
}

/// Even random numbers (SplitMix64), the same in each run.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn seeded(seed: usize) -> Self {
        Self(seed as u64)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A key of the table `item` of so many rows.
    pub(super) fn key(&mut self, rows: i64) -> i64 {
        1 + (self.next() % rows.unsigned_abs()) as i64
    }
}
