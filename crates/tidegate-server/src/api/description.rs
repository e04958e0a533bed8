//! The description of the API, for programs, and a page that shows it to people.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use tidegate_stores::auth::Scope;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::{Operation, operation};
use crate::operation::Class;

/// What the page may load: nothing but its own script, style and description.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE: &str = include_str!("description/page.html");
const SCRIPT: &str = include_str!("description/page.js");
const STYLE: &str = include_str!("description/page.css");

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    let read = |name| Operation::new(name, Class::Table, Scope::Read);
    OpenApiRouter::new()
        .routes(operation(
            app,
            read("description.openapi"),
            routes!(openapi),
        ))
        .routes(operation(app, read("description.page"), routes!(page)))
        .routes(operation(app, read("description.script"), routes!(script)))
        .routes(operation(app, read("description.style"), routes!(style)))
}

/// The description of the API: OpenAPI 3.1.
#[utoipa::path(
    get, path = "/api/v1/openapi.json", tag = "description",
    responses((status = 200, body = Object, content_type = "application/json"))
)]
async fn openapi(State(app): State<App>) -> impl IntoResponse {
    let text = app.openapi.get().cloned().unwrap_or_else(Bytes::new);
    ([(header::CONTENT_TYPE, "application/json")], text)
}

/// A page that shows the description.
#[utoipa::path(
    get, path = "/api/v1/docs", tag = "description",
    responses((status = 200, body = String, content_type = "text/html"))
)]
async fn page() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, Html(PAGE))
}

/// The page's script.
#[utoipa::path(
    get, path = "/api/v1/docs/page.js", tag = "description",
    responses((status = 200, body = String, content_type = "text/javascript"))
)]
async fn script() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
        SCRIPT,
    )
}

/// The page's style.
#[utoipa::path(
    get, path = "/api/v1/docs/page.css", tag = "description",
    responses((status = 200, body = String, content_type = "text/css"))
)]
async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}
