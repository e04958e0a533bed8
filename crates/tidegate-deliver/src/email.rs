//! Email: what is set for it, and what of that is refused.

mod check;
mod compose;
mod session;
mod wire;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::message::Message;
use crate::secret::Secret;

/// Recipients of a mail, by way of a mail server (SMTP).
///
/// ```toml
/// kind = "email"
/// host = "mail.example.com"
/// from = "Tidegate <tidegate@example.com>"
/// to = ["operations@example.com", "Jo <jo@example.com>"]
/// tls = "starttls"             # or "tls", or "none"; as all that follows, it may be left out
/// port = 587                   # 587 for "starttls", 465 for "tls" and 25 for "none", unless said otherwise
/// username = "tidegate"
/// password = "file:/run/secrets/mail"
/// allow_plaintext = false
/// hello_name = "alerts.example.com"
/// ca_file = "/etc/ssl/our-authority.pem"
/// ```
///
/// - With `starttls` and `tls` nothing of the mail and no password is sent before the server has shown a valid
///   certificate; a server that does not offer TLS is refused. `none` is for a server on this machine: other addresses
///   are refused unless `allow_plaintext` is set, and then everybody on the way can read the mail and the password.
/// - `ca_file` names the certificate authorities, in PEM, that are trusted instead of the public ones.
/// - The server may have a private address: it is your own that hands the mail on.
/// - The mail goes to all recipients or to none. If the server refuses one, the delivery fails, and says which.
/// - The subject's line ends and control characters are written as `\n` or `\u{1b}`, so that nothing in it becomes
///   another header. The text is sent as it is, encoded. `Message-ID` is made of the message's id, which stands in
///   `X-Tidegate-Delivery` too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Email {
    host: String,
    port: Option<u16>,
    #[serde(default)]
    tls: Encryption,
    #[serde(default)]
    allow_plaintext: bool,
    from: String,
    to: Vec<String>,
    username: Option<String>,
    password: Option<Secret>,
    hello_name: Option<String>,
    ca_file: Option<PathBuf>,
}

/// When a connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Encryption {
    #[serde(rename = "tls")]
    FromTheStart,
    /// Before anything that matters; required, not just tried.
    #[default]
    Starttls,
    #[serde(rename = "none")]
    Never,
}

impl Email {
    /// Where it goes, as far as it is shown.
    pub(crate) fn place(&self) -> String {
        crate::escape::line(&format!("{}:{}", self.host, self.port()))
    }

    pub(crate) async fn send(&self, message: &Message) -> Result<String, Failure> {
        let mail = compose::mail(self, message)?;
        session::send(self, &mail).await
    }

    fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            Encryption::FromTheStart => 465,
            Encryption::Starttls => 587,
            Encryption::Never => 25,
        })
    }
}
