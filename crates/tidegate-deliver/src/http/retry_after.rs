//! How long a receiver asks to be left alone.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

#[cfg(test)]
mod tests;

/// Longer times are cut to this.
const MAX: Duration = Duration::from_secs(86_400);

/// The time that `headers` ask for, in seconds or as a date; `None` if they do not, or not readably.
pub(super) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit()) {
        let seconds = text.parse().map_or(MAX, Duration::from_secs);
        return Some(seconds.min(MAX));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    let wait = date.duration_since(now).unwrap_or_default();
    Some(wait.min(MAX))
}
