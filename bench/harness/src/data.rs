//! The tables, the statements and the rows, the same for every peer.

use serde::Deserialize;

use crate::Durability;

/// How many rows the table `item` holds.
pub const ROWS: i64 = 100_000;

/// Makes the database that every measurement starts from a copy of.
pub const GENERATE: &str = "
    PRAGMA journal_mode = WAL;
    BEGIN;
    CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, score REAL NOT NULL, stamp INTEGER NOT NULL);
    CREATE TABLE entry (id INTEGER PRIMARY KEY, k INTEGER NOT NULL, body TEXT NOT NULL, score REAL NOT NULL);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000)
    INSERT INTO item SELECT i, printf('item number %d of the table', i), i * 0.5, 1700000000000000 + i FROM n;
    COMMIT;
    PRAGMA wal_checkpoint(TRUNCATE);";

/// Inserts one row; parameters: `k`, `body`, `score`.
pub const INSERT: &str = "INSERT INTO entry (k, body, score) VALUES (?1, ?2, ?3)";

/// Reads one row by its key; parameter: the key.
pub const POINT_READ: &str = "SELECT id, name, score, stamp FROM item WHERE id = ?1";

/// Reads every row.
pub const SCAN: &str = "SELECT id, name, score, stamp FROM item ORDER BY id";

/// Inserts many rows by one statement, so that the writer is busy inside SQLite; parameter: how many.
pub const LONG_WRITE: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?1)
    INSERT INTO entry (k, body, score) SELECT i, printf('entry number %d', i), i * 0.5 FROM n";

/// Counts up to a number and reads no table, so that nothing but the number ends it; parameter: the number.
pub const RUNAWAY: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?1) SELECT count(*) FROM n";

/// What the writing connection really runs with: SQLite's version, journal mode and synchronous level.
pub const SETUP_FACTS: &str =
    "SELECT sqlite_version() || ' ' || (SELECT journal_mode FROM pragma_journal_mode)
    || ' ' || (SELECT synchronous FROM pragma_synchronous)";

/// The pragmas of every connection, as one text of several statements.
#[must_use]
pub fn pragmas(durability: Durability) -> String {
    format!(
        "PRAGMA busy_timeout = 5000;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = {};
         PRAGMA mmap_size = 268435456;
         PRAGMA cache_size = -16384;
         PRAGMA temp_store = MEMORY;
         PRAGMA foreign_keys = ON;",
        durability.level()
    )
}

/// A row of the table `item`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Item {
    /// The key.
    pub id: i64,
    /// About thirty bytes of text.
    pub name: String,
    /// A floating-point value.
    pub score: f64,
    /// A 64-bit time.
    pub stamp: i64,
}

/// A row to be inserted into the table `entry`.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Any number; not a key.
    pub k: i64,
    /// About thirty bytes of text.
    pub body: String,
    /// A floating-point value.
    pub score: f64,
}

impl Entry {
    /// The entry that belongs to a number.
    pub(crate) fn numbered(number: u64) -> Self {
        Self {
            k: (number >> 1) as i64,
            body: format!("entry {number:020} to insert"),
            score: number as f64 * 0.5,
        }
    }
}

/// A small generator of even random numbers (SplitMix64): fast enough not to show up, the same in each run.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn seeded(seed: usize) -> Self {
        Self(seed as u64)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A key of the table `item`.
    pub(crate) fn key(&mut self) -> i64 {
        1 + (self.next() % ROWS as u64) as i64
    }
}
