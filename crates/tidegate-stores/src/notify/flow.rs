//! One group of alerts on its way to one target.

use serde::Deserialize;
use tidegate::{ReadTx, Tx};

use super::routing::Place;
use crate::error::Result;
use crate::timestamp::Timestamp;

/// See the table `tg_notify_flow`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Flow {
    pub(super) id: i64,
    pub(super) target: String,
    pub(super) route: Option<String>,
    pub(super) flushed_at: Option<Timestamp>,
    pub(super) sent_at: Option<Timestamp>,
    pub(super) is_changed: bool,
    pub(super) failures: u32,
}

impl Flow {
    pub(super) fn get(tx: &mut ReadTx<'_>, id: i64) -> Result<Option<Self>> {
        let sql = "SELECT id, target, route, flushed_at, sent_at, is_changed, failures FROM tg_notify_flow WHERE id = ?";
        Ok(tx.query_opt(sql, (id,))?)
    }

    /// The flow with the times at which it was sent to, those that lie ahead brought back to now: they were told by a clock
    /// that was wrong, and would put the next repetition off for ever.
    pub(super) fn get_at(tx: &mut Tx<'_>, now: Timestamp, id: i64) -> Result<Option<Self>> {
        let Some(mut flow) = Self::get(tx, id)? else {
            return Ok(None);
        };
        if flow.sent_at.max(flow.flushed_at) > Some(now) {
            flow.sent_at = flow.sent_at.map(|sent_at| sent_at.min(now));
            flow.flushed_at = flow.flushed_at.map(|flushed_at| flushed_at.min(now));
            let sql = "UPDATE tg_notify_flow SET sent_at = ?, flushed_at = ? WHERE id = ?";
            tx.execute(sql, (flow.sent_at, flow.flushed_at, id))?;
        }
        Ok(Some(flow))
    }

    /// The flow of a place, a new one if there is none. A new one was sent to when `sent_at` says.
    pub(super) fn at(
        tx: &mut Tx<'_>,
        place: &Place<'_>,
        sent_at: Option<Timestamp>,
    ) -> Result<Self> {
        let sql = "SELECT id, target, route, flushed_at, sent_at, is_changed, failures FROM tg_notify_flow
            WHERE group_key = ? AND target = ?";
        let key = (place.group_key, &*place.target.name);
        let found: Option<Self> = tx.query_opt(sql, key)?;
        if let Some(found) = found {
            return Ok(found);
        }
        let sql = "INSERT INTO tg_notify_flow (group_key, target, route, labels, flushed_at, sent_at, is_changed, failures)
            VALUES (?, ?, ?, ?, ?, ?, 0, 0)";
        tx.execute(
            sql,
            (
                place.group_key,
                &*place.target.name,
                place.route,
                &place.labels,
                sent_at,
                sent_at,
            ),
        )?;
        Ok(Self {
            id: tx.last_insert_rowid(),
            target: place.target.name.clone(),
            route: place.route.map(str::to_owned),
            flushed_at: sent_at,
            sent_at,
            is_changed: false,
            failures: 0,
        })
    }

    /// Takes an alert in, of which the target knows the version `told`.
    pub(super) fn join(&self, tx: &mut Tx<'_>, alert: i64, told: Option<i64>) -> Result<()> {
        let sql =
            "INSERT INTO tg_notify_member (flow, alert, told, carries_end) VALUES (?, ?, ?, 0)";
        tx.execute(sql, (self.id, alert, told))?;
        let sql =
            "UPDATE tg_notify_flow SET emptied_at = NULL WHERE id = ? AND emptied_at IS NOT NULL";
        tx.execute(sql, (self.id,))?;
        Ok(())
    }

    /// Remembers that something has changed since the open message was composed.
    pub(super) fn mark_changed(tx: &mut Tx<'_>, id: i64) -> Result<()> {
        tx.execute(
            "UPDATE tg_notify_flow SET is_changed = 1 WHERE id = ?",
            (id,),
        )?;
        Ok(())
    }

    /// Remembers since when there are no members, if there are none, and says so.
    pub(super) fn note_if_empty(tx: &mut Tx<'_>, now: Timestamp, id: i64) -> Result<bool> {
        let member: Option<(i64,)> = tx.query_opt(
            "SELECT alert FROM tg_notify_member WHERE flow = ? LIMIT 1",
            (id,),
        )?;
        if member.is_some() {
            return Ok(false);
        }
        tx.execute(
            "UPDATE tg_notify_flow SET emptied_at = ? WHERE id = ?",
            (now, id),
        )?;
        Ok(true)
    }

    /// Forgets what the open message carries: it will not be told.
    pub(super) fn drop_carried(tx: &mut Tx<'_>, id: i64) -> Result<()> {
        let sql = "UPDATE tg_notify_member SET carried = NULL, carries_end = 0 WHERE flow = ? AND carried IS NOT NULL";
        tx.execute(sql, (id,))?;
        Ok(())
    }
}
