//! Notifications and their targets in either place.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tidegate::{ReadTx, Tx};
use tidegate_stores::notify::{self, Entry, EntryState, LedgerFilter, Message, MessageState};
use tidegate_stores::{Fingerprint, Id, PAGE_ITEMS_MAX, Result as StoreResult, Timestamp, Window};

use super::page::PageArgs;
use super::query::Query;
use super::{Place, wire};
use crate::clock;
use crate::failure::{Failure, Result};

/// How far back the figures of targets look, and no further.
const STATISTICS_WINDOW: Duration = Duration::from_secs(86_400);
/// The most notifications that the story of an alert shows.
const STORY_NOTIFICATIONS_MAX: usize = 100;

/// Which notifications are meant.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct NotificationFilter {
    /// To this target
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,

    /// In this state: waiting, sending, sent, given_up, cancelled; those that were not tried yet are shown as waiting only
    #[arg(long, value_name = "STATE")]
    state: Option<String>,

    /// That tell of the alert of this fingerprint
    #[arg(long, value_name = "FINGERPRINT")]
    fingerprint: Option<String>,

    /// Tried then or later
    #[arg(long, value_name = "MOMENT", value_parser = crate::arguments::moment)]
    since: Option<Timestamp>,
}

impl NotificationFilter {
    fn query(&self) -> Query {
        Query::default()
            .add("target", self.target.as_ref())
            .add("state", self.state.as_ref())
            .add("fingerprint", self.fingerprint.as_ref())
            .add("since", self.since)
    }

    fn ledger(&self) -> Result<LedgerFilter> {
        let mut filter = LedgerFilter::default();
        filter.targets = self.target.clone().into_iter().collect();
        filter.since = self.since;
        filter.fingerprint = self.fingerprint.as_deref().map(fingerprint).transpose()?;
        filter.states = match self.state.as_deref() {
            None => Vec::new(),
            Some("given_up" | "failed") => vec![EntryState::Failed],
            Some("sending") => vec![EntryState::Pending],
            Some(state) => vec![state.parse()?],
        };
        Ok(filter)
    }
}

fn fingerprint(text: &str) -> Result<Fingerprint> {
    Fingerprint::parse(text).ok_or_else(|| {
        let message = "fingerprint: must be what `alerts show` shows of an alert";
        Failure::answered("invalid_field", message)
    })
}

impl Place<'_> {
    /// The notifications that a filter means, those tried last first.
    pub(crate) async fn notifications(
        &self,
        filter: &NotificationFilter,
        page: &PageArgs,
    ) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                let query = filter.query().and(page.query());
                return client.get(&["notifications"], query).await;
            }
            Self::File(stores) => stores,
        };
        let (cursor, limit) = page.parsed()?;
        if filter.state.as_deref() == Some("waiting") {
            let target = filter.target.clone();
            let look = move |tx: &mut ReadTx<'_>| waiting(tx, target.as_deref(), limit);
            return Ok(wire::list(stores.read(look).await?, None));
        }
        let filter = filter.ledger()?;
        let look = move |tx: &mut ReadTx<'_>| {
            let page = notify::ledger(tx, &filter, cursor.as_ref(), limit)?;
            let items = told(tx, &page.items)?;
            Ok(wire::list(items, page.next.as_ref()))
        };
        stores.read(look).await
    }

    /// One notification with its attempts.
    pub(crate) async fn notification(&self, id: &str) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                return client.get(&["notifications", id], Query::default()).await;
            }
            Self::File(stores) => stores,
        };
        let id = Id::parse(id)?;
        let look = move |tx: &mut ReadTx<'_>| {
            let message = notify::message(tx, id)?;
            let kinds = kinds(tx)?;
            shown(tx, &kinds, &message)
        };
        stores.read(look).await
    }

    /// The targets with how they are doing.
    pub(crate) async fn targets(&self) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => return client.get(&["targets"], Query::default()).await,
            Self::File(stores) => stores,
        };
        let window = Window::before(clock::now(), STATISTICS_WINDOW)?;
        let look = move |tx: &mut ReadTx<'_>| {
            let figures = notify::statistics(tx, window)?;
            let targets = notify::targets(tx)?;
            let items = targets
                .iter()
                .zip(&figures)
                .map(|(one, figures)| target(one, figures));
            Ok(wire::list(items.collect(), None))
        };
        stores.read(look).await
    }

    /// Puts a test message to a target into the outbox.
    pub(crate) async fn test_target(&self, target: &str) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                return client.post(&["targets", target, "test"], &json!({})).await;
            }
            Self::File(stores) => stores,
        };
        let (now, target) = (clock::now(), target.to_owned());
        let test = move |tx: &mut Tx<'_>| {
            let id = notify::test_message(tx, now, &target)?;
            let message = notify::message(tx, id)?;
            let kinds = kinds(tx)?;
            shown(tx, &kinds, &message)
        };
        stores.write(test).await
    }
}

