//! The alerts that fire, in the groups in which they are told.

use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::alert::{GettableAlert, Receiver};
use super::snapshot::{AlertsQuery, Snapshot};
use crate::http::{Context, Query, heavy_by};
use crate::problem::Problem;
use crate::wire::labels_of;

/// Alerts that are told together.
#[derive(Serialize, ToSchema)]
pub(super) struct AlertGroup {
    /// The alerts.
    alerts: Vec<GettableAlert>,
    /// The labels that they have in common.
    labels: Map<String, Value>,
    /// Where they go.
    receiver: Receiver,
}

/// The alerts that fire, in the groups in which they are told. What goes nowhere is in none.
#[utoipa::path(
    get, path = "/api/v2/alerts/groups", tag = "alertmanager", params(AlertsQuery),
    responses((status = 200, body = Vec<AlertGroup>))
)]
pub(super) async fn groups(
    context: Context,
    Query(query): Query<AlertsQuery>,
) -> Result<Response, Problem> {
    let snapshot = Snapshot::read(&context, "alertmanager.groups", query).await?;
    heavy_by(move || wanted(&snapshot)).await
}

/// The groups of receivers that are asked for, with the alerts that are asked for.
fn wanted(snapshot: &Snapshot) -> Vec<AlertGroup> {
    let wanted = snapshot.groups.iter();
    let wanted = wanted.filter(|group| snapshot.wants(&group.target));
    let groups = wanted.map(|group| {
        let alerts = group.alerts.iter();
        AlertGroup {
            alerts: alerts
                .filter_map(|id| snapshot.alerts.get(id).cloned())
                .collect(),
            labels: labels_of(&group.labels),
            receiver: Receiver {
                name: group.target.as_str().into(),
            },
        }
    });
    groups.filter(|group| !group.alerts.is_empty()).collect()
}
