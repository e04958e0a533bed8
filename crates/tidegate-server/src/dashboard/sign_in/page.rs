//! The sign-in page: it is whole in itself, since nothing else is given without a key.

use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::form::own_path;
use crate::dashboard::{icons, policy};
use crate::problem::Code;

const STYLE: &str = include_str!("../../../assets/css/sign-in.css");

static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| policy::of_style(STYLE));

/// The answer to somebody whose key is missing or not taken.
pub(super) fn refused(wanted: &str, code: Code) -> Response {
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    let headers = [
        (header::CONTENT_TYPE, html),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, POLICY.clone()),
        (header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
    ];
    let page = page(own_path(wanted), code).into_string();
    (StatusCode::UNAUTHORIZED, headers, page).into_response()
}

fn page(next: &str, code: Code) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Sign in · Tidegate" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (icons::brand()) "Tidegate" }
                    p { "Sign in with a service key that may read." }
                    form method="post" action="/login" {
                        input type="hidden" name="next" value=(next);
                        label for="key" { "Key" }
                        input #key type="password" name="key" required autofocus autocomplete="current-password"
                            spellcheck="false" placeholder="tg_live_…" aria-describedby=[is_wrong(code).then_some("wrong")]
                            aria-invalid=[is_wrong(code).then_some("true")];
                        @if is_wrong(code) {
                            p #wrong .wrong role="alert" { (code.title()) "." }
                        }
                        button type="submit" { "Sign in" }
                    }
                    p .hint {
                        "The start that made the database printed its first key. The key is kept in a cookie of this browser for 12 hours."
                    }
                }
            }
        }
    }
}

/// Whether a key was shown, but not taken.
fn is_wrong(code: Code) -> bool {
    code != Code::MissingKey
}
