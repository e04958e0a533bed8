//! The stores from outside, on real files: one binary for all integration tests.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that unwraps says where the test failed"
)]

mod alerts;
mod auth;
mod events;
mod foundation;
mod metrics;
mod notify;
mod support;
