//! The server as its clients meet it, on real files and real sockets: one binary for all integration tests.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that unwraps says where the test failed"
)]

mod concurrent;
mod crowd;
mod deadlines;
mod disk_full;
mod keys;
mod limits;
mod live;
mod metrics;
mod muting;
mod operators;
mod paging;
mod probes;
mod problems;
mod receivers;
mod shutdown;
mod start;
mod support;
mod system;
