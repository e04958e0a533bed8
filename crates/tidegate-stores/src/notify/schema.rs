//! The tables of the notifications.
//!
//! An alert is a **member** of some **flows**. A flow is one group of alerts on its way to one target. It has at most one
//! open **message**, the row of the outbox; every attempt to deliver a message is an **entry** of the ledger.

use tidegate::Migration;

pub(crate) fn step() -> Migration {
    Migration::sql("notify", SQL)
}

const SQL: &str = "
CREATE TABLE tg_notify_target (
    name TEXT PRIMARY KEY,
    -- Who defined it: only this one may change it.
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    settings TEXT NOT NULL,
    severity_min TEXT NOT NULL,
    send_resolved INTEGER NOT NULL,
    -- At most so many messages in so many microseconds; both or neither.
    rate_count INTEGER,
    rate_period INTEGER,
    concurrency INTEGER NOT NULL,
    timeout INTEGER NOT NULL,
    is_enabled INTEGER NOT NULL
) WITHOUT ROWID;

-- In their order; the last one is for what no other takes.
CREATE TABLE tg_notify_route (
    position INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    matchers TEXT NOT NULL,
    -- JSON arrays of names.
    targets TEXT NOT NULL,
    group_by TEXT NOT NULL,
    group_wait INTEGER NOT NULL,
    group_interval INTEGER NOT NULL,
    repeat_interval INTEGER NOT NULL,
    goes_on INTEGER NOT NULL
);

-- What was announced last of each alert that anybody may have to be told of.
CREATE TABLE tg_notify_alert (
    id INTEGER PRIMARY KEY,
    fingerprint BLOB NOT NULL UNIQUE,
    alert BLOB NOT NULL,
    -- Grows with each change that is worth telling.
    version INTEGER NOT NULL,
    status TEXT NOT NULL,
    is_muted INTEGER NOT NULL,
    name TEXT NOT NULL,
    severity TEXT NOT NULL,
    labels TEXT NOT NULL,
    annotations TEXT NOT NULL,
    value REAL,
    occurrences INTEGER NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER,
    generator_url TEXT,
    repeat_after INTEGER,
    further_targets TEXT NOT NULL,
    -- The version of the routes by which it has its memberships.
    routing INTEGER NOT NULL
);
CREATE INDEX tg_notify_alert_by_routing ON tg_notify_alert (routing);
CREATE INDEX tg_notify_alert_resolved ON tg_notify_alert (id) WHERE status = 'resolved';

CREATE TABLE tg_notify_flow (
    id INTEGER PRIMARY KEY,
    group_key BLOB NOT NULL,
    target TEXT NOT NULL,
    -- NULL for an escalation, which no route has sent here.
    route TEXT,
    labels TEXT NOT NULL,
    -- When a message of it was tried last, and when one was acknowledged last.
    flushed_at INTEGER,
    sent_at INTEGER,
    -- Something has changed since its open message was composed.
    is_changed INTEGER NOT NULL,
    -- How many messages in a row were given up.
    failures INTEGER NOT NULL,
    -- Since when it has no members.
    emptied_at INTEGER,
    UNIQUE (group_key, target)
);
CREATE INDEX tg_notify_flow_by_target ON tg_notify_flow (target);
CREATE INDEX tg_notify_flow_empty ON tg_notify_flow (emptied_at) WHERE emptied_at IS NOT NULL;

CREATE TABLE tg_notify_member (
    flow INTEGER NOT NULL,
    alert INTEGER NOT NULL,
    -- The version that is known to the target as firing.
    told INTEGER,
    -- The version that the open message tells, and whether it tells its end.
    carried INTEGER,
    carries_end INTEGER NOT NULL,
    PRIMARY KEY (flow, alert)
) WITHOUT ROWID;
CREATE INDEX tg_notify_member_by_alert ON tg_notify_member (alert);

CREATE TABLE tg_notify_message (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    -- NULL for a test.
    flow INTEGER,
    target TEXT NOT NULL,
    group_key BLOB NOT NULL,
    route TEXT,
    labels TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- When `due` was set: if that lies ahead, the clock was wrong then.
    scheduled_at INTEGER NOT NULL,
    -- When it is to be taken; while it is being sent, when its lease ends.
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    -- Of its latest composition: why, a digest of what it tells, how many alerts, after how long it is repeated.
    reason TEXT,
    digest BLOB,
    firing INTEGER NOT NULL,
    resolved INTEGER NOT NULL,
    repeat_after INTEGER,
    -- Why it was cancelled or given up.
    note TEXT,
    closed_at INTEGER
);
CREATE UNIQUE INDEX tg_notify_message_open ON tg_notify_message (flow) WHERE closed_at IS NULL;
CREATE INDEX tg_notify_message_due ON tg_notify_message (target, due) WHERE closed_at IS NULL;
CREATE INDEX tg_notify_message_closed ON tg_notify_message (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX tg_notify_message_scheduled ON tg_notify_message (target, scheduled_at) WHERE closed_at IS NULL;

-- The alerts that a message names.
CREATE TABLE tg_notify_message_alert (
    message INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    PRIMARY KEY (message, fingerprint)
) WITHOUT ROWID;
CREATE INDEX tg_notify_message_alert_by_fingerprint ON tg_notify_message_alert (fingerprint, message);

CREATE TABLE tg_notify_entry (
    -- The number of its first change, and of its latest.
    entry INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL UNIQUE,
    message INTEGER NOT NULL,
    target TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    finished_at INTEGER,
    latency INTEGER,
    error TEXT,
    next_try INTEGER
);
CREATE INDEX tg_notify_entry_by_message ON tg_notify_entry (message, attempt);
CREATE INDEX tg_notify_entry_by_at ON tg_notify_entry (at);
CREATE INDEX tg_notify_entry_by_target ON tg_notify_entry (target, at);
CREATE INDEX tg_notify_entry_by_state ON tg_notify_entry (state, at);

CREATE TABLE tg_notify_state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- Grows with each change of targets or routes; the mark tells the versions of different files apart.
    routing INTEGER NOT NULL,
    routing_mark BLOB NOT NULL,
    last_seq INTEGER NOT NULL,
    removed_seq INTEGER NOT NULL,
    -- How long the ledger is kept, in microseconds.
    keep_age INTEGER NOT NULL
);
INSERT INTO tg_notify_state VALUES (1, 0, zeroblob(16), 0, 0, 7776000000000);
";