/// The notifications that told of an alert.
pub(super) fn of_alert(tx: &mut ReadTx<'_>, fingerprint: Fingerprint) -> StoreResult<Vec<Json>> {
    let mut filter = LedgerFilter::default();
    filter.fingerprint = Some(fingerprint);
    let page = notify::ledger(tx, &filter, None, STORY_NOTIFICATIONS_MAX)?;
    told(tx, &page.items)
}

/// The messages of some attempts, each at its last one.
fn told(tx: &mut ReadTx<'_>, entries: &[Entry]) -> StoreResult<Vec<Json>> {
    let kinds = kinds(tx)?;
    let mut items = Vec::new();
    for entry in entries {
        let message = notify::message(tx, entry.message)?;
        if entry.attempt == 0 || entry.attempt == message.attempts {
            items.push(shown(tx, &kinds, &message)?);
        }
    }
    Ok(items)
}

/// The messages that are not finished, the first due first.
fn waiting(tx: &mut ReadTx<'_>, target: Option<&str>, limit: usize) -> StoreResult<Vec<Json>> {
    let kinds = kinds(tx)?;
    let mut items = Vec::new();
    for name in kinds
        .keys()
        .filter(|name| target.is_none_or(|one| one == *name))
    {
        let page = notify::outbox(tx, name, None, limit.min(PAGE_ITEMS_MAX))?;
        for message in page.items {
            items.push((message.due, shown(tx, &kinds, &message)?));
        }
    }
    items.sort_by_key(|(due, _)| *due);
    items.truncate(limit);
    Ok(items.into_iter().map(|(_, item)| item).collect())
}

/// What sort each target is of.
type Kinds = HashMap<String, &'static str>;

fn kinds(tx: &mut ReadTx<'_>) -> StoreResult<Kinds> {
    let targets = notify::targets(tx)?.into_iter();
    Ok(targets
        .map(|target| (target.name, target.kind.as_str()))
        .collect())
}

fn shown(tx: &mut ReadTx<'_>, kinds: &Kinds, message: &Message) -> StoreResult<Json> {
    let entries = notify::attempts(tx, message.id)?;
    let attempts: Vec<Json> = entries.iter().map(attempt).collect();
    let sent = message.state == MessageState::Sent;
    let sent_at = message.closed_at.filter(|_| sent);
    Ok(json!({
        "id": message.id.to_string(),
        "target": message.target,
        "kind": kinds.get(&message.target),
        "state": state(message.state),
        "reason": message.reason.map(|reason| reason.as_str()),
        "group_key": message.group_key.to_string(),
        "created_at": wire::moment(message.created_at),
        "due_at": wire::moment(message.due),
        "sent_at": sent_at.map(wire::moment),
        "attempts": attempts,
        "summary": summary(message),
        "note": message.note,
    }))
}

fn state(state: MessageState) -> &'static str {
    match state {
        MessageState::Failed => "given_up",
        other => other.as_str(),
    }
}

fn summary(message: &Message) -> String {
    let (firing, resolved) = (message.firing, message.resolved);
    let labels = match message.group_labels.is_empty() {
        true => String::new(),
        false => format!(" {}", message.group_labels),
    };
    format!("{firing} firing, {resolved} resolved{labels}")
}

fn attempt(entry: &Entry) -> Json {
    json!({
        "number": entry.attempt,
        "at": wire::moment(entry.at),
        "latency_ms": entry.latency.map(|latency| latency.as_secs_f64() * 1e3),
        "outcome": entry.state.as_str(),
        "error": entry.error,
        "next_try_at": entry.next_try.map(wire::moment),
    })
}

fn target(target: &notify::Target, figures: &notify::TargetStatistics) -> Json {
    let millis = |time: Option<Duration>| time.map(|time| time.as_secs_f64() * 1e3);
    json!({
        "name": target.name,
        "kind": target.kind.as_str(),
        "min_severity": target.severity_min.as_str(),
        "enabled": target.is_enabled,
        "statistics": {
            "sent": figures.sent,
            "failed": figures.failed,
            "waiting": figures.waiting,
            "oldest_waiting_s": figures.oldest_waiting.map(|time| time.as_secs_f64()),
            "p50_ms": millis(figures.latency_p50),
            "p95_ms": millis(figures.latency_p95),
        },
    })
}
