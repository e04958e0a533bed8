//! Making silences, and ending them before their time.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tidegate::Tx;
use tidegate_stores::alerts::{self, NewSilence};
use tidegate_stores::{Id, Timestamp};
use utoipa::ToSchema;

use super::wire::WireSilence;
use crate::api::alerts::matchers_of;
use crate::api::metrics::duration_of;
use crate::clock;
use crate::http::{Context, Document, Json};
use crate::problem::Problem;
use crate::wire::WireTime;

/// A silence to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WireNewSilence {
    /// Which alerts: those that meet all of these, such as `job="api"`. An alert's name is the label `alertname`, its
    /// severity `severity`.
    matchers: Vec<String>,
    /// When it begins; at once unless said otherwise.
    #[schema(value_type = Option<String>, format = DateTime)]
    starts_at: Option<WireTime>,
    /// When it ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<WireTime>,
    /// How long it lasts, such as `2h`, instead of `ends_at`.
    #[serde(rename = "for")]
    length: Option<String>,
    /// Why.
    comment: String,
    /// Who makes it; the key's name unless said otherwise.
    created_by: Option<String>,
}

impl WireNewSilence {
    fn into_silence(self, now: Timestamp, who: &str) -> Result<NewSilence, Problem> {
        let starts_at = self.starts_at.map_or(now, |at| at.0);
        let ends_at = match (self.ends_at, &self.length) {
            (Some(at), None) => at.0,
            (None, Some(length)) => starts_at
                .max(now)
                .saturating_add(duration_of("for", length)?),
            _ => {
                let detail = "give either `ends_at` or `for`";
                return Err(Problem::invalid_field("ends_at", detail));
            }
        };
        Ok(NewSilence {
            matchers: matchers_of("matchers", &self.matchers)?,
            author: self.created_by.unwrap_or_else(|| who.to_owned()),
            comment: self.comment,
            starts_at,
            ends_at,
        })
    }
}

/// Makes a silence.
#[utoipa::path(
    post, path = "/api/v1/silences", tag = "silences", request_body = WireNewSilence,
    responses((status = 201, body = WireSilence))
)]
pub(super) async fn create(
    context: Context,
    Document(given): Document<WireNewSilence>,
) -> Result<Response, Problem> {
    let now = clock::now();
    let silence = given.into_silence(now, context.caller_name())?;
    let write = move |tx: &mut Tx<'_>| {
        let id = alerts::silence(tx, now, silence)?;
        alerts::get_silence(tx, id)
    };
    let made = context.write("silences.create", write).await;
    let made = made.map_err(|error| match error.field() {
        Some("author") => Problem::from(error).field("created_by"),
        _ => error.into(),
    })?;
    Ok((StatusCode::CREATED, Json(WireSilence::from(made))).into_response())
}

/// Ends a silence before its time.
#[utoipa::path(
    delete, path = "/api/v1/silences/{id}", tag = "silences",
    params(("id" = String, Path, description = "The silence's id, a UUID")),
    responses((status = 200, body = WireSilence))
)]
pub(super) async fn expire(
    context: Context,
    Path(id): Path<String>,
) -> Result<Json<WireSilence>, Problem> {
    let id = Id::parse(&id)?;
    let (now, who) = (clock::now(), context.caller_name().to_owned());
    let write = move |tx: &mut Tx<'_>| {
        alerts::expire_silence(tx, now, id, &who)?;
        alerts::get_silence(tx, id)
    };
    let ended = context.write("silences.expire", write).await;
    Ok(Json(ended.map_err(Problem::of_state)?.into()))
}
