//! Alertmanager's formats, where they are not those of a route.

pub(crate) mod webhook;

/// Go's zero time, by which Alertmanager and its clients say that there is none.
pub(crate) const NO_TIME: &str = "0001-01-01T00:00:00Z";

/// Whether a text is that time, with or without fractions of a second.
pub(crate) fn is_no_time(text: &str) -> bool {
    text.starts_with("0001-01-01T00:00:00")
}
