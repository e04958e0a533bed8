//! The program's own log: one `tracing` event for each message.

use serde::{Deserialize, Serialize};
use tracing::{error, info, warn};

use crate::escape::{MAX_LINE_CHARS, cut, line};
use crate::message::Message;

#[cfg(test)]
mod tests;

/// The log of this program: an event of [`tracing`] with the target `tidegate::notification`.
///
/// ```toml
/// kind = "log"
/// ```
///
/// The event's message is the message's text; its fields are `id`, `severity`, `subject` and `at`. The level is `WARN`
/// for `warning`, `ERROR` for `critical` and `emergency`, and `INFO` for the rest. All values are escaped and cut as
/// on the [console](crate::Console), whatever the subscriber does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {}

/// An event at a level, which must be known when the program is compiled.
macro_rules! event {
    ($level:ident, $message:expr) => {{
        let message: &Message = $message;
        $level!(
            target: "tidegate::notification",
            id = %line(&message.id),
            severity = %line(&message.severity),
            subject = %line(&message.subject),
            at = %message.rfc3339(),
            "{}",
            cut(&line(&message.text), MAX_LINE_CHARS)
        );
    }};
}

impl Log {
    pub(crate) fn send(&self, message: &Message) -> String {
        match message.severity.as_str() {
            "warning" => event!(warn, message),
            "critical" | "emergency" => event!(error, message),
            _ => event!(info, message),
        }
        "logged".to_owned()
    }
}
