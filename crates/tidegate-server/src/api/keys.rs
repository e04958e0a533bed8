//! Service keys: making, listing, rotating, revoking them.

use std::time::Duration;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tidegate::{ReadTx, Tx};
use tidegate_stores::auth::{self, Issued, Key, NewKey, Scope};
use tidegate_stores::{Id, Timestamp};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::metrics::duration_of;
use super::page::{PageQuery, PageReply};
use crate::app::App;
use crate::clock;
use crate::http::{Context, Document, Json, Operation, Query, heavy, operation};
use crate::operation::Class;
use crate::problem::Problem;
use crate::wire::WireTime;

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    let admin = |name| Operation::new(name, Class::Table, Scope::Admin);
    OpenApiRouter::new()
        .routes(operation(app, admin("keys.list"), routes!(list)))
        .routes(operation(app, admin("keys.create"), routes!(create)))
        .routes(operation(app, admin("keys.get"), routes!(get)))
        .routes(operation(app, admin("keys.rotate"), routes!(rotate)))
        .routes(operation(app, admin("keys.revoke"), routes!(revoke)))
}

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WireNewKey {
    /// What people call it.
    name: String,
    /// What it may be used for: `admin`, `ingest`, `operate`, `read`.
    scopes: Vec<String>,
    /// From when on it is refused; never if that is not said.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<WireTime>,
}

/// How a key is rotated.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rotation {
    /// For how long the secret before is still taken, such as `1day`; not at all unless said otherwise.
    overlap: Option<String>,
}

/// A key, without its secret.
#[derive(Serialize, ToSchema)]
struct WireKey {
    /// Its id, the public part of its text.
    #[schema(value_type = String)]
    id: Id,
    /// What people call it.
    name: String,
    /// What it may be used for, sorted.
    scopes: Vec<&'static str>,
    /// `active`, `expired` or `revoked`.
    state: &'static str,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: WireTime,
    /// When it last got another secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    rotated_at: Option<WireTime>,
    /// From when on it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<WireTime>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<WireTime>,
    /// When it was last used, to about a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<WireTime>,
}

/// A key that has just got its secret.
#[derive(Serialize, ToSchema)]
struct IssuedKey {
    /// The text to be used, `tg_live_…`: told this one time.
    secret: String,
    /// The key.
    key: WireKey,
}

impl WireKey {
    fn of(key: Key, now: Timestamp) -> Self {
        Self {
            state: key.state(now).as_str(),
            id: key.id,
            name: key.name,
            scopes: key.scopes.iter().map(|scope| scope.as_str()).collect(),
            created_at: key.created_at.into(),
            rotated_at: key.rotated_at.map(WireTime),
            expires_at: key.expires_at.map(WireTime),
            revoked_at: key.revoked_at.map(WireTime),
            last_used_at: key.last_used_at.map(WireTime),
        }
    }
}

impl IssuedKey {
    fn of(issued: Issued, now: Timestamp) -> Self {
        Self {
            secret: issued.secret.reveal().to_owned(),
            key: WireKey::of(issued.key, now),
        }
    }
}

/// The keys, in the order in which they were made.
#[utoipa::path(
    get, path = "/api/v1/keys", tag = "keys", params(PageQuery), responses((status = 200, body = PageReply<WireKey>))
)]
async fn list(context: Context, Query(query): Query<PageQuery>) -> Result<Response, Problem> {
    let (cursor, limit) = query.check(&context)?;
    let look = move |tx: &mut ReadTx<'_>| auth::list(tx, cursor.as_ref(), limit);
    let page = context.read("auth.list", look).await?;
    let now = clock::now();
    heavy(PageReply::of(page, |key| WireKey::of(key, now))).await
}

/// Makes a key. Its secret is in the answer, and nowhere else.
#[utoipa::path(
    post, path = "/api/v1/keys", tag = "keys", request_body = WireNewKey,
    responses((status = 201, body = IssuedKey))
)]
async fn create(
    context: Context,
    Document(new): Document<WireNewKey>,
) -> Result<Response, Problem> {
    let scopes: Result<Vec<Scope>, _> = new.scopes.iter().map(|text| text.parse()).collect();
    let mut key = NewKey::new(new.name, scopes?);
    key.expires_at = new.expires_at.map(|at| at.0);
    let now = clock::now();
    let create = move |tx: &mut Tx<'_>| auth::create(tx, now, &key);
    let issued = context.write("auth.create", create).await?;
    tracing::info!(key = %issued.key.id, by = context.caller_name(), "a key was made");
    Ok((StatusCode::CREATED, Json(IssuedKey::of(issued, now))).into_response())
}

/// One key.
#[utoipa::path(
    get, path = "/api/v1/keys/{id}", tag = "keys", params(("id" = String, Path, description = "The key's id")),
    responses((status = 200, body = WireKey))
)]
async fn get(context: Context, Path(id): Path<String>) -> Result<Json<WireKey>, Problem> {
    let id = Id::parse(&id)?;
    let key = context
        .read("auth.get", move |tx| auth::get(tx, id))
        .await?;
    Ok(Json(WireKey::of(key, clock::now())))
}

/// Gives a key another secret.
#[utoipa::path(
    post, path = "/api/v1/keys/{id}/rotate", tag = "keys",
    params(("id" = String, Path, description = "The key's id")),
    request_body = Rotation, responses((status = 200, body = IssuedKey))
)]
async fn rotate(
    context: Context,
    Path(id): Path<String>,
    Document(rotation): Document<Rotation>,
) -> Result<Json<IssuedKey>, Problem> {
    let id = Id::parse(&id)?;
    let overlap = rotation.overlap.as_deref();
    let overlap = overlap.map_or(Ok(Duration::ZERO), |text| duration_of("overlap", text))?;
    let now = clock::now();
    let rotate = move |tx: &mut Tx<'_>| auth::rotate(tx, now, id, overlap);
    let issued = context.write("auth.rotate", rotate).await?;
    tracing::info!(key = %id, by = context.caller_name(), "a key was rotated");
    Ok(Json(IssuedKey::of(issued, now)))
}

/// Takes a key back for good.
#[utoipa::path(
    delete, path = "/api/v1/keys/{id}", tag = "keys", params(("id" = String, Path, description = "The key's id")),
    responses((status = 200, body = WireKey))
)]
async fn revoke(context: Context, Path(id): Path<String>) -> Result<Json<WireKey>, Problem> {
    let id = Id::parse(&id)?;
    let now = clock::now();
    let revoke = move |tx: &mut Tx<'_>| auth::revoke(tx, now, id);
    let key = context.write("auth.revoke", revoke).await?;
    tracing::info!(key = %id, by = context.caller_name(), "a key was revoked");
    Ok(Json(WireKey::of(key, now)))
}
