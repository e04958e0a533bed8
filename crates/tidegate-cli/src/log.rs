//! The log of the server, on standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::failure::{Failure, Result};

/// Begins to log what `filter` says: lines for people, or JSON objects.
pub(crate) fn begin(filter: &str, as_json: bool) -> Result<()> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| Failure::usage(format!("--log {filter}: {error}")))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match as_json {
        true => log.json().init(),
        false => log.init(),
    }
    Ok(())
}
