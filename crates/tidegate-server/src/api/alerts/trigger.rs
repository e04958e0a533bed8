//! Alerts by hand.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate::Tx;
use tidegate_stores::Labels;
use tidegate_stores::alerts::{self, Trigger, Triggered};
use utoipa::ToSchema;

use crate::clock;
use crate::http::{Context, Document, Json};
use crate::problem::{Code, Problem};
use crate::wire::{WireAlert, document_of};

/// An alert to be triggered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAlert {
    /// Its name.
    name: String,
    /// How urgent it is: `info`, `warning`, `critical` or `emergency`.
    severity: String,
    /// What happened.
    message: String,
    /// Whatever else is known: any JSON.
    #[schema(value_type = Option<Object>)]
    details: Option<Box<RawValue>>,
    /// What tells it from others of its name.
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

impl NewAlert {
    fn into_trigger(self, who: &str) -> Result<Trigger, Problem> {
        let severity = self.severity.parse()?;
        let mut trigger = Trigger::new(self.name, severity, self.message, who);
        trigger.details = document_of("details", self.details)?;
        trigger.labels = Labels::new(self.labels)?;
        Ok(trigger)
    }
}

/// Triggers an alert: a new one is answered with 201, one that is active already and occurred once more with 200.
#[utoipa::path(
    post, path = "/api/v1/alerts", tag = "alerts", request_body = NewAlert,
    responses((status = 201, body = WireAlert), (status = 200, body = WireAlert))
)]
pub(super) async fn trigger(
    context: Context,
    Document(alert): Document<NewAlert>,
) -> Result<Response, Problem> {
    let trigger = alert.into_trigger(context.caller_name())?;
    let now = clock::now();
    let write = move |tx: &mut Tx<'_>| {
        let triggered = alerts::trigger(tx, now, trigger)?;
        let alert = match triggered.alert() {
            Some(id) => {
                let alert = alerts::get(tx, id)?;
                Some(WireAlert::load(tx, alert)?)
            }
            None => None,
        };
        Ok((triggered, alert))
    };
    let (triggered, alert) = context.write("alerts.trigger", write).await?;
    let status = match triggered {
        Triggered::Opened(_) => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    let alert = alert.ok_or_else(too_many)?;
    Ok((status, Json(alert)).into_response())
}

/// The occurrence was counted, nothing else.
pub(super) fn too_many() -> Problem {
    let detail =
        "there were too many of this name and these labels lately; it was counted as dropped";
    Problem::new(Code::AlertRateLimited, detail)
}
