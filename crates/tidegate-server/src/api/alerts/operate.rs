//! What people do with alerts: acknowledge, put off, resolve.

use axum::extract::Path;
use serde::Deserialize;
use tidegate::Tx;
use tidegate_stores::alerts::{self, Action, Alert};
use tidegate_stores::{Id, Timestamp};
use utoipa::ToSchema;

use crate::api::metrics::duration_of;
use crate::clock;
use crate::http::{Context, Document, Json, MaybeDocument};
use crate::problem::Problem;
use crate::wire::{WireAlert, WireTime};

/// Why somebody does something, and in which state they saw the alert.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Reason {
    /// Why.
    reason: String,
    /// The state in which they saw it; if it is in another by now, nothing is done.
    expected_state: Option<String>,
}

/// Until when an alert is put off: either `for` or `until`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Suppression {
    /// For how long from now on, such as `2h`.
    #[serde(rename = "for")]
    length: Option<String>,
    /// Until when.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<WireTime>,
    /// Why.
    #[serde(default)]
    reason: String,
    /// The state in which they saw it; if it is in another by now, nothing is done.
    expected_state: Option<String>,
}

impl Suppression {
    fn until(&self, now: Timestamp) -> Result<Timestamp, Problem> {
        match (&self.length, self.until) {
            (Some(length), None) => Ok(now.saturating_add(duration_of("for", length)?)),
            (None, Some(until)) => Ok(until.0),
            _ => Err(Problem::invalid_field(
                "until",
                "give either `for` or `until`",
            )),
        }
    }
}

/// Takes care of an alert that fires or is put off: nobody is told any more, and it does not escalate.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/acknowledge", tag = "alerts", request_body = Option<Reason>,
    params(("id" = String, Path, description = "The alert's id, a UUID")),
    responses((status = 200, body = WireAlert))
)]
pub(super) async fn acknowledge(
    context: Context,
    Path(id): Path<String>,
    MaybeDocument(given): MaybeDocument<Reason>,
) -> Result<Json<WireAlert>, Problem> {
    let action = action(&context, given.reason, given.expected_state.as_deref())?;
    let now = clock::now();
    change(&context, "alerts.acknowledge", &id, move |tx, id| {
        alerts::acknowledge(tx, now, id, &action)
    })
    .await
}

/// Puts an alert off until a moment, at which it fires again.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/suppress", tag = "alerts", request_body = Suppression,
    params(("id" = String, Path, description = "The alert's id, a UUID")),
    responses((status = 200, body = WireAlert))
)]
pub(super) async fn suppress(
    context: Context,
    Path(id): Path<String>,
    Document(given): Document<Suppression>,
) -> Result<Json<WireAlert>, Problem> {
    let now = clock::now();
    let until = given.until(now)?;
    let action = action(&context, given.reason, given.expected_state.as_deref())?;
    change(&context, "alerts.suppress", &id, move |tx, id| {
        alerts::suppress(tx, now, id, until, &action)
    })
    .await
}

/// Ends an alert. If its rule finds its condition met again, it opens a new one.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/resolve", tag = "alerts", request_body = Option<Reason>,
    params(("id" = String, Path, description = "The alert's id, a UUID")),
    responses((status = 200, body = WireAlert))
)]
pub(super) async fn resolve(
    context: Context,
    Path(id): Path<String>,
    MaybeDocument(given): MaybeDocument<Reason>,
) -> Result<Json<WireAlert>, Problem> {
    let action = action(&context, given.reason, given.expected_state.as_deref())?;
    let now = clock::now();
    change(&context, "alerts.resolve", &id, move |tx, id| {
        alerts::resolve(tx, now, id, &action)
    })
    .await
}

fn action(context: &Context, reason: String, expected: Option<&str>) -> Result<Action, Problem> {
    let action = Action::new(context.caller_name(), reason);
    let Some(expected) = expected else {
        return Ok(action);
    };
    let state = expected.parse();
    let state = state.map_err(|error| Problem::from(error).field("expected_state"))?;
    Ok(action.expecting(state))
}

async fn change(
    context: &Context,
    name: &'static str,
    id: &str,
    work: impl FnOnce(&mut Tx<'_>, Id) -> tidegate_stores::Result<Alert> + Send + 'static,
) -> Result<Json<WireAlert>, Problem> {
    let id = Id::parse(id)?;
    let write = move |tx: &mut Tx<'_>| {
        let alert = work(tx, id)?;
        WireAlert::load(tx, alert)
    };
    let alert = context.write(name, write).await;
    alert.map(Json).map_err(|error| match error.field() {
        // The store calls it so; here it is the reason.
        Some("why") => Problem::from(error).field("reason"),
        _ => Problem::of_state(error),
    })
}
