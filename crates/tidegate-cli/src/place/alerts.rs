//! Alerts in either place.

mod actions;
mod filter;
mod trigger;
mod wire_form;

pub(crate) use actions::{Acting, Doing};
pub(crate) use filter::AlertFilter;
pub(crate) use trigger::ToTrigger;

use std::time::Duration;

use serde_json::Value as Json;
use tidegate::ReadTx;
use tidegate_stores::alerts::{self, Alert, Filter, State};
use tidegate_stores::{Cursor, Id, Page, Result as StoreResult, Timestamp, Window};

use super::page::PageArgs;
use super::query::Query;
use super::{Place, notify, wire};
use crate::clock;
use crate::failure::Result;
use wire_form::{alert, explanation, story, summary};

impl Place<'_> {
    /// The active alerts that a filter means, the newest first; resolved ones only if it asks for them.
    pub(crate) async fn alerts(&self, filter: &AlertFilter, page: &PageArgs) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                let query = filter.query().and(page.query());
                return client.get(&["alerts"], query).await;
            }
            Self::File(stores) => stores,
        };
        let (filter, (cursor, limit)) = (filter.parsed()?, page.parsed()?);
        let list = match filter.states.contains(&State::Resolved) {
            true => alerts::history,
            false => alerts::active,
        };
        stores
            .read(move |tx| shown(tx, list, &filter, cursor.as_ref(), limit))
            .await
    }

    /// All alerts that a filter means, opened between two moments, the newest first.
    pub(crate) async fn alert_history(
        &self,
        filter: &AlertFilter,
        (from, to): (Option<Timestamp>, Option<Timestamp>),
        page: &PageArgs,
    ) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                let times = Query::default().add("from", from).add("to", to);
                let query = filter.query().and(times).and(page.query());
                return client.get(&["alerts", "history"], query).await;
            }
            Self::File(stores) => stores,
        };
        let (mut filter, (cursor, limit)) = (filter.parsed()?, page.parsed()?);
        (filter.from, filter.to) = (from, to);
        stores
            .read(move |tx| shown(tx, alerts::history, &filter, cursor.as_ref(), limit))
            .await
    }

    /// How many alerts there are, and how many began to fire lately.
    pub(crate) async fn alert_summary(&self, window: Duration) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                let length = humantime::format_duration(window);
                let query = Query::default().add("window", Some(length));
                return client.get(&["alerts", "summary"], query).await;
            }
            Self::File(stores) => stores,
        };
        let window = Window::before(clock::now(), window)?;
        let found = stores.read(move |tx| alerts::summary(tx, window)).await?;
        Ok(summary(&found))
    }

    /// One alert with all that happened to it.
    pub(crate) async fn alert_story(&self, id: &str) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => return client.get(&["alerts", id], Query::default()).await,
            Self::File(stores) => stores,
        };
        let id = Id::parse(id)?;
        let look = move |tx: &mut ReadTx<'_>| {
            let found = alerts::story(tx, id)?;
            let told = notify::of_alert(tx, found.alert.fingerprint)?;
            story(tx, &found, told)
        };
        stores.read(look).await
    }

    /// Why a rule has alerts now, or none.
    pub(crate) async fn explain(&self, rule: &str) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                let path = ["rules", rule, "explain"];
                return client.get(&path, Query::default()).await;
            }
            Self::File(stores) => stores,
        };
        let (now, rule) = (clock::now(), rule.to_owned());
        let look = move |tx: &mut ReadTx<'_>| {
            let found = alerts::explain(tx, now, &rule)?;
            explanation(tx, &found)
        };
        stores.read(look).await
    }
}

type List = fn(&mut ReadTx<'_>, &Filter, Option<&Cursor>, usize) -> StoreResult<Page<Alert>>;

fn shown(
    tx: &mut ReadTx<'_>,
    list: List,
    filter: &Filter,
    cursor: Option<&Cursor>,
    limit: usize,
) -> StoreResult<Json> {
    let page = list(tx, filter, cursor, limit)?;
    let items = page.items.iter().map(|found| alert(tx, found));
    let items: Vec<Json> = items.collect::<StoreResult<_>>()?;
    Ok(wire::list(items, page.next.as_ref()))
}
