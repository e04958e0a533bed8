//! Looking alerts up.

use axum::response::Response;
use tidegate::ReadTx;
use tidegate_stores::alerts::{self, State};

use super::filter::AlertQuery;
use crate::api::page::{PageReply, checked};
use crate::http::{Context, Query, heavy};
use crate::problem::Problem;
use crate::wire::WireAlert;

/// Which of the two lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Active,
    History,
}

/// The alerts that are not over, the newest first; resolved ones too where `state` asks for them.
#[utoipa::path(
    get, path = "/api/v1/alerts", tag = "alerts", params(AlertQuery),
    responses((status = 200, body = PageReply<WireAlert>))
)]
pub(super) async fn list(
    context: Context,
    Query(query): Query<AlertQuery>,
) -> Result<Response, Problem> {
    for (name, given) in [("from", query.from), ("to", query.to)] {
        if given.is_some() {
            return Err(Problem::invalid_field(name, "is for the history"));
        }
    }
    answer(&context, "alerts.list", List::Active, &query).await
}

/// The alerts that there were, and those that there are, the newest first.
#[utoipa::path(
    get, path = "/api/v1/alerts/history", tag = "alerts", params(AlertQuery),
    responses((status = 200, body = PageReply<WireAlert>))
)]
pub(super) async fn history(
    context: Context,
    Query(query): Query<AlertQuery>,
) -> Result<Response, Problem> {
    answer(&context, "alerts.history", List::History, &query).await
}

async fn answer(
    context: &Context,
    name: &'static str,
    list: List,
    query: &AlertQuery,
) -> Result<Response, Problem> {
    let (cursor, limit) = checked(query.cursor.as_deref(), query.limit, context)?;
    let filter = query.filter()?;
    let is_active = list == List::Active && !filter.states.contains(&State::Resolved);
    let look = move |tx: &mut ReadTx<'_>| {
        let page = match is_active {
            true => alerts::active(tx, &filter, cursor.as_ref(), limit)?,
            false => alerts::history(tx, &filter, cursor.as_ref(), limit)?,
        };
        Ok((WireAlert::load_all(tx, page.items)?, page.next))
    };
    let (items, next) = context.read(name, look).await?;
    heavy(PageReply::new(items, next)).await
}
