//! Which flows an alert belongs to, and the messages that follow from a change of it.

use serde::Deserialize;
use tidegate::{ReadTx, Tx};

use super::announcement::Status;
use super::flow::Flow;
use super::outbox;
use super::pace::after;
use super::routing::{Place, Routing};
use super::snapshot::Snapshot;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::timestamp::Timestamp;

/// An alert's place in a flow.
#[derive(Clone, Debug, Deserialize)]
struct Membership {
    flow: i64,
    group_key: Fingerprint,
    target: String,
    route: Option<String>,
    flushed_at: Option<Timestamp>,
    sent_at: Option<Timestamp>,
    told: Option<i64>,
    carried: Option<i64>,
}

impl Membership {
    fn of_alert(tx: &mut ReadTx<'_>, alert: i64) -> Result<Vec<Self>> {
        let sql = "SELECT flow, group_key, target, route, flushed_at, sent_at, told, carried
            FROM tg_notify_member JOIN tg_notify_flow ON id = flow WHERE alert = ?";
        Ok(tx.query(sql, (alert,))?)
    }

    fn is_at(&self, place: &Place<'_>) -> bool {
        self.group_key == place.group_key && self.target == place.target.name
    }

    fn was_told(&self) -> bool {
        self.told.is_some()
    }

    fn is_carried(&self) -> bool {
        self.carried.is_some()
    }

    fn leave(&self, tx: &mut Tx<'_>, now: Timestamp, alert: i64) -> Result<()> {
        let sql = "DELETE FROM tg_notify_member WHERE flow = ? AND alert = ?";
        tx.execute(sql, (self.flow, alert))?;
        match Flow::note_if_empty(tx, now, self.flow)? {
            true => outbox::close_waiting(tx, now, self.flow),
            false => Ok(()),
        }
    }
}

/// Brings an alert's memberships and the messages of its flows in line with what it is now.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    now: Timestamp,
    routing: &Routing,
    alert: &Snapshot,
    before: Option<&Snapshot>,
) -> Result<()> {
    let present = match before {
        Some(_) => Membership::of_alert(tx, alert.id)?,
        None => Vec::new(),
    };
    match alert.status {
        Status::Firing => settle_firing(tx, now, routing, alert, present),
        Status::Resolved => present
            .iter()
            .try_for_each(|member| settle_resolved(tx, now, routing, alert, member)),
    }
}

/// What was told of its beginning is told of its end, if the target wants that; the rest leaves.
fn settle_resolved(
    tx: &mut Tx<'_>,
    now: Timestamp,
    routing: &Routing,
    alert: &Snapshot,
    member: &Membership,
) -> Result<()> {
    let pace = routing.pace(member.route.as_deref(), &member.target);
    let wants_end = routing
        .target(&member.target)
        .is_some_and(|target| target.send_resolved);
    let is_to_tell = wants_end && !alert.is_muted && member.was_told();
    match pace {
        // What is on its way will have been told when it arrives.
        _ if member.is_carried() => Flow::mark_changed(tx, member.flow),
        Some(pace) if is_to_tell => outbox::expect_by(
            tx,
            now,
            routing,
            member.flow,
            pace.change(now, member.flushed_at),
        ),
        _ => member.leave(tx, now, alert.id),
    }
}

fn settle_firing(
    tx: &mut Tx<'_>,
    now: Timestamp,
    routing: &Routing,
    alert: &Snapshot,
    present: Vec<Membership>,
) -> Result<()> {
    let places = routing.places(alert);
    let (kept, left): (Vec<_>, Vec<_>) = present.into_iter().partition(|member| {
        let is_known = member.was_told() || member.is_carried();
        let still_leads = || {
            routing
                .pace(member.route.as_deref(), &member.target)
                .is_some()
        };
        places.iter().any(|place| member.is_at(place)) || (is_known && still_leads())
    });
    if !alert.is_muted {
        for member in &kept {
            expect_change(tx, now, routing, alert, member)?;
        }
        let is_new = |place: &&Place<'_>| !kept.iter().any(|member| member.is_at(place));
        for place in places.iter().filter(is_new) {
            let known = left
                .iter()
                .find(|member| member.target == place.target.name);
            enter(tx, now, routing, alert, place, known)?;
        }
    }
    left.iter()
        .try_for_each(|member| member.leave(tx, now, alert.id))
}

/// A message of a member's flow: at its time for changes if there is something new, otherwise when it is repeated.
fn expect_change(
    tx: &mut Tx<'_>,
    now: Timestamp,
    routing: &Routing,
    alert: &Snapshot,
    member: &Membership,
) -> Result<()> {
    let Some(pace) = routing.pace(member.route.as_deref(), &member.target) else {
        return Ok(());
    };
    if !routing.wants(alert.severity, member.route.as_deref(), &member.target) {
        return Ok(());
    }
    let is_known = member.told == Some(alert.version);
    let due = match member.sent_at {
        Some(sent_at) if is_known => {
            let repeat = alert.repeat_after.map_or(pace.repeat, super::in_json::span);
            after(now, sent_at, repeat).max(now)
        }
        _ => pace.change(now, member.flushed_at),
    };
    outbox::expect_by(tx, now, routing, member.flow, due)
}

/// Takes the alert into the flow of a place that it was not in, if the target is to know of it. What the target knows from
/// another flow, which the alert has left, is not told again.
fn enter(
    tx: &mut Tx<'_>,
    now: Timestamp,
    routing: &Routing,
    alert: &Snapshot,
    place: &Place<'_>,
    known: Option<&Membership>,
) -> Result<()> {
    let is_wanted = routing.wants(alert.severity, place.route, &place.target.name);
    if !is_wanted || !place.target.is_enabled {
        return Ok(());
    }
    let (told, sent_at) = known.map_or((None, None), |known| (known.told, known.sent_at));
    let flow = Flow::at(tx, place, sent_at.filter(|_| told.is_some()))?;
    flow.join(tx, alert.id, told)?;
    let member = Membership {
        flow: flow.id,
        group_key: place.group_key,
        target: flow.target,
        route: flow.route,
        flushed_at: flow.flushed_at,
        sent_at: flow.sent_at,
        told,
        carried: None,
    };
    expect_change(tx, now, routing, alert, &member)
}
