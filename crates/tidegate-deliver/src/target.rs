//! Where messages go: one target of one kind, as it stands in a configuration file.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::console::Console;
use crate::email::Email;
use crate::failure::Failure;
use crate::file::File;
use crate::http::Clients;
use crate::lanes::Lanes;
use crate::log::Log;
use crate::message::Message;
use crate::slack::Slack;
use crate::webhook::Webhook;

#[cfg(test)]
mod tests;

/// Where messages go. The field `kind` of its configuration says which of these it is; unknown fields are refused.
///
/// It can be written out again: what it holds of secrets are references.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Target {
    /// The program's own log.
    Log(Log),
    /// Standard error.
    Console(Console),
    /// A file of JSON lines.
    File(File),
    /// A mail server.
    Email(Email),
    /// An HTTP receiver.
    Webhook(Webhook),
    /// A channel of Slack or the like.
    Slack(Slack),
}

/// What a delivery needs that outlives it.
#[derive(Clone)]
pub(crate) struct Means {
    pub(crate) clients: Clients,
    pub(crate) lanes: Lanes,
}

impl Target {
    /// Checks all settings; [`Courier::deliver`](crate::Courier::deliver) does so too. Secrets are not fetched and nothing
    /// is connected to.
    ///
    /// # Errors
    /// [`Config`](crate::FailureKind::Config), with the name of the setting and what is wrong with it.
    pub fn check(&self) -> Result<(), Failure> {
        match self {
            Self::Log(_) | Self::Console(_) => Ok(()),
            Self::File(file) => file.check(),
            Self::Email(email) => email.check(),
            Self::Webhook(webhook) => webhook.check(),
            Self::Slack(slack) => slack.check(),
        }
    }

    /// Its kind, as it stands in the configuration: `log`, `console`, `file`, `email`, `webhook` or `slack`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Log(_) => "log",
            Self::Console(_) => "console",
            Self::File(_) => "file",
            Self::Email(_) => "email",
            Self::Webhook(_) => "webhook",
            Self::Slack(_) => "slack",
        }
    }

    /// Where it goes, for people, without anything secret: a path, a host with its port, the origin of an address, or
    /// the reference to it. Empty for `log` and `console`.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Log(_) | Self::Console(_) => String::new(),
            Self::File(file) => file.place(),
            Self::Email(email) => email.place(),
            Self::Webhook(webhook) => webhook.place(),
            Self::Slack(slack) => slack.place(),
        }
    }

    /// Delivers `message`, and returns what the receiver said to it.
    pub(crate) async fn send(&self, means: &Means, message: &Message) -> Result<String, Failure> {
        match self {
            Self::Log(log) => Ok(log.send(message)),
            Self::Console(console) => console.send(&means.lanes, message).await,
            Self::File(file) => file.send(&means.lanes, message).await,
            Self::Email(email) => email.send(message).await,
            Self::Webhook(webhook) => {
                let now = SystemTime::now();
                webhook.send(&means.clients, message, now).await
            }
            Self::Slack(slack) => slack.send(&means.clients, message).await,
        }
    }
}
