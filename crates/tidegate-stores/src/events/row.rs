//! Events as rows of their table.

use serde::Deserialize;

use super::event::Event;
use super::severity::Severity;
use crate::error::Result;
use crate::id::Id;
use crate::json_text::JsonText;
use crate::timestamp::Timestamp;

/// The columns of [`Row`].
macro_rules! columns {
    () => {
        "tg_event.seq, id, at, type, severity, source, target, category, status, title, description, details, tags, \
         correlation_id, user_id, health_score, resource_usage"
    };
}
pub(super) use columns;

/// A row as it is read.
#[derive(Deserialize)]
pub(super) struct Row {
    seq: u64,
    id: Id,
    at: Timestamp,
    r#type: String,
    severity: Severity,
    source: String,
    target: Option<String>,
    category: Option<String>,
    status: Option<String>,
    title: String,
    description: String,
    details: Option<JsonText>,
    tags: JsonText,
    correlation_id: Option<String>,
    user_id: Option<String>,
    health_score: Option<f64>,
    resource_usage: Option<JsonText>,
}

impl Row {
    pub(super) fn into_event(self) -> Result<Event> {
        Ok(Event {
            seq: self.seq,
            id: self.id,
            at: self.at,
            event_type: self.r#type,
            severity: self.severity,
            source: self.source,
            target: self.target,
            category: self.category,
            status: self.status,
            title: self.title,
            description: self.description,
            details: self.details,
            tags: self.tags.decode("tags")?,
            correlation_id: self.correlation_id,
            user_id: self.user_id,
            health_score: self.health_score,
            resource_usage: self.resource_usage,
        })
    }

    pub(super) fn into_events(rows: Vec<Self>) -> Result<Vec<Event>> {
        rows.into_iter().map(Self::into_event).collect()
    }
}
