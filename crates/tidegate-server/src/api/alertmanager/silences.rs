//! Silences by Alertmanager's API.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tidegate::{ReadTx, Tx};
use tidegate_stores::alerts::{self, Silence, SilenceStatus};
use tidegate_stores::{Id, PAGE_ITEMS_MAX};
use utoipa::IntoParams;

use super::matcher::{filters, meet};
use super::silence::{GettableSilence, PostableSilence, PostedSilence};
use crate::clock;
use crate::http::{Context, Document, Json, Query, heavy};
use crate::problem::Problem;

/// How many silences that have ended are shown: the latest.
const EXPIRED_MAX: usize = PAGE_ITEMS_MAX;

/// Which silences are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SilencesQuery {
    /// Whose matchers, taken as labels, meet these.
    filter: Vec<String>,
}

/// The silences: first those in force, then those to come, then the latest thousand that have ended.
#[utoipa::path(
    get, path = "/api/v2/silences", tag = "alertmanager", params(SilencesQuery),
    responses((status = 200, body = Vec<GettableSilence>))
)]
pub(super) async fn list(
    context: Context,
    Query(query): Query<SilencesQuery>,
) -> Result<Response, Problem> {
    let filters = filters(&query.filter)?;
    let look = |tx: &mut ReadTx<'_>| {
        // There are at most as many that have not ended as a page holds.
        let mut all = Vec::new();
        for status in [
            SilenceStatus::Active,
            SilenceStatus::Pending,
            SilenceStatus::Expired,
        ] {
            all.extend(alerts::silences(tx, Some(status), None, EXPIRED_MAX)?.items);
        }
        Ok(all)
    };
    let found: Vec<Silence> = context.read("alertmanager.silences", look).await?;
    let meant = found
        .into_iter()
        .filter(|one| meet(&filters, &one.matchers));
    let meant: Vec<GettableSilence> = meant.map(GettableSilence::from).collect();
    heavy(meant).await
}

/// Makes a silence; one that names another takes its place.
#[utoipa::path(
    post, path = "/api/v2/silences", tag = "alertmanager", request_body = PostableSilence,
    responses((status = 200, body = PostedSilence))
)]
pub(super) async fn create(
    context: Context,
    Document(given): Document<PostableSilence>,
) -> Result<Json<PostedSilence>, Problem> {
    let (replaced, silence) = given.into_parts()?;
    let (now, who) = (clock::now(), context.caller_name().to_owned());
    let write = move |tx: &mut Tx<'_>| {
        if let Some(replaced) = replaced
            && alerts::get_silence(tx, replaced)?.status != SilenceStatus::Expired
        {
            alerts::expire_silence(tx, now, replaced, &who)?;
        }
        alerts::silence(tx, now, silence)
    };
    let made = context.write("alertmanager.silence", write).await;
    let silence_id = made.map_err(named_as_here)?;
    Ok(Json(PostedSilence { silence_id }))
}

/// One silence.
#[utoipa::path(
    get, path = "/api/v2/silence/{id}", tag = "alertmanager",
    params(("id" = String, Path, description = "The silence's id, a UUID")),
    responses((status = 200, body = GettableSilence))
)]
pub(super) async fn get(
    context: Context,
    Path(id): Path<String>,
) -> Result<Json<GettableSilence>, Problem> {
    let id = Id::parse(&id)?;
    let silence = context.read("alertmanager.silence_get", move |tx| {
        alerts::get_silence(tx, id)
    });
    Ok(Json(silence.await?.into()))
}

/// Ends a silence before its time.
#[utoipa::path(
    delete, path = "/api/v2/silence/{id}", tag = "alertmanager",
    params(("id" = String, Path, description = "The silence's id, a UUID")),
    responses((status = 200, description = "It has ended"))
)]
pub(super) async fn expire(
    context: Context,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = Id::parse(&id)?;
    let (now, who) = (clock::now(), context.caller_name().to_owned());
    let write = move |tx: &mut Tx<'_>| alerts::expire_silence(tx, now, id, &who);
    let ended = context.write("alertmanager.silence_expire", write).await;
    ended.map_err(Problem::of_state)?;
    Ok(StatusCode::OK)
}

/// The store's names of fields, in Alertmanager's spelling.
fn named_as_here(error: tidegate_stores::Error) -> Problem {
    let field = match error.field() {
        Some("author") => "createdBy",
        Some("starts_at") => "startsAt",
        Some("ends_at") => "endsAt",
        _ => return error.into(),
    };
    Problem::from(error).field(field)
}
