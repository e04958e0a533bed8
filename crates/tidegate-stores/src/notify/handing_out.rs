//! Giving a message to whoever has claimed it, with what it tells.

use std::time::Duration;

use tidegate::Tx;

use super::announcement::Status;
use super::claim::Claim;
use super::content::{alerts, common_annotations, common_labels};
use super::delivery::Delivery;
use super::flow::Flow;
use super::ledger;
use super::message::Reason;
use super::outbox::{self, Close, Row};
use super::tale::{Member, Tale};
use super::test_message;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::timestamp::{Timestamp, micros};

impl Claim<'_> {
    /// Makes a message tell what there is to tell.
    pub(super) fn hand_out(
        &self,
        tx: &mut Tx<'_>,
        mut message: Row,
        flow: &Flow,
        tale: Tale,
    ) -> Result<Delivery> {
        let digest = tale.digest();
        let told_before = message.digest.replace(digest);
        let alerts = alerts(tx, &tale.members)?;
        if told_before != Some(digest) {
            if told_before.is_some() {
                let attempts = message.attempts;
                (message.seq, message.id) =
                    self.supersede(tx, &message, flow, self.now, attempts)?;
            }
            carry(tx, flow.id, &tale.members)?;
            name(
                tx,
                message.seq,
                alerts.iter().map(|alert| alert.fingerprint),
            )?;
        }
        message.firing = count(tale.firing);
        message.resolved = count(tale.resolved());
        self.lease(tx, &mut message, tale.reason, Some(tale.repeat))?;
        let sql = "UPDATE tg_notify_flow SET flushed_at = ?, is_changed = 0 WHERE id = ?";
        tx.execute(sql, (self.now, flow.id))?;
        Ok(Delivery {
            common_labels: common_labels(&alerts),
            common_annotations: common_annotations(&alerts),
            alerts,
            ..self.delivery(message, tale.reason)
        })
    }

    /// What was tried told something else: another message, with another id, tells what there is to tell now.
    pub(super) fn supersede(
        &self,
        tx: &mut Tx<'_>,
        message: &Row,
        flow: &Flow,
        due: Timestamp,
        attempts: u32,
    ) -> Result<(i64, Id)> {
        let why = Close::Cancelled("what there is to tell has changed since it was tried");
        outbox::close(tx, self.now, message, why)?;
        outbox::create(tx, self.now, flow.id, due, attempts)
    }

    /// Makes a message tell that this is a test.
    pub(super) fn take_test(&self, tx: &mut Tx<'_>, message: &Row) -> Result<Delivery> {
        let mut message = message.clone();
        message.firing = 1;
        self.lease(tx, &mut message, Reason::Test, None)?;
        let alerts = vec![test_message::alert(self.now, message.id)];
        Ok(Delivery {
            common_labels: common_labels(&alerts),
            common_annotations: common_annotations(&alerts),
            alerts,
            ..self.delivery(message, Reason::Test)
        })
    }

    /// Makes the message the caller's, and begins an attempt.
    fn lease(
        &self,
        tx: &mut Tx<'_>,
        message: &mut Row,
        reason: Reason,
        repeat: Option<Duration>,
    ) -> Result<()> {
        message.attempts += 1;
        let sql = "UPDATE tg_notify_message SET state = 'sending', scheduled_at = ?, due = ?, attempts = ?, reason = ?,
            digest = ?, firing = ?, resolved = ?, repeat_after = ? WHERE seq = ?";
        tx.execute(
            sql,
            (
                self.now,
                self.lease_until,
                message.attempts,
                reason,
                message.digest,
                message.firing,
                message.resolved,
                repeat.map(micros),
                message.seq,
            ),
        )?;
        ledger::begin(tx, self.now, message.seq, &message.target, message.attempts)
    }

    /// The delivery of a message, without its alerts.
    fn delivery(&self, message: Row, reason: Reason) -> Delivery {
        Delivery {
            id: message.id,
            attempt: message.attempts,
            target: message.target,
            reason,
            group_key: message.group_key,
            route: message.route,
            group_labels: message.labels,
            common_labels: Default::default(),
            common_annotations: Default::default(),
            alerts: Vec::new(),
            firing: message.firing,
            resolved: message.resolved,
            lease_until: self.lease_until,
        }
    }
}

/// Remembers what the target will know when the message has arrived. Who is told what they know needs no note.
fn carry(tx: &mut Tx<'_>, flow: i64, members: &[Member]) -> Result<()> {
    let news = members.iter().filter(|member| member.is_news());
    let rows = news.map(|member| {
        let is_over = member.status == Status::Resolved;
        (member.version, is_over, flow, member.alert)
    });
    let sql =
        "UPDATE tg_notify_member SET carried = ?, carries_end = ? WHERE flow = ? AND alert = ?";
    tx.execute_many(sql, rows)?;
    Ok(())
}

/// Notes which alerts a message names.
fn name(
    tx: &mut Tx<'_>,
    message: i64,
    fingerprints: impl Iterator<Item = Fingerprint>,
) -> Result<()> {
    let sql = "INSERT OR IGNORE INTO tg_notify_message_alert (message, fingerprint) VALUES (?, ?)";
    tx.execute_many(sql, fingerprints.map(|fingerprint| (message, fingerprint)))?;
    Ok(())
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}
