//! Paths that are not known, and methods that a path does not know.

use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};

use super::key;
use crate::app::App;
use crate::operation::Class;
use crate::problem::{Code, Problem};

/// No path is told to somebody without a key, not even that there is none.
pub(super) async fn unknown_route(
    State(app): State<App>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Problem {
    match key::caller(&app, &method, &headers, Class::Auth.deadline()).await {
        Ok(_) => Problem::new(Code::UnknownRoute, format!("nothing is at {}", uri.path())),
        Err(problem) => problem,
    }
}

pub(super) async fn method_not_allowed(
    State(app): State<App>,
    method: Method,
    headers: HeaderMap,
) -> Problem {
    match key::caller(&app, &method, &headers, Class::Auth.deadline()).await {
        Ok(_) => {
            let detail = format!("{} is not one of its methods", method);
            Problem::new(Code::MethodNotAllowed, detail)
        }
        Err(problem) => problem,
    }
}
