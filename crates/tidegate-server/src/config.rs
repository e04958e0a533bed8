//! The configuration: a section for each capability, from a file, the environment and flags.
//!
//! A later source wins: the defaults, then `tidegate.toml`, then variables `TIDEGATE__SECTION__KEY`, then flags.
//! A section is a file of this module, a field of [`Config`], and a line in [`Config::check`].

mod database;
mod duration;
mod error;
mod layers;
mod load;
mod metrics;
mod origin;
mod reload;
mod retention;
mod server;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use database::{DatabaseConfig, Durability};
pub use error::ConfigError;
pub use load::{ENVIRONMENT_PREFIX, Flag, Loaded, Sources};
pub use metrics::MetricsConfig;
pub use origin::{Origin, Setting};
pub(crate) use reload::{Difference, difference};
pub use retention::RetentionConfig;
pub use server::ServerConfig;

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
}

/// A value that has the right type and still makes no sense.
#[derive(Debug)]
pub(crate) struct Wrong {
    /// Where it stands, as `section.key`.
    key: &'static str,
    reason: String,
}

impl Wrong {
    fn new(key: &'static str, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { key, reason }
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
        self.metrics.check()
    }
}
