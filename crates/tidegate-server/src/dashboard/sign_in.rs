//! Signing in with a key, and out again.

mod form;
mod page;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use crate::app::App;
use crate::http::{
    Context, Operation, cleared_cookie, guarded, is_same_origin, is_secure, key_cookie, verified,
};
use crate::operation::Class;
use crate::problem::{Code, Problem};
use form::Form;

pub(super) fn routes(app: &App) -> Router<App> {
    let sign_in = Operation::open("dashboard.sign_in");
    let sign_out = Operation::open("dashboard.sign_out");
    Router::new()
        .route("/login", guarded(app, sign_in, post(login)))
        .route("/logout", guarded(app, sign_out, post(logout)))
}

/// Answers a browser that asks for a page without a key that is taken: still 401, but with a form.
pub(super) async fn offer(request: Request, next: Next) -> Response {
    let takes_pages = takes_pages(request.headers());
    let path = request.uri().path_and_query();
    let wanted = path.map_or_else(String::new, |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let problem = response.extensions().get::<Arc<Problem>>().cloned();
    match problem {
        Some(problem) if takes_pages && problem.code().is_about_the_key() => {
            page::refused(&wanted, problem.code())
        }
        _ => response,
    }
}

fn takes_pages(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT);
    let accepted = accepted.and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

async fn login(context: Context, request: Request) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    from_own_page(&headers)?;
    let Form { key, next } = Form::read(request).await?;
    let deadline = Class::Auth.deadline();
    match verified(&context.app, &key, deadline).await {
        Ok(_) => {}
        Err(problem) if problem.code().is_about_the_key() => {
            return Ok(page::refused(&next, problem.code()));
        }
        Err(problem) => return Err(problem),
    }
    let cookie = key_cookie(&key, is_secure(&headers));
    let cookie = cookie.ok_or_else(|| Problem::new(Code::InvalidKey, "no cookie can carry it"))?;
    Ok(see_other(&next, cookie))
}

async fn logout(_: Context, headers: HeaderMap) -> Result<Response, Problem> {
    from_own_page(&headers)?;
    let cookie = cleared_cookie(is_secure(&headers)).unwrap_or(HeaderValue::from_static(""));
    Ok(see_other("/", cookie))
}

fn from_own_page(headers: &HeaderMap) -> Result<(), Problem> {
    match is_same_origin(headers) {
        true => Ok(()),
        false => {
            let detail = "browsers sign in and out on this server's own pages";
            Err(Problem::new(Code::CrossOrigin, detail))
        }
    }
}

fn see_other(path: &str, cookie: HeaderValue) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    let headers = [
        (header::LOCATION, location),
        (header::SET_COOKIE, cookie),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}
