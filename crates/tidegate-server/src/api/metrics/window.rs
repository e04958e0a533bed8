//! The stretch of time that a question is about.

use std::time::Duration;

use tidegate_stores::Window;

use crate::clock;
use crate::problem::Problem;
use crate::wire::WireTime;

/// How far back a question looks, unless it says so.
const LENGTH: Duration = Duration::from_secs(3_600);

/// The window of `from`, `to` and `window`: it ends at `to`, now unless said otherwise, and begins at `from`, or as long
/// before its end as `window` says.
pub(in crate::api) fn window_of(
    from: Option<WireTime>,
    to: Option<WireTime>,
    length: Option<&str>,
) -> Result<Window, Problem> {
    let to = to.map_or_else(clock::now, |to| to.0);
    let window = match (from, length) {
        (Some(_), Some(_)) => {
            let detail = "give either `from` or `window`";
            return Err(Problem::invalid_field("window", detail));
        }
        (Some(from), None) => Window::between(from.0, to),
        (None, length) => {
            let length = length.map_or(Ok(LENGTH), |text| duration_of("window", text))?;
            Window::before(to, length)
        }
    };
    Ok(window?)
}

/// A duration such as `5m`.
pub(in crate::api) fn duration_of(field: &'static str, text: &str) -> Result<Duration, Problem> {
    humantime::parse_duration(text).map_err(|error| {
        Problem::invalid_field(field, format!("{error}; write for example 30s, 5m or 1day"))
    })
}
