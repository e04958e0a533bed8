//! Slack, Mattermost and whatever else takes Slack's incoming webhooks.

use std::path::PathBuf;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::escape;
use crate::failure::{Failure, FailureKind};
use crate::http::{Address, Clients, Post};
use crate::message::Message;
use crate::told::Told;
use crate::trust;

#[cfg(test)]
mod tests;

/// Where a message's text is cut, in characters: Slack hides longer ones.
const MAX_TEXT_CHARS: usize = 3_000;

/// A channel of Slack, or of another chat that takes its incoming webhooks.
///
/// ```toml
/// kind = "slack"
/// url = "env:SLACK_WEBHOOK"  # the address is itself the secret
/// allow_private = false      # as all that follows, it may be left out
/// ca_file = "/etc/ssl/our-authority.pem"
/// ```
///
/// The subject and the text are shown as they are: nothing in them becomes a link, a mention, or markup, and nothing is
/// fetched for a preview. The text is cut after 3,000 characters. Redirects are never followed, and without
/// `allow_private` the address must be HTTPS and on the public internet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slack {
    url: Address,
    #[serde(default)]
    allow_private: bool,
    ca_file: Option<PathBuf>,
}

impl Slack {
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.url.check("url")?;
        if self.url.is_plain() {
            let reason = "is itself a secret: keep it in an environment variable or a file, and write `env:NAME` or `file:/path`";
            return Err(Failure::config("url", reason));
        }
        trust::check(self.ca_file.as_deref())
    }

    /// Where it goes, as far as it is shown.
    pub(crate) fn place(&self) -> String {
        self.url.to_string()
    }

    pub(crate) async fn send(
        &self,
        clients: &Clients,
        message: &Message,
    ) -> Result<String, Failure> {
        let mut told = Told::default();
        let url = self.url.fetch(&mut told).await?;
        if url.scheme() != "https" && !self.allow_private {
            let message =
                "the address is not HTTPS, which is not allowed unless `allow_private` is set";
            return Err(Failure::new(FailureKind::AddressRefused, message));
        }
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        let post = Post {
            url,
            headers: HeaderMap::from_iter([(CONTENT_TYPE, json)]),
            secret_headers: HeaderMap::new(),
            body: body(message).to_string(),
            follow_redirects: false,
            allow_private: self.allow_private,
            told,
        };
        let ca_file = self.ca_file.as_deref();
        let client = clients.get(self.allow_private, ca_file).await?;
        let status = post.send(&client).await?;
        Ok(format!("answered {}", status.as_u16()))
    }
}

fn body(message: &Message) -> Value {
    let subject = escape::slack(&escape::line(&message.subject));
    let severity = escape::slack(&escape::line(&message.severity.to_uppercase()));
    let text = escape::slack(&escape::cut(&message.text, MAX_TEXT_CHARS));
    let heading = format!("[{severity}] {subject}");
    json!({
        "text": heading,
        "mrkdwn": false,
        "unfurl_links": false,
        "unfurl_media": false,
        "attachments": [{
            "color": color(&message.severity),
            "fallback": heading,
            "text": text,
            // Without these it would be read as markup.
            "mrkdwn_in": [],
            "footer": message.rfc3339(),
        }],
    })
}

fn color(severity: &str) -> &'static str {
    match severity {
        "warning" => "#d97706",
        "critical" => "#dc2626",
        "emergency" => "#7f1d1d",
        _ => "#2563eb",
    }
}
