//! The server as its clients meet it, on real files and real sockets: one binary for all integration tests.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that unwraps says where the test failed"
)]

mod alertmanager;
mod alerts;
mod browser;
mod concurrent;
mod crowd;
mod deadlines;
mod disk_full;
mod interoperability;
mod keys;
mod limits;
mod live;
mod metrics;
mod muting;
mod notifications;
mod operators;
mod paging;
mod probes;
mod problems;
mod receivers;
mod rules;
mod scopes;
mod shutdown;
mod silences;
mod start;
mod support;
mod system;
