//! The outermost layer: gives each request an id, logs its end, and writes problems out.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use tidegate_stores::Id;
use tracing::Instrument as _;

use super::trace_parent::{self, TraceParent};
use crate::clock;
use crate::problem::{Code, Problem};

/// The header that tells the request's id.
const REQUEST_ID: &str = "x-request-id";

/// Sees a request through, from its head to the response's head.
pub(super) async fn identify(request: Request, next: Next) -> Response {
    let id = Id::new(clock::now());
    let parent = request.headers().get(trace_parent::NAME);
    let parent = parent
        .and_then(|value| value.to_str().ok())
        .and_then(TraceParent::parse);
    let trace = match parent {
        Some(parent) => parent.child(id),
        None => TraceParent::beginning(id),
    };
    let span = tracing::info_span!(
        "request",
        %id,
        trace_id = trace.trace_id(),
        method = %request.method(),
        path = request.uri().path(),
    );
    let begun = Instant::now();
    let work = async {
        let response = finish(next.run(request).await, id, trace);
        log(&response, begun);
        response
    };
    work.instrument(span).await
}

/// Writes a problem out, and names the request in the response.
fn finish(response: Response, id: Id, trace: TraceParent) -> Response {
    let problem = response.extensions().get::<Arc<Problem>>().cloned();
    let problem = problem.or_else(|| unexplained(&response).map(Arc::new));
    let id = id.to_string();
    let mut response = match problem {
        Some(problem) => with_headers_of(problem.render(&id), &response),
        None => response,
    };
    let named = [(REQUEST_ID, id), (trace_parent::NAME, trace.to_string())];
    for (name, value) in named {
        let value = HeaderValue::from_str(&value);
        let value = value.expect("invariant: ids are hexadecimal digits and hyphens");
        response.headers_mut().insert(name, value);
    }
    response
}

/// What a library refused, in the form of a problem.
fn unexplained(response: &Response) -> Option<Problem> {
    match response.status() {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Some(Problem::new(
            Code::UnsupportedMediaType,
            "the body's encoding is not known; gzip is",
        )),
        // Routes answer 400 by problems; without one it was the path that could not be taken apart.
        StatusCode::BAD_REQUEST => Some(Problem::invalid_field("path", "is no UTF-8")),
        _ => None,
    }
}

/// A path's other methods stand in the header `Allow` of the response that the problem takes the place of.
fn with_headers_of(mut rendered: Response, response: &Response) -> Response {
    if let Some(allow) = response.headers().get(axum::http::header::ALLOW) {
        let allow = allow.clone();
        rendered
            .headers_mut()
            .insert(axum::http::header::ALLOW, allow);
    }
    rendered
}

fn log(response: &Response, begun: Instant) {
    let status = response.status().as_u16();
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    match response.status().is_server_error() {
        true => tracing::warn!(status, micros, "answered"),
        false => tracing::debug!(status, micros, "answered"),
    }
}
