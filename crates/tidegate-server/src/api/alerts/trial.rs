//! A test alert through the whole chain.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tidegate::Tx;
use tidegate_stores::alerts::{self, Pushed, Severity};
use tidegate_stores::notify::TEST_ALERT;
use tidegate_stores::{Error, Fingerprint, Labels, Timestamp};
use utoipa::ToSchema;

use super::trigger::too_many;
use crate::clock;
use crate::http::{Context, Json, MaybeDocument};
use crate::problem::Problem;
use crate::wire::WireAlert;

/// How long it fires: long enough for groups to be told, short enough not to be forgotten.
const LASTING: Duration = Duration::from_secs(5 * 60);

/// What tells it from an alert that somebody has named the same.
const LABEL: (&str, &str) = ("test", "true");

/// A test alert to be triggered.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Trial {
    /// How urgent it pretends to be, which decides which targets are told; `warning` unless said otherwise.
    severity: Option<String>,
    /// What it says.
    message: Option<String>,
}

impl Trial {
    fn into_alert(self, now: Timestamp) -> Result<Pushed, Problem> {
        let severity = self
            .severity
            .as_deref()
            .map_or(Ok(Severity::Warning), str::parse)?;
        let labels = [
            ("alertname", TEST_ALERT),
            ("severity", severity.as_str()),
            LABEL,
        ];
        let text = "This is a test. Nothing is wrong, and alerts arrive.";
        let text = self.message.unwrap_or_else(|| text.to_owned());
        Ok(Pushed {
            labels: Labels::new(labels)?,
            annotations: BTreeMap::from([("message".to_owned(), text)]),
            starts_at: Some(now),
            ends_at: Some(now.saturating_add(LASTING)),
            generator_url: None,
        })
    }
}

/// Raises a test alert, which goes the way of every other: rules of routing, grouping, targets. It resolves itself after
/// five minutes.
#[utoipa::path(
    post, path = "/api/v1/alerts/test", tag = "alerts", request_body = Option<Trial>,
    responses((status = 201, body = WireAlert))
)]
pub(super) async fn trial(
    context: Context,
    MaybeDocument(trial): MaybeDocument<Trial>,
) -> Result<Response, Problem> {
    let now = clock::now();
    let (alert, who) = (trial.into_alert(now)?, context.caller_name().to_owned());
    let write = move |tx: &mut Tx<'_>| {
        let print = Fingerprint::of(TEST_ALERT, &Labels::new([LABEL])?);
        let ingested = alerts::ingest(tx, now, vec![alert], &who)?;
        if ingested.dropped > 0 {
            return Ok(None);
        }
        let alert = alerts::active_of(tx, print)?;
        alert.map(|alert| WireAlert::load(tx, alert)).transpose()
    };
    let alert = context.write("alerts.test", write).await;
    let alert = alert.map_err(of_the_one)?.ok_or_else(too_many)?;
    Ok((StatusCode::CREATED, Json(alert)).into_response())
}

/// The only thing in it that is given is the message.
fn of_the_one(error: Error) -> Problem {
    let is_about_field = error.field().is_some();
    let problem = Problem::from(error);
    match is_about_field {
        true => problem.field("message"),
        false => problem,
    }
}
