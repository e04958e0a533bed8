//! All routes with the layers around them.

#[cfg(test)]
mod tests;

use std::any::Any;

use axum::Router;
use axum::body::Bytes;
use axum::middleware::{from_fn, map_response};
use axum::response::{IntoResponse, Response};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;

use super::fallback;
use super::identity::identify;
use super::security::secure;
use crate::api;
use crate::app::App;
use crate::dashboard;
use crate::problem::{Code, Problem};

/// The service that answers requests.
pub(crate) fn router(app: &App) -> Router {
    let (routes, openapi) = api::routes(app).split_for_parts();
    let openapi = openapi.to_json().unwrap_or_default();
    // Set once: a server has one router.
    let _ = app.openapi.set(Bytes::from(openapi));
    let routes = routes
        .merge(dashboard::routes(app))
        .fallback(fallback::unknown_route)
        .method_not_allowed_fallback(fallback::method_not_allowed);
    layered(routes).with_state(app.clone())
}

/// The layers that are the same for every request, the outermost last.
fn layered<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes
        .layer(RequestDecompressionLayer::new())
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(identify))
        .layer(map_response(secure))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that the layer calls"
)]
fn panicked(payload: Box<dyn Any + Send>) -> Response {
    let text = payload.downcast_ref::<&'static str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    tracing::error!(
        panic = text.unwrap_or("without a text"),
        "a handler panicked"
    );
    Problem::new(Code::Internal, "the log says why").into_response()
}
