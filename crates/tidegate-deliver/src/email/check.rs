//! Settings of an email target that make no sense.

use std::net::IpAddr;

use lettre::message::Mailbox;
use rustls::pki_types::ServerName;

use super::Email;
use crate::failure::Failure;
use crate::trust;

/// Limits: recipients, and bytes of an address or a name.
const MAX_RECIPIENTS: usize = 100;
const MAX_MAILBOX: usize = 320;
const MAX_NAME: usize = 253;

impl Email {
    pub(crate) fn check(&self) -> Result<(), Failure> {
        check_name("host", &self.host)?;
        if ServerName::try_from(self.host.as_str()).is_err() {
            return Err(Failure::config("host", "is no host's name or address"));
        }
        if self.port == Some(0) {
            return Err(Failure::config("port", "is 0"));
        }
        if let Some(name) = &self.hello_name {
            check_name("hello_name", name)?;
        }
        mailbox("from", &self.from)?;
        self.recipients()?;
        self.check_login()?;
        trust::check(self.ca_file.as_deref())
    }

    /// All recipients, at least one.
    pub(super) fn recipients(&self) -> Result<Vec<Mailbox>, Failure> {
        if self.to.is_empty() || self.to.len() > MAX_RECIPIENTS {
            let reason = format!(
                "has {} recipients: allowed is 1 to {MAX_RECIPIENTS}",
                self.to.len()
            );
            return Err(Failure::config("to", reason));
        }
        self.to.iter().map(|to| mailbox("to", to)).collect()
    }

    fn check_login(&self) -> Result<(), Failure> {
        match (&self.username, &self.password) {
            (None, None) => Ok(()),
            (Some(_), None) => Err(Failure::config("password", "is missing beside `username`")),
            (None, Some(_)) => Err(Failure::config("username", "is missing beside `password`")),
            (Some(name), Some(password)) => {
                if name.is_empty() || name.len() > MAX_NAME || name.contains(char::is_control) {
                    return Err(Failure::config(
                        "username",
                        "is empty, too long, or has control characters",
                    ));
                }
                password.check("password")
            }
        }
    }
}

/// Reads an address with or without a name, such as `Jo <jo@example.com>`.
pub(super) fn mailbox(setting: &str, text: &str) -> Result<Mailbox, Failure> {
    let refuse = |reason: &str| Failure::config(setting, format!("has {text:?}: {reason}"));
    if text.len() > MAX_MAILBOX {
        let reason = format!("has an address of more than {MAX_MAILBOX} bytes");
        return Err(Failure::config(setting, reason));
    }
    if text.contains(crate::escape::is_unsafe) {
        return Err(refuse("no control characters are allowed"));
    }
    let mailbox: Mailbox = text.parse().map_err(|_| refuse("it is no email address"))?;
    if !mailbox.email.to_string().is_ascii() {
        return Err(refuse(
            "the address must be ASCII (a domain in its `xn--` form)",
        ));
    }
    Ok(mailbox)
}

/// Names go into the protocol as they are.
fn check_name(setting: &str, name: &str) -> Result<(), Failure> {
    let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let is_address = name.parse::<IpAddr>().is_ok();
    let is_name = !name.is_empty() && name.len() <= MAX_NAME && name.chars().all(of_name);
    if is_address || is_name {
        return Ok(());
    }
    Err(Failure::config(setting, "is no host's name or address"))
}
