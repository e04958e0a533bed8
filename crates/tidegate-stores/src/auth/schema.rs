//! The table of the service keys.

use tidegate::Migration;

pub(crate) fn step() -> Migration {
    Migration::sql("service keys", SQL)
}

const SQL: &str = "
CREATE TABLE tg_key (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    -- A JSON array of texts, sorted.
    scopes TEXT NOT NULL,
    -- The SHA-256 of the secret.
    hash BLOB NOT NULL,
    -- The one before the last rotation, and until when it is still taken.
    previous_hash BLOB,
    previous_until INTEGER,
    created_at INTEGER NOT NULL,
    rotated_at INTEGER,
    expires_at INTEGER,
    revoked_at INTEGER,
    last_used_at INTEGER
) WITHOUT ROWID;
";
