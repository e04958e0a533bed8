//! Arguments that several verbs take: moments, durations, windows, labels.

use std::time::Duration;

use clap::Args;
use tidegate_stores::Timestamp;

use crate::place::Span;

/// What a question is about in time.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct WindowArgs {
    /// How far back to look: 5m, 6h, 2days
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = duration)]
    window: Duration,

    /// Where to begin, instead of a length: 2026-03-01T12:00:00Z
    #[arg(long, value_name = "MOMENT", conflicts_with = "window", value_parser = moment)]
    from: Option<Timestamp>,

    /// Where to end; now if it is not given
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    to: Option<Timestamp>,
}

impl WindowArgs {
    pub(crate) fn span(self) -> Span {
        Span {
            from: self.from,
            to: self.to,
            window: self.window,
        }
    }
}

/// Who does something.
#[derive(Args, Clone, Debug)]
pub(crate) struct Author {
    /// Who does it, for the story; a server takes the name of the key instead [default: the user]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

impl Author {
    /// The name that was given, or the user's.
    pub(crate) fn name(&self) -> String {
        let user = || std::env::var("USER").ok().filter(|user| !user.is_empty());
        let given = self.by.clone();
        given.or_else(user).unwrap_or_else(|| "cli".to_owned())
    }
}

/// A moment as RFC 3339.
pub(crate) fn moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|error| error.reason().to_owned())
}

/// A duration above zero, such as `5m`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("must be above zero".to_owned()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(format!("{error}; write for example 30s, 5m or 2days")),
    }
}

/// A duration such as `5m`, or none at all: `0s`.
pub(crate) fn duration_or_none(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write for example 0s, 5m or 2days"))
}

/// A label: `name=value`.
pub(crate) fn label(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests;
