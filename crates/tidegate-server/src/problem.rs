//! What a request that failed is answered: problem details of RFC 9457 with a stable code.

mod code;
mod of_store;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use code::Code;

/// The media type of RFC 9457.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// What comes before a code in the URI that names a kind of problem.
const TYPE_PREFIX: &str = "urn:tidegate:problem:";

/// Why a request was refused or failed.
///
/// As a response it is empty at first, and carries itself as an extension: whoever knows the request's id
/// [renders](Self::render) it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    code: Code,
    detail: Cow<'static, str>,
    field: Option<String>,
    position: Option<usize>,
    found: Option<String>,
    committed: Option<&'static str>,
    retry_after_seconds: Option<u64>,
}

/// Problem details as they go over the wire.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Body<'a> {
    /// A URI that names the kind of problem: `urn:tidegate:problem:` with the code behind it.
    #[serde(rename = "type")]
    uri: String,
    /// The kind of problem in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// The kind of problem: stable, for programs.
    code: &'static str,
    /// What is wrong with this request.
    detail: &'a str,
    /// The field that is wrong, as a path such as `samples[3].value`; or the parameter or header.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    /// Where in the text: the line of an exposition, or the byte of a selector.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
    /// Where the state did not allow it: the state that was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<&'a str>,
    /// Where a deadline has passed: whether the work may have been done, `no` or `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    committed: Option<&'static str>,
    /// The request's id, under which the log has it.
    request_id: &'a str,
}

impl Problem {
    pub(crate) fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            code,
            detail: detail.into(),
            field: None,
            position: None,
            found: None,
            committed: None,
            retry_after_seconds: None,
        }))
    }

    /// A field whose value makes no sense.
    pub(crate) fn invalid_field(
        field: impl Into<String>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(Code::InvalidField, detail).field(field)
    }

    pub(crate) fn field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// The field lies within this one.
    pub(crate) fn within(mut self, outer: &str) -> Self {
        self.0.field = Some(match self.0.field {
            Some(field) => format!("{outer}.{field}"),
            None => outer.to_owned(),
        });
        self
    }

    pub(crate) fn position(mut self, position: Option<usize>) -> Self {
        self.0.position = position;
        self
    }

    pub(crate) fn found(mut self, found: Option<&str>) -> Self {
        self.0.found = found.map(str::to_owned);
        self
    }

    pub(crate) fn committed(mut self, committed: &'static str) -> Self {
        self.0.committed = Some(committed);
        self
    }

    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    pub(crate) fn code(&self) -> Code {
        self.0.code
    }

    /// The whole response, with the id of the request.
    pub(crate) fn render(&self, request_id: &str) -> Response {
        let inner = &*self.0;
        let body = Body {
            uri: format!("{TYPE_PREFIX}{}", inner.code.as_str()),
            title: inner.code.title(),
            status: inner.code.status().as_u16(),
            code: inner.code.as_str(),
            detail: &inner.detail,
            field: inner.field.as_deref(),
            position: inner.position,
            found: inner.found.as_deref(),
            committed: inner.committed,
            request_id,
        };
        let text =
            serde_json::to_vec(&body).expect("invariant: texts and numbers have a JSON form");
        let mut response = (inner.code.status(), text).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if inner.code.is_about_the_key() {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = inner.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.code.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}
