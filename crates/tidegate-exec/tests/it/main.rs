//! Commands as real processes: one binary for all integration tests.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that unwraps says where the test failed"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a test may block: nothing else runs on its thread"
)]

mod dropped;
mod endings;
mod launching;
mod limits;
mod places;
mod stragglers;
mod streams;
mod support;
