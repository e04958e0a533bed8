//! The cookie that carries the key of a browser that signed in, with the rules by which it counts.
//!
//! A browser adds the cookie to each request, whoever made it send that one. So it counts only for requests that the
//! dashboard's own pages made, as far as they change something or tell their origin.

#[cfg(test)]
mod tests;

use axum::http::{HeaderMap, HeaderValue, Method, header};

use crate::problem::{Code, Problem};

const NAME: &str = "tidegate_key";
/// How long a browser stays signed in, in seconds.
const MAX_AGE_SECONDS: u32 = 12 * 3_600;
/// What a browser says of the site that made it send a request.
const FETCH_SITE: &str = "sec-fetch-site";

/// The key that came as a cookie.
///
/// # Errors
/// When it came with a request that another site may be behind.
pub(super) fn presented<'a>(
    method: &Method,
    headers: &'a HeaderMap,
) -> Result<Option<&'a str>, Problem> {
    let Some(key) = find(headers) else {
        return Ok(None);
    };
    let counts = match method.is_safe() {
        // Links from elsewhere are followed; what tells an origin, such as a WebSocket, must come from here.
        true => !headers.contains_key(header::ORIGIN) || has_own_origin(headers),
        false => is_same_origin(headers),
    };
    match counts {
        true => Ok(Some(key)),
        false => {
            let detail =
                "the cookie counts for the dashboard's own pages; programs send a Bearer key";
            Err(Problem::new(Code::CrossOrigin, detail))
        }
    }
}

/// Whether a page of this server made the browser send the request.
pub(crate) fn is_same_origin(headers: &HeaderMap) -> bool {
    match text(headers, FETCH_SITE) {
        Some(site) => site == "same-origin",
        None => has_own_origin(headers),
    }
}

/// Whether the browser reached the server by https, through a proxy that ends TLS.
pub(crate) fn is_secure(headers: &HeaderMap) -> bool {
    text(headers, header::ORIGIN.as_str()).is_some_and(|origin| origin.starts_with("https://"))
}

/// The value of `Set-Cookie` that signs a browser in; `None` if the key has no form that a cookie can carry.
pub(crate) fn key_cookie(key: &str, is_secure: bool) -> Option<HeaderValue> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !key.bytes().all(is_plain) {
        return None;
    }
    HeaderValue::from_str(&set(key, MAX_AGE_SECONDS, is_secure)).ok()
}

/// The value of `Set-Cookie` that signs a browser out.
pub(crate) fn cleared_cookie(is_secure: bool) -> Option<HeaderValue> {
    HeaderValue::from_str(&set("", 0, is_secure)).ok()
}

fn set(value: &str, seconds: u32, is_secure: bool) -> String {
    let secure = if is_secure { "; Secure" } else { "" };
    format!("{NAME}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

fn find(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).into_iter();
    let pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == NAME && !value.is_empty())
        .map(|(_, value)| value)
}

/// Whether `Origin` names the host that the request went to.
fn has_own_origin(headers: &HeaderMap) -> bool {
    let origin = text(headers, header::ORIGIN.as_str());
    let authority = origin.and_then(|origin| origin.split_once("://"));
    match (authority, text(headers, header::HOST.as_str())) {
        (Some((_, authority)), Some(host)) => authority.eq_ignore_ascii_case(host),
        _ => false,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
