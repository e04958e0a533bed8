//! The driver from outside: one binary for all integration tests.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that unwraps says where the test failed"
)]

mod acceptance;
mod backup;
mod bad_files;
mod batch;
mod blobs;
mod blocking;
mod bulk;
mod calls;
mod disk_faults;
mod dropped_midway;
#[cfg(feature = "encryption")]
mod encryption;
mod errors;
mod extension;
mod group_commit;
mod lost_answers;
mod migrate;
mod peers_faults;
mod streams;
mod support;
mod tracing;
mod upkeep;
mod wal_governor;
mod watch;
