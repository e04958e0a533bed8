//! The HTTP server of Tidegate: metrics and events over an API with keys, on one embedded database file.
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

mod api;
mod app;
mod clock;
mod config;
mod dashboard;
mod error;
mod exposition;
mod http;
mod live;
mod operation;
mod problem;
mod rate;
mod server;
mod stopping;
mod touches;
mod wire;
mod workers;

pub use config::{
    Config, ConfigError, DatabaseConfig, Durability, ENVIRONMENT_PREFIX, Flag, Loaded,
    MetricsConfig, Origin, RetentionConfig, ServerConfig, Setting, Sources,
};
pub use error::ServeError;
pub use server::{Handle, Server};
