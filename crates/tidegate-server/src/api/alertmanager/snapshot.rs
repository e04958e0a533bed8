//! All alerts that fire, with their groups and receivers, as of one moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use tidegate::ReadTx;
use tidegate_stores::alerts::{self, Alert, Filter};
use tidegate_stores::notify::{self, Group};
use tidegate_stores::{Id, Matcher, PAGE_ITEMS_MAX, Result};
use utoipa::IntoParams;

use super::alert::{GettableAlert, Receiver};
use super::matcher::{filters, receiver};
use crate::clock;
use crate::http::Context;
use crate::problem::{Code, Problem};

/// The most alerts of one answer; Alertmanager's API has no pages.
const ALERTS_MAX: usize = 50_000;

/// Which alerts are wanted, as parameters of a URL.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AlertsQuery {
    /// Whether to show those that people are told of.
    active: bool,
    /// Whether to show those that are silenced, acknowledged or put off.
    silenced: bool,
    /// Whether to show those that another alert inhibits.
    inhibited: bool,
    /// Taken for Alertmanager's sake: none is ever unprocessed.
    unprocessed: bool,
    /// Whose labels meet these, such as `alertname="Down"`.
    filter: Vec<String>,
    /// Which go to a receiver whose name matches this regular expression.
    receiver: Option<String>,
}

impl Default for AlertsQuery {
    fn default() -> Self {
        Self {
            active: true,
            silenced: true,
            inhibited: true,
            unprocessed: true,
            filter: Vec::new(),
            receiver: None,
        }
    }
}

/// The alerts that are wanted, by their ids, and all groups.
pub(super) struct Snapshot {
    pub(super) alerts: BTreeMap<Id, GettableAlert>,
    pub(super) groups: Vec<Group>,
    pub(super) receiver: Option<Matcher>,
}

impl Snapshot {
    /// Reads what a request asks for.
    pub(super) async fn read(
        context: &Context,
        name: &'static str,
        query: AlertsQuery,
    ) -> Result<Self, Problem> {
        let mut filter = Filter::default();
        (filter.matchers, filter.has_fired) = (filters(&query.filter)?, Some(true));
        let receiver = receiver(query.receiver.as_deref())?;
        let look = move |tx: &mut ReadTx<'_>| {
            let Some(found) = all(tx, &filter)? else {
                return Ok(None);
            };
            let groups = notify::groups(tx)?;
            let timeout = alerts::settings(tx)?.resolve_timeout;
            let ends_at = clock::now().saturating_add(timeout);
            let mut receivers = receivers(&groups);
            let shown = found.into_iter().map(|alert| {
                let receivers = receivers.remove(&alert.id).unwrap_or_default();
                (alert.id, GettableAlert::of(alert, receivers, ends_at))
            });
            let shown = shown.filter(|(_, alert)| query.wants(alert));
            let alerts = shown.collect();
            Ok(Some((alerts, groups)))
        };
        let found = context.read(name, look).await?;
        let (alerts, groups) = found.ok_or_else(|| {
            let detail = format!("there are more than {ALERTS_MAX} alerts; ask for less of them");
            Problem::new(Code::LimitExceeded, detail).field("filter")
        })?;
        Ok(Self {
            alerts,
            groups,
            receiver,
        })
    }

    /// Whether a receiver is asked for.
    pub(super) fn wants(&self, receiver: &str) -> bool {
        let matcher = self.receiver.as_ref();
        matcher.is_none_or(|matcher| matcher.matches_value(receiver))
    }
}

impl AlertsQuery {
    fn wants(&self, alert: &GettableAlert) -> bool {
        let status = &alert.status;
        let is_silenced = status.is_handled || !status.silenced_by.is_empty();
        (self.active || status.state != "active")
            && (self.silenced || !is_silenced)
            && (self.inhibited || status.inhibited_by.is_empty())
    }
}

/// All active alerts that a filter means; `None` if there are more than [`ALERTS_MAX`].
fn all(tx: &mut ReadTx<'_>, filter: &Filter) -> Result<Option<Vec<Alert>>> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let page = alerts::active(tx, filter, cursor.as_ref(), PAGE_ITEMS_MAX)?;
        all.extend(page.items);
        cursor = page.next;
        match cursor {
            None => return Ok(Some(all)),
            Some(_) if all.len() > ALERTS_MAX => return Ok(None),
            Some(_) => {}
        }
    }
}

/// Where each alert goes.
fn receivers(groups: &[Group]) -> BTreeMap<Id, Vec<Receiver>> {
    let mut receivers: BTreeMap<Id, Vec<Receiver>> = BTreeMap::new();
    for group in groups {
        let name: Arc<str> = group.target.as_str().into();
        for alert in &group.alerts {
            let receiver = Receiver { name: name.clone() };
            let of_alert = receivers.entry(*alert).or_default();
            if !of_alert.contains(&receiver) {
                of_alert.push(receiver);
            }
        }
    }
    receivers
}
