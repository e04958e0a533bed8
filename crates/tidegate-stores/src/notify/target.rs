//! Where notifications go.

use std::time::Duration;

use super::named::named;
use super::secrets;
use super::severity::Severity;
use crate::check;
use crate::error::{Error, Result};
use crate::json_text::JsonText;
use crate::timestamp::micros;

/// The longest name of a target or a route, in bytes.
pub const NAME_BYTES_MAX: usize = 128;
/// The most messages that may be on their way to one target at once.
pub const CONCURRENCY_MAX: u32 = 100;
/// The longest time for which an attempt may be allowed to last.
pub const TIMEOUT_MAX: Duration = Duration::from_secs(10 * 60);
/// The most messages of a [`RateLimit`].
pub const RATE_COUNT_MAX: u32 = 10_000;
/// The longest period of a [`RateLimit`].
pub const RATE_PERIOD_MAX: Duration = Duration::from_secs(86_400);

/// What sort of place it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// The program's own log.
    Log,
    /// A file that lines are added to.
    File,
    /// The standard output.
    Console,
    /// Mail.
    Email,
    /// An address that gets an HTTP request.
    Webhook,
    /// An address that takes Slack's messages.
    Slack,
}

named!(TargetKind, "kind", {
    Log => "log",
    File => "file",
    Console => "console",
    Email => "email",
    Webhook => "webhook",
    Slack => "slack",
});

/// At most so many messages in any stretch of time of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// So many messages, from 1 to [`RATE_COUNT_MAX`].
    pub count: u32,
    /// In so long, at most [`RATE_PERIOD_MAX`].
    pub period: Duration,
}

/// Somewhere that notifications go to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Target {
    /// What routes call it: one visible line of at most [`NAME_BYTES_MAX`] bytes.
    pub name: String,
    /// What sort of place it is.
    pub kind: TargetKind,
    /// Whatever its kind needs: a JSON object. It is kept in plain sight, so that secrets stand in it as references only,
    /// `env:NAME` or `file:PATH`: a member whose name says that it is one (`password`, `token`, `secret`, …) is refused
    /// with any other text. An address that is itself a secret must be given as a reference by whoever writes it.
    pub settings: JsonText,
    /// Alerts below it are not told here, unless an escalation names this target.
    pub severity_min: Severity,
    /// Whether the end of an alert is told, too.
    pub send_resolved: bool,
    /// How many messages there may be at most; any number if `None`.
    pub rate_limit: Option<RateLimit>,
    /// How many may be on their way at once, from 1 to [`CONCURRENCY_MAX`].
    pub concurrency: u32,
    /// How long one attempt may last, at most [`TIMEOUT_MAX`].
    pub timeout: Duration,
    /// Nothing is sent while it is not.
    pub is_enabled: bool,
}

impl Target {
    /// A target that gets everything: four messages at once, ten seconds for each.
    ///
    /// # Errors
    /// None that [`set_targets`](super::set_targets) would not have: the settings are checked there.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: TargetKind, settings: JsonText) -> Self {
        Self {
            name: name.into(),
            kind,
            settings,
            severity_min: Severity::Info,
            send_resolved: true,
            rate_limit: None,
            concurrency: 4,
            timeout: Duration::from_secs(10),
            is_enabled: true,
        }
    }

    /// Refuses a field that is not as it must be.
    pub(super) fn check(&self) -> Result<()> {
        check::line("name", &self.name, NAME_BYTES_MAX)?;
        secrets::check("settings", &self.settings)?;
        between(
            "concurrency",
            self.concurrency.into(),
            CONCURRENCY_MAX.into(),
        )?;
        lasting("timeout", self.timeout, TIMEOUT_MAX)?;
        self.rate_limit.map_or(Ok(()), |limit| {
            between("rate_limit", limit.count.into(), RATE_COUNT_MAX.into())?;
            lasting("rate_limit", limit.period, RATE_PERIOD_MAX)
        })
    }
}

fn between(field: &'static str, given: u64, max: u64) -> Result<()> {
    match given {
        0 => Err(Error::invalid(field, "must be at least 1")),
        given if given > max => Err(Error::limit(field, format!("at most {max}, {given} given"))),
        _ => Ok(()),
    }
}

/// Refuses less than a microsecond, and more than `max`.
pub(super) fn lasting(field: &'static str, given: Duration, max: Duration) -> Result<()> {
    if micros(given) == 0 {
        return Err(Error::invalid(field, "must be at least a microsecond"));
    }
    match given <= max {
        true => Ok(()),
        false => Err(Error::limit(field, format!("at most {} s", max.as_secs()))),
    }
}
