//! Looking silences up.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tidegate::ReadTx;
use tidegate_stores::{Id, alerts};
use utoipa::IntoParams;

use super::wire::WireSilence;
use crate::api::page::{PageReply, checked};
use crate::http::{Context, Json, Query, heavy};
use crate::problem::Problem;

/// Which silences are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SilenceQuery {
    /// `pending`, `active` or `expired`; all unless said otherwise.
    status: Option<String>,
    /// Where the list goes on: `next` of the page before.
    cursor: Option<String>,
    /// How many items at most; 100 unless said otherwise.
    limit: Option<usize>,
}

/// The silences, the newest first.
#[utoipa::path(
    get, path = "/api/v1/silences", tag = "silences", params(SilenceQuery),
    responses((status = 200, body = PageReply<WireSilence>))
)]
pub(super) async fn list(
    context: Context,
    Query(query): Query<SilenceQuery>,
) -> Result<Response, Problem> {
    let (cursor, limit) = checked(query.cursor.as_deref(), query.limit, &context)?;
    let status = query.status.as_deref().map(str::parse).transpose()?;
    let look = move |tx: &mut ReadTx<'_>| alerts::silences(tx, status, cursor.as_ref(), limit);
    let page = context.read("silences.list", look).await?;
    heavy(PageReply::of(page, WireSilence::from)).await
}

/// One silence.
#[utoipa::path(
    get, path = "/api/v1/silences/{id}", tag = "silences",
    params(("id" = String, Path, description = "The silence's id, a UUID")),
    responses((status = 200, body = WireSilence))
)]
pub(super) async fn get(
    context: Context,
    Path(id): Path<String>,
) -> Result<Json<WireSilence>, Problem> {
    let id = Id::parse(&id)?;
    let silence = context.read("silences.get", move |tx| alerts::get_silence(tx, id));
    Ok(Json(silence.await?.into()))
}
