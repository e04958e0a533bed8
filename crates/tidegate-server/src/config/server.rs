//! The section `[server]`: where it listens, and the limits of requests.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Wrong, duration};

const MIB: usize = 1 << 20;

/// Where the server listens, and how much it takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ServerConfig {
    /// The address and port; port 0 takes a free one. Default: `127.0.0.1:7878`.
    pub listen: SocketAddr,
    /// Whether the address may be one that other machines reach. Default: `false`.
    pub allow_remote: bool,
    /// The most connections at once; more wait. Default: 1,024.
    pub connections_max: usize,
    /// How long a connection may be without a request, and a client take for the head of one. Default: 75 s.
    #[serde(with = "duration")]
    pub header_timeout: Duration,
    /// The longest deadline that a request may ask for. Default: 60 s.
    #[serde(with = "duration")]
    pub request_timeout_max: Duration,
    /// The largest body of a request in bytes, after decompression. Default: 16 MiB.
    pub body_bytes_max: usize,
    /// The most rows of one answer. Default: 1,000, which is also the most.
    pub rows_max: usize,
    /// How many requests each key may make in a second, in the long run; 0 for any number. Default: 1,000.
    pub requests_per_second: u32,
    /// How many requests each key may make at once. Default: 2,000.
    pub requests_burst: u32,
    /// The most live connections at once. Default: 256.
    pub live_connections_max: usize,
    /// How often a live connection without news is told that it is alive. Default: 15 s.
    #[serde(with = "duration")]
    pub live_heartbeat: Duration,
    /// Whether `/metrics` answers without a key. Default: `false`.
    pub metrics_without_key: bool,
    /// How long requests under way may take to finish at the end. Default: 10 s.
    #[serde(with = "duration")]
    pub shutdown_timeout: Duration,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7878)),
            allow_remote: false,
            connections_max: 1_024,
            header_timeout: Duration::from_secs(75),
            request_timeout_max: Duration::from_secs(60),
            body_bytes_max: 16 * MIB,
            rows_max: 1_000,
            requests_per_second: 1_000,
            requests_burst: 2_000,
            live_connections_max: 256,
            live_heartbeat: Duration::from_secs(15),
            metrics_without_key: false,
            shutdown_timeout: Duration::from_secs(10),
        }
    }
}

impl ServerConfig {
    pub(super) fn check(&self) -> Result<(), Wrong> {
        if !self.listen.ip().is_loopback() && !self.allow_remote {
            let reason = format!(
                "{} can be reached by other machines; say allow_remote = true if that is meant",
                self.listen
            );
            return Err(Wrong::new("server.listen", reason));
        }
        Wrong::unless_within("server.connections_max", self.connections_max, 1..=65_536)?;
        Wrong::unless_within(
            "server.body_bytes_max",
            self.body_bytes_max,
            1_024..=256 * MIB,
        )?;
        Wrong::unless_within("server.rows_max", self.rows_max, 1..=1_000)?;
        Wrong::unless_within("server.requests_burst", self.requests_burst, 1..=1_000_000)?;
        Wrong::unless_within(
            "server.live_connections_max",
            self.live_connections_max,
            1..=65_536,
        )?;
        self.check_times()
    }

    fn check_times(&self) -> Result<(), Wrong> {
        let times = [
            ("server.header_timeout", self.header_timeout),
            ("server.request_timeout_max", self.request_timeout_max),
            ("server.live_heartbeat", self.live_heartbeat),
            ("server.shutdown_timeout", self.shutdown_timeout),
        ];
        let (least, most) = (Duration::from_millis(100), Duration::from_secs(3_600));
        match times
            .iter()
            .find(|(_, time)| !(least..=most).contains(time))
        {
            Some((key, _)) => Err(Wrong::new(*key, "must lie between 100ms and 1h")),
            None => Ok(()),
        }
    }
}
