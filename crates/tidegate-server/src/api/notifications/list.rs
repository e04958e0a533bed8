//! Looking notifications up.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tidegate::ReadTx;
use tidegate_stores::notify::{self, MessageFilter, MessageState};
use tidegate_stores::{Fingerprint, Id};
use utoipa::IntoParams;

use crate::api::page::{PageReply, checked};
use crate::http::{Context, Json, Query, heavy};
use crate::problem::Problem;
use crate::wire::{WireNotification, WireTime};

/// Which notifications are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct NotificationQuery {
    /// To this target or, if it is given several times, to any of them.
    target: Vec<String>,
    /// `waiting`, `sending`, `sent`, `failed`, `given_up` or `cancelled`.
    state: Option<String>,
    /// That name the alert of this fingerprint.
    fingerprint: Option<String>,
    /// Made then or later.
    #[param(value_type = Option<String>)]
    since: Option<WireTime>,
    /// Where the list goes on: `next` of the page before.
    cursor: Option<String>,
    /// How many items at most; 100 unless said otherwise.
    limit: Option<usize>,
}

impl NotificationQuery {
    fn filter(&self) -> Result<MessageFilter, Problem> {
        let mut filter = MessageFilter::default();
        filter.targets.clone_from(&self.target);
        if let Some(state) = &self.state {
            let (state, is_tried) = state_of(state)?;
            (filter.states, filter.is_tried) = (vec![state], is_tried);
        }
        filter.fingerprint = self
            .fingerprint
            .as_deref()
            .map(fingerprint_of)
            .transpose()?;
        filter.since = self.since.map(|at| at.0);
        Ok(filter)
    }
}

/// The notifications, those made last first.
#[utoipa::path(
    get, path = "/api/v1/notifications", tag = "notifications", params(NotificationQuery),
    responses((status = 200, body = PageReply<WireNotification>))
)]
pub(super) async fn list(
    context: Context,
    Query(query): Query<NotificationQuery>,
) -> Result<Response, Problem> {
    let (cursor, limit) = checked(query.cursor.as_deref(), query.limit, &context)?;
    let filter = query.filter()?;
    let look = move |tx: &mut ReadTx<'_>| {
        let page = notify::messages(tx, &filter, cursor.as_ref(), limit)?;
        let items = page.items.into_iter();
        let items: Result<Vec<_>, _> = items
            .map(|message| WireNotification::load(tx, message))
            .collect();
        Ok((items?, page.next))
    };
    let (items, next) = context.read("notifications.list", look).await?;
    heavy(PageReply::new(items, next)).await
}

/// One notification.
#[utoipa::path(
    get, path = "/api/v1/notifications/{id}", tag = "notifications",
    params(("id" = String, Path, description = "The notification's id, a UUID")),
    responses((status = 200, body = WireNotification))
)]
pub(super) async fn get(
    context: Context,
    Path(id): Path<String>,
) -> Result<Json<WireNotification>, Problem> {
    let id = Id::parse(&id)?;
    let look = move |tx: &mut ReadTx<'_>| {
        let message = notify::message(tx, id)?;
        WireNotification::load(tx, message)
    };
    Ok(Json(context.read("notifications.get", look).await?))
}

/// The store's state, and whether the message was tried: one that waits after that has failed.
fn state_of(text: &str) -> Result<(MessageState, Option<bool>), Problem> {
    Ok(match text {
        "waiting" => (MessageState::Waiting, Some(false)),
        "failed" => (MessageState::Waiting, Some(true)),
        "sending" => (MessageState::Sending, None),
        "sent" => (MessageState::Sent, None),
        "given_up" => (MessageState::Failed, None),
        "cancelled" => (MessageState::Cancelled, None),
        _ => {
            let detail = "is none of waiting, sending, sent, failed, given_up, cancelled";
            return Err(Problem::invalid_field("state", detail));
        }
    })
}

fn fingerprint_of(text: &str) -> Result<Fingerprint, Problem> {
    let print = Fingerprint::parse(text);
    print.ok_or_else(|| Problem::invalid_field("fingerprint", "must be 32 hexadecimal digits"))
}
