//! The configuration: a section for each capability, from a file, the environment and flags.
//!
//! A later source wins: the defaults, then `tidegate.toml`, then variables `TIDEGATE__SECTION__KEY`, then flags.
//! A section is a file of this module, a field of [`Config`], and a line in [`Config::check`].

mod alerts;
mod database;
mod duration;
mod error;
mod layers;
mod load;
mod metrics;
mod origin;
mod probes;
mod reload;
mod retention;
mod routes;
mod rules;
mod server;
mod targets;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tidegate_stores::alerts::{Inhibition, Rule};

pub use alerts::AlertsConfig;
pub use database::{DatabaseConfig, Durability};
pub use error::ConfigError;
pub use load::{ENVIRONMENT_PREFIX, Flag, Loaded, Sources};
pub use metrics::MetricsConfig;
pub use origin::{Origin, Setting};
pub use probes::ProbeConfig;
pub(crate) use reload::{Difference, difference};
pub use retention::RetentionConfig;
pub use routes::{DefaultRouteConfig, RouteConfig};
pub(crate) use rules::builtin as builtin_rules;
pub use server::ServerConfig;
pub use targets::{RateLimitConfig, TargetConfig};

/// Everything that can be configured. Each field is a section of `tidegate.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// `[server]`: addresses and limits.
    pub server: ServerConfig,
    /// `[database]`: the file, and how it is kept.
    pub database: DatabaseConfig,
    /// `[retention]`: how much is kept.
    pub retention: RetentionConfig,
    /// `[metrics]`: what the server measures of itself.
    pub metrics: MetricsConfig,
    /// `[alerts]`: how alerts are kept.
    pub alerts: AlertsConfig,
    /// `[[rule]]`: what makes an alert.
    pub rule: Vec<Rule>,
    /// `[[inhibit]]`: what keeps others from being told.
    pub inhibit: Vec<Inhibition>,
    /// `[[target]]`: where notifications go.
    pub target: Vec<TargetConfig>,
    /// `[[route]]`: which alerts go where.
    pub route: Vec<RouteConfig>,
    /// `[default_route]`: where the others go.
    pub default_route: DefaultRouteConfig,
    /// `[[probe]]`: commands whose output becomes metrics.
    pub probe: Vec<ProbeConfig>,
}

/// A value that has the right type and still makes no sense.
#[derive(Debug)]
pub(crate) struct Wrong {
    /// Where it stands, as `section.key`.
    key: Cow<'static, str>,
    reason: String,
}

impl Wrong {
    fn new(key: impl Into<Cow<'static, str>>, reason: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            reason: reason.into(),
        }
    }

    /// What is wrong in an element of a list; an empty field is the element itself.
    fn in_list(list: &str, index: usize, field: &str, reason: &str) -> Self {
        let dot = if field.is_empty() { "" } else { "." };
        Self::new(format!("{list}[{index}]{dot}{field}"), reason)
    }

    /// Refuses a value outside of these bounds.
    fn unless_within<T: PartialOrd + std::fmt::Display>(
        key: &'static str,
        value: T,
        bounds: std::ops::RangeInclusive<T>,
    ) -> Result<(), Self> {
        match bounds.contains(&value) {
            true => Ok(()),
            false => Err(Self::new(
                key,
                format!("must lie between {} and {}", bounds.start(), bounds.end()),
            )),
        }
    }
}

impl Config {
    /// Refuses values that make no sense, by themselves or together.
    fn check(&self) -> Result<(), Wrong> {
        self.server.check()?;
        self.database.check()?;
        self.retention.check()?;
        self.metrics.check()?;
        self.alerts.check()?;
        targets::check(self)?;
        routes::check(self)?;
        rules::check(self)?;
        probes::check(self)
    }
}
