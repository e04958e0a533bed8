//! What is answered.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::body::offload;
use crate::problem::{Code, Problem};

/// An answer as JSON, written at once: for what is short.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        written(&self.0).unwrap_or_else(IntoResponse::into_response)
    }
}

/// An answer as JSON, written where it delays nobody else: for what may be long.
pub(crate) async fn heavy<T: Serialize + Send + 'static>(value: T) -> Result<Response, Problem> {
    heavy_by(move || value).await
}

/// As [`heavy`], where making the answer takes a while, too.
pub(crate) async fn heavy_by<T: Serialize>(
    make: impl FnOnce() -> T + Send + 'static,
) -> Result<Response, Problem> {
    offload(usize::MAX, move || written(&make())).await
}

fn written<T: Serialize>(value: &T) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(value).map_err(|error| {
        tracing::error!(%error, "an answer has no JSON form");
        Problem::new(Code::Internal, "the log says why")
    })?;
    let json = HeaderValue::from_static("application/json");
    let no_store = HeaderValue::from_static("no-store");
    Ok((
        [
            (header::CONTENT_TYPE, json),
            (header::CACHE_CONTROL, no_store),
        ],
        bytes,
    )
        .into_response())
}
