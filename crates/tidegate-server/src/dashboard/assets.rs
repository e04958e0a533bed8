//! The files that pages load: part of the program, under URLs that change with their contents.
//!
//! All of them lie below one hash, so that modules find each other by relative paths.

mod bundle;
mod files;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tidegate_stores::auth::Scope;
use tokio::sync::OnceCell;

pub(super) use bundle::Bundle;
use bundle::Packed;

use crate::app::App;
use crate::http::{Operation, guarded};
use crate::operation::Class;
use crate::problem::{Code, Problem};

/// A year: the contents behind a URL never change.
const CACHED: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

static BUNDLE: OnceCell<Bundle> = OnceCell::const_new();

pub(super) fn routes(app: &App) -> Router<App> {
    let operation = Operation::new("dashboard.asset", Class::Table, Scope::Read);
    Router::new().route(
        "/assets/{hash}/{*name}",
        guarded(app, operation, get(asset)),
    )
}

/// The bundle; the first who asks has it packed, away from the event loop.
impl<S: Sync> FromRequestParts<S> for &'static Bundle {
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pack = || async { tokio::task::spawn_blocking(Bundle::pack).await };
        let packed = BUNDLE.get_or_try_init(pack).await;
        packed.map_err(|error| {
            tracing::error!(%error, "could not pack the assets");
            Problem::new(Code::Internal, "the log says why")
        })
    }
}

async fn asset(
    bundle: &'static Bundle,
    Path((hash, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = bundle.find(&hash, &name);
    let packed = found.ok_or_else(|| {
        let detail = "pages name their assets anew with each version";
        Problem::new(Code::NotFound, detail)
    })?;
    Ok(served(packed, takes_gzip(&headers)))
}

fn served(packed: &'static Packed, gzip: bool) -> Response {
    let media_type = HeaderValue::from_static(packed.media_type);
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, CACHED),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    match gzip {
        true => {
            let encoding = [(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
            (headers, encoding, packed.gzip.as_slice()).into_response()
        }
        false => (headers, packed.plain).into_response(),
    }
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING);
    let accepted = accepted.and_then(|value| value.to_str().ok()).unwrap_or("");
    accepted
        .split(',')
        .any(|coding| matches!(coding.trim(), "gzip" | "x-gzip"))
}
