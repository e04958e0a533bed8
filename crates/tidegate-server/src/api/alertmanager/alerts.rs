//! The alerts that fire.

use axum::response::Response;

use super::alert::GettableAlert;
use super::snapshot::{AlertsQuery, Snapshot};
use crate::http::{Context, Query, heavy_by};
use crate::problem::Problem;

/// The alerts that fire, the newest first, in Alertmanager's form.
#[utoipa::path(
    get, path = "/api/v2/alerts", tag = "alertmanager", params(AlertsQuery),
    responses((status = 200, body = Vec<GettableAlert>))
)]
pub(super) async fn alerts(
    context: Context,
    Query(query): Query<AlertsQuery>,
) -> Result<Response, Problem> {
    let snapshot = Snapshot::read(&context, "alertmanager.alerts", query).await?;
    heavy_by(move || wanted(snapshot)).await
}

/// Those that go to a receiver that is asked for.
fn wanted(mut snapshot: Snapshot) -> Vec<GettableAlert> {
    let alerts = std::mem::take(&mut snapshot.alerts);
    let goes_there = |alert: &GettableAlert| {
        let mut receivers = alert.receivers.iter();
        snapshot.receiver.is_none() || receivers.any(|receiver| snapshot.wants(&receiver.name))
    };
    alerts.into_values().rev().filter(goes_there).collect()
}
