//! The list `[[target]]`: where notifications go.

use std::collections::HashSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_deliver::{Console, Email, File, Log, Slack, Target, Webhook};
use tidegate_stores::JsonText;
use tidegate_stores::notify::{self, RateLimit, Severity, TargetKind};

use super::{Config, Wrong, duration};

/// The target that there is where none is given.
const LOG: &str = "log";

/// Somewhere that notifications go to: a name, limits, and exactly one of the kinds.
///
/// ```toml
/// [[target]]
/// name = "oncall"
/// min_severity = "critical"
/// webhook = { url = "https://hooks.example.org/tidegate", signing_secret = "env:HOOK_SECRET" }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TargetConfig {
    /// What routes call it.
    pub name: String,
    /// Alerts below it are not told here, unless an escalation names this target. Default: `info`.
    #[serde(default = "everything")]
    pub min_severity: Severity,
    /// Whether the end of an alert is told, too. Default: `true`.
    #[serde(default = "yes")]
    pub send_resolved: bool,
    /// At most so many messages in any stretch of time; any number if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<RateLimitConfig>,
    /// How many may be on their way at once. Default: 4.
    #[serde(default = "four")]
    pub concurrency: u32,
    /// How long one attempt may last. Default: 10 s.
    #[serde(default = "ten_seconds", with = "duration")]
    pub timeout: Duration,
    /// Nothing is sent while it is not. Default: `true`.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The server's own log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<Log>,
    /// Standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub console: Option<Console>,
    /// A file of JSON lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<File>,
    /// A mail server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// An HTTP receiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Webhook>,
    /// A channel of Slack or the like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slack: Option<Slack>,
}

/// At most `count` messages in any stretch of time of the length `period`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimitConfig {
    /// So many messages.
    pub count: u32,
    /// In so long.
    #[serde(with = "duration")]
    pub period: Duration,
}

impl TargetConfig {
    /// Where it goes, if it says so exactly once.
    fn place(&self) -> Option<Target> {
        let given = [
            self.log.clone().map(Target::Log),
            self.console.clone().map(Target::Console),
            self.file.clone().map(Target::File),
            self.email.clone().map(Target::Email),
            self.webhook.clone().map(Target::Webhook),
            self.slack.clone().map(Target::Slack),
        ];
        let mut given = given.into_iter().flatten();
        given.next().filter(|_| given.next().is_none())
    }

    /// As the store keeps it.
    fn stored(&self, place: &Target) -> tidegate_stores::Result<notify::Target> {
        let settings = serde_json::to_string(place)
            .expect("invariant: every setting of a target has a form in JSON");
        let settings = JsonText::parse("settings", &settings)?;
        let mut target = notify::Target::new(&self.name, kind(place), settings);
        target.severity_min = self.min_severity;
        target.send_resolved = self.send_resolved;
        target.rate_limit = self.rate_limit.map(|limit| RateLimit {
            count: limit.count,
            period: limit.period,
        });
        target.concurrency = self.concurrency;
        target.timeout = self.timeout;
        target.is_enabled = self.enabled;
        Ok(target)
    }
}

fn kind(place: &Target) -> TargetKind {
    match place {
        Target::Console(_) => TargetKind::Console,
        Target::File(_) => TargetKind::File,
        Target::Email(_) => TargetKind::Email,
        Target::Webhook(_) => TargetKind::Webhook,
        Target::Slack(_) => TargetKind::Slack,
        _ => TargetKind::Log,
    }
}

pub(super) fn check(config: &Config) -> Result<(), Wrong> {
    let mut names = HashSet::new();
    for (index, target) in config.target.iter().enumerate() {
        let wrong = |field: &str, reason: &str| Wrong::in_list("target", index, field, reason);
        if !names.insert(&target.name) {
            return Err(wrong("name", "another target has it"));
        }
        let Some(place) = target.place() else {
            let reason = "must have exactly one of log, console, file, email, webhook, slack";
            return Err(wrong("", reason));
        };
        place
            .check()
            .map_err(|failure| wrong(place.kind(), &failure.to_string()))?;
        let stored = target.stored(&place).and_then(|target| target.check());
        stored.map_err(|error| wrong(field(&error), error.reason()))?;
    }
    Ok(())
}

/// The store's name of a field, in the words of the list.
fn field(error: &tidegate_stores::Error) -> &str {
    match error.field() {
        Some("severity_min") => "min_severity",
        Some("is_enabled") => "enabled",
        Some(field) => field,
        None => "",
    }
}

impl Config {
    /// Whether routes and escalations may name this target.
    pub(super) fn has_target(&self, name: &str) -> bool {
        match self.target.is_empty() {
            true => name == LOG,
            false => self.target.iter().any(|target| target.name == name),
        }
    }

    /// The names of all targets.
    pub(super) fn target_names(&self) -> Vec<String> {
        match self.target.is_empty() {
            true => vec![LOG.to_owned()],
            false => self.target.iter().map(|one| one.name.clone()).collect(),
        }
    }

    /// The targets as the store keeps them: the server's log, where none is given.
    pub(crate) fn stored_targets(&self) -> tidegate_stores::Result<Vec<notify::Target>> {
        if self.target.is_empty() {
            let settings = JsonText::parse("settings", r#"{"kind":"log"}"#)?;
            return Ok(vec![notify::Target::new(LOG, TargetKind::Log, settings)]);
        }
        let placed = self
            .target
            .iter()
            .filter_map(|target| Some((target, target.place()?)));
        placed
            .map(|(target, place)| target.stored(&place))
            .collect()
    }
}

fn everything() -> Severity {
    Severity::Info
}

fn yes() -> bool {
    true
}

fn four() -> u32 {
    4
}

fn ten_seconds() -> Duration {
    Duration::from_secs(10)
}
