//! One alert with all that happened to it.

use axum::extract::Path;
use axum::response::Response;
use serde::Serialize;
use tidegate::ReadTx;
use tidegate_stores::{Id, alerts};
use utoipa::ToSchema;

use crate::http::{Context, heavy};
use crate::problem::Problem;
use crate::wire::{WireAlert, WireNotification, WireTransition};

/// How many notifications a story shows: the latest.
const NOTIFICATIONS_MAX: usize = 100;

/// An alert with all that happened to it.
#[derive(Serialize, ToSchema)]
pub(super) struct AlertStory {
    /// The alert.
    alert: WireAlert,
    /// What happened to it, in the order of happening.
    transitions: Vec<WireTransition>,
    /// How many earlier ones are left out.
    transitions_left_out: u64,
    /// The messages that named it, those made last first; a hundred at most.
    notifications: Vec<WireNotification>,
}

/// One alert with all that happened to it, and who was told.
#[utoipa::path(
    get, path = "/api/v1/alerts/{id}", tag = "alerts", params(("id" = String, Path, description = "The alert's id, a UUID")),
    responses((status = 200, body = AlertStory))
)]
pub(super) async fn get(context: Context, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = Id::parse(&id)?;
    let look = move |tx: &mut ReadTx<'_>| {
        let story = alerts::story(tx, id)?;
        let (print, since) = (story.alert.fingerprint, story.alert.opened_at);
        Ok(AlertStory {
            notifications: WireNotification::about(tx, print, since, NOTIFICATIONS_MAX)?,
            alert: WireAlert::load(tx, story.alert)?,
            transitions: story
                .transitions
                .into_iter()
                .map(WireTransition::from)
                .collect(),
            transitions_left_out: story.left_out,
        })
    };
    let story = context.read("alerts.story", look).await?;
    heavy(story).await
}
