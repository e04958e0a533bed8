//! What is delivered: one message, ready for every medium.

use std::time::{Duration, SystemTime};

use serde::de::IgnoredAny;

use crate::failure::{Failure, FailureKind};

#[cfg(test)]
mod tests;

/// Limits of a [`Message`], in bytes.
const MAX_ID: usize = 128;
const MAX_SEVERITY: usize = 64;
const MAX_SUBJECT: usize = 2_000;
const MAX_TEXT: usize = 256 << 10;
const MAX_BODY: usize = 1 << 20;

/// The last second that is in the year 9999 in every time zone, in Unix time: later times have no common form.
const LAST_SECOND: u64 = 253_402_207_200;

/// One message, ready for every medium.
///
/// The texts may hold anything; each medium escapes what it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// By this the receiver knows a message that comes twice: 1 to 128 ASCII letters, digits, `-` and `_`, such as a
    /// UUID. Keep it the same when the delivery is tried again.
    pub id: String,
    /// A line that says what it is about, up to 2,000 bytes.
    pub subject: String,
    /// The whole story, up to 256 KiB.
    pub text: String,
    /// How bad it is, up to 64 bytes: `info`, `warning`, `critical` and `emergency` have colours and log levels of
    /// their own; whatever else is treated as `info`.
    pub severity: String,
    /// What a webhook is sent, JSON of up to 1 MiB; the other targets ignore it.
    pub body: String,
    /// When it came about; shown to the second or finer. Times before 1970 are shown as 1970, those after 9999 as 9999.
    pub at: SystemTime,
}

impl Message {
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let of_id = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
        if self.id.is_empty() || !self.id.bytes().all(of_id) {
            return Err(refused("`id` is not of ASCII letters, digits, `-` and `_`"));
        }
        for (name, text, limit) in [
            ("id", &self.id, MAX_ID),
            ("severity", &self.severity, MAX_SEVERITY),
            ("subject", &self.subject, MAX_SUBJECT),
            ("text", &self.text, MAX_TEXT),
        ] {
            within(name, text, limit)?;
        }
        Ok(())
    }

    /// What only webhooks need: that the body is JSON.
    pub(crate) fn check_body(&self) -> Result<(), Failure> {
        within("body", &self.body, MAX_BODY)?;
        match serde_json::from_str::<IgnoredAny>(&self.body) {
            Ok(_) => Ok(()),
            Err(error) => Err(refused(format!("`body` is not JSON: {error}"))),
        }
    }

    /// [`at`](Self::at), within what calendars and headers can say.
    pub(crate) fn time(&self) -> SystemTime {
        let last = SystemTime::UNIX_EPOCH + Duration::from_secs(LAST_SECOND);
        self.at.clamp(SystemTime::UNIX_EPOCH, last)
    }

    /// [`at`](Self::at) as RFC 3339 has it, in UTC to the microsecond.
    pub(crate) fn rfc3339(&self) -> String {
        let time = jiff::Timestamp::try_from(self.time()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        format!("{time:.6}")
    }
}

fn within(name: &str, text: &str, limit: usize) -> Result<(), Failure> {
    if text.len() <= limit {
        return Ok(());
    }
    let length = text.len();
    Err(refused(format!(
        "`{name}` has {length} bytes, more than {limit}"
    )))
}

fn refused(reason: impl Into<std::borrow::Cow<'static, str>>) -> Failure {
    Failure::new(FailureKind::Message, reason)
}
