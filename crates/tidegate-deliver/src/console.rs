//! The console: one line on standard error for each message.

use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::escape::{MAX_LINE_CHARS, cut, line};
use crate::failure::Failure;
use crate::lanes::Lanes;
use crate::message::Message;

#[cfg(test)]
mod tests;

/// The name of its lane, which no file has.
const LANE: &str = "";

/// This process's standard error, one line for each message.
///
/// ```toml
/// kind = "console"
/// ```
///
/// A line says when, how bad, what, the whole text and the id. Line ends, control characters and others that a terminal
/// might obey are written as `\n` or `\u{1b}`; what is longer than 4,000 characters is cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Console {}

impl Console {
    pub(crate) async fn send(&self, lanes: &Lanes, message: &Message) -> Result<String, Failure> {
        let text = text(message);
        // Standard error may be a pipe whose reader is slow.
        let write = move || {
            let written = std::io::stderr().lock().write_all(text.as_bytes());
            written.map_err(|error| Failure::io("writing to the console", &error))
        };
        lanes.run(Path::new(LANE), write).await?;
        Ok("written".to_owned())
    }
}

/// The line for `message`, with its end.
fn text(message: &Message) -> String {
    let Message {
        id,
        subject,
        text,
        severity,
        ..
    } = message;
    let at = message.rfc3339();
    let severity = severity.to_uppercase();
    let all = line(&format!("{at} {severity} {subject}: {text}"));
    format!("{} (id {})\n", cut(&all, MAX_LINE_CHARS), line(id))
}
