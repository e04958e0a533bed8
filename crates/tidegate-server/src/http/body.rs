//! The body of a request: read up to a limit, taken apart off the event loop if it is long.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::context::Context;
use super::decoding;
use crate::problem::{Code, Problem};

/// What is longer is taken apart on a thread for such work, in bytes.
const AT_ONCE_BYTES_MAX: usize = 32 << 10;

/// A body as it came, and what it is said to be.
pub(crate) struct Body {
    pub(crate) bytes: Bytes,
    /// Without parameters, in lower case.
    pub(crate) media_type: String,
}

/// A body that is a JSON document.
pub(crate) struct Document<T>(pub(crate) T);

/// A body that is a JSON document, or empty.
pub(crate) struct MaybeDocument<T>(pub(crate) T);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let context = request.extensions().get::<Context>();
        let context =
            context.ok_or_else(|| Problem::new(Code::Internal, "the route has no guard"))?;
        let most = context.app.config().server.body_bytes_max;
        Self::read(request, most).await
    }
}

impl<T: DeserializeOwned + Send + 'static, S: Send + Sync> FromRequest<S> for Document<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = Body::from_request(request, state).await?;
        body.into_document().await.map(Self)
    }
}

impl<T, S> FromRequest<S> for MaybeDocument<T>
where
    T: DeserializeOwned + Default + Send + 'static,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = Body::from_request(request, state).await?;
        match body.bytes.is_empty() {
            true => Ok(Self(T::default())),
            false => body.into_document().await.map(Self),
        }
    }
}

impl Body {
    async fn into_document<T: DeserializeOwned + Send + 'static>(self) -> Result<T, Problem> {
        if self.media_type != "application/json" {
            let detail = "send application/json";
            return Err(Problem::new(Code::UnsupportedMediaType, detail));
        }
        let bytes = self.bytes;
        offload(bytes.len(), move || decoding::json(&bytes)).await
    }

    /// The body of a request, of `most` bytes at most.
    pub(crate) async fn read(request: Request, most: usize) -> Result<Self, Problem> {
        let media_type = media_type(request.headers());
        let bytes = axum::body::to_bytes(request.into_body(), most).await;
        let bytes = bytes.map_err(|error| unreadable(error, most))?;
        Ok(Self { bytes, media_type })
    }

    /// The JSON document that the body is.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        decoding::json(&self.bytes)
    }

    /// The text that the body is.
    pub(crate) fn text(&self) -> Result<&str, Problem> {
        std::str::from_utf8(&self.bytes)
            .map_err(|error| Problem::new(Code::BodyUnreadable, format!("is no UTF-8: {error}")))
    }
}

/// Does work in proportion to `bytes`: at once if they are few, and otherwise where it delays nobody else.
pub(crate) async fn offload<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    if bytes <= AT_ONCE_BYTES_MAX {
        return work();
    }
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => {
            tracing::error!(%error, "a thread of the server failed");
            Err(Problem::new(Code::Internal, "the log says why"))
        }
    }
}

fn media_type(headers: &HeaderMap) -> String {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let first = value.unwrap_or_default().split(';').next();
    first.unwrap_or_default().trim().to_ascii_lowercase()
}

fn unreadable(error: axum::Error, most: usize) -> Problem {
    let mut cause: Option<&dyn std::error::Error> = Some(&error);
    while let Some(found) = cause {
        if found.is::<http_body_util::LengthLimitError>() {
            return Problem::new(Code::BodyTooLarge, format!("at most {most} bytes"));
        }
        cause = found.source();
    }
    Problem::new(Code::BodyUnreadable, error.to_string())
}
