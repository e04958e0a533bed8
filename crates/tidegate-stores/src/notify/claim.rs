//! Handing out messages whose time has come, each to one dispatcher at a time.

use std::time::Duration;

use tidegate::Tx;

use super::content::{alerts, common_annotations, common_labels};
use super::delivery::Delivery;
use super::due::{CLOCK_TOLERANCE, room};
use super::entry::EntryState;
use super::flow::Flow;
use super::ledger::{self, Ending};
use super::message::{MessageState, Reason};
use super::outbox::{self, Close, NOTHING_LEFT, Row, columns};
use super::outcome::{ATTEMPTS_MAX, give_up};
use super::routing::Routing;
use super::tale::{Decision, Member, Tale, decide};
use super::target::{Target, lasting};
use super::target_rows::no_target;
use super::test_message;
use crate::check;
use crate::error::Result;
use crate::timestamp::Timestamp;

/// The most messages of one [`claim`].
pub const CLAIM_MESSAGES_MAX: usize = 100;
/// The longest lease.
pub const LEASE_MAX: Duration = Duration::from_secs(3_600);

/// How many messages one call looks at beyond those that it hands out; the rest waits for the next call.
const LOOKS_MAX: usize = 200;

const LEASE_ENDED: &str = "nothing was heard of it before its lease ended";

/// Takes messages to a target whose time has come, `limit` at most, the longest due first, and no more than the target's
/// concurrency and rate limit leave room for.
///
/// What each tells is found out now. It belongs to the caller until `lease` is over; tell the outcome with
/// [`sent`](super::sent) or [`failed`](super::failed). A message of which nothing was heard by then is handed out again
/// with the same id: every message is delivered at least once, and a receiver that remembers ids sees it once. Nothing
/// is handed out for a disabled target.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is no such target; [`InvalidInput`](crate::ErrorKind::InvalidInput) for
/// a limit or lease of nothing, [`Limit`](crate::ErrorKind::Limit) beyond [`CLAIM_MESSAGES_MAX`] or [`LEASE_MAX`]; and what
/// the database answers.
pub fn claim(
    tx: &mut Tx<'_>,
    now: Timestamp,
    target: &str,
    limit: usize,
    lease: Duration,
) -> Result<Vec<Delivery>> {
    check::page(limit, CLAIM_MESSAGES_MAX)?;
    lasting("lease", lease, LEASE_MAX)?;
    let routing = Routing::load(tx)?;
    let known = routing.target(target).ok_or_else(|| no_target(target))?;
    let mut deliveries = Vec::new();
    if !known.is_enabled {
        return Ok(deliveries);
    }
    let room = room(tx, now, known)?.min(limit);
    let claim = Claim {
        now,
        lease_until: now.saturating_add(lease),
        routing: &routing,
        target: known,
    };
    for message in claim.due(tx, room)? {
        if deliveries.len() == room {
            break;
        }
        deliveries.extend(claim.take(tx, message)?);
    }
    Ok(deliveries)
}

/// One call.
struct Claim<'a> {
    now: Timestamp,
    lease_until: Timestamp,
    routing: &'a Routing,
    target: &'a Target,
}

