//! An event as it goes over the wire.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidegate_stores::JsonText;
use tidegate_stores::events::{Event, NewEvent, Severity};
use utoipa::ToSchema;

use super::time::WireTime;
use crate::problem::Problem;

/// An event to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WireNewEvent {
    /// When it happened: RFC 3339, or milliseconds since 1970; now if that is not said.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<WireTime>,
    /// What sort of event it is, such as `deployment`.
    #[serde(rename = "type")]
    event_type: String,
    /// `debug`, `info`, `warning`, `error` or `critical`.
    severity: String,
    /// Who tells of it.
    source: String,
    /// What it is about.
    target: Option<String>,
    /// A group of types.
    category: Option<String>,
    /// How it stands, such as `failed`.
    status: Option<String>,
    /// What happened, in one line.
    title: String,
    /// What happened, at length.
    #[serde(default)]
    description: String,
    /// Whatever else is known: any JSON.
    #[schema(value_type = Option<Object>)]
    details: Option<Box<RawValue>>,
    /// Words to find it by.
    #[serde(default)]
    tags: Vec<String>,
    /// What ties it to others.
    correlation_id: Option<String>,
    /// Whose doing it is.
    user_id: Option<String>,
    /// How well the target is, from 0 to 100.
    health_score: Option<f64>,
    /// What it took: any JSON.
    #[schema(value_type = Option<Object>)]
    resource_usage: Option<Box<RawValue>>,
}

impl WireNewEvent {
    pub(crate) fn into_event(self) -> Result<NewEvent, Problem> {
        let severity: Severity = self.severity.parse()?;
        let mut event = NewEvent::new(self.event_type, severity, self.source, self.title);
        event.at = self.at.map(|at| at.0);
        event.target = self.target;
        event.category = self.category;
        event.status = self.status;
        event.description = self.description;
        event.details = document("details", self.details)?;
        event.tags = self.tags;
        event.correlation_id = self.correlation_id;
        event.user_id = self.user_id;
        event.health_score = self.health_score;
        event.resource_usage = document("resource_usage", self.resource_usage)?;
        Ok(event)
    }
}

fn document(
    field: &'static str,
    given: Option<Box<RawValue>>,
) -> Result<Option<JsonText>, Problem> {
    let parsed = given.map(|raw| JsonText::parse(field, raw.get()));
    Ok(parsed.transpose()?)
}

/// An event of the log.
#[derive(Serialize, ToSchema)]
pub(crate) struct WireEvent {
    /// The order in which it was recorded, from 1, without gaps.
    seq: u64,
    /// Its id.
    #[schema(value_type = String)]
    id: tidegate_stores::Id,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: WireTime,
    /// What sort of event it is.
    #[serde(rename = "type")]
    event_type: String,
    /// `debug`, `info`, `warning`, `error` or `critical`.
    severity: &'static str,
    /// Who told of it.
    source: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    /// A group of types.
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    /// How it stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    /// What happened, in one line.
    title: String,
    /// What happened, at length.
    description: String,
    /// Whatever else is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    details: Option<Box<RawValue>>,
    /// Words to find it by, sorted.
    tags: Vec<String>,
    /// What ties it to others.
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<String>,
    /// Whose doing it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    /// How well the target was, from 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    health_score: Option<f64>,
    /// What it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    resource_usage: Option<Box<RawValue>>,
}

impl From<Event> for WireEvent {
    fn from(event: Event) -> Self {
        Self {
            seq: event.seq,
            id: event.id,
            at: event.at.into(),
            event_type: event.event_type,
            severity: event.severity.as_str(),
            source: event.source,
            target: event.target,
            category: event.category,
            status: event.status,
            title: event.title,
            description: event.description,
            details: raw(event.details),
            tags: event.tags,
            correlation_id: event.correlation_id,
            user_id: event.user_id,
            health_score: event.health_score,
            resource_usage: raw(event.resource_usage),
        }
    }
}

/// The stores keep only what is JSON.
fn raw(text: Option<JsonText>) -> Option<Box<RawValue>> {
    text.and_then(|text| RawValue::from_string(text.as_str().to_owned()).ok())
}
