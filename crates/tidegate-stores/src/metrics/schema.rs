//! The tables of the metrics.
//!
//! Samples are keyed by slot, series and time. A slot is a stretch of a minute: the whole of it, ten seconds, or one. What
//! is written together then lies together, whatever the number of series; a minute is rolled up by reading one stretch of
//! the table, and forgotten by cutting its beginning off. The more often each series is measured, the shorter the slots
//! of a minute are made: a batch touches few pages, and a question about one series looks at few slots for each of its
//! samples. Rollups are keyed likewise, by the hour or day that they lie in.

use tidegate::Migration;

pub(crate) fn step() -> Migration {
    Migration::sql("metrics", SQL)
}

const SQL: &str = "
CREATE TABLE tg_series (
    id INTEGER PRIMARY KEY,
    fingerprint BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    labels TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- The day of its latest sample, counted from 1970.
    last_day INTEGER NOT NULL
);
CREATE UNIQUE INDEX tg_series_by_name ON tg_series (name, labels);
CREATE INDEX tg_series_by_day ON tg_series (last_day);

CREATE TABLE tg_series_label (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    series INTEGER NOT NULL,
    PRIMARY KEY (name, value, series)
) WITHOUT ROWID;

-- What is known of a metric besides its samples.
CREATE TABLE tg_metric (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    help TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE tg_sample (
    -- The second, counted from 1970, at which its slot begins.
    slot INTEGER NOT NULL,
    series INTEGER NOT NULL,
    at INTEGER NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (slot, series, at)
) WITHOUT ROWID;

-- The minutes of which there are samples.
CREATE TABLE tg_sample_minute (
    minute INTEGER PRIMARY KEY,
    -- Into how many slots it is divided: 1, 6 or 60.
    slots INTEGER NOT NULL,
    -- How many samples were written.
    samples INTEGER NOT NULL
);

CREATE TABLE tg_rollup (
    -- Its length in seconds: 60 or 3,600.
    seconds INTEGER NOT NULL,
    -- The hour that a minute lies in, the day that an hour lies in; counted from 1970.
    chunk INTEGER NOT NULL,
    series INTEGER NOT NULL,
    -- Where it begins.
    at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    min REAL NOT NULL,
    max REAL NOT NULL,
    sum REAL NOT NULL,
    -- The sum of the squares of the distances from the mean.
    m2 REAL NOT NULL,
    first_at INTEGER NOT NULL,
    first REAL NOT NULL,
    last_at INTEGER NOT NULL,
    last REAL NOT NULL,
    -- The sum of the values from which it fell, for counters that begin anew.
    drops REAL NOT NULL,
    sketch BLOB NOT NULL,
    PRIMARY KEY (seconds, chunk, series, at)
) WITHOUT ROWID;

-- Minutes of series that got samples after they were rolled up.
CREATE TABLE tg_rollup_late (
    minute INTEGER NOT NULL,
    series INTEGER NOT NULL,
    PRIMARY KEY (minute, series)
) WITHOUT ROWID;

CREATE TABLE tg_sample_refused (
    reason TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE tg_metric_state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- Every minute before it is rolled up, and in it every series up to rolled_minute_series.
    rolled_minute INTEGER NOT NULL,
    rolled_minute_series INTEGER NOT NULL,
    rolled_hour INTEGER NOT NULL,
    rolled_hour_series INTEGER NOT NULL,
    -- The first minute, hour and day that retention has left.
    samples_from_minute INTEGER NOT NULL,
    minutes_from_hour INTEGER NOT NULL,
    hours_from_day INTEGER NOT NULL,
    -- How long each is kept, in microseconds.
    keep_samples INTEGER NOT NULL,
    keep_minutes INTEGER NOT NULL,
    keep_hours INTEGER NOT NULL,
    series_count INTEGER NOT NULL
);
INSERT INTO tg_metric_state VALUES (1, 0, 0, 0, 0, 0, 0, 0, 172800000000, 1209600000000, 34560000000000, 0);
";
