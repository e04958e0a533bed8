//! Events in either place.

mod filter;

pub(crate) use filter::EventFilter;

use serde_json::{Value as Json, json};
use tidegate::{ReadTx, Tx};
use tidegate_stores::events::{self, Count, Event, NewEvent, Statistics};
use tidegate_stores::{Id, JsonText, Timestamp};

use super::page::PageArgs;
use super::query::Query;
use super::span::Span;
use super::{Place, wire};
use crate::clock;
use crate::failure::Result;

impl Place<'_> {
    /// The events that a filter means, between two moments, the newest first.
    pub(crate) async fn events(
        &self,
        filter: &EventFilter,
        (from, to): (Option<Timestamp>, Option<Timestamp>),
        page: &PageArgs,
    ) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                let times = Query::default().add("from", from).add("to", to);
                let query = filter.query().and(times).and(page.query());
                return client.get(&["events"], query).await;
            }
            Self::File(stores) => stores,
        };
        let (mut filter, (cursor, limit)) = (filter.parsed()?, page.parsed()?);
        (filter.from, filter.to) = (from, to);
        let look = move |tx: &mut ReadTx<'_>| events::list(tx, &filter, cursor.as_ref(), limit);
        Ok(wire::page(stores.read(look).await?, |found| event(&found)))
    }

    /// One event.
    pub(crate) async fn event(&self, id: &str) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => return client.get(&["events", id], Query::default()).await,
            Self::File(stores) => stores,
        };
        let id = Id::parse(id)?;
        let found = stores.read(move |tx| events::get(tx, id)).await?;
        Ok(event(&found))
    }

    /// What happened in a window, counted.
    pub(crate) async fn event_statistics(&self, filter: &EventFilter, span: Span) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                let query = filter.query().and(span.query());
                return client.get(&["events", "statistics"], query).await;
            }
            Self::File(stores) => stores,
        };
        let (filter, window) = (filter.parsed()?, span.window()?);
        let look = move |tx: &mut ReadTx<'_>| events::statistics(tx, &filter, window);
        Ok(statistics(&stores.read(look).await?))
    }

    /// Records an event.
    pub(crate) async fn record_event(&self, new: NewEvent) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => return client.post(&["events"], &new_event(&new)).await,
            Self::File(stores) => stores,
        };
        let now = clock::now();
        let record = move |tx: &mut Tx<'_>| events::record(tx, now, new);
        let recorded = stores.write(record).await?;
        Ok(json!({ "seq": recorded.seq, "id": recorded.id.to_string() }))
    }
}

fn new_event(new: &NewEvent) -> Json {
    wire::without_nulls(json!({
        "at": new.at.map(wire::moment),
        "type": new.event_type,
        "severity": new.severity.as_str(),
        "source": new.source,
        "target": new.target,
        "category": new.category,
        "status": new.status,
        "title": new.title,
        "description": new.description,
        "details": optional(new.details.as_ref()),
        "tags": new.tags,
        "correlation_id": new.correlation_id,
        "user_id": new.user_id,
        "health_score": new.health_score,
        "resource_usage": optional(new.resource_usage.as_ref()),
    }))
}

fn event(event: &Event) -> Json {
    wire::without_nulls(json!({
        "seq": event.seq,
        "id": event.id.to_string(),
        "at": wire::moment(event.at),
        "type": event.event_type,
        "severity": event.severity.as_str(),
        "source": event.source,
        "target": event.target,
        "category": event.category,
        "status": event.status,
        "title": event.title,
        "description": event.description,
        "details": optional(event.details.as_ref()),
        "tags": event.tags,
        "correlation_id": event.correlation_id,
        "user_id": event.user_id,
        "health_score": event.health_score,
        "resource_usage": optional(event.resource_usage.as_ref()),
    }))
}

fn optional(text: Option<&JsonText>) -> Option<Json> {
    text.map(wire::document)
}

fn statistics(found: &Statistics) -> Json {
    let health = found.health.map(|health| {
        json!({
            "min": health.min,
            "avg": health.avg,
            "max": health.max,
            "count": health.count,
        })
    });
    wire::without_nulls(json!({
        "total": found.total,
        "total_before": found.total_before,
        "trend": found.trend,
        "distinct": {
            "types": found.distinct.types,
            "sources": found.distinct.sources,
            "categories": found.distinct.categories,
            "targets": found.distinct.targets,
            "users": found.distinct.users,
        },
        "by_type": counts(&found.by_type),
        "by_severity": counts(&found.by_severity),
        "by_source": counts(&found.by_source),
        "by_category": counts(&found.by_category),
        "health": health,
    }))
}

fn counts<T: ToString>(counts: &[Count<T>]) -> Json {
    let counts = counts.iter();
    counts
        .map(|count| json!({ "value": count.value.to_string(), "count": count.count }))
        .collect()
}
