//! The tables of the events.

use tidegate::Migration;

pub(crate) fn step() -> Migration {
    Migration::sql("events", SQL)
}

const SQL: &str = "
CREATE TABLE tg_event (
    -- The order of recording, without gaps.
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    severity TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT,
    category TEXT,
    status TEXT,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    details TEXT,
    -- A JSON array of texts, sorted.
    tags TEXT NOT NULL,
    correlation_id TEXT,
    user_id TEXT,
    health_score REAL,
    resource_usage TEXT,
    -- About what it takes in the file.
    bytes INTEGER NOT NULL
);
CREATE INDEX tg_event_by_at ON tg_event (at);
CREATE INDEX tg_event_by_type ON tg_event (type, at);
CREATE INDEX tg_event_by_severity ON tg_event (severity, at);
CREATE INDEX tg_event_by_source ON tg_event (source, at);
CREATE INDEX tg_event_by_target ON tg_event (target, at) WHERE target IS NOT NULL;
CREATE INDEX tg_event_by_correlation ON tg_event (correlation_id, at) WHERE correlation_id IS NOT NULL;

CREATE TABLE tg_event_tag (
    tag TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (tag, seq)
) WITHOUT ROWID;

CREATE VIRTUAL TABLE tg_event_text USING fts5 (
    title, description, details, tags,
    content = 'tg_event', content_rowid = 'seq', tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER tg_event_inserted AFTER INSERT ON tg_event BEGIN
    INSERT INTO tg_event_text (rowid, title, description, details, tags)
        VALUES (new.seq, new.title, new.description, new.details, new.tags);
    INSERT INTO tg_event_tag (tag, seq) SELECT value, new.seq FROM json_each(new.tags);
END;
CREATE TRIGGER tg_event_deleted AFTER DELETE ON tg_event BEGIN
    INSERT INTO tg_event_text (tg_event_text, rowid, title, description, details, tags)
        VALUES ('delete', old.seq, old.title, old.description, old.details, old.tags);
    DELETE FROM tg_event_tag WHERE seq = old.seq AND tag IN (SELECT value FROM json_each(old.tags));
END;
-- A log is not rewritten, and what is indexed must stay what it was.
CREATE TRIGGER tg_event_updated BEFORE UPDATE ON tg_event BEGIN
    SELECT raise(ABORT, 'events are never changed');
END;

CREATE TABLE tg_event_state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    last_seq INTEGER NOT NULL,
    -- Every event up to it was removed, and none after it.
    removed_seq INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    -- What is kept: microseconds, events, bytes.
    keep_age INTEGER NOT NULL,
    keep_events INTEGER NOT NULL,
    keep_bytes INTEGER NOT NULL
);
INSERT INTO tg_event_state VALUES (1, 0, 0, 0, 7776000000000, 1000000, 1073741824);
";
