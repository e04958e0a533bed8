//! The HTTP server of Tidegate: metrics, events, alerts and a dashboard, with keys, on one embedded database file.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use tidegate_server::{Config, Server};
//!
//! let server = Server::start(Config::default()).await?;
//! println!("{}", server.url());
//! if let Some(key) = server.admin_key() {
//!     println!("the first key, shown once: {}", key.reveal());
//! }
//! let handle = server.handle();
//! tokio::spawn(async move {
//!     let _ = tokio::signal::ctrl_c().await;
//!     handle.stop();
//! });
//! server.run().await?;
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod alertmanager;
mod api;
mod app;
mod clock;
mod config;
mod dashboard;
mod error;
mod exposition;
mod http;
mod live;
mod notifying;
mod operation;
mod probing;
mod problem;
mod rate;
mod rule_file;
mod server;
mod stopping;
mod touches;
mod wire;
mod workers;

pub use config::{
    AlertsConfig, Config, ConfigError, DatabaseConfig, DefaultRouteConfig, Durability,
    ENVIRONMENT_PREFIX, Flag, Loaded, MetricsConfig, Origin, ProbeConfig, RateLimitConfig,
    RetentionConfig, RouteConfig, ServerConfig, Setting, Sources, TargetConfig,
};
pub use error::ServeError;
pub use rule_file::{RuleMistake, read_rules};
pub use server::{Handle, Server};