impl Claim<'_> {
    /// Messages that are due, whose lease has ended, or whose time was set by a clock that was ahead.
    fn due(&self, tx: &mut Tx<'_>, room: usize) -> Result<Vec<Row>> {
        if room == 0 {
            return Ok(Vec::new());
        }
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM tg_notify_message WHERE target = ?1 AND closed_at IS NULL AND due <= ?2 ORDER BY due LIMIT ?3"
        );
        let mut due: Vec<Row> = tx.query(sql, (&*self.target.name, self.now, room + LOOKS_MAX))?;
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM tg_notify_message WHERE target = ?1 AND closed_at IS NULL AND scheduled_at > ?2 AND due > ?3
                ORDER BY scheduled_at LIMIT ?4"
        );
        let ahead = self.now.saturating_add(CLOCK_TOLERANCE);
        let misdated: Vec<Row> = tx.query(sql, (&*self.target.name, ahead, self.now, LOOKS_MAX))?;
        due.extend(misdated);
        Ok(due)
    }

    /// Takes one message, or ends or moves it.
    fn take(&self, tx: &mut Tx<'_>, message: Row) -> Result<Option<Delivery>> {
        if message.state == MessageState::Sending {
            self.end_lost_attempt(tx, &message)?;
            if message.attempts >= ATTEMPTS_MAX {
                give_up(tx, self.now, self.routing, &message, LEASE_ENDED)?;
                return Ok(None);
            }
        }
        match message.flow {
            None => self.take_test(tx, &message).map(Some),
            Some(flow) => self.take_of_flow(tx, message, flow),
        }
    }

    fn end_lost_attempt(&self, tx: &mut Tx<'_>, message: &Row) -> Result<()> {
        let found = ledger::find(tx, message.seq, message.attempts)?;
        let Some((entry, EntryState::Pending)) = found else {
            return Ok(());
        };
        let ending = Ending {
            state: EntryState::Failed,
            latency: None,
            error: Some(LEASE_ENDED),
            next_try: Some(self.now),
        };
        ledger::end(tx, self.now, entry, ending)
    }

    fn take_of_flow(&self, tx: &mut Tx<'_>, message: Row, flow: i64) -> Result<Option<Delivery>> {
        let pace = self.routing.pace(message.route.as_deref(), &message.target);
        let (Some(flow), Some(pace)) = (Flow::get_at(tx, self.now, flow)?, pace) else {
            let why = Close::Cancelled("its route was removed");
            outbox::close(tx, self.now, &message, why)?;
            return Ok(None);
        };
        let members = Member::of_flow(tx, flow.id)?;
        let (decision, over) = decide(self.now, &flow, self.target, &pace, members);
        self.let_go(tx, &flow, &over)?;
        match decision {
            Decision::Nothing => {
                let why = Close::Cancelled(NOTHING_LEFT);
                outbox::close(tx, self.now, &message, why)?;
                Ok(None)
            }
            Decision::Later(due) => {
                outbox::move_to(tx, self.now, message.seq, due)?;
                Ok(None)
            }
            Decision::Tell(tale) => self.hand_out(tx, message, &flow, tale).map(Some),
        }
    }

    /// Takes alerts that are over, and of which nothing will be told, out of a flow.
    fn let_go(&self, tx: &mut Tx<'_>, flow: &Flow, over: &[i64]) -> Result<()> {
        if over.is_empty() {
            return Ok(());
        }
        let sql = "DELETE FROM tg_notify_member WHERE flow = ? AND alert = ?";
        tx.execute_many(sql, over.iter().map(|alert| (flow.id, *alert)))?;
        Flow::note_if_empty(tx, self.now, flow.id).map(drop)
    }

    fn hand_out(
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
                self.replace(tx, &mut message, flow)?;
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

    /// What was tried and failed told something else: another message, with another id, tells what there is to tell now.
    fn replace(&self, tx: &mut Tx<'_>, message: &mut Row, flow: &Flow) -> Result<()> {
        let why = Close::Cancelled("what there is to tell has changed since it was tried");
        outbox::close(tx, self.now, message, why)?;
        let (seq, id) = outbox::create(tx, self.now, flow.id, self.now, message.attempts)?;
        (message.seq, message.id) = (seq, id);
        Ok(())
    }

    fn take_test(&self, tx: &mut Tx<'_>, message: &Row) -> Result<Delivery> {
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
                repeat.map(crate::timestamp::micros),
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
        let is_over = member.status == super::announcement::Status::Resolved;
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
    fingerprints: impl Iterator<Item = crate::fingerprint::Fingerprint>,
) -> Result<()> {
    let sql = "INSERT OR IGNORE INTO tg_notify_message_alert (message, fingerprint) VALUES (?, ?)";
    tx.execute_many(sql, fingerprints.map(|fingerprint| (message, fingerprint)))?;
    Ok(())
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}
