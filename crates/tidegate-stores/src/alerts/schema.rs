//! The tables of the alerts.

use tidegate::Migration;

pub(crate) fn step() -> Migration {
    Migration::sql("alerts", SQL)
}

const SQL: &str = "
CREATE TABLE tg_alert_rule (
    name TEXT PRIMARY KEY,
    -- Whose set of rules it belongs to.
    source TEXT NOT NULL,
    -- The rule as JSON.
    definition TEXT NOT NULL,
    is_enabled INTEGER NOT NULL,
    -- Grows with each change of any rule.
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tg_alert_rule_by_source ON tg_alert_rule (source);

CREATE TABLE tg_alert (
    id BLOB PRIMARY KEY,
    fingerprint BLOB NOT NULL,
    name TEXT NOT NULL,
    origin TEXT NOT NULL,
    -- A JSON object of texts, without the severity.
    labels TEXT NOT NULL,
    -- Of rules only: the name, and as of which revision.
    rule TEXT,
    rule_revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    severity TEXT NOT NULL,
    annotations TEXT NOT NULL,
    details TEXT,
    value REAL,
    generator_url TEXT,
    occurrences INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    fired_at INTEGER,
    changed_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    -- Since when the condition has not held.
    false_since INTEGER,
    suppressed_until INTEGER,
    -- Of those that were pushed: when it ends if nobody tells of it again.
    expires_at INTEGER,
    resolved_at INTEGER,
    resolved_why TEXT,
    -- The steps as JSON, how many of them were taken, and the targets they brought.
    escalation TEXT NOT NULL,
    escalated INTEGER NOT NULL,
    further_targets TEXT NOT NULL,
    repeat_after INTEGER,
    -- A JSON array of silences.
    silenced_by TEXT NOT NULL,
    -- An alert.
    inhibited_by BLOB,
    -- When the next thing happens to it by itself.
    due_at INTEGER,
    -- Grows with each change.
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX tg_alert_active ON tg_alert (fingerprint) WHERE resolved_at IS NULL;
CREATE INDEX tg_alert_active_by_id ON tg_alert (id) WHERE resolved_at IS NULL;
CREATE INDEX tg_alert_active_by_rule ON tg_alert (rule) WHERE resolved_at IS NULL AND rule IS NOT NULL;
CREATE INDEX tg_alert_active_by_seen ON tg_alert (seen_at) WHERE resolved_at IS NULL;
CREATE INDEX tg_alert_by_due ON tg_alert (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX tg_alert_by_resolved ON tg_alert (resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX tg_alert_by_fired ON tg_alert (fired_at) WHERE fired_at IS NOT NULL;
CREATE INDEX tg_alert_by_fingerprint ON tg_alert (fingerprint, opened_at);
CREATE INDEX tg_alert_by_name ON tg_alert (name, id);

CREATE TABLE tg_alert_transition (
    -- The order of happening, without gaps.
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    alert BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    severity TEXT NOT NULL,
    -- Who did it; nobody if it happened by itself.
    who TEXT,
    why TEXT NOT NULL
);
CREATE INDEX tg_alert_transition_by_alert ON tg_alert_transition (alert, seq);

CREATE TABLE tg_alert_silence (
    id BLOB PRIMARY KEY,
    -- A JSON array of matchers.
    matchers TEXT NOT NULL,
    author TEXT NOT NULL,
    comment TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    ended_by TEXT
) WITHOUT ROWID;
CREATE INDEX tg_alert_silence_by_status ON tg_alert_silence (status, id);
CREATE INDEX tg_alert_silence_by_end ON tg_alert_silence (status, ends_at);

CREATE TABLE tg_alert_inhibition (
    place INTEGER PRIMARY KEY,
    definition TEXT NOT NULL
);

CREATE TABLE tg_alert_rate (
    fingerprint BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    labels TEXT NOT NULL,
    -- A JSON array of the latest occurrences: when, and how urgent.
    recent TEXT NOT NULL,
    used_at INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    dropped_at INTEGER
) WITHOUT ROWID;
CREATE INDEX tg_alert_rate_by_used ON tg_alert_rate (used_at);
CREATE INDEX tg_alert_rate_by_dropped ON tg_alert_rate (dropped_at) WHERE dropped_at IS NOT NULL;

CREATE TABLE tg_alert_state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    last_seq INTEGER NOT NULL,
    last_revision INTEGER NOT NULL,
    -- Active alerts after this one are still to be compared with silences and inhibitions; none if it is null.
    mute_after BLOB,
    dropped INTEGER NOT NULL,
    -- The settings: microseconds, but for the number of occurrences.
    keep_resolved INTEGER NOT NULL,
    resolve_timeout INTEGER NOT NULL,
    rate_occurrences INTEGER NOT NULL,
    rate_window INTEGER NOT NULL
);
INSERT INTO tg_alert_state VALUES (1, 0, 0, NULL, 0, 7776000000000, 300000000, 20, 300000000);
";
