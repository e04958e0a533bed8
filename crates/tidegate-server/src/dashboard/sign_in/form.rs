//! What the form of the sign-in page sends.

#[cfg(test)]
mod tests;

use axum::extract::Request;
use serde::Deserialize;

use crate::http::Body;
use crate::problem::{Code, Problem};

/// The longest form, in bytes: a key, and a path with its parameters.
const FORM_BYTES_MAX: usize = 8 << 10;

/// A key, and where its owner wanted to go.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    pub(super) key: String,
    #[serde(default)]
    pub(super) next: String,
}

impl Form {
    /// The form that a request brings. Whoever has no key sends it, so that more is not even read.
    pub(super) async fn read(request: Request) -> Result<Self, Problem> {
        let body = Body::read(request, FORM_BYTES_MAX).await?;
        if body.media_type != "application/x-www-form-urlencoded" {
            let detail = "send application/x-www-form-urlencoded";
            return Err(Problem::new(Code::UnsupportedMediaType, detail));
        }
        let form: Self = serde_html_form::from_bytes(&body.bytes)
            .map_err(|error| Problem::invalid_field("key", error.to_string()))?;
        Ok(Self {
            key: form.key.trim().to_owned(),
            next: own_path(&form.next).to_owned(),
        })
    }
}

/// The path if it leads to the dashboard, and otherwise the dashboard's beginning.
pub(super) fn own_path(path: &str) -> &str {
    let is_own = path
        .strip_prefix("/dashboard")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let is_plain = path
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    match is_own && is_plain {
        true => path,
        false => "/dashboard",
    }
}
