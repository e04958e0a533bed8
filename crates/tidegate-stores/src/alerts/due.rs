//! What happens to alerts by itself when its time has come.

use tidegate::Tx;

use super::record::Record;
use super::remute::{begin_remute, remute};
use super::resolving::resolve;
use super::settings::settings;
use super::silence::move_statuses;
use super::state::State;
use super::transition::TransitionKind;
use super::writer::{Note, Writer};
use crate::error::Result;
use crate::progress::Progress;
use crate::timestamp::Timestamp;

/// Does what is due, `budget` alerts at most: suppressed alerts fire again, unacknowledged ones escalate, pushed ones that
/// nobody repeats are resolved, silences begin and end. The schedule stands in the database: what was missed while nobody
/// called is done once, all steps of it together.
///
/// # Errors
/// What the database answers.
pub fn escalate_step(tx: &mut Tx<'_>, now: Timestamp, budget: usize) -> Result<Progress> {
    let budget = budget.max(1);
    if move_statuses(tx, now)? {
        begin_remute(tx, now)?;
    }
    let mut rows = set_back(tx, now, budget)?;
    rows += move_due(tx, now, budget - rows)?;
    rows += match budget - rows {
        0 => 0,
        left => remute(tx, now, left)?,
    };
    Ok(Progress::of(rows, rows >= budget))
}

/// Alerts that occurred in what is the future since the clock was set back; otherwise what follows from that would wait for
/// it.
fn set_back(tx: &mut Tx<'_>, now: Timestamp, budget: usize) -> Result<usize> {
    let sql =
        "SELECT * FROM tg_alert WHERE resolved_at IS NULL AND seen_at > ? ORDER BY seen_at LIMIT ?";
    let records: Vec<Record> = tx.query(sql, (now, budget))?;
    let count = records.len();
    if count == 0 {
        return Ok(0);
    }
    let expires_at = now.saturating_add(settings(tx)?.resolve_timeout);
    let mut writer = Writer::begin(now);
    for mut record in records {
        record.seen_at = now;
        record.expires_at = record.expires_at.map(|at| at.min(expires_at));
        record.fired_at = record.fired_at.map(|fired_at| fired_at.min(now));
        writer.touch(tx, record)?;
    }
    writer.finish(tx)?;
    Ok(count)
}

fn move_due(tx: &mut Tx<'_>, now: Timestamp, budget: usize) -> Result<usize> {
    let sql = "SELECT * FROM tg_alert WHERE due_at <= ? ORDER BY due_at LIMIT ?";
    let records: Vec<Record> = tx.query(sql, (now, budget))?;
    let count = records.len();
    let mut writer = Writer::begin(now);
    for record in records {
        advance(tx, &mut writer, record)?;
    }
    writer.finish(tx)?;
    Ok(count)
}

/// Does everything that is due of one alert.
fn advance(tx: &mut Tx<'_>, writer: &mut Writer, mut record: Record) -> Result<()> {
    let is_past = |moment: Option<Timestamp>| moment.filter(|moment| *moment <= writer.now);
    if let Some(ended_at) = is_past(record.expires_at) {
        let note = Note::own(TransitionKind::Resolved, "nobody told of it any more");
        return resolve(tx, writer, record, ended_at, note);
    }
    let is_back = record.state == State::Suppressed && is_past(record.suppressed_until).is_some();
    if is_back {
        (record.state, record.suppressed_until) = (State::Firing, None);
        let note = Note::own(TransitionKind::Returned, "the time it was put off is over");
        if is_past(record.escalates_at()).is_none() {
            return writer.change(tx, record, State::Suppressed, note);
        }
        writer.change(tx, record.clone(), State::Suppressed, note)?;
        record.version += 1;
    }
    let from = record.state;
    let note = Note::own(TransitionKind::Escalated, escalate(&mut record, writer.now));
    writer.change(tx, record, from, note)
}

/// Takes all steps whose time has come; says which.
fn escalate(record: &mut Record, now: Timestamp) -> String {
    while record.escalates_at().is_some_and(|at| at <= now) {
        let step = record.escalation[record.escalated].clone();
        record.severity = record
            .severity
            .max(step.severity.unwrap_or(record.severity));
        for target in step.targets {
            if !record.further_targets.contains(&target) {
                record.further_targets.push(target);
            }
        }
        record.escalated += 1;
    }
    let steps = record.escalation.len();
    format!(
        "nobody acknowledged it: step {} of {steps}",
        record.escalated
    )
}
