//! The alerts that fire.

use axum::response::Response;

use super::alert::GettableAlert;
use super::snapshot::{AlertsQuery, Snapshot};
use crate::http::{Context, Query, heavy};
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
    let mut snapshot = Snapshot::read(&context, "alertmanager.alerts", query).await?;
    let alerts = std::mem::take(&mut snapshot.alerts);
    let goes_there = |alert: &GettableAlert| {
        let mut receivers = alert.receivers.iter();
        snapshot.receiver.is_none() || receivers.any(|receiver| snapshot.wants(&receiver.name))
    };
    let wanted: Vec<GettableAlert> = alerts.into_values().rev().filter(goes_there).collect();
    heavy(wanted).await
}
