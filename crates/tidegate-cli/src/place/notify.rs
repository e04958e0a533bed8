//! Notifications and their targets in either place.

mod filter;
mod wire_form;

pub(crate) use filter::NotificationFilter;

use std::time::Duration;

use serde_json::{Value as Json, json};
use tidegate::{ReadTx, Tx};
use tidegate_stores::notify::{self, Entry, LedgerFilter};
use tidegate_stores::{Fingerprint, Id, PAGE_ITEMS_MAX, Result as StoreResult, Window};

use super::page::PageArgs;
use super::query::Query;
use super::{Place, wire};
use crate::clock;
use crate::failure::Result;
use wire_form::{kinds, shown, target};

/// How far back the figures of targets look, and no further.
const STATISTICS_WINDOW: Duration = Duration::from_secs(86_400);
/// The most notifications that the story of an alert shows.
const STORY_NOTIFICATIONS_MAX: usize = 100;

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
        if filter.is_of_waiting() {
            let target = filter.target().map(str::to_owned);
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
