//! Deciding what a message tells, from the members of its flow as they are now.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::time::Duration;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use tidegate::ReadTx;

use super::announcement::Status;
use super::flow::Flow;
use super::in_json::span;
use super::message::Reason;
use super::pace::{Pace, after};
use super::severity::Severity;
use super::target::Target;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::timestamp::Timestamp;

/// A member with what decides about it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Member {
    pub(super) alert: i64,
    pub(super) told: Option<i64>,
    pub(super) version: i64,
    pub(super) status: Status,
    pub(super) is_muted: bool,
    pub(super) severity: Severity,
    pub(super) starts_at: Timestamp,
    pub(super) repeat_after: Option<i64>,
}

impl Member {
    pub(super) fn of_flow(tx: &mut ReadTx<'_>, flow: i64) -> Result<Vec<Self>> {
        let sql = "SELECT alert_row.id AS alert, told, version, status, is_muted, severity, starts_at, repeat_after
            FROM tg_notify_member JOIN tg_notify_alert AS alert_row ON alert_row.id = tg_notify_member.alert
            WHERE flow = ? ORDER BY tg_notify_member.alert";
        Ok(tx.query(sql, (flow,))?)
    }

    pub(super) fn is_news(&self) -> bool {
        self.status == Status::Resolved || self.told != Some(self.version)
    }

    fn is_new(&self) -> bool {
        self.status == Status::Firing && self.told.is_none()
    }
}

/// What becomes of a message whose time has come.
#[derive(Debug)]
pub(super) enum Decision {
    /// There is nothing to tell.
    Nothing,
    /// There will be, then.
    Later(Timestamp),
    /// There is.
    Tell(Tale),
}

/// What a message tells.
#[derive(Debug)]
pub(super) struct Tale {
    pub(super) reason: Reason,
    /// In the order of telling.
    pub(super) members: Vec<Member>,
    pub(super) firing: usize,
    pub(super) repeat: Duration,
}

impl Tale {
    /// Stands for the facts that are told: whoever has been told has been told them.
    pub(super) fn digest(&self) -> Fingerprint {
        let mut facts: Vec<_> = self
            .members
            .iter()
            .map(|member| (member.alert, member))
            .collect();
        facts.sort_unstable_by_key(|(alert, _)| *alert);
        let mut hash = Sha256::new();
        for (alert, member) in facts {
            hash.update(alert.to_le_bytes());
            hash.update(member.version.to_le_bytes());
        }
        Fingerprint::from_digest(&hash.finalize().into())
    }

    pub(super) fn resolved(&self) -> usize {
        self.members.len() - self.firing
    }
}

/// What there is to tell, and the alerts that are over without anything to be told.
pub(super) fn decide(
    now: Timestamp,
    flow: &Flow,
    target: &Target,
    pace: &Pace,
    members: Vec<Member>,
) -> (Decision, Vec<i64>) {
    let is_told = |member: &Member| match member.status {
        Status::Firing => flow.route.is_none() || member.severity >= target.severity_min,
        Status::Resolved => target.send_resolved && member.told.is_some(),
    };
    let (mut told, rest): (Vec<Member>, Vec<Member>) = members
        .into_iter()
        .partition(|member| !member.is_muted && is_told(member));
    let over = |member: &Member| member.status == Status::Resolved;
    let over = rest
        .iter()
        .filter(|member| over(member))
        .map(|member| member.alert);
    let over: Vec<i64> = over.collect();
    if told.is_empty() {
        return (Decision::Nothing, over);
    }
    let repeat = repeat_of(&told, pace);
    let again = flow.sent_at.map(|sent_at| after(now, sent_at, repeat));
    let has_news = told.iter().any(Member::is_news);
    if let Some(again) = again.filter(|again| !has_news && *again > now) {
        return (Decision::Later(again), over);
    }
    told.sort_by_cached_key(|member| {
        let is_over = member.status == Status::Resolved;
        (
            is_over,
            !member.is_news(),
            Reverse(member.severity),
            member.starts_at,
            member.alert,
        )
    });
    let firing = told
        .iter()
        .filter(|member| member.status == Status::Firing)
        .count();
    let tale = Tale {
        reason: reason(flow, &told, has_news),
        members: told,
        firing,
        repeat,
    };
    (Decision::Tell(tale), over)
}

/// The shortest time after which any of them is told again.
fn repeat_of(told: &[Member], pace: &Pace) -> Duration {
    let firing = told.iter().filter(|member| member.status == Status::Firing);
    let each = firing.map(|member| member.repeat_after.map_or(pace.repeat, span));
    each.min().unwrap_or(pace.repeat)
}

fn reason(flow: &Flow, told: &[Member], has_news: bool) -> Reason {
    let changed = |member: &Member| member.status == Status::Firing && member.is_news();
    match () {
        () if !has_news => Reason::Repeat,
        () if told.iter().any(Member::is_new) && flow.route.is_none() => Reason::Escalation,
        () if told.iter().any(Member::is_new) => Reason::New,
        () if told.iter().any(changed) => Reason::Changed,
        () => Reason::Resolved,
    }
}
